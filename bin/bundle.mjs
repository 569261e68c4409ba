/**
 * Builds dist/: the program as one file for the launcher, and packages that few commands need as files of
 * their own, so that the others neither read nor compile them.
 */
import { createHash } from 'node:crypto'
import { copyFile, mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const require = createRequire(join(root, 'package.json'))
const undici = dirname(require.resolve('undici/package.json'))

/** undici's parser for processors without vector instructions; others have one of the same size in the bundle. */
const parserWithoutSimd = 'vendor/llhttp-wasm.cjs'

/** Leaves: they share nothing with the rest of the program. */
const apart = ['@clack/prompts', '@hpcc-js/wasm-graphviz', 'conf', 'jmespath', 'ora', 're2js', 'yaml']

/** What a request needs: what these import besides. */
const provider = [
  'src/cli/runtime/connect.ts',
  'src/auth/registry.ts',
  'src/auth/auto.ts',
  'src/auth/digest.ts',
  'src/auth/x509/refusals.ts',
  'src/auth/basic.ts',
  'src/auth/none.ts',
  'src/auth/token.ts',
  'src/auth/keystone/keystone.ts',
  'src/auth/oidc/oidc.ts',
  'src/auth/x509/locate.ts',
  'src/auth/x509/x509.ts',
  'src/client/index.ts',
  'src/transport/index.ts',
  'src/transport/undici.ts',
  'node_modules/chalk/source/index.js',
  'node_modules/cli-table3/index.js',
]
const lastTier = 'rest.cjs'
const tierRoots = [
  {
    file: 'occi.cjs',
    roots: [
      'src/cli/commands/compute.ts',
      'src/cli/help/index.ts',
      'src/cli/runtime/plugins.ts',
      'src/cli/shortcuts.ts',
    ],
  },
  { file: 'provider.cjs', roots: provider },
  { file: lastTier, roots: [] },
]

const common = {
  bundle: true,
  platform: 'node',
  target: 'node20.18',
  format: 'cjs',
  // import() in a script that is run from a code cache has no loader to go to.
  supported: { 'dynamic-import': false },
  // ASCII, since the launcher reads it as Latin-1.
  charset: 'ascii',
  // Each start reads the whole file, which takes 8 ms a megabyte. Names stay, for the stacks in crash notes.
  minifyWhitespace: true,
  minifySyntax: true,
  lineLimit: 200,
  legalComments: 'none',
  // Help topics.
  loader: { '.md': 'text' },
  logLevel: 'warning',
  metafile: true,
  absWorkingDir: root,
}

/** The launcher compiles it as it stands; to wrap it there would copy all of it. */
const wrapped = {
  banner: { js: '(function (exports, require, module, __filename, __dirname) {' },
  footer: { js: '})' },
}

/** Node takes all that a CommonJS file exports for its default; ora and conf have theirs inside. */
const wholeIsDefault = `
  if (module.exports.__esModule && typeof module.exports.default === 'function') {
    module.exports = Object.assign(module.exports.default, { ...module.exports })
  }
`

const facade = `
  exports.Agent = require('./lib/dispatcher/agent.js')
  exports.buildConnector = require('./lib/core/connect.js')
`

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildProgram()

async function buildProgram() {
  const late = await builtinsLate()
  const names = await exportedNames()
  const words = wordsOfOptions(await registeredNames())
  const [program, completion, ...packages] = await Promise.all([
    buildTiers(names, [words, pastIndexes(names), slimUndici(), packagesApart(), quickTables(), late]),
    build({
      ...common,
      entryPoints: ['src/cli/completion/main.ts'],
      outfile: 'dist/complete.cjs',
      ...wrapped,
      write: false,
      plugins: [wordsOfOptions({}), pastIndexes(names), packagesApart(), othersAbsent(), late],
    }),
    ...apart.map((name) =>
      build({
        ...common,
        entryPoints: [name],
        outfile: `dist/${fileOf(name)}`,
        footer: { js: wholeIsDefault },
      }),
    ),
  ])
  await Promise.all([...program, completion].map(writeWithDigest))
  await writeNotices([...program, completion, ...packages].map(({ metafile }) => metafile))
  await copyFile(join(undici, 'lib/llhttp/llhttp-wasm.js'), join(root, 'dist', parserWithoutSimd))
}

/**
 * The program in three files, since each start reads, checks and instantiates the whole of those that it loads:
 * this halves the time until main() runs. The first has what main.ts imports, the second what a request needs,
 * the third the rest. import() leads from a file to a later one; static imports lead to the same or an earlier
 * one. Each module is in one file only.
 */
async function buildTiers(names, plugins) {
  const tiers = []
  for (const { file, roots } of tierRoots) {
    const tier = { file, roots: new Set(roots), shared: new Set(), later: new Set(), inputs: new Set() }
    tiers.push(tier)
    // All that the others only reach by import().
    if (file === lastTier) tier.roots = new Set(tiers.flatMap(({ later }) => [...later]))
    const { metafile } = await buildTier(tier, tiers, plugins, names)
    tier.inputs = new Set(Object.keys(metafile.inputs))
  }
  // Only now is it known what each of them needs of the earlier ones.
  return Promise.all(tiers.map((tier) => buildTier(tier, tiers, plugins, names)))
}

/** What each of our modules exports. */
async function exportedNames() {
  const files = await readdir(join(root, 'src'), { recursive: true })
  const { metafile } = await build({
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    packages: 'external',
    entryPoints: files
      .filter((name) => name.endsWith('.ts'))
      .map((name) => `src/${name.replaceAll('\\', '/')}`),
    loader: common.loader,
    absWorkingDir: root,
    outdir: 'dist',
    write: false,
    metafile: true,
  })
  const outputs = Object.values(metafile.outputs).filter(({ entryPoint }) => entryPoint !== undefined)
  return new Map(outputs.map(({ entryPoint, exports }) => [entryPoint, exports]))
}

function buildTier(tier, tiers, plugins, names) {
  const paths = [...new Set([...tier.roots, ...tier.shared])].sort()
  const cases = paths.map(
    (path) => `case ${JSON.stringify(path)}: return require(${JSON.stringify(`./${path}`)})`,
  )
  const start = tier === tiers[0] ? `export { main } from './src/cli/main.ts'` : ''
  return build({
    ...common,
    stdin: {
      contents: `${start}\nexport function moduleOf(path) { switch (path) { ${cases.join('\n')} } }`,
      resolveDir: root,
      loader: 'js',
    },
    outfile: `dist/${tier.file}`,
    external: ['@napi-rs/keyring'],
    ...wrapped,
    write: false,
    metafile: true,
    plugins: [...plugins, inTiers(tier, tiers, names)],
  })
}

function inTiers(tier, tiers, names) {
  const at = tiers.indexOf(tier)
  return {
    name: 'tiers',
    setup({ onResolve, onLoad, resolve }) {
      onResolve({ filter: /./ }, async ({ path, kind, importer, namespace, resolveDir, pluginData }) => {
        if (pluginData === inTiers || importer === '' || (namespace !== 'file' && namespace !== ''))
          return undefined
        const found = await resolve(path, { kind, importer, resolveDir, pluginData: inTiers })
        if (found.external || found.namespace !== 'file' || found.errors.length > 0) return undefined
        const module = relativeToRoot(found.path)
        const owner = tiers.slice(0, at).find(({ inputs }) => inputs.has(module))
        if (owner !== undefined) {
          owner.shared.add(module)
          return { path: module, namespace: 'elsewhere', pluginData: owner.file }
        }
        if (kind !== 'dynamic-import' || tier.file === lastTier || tier.roots.has(module)) return undefined
        const file = tierRoots.find(({ roots }) => roots.includes(module))?.file ?? lastTier
        if (file === lastTier) tier.later.add(module)
        return { path: module, namespace: 'elsewhere', pluginData: file }
      })
      // With the names, importers read variables; without, each would copy the exports of each. Packages are
      // imported by name, or export one thing only (CommonJS).
      onLoad({ filter: /.*/, namespace: 'elsewhere' }, ({ path, pluginData: file }) => {
        const module = `require('./${file}').moduleOf(${JSON.stringify(path)})`
        const ours = names.get(path)
        return {
          contents:
            ours === undefined
              ? `module.exports = ${module}`
              : `export const { ${ours.join(', ')} } = ${module}`,
        }
      })
      onResolve({ filter: /^\.\/\w+\.cjs$/, namespace: 'elsewhere' }, ({ path }) => ({
        path,
        external: true,
      }))
    },
  }
}

/** The licences of all packages whose code is in dist/, which most of them ask to be handed on. */
async function writeNotices(metafiles) {
  const folders = new Set(metafiles.flatMap(({ inputs }) => Object.keys(inputs)).flatMap(packageFolder))
  const notices = await Promise.all([...folders].sort().map(notice))
  const text = ['The command line contains code of these packages.', ...notices].join(
    `\n\n${'-'.repeat(80)}\n`,
  )
  await writeFile(join(root, 'dist/NOTICES.txt'), `${text}\n`)
}

function packageFolder(input) {
  // Names of modules that plugins make have a prefix, and node_modules may be a link to another place.
  const found = /(?:^|[:/])(node_modules\/(?:.*\/node_modules\/)?(?:@[^/]+\/)?[^/]+)\//.exec(input)
  return found === null ? [] : [found[1]]
}

async function notice(folder) {
  const place = join(root, folder)
  const { name, version, license, author } = JSON.parse(await readFile(join(place, 'package.json'), 'utf8'))
  const file = (await readdir(place)).find((each) => /^licen[cs]e/i.test(each))
  const by = typeof author === 'string' ? author : (author?.name ?? 'its authors')
  const text = file === undefined ? `By ${by}.` : await readFile(join(place, file), 'utf8')
  return `${name} ${version} (${license})\n\n${text.trim()}`
}

/** The end tells one build from another: the launcher keys its code cache on it, as dates of packages are all alike. */
async function writeWithDigest({ outputFiles: [{ path, text }] }) {
  const digest = createHash('sha256').update(text).digest('base64url').slice(0, 20)
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, `${text.trimEnd()} // build ${digest}`)
}

