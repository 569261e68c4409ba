/** What was asked for and is not so afterwards is noted, with both values. */
import { describe, expect, it } from 'vitest'
import type { DifferenceNote } from '../../src/client/index.js'
import type { Deviation } from '../../src/rendering/index.js'
import { openSandbox, serveSandbox } from '../../src/sandbox/index.js'
import { machine } from '../cli/support/harness.js'
import { computeJson, id, jsonProvider, jsonReply, mocked, type Script } from './mocked.js'

const vm = 'http://cloud.test/compute/1'
const isNote = (deviation: Deviation): deviation is DifferenceNote => 'difference' in deviation
const found = (deviations: readonly Deviation[]) =>
  deviations.filter(isNote).map(({ difference }) => difference)

const createdAs =
  (body: object): Script =>
  ({ method, path }) => {
    if (method === 'POST' && path === '/compute/')
      return { status: 201, headers: [['Location', vm]], body: 'OK' }
    return method === 'GET' || method === 'POST' ? jsonReply({ ...computeJson(body), id: '1' }) : undefined
  }

describe('a machine that is not as it was asked for', () => {
  const wanted = {
    kind: 'compute',
    title: 'web',
    attributes: { 'occi.compute.cores': 4, 'occi.compute.hostname': 'web' },
    mixins: ['debian'],
  }

  it('a machine that differs from the request is reported once, at the first read after the creation, with both values', async () => {
    const { client, deviations } = mocked(
      jsonProvider('x', createdAs({ attributes: { 'occi.compute.cores': 1 } })),
    )
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
    const { client } = mocked(
      jsonProvider('x', ({ method }) => (method === 'POST' ? jsonReply(body, { status: 201 }) : undefined)),
    )
    const made = await client.create({ ...wanted, attributes: { 'occi.compute.cores': 4 } })
    expect(found(made.deviations)).toEqual([{ name: 'occi.compute.cores', asked: '4', shown: '1' }])
  })

  it('a machine that differs from the request is reported when a wait ends, and not before', async () => {
    let reads = 0
    const { client, deviations } = mocked(
      jsonProvider('x', (asked) => {
        if (asked.method === 'GET') reads += 1
        const there = { 'occi.compute.cores': reads > 2 ? 4 : 1, 'occi.compute.hostname': 'web' }
        const state = reads > 2 ? 'active' : 'inactive'
        return createdAs({ title: 'web', attributes: { ...there, 'occi.compute.state': state } })(asked)
      }),
    )
    const { location } = await client.create(wanted)
    await client.wait(location, { for: 'state', state: 'active' })
    expect(found(deviations)).toEqual([])
  })

  it('values in another form, 4.0, "4" and 4, are not a difference', async () => {
    const attributes = { 'occi.compute.cores': '4.0', 'occi.compute.hostname': 'web ' }
    const { client, deviations } = mocked(jsonProvider('x', createdAs({ title: 'web', attributes })))
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
      const { client, deviations } = mocked(jsonProvider('x', createdAs({ mixins }), model))
      await client.describe((await client.create({ kind: 'compute', mixins: ['2'] })).location)
      expect(found(deviations)).toEqual(expected)
    }
  })
})

describe('an update that the provider ignores', () => {
  it('an update that the provider ignores is reported', async () => {
    const { client, deviations } = mocked(jsonProvider('x', createdAs({ title: 'old' })))
    await client.update(vm, { title: 'new' })
    expect(found(deviations)).toEqual([{ name: 'title', asked: 'new', shown: 'old' }])
  })
})

describe('a link', () => {
  it('a link with requested attributes is read again, and reported when they differ', async () => {
    const { client, seen, deviations } = mocked(
      jsonProvider('x', ({ method, path }) => {
        if (method === 'POST')
          return { status: 201, headers: [['Location', 'http://cloud.test/storagelink/1']], body: 'OK' }
        if (path !== '/storagelink/1') return undefined
        return jsonReply({
          kind: id('storagelink'),
          id: '1',
          attributes: { 'occi.storagelink.deviceid': '/dev/vdb' },
          source: { location: '/compute/1' },
          target: { location: '/storage/7' },
        })
      }),
    )
    const target = '/storage/7'
    await client.link(vm, { target, attributes: { 'occi.storagelink.deviceid': '/dev/vdx' } })
    expect(found(deviations)).toEqual([
      { name: 'occi.storagelink.deviceid', asked: '/dev/vdx', shown: '/dev/vdb' },
    ])
    const before = seen.length
    await client.link(vm, { target })
    expect(seen.slice(before).map(({ method }) => method)).toEqual(['POST'])
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
      err: 'occi: occi.compute.cores: "7" was asked for, and the provider shows "1"\n',
    })
    await served.close()
  })
})
