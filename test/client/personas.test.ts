import { describe, expect, it } from 'vitest'
import { OcciClient } from '../../src/client/index.js'
import { createSandbox, serveSandbox } from '../../src/sandbox/index.js'
import { personaNamed } from '../../src/sandbox/personas/index.js'
import { memoryStore } from '../../src/sandbox/state/store.js'
import { cloud, gather } from './cloud.js'

/** What a provider does not offer is said in its row, as the error that must come then. */
interface Persona {
  readonly profile: string
  readonly unlink?: string
  /** Whether there is a network to be chosen; `given`: one that machines have, and that cannot be linked. */
  readonly network?: 'none' | 'given'
  readonly volumes?: 'none'
  readonly update?: string
  /** New machines stay inactive until they are started, or for ever (E25). */
  readonly starts?: 'by-action' | 'never'
  readonly tags?: 'none' | 'by-entity'
}

const personas: readonly (readonly [string, Persona])[] = [
  ['occi-1.2', { profile: 'sandbox' }],
  ['occi-1.1', { profile: 'sandbox' }],
  ['pyssf', { profile: 'pyssf', starts: 'by-action' }],
  ['occi-os', { profile: 'occi-os' }],
  ['occi-os-grizzly', { profile: 'occi-os' }],
  ['occi-os-havana', { profile: 'occi-os' }],
  ['snf-occi', { profile: 'snf-occi', network: 'none', volumes: 'none', update: 'server' }],
  ['snf-occi-2016', { profile: 'snf-occi', network: 'given', volumes: 'none', update: 'server' }],
  ['snf-occi-2017', { profile: 'snf-occi-2017', tags: 'none', update: 'server' }],
  ['ooi', { profile: 'ooi', tags: 'none' }],
  ['rocci-server', { profile: 'rocci-server-1', update: 'server', tags: 'none' }],
  ['rocci-server-2', { profile: 'rocci-server-2', tags: 'none' }],
  ['erocci', { profile: 'erocci', unlink: 'server', starts: 'never' }],
  ['martserver', { profile: 'martserver', tags: 'by-entity' }],
]

