/**
 * Every command against every fault at every request it makes: what it says came of it, held against what the
 * provider really has then. Each is done, certainly not done, or unknown and said so; none is wrong.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Result } from '../cli/support/harness.js'
import { type Stage, stages } from '../support/fault-stages.js'
import { certificates } from '../transport/certificates.js'
import { type Fine, judge } from './faults/judge.js'
import { type Lane, openLane, type Ran } from './faults/lane.js'
import { type Row, tableOf } from './faults/table.js'
import { type Verb, verbs } from './faults/verbs.js'

interface Case {
  readonly verb: Verb
  readonly stage: Stage
  readonly request: number
  readonly lasting: boolean
}

const opened: Lane[] = []
const lanes = async (count: number, settings?: Parameters<typeof openLane>[0]): Promise<readonly Lane[]> => {
  const made = await Promise.all(Array.from({ length: count }, () => openLane(settings)))
  opened.push(...made)
  return made
}
let overTls: readonly Lane[] = []
let plain: readonly Lane[] = []

beforeAll(async () => {
  overTls = await lanes(2, { tls: certificates().server })
  plain = await lanes(8)
})
afterAll(() => Promise.all(opened.map((lane) => lane.close())))

// Guarantee: one-of-three-outcomes
it('every verb reports the true outcome of a fault at every stage', async () => {
  const only = process.env['FAULT_VERB']
  const chosen = verbs.filter(({ name }) => only === undefined || name.startsWith(only))
  const fine = await undisturbed(plain, chosen)
  const cases = [...fine].flatMap(([verb, ran]) => casesOf(verb, ran))
  const begin = performance.now()
  const [some, others] = await Promise.all([
    tried(
      plain,
      cases.filter(({ stage }) => stage.tls !== true),
      fine,
    ),
    tried(
      overTls,
      cases.filter(({ stage }) => stage.tls === true),
      fine,
    ),
  ])
  const rows = [...some.rows, ...others.rows].sort(
    (one, other) => stages.findIndex(named(one.stage)) - stages.findIndex(named(other.stage)),
  )
  const wrong = [...some.wrong, ...others.wrong]
  const took = Math.round((performance.now() - begin) / 1000)
  process.stdout.write(
    `${tableOf(rows, 'stage')}\n\n${tableOf(rows, 'verb')}\n\nfaults: ${rows.length} runs in ${took} s, ${wrong.length} wrong\n`,
  )
  expect(wrong).toEqual([])
  if (only === undefined) expect(new Set(rows.map(({ stage }) => stage)).size).toBe(stages.length)
}, 300_000)

// Guarantee: one-of-three-outcomes
it('the program reports the true outcome of a fault, too', async () => {
  const few = [
    'refused',
    'reset before the answer',
    'half a body, closed',
    '503 twice, then fine',
    'gzip bomb',
  ]
  const some = await lanes(3, { runner: program })
  const chosen = verbs.filter(({ name }) => ['describe', 'create, cold', 'update', 'delete'].includes(name))
  const fine = await undisturbed(some, chosen)
  const cases = [...fine].flatMap(([verb, ran]) =>
    casesOf(verb, ran).filter(
      ({ stage, request, lasting }) => !lasting && few.includes(stage.name) && request === decisive(ran),
    ),
  )
  const { rows, wrong } = await tried(some, cases, fine)
  process.stdout.write(`faults, as a program: ${rows.length} runs, ${wrong.length} wrong\n`)
  expect(wrong).toEqual([])
  expect(rows).toHaveLength(few.length * chosen.length)
}, 120_000)

// Guarantee: interrupted-tells-what-exists
it('Ctrl-C ends a command with 130, and a second one ends it at once', async () => {
  const deaf = createServer((socket) => void socket.on('error', () => {}))
  await new Promise<void>((listening) => deaf.listen(0, '127.0.0.1', listening))
  const { port } = deaf.address() as AddressInfo
  const home = mkdtempSync(join(tmpdir(), 'occi-signal-'))
  const env = { PATH: process.env['PATH'] ?? '', HOME: home, LANG: 'C.UTF-8' }
  for (const signals of [1, 2]) {
    const argv = [occi, 'compute', 'list', '--endpoint', `http://127.0.0.1:${port}/`]
    const child = spawn(process.execPath, argv, { env, stdio: 'ignore' })
    await once(deaf, 'connection')
    const began = performance.now()
    for (let sent = 0; sent < signals; sent += 1) child.kill('SIGINT')
    const [status, signal] = (await once(child, 'close')) as [number | null, string | null]
    expect({ status, signal }).toEqual({ status: 130, signal: null })
    expect(performance.now() - began).toBeLessThan(10_000)
  }
  deaf.close()
  rmSync(home, { recursive: true, force: true })
}, 60_000)

/** Each command without a fault, with the requests that it makes. */
async function undisturbed(among: readonly Lane[], chosen: readonly Verb[]): Promise<ReadonlyMap<Verb, Ran>> {
  const fine = new Map<Verb, Ran>()
  for (const verb of chosen) {
    const ran = await (among[0] as Lane).run(verb)
    const { status, err } = ran.result
    expect({ verb: verb.name, status, err }).toEqual({
      verb: verb.name,
      status: 0,
      err: verb.rocci === true ? err : '',
    })
    expect(ran.after === ran.before).toBe(verb.reads === true)
    fine.set(verb, ran)
  }
  return fine
}

