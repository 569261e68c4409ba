import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { OcciClient } from '../../src/client/index.js'
import type { TypeId } from '../../src/model/index.js'
import { dialogue, replyOf } from '../support/nock.js'
import { gather } from './cloud.js'
import {
  computeJson,
  computeText,
  id,
  inJson,
  inText,
  inUriList,
  jsonCloud,
  jsonModel,
  type Reply,
  textCloud,
} from './mocked.js'

const url = (n: number) => `http://cloud.test/compute/${n}`
const titled = (title: string) => inText(computeText({ 'occi.core.title': `"${title}"` }))

/** Counts how many answers are under way at the same time. */
function simultaneous() {
  let running = 0
  const count = { most: 0, answer }
  async function answer<T>(reply: T): Promise<T> {
    running += 1
    count.most = Math.max(count.most, running)
    await nextTurn()
    running -= 1
    return reply
  }
  return count
}

describe('locations', () => {
  it('locations are returned as they arrive, without comments and line ends (Q21)', async () => {
    const { cloud, client } = textCloud()
    cloud
      .get('/compute/')
      .matchHeader('Accept', 'text/uri-list')
      .reply(...inUriList('# uri:/compute/', `${url(1)}\r`, url(2), url(3)))
    expect(await gather(client.locations('compute'))).toEqual([url(1), url(2), url(3)])
  })

  it('locations of a text that begins as a listing are returned piece by piece, too (rOCCI-server, occi-os)', async () => {
    const body = `X-OCCI-Location: ${url(1)}\r\nX-OCCI-Location: ${url(2)}, ${url(3)}\r\nX-OCCI-Location: ${url(3)}`
    const { cloud, client } = textCloud()
    cloud.get('/compute/').reply(...replyOf({ headers: [['Content-Type', 'text/plain']], body, pieces: 7 }))
    expect(await gather(client.locations('compute'))).toEqual([url(1), url(2), url(3)])
  })

  it('locations can be read in the pieces of the answer', async () => {
    const { cloud, client } = textCloud()
    cloud.get('/compute/').reply(...inUriList(url(1), url(2), url(3)))
    const batches = await gather(client.locations('compute').batches())
    expect(batches.length).toBeGreaterThan(1)
    expect(batches.flat()).toEqual([url(1), url(2), url(3)])
  })

  it('a location that is listed twice in a row is returned once, in one piece of the answer or in two (a link once per end)', async () => {
    const { cloud, client } = textCloud()
    cloud.get('/compute/').reply(...inUriList(url(1), url(1), '/compute/2', url(2), url(2)))
    expect(await gather(client.locations('compute'))).toEqual([url(1), url(2)])
  })

  it.each<[string, Reply]>([
    ['204', { status: 204 }],
    ['a comment', { body: '# uri:/compute/', headers: [['Content-Type', 'text/uri-list']] }],
    ['an empty text', { body: '', headers: [['Content-Type', 'text/plain']] }],
    ['OK', { body: 'OK', headers: [['Content-Type', 'text/uri-list']] }],
  ])('an empty collection has no locations when it is answered with %s', async (_, reply) => {
    const { cloud, client } = textCloud()
    cloud.get('/compute/').reply(...replyOf(reply))
    expect(await gather(client.locations('compute'))).toEqual([])
  })

  it('locations are read from headers where the body is empty or OK (MartServer, text/occi) (M4)', async () => {
    const headers = [
      ['Content-Type', 'text/uri-list'],
      ['X-OCCI-Location', url(1)],
      ['X-OCCI-Location', url(2)],
    ] as const
    for (const body of ['', 'OK']) {
      const { cloud, client } = textCloud()
      cloud.get('/compute/').reply(...replyOf({ headers, body }))
      expect(await gather(client.locations('compute'))).toEqual([url(1), url(2)])
    }
  })

  it('locations are read from joined Location headers (rOCCI-server)', async () => {
    const { cloud, client } = textCloud()
    cloud.get('/compute/').reply(200, '', { 'Content-Type': 'text/occi', Location: `${url(1)},${url(2)}` })
    expect(await gather(client.locations('compute'))).toEqual([url(1), url(2)])
  })

  it('locations of a path below the endpoint include all below it', async () => {
    const { cloud, client } = textCloud()
    cloud.get('/').reply(...inUriList(url(1), 'http://cloud.test/my/'))
    expect(await gather(client.locations('/'))).toEqual([url(1), 'http://cloud.test/my/'])
  })
})

