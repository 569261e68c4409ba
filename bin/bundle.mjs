/**
 * Builds dist/: the program in three files (see buildTiers), completion in one, and a file for each package that few
 * commands need, so that the other commands neither read nor compile it.
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

/** undici's HTTP parser for processors without vector instructions. The bundle contains the one that uses them. */
const parserWithoutSimd = 'vendor/llhttp-wasm.cjs'

/** Packages that get their own file. They have no modules in common with the rest of the program. */
const separatePackages = [
  '@clack/prompts',
  '@hpcc-js/wasm-graphviz',
  'conf',
  'jmespath',
  'ora',
  're2js',
  'yaml',
]

/** The modules that a request needs; provider.cjs also contains what they import. */
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
/** The files of the program, each with the modules that it is built from (see buildTiers). */
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

/** The options of every build with esbuild. */
const common = {
  bundle: true,
  platform: 'node',
  target: 'node20.18',
  format: 'cjs',
  // import() does not work in a script that is run from a code cache.
  supported: { 'dynamic-import': false },
  // ASCII, since the launcher reads the file as Latin-1.
  charset: 'ascii',
  // Each start reads the whole file, which takes 8 ms per megabyte. Identifiers are kept for stack traces.
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

/** Makes a file one function, which the launcher calls. If the launcher wrapped the source, it would copy it. */
const functionWrapper = {
  banner: { js: '(function (exports, require, module, __filename, __dirname) {' },
  footer: { js: '})' },
}

/** Code that makes the default export of ora and conf their whole export, as importers expect of CommonJS. */
const defaultAsWholeExport = `
  if (module.exports.__esModule && typeof module.exports.default === 'function') {
    module.exports = Object.assign(module.exports.default, { ...module.exports })
  }
`

/** A module that exports the parts of undici that the program uses. */
const undiciParts = `
  exports.Agent = require('./lib/dispatcher/agent.js')
  exports.buildConnector = require('./lib/core/connect.js')
`

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildProgram()

async function buildProgram() {
  const lazyBuiltins = await builtinsOnDemand()
  const names = await exportedNames()
  const registries = namesForOptions(await registeredNames())
  const [program, completion, ...packages] = await Promise.all([
    buildTiers(names, [
      registries,
      bypassIndexes(names),
      slimUndici(),
      externalPackages(),
      quickTables(),
      lazyBuiltins,
    ]),
    build({
      ...common,
      entryPoints: ['src/cli/completion/main.ts'],
      outfile: 'dist/complete.cjs',
      // Completion shows no stack traces.
      minifyIdentifiers: true,
      ...functionWrapper,
      write: false,
      plugins: [
        namesForOptions({}),
        bypassIndexes(names),
        externalPackages(),
        withoutDynamicImports(),
        lazyBuiltins,
      ],
    }),
    ...separatePackages.map((name) =>
      build({
        ...common,
        entryPoints: [name],
        outfile: `dist/${vendorFile(name)}`,
        footer: { js: defaultAsWholeExport },
      }),
    ),
  ])
  await Promise.all([...program, completion].map(writeWithDigest))
  await writeNotices([...program, completion, ...packages].map(({ metafile }) => metafile))
  await copyFile(join(undici, 'lib/llhttp/llhttp-wasm.js'), join(root, 'dist', parserWithoutSimd))
}

/**
 * Builds the program in three files. Node reads, checks and instantiates a file as a whole, so this halves the time
 * until main() runs. The first file contains what main.ts imports, the second what a request needs, the third
 * everything else. import() refers to the same or a later file, a static import to the same or an earlier one. Each
 * module is in only one file.
 */
async function buildTiers(names, plugins) {
  const tiers = []
  for (const { file, roots } of tierRoots) {
    const tier = {
      file,
      roots: new Set(roots),
      /** Modules of this file that later files import. */
      shared: new Set(),
      /** Modules that this file loads with import() and that belong to the last file. */
      later: new Set(),
      /** All modules in this file. */
      inputs: new Set(),
    }
    tiers.push(tier)
    if (file === lastTier) tier.roots = new Set(tiers.flatMap(({ later }) => [...later]))
    const { metafile } = await buildTier(tier, tiers, plugins, names)
    tier.inputs = new Set(Object.keys(metafile.inputs))
  }
  // Builds the files again, because `shared` is complete only now.
  return Promise.all(tiers.map((tier) => buildTier(tier, tiers, plugins, names)))
}

/** Returns the names that each module of src/ exports, by path. */
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
    ...functionWrapper,
    write: false,
    metafile: true,
    plugins: [...plugins, inTiers(tier, tiers, names)],
  }).then(withPlainExports)
}