/** What the program has of undici, as a file of its own: for the test that compares it with the package. */
export async function buildUndici(outfile) {
  await build({
    ...common,
    stdin: { contents: "module.exports = require('undici')" },
    outfile,
    plugins: [slimUndici()],
  })
}

/**
 * Of undici only what src/transport/undici.ts uses. The whole package touches globalThis.Headers, which loads
 * the copy that is built into Node besides, and HTTP/2, which is never negotiated here. These are private paths:
 * undici is pinned, and test/transport/slim.test.ts checks that both answer alike.
 */
function slimUndici() {
  return {
    name: 'slim-undici',
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /^undici$/ }, () => ({ path: 'undici', namespace: 'slim' }))
      onLoad({ filter: /.*/, namespace: 'slim' }, () => ({
        contents: facade,
        loader: 'js',
        resolveDir: undici,
      }))
      // Of node:http they want a class to compare with and a number that is set by us anyway.
      onLoad(
        { filter: /undici[\\/]lib[\\/](core[\\/]util|dispatcher[\\/]client)\.js$/ },
        async ({ path }) => ({
          contents: (await readFile(path, 'utf8')).replace(
            "require('node:http')",
            '{ IncomingMessage: class {}, maxHeaderSize: 16_384 }',
          ),
        }),
      )
      // Assertions hold; the module that says how one did not is loaded when one does not.
      onResolve({ filter: /^node:assert$/, namespace: 'file' }, ({ path, importer }) =>
        importer.startsWith(undici) ? { path, namespace: 'assertion' } : undefined,
      )
      onLoad({ filter: /.*/, namespace: 'assertion' }, () => ({
        contents: `module.exports = (value, message) => { if (!value) process.getBuiltinModule('node:assert')(value, message) }`,
      }))
      onResolve({ filter: /\/llhttp-wasm\.js$/ }, () => ({ path: `./${parserWithoutSimd}`, external: true }))
      onLoad({ filter: /undici[\\/]lib[\\/]dispatcher[\\/]client-h2\.js$/ }, () => ({
        contents: 'module.exports = () => { throw new Error("HTTP/2 is not spoken here") }',
      }))
    },
  }
}

