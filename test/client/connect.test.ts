import { describe, expect, it, onTestFinished } from 'vitest'
import type { AuthPlugin } from '../../src/auth/index.js'
import { basicCredentials } from '../../src/auth/public.js'
import { connect } from '../../src/client/index.js'
import { practiceCloud } from '../../src/sandbox/public.js'
import type { TlsMaterial, Transport } from '../../src/transport/index.js'
import { rejection } from '../transport/loopback.js'

/** The practice cloud, which notes the requests that it gets. */
function cloud(settings: Parameters<typeof practiceCloud>[0] = {}) {
  const opened = practiceCloud(settings)
  onTestFinished(() => opened.close())
  const asked: string[] = []
  let closed = 0
  const transport: Transport = {
    async send(request) {
      asked.push(`${request.method} ${new URL(request.url).pathname}`)
      return opened.transport.send(request)
    },
    stream: (request) => opened.transport.stream(request),
    close: async () => {
      closed += 1
    },
  }
  return { endpoint: opened.endpoint, transport, asked, closed: () => closed }
}

const guarded = { method: 'basic', username: 'ada', password: 'planted' } as const

describe('connect', () => {
  it('connect sends nothing before the first operation, and the transport is closed with the client', async () => {
    const { endpoint, transport, asked, closed } = cloud()
    const client = await connect({ endpoint, transport })
    expect(asked).toEqual([])
    expect((await client.model()).kinds.length).toBeGreaterThan(3)
    await client.close()
    expect(closed()).toBe(1)
  })

  it('connect accepts a plugin, whose requests go through the same transport', async () => {
    const { endpoint, transport, asked } = cloud({ auth: guarded })
    const plugin: AuthPlugin = {
      name: 'own',
      description: 'a login of one’s own',
      options: [],
      async authenticate(context) {
        await context
          .transport()
          .send({ method: 'GET', url: new URL('/login', context.endpoint).href, headers: [] })
        return basicCredentials('ada', context.option('secret') ?? '')
      },
    }
    const client = await connect({ endpoint, transport, auth: plugin, authOptions: { secret: 'planted' } })
    expect(asked).toEqual(['GET /login'])
    expect((await client.model()).kinds.length).toBeGreaterThan(3)
    await client.close()
  })

  it('connect accepts credentials, but not together with a method', async () => {
    const { endpoint, transport } = cloud({ auth: guarded })
    const credentials = basicCredentials('ada', 'planted')
    const client = await connect({ endpoint, transport, credentials })
    expect((await client.model()).kinds.length).toBeGreaterThan(3)
    await client.close()
    expect(await rejection(connect({ endpoint, credentials, auth: 'basic' }))).toMatchObject({
      code: 'usage',
    })
  })

  it('connect logs in by the name of a method', async () => {
    const { endpoint, transport } = cloud({ auth: guarded })
    const authOptions = { username: 'ada', password: 'planted' }
    const client = await connect({ endpoint, transport, auth: 'basic', authOptions })
    expect((await client.model()).kinds.length).toBeGreaterThan(3)
    await client.close()
  })

  it('connect gives the certificate of a login to a function that makes the transport, and to nothing else', async () => {
    const { endpoint, transport, closed } = cloud()
    const credentials = { ...basicCredentials('ada', 'planted'), tls: { cert: 'CERT', key: 'KEY' } }
    const seen: (TlsMaterial | undefined)[] = []
    const make = (tls: TlsMaterial | undefined) => {
      seen.push(tls)
      return transport
    }
    await (await connect({ endpoint, credentials, transport: make })).close()
    expect(seen).toEqual([{ cert: 'CERT', key: 'KEY' }])
    expect(await rejection(connect({ endpoint, credentials, transport }))).toMatchObject({
      code: 'usage',
      at: 'transport',
      hint: expect.stringContaining('function'),
    })
    expect(closed()).toBe(1)
  })

  it('connect refuses transport settings together with a transport, and text that is not an endpoint', async () => {
    const { endpoint, transport } = cloud()
    const error = await rejection(connect({ endpoint, transport, retry: false, http: { bodyTimeout: 1 } }))
    expect(error).toMatchObject({ code: 'usage', message: expect.stringMatching(/`http`, `retry`/) })
    expect(await rejection(connect({ endpoint: 'not a URL' }))).toMatchObject({ code: 'usage' })
  })

  it('connect closes what a failed login has opened', async () => {
    const { endpoint, transport, closed } = cloud()
    const plugin: AuthPlugin = {
      name: 'own',
      description: 'fails',
      options: [],
      async authenticate(context) {
        await context.transport().send({ method: 'GET', url: endpoint, headers: [] })
        throw new Error('no')
      },
    }
    expect(await rejection(connect({ endpoint, transport, auth: plugin }))).toMatchObject({ message: 'no' })
    expect(closed()).toBe(1)
  })

  it('connect explains how to install a missing plugin package', async () => {
    expect(
      await rejection(connect({ endpoint: 'http://a.test/', auth: 'npm:occi-auth-absent' })),
    ).toMatchObject({
      code: 'config',
      hint: expect.stringMatching(/npm install occi-auth-absent .* `auth`/),
    })
  })

  it('connect repeats reads and never a create', async () => {
    const { endpoint, transport } = cloud()
    let failures = 0
    const flaky: Transport = {
      ...transport,
      async send(request) {
        if (failures > 0) return transport.send(request)
        failures += 1
        return { status: 503, reason: '', headers: [], body: '', url: request.url, tolerated: [] }
      },
    }
    const { withRetries } = await import('../../src/transport/index.js')
    const clock = { now: () => 0, sleep: async () => {} }
    const client = await connect({ endpoint, transport: withRetries(flaky, { clock }) })
    expect((await client.model()).kinds.length).toBeGreaterThan(3)
    failures = 0
    expect(await rejection(client.create({ kind: 'compute', mixins: ['debian-12', 'small'] }))).toMatchObject(
      {
        code: 'outcome-unknown',
      },
    )
    await client.close()
  })
})