describe.each(personas)('a provider like %s', (as, expected) => {
  const up = expected.starts === 'never' ? 'inactive' : 'active'
  async function machine() {
    const made = cloud({ as })
    const model = await made.client.model()
    const image = model.templates('os_tpl')[0]
    const sizes = model.templates('resource_tpl')
    if (image === undefined || sizes[0] === undefined) throw new Error(`${as} has no templates`)
    const { location } = await made.client.create({
      kind: 'compute',
      title: 'web',
      mixins: [image.id, sizes[0].id],
    })
    if (expected.starts === 'by-action') await made.client.trigger(location, 'start')
    return { ...made, location, sizes }
  }

  it('the provider is recognised', async () => {
    const { client } = cloud({ as })
    expect((await client.provider()).name).toBe(expected.profile)
  })

  it('a machine is created, listed, described, triggered and deleted (E6, M9)', async () => {
    const { client, location } = await machine()
    const seen = await client.wait(location, { for: 'state', state: up })
    expect(seen?.title).toBe('web')
    expect((await client.find('web', 'compute')).location).toBe(location)
    expect((await gather(client.list('compute'))).map((one) => one.location)).toContain(location)
    expect(await gather(client.locations('compute'))).toContain(location)
    await client.trigger(location, 'stop')
    await client.wait(location, { for: 'state', state: 'inactive' })
    await client.trigger(location, 'start')
    await client.wait(location, { for: 'state', state: up })
    await client.delete(location)
    await expect(client.describe(location)).rejects.toMatchObject({ code: 'not-found' })
    await expect(client.delete(location)).rejects.toMatchObject({ code: 'not-found' })
  })

  it('a volume is linked and unlinked (M14)', async () => {
    const { client, location } = await machine()
    if (expected.volumes === 'none') {
      const wanted = { kind: 'storage', title: 'data', attributes: { 'occi.storage.size': 1 } }
      await expect(client.create(wanted)).rejects.toMatchObject({ code: 'not-found' })
      return
    }
    const volume = await client.create({
      kind: 'storage',
      title: 'data',
      attributes: { 'occi.storage.size': 1 },
    })
    await client.wait(location, { for: 'state', state: up })
    const link = await client.link(location, {
      target: volume.location,
      kind: 'storagelink',
      attributes: { 'occi.storagelink.mountpoint': '/dev/vdb', 'occi.storagelink.deviceid': '/dev/vdb' },
    })
    const entity = await client.describe(location)
    const targets = entity.type === 'resource' ? entity.links.map((one) => one.target?.location) : []
    expect(targets).toContain(volume.location)
    const alone = await client.describe(link.location)
    expect(alone.type === 'link' ? alone.target?.location : undefined).toBe(volume.location)
    if (expected.unlink !== undefined) {
      await expect(client.unlink(location, volume.location)).rejects.toMatchObject({ code: expected.unlink })
      return
    }
    expect(await client.unlink(location, volume.location)).toEqual([link.location])
    await expect(client.unlink(location, volume.location)).rejects.toMatchObject({ code: 'not-found' })
  })

  it('a link is created with the machine', async () => {
    const { client } = await machine()
    const model = await client.model()
    // Synnefo gives machines their networks; there is none to be chosen.
    if (expected.network === 'none') {
      await expect(gather(client.list('network'))).rejects.toMatchObject({ code: 'not-found' })
      return
    }
    // ooi's external network is linked by way of a reserved address.
    const networks = (await gather(client.list('network'))).filter(({ id }) => id !== 'PUBLIC')
    const network = ['occi-os-grizzly', 'occi-os-havana'].includes(as)
      ? networks.find(({ id }) => id?.endsWith('public'))
      : networks[0]
    const wanted = {
      kind: 'compute',
      title: 'linked',
      mixins: [model.templates('os_tpl')[0]?.id ?? '', model.templates('resource_tpl')[0]?.id ?? ''],
      links: [{ target: network?.location ?? '' }],
    }
    if (expected.network === 'given') {
      await expect(client.create(wanted)).rejects.toMatchObject({ code: 'partial' })
      return
    }
    const made = await client.create(wanted)
    const entity = await client.describe(made.location)
    const targets = entity.type === 'resource' ? entity.links.map((one) => one.target?.location) : []
    expect(targets).toContain(network?.location)
  })

  it('the size of a machine is changed', async () => {
    const { client, location, sizes } = await machine()
    await client.wait(location, { for: 'state', state: up })
    const large = sizes[1]?.id ?? ''
    if (expected.update !== undefined) {
      await expect(client.update(location, { mixins: [large] })).rejects.toMatchObject({
        code: expected.update,
      })
      return
    }
    await client.update(location, { mixins: [large] })
    const { mixins } = await client.describe(location)
    expect(mixins).toContain(large)
  })

  it('a tag of the user is added and removed', async () => {
    const { client, location } = await machine()
    const tag = { scheme: 'http://example.com/tags#', term: 'blue' }
    if (expected.tags === 'none') {
      await expect(client.defineMixin(tag)).rejects.toMatchObject({ code: 'server' })
      return
    }
    const { id } = await client.defineMixin(tag)
    await client.attachMixin(id, [location])
    expect(await gather(client.locations(id))).toEqual([location])
    if (expected.tags === 'by-entity') {
      await expect(client.detachMixin(id, [location])).rejects.toMatchObject({ code: 'conflict' })
      expect((await client.describe(location)).location).toBe(location)
      return
    }
    await client.detachMixin(id, [location])
    expect(await gather(client.locations(id))).toEqual([])
    expect((await client.describe(location)).location).toBe(location)
  })

  it('a collection is deleted', async () => {
    const { client } = await machine()
    await client.deleteAll('compute')
    expect(await gather(client.locations('compute'))).toEqual([])
  })

  it("a missing entity is reported with the server's message, over a socket (Q23)", async () => {
    const persona = personaNamed(as)
    if (persona === undefined) throw new Error(`no persona ${as}`)
    const sandbox = createSandbox({
      store: memoryStore(persona.seed(0)),
      clock: () => 0,
      uuid: () => '00000000-0000-4000-8000-000000000000',
      persona,
      auth: { method: 'none' },
    })
    const served = await serveSandbox(sandbox, { basePath: persona.behaviour.basePath })
    const client = new OcciClient({ endpoint: served.endpoint })
    try {
      const { location } = (await client.model()).resolve('compute', { class: 'kind' })
      await expect(
        client.describe(`${location}${location?.endsWith('/') ? '' : '/'}nothing-like-it`),
      ).rejects.toMatchObject({
        code: 'not-found',
        // Cyclades refuses an id that is not a number.
        http: { status: as === 'snf-occi-2017' ? 400 : 404 },
      })
    } finally {
      await client.close()
      await served.close()
    }
  })
})
