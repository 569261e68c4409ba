/** A listing of which one part cannot be read: the rest is given, the part is named, and nothing is called absent. */
import { describe, expect, it } from 'vitest'
import type { Entity } from '../../src/model/index.js'
import { connectionReset, replyOf } from '../support/nock.js'
import {
  computeJson,
  computeText,
  inJson,
  inText,
  inUriList,
  jsonCloud,
  type Reply,
  textCloud,
} from './mocked.js'

const url = (n: number) => `http://cloud.test/compute/${n}`

/** What is given, and the error that ends it. */
async function walk<T>(items: AsyncIterable<T>): Promise<{ items: T[]; error: unknown }> {
  const found: T[] = []
  try {
    for await (const item of items) found.push(item)
    return { items: found, error: undefined }
  } catch (error) {
    return { items: found, error }
  }
}

const titles = (entities: readonly Entity[]) => entities.map(({ title }) => title)

const broken: Readonly<Record<string, Reply>> = {
  500: { status: 500, body: 'no' },
  403: { status: 403, body: 'no' },
  garbage: { body: '\u0001\u0002 nothing that anybody knows' },
  'a web page': { headers: [['Content-Type', 'text/html']], body: '<html><title>Login</title></html>' },
  XML: { headers: [['Content-Type', 'application/xml']], body: '<?xml version="1.0"?><resource/>' },
  nothing: { status: 404, body: 'not there' },
}

describe.each(Object.keys(broken))('one listed machine answers %s', (name) => {
  /**
   * A provider of three machines, of which the second is broken; a 404 may be listed no longer, so it is listed again.
   */
  const provider = () => {
    const { cloud, client } = textCloud()
    const list = () => cloud.get('/compute/').reply(...inUriList(...[1, 2, 3].map(url)))
    list()
    for (const n of [1, 3]) {
      cloud.get(`/compute/${n}`).reply(...inText(computeText({ 'occi.core.title': `"vm${n}"` })))
    }
    cloud.get('/compute/2').reply(...replyOf(broken[name] ?? {}))
    if (name === 'nothing') list()
    return { cloud, client }
  }

  it('the other machines are listed, then the error names the unreadable one', async () => {
    const { client } = provider()
    const { items, error } = await walk(client.list('compute'))
    expect(titles(items)).toEqual(['vm1', 'vm3'])
    expect(error).toMatchObject({ code: 'partial', errors: [{ target: url(2) }] })
  })

  it('the other machines are found by title', async () => {
    const { client } = provider()
    expect(await client.find('vm3', 'compute')).toMatchObject({ location: url(3) })
  })

  it('a name that is not among the others is not reported as absent', async () => {
    const { client } = provider()
    await expect(client.find('other', 'compute')).rejects.toMatchObject({ code: 'partial' })
  })
})

const shapes: Readonly<Record<string, unknown>> = {
  'resources as one object': { resources: computeJson({ id: '1' }) },
  'another member': { items: [computeJson({ id: '1' })] },
  'a count of more': { total: 3, resources: [] },
  'a next page that is not a link': { resources: [], next: '/compute/?page=2' },
  truncated: { resources: [], truncated: true },
  'a model': { kinds: [{ term: 'compute', scheme: 'http://x/#' }] },
}

describe.each(Object.keys(shapes))('a JSON listing with %s', (name) => {
  it('a listing with errors is an error, not an empty list', async () => {
    const { cloud, client } = jsonCloud()
    cloud
      .get('/compute/')
      .times(2)
      .reply(...inJson(shapes[name]))
    const { items, error } = await walk(client.list('compute'))
    expect(items).toEqual([])
    expect(error).toMatchObject({ code: 'protocol' })
    await expect(client.find('web', 'compute')).rejects.not.toMatchObject({ code: 'not-found' })
  })
})

describe('members that get no response', () => {
  const kinds: Readonly<Record<string, number>> = { '1': 0, '2': 0, '3': 404, '4': 0, '5': 0 }

  it('a list continues if other members got a response in between, even a 404', async () => {
    const { cloud, client } = textCloud({ concurrency: 1 })
    const numbers = Object.keys(kinds)
    cloud
      .get('/compute/')
      .times(2)
      .reply(200, numbers.map((n) => url(Number(n))).join('\n'), {
        'Content-Type': 'text/uri-list',
      })
    for (const [n, status] of Object.entries(kinds)) {
      const request = cloud.get(`/compute/${n}`)
      if (status === 404) request.reply(404)
      else request.replyWithError(connectionReset())
    }
    const { error } = await walk(client.list('compute'))
    expect(error).toMatchObject({ code: 'partial', errors: { length: 5 } })
  })
})

describe('a listing that is understood and empty', () => {
  it.each([{ resources: [] }, {}, [], { resources: [], links: [] }])(
    'an empty listing is an empty list: %j',
    async (body) => {
      const { cloud, client } = jsonCloud()
      cloud.get('/compute/').reply(...inJson(body))
      expect(await walk(client.list('compute'))).toEqual({ items: [], error: undefined })
    },
  )
})

describe('a listing that says that it is not whole', () => {
  it.each([
    ['206', 206, {}],
    ['Content-Range', 200, { 'Content-Range': 'items 0-0/7' }],
  ] as const)(
    'an incomplete listing, shown by %s, returns its entities and then fails',
    async (_, status, headers) => {
      const { cloud, client } = textCloud()
      cloud.get('/compute/').reply(status, `${url(1)}\n`, { 'Content-Type': 'text/uri-list', ...headers })
      const { items, error } = await walk(client.locations('compute'))
      expect(items).toEqual([url(1)])
      expect(error).toMatchObject({ code: 'partial' })
    },
  )

  it('a listing with a next page is followed, also where locations are listed', async () => {
    const { cloud, client } = textCloud()
    const type = { 'Content-Type': 'text/uri-list' }
    cloud.get('/compute/').reply(200, `${url(1)}\n`, { ...type, Link: '</compute/?page=2>; rel="next"' })
    cloud.get('/compute/?page=2').reply(200, `${url(2)}\n`, type)
    expect(await walk(client.locations('compute'))).toEqual({ items: [url(1), url(2)], error: undefined })
  })

  it('a listing with an error beside its members returns them and then fails', async () => {
    const { cloud, client } = jsonCloud()
    cloud.get('/compute/').reply(
      ...inJson({
        resources: [computeJson({ id: '1', title: 'a' })],
        error: { message: 'half of it is away' },
      }),
    )
    const { items, error } = await walk(client.list('compute'))
    expect(titles(items)).toEqual(['a'])
    expect(error).toMatchObject({
      code: 'partial',
      errors: [{ error: { message: expect.stringContaining('half of it is away') } }],
    })
  })
})

describe('one broken member of a JSON collection', () => {
  it('one broken member of a JSON collection affects no other member', async () => {
    const body = `{"resources":[${JSON.stringify(computeJson({ id: '1', title: 'a' }))},{"kind":nul},17,${JSON.stringify(
      computeJson({ id: '3', title: 'c' }),
    )}]}`
    const { cloud, client } = jsonCloud()
    // A member without a location makes the client list the collection again, and then its locations.
    cloud.get('/compute/').times(3).reply(200, body, { 'Content-Type': 'application/occi+json' })
    const { items, error } = await walk(client.list('compute'))
    expect(titles(items)).toEqual(expect.arrayContaining(['a', 'c']))
    expect(error).toMatchObject({ code: 'partial' })
  })
})
