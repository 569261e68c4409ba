import { describe, expect, it } from 'vitest'
import { OcciClient } from '../../src/client/index.js'
import {
  AmbiguousError,
  AuthError,
  CancelledError,
  ConfigError,
  ConflictError,
  ForbiddenError,
  NetworkError,
  NotFoundError,
  type OcciError,
  OutcomeUnknownError,
  PartialError,
  ProtocolError,
  ServerError,
  TimeoutError,
  UsageError,
  ValidationError,
  WaitFailedError,
} from '../../src/errors/errors.js'
import { firstThatAccepts, type Refusal, siteOrders, verdictFor } from '../../src/federation/any-of.js'
import { Federation } from '../../src/federation/index.js'
import { openSandbox, sandboxOrigin, sandboxTransport } from '../../src/sandbox/index.js'
import type { HttpRequest, HttpResponse } from '../../src/transport/index.js'
import { wrapTransport } from '../../src/transport/index.js'

const url = 'http://h/compute/1'

describe('the verdict on a failure', () => {
  it.each<[string, unknown, boolean, string]>([
    ['a template is missing', new ValidationError('no os', { basedOn: 'model' }), false, 'next'],
    ['a template is ambiguous', new AmbiguousError('two'), false, 'next'],
    ['a network is missing', new NotFoundError('no network'), false, 'next'],
    ['400', new ValidationError('bad'), false, 'next'],
    ['401', new AuthError('who'), false, 'next'],
    ['403, 413', new ForbiddenError('quota'), false, 'next'],
    ['409', new ConflictError('full'), false, 'next'],
    ['5xx after looking', new ServerError('507'), false, 'next'],
    ['not OCCI', new ProtocolError('html'), false, 'next'],
    ['unreachable', new NetworkError('refused', { facts: { sent: 'no' } }), false, 'next'],
    ['no answer to reading', new TimeoutError('slow'), false, 'next'],
    ['its settings are wrong', new ConfigError('no file'), false, 'next'],
    ['links failed, deleted again', new PartialError('x', [], { facts: { rolledBack: url } }), false, 'next'],
    ['links failed', new PartialError('x', [], { facts: { created: url } }), false, 'remove'],
    ['created in spite of 500', new ServerError('500', { facts: { created: url } }), false, 'remove'],
    ['error state', new WaitFailedError('error'), true, 'remove'],
    ['not to be seen yet', new NotFoundError('404'), true, 'stop'],
    ['still being built', new TimeoutError('wait'), true, 'stop'],
    ['connection lost while waiting', new NetworkError('reset'), true, 'stop'],
    ['500 while waiting', new ServerError('500', { facts: { created: url } }), true, 'stop'],
    ['created, but where?', new ProtocolError('where', { facts: { created: true } }), false, 'stop'],
    ['unknown', new OutcomeUnknownError('?'), false, 'stop'],
    ['unknown, of a link', new OutcomeUnknownError('?'), true, 'stop'],
    ['interrupted', new CancelledError('^C'), false, 'stop'],
    ['the command line is wrong', new UsageError('x'), false, 'stop'],
    ['a fault of this program', new TypeError('x'), false, 'stop'],
  ])('the verdict on the failure "%s" is as expected', (_, error, made, verdict) => {
    expect(verdictFor(error, made)).toBe(verdict)
  })
})

type Answer = (request: HttpRequest) => Partial<HttpResponse> | Error | undefined

interface TestSite {
  readonly name: string
  readonly client: OcciClient
  readonly writes: string[]
}

/** A practice cloud in memory; `answer` answers in its place where it wants to. */
function site(name: string, answer: Answer = () => undefined): TestSite {
  let time = 0
  const { sandbox } = openSandbox({ clock: () => time })
  const writes: string[] = []
  const transport = wrapTransport(
    sandboxTransport(sandbox),
    async <R>(request: HttpRequest, send: (request: HttpRequest) => Promise<R>) => {
      if (request.method !== 'GET') writes.push(request.method)
      const instead = answer(request)
      if (instead instanceof Error) throw instead
      if (instead === undefined) return send(request)
      return {
        status: 500,
        reason: '',
        headers: [],
        body: '',
        url: request.url,
        tolerated: [],
        ...instead,
      } as R
    },
  )
  const clock = {
    now: () => time,
    sleep: async (milliseconds: number) => {
      time += milliseconds
    },
  }
  return { name, writes, client: new OcciClient({ endpoint: `${sandboxOrigin}/`, transport, clock }) }
}

const posts =
  (instead: Partial<HttpResponse> | Error): Answer =>
  ({ method }) =>
    method === 'POST' ? instead : undefined
const dead: Answer = () => new NetworkError('connection refused', { facts: { sent: 'no' } })

async function attempt({ client }: TestSite, made: (location: string) => void, mixins: readonly string[]) {
  const created = await client.create({ kind: 'compute', title: 'web', mixins })
  made(created.location)
  await client.wait(created.location, { for: 'state', state: 'active' })
  return created.location
}

async function run(sites: readonly TestSite[], mixins: readonly string[] = ['debian-12', 'small']) {
  const refusals: Refusal<TestSite>[] = []
  const outcome = await firstThatAccepts(sites, {
    attempt: (one, made) => attempt(one, made, mixins),
    remove: ({ client }, location) => client.delete(location),
    onRefusal: (refusal) => void refusals.push(refusal),
  }).then(
    ({ site: { name } }) => ({ accepted: name, error: undefined }),
    (error: OcciError) => ({ accepted: undefined, error }),
  )
  const machines = await Promise.all(
    sites.map(async ({ client }) => {
      let count = 0
      try {
        for await (const one of client.list('compute')) count += one === undefined ? 0 : 1
      } catch {
        return '?'
      }
      return count
    }),
  )
  return { ...outcome, refusals, machines }
}

