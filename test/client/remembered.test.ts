import { describe, expect, it } from 'vitest'
import type { OcciClient } from '../../src/client/index.js'
import { memory } from './cloud.js'
import {
  computeJson,
  computeText,
  jsonModel,
  jsonProvider,
  jsonReply,
  mocked,
  type Script,
  textModel,
  textProvider,
  textReply,
} from './mocked.js'

const newImage =
  '\nCategory: trixie; scheme="http://example.com/os#"; class="mixin"; rel="http://schemas.ogf.org/occi/infrastructure#os_tpl"; location="/trixie/"'

/** A provider whose model changes after the first client has fetched it. */
function changing(before: string, after: string) {
  const kept = memory()
  let model = before
  const open = () =>
    mocked(
      (asked) =>
        textProvider(
          'test',
          ({ method, path }) => {
            if (method === 'POST' && path.includes('action=')) return textReply('')
            if (method === 'POST') return { status: 201, headers: [['Location', '/compute/1']] }
            return path === '/compute/1' ? textReply(computeText({ 'occi.core.id': '"1"' })) : undefined
          },
          model,
        )(asked),
      { memory: kept },
    )
  return {
    async second() {
      await open().client.model()
      model = after
      return open()
    },
  }
}

const without = (name: string) =>
  textModel()
    .split('\n')
    .filter((line) => !line.startsWith(`Category: ${name};`))
    .join('\n')
const models = (lines: readonly string[]) => lines.filter((line) => line === 'GET /-/').length

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
      const { client, lines } = await changing(before, after).second()
      expect((await client.create(wanted)).location).toBe('http://cloud.test/compute/1')
      // JSON is tried before text.
      expect(models(lines())).toBeLessThanOrEqual(2)
      expect(lines().at(-1)).toBe('POST /compute/')
    },
  )

  it('what a cached model refuses is refused after one request when the provider does not have it, either', async () => {
    const { client, lines } = await changing(textModel(), textModel()).second()
    await expect(client.create({ kind: 'compute', mixins: ['trixie'] })).rejects.toMatchObject({
      code: 'not-found',
    })
    const asked = lines().length
    await expect(client.create({ kind: 'compute', mixins: ['trixie'] })).rejects.toMatchObject({
      code: 'not-found',
    })
    expect(lines()).toHaveLength(asked)
  })

  it('an action that a cached model lacks is looked up at the provider, too', async () => {
    const old = textModel()
      .replace(/ http:\S*action#restart/, '')
      .replace(/\nCategory: restart[^\n]*/, '')
    const { client, lines } = await changing(old, textModel()).second()
    await client.trigger('/compute/1', 'restart')
    expect(lines()).toContain('POST /compute/1?action=restart')
  })

  it('a model that this client fetched is not fetched again for a refusal', async () => {
    const { client, lines } = mocked(jsonProvider('test', () => undefined, jsonModel()))
    await expect(client.create({ kind: 'compute', mixins: ['trixie'] })).rejects.toThrow()
    expect(lines()).toEqual(['GET /-/'])
    expect(await client.recheck()).toBe(false)
  })

  it('a request is not repeated by a new model after something was written', async () => {
    const { client } = await changing(textModel(), textModel() + newImage).second()
    await client.create({ kind: 'compute' })
    expect(await client.recheck()).toBe(false)
  })
})

/** A provider that has moved below /v2/ since its model was fetched, or speaks another rendering since. */
function moved(now: 'moved' | 'other rendering' | 'refusing') {
  const kept = memory()
  const id = '11111111-2222-4333-8444-555555555555'
  const created = (base: string) => ({
    status: 201,
    headers: [['Location', `${base}/compute/${id}`]] as const,
  })
  const text = (base: string) =>
    textProvider(
      'test',
      ({ method, path }) => {
        if (method === 'POST' && path === `${base}/compute/`) return created(base)
        if (path === `${base}/compute/`) return textReply(`X-OCCI-Location: ${base}/compute/${id}`)
        if (path !== `${base}/compute/${id}`) return undefined
        return textReply(computeText({ 'occi.core.id': `"${id}"`, 'occi.core.title': '"web"' }))
      },
      textModel(base),
    )
  const json = jsonProvider('test', ({ method, path, accept, type }) => {
    if (accept !== 'application/occi+json') return { status: 406, body: 'JSON only' }
    const web = computeJson({ id, title: 'web' })
    if (path === '/compute/' && method === 'GET') return jsonReply({ resources: [web] })
    if (path === '/compute/' && type === 'application/occi+json') return created('')
    return path === `/compute/${id}` ? jsonReply(web) : undefined
  })
  const refusing = textProvider('test', ({ method }) => ({
    status: method === 'POST' ? 400 : 404,
    body: 'no',
  }))
  const after: Script = { moved: text('/v2'), 'other rendering': json, refusing }[now]
  let script = text('')
  const open = () => mocked((asked) => script(asked), { memory: kept })
  return {
    id,
    async second() {
      await open().client.model()
      script = after
      return open()
    },
  }
}

