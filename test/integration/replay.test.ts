/** `--record` and `-e replay:FILE`: a recorded command ends without the network as it did with it. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { HeaderPair } from '../../src/basics/http.js'
import { harText, OcciClient, parseHar, replay } from '../../src/index.js'
import { openSandbox, personaNames, serveSandbox } from '../../src/sandbox/index.js'
import type { Exchange } from '../../src/transport/index.js'
import { type Machine, machine, type Result } from '../cli/support/harness.js'
import { stages } from '../support/fault-stages.js'
import { certificates } from '../transport/certificates.js'
import { type Lane, openLane } from './faults/lane.js'
import { verbs } from './faults/verbs.js'

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
  const chosen = verbs.filter(({ name, rocci }) => {
    return rocci !== true && /^(list|create|update|delete|any request)$/.test(name)
  })
  let lanes: { readonly plain: Lane; readonly tls: Lane }
  beforeAll(async () => {
    lanes = { plain: await openLane(), tls: await openLane({ tls: certificates().server }) }
  })
  afterAll(async () => {
    await lanes.plain.close()
    await lanes.tls.close()
  })

  it('is replayed to the same status and the same words, for every verb at every fault', async () => {
    let failed = 0
    const wrong: string[] = []
    for (const verb of chosen) {
      const undisturbed = (await lanes.plain.run({ ...verb, cold: true })).requests
      const writing = undisturbed.findIndex((request) => !request.startsWith('GET '))
      const request = writing < 0 ? undisturbed.length - 1 : writing
      for (const stage of stages) {
        if (stage.toWrites === true && writing < 0) continue
        const file = join(folder, 'fault.har')
        const lane = stage.tls === true ? lanes.tls : lanes.plain
        const words = [...verb.words, '--record', file]
        const ran = await lane.run(
          { ...verb, words, cold: true },
          { strike: stage.strike, request, times: Number.POSITIVE_INFINITY },
        )
        if (ran.struck === 0 || ran.result.status === 0) continue
        failed += 1
        const again = await place.occi([...verb.words, '-o', 'json', '-e', `replay:${file}`])
        const recorded = { status: ran.result.status, err: ran.result.err }
        const replayed = { status: again.status, err: again.err }
        if (JSON.stringify(recorded) !== JSON.stringify(replayed)) {
          wrong.push(
            `${verb.name} × ${stage.name}:\n  ${JSON.stringify(recorded)}\n  ${JSON.stringify(replayed)}`,
          )
        }
      }
    }
    process.stdout.write(`replay: ${failed} failures recorded and replayed, ${wrong.length} differ\n`)
    expect(wrong).toEqual([])
    expect(failed).toBeGreaterThan(100)
  }, 300_000)
})

describe.each(personaNames())('a recording made at %s', (as) => {
  it('replays through the command line and the library', async () => {
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
  ] as const)('replays without a secret: %s, %s, %s', async (_, user, options, env) => {
    const [username = '', password = ''] = user.split(':')
    const { sandbox, basePath } = openSandbox({
      clock: Date.now,
      speed: 0,
      auth: { method: 'basic', username, password },
    })
    const served = await serveSandbox(sandbox, { basePath })
    const file = join(folder, 'login.har')
    const own = machine()
    const recorded = await own.occi(`compute list -e ${served.endpoint} ${options} --record ${file}`, { env })
    await served.close()
    for (const word of Object.values(env)) {
      expect(readFileSync(file, 'utf8')).not.toContain(word)
      expect(readFileSync(file, 'utf8')).not.toContain(Buffer.from(`ada:${word}`).toString('base64'))
    }
    const replayed = await machine().occi(`compute list -e replay:${file}`)
    expect(seen(replayed)).toEqual(seen(recorded))
  })
})

describe('a capture of the tests', () => {
  const captures = join(import.meta.dirname, '../fixtures/captures')

  it.each(readdirSync(captures))('%s can be read as a recording', (name) => {
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

interface Captured {
  readonly request: {
    readonly method: string
    readonly path: string
    readonly headers: readonly HeaderPair[]
    readonly body: string | null
  }
  readonly response: {
    readonly status: number
    readonly reason: string
    readonly headers: readonly HeaderPair[]
    readonly body: string | null
  }
}
