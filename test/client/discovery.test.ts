import { afterEach, describe, expect, it } from 'vitest'
import { OcciClient } from '../../src/client/index.js'
import type { CaptureName } from './captures.js'
import { type Replay, replay } from './replay.js'

let running: Replay | undefined
let client: OcciClient | undefined

afterEach(async () => {
  await client?.close()
  await running?.close()
})

async function modelOf(name: CaptureName) {
  running = await replay(name)
  client = new OcciClient({ endpoint: running.endpoint })
  return { model: await client.model(), endpoint: running.endpoint, provider: await client.provider() }
}

describe('recorded query interfaces', () => {
  it('the model of pyssf has properties, parents, actions and absolute locations (Q25, Q26)', async () => {
    const { model, endpoint } = await modelOf('pyssf')
    const compute = model.resolve('compute', { class: 'kind' })
    expect(compute.location).toBe(`${endpoint}compute/`)
    expect(compute.parent).toBe('http://schemas.ogf.org/occi/core#resource')
    expect(compute.attributes.get('occi.compute.state')?.mutable).toBe(false)
    expect(compute.attributes.get('occi.compute.cores')?.mutable).toBe(true)
    expect(compute.actions.map((id) => id.split('#')[1]).sort()).toEqual([
      'restart',
      'start',
      'stop',
      'suspend',
    ])
    expect(
      model.action('http://schemas.ogf.org/occi/infrastructure/storage/action#resize')?.attributes.get('size')
        ?.required,
    ).toBe(true)
    expect(
      model
        .templates('os_tpl')
        .map(({ term }) => term)
        .sort(),
    ).toEqual(['debian-12', 'my_os'])
  })

  it.each([
    ['pyssf', 'pyssf', 2, 2],
    ['occi-os', 'occi-os', 3, 4],
    ['occi-os-essex', 'occi-os', 3, 4],
    ['snf-occi', 'snf-occi', 3, 3],
    ['snf-occi-2016', 'snf-occi', 3, 3],
    ['rocci-server', 'rocci-server-1', 3, 6],
  ] as const)('%s is recognised as %s, with its templates (Q40)', async (name, profile, images, sizes) => {
    const { model, provider } = await modelOf(name)
    expect(provider.name).toBe(profile)
    expect(model.templates('os_tpl')).toHaveLength(images)
    expect(model.templates('resource_tpl')).toHaveLength(sizes)
  })

  it('the model of essex has kinds without a parent, in a scheme of their own (Q41)', async () => {
    const { model } = await modelOf('occi-os-essex')
    expect(model.resolve('vnc_console', { class: 'kind' }).parent).toBeUndefined()
    expect(model.resolve('console', { class: 'kind' }).scheme).toBe(
      'http://schemas.ogf.org/infrastructure/compute#',
    )
  })

  it('the second of two Server headers is read too (Q14)', async () => {
    const { provider } = await modelOf('snf-occi-2016')
    expect(provider.server).toBe('PasteWSGIServer/0.5 Python/2.7.18, pyssf OCCI/1.1')
    expect(provider.versions).toEqual(['1.1'])
  })
})