describe('a remembered location or rendering that the provider refuses', () => {
  type Use = (client: OcciClient, id: string) => Promise<unknown>
  const uses: readonly (readonly [string, Use])[] = [
    ['list', async (client) => (await all(client.list('compute'))).length],
    ['locations', async (client) => (await all(client.locations('compute'))).length],
    ['a look-up by name', (client) => client.find('web', 'compute')],
    ['a look-up by id', (client, id) => client.find(id, 'compute')],
    ['a look-up in two kinds', (client) => client.find('web', ['network', 'compute'])],
    ['create', (client) => client.create({ kind: 'compute', title: 'new' })],
  ]

  it.each(uses)(
    'a cached location that the provider refuses is looked up once: %s at another location',
    async (_, use) => {
      const { id, second } = moved('moved')
      const { client, lines } = await second()
      expect(await use(client, id)).toBeTruthy()
      // JSON is tried before text.
      expect(models(lines())).toBeLessThanOrEqual(2)
      expect(lines().at(-1)).toContain('/v2/compute/')
    },
  )

  it.each(uses)(
    'a cached rendering that the provider refuses is looked up once: %s in another rendering',
    async (_, use) => {
      const { id, second } = moved('other rendering')
      const { client, lines } = await second()
      expect(await use(client, id)).toBeTruthy()
      expect(models(lines())).toBe(1)
    },
  )

  it.each(uses)('a refusal stands after one look-up when nothing has changed: %s', async (_, use) => {
    const { id, second } = moved('refusing')
    const { client, lines } = await second()
    await expect(use(client, id)).rejects.toMatchObject({ name: expect.stringMatching(/Error$/) })
    const looks = models(lines())
    expect([looks > 0, looks <= 2]).toEqual([true, true])
    expect(lines().filter((line) => line.startsWith('POST')).length).toBeLessThanOrEqual(1)
    await expect(use(client, id)).rejects.toMatchObject({ name: expect.stringMatching(/Error$/) })
    expect(models(lines())).toBe(looks)
  })
})

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = []
  for await (const item of items) found.push(item)
  return found
}

describe('what was just created', () => {
  const slow = (looks: number) => {
    let asked = 0
    return mocked(
      jsonProvider('test', ({ method }) => {
        if (method === 'POST') return { status: 201, headers: [['Location', '/compute/1']] }
        if (method === 'DELETE') return { status: 204 }
        asked += 1
        if (asked <= looks) return { status: 404, body: 'not yet' }
        return jsonReply({
          kind: 'http://schemas.ogf.org/occi/infrastructure#compute',
          id: '1',
          attributes: { 'occi.compute.state': 'active' },
        })
      }),
    )
  }

  it('a new entity may answer 404 for some seconds, to a read and to a wait', async () => {
    const one = slow(3)
    const { location } = await one.client.create({ kind: 'compute' })
    expect((await one.client.describe(location)).id).toBe('1')
    const other = slow(3)
    const made = await other.client.create({ kind: 'compute' })
    const seen = await other.client.wait(made.location, { for: 'state', state: 'active' })
    expect(seen?.id).toBe('1')
  })

  it('a new entity that still answers 404 after ten seconds is not found', async () => {
    const { client, lines } = slow(1000)
    const { location } = await client.create({ kind: 'compute' })
    await expect(client.describe(location)).rejects.toMatchObject({ code: 'not-found' })
    expect(lines().length).toBeLessThan(12)
    await expect(client.wait(location, { for: 'state', state: 'active' })).rejects.toMatchObject({
      code: 'not-found',
    })
  })

  it('an entity that was deleted, or that this client did not create, is not found at once', async () => {
    const { client, lines } = slow(1000)
    const { location } = await client.create({ kind: 'compute' })
    await client.delete(location)
    const before = lines().length
    expect(await client.wait(location, { for: 'deleted' })).toBeUndefined()
    await expect(client.describe(location)).rejects.toMatchObject({ code: 'not-found' })
    await expect(client.describe('/compute/2')).rejects.toMatchObject({ code: 'not-found' })
    expect(lines().length - before).toBe(3)
  })
})
