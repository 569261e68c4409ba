/**
 * Every command against every fault at every request it makes: what it says came of it, held against what the
 * provider really has then. Each is done, certainly not done, or unknown and said so; none is wrong.
 */
import { afterAll, beforeAll, expect, it } from 'vitest'
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

const width = 6
let plainLanes: Lane[] = []
let tlsLanes: Lane[] = []

beforeAll(async () => {
  const { server } = certificates()
  plainLanes = await Promise.all(Array.from({ length: width }, () => openLane()))
  tlsLanes = await Promise.all(Array.from({ length: 2 }, () => openLane(server)))
})
afterAll(() => Promise.all([...plainLanes, ...tlsLanes].map((lane) => lane.close())))

it('tells the truth of every verb at every stage', async () => {
  const only = process.env['FAULT_VERB']
  const chosen = verbs.filter(({ name }) => only === undefined || name === only)
  const fine = new Map<Verb, Ran>()
  for (const verb of chosen) {
    const ran = await (plainLanes[0] as Lane).run(verb)
    expect({ verb: verb.name, ...ran.result, out: '' }).toEqual({
      verb: verb.name,
      status: 0,
      out: '',
      err: '',
    })
    expect(ran.after === ran.before).toBe(verb.reads === true)
    fine.set(verb, ran)
  }
  const cases = [...fine].flatMap(([verb, ran]) => casesOf(verb, ran))
  const rows: Row[] = []
  const wrong: string[] = []
  const begin = performance.now()
  const work = async (lane: Lane, todo: Case[]): Promise<void> => {
    for (let one = todo.shift(); one !== undefined; one = todo.shift()) {
      const { verb, stage, request, lasting } = one
      const times = lasting ? Number.POSITIVE_INFINITY : (stage.times ?? 1)
      const ran = await lane.run(verb, { strike: stage.strike, request, times })
      const model = fine.get(verb) as Ran
      const usual: Fine = { out: model.result.out, before: model.before, after: model.after }
      const { verdict, why } = judge(verb, usual, ran.result, ran.after)
      rows.push({ verb: verb.name, stage: stage.name, verdict })
      if (verdict === 'wrong') {
        wrong.push(
          `${verb.name} × ${stage.name} at request ${request}${lasting ? ' and after' : ''}: ${why}; exit ${ran.result.status}; ${ran.requests.join(', ')}; ${ran.result.err.slice(0, 400)}`,
        )
      }
    }
  }
  const plain = cases.filter(({ stage }) => stage.tls !== true)
  const tls = cases.filter(({ stage }) => stage.tls === true)
  await Promise.all([
    ...plainLanes.map((lane) => work(lane, plain)),
    ...tlsLanes.map((lane) => work(lane, tls)),
  ])
  const took = Math.round((performance.now() - begin) / 1000)
  process.stdout.write(
    `${tableOf(rows, 'stage')}\n\n${tableOf(rows, 'verb')}\n\nfaults: ${rows.length} runs in ${took} s, ${wrong.length} wrong\n`,
  )
  expect(wrong).toEqual([])
}, 300_000)

/** Each request of the command once; from the writing one on also with a fault that does not go away. */
function casesOf(verb: Verb, { requests }: Ran): readonly Case[] {
  const writing = requests.findIndex((request) => !request.startsWith('GET '))
  const decisive = writing < 0 ? requests.length - 1 : writing
  return requests.flatMap((line, request) =>
    stages
      .filter(({ heavy, tls }) => (heavy !== true && tls !== true) || request === decisive)
      .filter(({ toWrites }) => toWrites !== true || !line.startsWith('GET '))
      .flatMap((stage) => {
        const once: Case = { verb, stage, request, lasting: false }
        return request === decisive && stage.heavy !== true ? [once, { ...once, lasting: true }] : [once]
      }),
  )
}
