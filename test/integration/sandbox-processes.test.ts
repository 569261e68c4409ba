import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { Agent, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { build } from 'esbuild'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openSandbox } from '../../src/sandbox/index.js'

let folder: string
let worker: string

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'occi-processes-'))
  worker = join(folder, 'worker.mjs')
  await build({
    entryPoints: [join(import.meta.dirname, 'sandbox-worker.ts')],
    outfile: worker,
    bundle: true,
    platform: 'node',
    format: 'esm',
    external: ['re2js'],
    logLevel: 'error',
  })
})
afterAll(() => rm(folder, { recursive: true, force: true }))

interface Worker {
  readonly child: ChildProcess
  readonly lines: string[]
  readonly ended: Promise<number | null>
}

function start(...words: readonly string[]): Worker {
  const child = spawn(process.execPath, [worker, ...words], { stdio: ['ignore', 'pipe', 'inherit'] })
  const lines: string[] = []
  const reader = createInterface({ input: child.stdout })
  reader.on('line', (line) => lines.push(line))
  const closed = new Promise<void>((resolve) => reader.once('close', resolve))
  const ended = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)))
  return { child, lines, ended: ended.then(async (code) => closed.then(() => code)) }
}

async function stored(state: string): Promise<ReadonlySet<string>> {
  const { sandbox } = openSandbox({ state, clock: Date.now })
  const answer = await sandbox.handle({
    method: 'GET',
    target: '/network/',
    headers: [
      ['Host', 'sandbox'],
      ['Accept', 'text/uri-list'],
    ],
    body: '',
  })
  await sandbox.close()
  return new Set(answer.body.split('\r\n').flatMap((line) => (line === '' ? [] : new URL(line).pathname)))
}

describe('several processes with one state file', () => {
  it('several processes with one state file lose none of each other’s writes', async () => {
    const state = join(folder, 'shared.state')
    const workers = ['a', 'b', 'c'].map((label) => start('create', state, label, '60'))
    expect(await Promise.all(workers.map((one) => one.ended))).toEqual([0, 0, 0])
    const acknowledged = workers.flatMap((one) => one.lines)
    expect(acknowledged).toHaveLength(180)
    const kept = await stored(state)
    expect(acknowledged.filter((path) => !kept.has(path))).toEqual([])
    expect(kept.size).toBe(182)
  })

  it('a state file keeps what was acknowledged before kill -9, and the next process continues', async () => {
    const state = join(folder, 'killed.state')
    const acknowledged: string[] = []
    for (const after of [1, 7, 20, 33]) {
      const one = start('create', state, 'x', '100000')
      await new Promise<void>((resolve) => {
        const watch = setInterval(() => {
          if (one.lines.length < after) return
          clearInterval(watch)
          resolve()
        }, 1)
      })
      one.child.kill('SIGKILL')
      await one.ended
      acknowledged.push(...one.lines)
    }
    const kept = await stored(state)
    expect(acknowledged.length).toBeGreaterThan(60)
    expect(acknowledged.filter((path) => !kept.has(path))).toEqual([])
  })

  it('several processes serve one cloud at two endpoints', async () => {
    const state = join(folder, 'served.state')
    const servers = [start('serve', state), start('serve', state)]
    try {
      const endpoints = await Promise.all(servers.map(firstLine))
      const create = (endpoint: string, title: string) =>
        fetch(`${endpoint}network/`, {
          method: 'POST',
          headers: { 'Content-Type': 'text/plain' },
          body: `Category: network; scheme="http://schemas.ogf.org/occi/infrastructure#"; class="kind"\nX-OCCI-Attribute: occi.core.title="${title}"`,
        })
      const answers = await Promise.all(
        Array.from({ length: 100 }, (_, at) => create(endpoints[at % 2] ?? '', `n${at}`)),
      )
      expect(new Set(answers.map((answer) => answer.status))).toEqual(new Set([201]))
      for (const endpoint of endpoints) {
        const list = await fetch(`${endpoint}network/`, { headers: { Accept: 'text/uri-list' } })
        expect((await list.text()).trim().split('\r\n')).toHaveLength(102)
      }
    } finally {
      for (const one of servers) one.child.kill('SIGKILL')
      await Promise.all(servers.map((one) => one.ended))
    }
  })
})

describe('a sandbox under load', () => {
  // Guarantee: sandbox-keeps
  it('a sandbox under load keeps all that it acknowledged to 50 clients, kill -9 included', async () => {
    const state = join(folder, 'load.state')
    const acknowledged: string[] = []
    const gone = new Set<string>()
    const one = start('serve', state)
    const endpoint = await firstLine(one)
    const operations = 10_000
    const agent = new Agent({ keepAlive: true })
    const network = 'Category: network; scheme="http://schemas.ogf.org/occi/infrastructure#"; class="kind"\n'
    const ask = (method: string, url: URL, body = '') =>
      new Promise<{ readonly status: number | undefined; readonly location: string | undefined }>(
        (resolve, reject) => {
          const asking = request(
            url,
            { method, agent, headers: { 'Content-Type': 'text/plain' } },
            (answer) => {
              answer.resume()
              answer.once('end', () =>
                resolve({ status: answer.statusCode, location: answer.headers.location }),
              )
              answer.once('error', reject)
            },
          )
          asking.once('error', reject)
          asking.end(body)
        },
      )
    let begun = 0
    let done = 0
    async function client(): Promise<void> {
      while (begun < operations) {
        begun += 1
        const victim = begun % 5 === 0 ? acknowledged[(begun * 7919) % acknowledged.length] : undefined
        if (begun === 9000) one.child.kill('SIGKILL')
        try {
          if (victim !== undefined) {
            gone.add(victim)
            await ask('DELETE', new URL(victim, endpoint))
          } else {
            const { status, location } = await ask('POST', new URL('/network/', endpoint), network)
            if (status === 201 && location !== undefined) acknowledged.push(new URL(location).pathname)
          }
          done += 1
        } catch {
          // Killed: this one was not acknowledged.
        }
      }
    }
    const begin = performance.now()
    await Promise.all(Array.from({ length: 50 }, client))
    const elapsed = performance.now() - begin
    agent.destroy()
    await one.ended
    const kept = await stored(state)
    const lost = acknowledged.filter((path) => !kept.has(path) && !gone.has(path))
    console.info(
      `sandbox under load: ${done} of ${operations} operations by 50 clients answered in ${Math.round(elapsed)} ms, then killed; ${lost.length} lost`,
    )
    expect(lost).toEqual([])
    expect(acknowledged.length).toBeGreaterThan(operations / 2)
  }, 120_000)
})

async function firstLine(one: Worker): Promise<string> {
  while (one.lines[0] === undefined) await new Promise((resolve) => setTimeout(resolve, 5))
  return one.lines[0]
}
