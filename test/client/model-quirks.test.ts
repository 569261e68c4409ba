/** What the personas of erocci and MartServer refuse, and what they only say that they refuse. */
import { describe, expect, it } from 'vitest'
import { cloud } from './cloud.js'

describe('erocci', () => {
  it('erocci is asked for the definition of a mixin in text, because it refuses JSON', async () => {
    const { client, seen } = cloud({ as: 'erocci' })
    const mixin = await client.defineMixin({ scheme: 'http://example.org/tags#', term: 'mine' })
    expect(mixin.location).toContain('/categories/mine')
    const post = seen.find(({ method }) => method === 'POST')
    expect(post?.request.headers).toContainEqual(['Content-Type', 'text/plain'])
    const refused = await client.raw({
      method: 'POST',
      path: '/-/',
      headers: [['Content-Type', 'application/json']],
      body: '{"mixins":[{"term":"other","scheme":"http://example.org/tags#","attributes":{},"actions":[]}]}',
    })
    expect(refused.status).toBe(400)
  })

  it('erocci is never sent the DELETE of a collection, which deletes nothing there', async () => {
    const { client, seen } = cloud({ as: 'erocci' })
    await client.create({ kind: 'compute', title: 'a' })
    await client.create({ kind: 'compute', title: 'b' })
    seen.length = 0
    await client.deleteAll('compute')
    const deleted = seen.filter(({ method }) => method === 'DELETE').map(({ path }) => path)
    expect(deleted).toHaveLength(2)
    expect(deleted).not.toContain('/categories/compute')
  })
})

describe('MartServer', () => {
  it('MartServer gets links without a hardware address, which its model calls required (M15)', async () => {
    const { client } = cloud({ as: 'martserver' })
    const machine = await client.create({ kind: 'compute', title: 'a' })
    const network = await client.create({ kind: 'network', title: 'n' })
    const link = await client.link(machine.location, { target: network.location })
    expect(link.location).toContain('/networkinterface/')
  })

  it('MartServer is sent whole numbers without a fraction', async () => {
    const { client, seen } = cloud({ as: 'martserver' })
    await client.create({ kind: 'compute', title: 'a', attributes: { 'occi.compute.cores': 2 } })
    const body = seen.find(({ method }) => method === 'POST')?.request.body ?? ''
    expect(body).toMatch(/"occi.compute.cores":2[,}]/)
  })
})
