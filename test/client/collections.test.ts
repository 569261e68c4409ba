import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, it } from 'vitest'
import { OcciClient } from '../../src/client/index.js'
import type { TypeId } from '../../src/model/index.js'
import { gather } from './cloud.js'
import {
  computeJson,
  computeText,
  id,
  jsonModel,
  jsonProvider,
  jsonReply,
  mocked,
  textProvider,
  textReply,
} from './mocked.js'

const url = (n: number) => `http://cloud.test/compute/${n}`
const uriList = (body: string) => ({ headers: [['Content-Type', 'text/uri-list']] as const, body, pieces: 7 })

describe('locations', () => {
  it('locations are returned as they arrive, without comments and line ends (Q21)', async () => {
    const { client } = mocked(
      textProvider('test', () => uriList(`# uri:/compute/\n${url(1)}\r\n${url(2)}\n${url(3)}`)),
    )
    expect(await gather(client.locations('compute'))).toEqual([url(1), url(2), url(3)])
  })

  it('locations of a text that begins as a listing are returned piece by piece, too (rOCCI-server, occi-os)', async () => {
    const text = `X-OCCI-Location: ${url(1)}\r\nX-OCCI-Location: ${url(2)}, ${url(3)}\r\nX-OCCI-Location: ${url(3)}`
    const { client } = mocked(textProvider('test', () => textReply(text, { pieces: 7 })))
    expect(await gather(client.locations('compute'))).toEqual([url(1), url(2), url(3)])
  })

  it('locations can be read in the pieces of the answer', async () => {
    const { client } = mocked(textProvider('test', () => uriList(`${url(1)}\n${url(2)}\n${url(3)}`)))
    const batches = await gather(client.locations('compute').batches())
    expect(batches.flat()).toEqual([url(1), url(2), url(3)])
  })

  it('a location that is listed twice in a row is returned once, in one piece of the answer or in two (a link once per end)', async () => {
    const { client } = mocked(
      textProvider('test', () => uriList(`${url(1)}\n${url(1)}\n/compute/2\n${url(2)}\n${url(2)}`)),
    )
    expect(await gather(client.locations('compute'))).toEqual([url(1), url(2)])
  })

  it('an empty collection has no locations, whether it is answered with 204 or a comment', async () => {
    const empty = [
      { status: 204, headers: [] },
      uriList('# uri:/compute/'),
      textReply(''),
      { body: 'OK', headers: [['Content-Type', 'text/uri-list']] as const },
    ]
    for (const reply of empty) {
      const { client } = mocked(textProvider('test', () => reply))
      expect(await gather(client.locations('compute'))).toEqual([])
    }
  })

  it('locations are read from headers where the body is empty or OK (MartServer, text/occi) (M4)', async () => {
    const reply = {
      headers: [
        ['Content-Type', 'text/uri-list'],
        ['X-OCCI-Location', url(1)],
        ['X-OCCI-Location', url(2)],
      ] as const,
      body: 'OK',
    }
    const { client } = mocked(textProvider('test', () => reply))
    expect(await gather(client.locations('compute'))).toEqual([url(1), url(2)])
  })

  it('locations are read from joined Location headers (rOCCI-server)', async () => {
    const reply = {
      headers: [
        ['Content-Type', 'text/occi'],
        ['Location', `${url(1)},${url(2)}`],
      ] as const,
    }
    const { client } = mocked(textProvider('test', () => reply))
    expect(await gather(client.locations('compute'))).toEqual([url(1), url(2)])
  })

  it('locations of a path below the endpoint include all below it', async () => {
    const { client, lines } = mocked(textProvider('test', () => uriList(`${url(1)}\nhttp://cloud.test/my/`)))
    expect(await gather(client.locations('/'))).toEqual([url(1), 'http://cloud.test/my/'])
    expect(lines().at(-1)).toBe('GET /')
  })
})

