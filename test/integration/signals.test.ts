/** The built program and real signals. */
import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { openSandbox, type SandboxServer, serveSandbox } from '../../src/sandbox/index.js'

const bin = join(import.meta.dirname, '../../bin/occi')
const create = ['compute', 'create', 'web', '--os', 'debian-12', '--size', 'small']
let served: SandboxServer | undefined
afterEach(() => served?.close())

async function cloud(latency: number) {
  const { sandbox, basePath } = openSandbox({ clock: Date.now, speed: 0 })
  served = await serveSandbox(sandbox, { basePath, latency })
  const env = { PATH: process.env['PATH'], HOME: mkdtempSync(join(tmpdir(), 'occi-signals-')) }
  const start = (...words: readonly string[]) => {
    const child = spawn(process.execPath, [bin, ...words, '-e', served?.endpoint ?? ''], {
      env,
      stdio: 'pipe',
    })
    let out = ''
    let err = ''
    child.stdout.on('data', (text) => {
      out += String(text)
    })
    child.stderr.on('data', (text) => {
      err += String(text)
    })
    const ended = new Promise<{ code: number | null; out: string; err: string }>((done) =>
      child.on('close', (code) => done({ code, out, err })),
    )
    return { child, ended }
  }
  const list = async () => JSON.parse((await start('compute', 'list', '-o', 'json').ended).out) as unknown[]
  const journal = () => {
    const file = join(env.HOME, '.local/state/occi/history.jsonl')
    return existsSync(file) ? readFileSync(file, 'utf8') : ''
  }
  return { start, list, journal }
}

async function until(there: () => Promise<boolean>): Promise<void> {
  while (!(await there())) await new Promise((done) => setTimeout(done, 50))
}

describe('Ctrl-C', () => {
  it('Ctrl-C while waiting ends with 130 and lists what exists and how to delete it', async () => {
    const { start, list } = await cloud(0)
    const { child, ended } = start(...create, '--wait=suspended')
    await until(async () => (await list()).length === 1)
    // The answer to the create must have been read, too.
    await new Promise((done) => setTimeout(done, 300))
    child.kill('SIGINT')
    const { code, err } = await ended
    expect(code).toBe(130)
    expect(err).toMatch(/it exists already: http.*\n {2}To remove: occi compute delete http/)
  }, 30_000)

  it('Ctrl-C while a create is under way warns that it may have been carried out', async () => {
    const { start, journal } = await cloud(1500)
    const { child, ended } = start(...create)
    // The journal knows of a request before it is sent.
    await until(async () => journal().includes('"POST"'))
    await new Promise((done) => setTimeout(done, 200))
    child.kill('SIGINT')
    const { code, err } = await ended
    expect(code).toBe(130)
    expect(err).toContain('interrupted while POST')
    expect(err).toContain('occi history')
  }, 30_000)

  it('a second Ctrl-C ends at once, and SIGTERM ends with 143', async () => {
    const { start } = await cloud(5000)
    const twice = start(...create)
    await new Promise((done) => setTimeout(done, 1000))
    twice.child.kill('SIGINT')
    twice.child.kill('SIGINT')
    expect((await twice.ended).code).toBe(130)
    const once = start('compute', 'list')
    await new Promise((done) => setTimeout(done, 1000))
    once.child.kill('SIGTERM')
    expect((await once.ended).code).toBe(143)
  }, 30_000)
})