/**
 * cli-table3 is slow where it is more general than the one use of it, src/cli/output/table-layout.ts. Its string-width
 * takes most of the time of a long list, and there it measures ASCII stand-ins only; the characters of borders are
 * the same for all cells. cli-table3 is pinned, and test/integration/bundle.test.ts compares what both print.
 */
function quickTables() {
  const perCell = /CHAR_NAMES\.forEach\(function \(name\) \{\s*(setOption\(.*?\));\s*\}\);/
  return {
    name: 'quick-tables',
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /^string-width$/ }, ({ importer, path }) =>
        importer.includes('cli-table3') ? { path, namespace: 'lengths' } : undefined,
      )
      onLoad({ filter: /.*/, namespace: 'lengths' }, () => ({
        contents: 'module.exports = (text) => text.length',
      }))
      onLoad({ filter: /cli-table3[\\/]src[\\/]cell\.js$/ }, async ({ path }) => {
        const text = await readFile(path, 'utf8')
        if (!perCell.test(text)) throw new Error(`${path} is not what is known of cli-table3`)
        const once = (_, set) =>
          `this.chars = tableOptions.charsOfCells ??= CHAR_NAMES.reduce((chars, name) => (${set}, chars), chars)`
        return { contents: text.replace(perCell, once) }
      })
    },
  }
}

