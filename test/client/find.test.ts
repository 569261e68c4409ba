import { describe, expect, it } from 'vitest'
import { cloud } from './cloud.js'
import { computeJson, inJson, inText, jsonCloud, textCloud } from './mocked.js'

const uuid = (n: number) => `0000000${n}-aaaa-4000-8000-00000000000${n}`
const members = [
  computeJson({ id: `urn:uuid:${uuid(1)}`, title: 'web' }),
  computeJson({ id: uuid(2), title: 'db' }),
  computeJson({ id: uuid(3), title: 'db' }),
]
const listed = inJson({ resources: members })

describe('a name', () => {
  it.each([
    ['an id', uuid(1), [`/compute/${uuid(1)}`]],
    ['an id as URN', `urn:uuid:${uuid(1)}`, [`/compute/${uuid(1)}`]],
    ['a title', 'web', ['/compute/']],
    // It may be a whole id, which is asked for first.
    ['the beginning of an id', '00000001', ['/compute/00000001', '/compute/']],
    ['a path', `/compute/${uuid(1)}`, []],
    ['a path without the first slash', `compute/${uuid(1)}`, []],
    ['a URL', `http://cloud.test/compute/${uuid(1)}`, []],
  ])('a name may be %s', async (_, name, paths) => {
    const { cloud: provider, client } = jsonCloud()
    for (const path of paths) {
      const isAbsent = path === '/compute/00000001'
      provider.get(path).reply(...(path === '/compute/' ? listed : inJson(members[0], isAbsent ? 404 : 200)))
    }
    expect((await client.find(name, 'compute')).location).toBe(`http://cloud.test/compute/${uuid(1)}`)
  })

  it('a name that is an id costs one request, and a path costs none', async () => {
    const { cloud: provider, client, lines } = jsonCloud()
    provider.get(`/compute/${uuid(2)}`).reply(...inJson(members[1]))
    await client.model()
    await client.find(uuid(2), 'compute')
    await client.find(`/compute/${uuid(2)}`, 'compute')
    expect(lines()).toEqual(['GET /-/', `GET /compute/${uuid(2)}`])
  })

  it('a name that two entities have is ambiguous, and both are listed', async () => {
    const { cloud: provider, client } = jsonCloud()
    provider.get('/compute/').reply(...listed)
    await expect(client.find('db', 'compute')).rejects.toMatchObject({
      code: 'ambiguous',
      facts: {
        candidates: [
          { location: `http://cloud.test/compute/${uuid(2)}`, id: uuid(2), title: 'db' },
          { location: `http://cloud.test/compute/${uuid(3)}`, id: uuid(3), title: 'db' },
        ],
      },
    })
  })

  it('a name that begins several ids is ambiguous, and two letters are not taken for a beginning', async () => {
    const { cloud: provider, client } = jsonCloud()
    for (const name of ['0000', '00']) {
      provider.get(`/compute/${name}`).reply(404)
      provider.get('/compute/').reply(...listed)
    }
    await expect(client.find('0000', 'compute')).rejects.toMatchObject({ code: 'ambiguous' })
    await expect(client.find('00', 'compute')).rejects.toMatchObject({ code: 'not-found' })
  })

  it('an unknown name is not found, and the error suggests the nearest', async () => {
    const { cloud: provider, client } = jsonCloud()
    provider.get('/compute/').reply(...listed)
    await expect(client.find('wob', 'compute')).rejects.toMatchObject({
      code: 'not-found',
      hint: expect.stringContaining('web'),
    })
  })

  it('a name that is a URL of another server is refused', async () => {
    const { client, lines } = jsonCloud()
    await expect(client.find('http://other.example/compute/1', 'compute')).rejects.toMatchObject({
      code: 'usage',
    })
    expect(lines()).toEqual([])
  })

  it('a name is found in the locations alone where entities are described one by one', async () => {
    const { cloud: provider, client } = textCloud()
    provider
      .get('/compute/')
      .matchHeader('Accept', 'text/uri-list')
      .reply(200, 'http://cloud.test/compute/my-vm\r\nhttp://cloud.test/compute/other', {
        'Content-Type': 'text/uri-list',
      })
    expect((await client.find('my-vm', 'compute')).location).toBe('http://cloud.test/compute/my-vm')
  })

  it('a name can be searched for among all kinds', async () => {
    const { client } = cloud()
    const made = await client.create({
      kind: 'storage',
      title: 'data',
      attributes: { 'occi.storage.size': 1 },
    })
    expect((await client.find('data')).location).toBe(made.location)
  })
})

describe('an id that may be of several kinds', () => {
  const network = inText(
    `Category: network; scheme="http://schemas.ogf.org/occi/infrastructure#"; class="kind"\nX-OCCI-Attribute: occi.core.id="${uuid(1)}"`,
  )

  it.each([400, 403, 404, 405, 500, 501, 502, 503])(
    'an id that may be of several kinds is found in the second kind when the first answers %i',
    async (status) => {
      const { cloud: provider, client } = textCloud()
      provider.get(`/compute/${uuid(1)}`).reply(status, 'broken')
      provider.get(`/network/${uuid(1)}`).reply(...network)
      const found = await client.find(uuid(1), ['compute', 'network'])
      expect(found.location).toBe(`http://cloud.test/network/${uuid(1)}`)
    },
  )

  it('an id that may be of several kinds is not reported as absent when a kind could not be read', async () => {
    const { cloud: provider, client } = textCloud()
    provider
      .get(`/compute/${uuid(2)}`)
      .times(2)
      .reply(500, 'broken')
    provider.get(`/network/${uuid(2)}`).reply(404)
    for (const accept of ['text/uri-list', 'text/plain']) {
      provider.get('/compute/').times(2).matchHeader('Accept', accept).reply(500, 'broken')
    }
    provider.get('/network/').reply(...inText(''))
    await expect(client.find(uuid(2), ['compute', 'network'])).rejects.toMatchObject({ code: 'partial' })
    await expect(client.find(uuid(2), 'compute')).rejects.toMatchObject({ code: 'server' })
  })

  it('a look-up in several kinds ends when the credentials are refused', async () => {
    const { cloud: provider, client } = textCloud()
    provider.get(`/compute/${uuid(1)}`).reply(401, 'broken')
    await expect(client.find(uuid(1), ['compute', 'network'])).rejects.toMatchObject({ code: 'auth' })
  })
})

describe('an id that is listed, but answers 500', () => {
  it('an id that is listed but answers 500 is resolved all the same', async () => {
    const { cloud: provider, client } = textCloud()
    provider.get(`/compute/${uuid(1)}`).reply(500, 'broken')
    provider.get('/compute/').reply(...inText(`X-OCCI-Location: /compute/${uuid(1)}`))
    expect(await client.find(uuid(1), 'compute')).toEqual({
      location: `http://cloud.test/compute/${uuid(1)}`,
    })
  })
})
