/**
 * An apply that is ended by kill -9 at each of its requests, before the provider gets it, after it has done it, or
 * while it is on its way; then another apply. Exactly what the file names must be there, nothing twice.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { expect, it } from 'vitest'
import { cloud } from '../../sandbox/client.js'
import { type FaultProxy, faultProxy, type InterceptedRequest } from '../../support/fault-proxy.js'

const occi = resolve(import.meta.dirname, '../../../bin/occi')

const stackFile = `
name: shop
resources:
  private: { kind: network, existing: true }
  data: { kind: storage, size: 20 }
  web:
    kind: compute
    count: 2
    os: debian-12
    size: small
    networks: [private]
    storage: [{ name: data, mountpoint: /dev/vdb, on: 1 }]
  console: { kind: link, source: "web[0]", target: private }
  spare: { kind: compute, size: small, state: inactive, summary: "beside \${data.id}" }
`

/** What there must be in the end, besides what was there before. */
const wanted = { compute: 3, storage: 1, storagelink: 1, networkinterface: 3 }
type Counts = typeof wanted

const moments = ['before', 'after', 'later'] as const
/** By Ctrl-C the request is let go on, and answered a little later. */
type Moment = (typeof moments)[number] | 'ctrl-c'

interface Ran {
  readonly status: number | null
  readonly err: string
}

interface Lane {
  /** Runs an apply and, with a moment, ends it at that request. */
  apply(at?: { readonly request: number; readonly moment: Moment }): Promise<Ran>
  destroy(): Promise<Ran>
  counts(): Promise<Counts>
  plan(): Promise<Ran>
  readonly seen: readonly string[]
  readonly stateMode: number | undefined
  close(): Promise<void>
}