/**
 * What our modules see is a module in between: a module of a package of `type: module` that takes an external
 * file directly would get as its `default` all that the file exports.
 */
function packagesApart() {
  return {
    name: 'packages-apart',
    setup({ onResolve, onLoad }) {
      onResolve({ filter: new RegExp(`^(${apart.join('|')})$`) }, ({ path }) => ({
        path,
        namespace: 'apart',
      }))
      onResolve({ filter: /^\.\/vendor\//, namespace: 'apart' }, ({ path }) => ({ path, external: true }))
      onLoad({ filter: /.*/, namespace: 'apart' }, ({ path }) => {
        const file = JSON.stringify(`./${fileOf(path)}`)
        return {
          contents: `import * as all from ${file}\nexport * from ${file}\nexport default all.default\n`,
        }
      })
    },
  }
}

/**
 * A room's index.ts says what others may use of it; here an import of a name leads past it to the file that has
 * the name, so that a command loads that file and not all of the room: a third fewer modules for --help.
 */
function pastIndexes(names) {
  /** For each index.ts the files of its names; undefined where there is more in it than exports from files. */
  const indexes = new Map()
  const filesOf = async (index) => {
    const text = await readFile(index, 'utf8').catch(() => '')
    const files = new Map()
    const rest = text.replace(/^export (\*|\{[^}]*\}) from '(.*)'$/gm, (_, list, from) => {
      const file = join(dirname(index), from.replace(/js$/, 'ts'))
      const all = list === '*' ? (names.get(relativeToRoot(file)) ?? []) : list.slice(1, -1).split(',')
      for (const each of all) {
        const [name, alias = name] = each.trim().split(' as ')
        files.set(alias, { file, name })
      }
      return ''
    })
    return /^(export (?!type)|import)/m.test(rest) ? undefined : files
  }
  const placeOf = async (index, name) => {
    if (!indexes.has(index)) indexes.set(index, filesOf(index))
    const place = (await indexes.get(index))?.get(name)
    return place?.file.endsWith('index.ts') ? ((await placeOf(place.file, place.name)) ?? place) : place
  }
  const through = /^import \{([^}]*)\} from '(\.[^']*\/index\.js)'$/gm
  return {
    name: 'past-indexes',
    setup({ onLoad }) {
      onLoad({ filter: /\.ts$/, namespace: 'file' }, async ({ path }) => {
        let contents = await readFile(path, 'utf8')
        for (const [whole, list, from] of contents.matchAll(through)) {
          const index = join(dirname(path), from.replace(/js$/, 'ts'))
          const values = list
            .split(',')
            .map((name) => name.trim())
            .filter((name) => name !== '' && !name.startsWith('type '))
          const places = await Promise.all(values.map((name) => placeOf(index, name.split(' as ')[0])))
          if (places.includes(undefined)) continue
          const direct = places.map(({ file, name }, at) => {
            const here = values[at].split(' as ').at(-1)
            return `import { ${name === here ? name : `${name} as ${here}`} } from ${JSON.stringify(file)}`
          })
          contents = contents.replace(whole, direct.join('\n'))
        }
        return { contents, loader: 'ts' }
      })
    },
  }
}

