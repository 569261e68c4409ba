/** `--record` and `-e replay:FILE`: a recorded command ends without the network as it did with it. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { harText, OcciClient, parseHar, replay } from '../../src/index.js'
import { openSandbox, personaNames, serveSandbox } from '../../src/sandbox/index.js'
import type { Exchange } from '../../src/transport/index.js'
import { type Machine, machine, type Result } from '../cli/support/harness.js'
import type { Exchange as Captured } from '../client/captures.js'
import { type Stage, stages } from '../support/fault-stages.js'
import { certificates } from '../transport/certificates.js'
import { type Lane, openLane } from './faults/lane.js'
import { type Verb, verbs } from './faults/verbs.js'

let folder = ''
let place: Machine
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'occi-replay-'))
  place = machine()
})
afterAll(() => {
  rmSync(folder, { recursive: true, force: true })
})

/** What a replay must repeat. */
const seen = ({ status, out, err }: Result) => ({ status, out, err })

describe('a command that fails', () => {
  const chosen = verbs.filter(({ rocci }) => rocci !== true)
  const plain: Lane[] = []
  const secure: Lane[] = []
  beforeAll(async () => {
    plain.push(...(await Promise.all(Array.from({ length: 6 }, () => openLane()))))
    secure.push(await openLane({ tls: certificates().server }))
  })
  afterAll(() => Promise.all([...plain, ...secure].map((lane) => lane.close())))

  it('a failing command is replayed with the same status and message, for every verb at every fault', async () => {
    let failed = 0
    const wrong: string[] = []

    async function differs(lane: Lane, { verb, stage, request }: Case, file: string): Promise<void> {
      const words = [...verb.words, '--record', file]
      const plan = { fault: stage.fault, request, times: Number.POSITIVE_INFINITY }
      const ran = await lane.run({ ...verb, words, cold: true }, plan)
      if (ran.faultCount === 0 || ran.result.status === 0) return
      failed += 1
      const again = await place.occi([...verb.words, '-o', 'json', '-e', `replay:${file}`])
      const recorded = JSON.stringify({ status: ran.result.status, err: ran.result.err })
      const replayed = JSON.stringify({ status: again.status, err: again.err })
      if (recorded !== replayed) wrong.push(`${verb.name} × ${stage.name}:\n  ${recorded}\n  ${replayed}`)
    }

    const todo: Case[] = []
    for (const verb of chosen) {
      const { requests } = await (plain[0] as Lane).run({ ...verb, cold: true })
      const writing = requests.findIndex((line) => !line.startsWith('GET '))
      const request = writing < 0 ? requests.length - 1 : writing
      const fitting = stages.filter(({ writesOnly }) => writesOnly !== true || writing >= 0)
      todo.push(...fitting.map((stage) => ({ verb, stage, request })))
    }
    const work = async (lane: Lane, cases: Case[], file: string) => {
      for (let one = cases.shift(); one !== undefined; one = cases.shift()) await differs(lane, one, file)
    }
    const overTls = todo.filter(({ stage }) => stage.tls === true)
    const others = todo.filter(({ stage }) => stage.tls !== true)
    await Promise.all([
      ...secure.map((lane) => work(lane, overTls, join(folder, 'secure.har'))),
      ...plain.map((lane, index) => work(lane, others, join(folder, `plain-${index}.har`))),
    ])
    process.stdout.write(`replay: ${failed} failures recorded and replayed, ${wrong.length} differ\n`)
    expect(wrong).toEqual([])
    expect(failed).toBeGreaterThan(500)
  }, 300_000)
})

interface Case {
  readonly verb: Verb
  readonly stage: Stage
  readonly request: number
}

