/** Bundles a folder of src/ for benchmarks that need more than the library exports. */
import { resolve } from 'node:path'
import { build } from 'esbuild'

const root = resolve(import.meta.dirname, '../..')

export async function internals(room) {
  const outfile = resolve(root, 'node_modules/.cache/occi-bench', `${room}.mjs`)
  await build({
    entryPoints: [resolve(root, 'src', room, 'index.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
    logLevel: 'error',
  })
  return import(outfile)
}
