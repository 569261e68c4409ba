/** What was asked for and is not so afterwards is noted, with both values. */
import { describe, expect, it } from 'vitest'
import type { DifferenceNote } from '../../src/client/index.js'
import type { Deviation } from '../../src/rendering/index.js'
import { openSandbox, serveSandbox } from '../../src/sandbox/index.js'
import { machine } from '../cli/support/harness.js'
import { including } from '../support/nock.js'
import { computeJson, id, inJson, jsonCloud } from './mocked.js'

const vm = 'http://cloud.test/compute/1'
const isNote = (deviation: Deviation): deviation is DifferenceNote => 'difference' in deviation
const found = (deviations: readonly Deviation[]) =>
  deviations.filter(isNote).map(({ difference }) => difference)

const created = (location = vm) => [201, 'OK', { Location: location }] as const
const shown = (body: object) => inJson({ ...computeJson(body), id: '1' })

/** A provider that creates a machine and shows it as `body` each time that it is read, `reads` times. */
function creating(body: object, { reads = 1, model }: { reads?: number; model?: object } = {}) {
  const { cloud, client, deviations } = jsonCloud({ server: 'x' }, model)
  cloud.post('/compute/').reply(...created())
  cloud
    .get('/compute/1')
    .times(reads)
    .reply(...shown(body))
  return { client, deviations }
}

describe('a machine that is not as it was asked for', () => {
  const wanted = {
    kind: 'compute',
    title: 'web',
    attributes: { 'occi.compute.cores': 4, 'occi.compute.hostname': 'web' },
    mixins: ['debian'],
  }

  it('a machine that differs from the request is reported once, at the first read after the creation, with both values', async () => {
    const { client, deviations } = creating({ attributes: { 'occi.compute.cores': 1 } }, { reads: 2 })
    const { location } = await client.create(wanted)
    expect(found(deviations)).toEqual([])
    await client.describe(location)
    expect(found(deviations)).toEqual([
      { name: 'title', asked: 'web' },
      { name: 'occi.compute.cores', asked: '4', shown: '1' },
      { name: 'occi.compute.hostname', asked: 'web' },
    ])
    await client.describe(location)
    expect(found(deviations)).toHaveLength(3)
  })

  it('a machine that differs from the request is reported from the answer that renders it', async () => {
    const body = { ...computeJson({ attributes: { 'occi.compute.cores': 1 } }), id: '1', title: 'web' }
    const { cloud, client } = jsonCloud({ server: 'x' })
    cloud.post('/compute/').reply(...inJson(body, 201))
    const made = await client.create({ ...wanted, attributes: { 'occi.compute.cores': 4 } })
    expect(found(made.deviations)).toEqual([{ name: 'occi.compute.cores', asked: '4', shown: '1' }])
  })

  it('a machine that differs from the request is reported when a wait ends, and not before', async () => {
    const { cloud, client, deviations } = jsonCloud({ server: 'x' })
    cloud.post('/compute/').reply(...created())
    for (const [state, cores] of [
      ['inactive', 1],
      ['inactive', 1],
      ['active', 4],
    ] as const) {
      const attributes = {
        'occi.compute.cores': cores,
        'occi.compute.hostname': 'web',
        'occi.compute.state': state,
      }
      cloud.get('/compute/1').reply(...shown({ title: 'web', attributes }))
    }
    const { location } = await client.create(wanted)
    await client.wait(location, { for: 'state', state: 'active' })
    expect(found(deviations)).toEqual([])
  })

  it('values in another form, 4.0, "4" and 4, are not a difference', async () => {
    const attributes = { 'occi.compute.cores': '4.0', 'occi.compute.hostname': 'web ' }
    const { client, deviations } = creating({ title: 'web', attributes })
    await client.describe((await client.create(wanted)).location)
    expect(found(deviations)).toEqual([])
  })
})

describe('another template than the one asked for', () => {
  it('another template than the requested one is reported by its title, and a template that is not shown is not', async () => {
    const size = (term: string, title?: string) => ({
      term,
      scheme: 'http://example.com/size#',
      depends: [id('resource_tpl')],
      ...(title === undefined ? {} : { title }),
    })
    const model = {
      kinds: [{ term: 'compute', scheme: id(''), location: '/compute/' }],
      mixins: [size('1', 'Flavor: m1.tiny'), size('2', 'Flavor: m1.small')],
    }
    for (const [mixins, expected] of [
      [
        ['http://example.com/size#1'],
        [{ name: 'resource_tpl', asked: 'Flavor: m1.small', shown: 'Flavor: m1.tiny' }],
      ],
      [[], []],
    ] as const) {
      const { client, deviations } = creating({ mixins }, { model })
      await client.describe((await client.create({ kind: 'compute', mixins: ['2'] })).location)
      expect(found(deviations)).toEqual(expected)
    }
  })
})

describe('an update that the provider ignores', () => {
  it('an update that the provider ignores is reported', async () => {
    const { cloud, client, deviations } = jsonCloud({ server: 'x' })
    cloud.post('/compute/1', including({ title: 'new' })).reply(...shown({ title: 'old' }))
    await client.update(vm, { title: 'new' })
    expect(found(deviations)).toEqual([{ name: 'title', asked: 'new', shown: 'old' }])
  })
})

describe('a link', () => {
  it('a link with requested attributes is read again, and reported when they differ', async () => {
    const { cloud, client, deviations } = jsonCloud({ server: 'x' })
    const target = '/storage/7'
    const url = 'http://cloud.test/storagelink/1'
    cloud.post('/storagelink/').reply(...created(url))
    cloud.get('/storagelink/1').reply(
      ...inJson({
        kind: id('storagelink'),
        id: '1',
        attributes: { 'occi.storagelink.deviceid': '/dev/vdb' },
        source: { location: '/compute/1' },
        target: { location: target },
      }),
    )
    await client.link(vm, { target, attributes: { 'occi.storagelink.deviceid': '/dev/vdx' } })
    expect(found(deviations)).toEqual([
      { name: 'occi.storagelink.deviceid', asked: '/dev/vdx', shown: '/dev/vdb' },
    ])
    cloud.post('/storagelink/').reply(...created(url))
    await client.link(vm, { target })
  })
})

describe('the command line', () => {
  it('the command line warns of a difference with both values, and ends with 0', async () => {
    const { sandbox, basePath } = openSandbox({ clock: Date.now, speed: 0 })
    const served = await serveSandbox(sandbox, { basePath })
    const { occi } = machine()
    const words = `compute create web --os debian-12 --size small --cores 7 --wait --endpoint ${served.endpoint}`
    const { status, err } = await occi(words)
    expect({ status, err }).toEqual({
      status: 0,
      err: 'occi: occi.compute.cores: "7" was requested, but the provider shows "1"\n',
    })
    await served.close()
  })
})
