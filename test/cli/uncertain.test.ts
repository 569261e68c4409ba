import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { type Outcome, type UnreliableCloud, unreliable } from '../support/unreliable.js'
import { machine } from './support/harness.js'

let cloud: UnreliableCloud | undefined
afterEach(async () => {
  await cloud?.close()
  cloud = undefined
})

async function behind(fate: (line: string, attempt: number) => Outcome, as?: string) {
  cloud = await unreliable(fate, as)
  return { at: machine({ env: { OCCI_ENDPOINT: cloud.endpoint } }), cloud }
}

const create = 'compute create web --os debian-12 --size small'
const posts = (seen: readonly string[]) => seen.filter((line) => line.startsWith('POST /compute/'))

describe('repetition', () => {
  // Guarantee: repeatable-is-repeated
  it('a GET answered with 503 is repeated after the time in Retry-After', async () => {
    const { at, cloud: it } = await behind((line, attempt) =>
      line === 'GET /compute/' && attempt < 3 ? { status: 503, headers: { 'retry-after': '7' } } : 'served',
    )
    const { status, err } = await at.occi('compute list -o json -v')
    expect(status).toBe(0)
    expect(err).toMatch(/503.*attempt 2 in 7 s/)
    expect(it.requests.filter((line) => line === 'GET /compute/')).toHaveLength(3)
  })

  it('--retries 0 sends a request once, and text that is not a number is refused', async () => {
    const { at, cloud: it } = await behind((line) => (line === 'GET /compute/' ? { status: 503 } : 'served'))
    expect(await at.occi('compute list --retries 0')).toMatchObject({ status: 11 })
    expect(it.requests.filter((line) => line === 'GET /compute/')).toHaveLength(1)
    expect(await at.occi('compute list --retries many')).toMatchObject({ status: 2 })
    expect(await at.occi('compute list --max-response tiny')).toMatchObject({ status: 2 })
  })

  // Guarantee: repeatable-is-repeated
  it('--deadline limits the time of all repetitions', async () => {
    const { at } = await behind((line) =>
      line === 'GET /compute/' ? { status: 503, headers: { 'retry-after': '20' } } : 'served',
    )
    const { status } = await at.occi('compute list --deadline 10s')
    expect(status).toBe(11)
  })

  // Guarantee: answers-bounded
  it('--max-response refuses a longer answer', async () => {
    const { at } = await behind(() => 'served')
    const { status, err } = await at.occi('model --no-cache --max-response 1k')
    expect(status).toBe(11)
    expect(err).toContain('--max-response')
  })
})

describe('a create whose answer is lost', () => {
  // Guarantee: sent-once
  it('a create whose answer is lost is never sent twice, and the error explains how to check the outcome', async () => {
    const { at, cloud: it } = await behind((line) => (line === 'POST /compute/' ? 'lost' : 'served'))
    const { status, out, err } = await at.occi(`${create} -o json`)
    expect([status, out]).toEqual([11, ''])
    const { error } = JSON.parse(err)
    expect(error.code).toBe('outcome-unknown')
    expect(error.facts.candidates).toHaveLength(1)
    expect(posts(it.requests)).toHaveLength(1)
    expect(JSON.parse((await at.occi('compute list -o json')).out)).toHaveLength(1)
    expect((await at.occi(create.replace('web', 'db'))).err).toContain(
      `Check with: occi list-path ${it.endpoint}compute/`,
    )
  })

  it('a create with a chosen path whose answer is lost is found there', async () => {
    const { at, cloud: it } = await behind((line) => (line.startsWith('PUT ') ? 'lost' : 'served'))
    const { status, out, err } = await at.occi(`${create} --id 7b1de6a5-0000-4000-8000-000000000001 -o url`)
    expect([status, out.trim()]).toEqual([0, `${it.endpoint}compute/7b1de6a5-0000-4000-8000-000000000001`])
    expect(err).toContain('but the request was carried out')
    expect(it.requests.filter((line) => line.startsWith('PUT '))).toHaveLength(1)
  })

  it('a create whose answer is lost, with an id that the client sends (rOCCI-server), is found by that id', async () => {
    const { at, cloud: it } = await behind(
      (line) => (line === 'POST /compute/' ? 'lost' : 'served'),
      'rocci-server',
    )
    const { out: templates } = await at.occi('mixin list --of os_tpl -o name')
    const { status, err } = await at.occi(`compute create web --os ${templates.split('\n')[0]} --auth none`)
    expect([status, err.includes('but the request was carried out')]).toEqual([0, true])
    expect(posts(it.requests)).toHaveLength(1)
  })

  it('a create that is answered 503 is not sent again, because it reached the provider', async () => {
    const { at, cloud: it } = await behind((line, attempt) =>
      line === 'POST /compute/' && attempt === 1 ? { status: 503 } : 'served',
    )
    expect(await at.occi(create)).toMatchObject({ status: 11 })
    expect(posts(it.requests)).toHaveLength(1)
  })
})

