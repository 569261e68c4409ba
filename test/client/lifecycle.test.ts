import { describe, expect, it } from 'vitest'
import { contextualize } from '../../src/client/index.js'
import { stateOf } from '../../src/model/index.js'
import { cloud, gather, lines, memory } from './cloud.js'

describe('a lifecycle at a provider that keeps to the standard', () => {
  it('a client goes from discovery to deletion at a standard provider', async () => {
    const { client } = cloud()
    const model = await client.model()
    const image = model.templates('os_tpl')[0]
    const size = model.templates('resource_tpl')[0]
    expect(image && size).toBeTruthy()

    const made = await client.create({
      kind: 'compute',
      title: 'web',
      mixins: [image?.id ?? '', size?.term ?? ''],
      attributes: { 'occi.compute.hostname': 'web' },
    })
    expect(made.location).toMatch(/^http:\/\/sandbox\/compute\//)

    const active = await client.wait(made.location, { for: 'state', state: 'active' })
    expect(active?.title).toBe('web')
    expect(active?.mixins).toContain(image?.id)

    const volume = await client.create({
      kind: 'storage',
      title: 'data',
      attributes: { 'occi.storage.size': 10 },
    })
    await client.wait(volume.location, { for: 'state', state: 'online' })
    const linked = await client.link(made.location, {
      target: volume.location,
      attributes: { 'occi.storagelink.deviceid': '/dev/vdb' },
    })
    expect(linked.location).toContain('/storagelink/')
    const whole = await client.describe(made.location)
    const ends = whole.type === 'resource' ? whole.links.map((link) => link.target?.location) : []
    expect(ends).toContain(volume.location)

    expect(await client.unlink(made.location, volume.location)).toEqual([linked.location])

    const stopping = await client.trigger(made.location, 'stop')
    expect(stopping).toBeDefined()
    const stopped = await client.wait(made.location, { for: 'state', state: 'inactive' })
    expect(stopped && stateOf(stopped)).toBe('inactive')

    const renamed = await client.update(made.location, { title: 'web2' })
    expect(renamed.title).toBe('web2')

    const members = await gather(client.list('compute'))
    expect(members.map(({ location }) => location)).toEqual([made.location])

    await client.delete(made.location)
    await expect(client.describe(made.location)).rejects.toMatchObject({ code: 'not-found' })
    expect(await gather(client.locations('compute'))).toEqual([])
  })

  it('a lifecycle costs two requests cold, and one each when the model is cached', async () => {
    const kept = memory()
    const first = cloud({ settings: { memory: kept } })
    await gather(first.client.list('compute'))
    expect(lines(first.seen)).toEqual(['GET /-/', 'GET /compute/'])

    first.seen.length = 0
    const warm = first.connect()
    await gather(warm.list('compute'))
    expect(lines(first.seen)).toEqual(['GET /compute/'])

    first.seen.length = 0
    const made = await first.connect().create({ kind: 'storage', attributes: { 'occi.storage.size': 1 } })
    expect(lines(first.seen)).toEqual(['POST /storage/'])

    first.seen.length = 0
    await first.connect().describe(made.location)
    expect(first.seen).toHaveLength(1)
  })

  it('links are created with the machine and shown in it', async () => {
    const { client } = cloud()
    const [network] = await gather(client.list('network'))
    const made = await client.create({
      kind: 'compute',
      title: 'linked',
      links: [{ target: network?.location ?? '' }],
    })
    const entity = await client.describe(made.location)
    const [link] = entity.type === 'resource' ? entity.links : []
    expect(link?.target?.location).toBe(network?.location)
    expect(link?.location).toMatch(/^http:\/\/sandbox\/networkinterface\//)
    expect(link?.source?.location).toBe(made.location)
  })

  it('user data and key are sent in the attributes that the model has for them', async () => {
    const { client } = cloud()
    const context = contextualize(await client.model(), {
      userData: '#cloud-config\n',
      sshKey: 'ssh-ed25519 AAAA me@host',
    })
    const made = await client.create({
      kind: 'compute',
      mixins: context.mixins,
      attributes: Object.fromEntries(context.attributes),
    })
    const entity = await client.describe(made.location)
    expect(entity.attributes.get('occi.credentials.ssh.publickey')).toBe('ssh-ed25519 AAAA me@host')
  })

  it('an entity is created at a chosen id by PUT', async () => {
    const { client, seen } = cloud()
    const id = '6157c4d2-08b3-4204-be85-d1828df74c25'
    const made = await client.create({ kind: 'compute', id, title: 'chosen' })
    expect(made.location).toBe(`http://sandbox/compute/${id}`)
    expect(lines(seen)).toContain(`PUT /compute/${id}`)
  })

  it('the size of a machine is replaced', async () => {
    const { client } = cloud()
    const [small, large] = (await client.model()).templates('resource_tpl')
    const made = await client.create({ kind: 'compute', mixins: [small?.id ?? ''] })
    const entity = await client.update(made.location, { mixins: [large?.id ?? ''] })
    expect(entity.mixins).toContain(large?.id)
    expect(entity.mixins).not.toContain(small?.id)
  })

  it('a whole entity is replaced (E18)', async () => {
    const { client } = cloud()
    const made = await client.create({
      kind: 'compute',
      title: 'a',
      summary: 'old',
      attributes: { 'occi.compute.cores': 2 },
    })
    const entity = await client.replace(made.location, { kind: 'compute', title: 'b' })
    expect(entity.title).toBe('b')
    expect(entity.type === 'resource' ? entity.summary : 'none').toBeUndefined()
  })

  it('an action is triggered on a whole collection', async () => {
    const { client } = cloud()
    const made = await client.create({ kind: 'compute' })
    await client.wait(made.location, { for: 'state', state: 'active' })
    await client.triggerAll('compute', 'stop')
    const entity = await client.wait(made.location, { for: 'state', state: 'inactive' })
    expect(entity?.location).toBe(made.location)
  })

  it('a mixin is defined, its members are added, set and removed, and it is deleted', async () => {
    const { client } = cloud()
    const one = await client.create({ kind: 'compute', title: 'one' })
    const two = await client.create({ kind: 'compute', title: 'two' })
    const mixin = await client.defineMixin({
      scheme: 'http://example.com/tags#',
      term: 'blue',
      title: 'Blue',
    })
    expect(mixin.location).toBe('http://sandbox/blue/')
    await client.attachMixin('blue', [one.location])
    expect(await gather(client.locations('blue'))).toEqual([one.location])
    await client.setMixinMembers('blue', [two.location])
    expect(await gather(client.locations('blue'))).toEqual([two.location])
    await client.detachMixin('blue', [two.location])
    expect(await gather(client.locations('blue'))).toEqual([])
    await client.undefineMixin('blue')
    expect((await client.model()).mixin(mixin.id)).toBeUndefined()
  })

  it("deleting a collection deletes its members, and deleting a mixin's members needs the option", async () => {
    const { client } = cloud()
    await client.create({ kind: 'compute', title: 'one' })
    await client.defineMixin({ scheme: 'http://example.com/tags#', term: 'blue' })
    const [one] = await gather(client.locations('compute'))
    await client.attachMixin('blue', [one ?? ''])
    await expect(client.deleteAll('blue')).rejects.toMatchObject({ code: 'usage' })
    expect(await gather(client.locations('compute'))).toEqual([one])
    await client.deleteAll('blue', { members: true })
    expect(await gather(client.locations('compute'))).toEqual([])
    await client.create({ kind: 'storage', attributes: { 'occi.storage.size': 1 } })
    await client.deleteAll('storage')
    expect(await gather(client.locations('storage'))).toEqual([])
  })

  it('the provider filters by category and attribute', async () => {
    const { client, seen } = cloud()
    await client.create({ kind: 'compute', title: 'a', attributes: { 'occi.compute.hostname': 'a' } })
    await client.create({ kind: 'compute', title: 'b', attributes: { 'occi.compute.hostname': 'b' } })
    const found = await gather(
      client.list('compute', { filter: { attributes: new Map([['occi.compute.hostname', 'b']]) } }),
    )
    expect(found.map(({ title }) => title)).toEqual(['b'])
    expect(seen.at(-1)?.request.headers).toContainEqual(['X-OCCI-Attribute', 'occi.compute.hostname="b"'])
  })

  it('a list follows pages', async () => {
    const { client, seen } = cloud()
    for (const title of ['a', 'b', 'c', 'd', 'e']) await client.create({ kind: 'compute', title })
    seen.length = 0
    const found = await gather(client.list('compute', { pageSize: 2 }))
    expect(found.map(({ title }) => title).sort()).toEqual(['a', 'b', 'c', 'd', 'e'])
    expect(lines(seen)).toEqual([
      'GET /compute/?page=1&number=2',
      'GET /compute/?page=2&number=2',
      'GET /compute/?page=3&number=2',
    ])
    expect(await gather(client.locations('compute', { pageSize: 2 }))).toHaveLength(5)
  })

  it('entities below a path are listed and deleted', async () => {
    const { client } = cloud()
    const made = await client.create({ kind: 'compute', id: '/projects/x/vm1', title: 'deep' })
    expect(made.location).toBe('http://sandbox/projects/x/vm1')
    expect((await gather(client.list('/projects/'))).map(({ title }) => title)).toEqual(['deep'])
    await client.deleteAll('/projects/')
    await expect(client.describe(made.location)).rejects.toMatchObject({ code: 'not-found' })
  })
})
