import { afterEach, describe, expect, it } from 'vitest'
import { OcciClient } from '../../src/client/index.js'
import type { Entity } from '../../src/model/index.js'
import type { Deviation } from '../../src/rendering/index.js'
import type { CaptureName } from './captures.js'
import { gather } from './cloud.js'
import { type Replay, type ReplayOptions, replay } from './replay.js'

let running: Replay | undefined
let client: OcciClient | undefined

afterEach(async () => {
  await client?.close()
  await running?.close()
})

async function connect(name: CaptureName, options: ReplayOptions = {}) {
  running = await replay(name, options)
  const deviations: Deviation[] = []
  client = new OcciClient({
    endpoint: running.endpoint,
    onDeviation: (deviation) => deviations.push(deviation),
    clock: { now: () => 0, sleep: async () => undefined },
    uuid: () => '11111111-2222-4333-8444-555555555555',
  })
  return { client, deviations, log: running.log, endpoint: running.endpoint }
}

describe('pyssf, replayed', () => {
  it('the recording of pyssf is replayed through a lifecycle (Q6, Q27)', async () => {
    const { client, endpoint } = await connect('pyssf')
    const report = await client.provider()
    expect(report).toMatchObject({ name: 'pyssf', read: 'text/plain', write: 'text/plain' })
    const made = await client.create({
      kind: 'compute',
      mixins: ['debian-12', 'small'],
      title: 'My first, VM',
    })
    expect(made.location.startsWith(`${endpoint}compute/`)).toBe(true)
    const entity = await client.describe(`${endpoint}compute/f2a76d7c-de5f-451c-a64c-34990f0dde06`)
    expect(entity.title).toBe('My first, VM')
    expect(entity.attributes.get('occi.compute.memory')).toBeTypeOf('number')
    const started = await client.trigger(entity, 'start')
    expect(started?.attributes.get('occi.compute.state')).toBe('active')
    const listed = await gather(client.locations('compute'))
    expect(listed.length).toBeGreaterThan(0)
    expect(listed.every((location) => location.startsWith(endpoint))).toBe(true)
    const linked = await client.link(entity, {
      target: `${endpoint}storage/ec26af67-31b8-44f7-97c0-27cd740a5642`,
      attributes: { 'occi.storagelink.deviceid': '/dev/vdb' },
    })
    expect(linked.location).toBe(`${endpoint}storage/link/779c602d-97af-4a7e-9767-b204e9a7b486`)
    await client.delete(linked.location)
    await client.delete(`${endpoint}compute/96101306-bea8-46b8-b07f-17114844d491`)
  })

  it('the recording of pyssf shows the message of an error with two Content-Length headers (Q1)', async () => {
    const { client, endpoint, deviations } = await connect('pyssf')
    await expect(client.describe(`${endpoint}compute/does-not-exist`)).rejects.toMatchObject({
      code: 'not-found',
      http: { status: 404, serverMessage: expect.stringContaining('does-not-exist') },
    })
    expect(deviations.map(({ code }) => code)).toContain('duplicate-content-length')
  })
})

describe('OCCI-OS, replayed', () => {
  it('the recording of OCCI-OS is replayed as in the OpenStack guide', async () => {
    const { client, endpoint } = await connect('occi-os')
    expect((await client.provider()).name).toBe('occi-os')
    const made = await client.create({
      kind: 'compute',
      mixins: ['m1-tiny', 'Image: cirros-0.3.0-x86_64-blank'],
      title: 'My VM',
    })
    expect(made.location.startsWith(`${endpoint}compute/`)).toBe(true)
    const vm = `${endpoint}compute/0fb1ab2d-d84d-4b0c-a5ca-db0619cf11ef`
    expect((await client.describe(vm)).attributes.get('occi.compute.state')).toMatch(/active/)
    expect((await client.trigger(vm, 'stop'))?.location).toBe(vm)
    expect((await client.trigger(vm, 'start'))?.location).toBe(vm)
    const volume = await client.create({ kind: 'storage', attributes: { 'occi.storage.size': 1 } })
    const link = await client.link(vm, {
      target: volume.location,
      attributes: { 'occi.storagelink.mountpoint': '/dev/vdb' },
    })
    expect(link.location).toBe(`${endpoint}storage/link/87ef122c-5349-4d7e-912c-a6b89517dea0`)
    await client.update(vm, { mixins: ['m1-medium'] })
    await client.unlink(link.location)
    await client.delete(vm)
  })
})

describe.each(['snf-occi', 'snf-occi-2016'] as const)('%s, replayed', (name) => {
  it('the recording is replayed as in the Synnefo guide', async () => {
    const { client, endpoint, log } = await connect(name)
    expect((await client.provider()).name).toBe('snf-occi')
    const model = await client.model()
    const size = model.resolve('c2r2048d20', { class: 'mixin', dependsOn: 'resource_tpl' })
    const image = model.resolve('debian', { class: 'mixin', dependsOn: 'os_tpl' })
    const made = await client.create({ kind: 'compute', title: 'newVM', mixins: [size.id, image.id] })
    expect(made.location.startsWith(`${endpoint}compute/`)).toBe(true)
    const create = log.find(({ method }) => method === 'POST')
    expect(create?.answered).toMatch(/create/)
    // The first only: of some that were listed no GET was recorded, and those are still listed.
    let first: Entity | undefined
    for await (const entity of client.list('compute')) {
      first = entity
      break
    }
    expect(first?.attributes.get('occi.compute.memory')).toBe(2)
    await client.delete(made.location)
  })
})

describe('rOCCI-server 1.1, replayed', () => {
  it('the recording of rOCCI-server 1.1 is replayed through a lifecycle', async () => {
    const { client, endpoint } = await connect('rocci-server')
    expect(await client.provider()).toMatchObject({
      name: 'rocci-server-1',
      read: 'json-1.1',
      write: 'text/plain',
    })
    const made = await client.create({ kind: 'compute', mixins: ['debian6', 'small'], title: 'vm' })
    expect(made.location).toContain('/compute/')
    const listed = await gather(client.list('compute'))
    expect(listed.map(({ title }) => title)).toContain('compute1')
    expect(listed.every(({ location }) => location?.startsWith(`${endpoint}compute/`))).toBe(true)
    const vm = `${endpoint}compute/87f3bfc3-42d4-4474-b45c-757e55e093e9`
    expect((await client.describe(vm)).title).toBeDefined()
    expect((await client.trigger(vm, 'stop'))?.location).toBe(vm)
    const found = await client.find('compute1', 'compute')
    expect(found.location).toBe(vm)
    const link = await client.link(vm, { target: '/network/23cd7d72-eb86-4036-8969-4c902014bbc6' })
    expect(link.location).toContain('/link/networkinterface/')
    await client.delete(link.location.replace(/[^/]*$/, 'cf23d17c-114a-441b-8ad7-16b430c2582e'))
  })
})
