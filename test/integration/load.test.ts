/**
 * `occi sandbox serve --state` as a program under load: 50 clients at a time, killed with kill -9 at random
 * points and started again. What it had acknowledged is there; what it had not may be there or not, but whole.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { Agent, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, expect, it } from 'vitest'

const occi = resolve(import.meta.dirname, '../../bin/occi')
const home = mkdtempSync(join(tmpdir(), 'occi-load-'))
const state = join(home, 'cloud.state')
afterAll(() => rmSync(home, { recursive: true, force: true }))

const clients = 50
const operations = 10_000

/** What is known of one network: its title or that it is gone, as acknowledged, and what was under way. */
interface Known {
  title: string | undefined
  readonly open: Set<string | undefined>
}

// Guarantee: sandbox-keeps
it('the practice cloud keeps what it acknowledged when it is killed at random points', async () => {
  const known = new Map<string, Known>()
  const agent = new Agent({ keepAlive: true })
  let acknowledged = 0
  let broken = 0
  let lost = 0
  const killedAfter: number[] = []
  const began = performance.now()
  for (let round = 0; acknowledged < operations; round += 1) {
    const server = await start()
    const kill = randomInt(1000, 4000)
    let begun = 0
    const client = async (number: number): Promise<void> => {
      while (begun < kill) {
        begun += 1
        if (begun === kill) server.child.kill('SIGKILL')
        const done = await operate(server.endpoint, agent, known, `${round}-${number}-${begun}`, begun)
        if (done) acknowledged += 1
        else broken += 1
      }
    }
    await Promise.all(Array.from({ length: clients }, (_, number) => client(number)))
    await server.ended
    killedAfter.push(kill)
    lost += await compare(known)
  }
  agent.destroy()
  const took = Math.round((performance.now() - began) / 1000)
  process.stdout.write(
    `load: ${acknowledged} operations acknowledged to ${clients} clients in ${took} s, killed ${killedAfter.length} times (after ${killedAfter.join(', ')}), ${broken} broken off, ${lost} lost\n`,
  )
  expect(lost).toBe(0)
  expect(broken).toBeGreaterThan(0)
}, 120_000)

/** A create mostly, an update now and then, a delete of every fifth. Answers whether it was acknowledged. */
async function operate(
  endpoint: string,
  agent: Agent,
  known: Map<string, Known>,
  title: string,
  number: number,
): Promise<boolean> {
  const paths = number % 5 < 2 ? [...known.keys()] : []
  const path = paths[(number * 7919) % Math.max(paths.length, 1)]
  const one = path === undefined ? undefined : known.get(path)
  const ask = (method: string, target: string, body = '') =>
    exchange(new URL(target, endpoint), method, agent, body)
  if (path === undefined || one === undefined || one.open.size > 0 || one.title === undefined) {
    const { status, location } = await ask('POST', '/network/', `${kind}\n${titled(title)}`)
    if (status !== 201 || location === undefined) return false
    known.set(new URL(location).pathname, { title, open: new Set() })
    return true
  }
  const wanted = number % 5 === 0 ? undefined : title
  one.open.add(wanted)
  const { status } =
    wanted === undefined ? await ask('DELETE', path) : await ask('POST', path, `${kind}\n${titled(wanted)}`)
  if (status === undefined) return false
  expect(status).toBeLessThan(300)
  one.open.delete(wanted)
  one.title = wanted
  return true
}

const kind = 'Category: network; scheme="http://schemas.ogf.org/occi/infrastructure#"; class="kind"'
const titled = (title: string): string => `X-OCCI-Attribute: occi.core.title="${title}"\n`

/** Looks at all that is known in a fresh server; what was under way is settled by it. */
async function compare(known: Map<string, Known>): Promise<number> {
  const server = await start()
  const answer = await fetch(new URL('/network/', server.endpoint), {
    headers: { Accept: 'application/occi+json' },
  })
  const { resources } = (await answer.json()) as { resources: { location: string; title?: string }[] }
  const there = new Map(
    resources.map(({ location, title }) => [new URL(location, server.endpoint).pathname, title]),
  )
  let lost = 0
  for (const [path, one] of known) {
    const now = there.get(path)
    if (now !== one.title && !one.open.has(now)) lost += 1
    one.title = now
    one.open.clear()
  }
  server.child.kill('SIGKILL')
  await server.ended
  return lost
}

interface Server {
  readonly endpoint: string
  readonly child: ChildProcess
  readonly ended: Promise<void>
}

async function start(): Promise<Server> {
  const args = [occi, 'sandbox', 'serve', '--port', '0', '--speed', '0', '--state', state]
  const env = { PATH: process.env['PATH'] ?? '', HOME: home, LANG: 'C.UTF-8' }
  const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'pipe'] })
  const ended = new Promise<void>((done) => child.on('close', () => done()))
  const endpoint = await new Promise<string>((found, fail) => {
    let text = ''
    const look = (chunk: Buffer): void => {
      text += chunk.toString()
      const url = /http:\/\/127\.0\.0\.1:\d+\/\S*/.exec(text)?.[0]
      if (url !== undefined) found(url)
    }
    child.stdout.on('data', look)
    child.stderr.on('data', look)
    child.on('close', (code) => fail(new Error(`occi sandbox serve ended with ${code}: ${text}`)))
  })
  return { endpoint, child, ended }
}

interface Exchanged {
  /** Undefined when the connection broke. */
  readonly status: number | undefined
  readonly location?: string | undefined
}

function exchange(url: URL, method: string, agent: Agent, body: string): Promise<Exchanged> {
  return new Promise((resolve) => {
    const broken = () => resolve({ status: undefined })
    const asking = request(url, { method, agent, headers: { 'Content-Type': 'text/plain' } }, (answer) => {
      answer.resume()
      answer.once('end', () => resolve({ status: answer.statusCode, location: answer.headers.location }))
      answer.once('error', broken)
    })
    asking.once('error', broken)
    asking.end(body)
  })
}
