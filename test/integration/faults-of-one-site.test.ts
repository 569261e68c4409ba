/**
 * The dimension "one of three sites" of the fault table: every fault, once and lasting, at the site in the
 * middle. The others are shown in every case, and what the faulty one does not give is said in its name.
 */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Machine, machine } from '../cli/support/harness.js'
import { type FaultProxy, faultProxy } from '../support/fault-proxy.js'
import { type Stage, stages } from '../support/fault-stages.js'
import { practiceCloud, type TestSite } from '../support/sites.js'
import { certificates } from '../transport/certificates.js'
import { type Cloud, furnished } from './faults/verbs.js'

interface Lane {
  readonly place: Machine
  readonly proxy: FaultProxy
}

let others: readonly TestSite[] = []
let cloud: Cloud
let plain: Lane
let overTls: Lane

beforeAll(async () => {
  others = [await practiceCloud(), await practiceCloud({ as: 'ooi' })]
  cloud = await furnished()
  const upstream: Parameters<typeof faultProxy>[0]['upstream'] = (request) => cloud.sandbox.handle(request)
  plain = await laneTo(await faultProxy({ upstream }))
  overTls = await laneTo(await faultProxy({ upstream, tls: certificates().server }))
})
afterAll(async () => {
  for (const { proxy } of [plain, overTls]) await proxy.close()
  for (const site of others) await site.close()
})

async function laneTo(proxy: FaultProxy): Promise<Lane> {
  const place = machine()
  const endpoints = { first: others[0]?.endpoint, faulty: proxy.endpoint, third: others[1]?.endpoint }
  for (const [name, endpoint] of Object.entries(endpoints)) {
    // Only the faulty one is given up soon: the others share this busy process with it.
    const patience = name === 'faulty' ? ['--timeout', '250ms'] : []
    await place.occi(['context', 'add', name, '--endpoint', endpoint ?? '', '--insecure', ...patience])
  }
  await proxy.arm()
  expect((await place.occi(`${words} --timeout 60s`)).status).toBe(0)
  return { place, proxy }
}

const words = 'network list --context first,faulty,third --columns context,name'

/** The rows of each site as they are without a fault, in the order of the sites. */
async function usual({ place, proxy }: Lane): Promise<Readonly<Record<string, string>>> {
  await proxy.arm()
  const { out, status } = await place.occi(`${words} --timeout 60s`)
  expect(status).toBe(0)
  return bySite(out)
}

function bySite(out: string): Readonly<Record<string, string>> {
  const rows: Record<string, string> = { first: '', faulty: '', third: '' }
  for (const line of out.split('\n')) rows[line.split('\t')[0] ?? ''] += `${line}\n`
  return rows
}

/** What is wrong with this run, in words. */
async function faultsOf(stage: Stage, times: number, lane: Lane): Promise<readonly string[]> {
  const { place, proxy } = lane
  const fine = await usual(lane)
  await proxy.arm({ fault: stage.fault, request: 0, times })
  const { status, out, err } = await place.occi(`${words} --max-response 1MiB`, {
    onSleep: () => proxy.beforeRetry(),
  })
  await proxy.processDelayed()
  const { faultCount } = proxy
  const rows = bySite(out)
  const found: string[] = []
  const check = (right: boolean, what: string) => {
    if (!right) found.push(`${stage.name} × ${times}: ${what}; exit ${status}; ${err.slice(0, 300)}`)
  }
  check(faultCount > 0 || stage.fault.at === 'connection', 'the fault never came')
  check(rows['first'] === fine['first'] && rows['third'] === fine['third'], 'others lost rows')
  check(status === 0 || status === 8, 'the status is neither 0 nor 8')
  // Garbage within a title is a title.
  const told = stage.name === 'corrupted body' ? fine['faulty'] : rows['faulty']
  if (status === 0) check(told === fine['faulty'], `rows are missing and nothing says so: ${rows['faulty']}`)
  const lines = err.split('\n').filter((line) => line.startsWith('occi: '))
  if (status === 8) check(lines.length > 0, 'the failure is not told')
  check(
    lines.every((line) => line.startsWith('occi: faulty: ')),
    'another site is blamed',
  )
  return found
}

// Guarantee: one-of-three-outcomes
it('a fault of one site hides no row of the others, and its error names the site', async () => {
  const wrong: string[] = []
  let runs = 0
  for (const stage of stages.filter(({ writesOnly }) => writesOnly !== true)) {
    const lane = stage.tls === true ? overTls : plain
    for (const times of stage.isExpensive === true
      ? [stage.times ?? 1]
      : [stage.times ?? 1, Number.POSITIVE_INFINITY]) {
      runs += 1
      wrong.push(...(await faultsOf(stage, times, lane)))
    }
  }
  process.stdout.write(`faults at one of three sites: ${runs} runs, ${wrong.length} wrong\n`)
  expect(wrong).toEqual([])
}, 300_000)