describe.each(personaNames())('a recording made at %s', (as) => {
  it('a recording is replayed through the command line and the library', async () => {
    const { sandbox, basePath } = openSandbox({ clock: Date.now, speed: 0, as })
    const served = await serveSandbox(sandbox, { basePath })
    const list = join(folder, `${as}-list.har`)
    const describing = join(folder, `${as}-describe.har`)
    const name = (await place.occi(`compute list -o id -e ${served.endpoint}`)).out.split('\n')[0] ?? ''
    const listed = await place.occi(`compute list -o json -e ${served.endpoint} --record ${list}`)
    const described = await place.occi(
      `compute describe ${name || 'nothing'} -o json -e ${served.endpoint} --record ${describing}`,
    )
    await served.close()
    expect(seen(await place.occi(`compute list -o json -e replay:${list}`))).toEqual(seen(listed))
    expect(
      seen(await place.occi(`compute describe ${name || 'nothing'} -o json -e replay:${describing}`)),
    ).toEqual(seen(described))
    const recording = parseHar(readFileSync(list, 'utf8'))
    const { transport, clock } = replay(recording)
    const client = new OcciClient({ endpoint: recording.facts.endpoint ?? '', transport, clock })
    const ids: string[] = []
    for await (const entity of client.list('compute')) ids.push(entity.location ?? '')
    expect(ids).toHaveLength((JSON.parse(listed.out) as unknown[]).length)
    await client.close()
  })
})

describe('a recording of a login', () => {
  it.each([
    ['basic', 'ada:secret-word', '--username ada', { OCCI_PASSWORD: 'secret-word' }],
    ['basic', 'ada:secret-word', '--username ada', { OCCI_PASSWORD: 'wrong-word' }],
    ['basic', 'ada:secret-word', '--auth none', {}],
  ] as const)(
    'a recording of a login is replayed without a secret: %s, %s, %s',
    async (_, user, options, env) => {
      const [username = '', password = ''] = user.split(':')
      const { sandbox, basePath } = openSandbox({
        clock: Date.now,
        speed: 0,
        auth: { method: 'basic', username, password },
      })
      const served = await serveSandbox(sandbox, { basePath })
      const file = join(folder, 'login.har')
      const own = machine()
      const recorded = await own.occi(`compute list -e ${served.endpoint} ${options} --record ${file}`, {
        env,
      })
      await served.close()
      for (const word of Object.values(env)) {
        expect(readFileSync(file, 'utf8')).not.toContain(word)
        expect(readFileSync(file, 'utf8')).not.toContain(Buffer.from(`ada:${word}`).toString('base64'))
      }
      const replayed = await machine().occi(`compute list -e replay:${file}`)
      expect(seen(replayed)).toEqual(seen(recorded))
    },
  )
})

describe('--record', () => {
  it('--record reports when a command sends nothing', async () => {
    const file = join(folder, 'nothing.har')
    const { status, err } = await machine().occi(`context list --record ${file}`)
    expect({ status, err }).toEqual({ status: 0, err: expect.stringContaining('nothing to record') })
  })

  it('OCCI_RECORD records as --record does, also the flat form of rOCCI-cli', async () => {
    const file = join(folder, 'flat.har')
    const own = machine()
    const words = '--action list --resource compute'
    await own.occi('compute create web --os debian-12 --size small -e sandbox:')
    const recorded = await own.occi(`--endpoint sandbox: ${words}`, { env: { OCCI_RECORD: file } })
    const replayed = await own.occi(`--endpoint replay:${file} ${words}`)
    expect(seen(replayed)).toEqual(seen(recorded))
    expect(recorded.out).toContain('/compute/')
  })
})

describe('a capture of the tests', () => {
  const captures = join(import.meta.dirname, '../fixtures/captures')

  it.each(readdirSync(captures))('the capture %s can be read as a recording', (name) => {
    const lines = readFileSync(join(captures, name), 'utf8').trim().split('\n')
    const exchanges = lines.map((line): Exchange => {
      const { request, response } = JSON.parse(line) as Captured
      return {
        by: 'client',
        at: 0,
        took: 1,
        request: {
          method: request.method,
          url: new URL(request.path, 'http://cloud.example.org/').href,
          headers: request.headers,
          ...(request.body === null ? {} : { body: request.body }),
        },
        response: { url: '', tolerated: [], ...response, body: response.body ?? '' },
      }
    })
    const file = join(folder, 'capture.har')
    writeFileSync(file, harText({ exchanges, facts: { endpoint: 'http://cloud.example.org/' } }))
    const back = parseHar(readFileSync(file, 'utf8')).exchanges
    expect(back.map(({ response }) => response?.headers)).toEqual(
      exchanges.map(({ response }) => response?.headers),
    )
    expect(back.map(({ response }) => response?.body)).toEqual(
      exchanges.map(({ response }) => response?.body),
    )
  })
})