async function openLane(): Promise<Lane> {
  const made = cloud({ speed: 0 })
  const proxy: FaultProxy = await faultProxy({ upstream: (request) => made.sandbox.handle(request) })
  const folder = mkdtempSync(join(tmpdir(), 'occi-kill-'))
  writeFileSync(join(folder, 'stack.yaml'), stackFile)
  let child: ChildProcess | undefined
  const run = async (...words: string[]): Promise<Ran> => {
    const env = { PATH: process.env['PATH'] ?? '', HOME: folder, LANG: 'C.UTF-8' }
    const argv = [occi, 'stack', ...words, '--endpoint', proxy.endpoint, '--no-cache', '--concurrency', '2']
    const running = spawn(process.execPath, argv, { env, cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] })
    child = running
    const err: Buffer[] = []
    running.stderr.on('data', (chunk: Buffer) => err.push(chunk))
    const status = await new Promise<number | null>((done) => running.on('close', done))
    return { status, err: Buffer.concat(err).toString() }
  }
  const strike = (moment: Moment) => async (hit: InterceptedRequest) => {
    if (moment === 'after') await hit.forward()
    if (moment === 'later') hit.delay()
    if (moment !== 'ctrl-c') child?.kill('SIGKILL')
    else {
      child?.kill('SIGINT')
      await new Promise((resolve) => setTimeout(resolve, 300))
      hit.send(await hit.forward())
    }
  }
  const count = async (term: string): Promise<number> => {
    const { body } = await made.ask('GET', `/${term}/`, { accept: 'application/occi+json' })
    const { resources = [], links = [] } = JSON.parse(body === '' ? '{}' : body) as Record<string, unknown[]>
    return resources.length + links.length
  }
  return {
    async apply(at) {
      const late = setTimeout(() => void proxy.processDelayed(), 1500)
      if (at !== undefined) {
        clearTimeout(late)
        const { request, moment } = at
        await proxy.arm({ fault: { at: 'request', act: strike(moment) }, request, times: 1 })
      }
      const ran = await run('apply', '--yes', '--wait-timeout', '30s')
      clearTimeout(late)
      return ran
    },
    destroy: () => run('destroy', '--yes', '--wait-timeout', '30s'),
    plan: () => run('plan', '--exit-code'),
    async counts() {
      const terms = Object.keys(wanted) as (keyof Counts)[]
      const found = await Promise.all(terms.map(async (term) => [term, await count(term)] as const))
      return Object.fromEntries(found) as Counts
    },
    get seen() {
      return proxy.requests
    },
    get stateMode() {
      const file = join(folder, '.shop.occi-state.json')
      return existsSync(file) ? statSync(file).mode & 0o777 : undefined
    },
    async close() {
      await proxy.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

interface Row {
  readonly request: number
  readonly line: string
  readonly moment: Moment
  readonly counts: Counts
  readonly status: number | null
  readonly left: number
  readonly err: string
}

it('stack apply creates everything once, wherever it is killed', async () => {
  const model = await openLane()
  const fine = await model.apply()
  expect({ ...fine, err: '' }).toEqual({ status: 0, err: '' })
  expect(await model.counts()).toEqual(wanted)
  expect(model.stateMode).toBe(0o600)
  expect((await model.plan()).status).toBe(0)
  const lines = [...model.seen]
  const applied = lines.length
  await model.close()
  const last = lines.findLastIndex((line) => !line.startsWith('GET ')) + 1
  const todo = Array.from({ length: Math.min(applied, last + 1) }, (_, request) => request).flatMap(
    (request) =>
      moments
        // What only reads changes nothing: one moment is enough.
        .filter((moment) => moment === 'before' || !(lines[request] ?? '').startsWith('GET '))
        .map((moment) => ({ request, moment })),
  )
  const rows: Row[] = []
  const worker = async () => {
    for (let at = todo.shift(); at !== undefined; at = todo.shift()) {
      const lane = await openLane()
      const { request, moment } = at
      const killed = await lane.apply(at)
      const line = lane.seen[request] ?? 'none'
      const { status, err } = await lane.apply()
      const counts = await lane.counts()
      await lane.destroy()
      const gone = await lane.counts()
      const left = Object.values(gone).reduce((sum, count) => sum + count, 0)
      await lane.close()
      // Of requests at the same time the order is not always the same: a run that was over is none.
      if (killed.status === null) rows.push({ request, line, moment, counts, status, left, err })
    }
  }
  await Promise.all(Array.from({ length: 6 }, worker))
  process.stdout.write(`${tableOf(rows)}\n`)
  const wrong = rows.filter(
    ({ counts, status, left }) =>
      status !== 0 || left !== 0 || JSON.stringify(counts) !== JSON.stringify(wanted),
  )
  expect(wrong).toEqual([])
  expect(rows.length).toBeGreaterThan(20)
}, 600_000)

it('stack apply finishes the current step on Ctrl-C, starts no other, and continues from there', async () => {
  for (const request of [5, 6, 8]) {
    const lane = await openLane()
    const { status, err } = await lane.apply({ request, moment: 'ctrl-c' })
    expect({ request, status, err }).toEqual({
      request,
      status: 130,
      err: expect.not.stringContaining(' failed: '),
    })
    expect(await lane.apply()).toMatchObject({ status: 0 })
    expect(await lane.counts()).toEqual(wanted)
    await lane.destroy()
    await lane.close()
  }
}, 120_000)

function tableOf(rows: readonly Row[]): string {
  const sorted = [...rows].sort((one, other) => one.request - other.request)
  const heads = ['request', 'killed', ...Object.keys(wanted), 'exit', 'left by destroy']
  const lines = sorted.map(({ request, line, moment, counts, status, left }) => [
    `${request} ${line.replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, 'ID')}`,
    moment,
    ...Object.values(counts).map(String),
    String(status),
    String(left),
  ])
  const wide = [38, 8, 9, 9, 13, 18, 6, 16]
  const text = (cells: readonly string[]) => cells.map((cell, at) => cell.padEnd(wide[at] ?? 10)).join('')
  const total = `killed ${rows.length} times; wanted ${JSON.stringify(wanted)}`
  return ['', text(heads), ...lines.map(text), total].join('\n')
}