describe('a list', () => {
  it.each([{}, [], { resources: [] }].map((empty) => [empty]))(
    'an empty object, array or collection in JSON is an empty list: %j (ooi-7)',
    async (empty) => {
      const { cloud, client } = jsonCloud()
      cloud.get('/compute/').reply(...inJson(empty))
      expect(await gather(client.list('compute'))).toEqual([])
    },
  )

  it('a list needs one request where collections are rendered with their entities', async () => {
    const { cloud, client } = jsonCloud()
    cloud
      .get('/compute/')
      .matchHeader('Accept', 'application/occi+json')
      .reply(...inJson({ resources: [computeJson({ id: '1' }), computeJson({ id: '2' })] }))
    expect((await gather(client.list('compute'))).map(({ location }) => location)).toEqual([url(1), url(2)])
  })

  it('a list describes entities in parallel, with a limit and in order, where collections are only locations', async () => {
    const numbers = [1, 2, 3, 4, 5, 6]
    const under = simultaneous()
    const { cloud, client } = textCloud({ concurrency: 3 })
    cloud
      .get('/compute/')
      .matchHeader('Accept', 'text/uri-list')
      .reply(...inUriList(...numbers.map(url)))
    for (const n of numbers) {
      cloud
        .get(`/compute/${n}`)
        .matchHeader('Accept', 'text/plain')
        .reply(() => under.answer(titled(`vm${n}`)))
    }
    const titles = (await gather(client.list('compute'))).map(({ title }) => title)
    expect(titles).toEqual(['vm1', 'vm2', 'vm3', 'vm4', 'vm5', 'vm6'])
    expect([under.most > 1, under.most <= 3]).toEqual([true, true])
  })

  it('a list leaves out an entity that was deleted meanwhile and is no longer listed', async () => {
    const { cloud, client } = textCloud()
    cloud.get('/compute/').reply(...inUriList(url(1), url(2)))
    cloud.get('/compute/1').reply(404)
    cloud.get('/compute/2').reply(...titled('b'))
    cloud.get('/compute/').reply(...inUriList(url(2)))
    expect((await gather(client.list('compute'))).map(({ title }) => title)).toEqual(['b'])
  })

  it('JSON entities without location or id are described by their locations (pyssf) (Q29)', async () => {
    const { cloud, client } = jsonCloud()
    cloud
      .get('/compute/')
      .matchHeader('Accept', 'application/occi+json')
      .reply(...inJson({ resources: [computeJson()] }))
    cloud
      .get('/compute/')
      .matchHeader('Accept', 'text/uri-list')
      .reply(...inUriList(url(1)))
    cloud.get('/compute/1').reply(...inJson(computeJson({ title: 'x' })))
    expect(await gather(client.list('compute'))).toMatchObject([{ title: 'x', location: url(1) }])
  })

  it('locations in JSON are described (erocci)', async () => {
    const { cloud, client } = jsonCloud()
    cloud.get('/compute/').reply(...inJson({ entities: [{ location: '/compute/1' }] }))
    cloud.get('/compute/1').reply(...inJson(computeJson({ title: 'x' })))
    expect(await gather(client.list('compute'))).toMatchObject([{ title: 'x', location: url(1) }])
  })

  it('locations in JSON are described in parallel with a limit, whatever was listed before them', async () => {
    const under = simultaneous()
    const { cloud, client } = jsonCloud({ concurrency: 3 })
    const listed = [2, 3, 4, 5, 6].map((n) => ({ location: `/compute/${n}` }))
    cloud.get('/compute/').reply(...inJson({ resources: [computeJson({ id: '1' }), ...listed] }))
    for (const { location } of listed) cloud.get(location).reply(() => under.answer(inJson(computeJson())))
    expect((await gather(client.list('compute'))).map(({ location }) => location)).toEqual(
      [1, 2, 3, 4, 5, 6].map(url),
    )
    expect([under.most > 1, under.most <= 3]).toEqual([true, true])
  })

  it('JSON entities with a location are returned as listed, and the others are described', async () => {
    const { cloud, client } = jsonCloud()
    // Twice: a mixed listing is rare, so it is requested again rather than kept.
    cloud
      .get('/compute/')
      .times(2)
      .matchHeader('Accept', 'application/occi+json')
      .reply(...inJson({ resources: [computeJson({ id: '2', title: 'here' }), computeJson()] }))
    cloud
      .get('/compute/')
      .matchHeader('Accept', 'text/uri-list')
      .reply(...inUriList(url(1), url(2), url(3)))
    for (const n of [1, 3]) cloud.get(`/compute/${n}`).reply(...inJson(computeJson({ title: String(n) })))
    const found = await gather(client.list('compute'))
    expect(found.map(({ location, title }) => [location, title])).toEqual([
      [url(2), 'here'],
      [url(1), '1'],
      [url(3), '3'],
    ])
  })

  it('a JSON list is returned as it arrives, and the answer is cancelled when no more is wanted', async () => {
    // nock reads its bodies to their end, which this one does not have: a server on loopback writes it.
    let over = new Promise<void>(() => undefined)
    const server = createServer((request, response) => {
      response.writeHead(200, { 'Content-Type': 'application/occi+json', Server: 'test OCCI/1.2' })
      if (request.url === '/-/') {
        response.end(JSON.stringify(jsonModel()))
        return
      }
      over = new Promise((gone) => response.on('close', gone))
      response.write('{"resources":[')
      const more = (n: number) => {
        if (response.destroyed) return
        response.write(`${JSON.stringify(computeJson({ id: String(n) }))},`)
        setImmediate(more, n + 1)
      }
      more(1)
    })
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
    const { port } = server.address() as AddressInfo
    const client = new OcciClient({ endpoint: `http://127.0.0.1:${port}/` })
    for await (const { id: found } of client.list('compute')) if (found === '5') break
    await over
    await client.close()
    server.close()
  })

  it.each([
    ['JSON', 'application/occi+json'],
    ['text/plain', 'text/plain'],
  ])('an error with status 200 is not taken for an empty list (as %s)', async (_, type) => {
    const { cloud, client } = jsonCloud()
    const broken = JSON.stringify({ error: { code: 500, message: 'the database is away' } })
    for (const path of ['/compute/', '/compute/1'])
      cloud.get(path).reply(200, broken, { 'Content-Type': type })
    const failure = { code: 'server', message: expect.stringContaining('the database is away') }
    await expect(gather(client.list('compute'))).rejects.toMatchObject(failure)
    await expect(client.describe(url(1))).rejects.toMatchObject(failure)
  })

  it('a list may contain a message of the server', async () => {
    const { cloud, client } = jsonCloud()
    cloud.get('/compute/').reply(...inJson({ message: 'be brief', resources: [computeJson({ id: '1' })] }))
    expect(await gather(client.list('compute'))).toMatchObject([{ location: url(1) }])
  })

  // Guarantee: answers-bounded
  it('a list follows a next link, and never in a circle', async () => {
    const { cloud, client } = jsonCloud()
    for (const [path, number] of [
      ['/compute/', '1'],
      ['/compute/?page=2', '2'],
    ] as const) {
      cloud.get(path).reply(200, JSON.stringify({ resources: [computeJson({ id: number })] }), {
        'Content-Type': 'application/occi+json',
        Link: '<http://cloud.test/compute/?page=2>; rel="next"',
      })
    }
    expect((await gather(client.list('compute'))).map(({ location }) => location)).toEqual([url(1), url(2)])
  })

  it('locations are listed to the last page, also if the provider refuses text/uri-list on each', async () => {
    const { cloud, client } = textCloud()
    const pages = [
      ['/compute/', 1, { Link: '<http://cloud.test/compute/?page=2>; rel="next"' }],
      ['/compute/?page=2', 2, {}],
    ] as const
    for (const [path, number, headers] of pages) {
      cloud.get(path).matchHeader('Accept', 'text/uri-list').reply(406)
      cloud
        .get(path)
        .matchHeader('Accept', 'text/plain')
        .reply(...inText(`X-OCCI-Location: ${url(number)}\n`, headers))
    }
    expect(await gather(client.locations('compute'))).toEqual([url(1), url(2)])
  })

  // Guarantee: answers-bounded
  it('a list ends when a provider ignores pages and repeats itself', async () => {
    const { cloud, client } = jsonCloud()
    for (const page of [1, 2]) {
      cloud
        .get(`/compute/?page=${page}&number=2`)
        .reply(...inJson({ resources: [computeJson({ id: '1' }), computeJson({ id: '2' })] }))
    }
    expect(await gather(client.list('compute', { pageSize: 2 }))).toHaveLength(2)
  })

  it('a list of a kind without a collection is an error', async () => {
    const { client } = jsonCloud()
    await expect(gather(client.list('nonsense'))).rejects.toMatchObject({ code: 'not-found' })
  })
})

