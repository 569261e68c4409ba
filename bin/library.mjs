/**
 * Builds dist/lib/, the library. It has one file of code and one of types for each folder of src/, for each entry point
 * in package.json, and for each module that is loaded with import(). Programs that bundle the library still include
 * only the parts that they use.
 *
 * The command line does not use these files but has its own bundle of the same sources (bin/bundle.mjs): Node cannot
 * use a code cache for ES modules, and loading them takes 1.4 times as long as a whole `list` with the bundle.
 */
import { spawnSync } from 'node:child_process'
import { copyFile, readFile, rm } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { rolldown } from 'rolldown'
import { dts } from 'rolldown-plugin-dts'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
/** The folder for the compiler's declaration files, which are deleted after they are bundled. */
const typesFolder = join(root, 'dist/types')
const { dependencies, exports } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'))
const entryPoints = Object.values(exports).flatMap(({ default: file }) =>
  file === undefined ? [] : [file.replace('./dist/lib/', '').replace('.js', '')],
)

emitTypes()
await Promise.all([
  bundle({ from: join(root, 'src'), extension: '.ts', output: '.js' }),
  bundle({
    from: typesFolder,
    extension: '.d.ts',
    output: '.d.ts',
    // The plugin bundles the compiler's declaration files and generates none of its own.
    plugins: [dts({ dtsOnly: true, generator: 'oxc' })],
  }),
])
await rm(typesFolder, { recursive: true })
await copyFile(join(root, 'src/GUIDE.md'), join(root, 'dist/GUIDE.md'))

function emitTypes() {
  const tsc = join(root, 'node_modules/typescript/bin/tsc')
  const options = ['--noEmit', 'false', '--emitDeclarationOnly', '--outDir', typesFolder, '--rootDir', 'src']
  const { status } = spawnSync(process.execPath, [tsc, '-p', 'tsconfig.json', ...options], {
    cwd: root,
    stdio: 'inherit',
  })
  if (status !== 0) process.exit(status ?? 1)
}

/** Bundles the modules in a folder. `extension` is that of its files, `output` that of the files to write. */
async function bundle({ from, extension, output, plugins = [] }) {
  // Names of groups of types must contain the `.d` of `.d.ts`; the other names get the rest of the extension.
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
  /** Returns the name of the file for the folder of a module; undefined for a module that gets its own file. */
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