function relativeToRoot(path) {
  return relative(root, path).replaceAll('\\', '/')
}

/**
 * Options list what the registries have, so their descriptions need the names of all formats, renderings, methods
 * and providers: read here, as those modules are a third of what --help would load. Completion needs none: the
 * words of options stand in the scripts of the shells.
 */
function wordsOfOptions({ authMethods = [], entityRenderings = [], outputFormats = [], profiles = [] }) {
  const named = (list) => list.map(({ name }) => ({ name }))
  const words = {
    authMethods,
    entityRenderings,
    outputFormats: named(outputFormats),
    profiles: named(profiles),
  }
  const lines = Object.entries(words).map(
    ([name, value]) => `export const ${name} = ${JSON.stringify(value)}`,
  )
  return {
    name: 'words-of-options',
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /\/(registry|renderings)\.js$/ }, ({ importer, kind }) =>
        /options[\\/]global\.ts$/.test(importer) && kind === 'import-statement'
          ? { path: 'names', namespace: 'registered' }
          : undefined,
      )
      onLoad({ filter: /.*/, namespace: 'registered' }, () => ({ contents: lines.join('\n') }))
    },
  }
}

async function registeredNames() {
  const { outputFiles } = await build({
    stdin: {
      contents: `
        export { authMethods } from './src/auth/registry.ts'
        export { profiles } from './src/client/quirks/registry.ts'
        export { outputFormats } from './src/cli/output/registry.ts'
        export { entityRenderings } from './src/rendering/renderings.ts'`,
      resolveDir: root,
    },
    bundle: true,
    format: 'esm',
    platform: 'node',
    packages: 'external',
    write: false,
  })
  return import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString('base64')}`)
}

/** What is loaded when it is needed belongs to the whole program; completion does without. */
function othersAbsent() {
  return {
    name: 'others-absent',
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /^\./ }, ({ kind, path }) =>
        kind === 'dynamic-import' ? { path, namespace: 'absent' } : undefined,
      )
      onLoad({ filter: /.*/, namespace: 'absent' }, ({ path }) => ({
        contents: `throw new Error(${JSON.stringify(`${path} is not in this bundle`)})`,
      }))
    },
  }
}

/**
 * Modules of Node that many of ours import and few commands use: loaded when something of them is touched.
 * What is bundled reads imports as members of a namespace, so getters are enough.
 */
async function builtinsLate() {
  const used = await wordsOfSources()
  const late = [
    'child_process',
    'crypto',
    'fs/promises',
    'module',
    'net',
    'os',
    'timers/promises',
    'tty',
    'url',
  ]
  return {
    name: 'builtins-late',
    setup({ onResolve, onLoad }) {
      onResolve({ filter: new RegExp(`^node:(${late.join('|')})$`) }, ({ path, importer }) =>
        importer.includes('node_modules') && !importer.includes('commander')
          ? undefined
          : { path, namespace: 'late' },
      )
      onLoad({ filter: /.*/, namespace: 'late' }, ({ path }) => {
        // Each is copied from namespace to namespace at every start: those that nobody can mean are left out.
        const names = Object.keys(process.getBuiltinModule(path)).filter((name) => used.has(name))
        const getters = names.map((name) => `get ${name}() { return late().${name} },`)
        return {
          contents: `const late = () => process.getBuiltinModule('${path}')\nmodule.exports = {\n${getters.join('\n')}\n}`,
        }
      })
    },
  }
}

/** Every word of our sources and of commander's, which imports builtins as well. */
async function wordsOfSources() {
  const words = new Set()
  for (const folder of ['src', 'node_modules/commander/lib']) {
    for (const name of await readdir(join(root, folder), { recursive: true })) {
      if (!/\.(ts|js)$/.test(name)) continue
      const text = await readFile(join(root, folder, name), 'utf8')
      for (const [word] of text.matchAll(/[A-Za-z_$][\w$]*/g)) words.add(word)
    }
  }
  return words
}

function fileOf(name) {
  return `vendor/${name.replace(/^@/, '').replace('/', '-')}.cjs`
}
