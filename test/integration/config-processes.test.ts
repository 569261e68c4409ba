import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { buildSync } from 'esbuild'
import { describe, expect, it } from 'vitest'
import type { AuthCache } from '../../src/auth/index.js'
import type { ProviderMemory, ProviderNotes } from '../../src/client/index.js'
import { openCaches, openContexts } from '../../src/config/index.js'
import { temporaryFolder } from '../config/place.js'

/** A program of its own, so that it can be killed, limited, and run beside others. */
function program(folder: string, body: string): string {
  const outfile = join(folder, 'program.cjs')
  buildSync({
    stdin: {
      contents: `import * as config from './src/config/index.ts'
        import { writeAtomically } from './src/files/index.ts'
        const [target, extra] = process.argv.slice(2)
        const work = async () => { ${body} }
        work().catch((error) => { console.error(error.message); process.exitCode = 1 })`,
      resolveDir: join(import.meta.dirname, '../..'),
      loader: 'ts',
    },
    bundle: true,
    platform: 'node',
    format: 'cjs',
    outfile,
    logLevel: 'error',
  })
  return outfile
}

const run = promisify(execFile)
const isSecret = () => false

describe('several processes', () => {
  // Guarantee: files-whole
  it('several processes that write at once lose no context', async () => {
    const folder = temporaryFolder()
    const writer = program(
      folder,
      `const contexts = config.openContexts({ folder: target, platform: process.platform, isSecret: () => false })
       for (let i = 0; i < 15; i++) await contexts.add({ name: extra + i, settings: { endpoint: 'http://' + i } })`,
    )
    const target = join(folder, 'occi')
    await Promise.all(['x', 'y', 'z'].map((prefix) => run(process.execPath, [writer, target, prefix])))
    const { contexts } = await openContexts({ folder: target, platform: 'linux', isSecret }).read()
    expect(contexts).toHaveLength(45)
    expect(readdirSync(target)).toEqual(['config.json'])
  })
})

describe('a process that ends badly', () => {
  // Guarantee: files-whole
  it('a process killed while writing leaves a complete file', async () => {
    const folder = temporaryFolder()
    const writer = program(
      folder,
      `for (let i = 0; ; i++) {
         await writeAtomically(target, JSON.stringify({ i, padding: 'x'.repeat(300_000) }))
         if (i === 0) console.log('ready')
       }`,
    )
    const file = join(folder, 'occi', 'state.json')
    for (const delay of [0, 7, 23]) {
      const child = spawn(process.execPath, [writer, file], { stdio: ['ignore', 'pipe', 'inherit'] })
      await once(child.stdout, 'data')
      await sleep(delay)
      child.kill('SIGKILL')
      await once(child, 'close')
      expect(JSON.parse(readFileSync(file, 'utf8')).padding).toHaveLength(300_000)
    }
  })

  // Guarantee: files-whole
  it('a full disk leaves the old file', async () => {
    const folder = temporaryFolder()
    const writer = program(folder, `await writeAtomically(target, 'x'.repeat(300_000))`)
    const target = join(folder, 'occi')
    mkdirSync(target)
    writeFileSync(join(target, 'f'), 'old')
    // A limit on the size of files stands for a full disk: the write fails half way just the same.
    const attempt = run('/bin/sh', [
      '-c',
      'ulimit -f 64; exec "$@"',
      'sh',
      process.execPath,
      writer,
      join(target, 'f'),
    ])
    await expect(attempt).rejects.toMatchObject({ code: 1, stderr: expect.stringContaining('Cannot write') })
    expect(readFileSync(join(target, 'f'), 'utf8')).toBe('old')
    expect(readdirSync(target)).toEqual(['f'])
  })
})

describe('caches', () => {
  it('the caches of configuration have the types that auth and client need', async () => {
    const caches = openCaches(temporaryFolder(), () => new Date())
    const tokens: AuthCache = caches.expiring()
    const memory: ProviderMemory = caches.notes<ProviderNotes>('http://a', 'me', 1)
    await memory.save({ version: 1, provider: 'ooi' })
    expect(await memory.load()).toEqual({ version: 1, provider: 'ooi' })
    expect(await tokens.get('none')).toBeUndefined()
  })
})