/**
 * Replaces the namespaces of modules by plain objects, because the getters that esbuild creates (two for each name)
 * take 6 % of the instructions of --help and 3 % of those of a list. The later files of the program read the exports of
 * a module once, after it ran, so they need no getters.
 */
function withPlainExports(result) {
  const [file] = result.outputFiles ?? []
  if (file === undefined) return result
  let text = file.text
  for (const [declaration, name, list] of text.matchAll(/var (\w+)=\{\};__export\(\1,\{([^}]*)\}\);/g)) {
    const namespace = `__toCommonJS(${name})`
    const uses = text.split(namespace).length - 1
    // If the name occurs elsewhere, an import() within the file returns the namespace, which must be kept then.
    if (uses === 0 || text.split(new RegExp(`\\b${name}\\b`)).length - 1 !== uses + 2) continue
    const members = list.replace(/(\w+):\(\)=>(\w+)/g, '$1:$2')
    text = text.replace(declaration, '').replaceAll(namespace, `({${members}})`)
  }
  return { ...result, outputFiles: [{ path: file.path, text }] }
}

/** Replaces imports of modules that are in another file of the program by calls of its `moduleOf`. */
function inTiers(tier, tiers, names) {
  const earlierTiers = tiers.slice(0, tiers.indexOf(tier))
  return {
    name: 'tiers',
    setup({ onResolve, onLoad, resolve }) {
      onResolve({ filter: /./ }, async ({ path, kind, importer, namespace, resolveDir, pluginData }) => {
        if (pluginData === inTiers || importer === '' || (namespace !== 'file' && namespace !== ''))
          return undefined
        const resolved = await resolve(path, { kind, importer, resolveDir, pluginData: inTiers })
        if (resolved.external || resolved.namespace !== 'file' || resolved.errors.length > 0) return undefined
        const module = relativeToRoot(resolved.path)
        const owner = earlierTiers.find(({ inputs }) => inputs.has(module))
        if (owner !== undefined) {
          owner.shared.add(module)
          return { path: module, namespace: 'tier', pluginData: owner.file }
        }
        if (kind !== 'dynamic-import' || tier.file === lastTier || tier.roots.has(module)) return undefined
        const file = tierRoots.find(({ roots }) => roots.includes(module))?.file ?? lastTier
        if (file === lastTier) tier.later.add(module)
        return { path: module, namespace: 'tier', pluginData: file }
      })
      // With a list of names, importers read variables; without one, each importer would copy all exports. Packages
      // have no list, because they are CommonJS or are imported by name.
      onLoad({ filter: /.*/, namespace: 'tier' }, ({ path, pluginData: file }) => {
        const module = `require('./${file}').moduleOf(${JSON.stringify(path)})`
        const moduleNames = names.get(path)
        return {
          contents:
            moduleNames === undefined
              ? `module.exports = ${module}`
              : `export const { ${moduleNames.join(', ')} } = ${module}`,
        }
      })
      onResolve({ filter: /^\.\/\w+\.cjs$/, namespace: 'tier' }, ({ path }) => ({
        path,
        external: true,
      }))
    },
  }
}

/** Writes the licences of all packages whose code is in dist/, as most of these licences require. */
async function writeNotices(metafiles) {
  const folders = new Set(metafiles.flatMap(({ inputs }) => Object.keys(inputs)).flatMap(packageFolder))
  const notices = await Promise.all([...folders].sort().map(notice))
  const text = ['The command line contains code of these packages.', ...notices].join(
    `\n\n${'-'.repeat(80)}\n`,
  )
  await writeFile(join(root, 'dist/NOTICES.txt'), `${text}\n`)
}

/** Returns the folder of the package that a module belongs to, in a list; an empty list for a module of src/. */
function packageFolder(input) {
  // Names of modules that plugins create have a prefix, and node_modules may be a symbolic link.
  const match = /(?:^|[:/])(node_modules\/(?:.*\/node_modules\/)?(?:@[^/]+\/)?[^/]+)\//.exec(input)
  return match === null ? [] : [match[1]]
}