interface Tried {
  readonly rows: readonly Row[]
  readonly wrong: readonly string[]
}

async function tried(
  among: readonly Lane[],
  cases: readonly Case[],
  fine: ReadonlyMap<Verb, Ran>,
): Promise<Tried> {
  const todo = [...cases]
  const rows: Row[] = []
  const wrong: string[] = []
  let missed = 0
  const work = async (lane: Lane): Promise<void> => {
    for (let one = todo.shift(); one !== undefined; one = todo.shift()) {
      const { verb, stage, request, lasting } = one
      const times = lasting ? Number.POSITIVE_INFINITY : (stage.times ?? 1)
      const ran = await lane.run(verb, { fault: stage.fault, request, times })
      const model = fine.get(verb) as Ran
      const usual: Fine = { out: model.result.out, before: model.before, after: model.after }
      if (ran.faultCount === 0) {
        // Of two connections opened at the same time neither is the second.
        missed += 1
        continue
      }
      const { verdict, why } = judge(verb, usual, ran.result, ran.after)
      rows.push({ verb: verb.name, stage: stage.name, verdict })
      if (verdict !== 'wrong') continue
      const { status, err } = ran.result
      const where = `request ${request}${lasting ? ' and after' : ''}`
      wrong.push(
        `${verb.name} × ${stage.name} at ${where}: ${why}; exit ${status}; ${ran.requests.join(', ')}; ${err.slice(0, 400)}`,
      )
    }
  }
  await Promise.all(among.map(work))
  expect(missed).toBeLessThan(5 + cases.length / 100)
  return { rows, wrong }
}

/**
 * The request that counts with every fault, also with one that does not go away; the others, which look things
 * up, with every other fault each.
 */
function casesOf(verb: Verb, ran: Ran): readonly Case[] {
  const main = decisive(ran)
  return ran.requests.flatMap((line, request) =>
    stages
      .filter(({ isExpensive, tls }) => (isExpensive !== true && tls !== true) || request === main)
      .filter(({ writesOnly }) => writesOnly !== true || !line.startsWith('GET '))
      .filter((_, at) => request === main || (at + request) % 2 === 0)
      .flatMap((stage) => {
        const once: Case = { verb, stage, request, lasting: false }
        return request === main && stage.isExpensive !== true ? [once, { ...once, lasting: true }] : [once]
      }),
  )
}

/** The request that counts: the first that writes, or the last that reads. */
function decisive({ requests }: Ran): number {
  const writing = requests.findIndex((request) => !request.startsWith('GET '))
  return writing < 0 ? requests.length - 1 : writing
}

function named(wanted: string): (stage: Stage) => boolean {
  return ({ name }) => name === wanted
}

const occi = resolve(import.meta.dirname, '../../bin/occi')

async function program(
  home: string,
  words: readonly string[],
  more: Readonly<Record<string, string>>,
): Promise<Result> {
  const env = { ...more, PATH: process.env['PATH'] ?? '', HOME: home, LANG: 'C.UTF-8' }
  const argv = [occi, ...words, '--no-cache', '--retries', '1']
  const child = spawn(process.execPath, argv, { env, cwd: home, stdio: ['ignore', 'pipe', 'pipe'] })
  const out: Buffer[] = []
  const err: Buffer[] = []
  child.stdout.on('data', (chunk: Buffer) => out.push(chunk))
  child.stderr.on('data', (chunk: Buffer) => err.push(chunk))
  const status = await new Promise<number | null>((done) => child.on('close', done))
  return { status: status ?? -1, out: Buffer.concat(out).toString(), err: Buffer.concat(err).toString() }
}
