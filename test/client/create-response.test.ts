import { describe, expect, it } from 'vitest'
import { replyOf } from '../support/nock.js'
import {
  computeJson,
  computeText,
  inText,
  jsonCloud,
  jsonReply,
  type Reply,
  textCloud,
  textReply,
} from './mocked.js'

const made = 'http://cloud.test/compute/42'

/** Creates a compute at a provider that answers the POST with `reply`, and every read with `rest`. */
async function createdBy(reply: Reply, style: 'text' | 'json' = 'text', rest?: Reply) {
  const { cloud, client, deviations } = style === 'text' ? textCloud() : jsonCloud()
  cloud.post('/compute/', /web/).reply(...replyOf(reply))
  cloud
    .get(/^\/compute\//)
    .times(9)
    .optionally()
    .reply(...replyOf(rest ?? { status: 404 }))
  const created = await client.create({ kind: 'compute', title: 'web', mixins: ['debian'] })
  return { created, deviations }
}

describe('the answer to a create', () => {
  it.each<[string, Reply, 'text' | 'json']>([
    ['201 and Location', { status: 201, headers: [['Location', made]] }, 'text'],
    ['201, Location and OK', { status: 201, headers: [['Location', made]], body: 'OK' }, 'text'],
    // Q10
    ['200, Location and OK', { status: 200, headers: [['Location', made]], body: 'OK' }, 'text'],
    ['a relative Location', { status: 201, headers: [['Location', '/compute/42']] }, 'text'],
    // rocci1-4
    ['201 and X-OCCI-Location in the body', textReply(`X-OCCI-Location: ${made}`, { status: 201 }), 'text'],
    // ooi-1
    ['200 and X-OCCI-Location in the body (ooi)', textReply(`X-OCCI-Location: ${made}`), 'text'],
    ['X-OCCI-Location in a header', { status: 201, headers: [['X-OCCI-Location', made]] }, 'text'],
    // Q13, ooi-2
    [
      'X-OCCI-Location in a header as eventlet writes it',
      { headers: [['X-Occi-Location', made]], body: 'OK' },
      'text',
    ],
    ['an uri-list', { headers: [['Content-Type', 'text/uri-list']], body: `${made}\r\n` }, 'text'],
    // M6
    [
      'a JSON entity with a location',
      jsonReply(computeJson({ location: '/compute/42' }), { status: 201 }),
      'json',
    ],
    // ooi-8
    ['a JSON collection with an id only', jsonReply({ resources: [computeJson({ id: '42' })] }), 'json'],
    ['a JSON entity with a URN', jsonReply(computeJson({ id: 'urn:uuid:42' }), { status: 201 }), 'json'],
    ['a JSON array of locations', jsonReply([made], { status: 201 }), 'json'],
    [
      'a host of its own',
      { status: 201, headers: [['Location', 'http://10.0.0.7:8787/compute/42']] },
      'text',
    ],
  ])('the location of a new entity is read from %s', async (_, reply, style) => {
    expect((await createdBy(reply, style)).created.location).toBe(made)
  })

  it('the location of a new entity is made of kind and id when the answer is a rendering without location', async () => {
    const body = computeText({
      'occi.core.id': '"42"',
      'occi.core.title': '"web"',
      'occi.compute.cores': '2',
    })
    const { created } = await createdBy(textReply(body))
    expect(created.location).toBe(made)
    expect(created.entity?.title).toBe('web')
  })

  it('a new entity whose answer is only OK is found by what was sent', async () => {
    const { cloud, client, deviations } = textCloud()
    cloud.post('/compute/', /occi\.core\.title="web"/).reply(200, 'OK')
    cloud.get('/compute/').reply(...inText(`X-OCCI-Location: ${made}`))
    cloud.get('/compute/42').reply(...inText(computeText({ 'occi.core.title': '"web"' })))
    const created = await client.create({ kind: 'compute', title: 'web' })
    expect(created.location).toBe(made)
    expect(deviations.map(({ code }) => code)).toContain('no-location')
  })

  it('an empty answer to a create is an error when the entity cannot be found', async () => {
    await expect(createdBy({ body: 'OK' }, 'text', textReply(''))).rejects.toThrow(
      /created, but the answer does not contain its location/,
    )
  })

  it('a Location that names the collection is not taken for the new entity', async () => {
    const reply: Reply = { status: 201, headers: [['Location', 'http://cloud.test/compute/']], body: 'OK' }
    await expect(createdBy(reply, 'text', textReply(''))).rejects.toThrow(/does not contain its location/)
  })

  it('a Location header counts although the body cannot be read', async () => {
    const reply: Reply = { status: 201, headers: [['Location', made]], body: '{"kind": ' }
    const { created, deviations } = await createdBy(reply, 'json')
    expect(created.location).toBe(made)
    expect(deviations.map(({ code }) => code)).toContain('unreadable-answer')
  })

  it('a mixin that the answer to a create lacks is reported as a deviation', async () => {
    const body = computeText({
      'occi.compute.cores': '1',
      'occi.core.id': '"42"',
      'occi.core.title': '"web"',
    })
    const { deviations } = await createdBy(textReply(body))
    expect(deviations).toContainEqual(
      expect.objectContaining({
        code: 'not-taken',
        message: expect.stringContaining('http://example.com/os#debian'),
      }),
    )
  })
})
