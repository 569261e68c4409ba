/** An apply with each fault at each of its requests that changes something; then another apply without one. */
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { machine } from '../../cli/support/harness.js'
import { cloud } from '../../sandbox/client.js'
import { faultProxy } from '../../support/fault-proxy.js'
import { type Stage, stages } from '../../support/fault-stages.js'

const stackFile = `
name: shop
resources:
  data: { kind: storage, size: 20 }
  web: { kind: compute, os: debian-12, size: small, storage: [data] }
  extra: { kind: link, source: web, target: data }
`
const wanted = { compute: 1, storage: 1, storagelink: 2 }
type Counts = typeof wanted

/** Requests that change something, counted from 0: the model, three listings, then these. */
interface Row {
  readonly stage: string
  readonly line: string
  readonly first: number
  readonly second: number
  readonly counts: Counts
  readonly left: number
  readonly err: string
}

async function tried(
  stage: Stage | undefined,
  request: number,
): Promise<Row & { readonly seen: readonly string[] }> {
  const made = cloud({ speed: 0 })
  const proxy = await faultProxy({ upstream: (each) => made.sandbox.handle(each) })
  const place = machine()
  writeFileSync(join(place.folder, 'stack.yaml'), stackFile)
  const run = (words: string, env: Readonly<Record<string, string>> = {}) =>
    place.occi(`stack ${words} --yes --no-cache --concurrency 1 --endpoint ${proxy.endpoint}`, {
      env,
      onSleep: () => proxy.beforeRetry(),
    })
  const counts = async (): Promise<Counts> => {
    const found = await Promise.all(
      (Object.keys(wanted) as (keyof Counts)[]).map(async (term) => {
        const { body } = await made.ask('GET', `/${term}/`, { accept: 'application/occi+json' })
        const { resources = [], links = [] } = JSON.parse(body === '' ? '{}' : body) as Record<
          string,
          unknown[]
        >
        return [term, resources.length + links.length] as const
      }),
    )
    return Object.fromEntries(found) as Counts
  }
  await proxy.arm(stage === undefined ? undefined : { fault: stage.fault, request, times: stage.times ?? 1 })
  const first = await run('apply', { OCCI_TIMEOUT: '250ms', OCCI_MAX_RESPONSE: '1MiB' })
  const seen = [...proxy.requests]
  await proxy.processDelayed()
  await proxy.arm()
  const second = await run('apply')
  const there = await counts()
  await run('destroy')
  const left = Object.values(await counts()).reduce((sum, count) => sum + count, 0)
  await proxy.close()
  rmSync(place.folder, { recursive: true, force: true })
  return {
    stage: stage?.name ?? 'none',
    line: seen[request] ?? 'none',
    first: first.status,
    second: second.status,
    counts: there,
    left,
    err: second.err,
    seen,
  }
}

it('stack apply creates everything once, whatever happens to a request', async () => {
  const fine = await tried(undefined, -1)
  expect(fine).toMatchObject({ first: 0, second: 0, counts: wanted, left: 0 })
  const writes = fine.seen.flatMap((line, at) => (line.startsWith('GET ') ? [] : [at]))
  const todo = stages
    .filter(({ isExpensive, tls }) => isExpensive !== true && tls !== true)
    .flatMap((stage) => writes.map((request) => ({ stage, request })))
  const rows: Row[] = []
  const worker = async () => {
    for (let one = todo.shift(); one !== undefined; one = todo.shift())
      rows.push(await tried(one.stage, one.request))
  }
  await Promise.all(Array.from({ length: 8 }, worker))
  const line = (cells: readonly (string | number)[]) =>
    cells.map((cell, at) => String(cell).padEnd(at === 0 ? 36 : 10)).join('')
  const table = [...new Set(rows.map(({ stage }) => stage))].map((name) => {
    const mine = rows.filter(({ stage }) => stage === name)
    const twice = mine.filter(({ counts }) =>
      Object.entries(counts).some(([term, count]) => count > wanted[term as keyof Counts]),
    )
    const right = mine.filter(({ counts }) => JSON.stringify(counts) === JSON.stringify(wanted))
    const said = [0, 8, 11].map((status) => mine.filter(({ first }) => first === status).length)
    return line([
      name,
      mine.length,
      ...said,
      right.length,
      twice.length,
      mine.filter(({ left }) => left > 0).length,
    ])
  })
  process.stdout.write(
    `\n${[line(['fault', 'runs', 'exit 0', '8', '11', 'exact', 'twice', 'leaks']), ...table].join('\n')}\n`,
  )
  const wrong = rows.filter(
    ({ counts, second, left }) =>
      second !== 0 || left !== 0 || JSON.stringify(counts) !== JSON.stringify(wanted),
  )
  expect(wrong).toEqual([])
}, 300_000)
