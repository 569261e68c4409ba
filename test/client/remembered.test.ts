import { describe, expect, it } from 'vitest'
import type { OcciClient } from '../../src/client/index.js'
import type { dialogue } from '../support/nock.js'
import { memory } from './cloud.js'
import { computeJson, computeText, dialogueWith, inJson, inText, jsonModel, textModel } from './mocked.js'

type Cloud = ReturnType<typeof dialogue>

const newImage =
  '\nCategory: trixie; scheme="http://example.com/os#"; class="mixin"; rel="http://schemas.ogf.org/occi/infrastructure#os_tpl"; location="/trixie/"'

/** JSON is tried before text. */
function readModel(cloud: Cloud, model: string): void {
  cloud.get('/-/').matchHeader('Accept', 'application/occi+json').reply(406)
  cloud
    .get('/-/')
    .matchHeader('Accept', 'text/plain')
    .reply(...inText(model))
}

/** A client that remembers `model`, which another client has read. */
async function remembering(model = textModel()) {
  const kept = memory()
  const first = dialogueWith({ memory: kept })
  readModel(first.cloud, model)
  await first.client.model()
  return dialogueWith({ memory: kept })
}

const without = (name: string) =>
  textModel()
    .split('\n')
    .filter((line) => !line.startsWith(`Category: ${name};`))
    .join('\n')