describe('the first site that accepts', () => {
  it('the first site that accepts is the first one when it creates the entity, and the others are sent no write', async () => {
    const sites = [site('a'), site('b')]
    expect(await run(sites)).toMatchObject({ accepted: 'a', refusals: [], machines: [1, 0] })
    expect(sites[1]?.writes).toEqual([])
  })

  it.each([401, 403, 409, 413, 400, 501, 507, 500])(
    'the first site that accepts is the next one after status %i',
    async (status) => {
      const found = await run([site('a', posts({ status })), site('b')])
      expect(found).toMatchObject({ accepted: 'b', machines: [0, 1] })
      expect(found.refusals).toMatchObject([{ site: { name: 'a' }, removed: undefined }])
    },
  )

  it('the first site that accepts is the next one after an unreachable site', async () => {
    expect(await run([site('a', dead), site('b')])).toMatchObject({ accepted: 'b', machines: ['?', 1] })
  })

  it('no site accepts when each lacks the template, and one error lists all, with the status of the first', async () => {
    const { error, machines } = await run([site('a'), site('b', dead)], ['debian-99'])
    expect(machines).toEqual([0, '?'])
    expect(error).toMatchObject({
      message: expect.stringMatching(/^No site accepted it: a: .*; b: connection refused$/),
      errors: [{ site: 'a' }, { site: 'b', error: { code: 'network' } }],
    })
    expect(error?.code).toBe((error as unknown as { errors: { error: OcciError }[] }).errors[0]?.error.code)
  })

  it('the first site that accepts is the next one after an error state, and the failed entity is deleted', async () => {
    const bad = site('a')
    const found = await run([bad, site('b')], ['debian-12', 'small', 'error'])
    // The mixin "error" puts machines of both sites into that state.
    expect(found).toMatchObject({ accepted: undefined, machines: [0, 0] })
    expect(found.refusals.map(({ removed }) => removed)).toEqual([
      expect.stringContaining('/compute/'),
      expect.stringContaining('/compute/'),
    ])
    expect(bad.writes).toEqual(['POST', 'DELETE'])
  })

  it.each([
    ['a gateway', posts({ status: 504 })],
    ['a lost answer', posts(new NetworkError('reset', { facts: { sent: 'maybe' } }))],
    ['a timeout', posts(new TimeoutError('slow', { facts: { sent: 'maybe' } }))],
  ])('no further site is tried after %s, because there could be two entities', async (_, answer) => {
    const second = site('b')
    const found = await run([site('a', answer), second])
    expect(found).toMatchObject({
      accepted: undefined,
      error: { code: 'outcome-unknown', facts: { context: 'a' }, message: expect.stringMatching(/^a: /) },
      refusals: [],
    })
    expect(second.writes).toEqual([])
  })

  it('no further site is tried when the failed entity cannot be deleted', async () => {
    const stuck = site('a', ({ method }) => (method === 'DELETE' ? { status: 403 } : undefined))
    const found = await run([stuck, site('b')], ['debian-12', 'small', 'error'])
    expect(found).toMatchObject({
      error: { code: 'partial', facts: { context: 'a', created: expect.stringContaining('/compute/') } },
      machines: [1, 0],
    })
  })

  it('an entity that disappeared meanwhile counts as deleted', async () => {
    const tried = firstThatAccepts([{ name: 'a' }, { name: 'b' }], {
      attempt: async ({ name }, made) => {
        made(`http://${name}/1`)
        if (name === 'b') return name
        throw new WaitFailedError('error')
      },
      remove: async () => {
        throw new NotFoundError('gone')
      },
    })
    expect(await tried).toEqual({ site: { name: 'b' }, result: 'b' })
  })
})

describe('several', () => {
  it.each([
    [3, false, ['abc', 'abc', 'abc']],
    [4, true, ['abc', 'bca', 'cab', 'abc']],
  ])('%i entities, spread: %s, are tried at the expected sites', (count, spread, expected) => {
    expect(siteOrders(['a', 'b', 'c'], count, spread).map((each) => each.join(''))).toEqual(expected)
  })
})

describe('Federation.create', () => {
  it('Federation.create returns each entity with its site, and the sites that refused', async () => {
    const full = site('full', posts({ status: 507 }))
    const sites = [full, site('a'), site('b')]
    const federation = new Federation(sites.map(({ name, client }) => ({ name, open: async () => client })))
    const wanted = { kind: 'compute', title: 'web', mixins: ['debian-12', 'small'] }
    const made: string[] = []
    const creating = federation.create(wanted, { count: 3, spread: true, waitFor: 'active' })
    for await (const { site: at, entity } of creating) made.push(`${entity.title}@${at}`)
    expect(made).toEqual(['web-1@a', 'web-2@a', 'web-3@b'])
    expect(creating.failures).toMatchObject([{ site: 'full', error: { code: 'server' } }])
    const refused = federation.create(() => wanted, { anyOf: ['full'] })[Symbol.asyncIterator]()
    await expect(refused.next()).rejects.toMatchObject({ code: 'server', errors: [{ site: 'full' }] })
  })
})
