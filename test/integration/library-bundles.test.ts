/** Programs that bundle the library: what they weigh, and that they run. */
import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { type BuildOptions, build } from 'esbuild'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { practiceCloud } from '../../src/sandbox/public.js'
import { npmInstall } from './npm-install.js'

const run = promisify(execFile)
const root = resolve(import.meta.dirname, '../..')
const place = mkdtempSync(join(tmpdir(), 'occi-bundles-'))
const cloud = practiceCloud()
let endpoint: string

const listing = `
import { connect } from 'occi-cli'
async function main() {
  const client = await connect({ endpoint: process.argv[2] })
  await client.create({ kind: 'storage', title: 'data', attributes: { 'occi.storage.size': 1 } })
  for await (const volume of client.list('storage')) console.log(volume.title)
  await client.close()
}
main().catch((error) => { console.error(error); process.exitCode = 1 })
`

beforeAll(async () => {
  mkdirSync(join(place, 'node_modules'))
  symlinkSync(root, join(place, 'node_modules/occi-cli'))
  symlinkSync(join(root, 'node_modules/undici'), join(place, 'node_modules/undici'))
  writeFileSync(join(place, 'package.json'), '{ "type": "module" }')
  writeFileSync(join(place, 'list.js'), listing)
  writeFileSync(join(place, 'error.js'), "export { NotFoundError } from 'occi-cli'\n")
  endpoint = await cloud.serve()
})

afterAll(async () => {
  await cloud.close()
  rmSync(place, { recursive: true, force: true })
})

async function bundle(entry: string, name: string, options: BuildOptions): Promise<string> {
  const outfile = join(place, 'out', name)
  const { warnings } = await build({
    entryPoints: [join(place, entry)],
    outfile,
    bundle: true,
    minify: true,
    platform: 'node',
    logLevel: 'silent',
    ...options,
  })
  expect(warnings.map(({ text }) => text)).toEqual([])
  return outfile
}

const output = async (file: string) => (await run(process.execPath, [file, endpoint])).stdout.split('\n')[0]

describe('esbuild', () => {
  it('esbuild bundles one class of errors without the rest of the library', async () => {
    const file = await bundle('error.js', 'error.mjs', { format: 'esm' })
    expect(statSync(file).size).toBeLessThan(5000)
  })

  it('esbuild makes a CommonJS file that runs alone', async () => {
    const file = await bundle('list.js', 'list.cjs', { format: 'cjs' })
    expect(await output(file)).toBe('data')
    expect(statSync(file).size).toBeLessThan(1_150_000)
  })

  it('esbuild makes an ES module that runs, with undici outside, or with require in the banner', async () => {
    const outside = await bundle('list.js', 'outside.mjs', { format: 'esm', external: ['undici'] })
    expect(await output(outside)).toBe('data')
    expect(statSync(outside).size).toBeLessThan(600_000)
    const js = `import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);`
    const inside = await bundle('list.js', 'inside.mjs', { format: 'esm', banner: { js } })
    expect(await output(inside)).toBe('data')
  })

  it('esbuild puts what only some programs load into separate files when splitting is on', async () => {
    await bundle('list.js', 'unused.mjs', { format: 'esm', external: ['undici'] })
    await build({
      entryPoints: [join(place, 'list.js')],
      outdir: join(place, 'split'),
      outExtension: { '.js': '.mjs' },
      bundle: true,
      minify: true,
      splitting: true,
      platform: 'node',
      format: 'esm',
      external: ['undici'],
      logLevel: 'silent',
    })
    expect(await output(join(place, 'split/list.mjs'))).toBe('data')
    expect(statSync(join(place, 'split/list.mjs')).size).toBeLessThan(250_000)
  })

  it('an ES module with undici inside and without require fails with an explanation', async () => {
    const file = await bundle('list.js', 'bare.mjs', { format: 'esm' })
    const error = await run(process.execPath, [file, endpoint]).then(
      () => '',
      ({ stderr }: { stderr: string }) => stderr,
    )
    expect(error).toContain("code: 'config'")
    expect(error).toContain('mark undici as external')
  })
})

describe('webpack', () => {
  const tools = join(place, 'tools')

  beforeAll(() => npmInstall(tools, ['webpack@5.110.0', 'webpack-cli@6.0.1']), 240_000)

  it('webpack bundles the library without a warning, and the result runs', async () => {
    const config = `module.exports = {
      mode: 'production', target: 'node', entry: ${JSON.stringify(join(place, 'list.js'))}, devtool: false,
      output: { path: ${JSON.stringify(join(place, 'webpack'))}, filename: 'list.cjs' },
    }`
    writeFileSync(join(place, 'webpack.config.cjs'), config)
    const { stdout } = await run(
      join(tools, 'node_modules/.bin/webpack'),
      ['--config', 'webpack.config.cjs', '--json'],
      {
        cwd: place,
        maxBuffer: 64 * 1024 * 1024,
      },
    )
    const { warnings, errors } = JSON.parse(stdout) as { warnings: { message: string }[]; errors: unknown[] }
    expect({ warnings: warnings.map(({ message }) => message), errors }).toEqual({ warnings: [], errors: [] })
    expect(await output(join(place, 'webpack/list.cjs'))).toBe('data')
  }, 120_000)
})