describe('a list', () => {
  it('an empty object, array or collection in JSON is an empty list (ooi-7)', async () => {
    for (const empty of [{}, [], { resources: [] }]) {
      const { client } = mocked(jsonProvider('test OCCI/1.2', () => jsonReply(empty)))
      expect(await gather(client.list('compute'))).toEqual([])
    }
  })
  it('a list needs one request where collections are rendered with their entities', async () => {
    const { client, lines } = mocked(
      jsonProvider('test OCCI/1.2', () =>
        jsonReply({ resources: [computeJson({ id: '1' }), computeJson({ id: '2' })] }),
      ),
    )
    expect((await gather(client.list('compute'))).map(({ location }) => location)).toEqual([url(1), url(2)])
    expect(lines().slice(1)).toEqual(['GET /compute/'])
  })

  it('a list describes entities in parallel, with a limit and in order, where collections are only locations', async () => {
    let running = 0
    let most = 0
    const { client } = mocked(
      textProvider('test', ({ path }) => {
        if (path === '/compute/') return uriList([1, 2, 3, 4, 5, 6].map(url).join('\n'))
        running++
        most = Math.max(most, running)
        queueMicrotask(() => running--)
        return textReply(computeText({ 'occi.core.title': `"vm${path.slice(-1)}"` }))
      }),
      { concurrency: 3 },
    )
    const titles = (await gather(client.list('compute'))).map(({ title }) => title)
    expect(titles).toEqual(['vm1', 'vm2', 'vm3', 'vm4', 'vm5', 'vm6'])
    expect(most).toBeLessThanOrEqual(3)
  })

  it('a list leaves out an entity that was deleted meanwhile and is no longer listed', async () => {
    let listings = 0
    const { client } = mocked(
      textProvider('test', ({ path }) => {
        if (path === '/compute/') return uriList(++listings === 1 ? `${url(1)}\n${url(2)}` : url(2))
        return path === '/compute/2' ? textReply(computeText({ 'occi.core.title': '"b"' })) : undefined
      }),
    )
    expect((await gather(client.list('compute'))).map(({ title }) => title)).toEqual(['b'])
  })

  it('JSON entities without location or id are described by their locations (pyssf) (Q29)', async () => {
    const { client } = mocked(
      jsonProvider('test OCCI/1.2', ({ path, accept }) => {
        if (path !== '/compute/') return jsonReply(computeJson({ title: 'x' }))
        return accept === 'text/uri-list' ? uriList(url(1)) : jsonReply({ resources: [computeJson()] })
      }),
    )
    expect(await gather(client.list('compute'))).toMatchObject([{ title: 'x', location: url(1) }])
  })

  it('locations in JSON are described (erocci)', async () => {
    const { client } = mocked(
      jsonProvider('test OCCI/1.2', ({ path }) =>
        path === '/compute/'
          ? jsonReply({ entities: [{ location: '/compute/1' }] })
          : jsonReply(computeJson({ title: 'x' })),
      ),
    )
    expect(await gather(client.list('compute'))).toMatchObject([{ title: 'x', location: url(1) }])
  })

  it('locations in JSON are described in parallel with a limit, whatever was listed before them', async () => {
    let running = 0
    let most = 0
    const { client } = mocked(
      jsonProvider('test OCCI/1.2', ({ path }) => {
        if (path === '/compute/') {
          const listed = [2, 3, 4, 5, 6].map((n) => ({ location: `/compute/${n}` }))
          return jsonReply({ resources: [computeJson({ id: '1' }), ...listed] })
        }
        running++
        most = Math.max(most, running)
        const after = new Promise((resolve) => setImmediate(resolve)).then(() => running--)
        return jsonReply(computeJson(), { after })
      }),
      { concurrency: 3 },
    )
    expect((await gather(client.list('compute'))).map(({ location }) => location)).toEqual(
      [1, 2, 3, 4, 5, 6].map(url),
    )
    expect([most > 1, most <= 3]).toEqual([true, true])
  })

  it('JSON entities with a location are returned as listed, and the others are described', async () => {
    const { client, lines } = mocked(
      jsonProvider('test OCCI/1.2', ({ path, accept }) => {
        if (path !== '/compute/') return jsonReply(computeJson({ title: path.slice(-1) }))
        if (accept === 'text/uri-list') return uriList([1, 2, 3].map(url).join('\n'))
        return jsonReply({ resources: [computeJson({ id: '2', title: 'here' }), computeJson()] })
      }),
    )
    const found = await gather(client.list('compute'))
    expect(found.map(({ location, title }) => [location, title])).toEqual([
      [url(2), 'here'],
      [url(1), '1'],
      [url(3), '3'],
    ])
    expect(lines().filter((line) => line === 'GET /compute/2')).toEqual([])
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
    ['in pieces', [['Content-Type', 'application/occi+json']]],
    ['under another name', [['Content-Type', 'text/plain']]],
  ] as const)('an error with status 200 is not taken for an empty list (%s)', async (_, headers) => {
    const broken = { error: { code: 500, message: 'the database is away' } }
    const { client } = mocked(jsonProvider('test OCCI/1.2', () => jsonReply(broken, { headers })))
    const failure = { code: 'server', message: expect.stringContaining('the database is away') }
    await expect(gather(client.list('compute'))).rejects.toMatchObject(failure)
    await expect(client.describe(url(1))).rejects.toMatchObject(failure)
  })

  it('a list may contain a message of the server', async () => {
    const { client } = mocked(
      jsonProvider('test OCCI/1.2', () =>
        jsonReply({ message: 'be brief', resources: [computeJson({ id: '1' })] }),
      ),
    )
    expect(await gather(client.list('compute'))).toHaveLength(1)
  })

  // Guarantee: answers-bounded
  it('a list follows a next link, and never in a circle', async () => {
    const { client, lines } = mocked(
      jsonProvider('test OCCI/1.2', ({ path }) =>
        jsonReply(
          { resources: [computeJson({ id: path.endsWith('2') ? '2' : '1' })] },
          {
            headers: [
              ['Content-Type', 'application/occi+json'],
              ['Link', '<http://cloud.test/compute/?page=2>; rel="next"'],
            ],
          },
        ),
      ),
    )
    expect(await gather(client.list('compute'))).toHaveLength(2)
    expect(lines().slice(1)).toEqual(['GET /compute/', 'GET /compute/?page=2'])
  })

  // Guarantee: answers-bounded
  it('a list ends when a provider ignores pages and repeats itself', async () => {
    const { client, lines } = mocked(
      jsonProvider('test OCCI/1.2', () =>
        jsonReply({ resources: [computeJson({ id: '1' }), computeJson({ id: '2' })] }),
      ),
    )
    expect(await gather(client.list('compute', { pageSize: 2 }))).toHaveLength(2)
    expect(lines().slice(1)).toEqual(['GET /compute/?page=1&number=2', 'GET /compute/?page=2&number=2'])
  })

  it('a list of a kind without a collection is an error', async () => {
    const { client } = mocked(jsonProvider('test OCCI/1.2', () => undefined))
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
  const all = () => mocked(jsonProvider('test OCCI/1.2', () => jsonReply({ resources })))

  it.each([
    ['a mixin', { categories: ['http://example.com/os#debian' as TypeId] }, ['1']],
    ['what a mixin depends on', { categories: [id('os_tpl') as TypeId] }, ['1']],
    ['an attribute', { attributes: new Map([['occi.compute.cores', 4]]) }, ['2']],
    ['an attribute written as text', { attributes: new Map([['occi.compute.cores', '4']]) }, ['2']],
    ['the title', { attributes: new Map([['occi.core.title', 'web']]) }, ['3']],
  ])(
    'a filter by %s is applied by the client where the provider has no filters (E15)',
    async (_, filter, wanted) => {
      const { client, seen } = all()
      expect((await gather(client.list('compute', { filter }))).map((one) => one.id)).toEqual(wanted)
      expect(seen.at(-1)?.all('Category')).toEqual([])
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
    const { client, seen } = mocked(
      textProvider('pyssf OCCI/1.1', ({ path }) => {
        if (path === '/compute/') return uriList(`${url(1)}\n${url(2)}`)
        return textReply(
          computeText({
            'occi.compute.cores': '"2"',
            'occi.compute.hostname': path.endsWith('1') ? '"a"' : '"b"',
          }),
        )
      }),
    )
    expect((await gather(client.list('compute', { filter }))).map(({ location }) => location)).toEqual([
      url(1),
    ])
    const listing = seen.find(({ path }) => path === '/compute/')
    expect(listing?.all('X-OCCI-Attribute')).toEqual(['occi.compute.cores=2'])
    expect(listing?.type).toBe('text/occi')
  })
})