async function notice(folder) {
  const path = join(root, folder)
  const { name, version, license, author } = JSON.parse(await readFile(join(path, 'package.json'), 'utf8'))
  const file = (await readdir(path)).find((each) => /^licen[cs]e/i.test(each))
  const authorName = typeof author === 'string' ? author : (author?.name ?? 'its authors')
  const text = file === undefined ? `By ${authorName}.` : await readFile(join(path, file), 'utf8')
  return `${name} ${version} (${license})\n\n${text.trim()}`
}

/**
 * Appends a digest, which is part of the key of the launcher's code cache. The date of the file would not do, because
 * all files in npm packages have the same one.
 */
async function writeWithDigest({ outputFiles: [{ path, text }] }) {
  const digest = createHash('sha256').update(text).digest('base64url').slice(0, 20)
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, `${text.trimEnd()} // build ${digest}`)
}

/** Builds the parts of undici that the program contains, for a test that compares them with the whole package. */
export async function buildUndici(outfile) {
  await build({
    ...common,
    stdin: { contents: "module.exports = require('undici')" },
    outfile,
    plugins: [slimUndici()],
  })
}

/**
 * Bundles only the parts of undici that src/transport/undici.ts uses. The whole package would also access
 * globalThis.Headers, which loads Node's own undici, and load HTTP/2, which is not used here. The paths are private to
 * undici, so its version is pinned, and test/transport/slim.test.ts compares these parts with the whole package.
 */
function slimUndici() {
  return {
    name: 'slim-undici',
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /^undici$/ }, () => ({ path: 'undici', namespace: 'slim' }))
      onLoad({ filter: /.*/, namespace: 'slim' }, () => ({
        contents: undiciParts,
        loader: 'js',
        resolveDir: undici,
      }))
      // Of node:http, these files use only a class (for `instanceof`) and a default that src/transport overrides.
      onLoad(
        { filter: /undici[\\/]lib[\\/](core[\\/]util|dispatcher[\\/]client)\.js$/ },
        async ({ path }) => ({
          contents: (await readFile(path, 'utf8')).replace(
            "require('node:http')",
            '{ IncomingMessage: class {}, maxHeaderSize: 16_384 }',
          ),
        }),
      )
      // node:assert is loaded only when an assertion fails.
      onResolve({ filter: /^node:assert$/, namespace: 'file' }, ({ path, importer }) =>
        importer.startsWith(undici) ? { path, namespace: 'assertion' } : undefined,
      )
      onLoad({ filter: /.*/, namespace: 'assertion' }, () => ({
        contents: `module.exports = (value, message) => { if (!value) process.getBuiltinModule('node:assert')(value, message) }`,
      }))
      onResolve({ filter: /\/llhttp-wasm\.js$/ }, () => ({ path: `./${parserWithoutSimd}`, external: true }))
      onLoad({ filter: /undici[\\/]lib[\\/]dispatcher[\\/]client-h2\.js$/ }, () => ({
        contents: 'module.exports = () => { throw new Error("HTTP/2 is not supported") }',
      }))
      // undici needs these files for bodies that are forms; this program sends only text and bytes.
      onLoad({ filter: /undici[\\/]lib[\\/]web[\\/]/ }, () => ({
        contents: 'throw new Error("the parts of undici for fetch() are not in the bundle")',
      }))
    },
  }
}

/**
 * Makes cli-table3 faster for its only user, src/cli/output/table-layout.ts. Most of the time of a long list would be
 * spent on string-width, although the texts are ASCII placeholders, and on the border characters of each cell, although
 * all cells have the same. The version of cli-table3 is pinned, and test/integration/bundle.test.ts compares the output
 * with that of the unchanged package.
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
        if (!perCell.test(text)) throw new Error(`${path} has changed: adapt quickTables in bin/bundle.mjs`)
        const setOnce = (_, set) =>
          `this.chars = tableOptions.charsOfCells ??= CHAR_NAMES.reduce((chars, name) => (${set}, chars), chars)`
        return { contents: text.replace(perCell, setOnce) }
      })
    },
  }
}

/**
 * Redirects imports of the separate packages to their files, through a small module. In a package of `type: module`, a
 * direct import of a CommonJS file would get all exports as `default`.
 */