describe('types and values that fit', () => {
  it('kinds, mixins and actions of the model are accepted as arguments, and entities have locations', async () => {
    const { endpoint, transport } = cloud()
    const client = await connect({ endpoint, transport, concurrency: undefined })
    const model = await client.model({ signal: undefined })
    const [image] = model.templates('os_tpl')
    const [size] = model.templates('resource_tpl')
    const kind = model.resolve('compute', { class: 'kind' })
    if (image === undefined || size === undefined) throw new Error('the cloud has no templates')
    const { location } = await client.create(
      { kind, mixins: [image, size], title: 'web' },
      { signal: undefined },
    )
    const machine = await client.wait(location, { for: 'state', state: 'active' })
    expect(machine.location).toBe(location)
    const [stop] = machine.actions
    if (stop === undefined) throw new Error('the machine offers nothing')
    await client.trigger(machine, stop)
    const found: string[] = []
    for await (const each of client.list(kind, { filter: { categories: [size, 'compute'] } }))
      found.push(each.location)
    expect(found).toEqual([location])
    await client.delete(machine)
    expect(await client.wait(location, { for: 'deleted' })).toBeUndefined()
    await client.close()
  })

  it('entities and kinds are printed with their attributes as JSON', async () => {
    const { endpoint, transport } = cloud()
    const client = await connect({ endpoint, transport })
    const { location } = await client.create({
      kind: 'compute',
      title: 'web',
      mixins: ['debian-12', 'small'],
    })
    const machine: unknown = JSON.parse(JSON.stringify(await client.describe(location)))
    expect(machine).toMatchObject({ title: 'web', attributes: { 'occi.compute.cores': 1 } })
    const kind: unknown = JSON.parse(
      JSON.stringify((await client.model()).resolve('compute', { class: 'kind' })),
    )
    expect(kind).toMatchObject({ attributes: { 'occi.compute.cores': { name: 'occi.compute.cores' } } })
    await client.close()
  })
})
