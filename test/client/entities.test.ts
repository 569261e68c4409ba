import { describe, expect, it } from 'vitest'
import { computeJson, computeText, inJson, inText, jsonCloud, textCloud, textModel } from './mocked.js'

const vm = 'http://cloud.test/compute/1'

async function described(
  lines: readonly string[],
  server = 'test',
  attributes: Readonly<Record<string, string>> = {},
) {
  const { cloud, client, deviations } = textCloud({ server })
  cloud.get('/compute/1').reply(...inText(computeText({ 'occi.core.title': '"x"', ...attributes }, lines)))
  const entity = await client.describe(vm)
  if (entity.type !== 'resource') throw new Error('a compute is a resource')
  return { entity, deviations }
}

const infra = 'http://schemas.ogf.org/occi/infrastructure#'

describe('an entity', () => {
  it('an entity has the location where it was read, whatever id it gives itself', async () => {
    const { entity } = await described([], 'test', { 'occi.core.id': '"/compute/other"' })
    expect(entity.location).toBe(vm)
    expect(entity.id).toBe('/compute/other')
  })

  it('an entity has numbers although a text rendering quotes them (Q28)', async () => {
    const { entity } = await described([], 'test', {
      'occi.compute.cores': '"2"',
      'occi.compute.memory': '"2.5"',
      'occi.compute.hostname': '"42"',
    })
    expect(entity.attributes.get('occi.compute.cores')).toBe(2)
    expect(entity.attributes.get('occi.compute.memory')).toBe(2.5)
    expect(entity.attributes.get('occi.compute.hostname')).toBe('42')
  })

  it('an entity has arrays although a text rendering puts JSON into a string (rOCCI-server 2) (rocci2-9)', async () => {
    const { cloud, client } = jsonCloud(
      { server: 'rOCCI-server OCCI/1.1 OCCI/1.2' },
      {
        kinds: [
          {
            term: 'compute',
            scheme: infra,
            location: '/compute/',
            attributes: { 'com.example.rules': { type: 'array', mutable: true } },
          },
        ],
      },
    )
    cloud.get('/compute/1').reply(...inText(computeText({ 'com.example.rules': '"[{\\"port\\": 22}]"' })))
    expect((await client.describe(vm)).attributes.get('com.example.rules')).toEqual([{ port: 22 }])
  })

  it('a link of an entity has absolute ends, their kinds and its source', async () => {
    const { entity } = await described([
      `Link: </storage/7>; rel="${infra}storage"; self="/storagelink/8"; category="${infra}storagelink"; occi.storagelink.deviceid="/dev/vdb"`,
    ])
    expect(entity.links).toMatchObject([
      {
        kind: `${infra}storagelink`,
        location: 'http://cloud.test/storagelink/8',
        source: { location: vm },
        target: { location: 'http://cloud.test/storage/7', kind: `${infra}storage` },
      },
    ])
  })

  it("the kind of a link's target is found by its location when rel does not name it (E11)", async () => {
    const { entity } = await described([
      `Link: <http://cloud.test/network/n1>; rel="http://schemas.ogf.org/occi/core#entity"; self="/nic1"; category="${infra}networkinterface"`,
    ])
    expect(entity.links[0]?.target?.kind).toBe(`${infra}network`)
  })

  it('a link keeps a target at another provider, and a target of this one under another host is made local', async () => {
    const { entity, deviations } = await described([
      `Link: <http://elsewhere.example/volumes/1>; rel="${infra}storage"; self="/storagelink/1"; category="${infra}storagelink"`,
      `Link: <http://localhost:8787/storage/2>; rel="${infra}storage"; self="/storagelink/2"; category="${infra}storagelink"`,
    ])
    expect(entity.links.map((link) => link.target?.location)).toEqual([
      'http://elsewhere.example/volumes/1',
      'http://cloud.test/storage/2',
    ])
    expect(deviations.map(({ code }) => code)).toContain('foreign-location')
  })

  it('a link whose brackets contain the link itself takes its target from an attribute (ooi) (Q33)', async () => {
    const { entity } = await described(
      [
        `Link: <http://cloud.test/networkinterface/1_PUBLIC>; rel="${infra}network"; self="http://cloud.test/networkinterface/1_PUBLIC"; occi.core.target="http://cloud.test/network/PUBLIC"; occi.networkinterface.address="10.0.0.3"`,
      ],
      'ooi/0.3.2 OCCI/1.1',
    )
    expect(entity.links).toMatchObject([
      {
        kind: `${infra}networkinterface`,
        location: 'http://cloud.test/networkinterface/1_PUBLIC',
        target: { location: 'http://cloud.test/network/PUBLIC' },
      },
    ])
  })

  it('actions of an entity have absolute URLs (Q32)', async () => {
    const { entity } = await described([
      'Link: </compute/1?action=stop>; rel="http://schemas.ogf.org/occi/infrastructure/compute/action#stop"',
    ])
    expect(entity.actions).toEqual([
      { id: 'http://schemas.ogf.org/occi/infrastructure/compute/action#stop', href: `${vm}?action=stop` },
    ])
  })

  it('the kind of an entity is that of the longest location (pyssf puts links under /network/) (Q34)', async () => {
    const model = textModel('', { storagelink: '/storage/link/', networkinterface: '/network/interface/' })
    const { cloud, client } = textCloud({ server: 'pyssf OCCI/1.1' }, model)
    cloud.delete('/network/interface/1').reply(200)
    await client.unlink('/network/interface/1')
    await expect(client.unlink('/network/1')).rejects.toMatchObject({ code: 'usage' })
  })

  it.each([
    ['ooi/0.3.2 OCCI/1.1', 'MiB', 2],
    ['pyssf OCCI/1.1', 'GiB', 2048],
  ])('an entity of %s has its memory in %s (Q36, ooi-15)', async (server, _, memory) => {
    const { entity } = await described([], server, { 'occi.compute.memory': '"2048"' })
    expect(entity.attributes.get('occi.compute.memory')).toBe(memory)
  })

  it('an empty answer is not an entity (pyssf: a path that ends in a slash) (Q22)', async () => {
    const { cloud, client } = textCloud()
    cloud.get('/compute/1/').reply(...inText(''))
    await expect(client.describe(`${vm}/`)).rejects.toMatchObject({ code: 'not-found' })
  })

  it('an entity is read from headers when the body is OK, whatever Content-Type claims (E3)', async () => {
    const { cloud, client } = jsonCloud()
    cloud.get('/compute/1').reply(200, 'OK\n', {
      'Content-Type': 'application/json',
      category: `compute; scheme="${infra}"; class=kind`,
      'x-occi-attribute': 'occi.core.title="a, b", occi.compute.cores=2',
    })
    const entity = await client.describe(vm)
    expect(entity.title).toBe('a, b')
    expect(entity.attributes.get('occi.compute.cores')).toBe(2)
  })

  it('an entity is read from X-OCCI-Category and X-OCCI-Link headers (rOCCI-server 2) (rocci2-3)', async () => {
    const { cloud, client } = textCloud()
    cloud.get('/compute/1').reply(200, '', {
      'Content-Type': 'text/occi',
      'X-OCCI-Category': `compute; scheme="${infra}"; class="kind"`,
      'X-OCCI-Attribute': 'occi.core.title="x"',
      'X-OCCI-Link': `</storage/7>; rel="${infra}storage"; self="/storagelink/8"; category="${infra}storagelink"`,
    })
    const entity = await client.describe(vm)
    expect(entity.title).toBe('x')
    expect(entity.type === 'resource' ? entity.links[0]?.location : undefined).toBe(
      'http://cloud.test/storagelink/8',
    )
  })

  it('an entity is read from a collection around it, too (rOCCI)', async () => {
    const { cloud, client } = jsonCloud()
    cloud.get('/compute/1').reply(...inJson({ resources: [computeJson({ title: 'x' })] }))
    expect(await client.describe(vm)).toMatchObject({ title: 'x', location: vm })
  })
})