function externalPackages() {
  return {
    name: 'external-packages',
    setup({ onResolve, onLoad }) {
      onResolve({ filter: new RegExp(`^(${separatePackages.join('|')})$`) }, ({ path }) => ({
        path,
        namespace: 'vendor',
      }))
      onResolve({ filter: /^\.\/vendor\//, namespace: 'vendor' }, ({ path }) => ({ path, external: true }))
      onLoad({ filter: /.*/, namespace: 'vendor' }, ({ path }) => {
        const file = JSON.stringify(`./${vendorFile(path)}`)
        return {
          contents: `import * as all from ${file}\nexport * from ${file}\nexport default all.default\n`,
        }
      })
    },
  }
}

/**
 * Replaces imports from a folder's index.ts by imports from the files that define the names. A command then loads only
 * these files and not the whole folder, which saves --help a third of its modules.
 */
function bypassIndexes(names) {
  /** For each index.ts, the file of each exported name; undefined for one that does more than export from files. */
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
  const sourceOf = async (index, name) => {
    if (!indexes.has(index)) indexes.set(index, filesOf(index))
    const source = (await indexes.get(index))?.get(name)
    return source?.file.endsWith('index.ts') ? ((await sourceOf(source.file, source.name)) ?? source) : source
  }
  const indexImport = /^import \{([^}]*)\} from '(\.[^']*\/index\.js)'$/gm
  return {
    name: 'bypass-indexes',
    setup({ onLoad }) {
      onLoad({ filter: /\.ts$/, namespace: 'file' }, async ({ path }) => {
        let contents = await readFile(path, 'utf8')
        for (const [whole, list, from] of contents.matchAll(indexImport)) {
          const index = join(dirname(path), from.replace(/js$/, 'ts'))
          const values = list
            .split(',')
            .map((name) => name.trim())
            .filter((name) => name !== '' && !name.startsWith('type '))
          const sources = await Promise.all(values.map((name) => sourceOf(index, name.split(' as ')[0])))
          if (sources.includes(undefined)) continue
          const direct = sources.map(({ file, name }, position) => {
            const local = values[position].split(' as ').at(-1)
            return `import { ${name === local ? name : `${name} as ${local}`} } from ${JSON.stringify(file)}`
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
 * Replaces the registries that cli/options/global.ts imports by the names in them. The descriptions of options need the
 * names of all formats, renderings, methods and providers, but loading their modules would take a third of the time of
 * --help. Completion needs no names, because the completion scripts contain the words of options.
 */
function namesForOptions({ authMethods = [], entityRenderings = [], outputFormats = [], profiles = [] }) {
  const namesOf = (list) => list.map(({ name }) => ({ name }))
  const registries = {
    authMethods,
    entityRenderings,
    outputFormats: namesOf(outputFormats),
    profiles: namesOf(profiles),
  }
  const lines = Object.entries(registries).map(
    ([name, value]) => `export const ${name} = ${JSON.stringify(value)}`,
  )
  return {
    name: 'names-for-options',
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

/** Returns the contents of the registries whose names options need. */
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

/** Excludes modules that are loaded with import(), since completion does not run the code that needs them. */
function withoutDynamicImports() {
  return {
    name: 'without-dynamic-imports',
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
 * Delays the loading of some modules of Node until one of their exports is read, since many files import them but few
 * commands use them. Bundled code reads imports as members of a namespace, so getters suffice.
 */
async function builtinsOnDemand() {
  const identifiers = await identifiersInSources()
  const builtins = [
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
    name: 'builtins-on-demand',
    setup({ onResolve, onLoad }) {
      onResolve({ filter: new RegExp(`^node:(${builtins.join('|')})$`) }, ({ path, importer }) =>
        importer.includes('node_modules') && !importer.includes('commander')
          ? undefined
          : { path, namespace: 'late' },
      )
      onLoad({ filter: /.*/, namespace: 'late' }, ({ path }) => {
        // Each start copies all getters between namespaces, so names that no source contains are omitted.
        const names = Object.keys(process.getBuiltinModule(path)).filter((name) => identifiers.has(name))
        const getters = names.map((name) => `get ${name}() { return load().${name} },`)
        return {
          contents: `const load = () => process.getBuiltinModule('${path}')\nmodule.exports = {\n${getters.join('\n')}\n}`,
        }
      })
    },
  }
}

/** Returns all identifiers in src/ and in commander, which also imports modules of Node. */
async function identifiersInSources() {
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

/** Returns the path of a separate package in dist/. */
function vendorFile(name) {
  return `vendor/${name.replace(/^@/, '').replace('/', '-')}.cjs`
}