describe('a filter', () => {
  const resources = [
    computeJson({
      id: '1',
      mixins: ['http://example.com/os#debian'],
      attributes: { 'occi.compute.cores': 2 },
    }),
    computeJson({ id: '2', attributes: { 'occi.compute.cores': 4 } }),
    computeJson({ id: '3', title: 'web', attributes: {} }),
  ]

  it.each([
    ['a mixin', { categories: ['http://example.com/os#debian' as TypeId] }, ['1']],
    ['what a mixin depends on', { categories: [id('os_tpl') as TypeId] }, ['1']],
    ['an attribute', { attributes: new Map([['occi.compute.cores', 4]]) }, ['2']],
    ['an attribute written as text', { attributes: new Map([['occi.compute.cores', '4']]) }, ['2']],
    ['the title', { attributes: new Map([['occi.core.title', 'web']]) }, ['3']],
  ])(
    'a filter by %s is applied by the client where the provider has no filters (E15)',
    async (_, filter, wanted) => {
      const { client } = jsonCloud()
      dialogue('http://cloud.test', { badheaders: ['Category', 'X-OCCI-Attribute'] })
        .get('/compute/')
        .times(2)
        .reply(...inJson({ resources }))
      expect((await gather(client.list('compute', { filter }))).map((one) => one.id)).toEqual(wanted)
      expect((await gather(client.locations('compute', { filter }))).map((one) => one.slice(-1))).toEqual(
        wanted,
      )
    },
  )

  it('pyssf gets a filter with one attribute, and the client applies the rest (Q5, Q60)', async () => {
    const filter = {
      attributes: new Map<string, string | number>([
        ['occi.compute.cores', 2],
        ['occi.compute.hostname', 'a'],
      ]),
    }
    const { cloud, client } = textCloud({ server: 'pyssf OCCI/1.1' })
    cloud
      .get('/compute/')
      .matchHeader('X-OCCI-Attribute', 'occi.compute.cores=2')
      .matchHeader('Content-Type', 'text/occi')
      .reply(...inUriList(url(1), url(2)))
    for (const [path, host] of [
      ['/compute/1', '"a"'],
      ['/compute/2', '"b"'],
    ] as const) {
      cloud
        .get(path)
        .reply(...inText(computeText({ 'occi.compute.cores': '"2"', 'occi.compute.hostname': host })))
    }
    expect((await gather(client.list('compute', { filter }))).map(({ location }) => location)).toEqual([
      url(1),
    ])
  })
})