describe('what a remembered model refuses', () => {
  it.each([
    ['a mixin', textModel(), textModel() + newImage, { kind: 'compute', mixins: ['trixie'] }],
    ['a kind', without('compute'), textModel(), { kind: 'compute' }],
    [
      'an attribute',
      textModel().replace(' occi.compute.hostname', ''),
      textModel(),
      { kind: 'compute', attributes: { 'occi.compute.hostname': 'web' } },
    ],
  ])(
    'what a cached model refuses is looked up at the provider once: %s',
    async (_, before, after, wanted) => {
      const { cloud, client, lines } = await remembering(before)
      readModel(cloud, after)
      cloud.post('/compute/').reply(201, '', { Location: '/compute/1' })
      expect((await client.create(wanted)).location).toBe('http://cloud.test/compute/1')
      expect(lines().at(-1)).toBe('POST /compute/')
    },
  )

  it('what a cached model refuses is refused after one look when the provider does not have it, either', async () => {
    const { cloud, client } = await remembering()
    readModel(cloud, textModel())
    for (let count = 0; count < 2; count += 1) {
      await expect(client.create({ kind: 'compute', mixins: ['trixie'] })).rejects.toMatchObject({
        code: 'not-found',
      })
    }
  })

  it('an action that a cached model lacks is looked up at the provider, too', async () => {
    const old = textModel()
      .replace(/ http:\S*action#restart/, '')
      .replace(/\nCategory: restart[^\n]*/, '')
    const { cloud, client } = await remembering(old)
    readModel(cloud, textModel())
    cloud.post('/compute/1?action=restart').reply(...inText(''))
    cloud
      .get('/compute/1')
      .times(2)
      .reply(...inText(computeText({ 'occi.core.id': '"1"' })))
    await client.trigger('/compute/1', 'restart')
  })

  it('a model that this client fetched is not fetched again for a refusal', async () => {
    const { cloud, client } = dialogueWith()
    cloud.get('/-/').reply(...inJson(jsonModel()))
    await expect(client.create({ kind: 'compute', mixins: ['trixie'] })).rejects.toThrow()
    expect(await client.recheck()).toBe(false)
  })

  it('a request is not repeated by a new model after something was written', async () => {
    const { cloud, client } = await remembering()
    cloud.post('/compute/').reply(201, '', { Location: '/compute/1' })
    await client.create({ kind: 'compute' })
    expect(await client.recheck()).toBe(false)
  })
})

const id = '11111111-2222-4333-8444-555555555555'
const created = (base: string) => [201, '', { Location: `${base}/compute/${id}` }] as const

/** What a provider answers that has moved below /v2/ since its model was read, or renders JSON only, or refuses all. */
const changes: Readonly<Record<'moved' | 'other rendering' | 'refusing', (cloud: Cloud) => void>> = {
  moved(cloud) {
    readModel(cloud, textModel('/v2'))
    const machine = computeText({ 'occi.core.id': `"${id}"`, 'occi.core.title': '"web"' })
    const base = '/v2/compute/'
    cloud
      .get(base)
      .optionally()
      .reply(...inText(`X-OCCI-Location: ${base}${id}`))
    cloud
      .get(`${base}${id}`)
      .optionally()
      .reply(...inText(machine))
    cloud
      .post(base)
      .optionally()
      .reply(...created('/v2'))
    elsewhere(cloud, 404)
  },
  'other rendering'(cloud) {
    const accepts = (request: ReturnType<Cloud['get']>) =>
      request.optionally().matchHeader('Accept', 'application/occi+json')
    const web = computeJson({ id, title: 'web' })
    accepts(cloud.get('/-/')).reply(...inJson(jsonModel()))
    accepts(cloud.get('/compute/')).reply(...inJson({ resources: [web] }))
    accepts(cloud.get(`/compute/${id}`)).reply(...inJson(web))
    accepts(cloud.post('/compute/'))
      .matchHeader('Content-Type', 'application/occi+json')
      .reply(...created(''))
    elsewhere(cloud, 406)
  },
  refusing(cloud) {
    readModel(cloud, textModel())
    elsewhere(cloud, 404)
  },
}

/** All other requests are refused: what is sent is compared by the test. */
function elsewhere(cloud: Cloud, status: number): void {
  cloud.get(/./).times(99).optionally().reply(status, 'no')
  cloud
    .post(/./)
    .times(99)
    .optionally()
    .reply(status === 404 ? 400 : status, 'no')
}

describe('a remembered location or rendering that the provider refuses', () => {
  const machine = `/compute/${id}`
  interface Use {
    readonly name: string
    readonly use: (client: OcciClient) => Promise<unknown>
    /** Requests by the model that is remembered. */
    readonly first: readonly string[]
    /** Requests that follow the new model of a provider that has moved. */
    readonly moved: readonly string[]
    /** All requests but that for the model where the provider renders JSON only: reads are tried in two renderings. */
    readonly rendered: readonly string[]
  }
  const compute = 'GET /compute/'
  const network = 'GET /network/'
  const uses: readonly Use[] = [
    {
      name: 'list',
      use: async (client) => (await all(client.list('compute'))).length,
      first: [compute],
      moved: ['GET /v2/compute/', `GET /v2${machine}`],
      rendered: [compute, compute, compute],
    },
    {
      name: 'locations',
      use: async (client) => (await all(client.locations('compute'))).length,
      first: [compute],
      moved: ['GET /v2/compute/'],
      rendered: [compute, compute, compute, compute],
    },
    {
      name: 'a look-up by name',
      use: (client) => client.find('web', 'compute'),
      first: [compute],
      moved: ['GET /v2/compute/', `GET /v2${machine}`],
      rendered: [compute, compute, compute],
    },
    {
      name: 'a look-up by id',
      use: (client) => client.find(id, 'compute'),
      first: [`GET ${machine}`, compute],
      moved: [`GET /v2${machine}`],
      rendered: [`GET ${machine}`, compute, compute, `GET ${machine}`],
    },
    {
      name: 'a look-up in two kinds',
      use: (client) => client.find('web', ['network', 'compute']),
      first: [network, compute],
      moved: ['GET /v2/network/', 'GET /v2/compute/', `GET /v2${machine}`],
      rendered: [network, compute, network, compute, network, compute, network],
    },
    {
      name: 'create',
      use: (client) => client.create({ kind: 'compute', title: 'new' }),
      first: ['POST /compute/'],
      moved: ['POST /v2/compute/'],
      // A write that is refused may have been carried out: it is looked up.
      rendered: ['POST /compute/', compute, compute, compute, 'POST /compute/'],
    },
  ]
  const models = ['GET /-/', 'GET /-/']
  /** Some are sent at the same time. */
  const inAnyOrder = (lines: readonly string[]) => [...lines].sort()

  it.each(uses)(
    'a cached location that the provider refuses is looked up once: $name at another location',
    async ({ use, first, moved }) => {
      const { cloud, client, lines } = await remembering()
      changes.moved(cloud)
      expect(await use(client)).toBeTruthy()
      expect(inAnyOrder(lines())).toEqual(inAnyOrder([...first, ...models, ...moved]))
      expect(lines().at(-1)).toContain('/v2/compute/')
    },
  )

  it.each(uses)(
    'a cached rendering that the provider refuses is looked up once: $name in another rendering',
    async ({ use, rendered }) => {
      const { cloud, client, lines } = await remembering()
      changes['other rendering'](cloud)
      expect(await use(client)).toBeTruthy()
      expect(inAnyOrder(lines())).toEqual(inAnyOrder([...rendered, 'GET /-/']))
    },
  )

  it.each(uses)(
    'a refusal stands after one look-up when nothing has changed: $name',
    async ({ use, first }) => {
      const { cloud, client, lines } = await remembering()
      changes.refusing(cloud)
      await expect(use(client)).rejects.toMatchObject({ name: expect.stringMatching(/Error$/) })
      expect(inAnyOrder(lines())).toEqual(inAnyOrder([...first, ...models]))
      await expect(use(client)).rejects.toMatchObject({ name: expect.stringMatching(/Error$/) })
      expect(inAnyOrder(lines())).toEqual(inAnyOrder([...first, ...models, ...first]))
    },
  )
})

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = []
  for await (const item of items) found.push(item)
  return found
}

