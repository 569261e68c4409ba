import { describe, expect, it } from 'vitest'
import { cloud } from './cloud.js'
import {
  computeJson,
  computeText,
  jsonProvider,
  jsonReply,
  mocked,
  textProvider,
  textReply,
} from './mocked.js'

const uuid = (n: number) => `0000000${n}-aaaa-4000-8000-00000000000${n}`
const members = [
  computeJson({ id: `urn:uuid:${uuid(1)}`, title: 'web' }),
  computeJson({ id: uuid(2), title: 'db' }),
  computeJson({ id: uuid(3), title: 'db' }),
]

function provider() {
  return mocked(
    jsonProvider('test OCCI/1.2', ({ path }) => {
      if (path === '/compute/') return jsonReply({ resources: members })
      const found = members.find((one) =>
        path.endsWith(String((one as { id?: string }).id).replace('urn:uuid:', '')),
      )
      return found === undefined ? undefined : jsonReply(found)
    }),
  )
}

describe('a name', () => {
  it.each([
    ['an id', uuid(1)],
    ['an id as URN', `urn:uuid:${uuid(1)}`],
    ['a title', 'web'],
    ['the beginning of an id', '00000001'],
    ['a path', `/compute/${uuid(1)}`],
    ['a path without the first slash', `compute/${uuid(1)}`],
    ['a URL', `http://cloud.test/compute/${uuid(1)}`],
  ])('a name may be %s', async (_, name) => {
    const { client } = provider()
    expect((await client.find(name, 'compute')).location).toBe(`http://cloud.test/compute/${uuid(1)}`)
  })

  it('a name that is an id costs one request, and a path costs none', async () => {
    const { client, lines } = provider()
    await client.model()
    await client.find(uuid(2), 'compute')
    await client.find(`/compute/${uuid(2)}`, 'compute')
    expect(lines().slice(1)).toEqual([`GET /compute/${uuid(2)}`])
  })

  it('a name that two entities have is ambiguous, and both are listed', async () => {
    const { client } = provider()
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
    const { client } = provider()
    await expect(client.find('0000', 'compute')).rejects.toMatchObject({ code: 'ambiguous' })
    await expect(client.find('00', 'compute')).rejects.toMatchObject({ code: 'not-found' })
  })

  it('an unknown name is not found, and the error suggests the nearest', async () => {
    const { client } = provider()
    await expect(client.find('wob', 'compute')).rejects.toMatchObject({
      code: 'not-found',
      hint: expect.stringContaining('web'),
    })
  })

  it('a name that is a URL of another server is refused', async () => {
    const { client, lines } = provider()
    await expect(client.find('http://other.example/compute/1', 'compute')).rejects.toMatchObject({
      code: 'usage',
    })
    expect(lines()).toEqual([])
  })

  it('a name is found in the locations alone where entities are described one by one', async () => {
    const { client, lines } = mocked(
      textProvider('test', ({ path, accept }) => {
        if (path === '/compute/')
          return textReply('http://cloud.test/compute/my-vm\r\nhttp://cloud.test/compute/other', {
            headers: [['Content-Type', accept ?? '']],
          })
        return textReply(computeText({ 'occi.core.title': '"x"' }))
      }),
    )
    expect((await client.find('my-vm', 'compute')).location).toBe('http://cloud.test/compute/my-vm')
    expect(lines().filter((line) => line.startsWith('GET /compute/'))).toEqual(['GET /compute/'])
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
  const answering = (broken: number) =>
    mocked(
      textProvider('test', ({ path }) => {
        if (path.startsWith('/compute/')) return { status: broken, body: 'broken' }
        if (path === `/network/${uuid(1)}`) {
          return textReply(
            `Category: network; scheme="http://schemas.ogf.org/occi/infrastructure#"; class="kind"\nX-OCCI-Attribute: occi.core.id="${uuid(1)}"`,
          )
        }
        return path === '/network/' ? textReply('') : undefined
      }),
    )

  it.each([400, 403, 404, 405, 500, 501, 502, 503])(
    'an id that may be of several kinds is found in the second kind when the first answers %i',
    async (status) => {
      const { client } = answering(status)
      const found = await client.find(uuid(1), ['compute', 'network'])
      expect(found.location).toBe(`http://cloud.test/network/${uuid(1)}`)
    },
  )

  it('an id that may be of several kinds is not reported as absent when a kind could not be read', async () => {
    const { client } = answering(500)
    await expect(client.find(uuid(2), ['compute', 'network'])).rejects.toMatchObject({ code: 'partial' })
    await expect(client.find(uuid(2), 'compute')).rejects.toMatchObject({ code: 'server' })
  })

  it('a look-up in several kinds ends when the credentials are refused', async () => {
    const { client, lines } = answering(401)
    await expect(client.find(uuid(1), ['compute', 'network'])).rejects.toMatchObject({ code: 'auth' })
    expect(lines().filter((line) => line.includes('network'))).toEqual([])
  })
})

describe('an id that is listed, but answers 500', () => {
  it('an id that is listed but answers 500 is resolved all the same', async () => {
    const { client } = mocked(
      textProvider('test', ({ path }) =>
        path === '/compute/'
          ? textReply(`X-OCCI-Location: /compute/${uuid(1)}`)
          : { status: 500, body: 'broken' },
      ),
    )
    expect(await client.find(uuid(1), 'compute')).toEqual({
      location: `http://cloud.test/compute/${uuid(1)}`,
    })
  })
})
