/**
 * Builds dist/lib/, the library: for each folder of src/ one file of code and one of types, and further files for the
 * entry points in package.json and for modules that are loaded with import(). Programs that bundle the library still
 * include only the parts that they use.
 *
 * The command line has its own bundle of the same sources (bin/bundle.mjs). Node cannot use a code cache for these
 * modules, and loading them would take 1.4 times as long as a whole list with the bundle.
 */
import { spawnSync } from 'node:child_process'
import { copyFile, readFile, rm } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { rolldown } from 'rolldown'
import { dts } from 'rolldown-plugin-dts'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
/** The folder for the compiler's declaration files. */
const types = join(root, 'dist/types')
const { dependencies, exports } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'))
const entryPoints = Object.values(exports).flatMap(({ default: file }) =>
  file === undefined ? [] : [file.replace('./dist/lib/', '').replace('.js', '')],
)

emitTypes()
await Promise.all([
  bundle({ from: join(root, 'src'), extension: '.ts', output: '.js' }),
  bundle({
    from: types,
    extension: '.d.ts',
    output: '.d.ts',
    // The plugin only bundles the compiler's declaration files and generates none.
    plugins: [dts({ dtsOnly: true, generator: 'oxc' })],
  }),
])
await rm(types, { recursive: true })
await copyFile(join(root, 'src/GUIDE.md'), join(root, 'dist/GUIDE.md'))

function emitTypes() {
  const tsc = join(root, 'node_modules/typescript/bin/tsc')
  const options = ['--noEmit', 'false', '--emitDeclarationOnly', '--outDir', types, '--rootDir', 'src']
  const { status } = spawnSync(process.execPath, [tsc, '-p', 'tsconfig.json', ...options], {
    cwd: root,
    stdio: 'inherit',
  })
  if (status !== 0) process.exit(status ?? 1)
}

async function bundle({ from, extension, output, plugins = [] }) {
  const [, inName, afterName] = /^(\.d)?(\..*)$/.exec(output)
  const bundled = await rolldown({
    cwd: root,
    input: Object.fromEntries(entryPoints.map((name) => [name, join(from, `${name}${extension}`)])),
    external: [/^node:/, ...Object.keys(dependencies)],
    platform: 'neutral',
    preserveEntrySignatures: 'allow-extension',
    checks: { bundlerTimings: false },
    plugins,
  })
  /** The folder file to which a module belongs. Undefined for modules that get their own file, such as entry points. */
  const folderOf = (id, modules) => {
    const { isEntry, dynamicImporters } = modules.getModuleInfo(id)
    if (isEntry || dynamicImporters.length > 0) return undefined
    return `${relative(from, id).split(/[\\/]/)[0]}${inName ?? ''}`
  }
  await bundled.write({
    dir: join(root, 'dist/lib'),
    entryFileNames: `[name]${afterName}`,
    chunkFileNames: `[name]${afterName}`,
    minifyInternalExports: false,
    codeSplitting: {
      groups: [{ name: folderOf, debugName: 'folders', tags: ['$initial'] }],
      includeDependenciesRecursively: false,
    },
  })
  await bundled.close()
}