describe('other changes whose answer is lost', () => {
  it.each([
    ['compute delete web', 'DELETE', 0],
    ['compute update web --cores 4', 'POST', 0],
    ['compute stop web', 'POST', 11],
  ])('occi %s looks up the outcome when the answer is lost', async (words, method, expected) => {
    let fails = false
    const { at, cloud: it } = await behind((line) => (fails && line.startsWith(method) ? 'lost' : 'served'))
    await at.occi(create)
    fails = true
    const { status, err } = await at.occi(`${words} --retries 0 --yes`)
    expect(status).toBe(expected)
    if (expected === 0) expect(err).toContain('but the request was carried out')
    else expect(err).toContain('is unknown')
    expect(
      it.requests.filter((line) => line.startsWith(method) && !line.startsWith('POST /compute/ ')).length,
    ).toBeGreaterThan(0)
  })

  it('a repeated DELETE that finds nothing counts as done', async () => {
    const { at } = await behind((line, attempt) =>
      line.startsWith('DELETE') && attempt === 1 ? 'lost' : 'served',
    )
    await at.occi(create)
    expect(await at.occi('compute delete web --yes')).toMatchObject({ status: 0 })
    expect(JSON.parse((await at.occi('compute list -o json')).out)).toEqual([])
  })
})

describe('history', () => {
  it('history lists each change with its outcome, newest last, in a file of the user', async () => {
    let lose = false
    const { at } = await behind((line) => (lose && line.includes('action=') ? 'lost' : 'served'))
    await at.occi(create)
    await at.occi('compute list')
    await at.occi('compute start web --no-validate')
    lose = true
    await at.occi('compute stop web')
    const entries = JSON.parse((await at.occi('history -o json')).out)
    expect(
      entries.map(({ command, method, outcome }: Record<string, string>) => [command, method, outcome]),
    ).toEqual([
      ['compute create', 'POST', 'done'],
      ['compute start', 'POST', 'refused'],
      ['compute stop', 'POST', 'unknown'],
    ])
    expect(entries[0].location).toContain('/compute/')
    expect((await at.occi('history --outcome unknown -o json --query length(@)')).out.trim()).toBe('1')
    expect((await at.occi('history --limit 1 -o json --query [].command')).out).toContain('compute stop')
    expect(statSync(join(at.folder, 'state/history.jsonl')).mode & 0o777).toBe(0o600)
  })

  it('history with an outcome that no request has does not claim that nothing was changed', async () => {
    const at = machine({ env: { OCCI_ENDPOINT: 'sandbox:' } })
    await at.occi('network create lan')
    const { err } = await at.occi('history --outcome refused', { terminal: true })
    expect(err).toContain('No request has the outcome "refused".')
    expect(err).not.toContain('Nothing was changed')
  })

  it('history is empty on a new machine, and a note says so', async () => {
    const at = machine()
    expect((await at.occi('history -o json')).out).toBe('[]\n')
    expect(await at.occi('history --limit all')).toMatchObject({ status: 2 })
  })

  // Guarantee: journal-first
  it('a damaged journal is skipped, and one that cannot be written stops nothing', async () => {
    const { at } = await behind(() => 'served')
    mkdirSync(join(at.folder, 'state'), { recursive: true })
    writeFileSync(
      join(at.folder, 'state/history.jsonl'),
      '{"id":1}\n\u0000garbage\n{"id":"a","time":5}\n[]\n{"id":"b","method":"POST","url":"x","time":"soon"}',
    )
    expect(await at.occi(create)).toMatchObject({ status: 0 })
    expect(await at.occi('history -o json')).toMatchObject({ status: 0 })
    rmSync(join(at.folder, 'state/history.jsonl'))
    mkdirSync(join(at.folder, 'state/history.jsonl'))
    expect(await at.occi(create.replace('web', 'db'))).toMatchObject({ status: 0 })
    // Not an empty list, which would say that nothing was changed.
    const unreadable = await at.occi('history -o json')
    expect(unreadable).toMatchObject({ status: 2, out: '' })
    expect(JSON.parse(unreadable.err)).toMatchObject({
      error: { code: 'config', message: expect.stringMatching(/Cannot read .*history\.jsonl/) },
    })
  })

  // Guarantee: journal-first
  it('history keeps a request that was never answered because the program was killed', async () => {
    const { at } = await behind(() => 'served')
    await at.occi(create)
    const file = join(at.folder, 'state/history.jsonl')
    writeFileSync(file, `${readFileSync(file, 'utf8').split('\n')[0]}\n`)
    expect(JSON.parse((await at.occi('history -o json')).out)).toMatchObject([{ outcome: 'unknown' }])
  })
})

describe('Ctrl-C', () => {
  // Guarantee: interrupted-tells-what-exists
  it('Ctrl-C while a create is under way warns that it may have been carried out', async () => {
    const interruption = new AbortController()
    const { at } = await behind((line) => {
      if (line !== 'POST /compute/') return 'served'
      interruption.abort(130)
      return 'lost'
    })
    const { status, err } = await at.occi(create, { signal: interruption.signal })
    expect(status).toBe(130)
    expect(err).toContain('interrupted while POST')
    expect(err).toContain('occi history')
  })

  it('Ctrl-C between two creations lists what exists and how to delete it', async () => {
    const interruption = new AbortController()
    const { at } = await behind((line, attempt) => {
      if (line === 'GET /compute/' && attempt > 0) interruption.abort(130)
      return 'served'
    })
    const { status, err } = await at.occi(`${create} --wait=suspended`, {
      signal: interruption.signal,
      onSleep: () => interruption.abort(130),
    })
    expect(status).toBe(130)
    expect(err).toMatch(/it exists already: http.*\n {2}To remove: occi compute delete http/)
  })
})

it.runIf(existsSync('/dev/full'))('a trace that cannot be written does not fail the command', async () => {
  const { occi } = machine({ env: { OCCI_ENDPOINT: 'sandbox:' } })
  const { status, err } = await occi('network create lan --trace=/dev/full')
  expect([status, err]).toEqual([
    0,
    'occi: --trace: /dev/full is incomplete: the disk is full, or has no room for another file\n',
  ])
  expect((await occi('network list -o name')).out).toContain('lan')
})