describe('what was just created', () => {
  const machine = inJson({
    kind: 'http://schemas.ogf.org/occi/infrastructure#compute',
    id: '1',
    attributes: { 'occi.compute.state': 'active' },
  })

  /** A provider that creates a machine, and answers 404 to so many reads of it. */
  async function creating(absent: number) {
    const { cloud, client } = dialogueWith()
    cloud.get('/-/').reply(...inJson(jsonModel()))
    cloud.post('/compute/').reply(201, '', { Location: '/compute/1' })
    cloud.get('/compute/1').times(absent).reply(404, 'not yet')
    return { cloud, client, location: (await client.create({ kind: 'compute' })).location }
  }

  it.each<[string, (client: OcciClient, location: string) => Promise<{ readonly id?: string } | undefined>]>([
    ['a read', (client, location) => client.describe(location)],
    ['a wait', (client, location) => client.wait(location, { for: 'state', state: 'active' })],
  ])('a new entity may answer 404 for some seconds, to %s', async (_, look) => {
    const { cloud, client, location } = await creating(3)
    cloud.get('/compute/1').reply(...machine)
    expect((await look(client, location))?.id).toBe('1')
  })

  it('a new entity that still answers 404 after ten seconds is not found', async () => {
    const { client, location } = await creating(8)
    await expect(client.describe(location)).rejects.toMatchObject({ code: 'not-found' })
    await expect(client.wait(location, { for: 'state', state: 'active' })).rejects.toMatchObject({
      code: 'not-found',
    })
  })

  it('an entity that was deleted, or that this client did not create, is not found at once', async () => {
    const { cloud, client, location } = await creating(2)
    cloud.delete('/compute/1').reply(204)
    cloud.get('/compute/2').reply(404)
    await client.delete(location)
    expect(await client.wait(location, { for: 'deleted' })).toBeUndefined()
    await expect(client.describe(location)).rejects.toMatchObject({ code: 'not-found' })
    await expect(client.describe('/compute/2')).rejects.toMatchObject({ code: 'not-found' })
  })
})
