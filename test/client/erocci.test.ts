/** What was met at erocci's own code (recordings erocci and erocci-live), and what the client does about it. */
import { describe, expect, it } from 'vitest'
import { contextualize } from '../../src/client/index.js'
import { PartialError } from '../../src/errors/errors.js'
import { including, replyOf } from '../support/nock.js'
import { type CaptureName, exchange } from './captures.js'
import { dialogueWith } from './mocked.js'

/** A recorded answer, at the address of the mocked provider, for nock's `reply`. */
function recorded(title: string, name: CaptureName = 'erocci') {
  const { status, headers, body } = exchange(name, title).response
  const here = (text: string) => text.replaceAll(/http:\/\/127\.0\.0\.1:88\d\d/g, 'http://cloud.test')
  return replyOf({
    status,
    headers: headers.map(([header, value]) => [header, here(value)]),
    body: here(body ?? ''),
  })
}

/** An erocci whose query interface is read; the test states with `cloud` what else is sent. */
function provider(settings: Parameters<typeof dialogueWith>[0] = {}) {
  const { cloud, ...rest } = dialogueWith(settings)
  cloud.get('/-/').reply(...recorded('query-occi-json'))
  return { cloud, ...rest }
}

const machine = recorded('compute-get-occi-json')
const unlike = (member: string) => (body: object) => !(member in body)

describe('erocci', () => {
  it('erocci is recognised by its Server header, and its model is read without loss (E22)', async () => {
    const { client, deviations } = provider()
    expect((await client.provider()).name).toBe('erocci')
    expect((await client.model()).kinds).toHaveLength(8)
    expect(deviations.filter(({ lost }) => lost === true)).toEqual([])
  })

  it('erocci creates a machine with key and user data, and then its links, whose attributes may be missing (E7, E28)', async () => {
    const { cloud, client } = provider()
    cloud.post('/categories/compute', unlike('links')).reply(...recorded('compute-create-occi-json'))
    cloud
      .post(
        '/categories/networkinterface',
        including({
          source: expect.objectContaining({ kind: 'http://schemas.ogf.org/occi/infrastructure#compute' }),
          target: { location: '/net', kind: 'http://schemas.ogf.org/occi/infrastructure#network' },
        }),
      )
      .reply(...recorded('storagelink-create-json'))
    const key = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJmwWZyB1n1s9V3q0Hq9l3Hk4J6f1xq7Qm6l0bq2Jf3y me@host'
    const { mixins, attributes } = contextualize(await client.model(), { sshKey: key, userData: 'hello' })
    await client.create({
      kind: 'compute',
      mixins: ['debian6', 'small', ...mixins],
      attributes: Object.fromEntries(attributes),
      links: [
        {
          target: '/net',
          kind: 'networkinterface',
          targetKind: (await client.model()).resolve('network').id,
        },
      ],
    })
  })

  it('the error for a link that erocci refuses reports that the machine exists (E28)', async () => {
    const { cloud, client } = provider()
    cloud.post('/categories/compute').reply(...recorded('compute-create-occi-json'))
    cloud.post('/categories/networkinterface').reply(...recorded('compute-create-inline-absent'))
    // A machine that is still being built would refuse a link, too: it is read until it is certain that it stays
    // inactive.
    cloud
      .get('/fdbbb6fc-3fa1-490e-a76d-ed2b6d265e04')
      .times(6)
      .reply(...machine)
    const failure = await client
      .create({ kind: 'compute', links: [{ target: '/net', kind: 'networkinterface' }] })
      .catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(PartialError)
    expect(failure).toMatchObject({ facts: { created: expect.stringContaining('http://cloud.test/') } })
  })

  it('erocci is resized through the collections of sizes, and the old size is removed (E18)', async () => {
    const { cloud, client, lines } = provider()
    cloud
      .get('/vm')
      .times(2)
      .reply(...machine)
    cloud
      .post('/categories/large', /X-OCCI-Location: http:\/\/cloud\.test\/vm/)
      .reply(...recorded('resize-by-collection'))
    cloud
      .delete('/categories/small')
      .matchHeader('X-OCCI-Location', 'http://cloud.test/vm')
      .reply(...recorded('template-remove-occi'))
    await client.update('/vm', { mixins: ['large'] })
    expect(lines().filter((line) => !line.startsWith('GET'))).toEqual([
      'POST /categories/large',
      'DELETE /categories/small',
    ])
  })

  it('erocci accepts the attributes of an update together with its mixins', async () => {
    const { cloud, client, lines } = provider()
    cloud
      .get('/vm')
      .times(2)
      .reply(...machine)
    cloud.post('/categories/ssh_key').reply(...recorded('resize-by-collection'))
    cloud.post('/vm', unlike('mixins')).reply(...recorded('update-json'))
    await client.update('/vm', { mixins: ['ssh_key'], attributes: { 'occi.credentials.ssh.publickey': 'k' } })
    expect(lines().filter((line) => !line.startsWith('GET'))).toEqual([
      'POST /categories/ssh_key',
      'POST /vm',
    ])
  })

  it.each([undefined, 'json-1.1'] as const)(
    "erocci is sent JSON of OCCI 1.2 where rOCCI's is chosen, which it takes for an empty entity: media type %s (E30)",
    async (mediaType) => {
      const { cloud, client } = provider(mediaType === undefined ? {} : { mediaType })
      cloud
        .post('/categories/compute', {
          kind: 'http://schemas.ogf.org/occi/infrastructure#compute',
          title: 'four',
        })
        .reply(...recorded('compute-create-occi-json'))
      await client.create({ kind: 'compute', title: 'four' })
    },
  )

  it('the error for an update that erocci refuses without a reason says how a size is changed (E20)', async () => {
    const { cloud, client } = provider()
    cloud.get('/vm').reply(...machine)
    cloud.post('/vm').reply(...recorded('update-unknown-json'))
    await expect(
      client.update('/vm', { attributes: { 'occi.compute.hostname': 'x' } }),
    ).rejects.toMatchObject({ hint: expect.stringContaining('change the size with `mixins`') })
  })

  it('the error for a link that erocci cannot delete says so (E12)', async () => {
    const { cloud, client } = provider()
    cloud.delete('/link').reply(...recorded('storagelink-delete-json'))
    cloud.get('/link').reply(...recorded('storagelink-get-json'))
    await expect(client.delete('/link')).rejects.toMatchObject({
      message: expect.stringContaining('500'),
      hint: expect.stringContaining('cannot delete links'),
    })
  })

  it('erocci is asked for text when a mixin is defined, because JSON causes a 500 after the mixin was made (E19)', async () => {
    const { cloud, client } = provider()
    cloud.get('/-/').reply(...recorded('query-occi-json'))
    cloud
      .post('/-/')
      .matchHeader('Accept', 'text/plain')
      .reply(...recorded('mixin-define-plain'))
    await client.defineMixin({ scheme: 'http://example.org/mixins#', term: 'mine' })
  })

  it('a wait for the state of a network is refused at erocci, which has none (E25)', async () => {
    const { cloud, client } = provider()
    cloud
      .get('/net')
      .times(5)
      .reply(...recorded('network-get-json'))
    await expect(client.wait('/net', { for: 'state', state: 'active' })).rejects.toMatchObject({
      code: 'wait-failed',
      message: expect.stringContaining('shows no state'),
    })
  })

  it('erocci leaves a machine inactive, before its start and after it (E17, E25)', async () => {
    const { cloud, client } = provider()
    cloud
      .get('/vm')
      .times(14)
      .reply(...machine)
    const active = { for: 'state', state: 'active' } as const
    await expect(client.wait('/vm', active)).rejects.toMatchObject({
      message: expect.stringContaining('stays inactive until "start" is triggered'),
    })
    await expect(client.wait('/vm', active, { after: 'start' })).rejects.toMatchObject({
      code: 'wait-failed',
      message: expect.stringContaining('"start" was accepted but has not changed the state'),
    })
  })

  it('an entity that erocci lists but answers with 404 is not reported as deleted (E1)', async () => {
    const { cloud, client } = provider()
    const [status, body] = recorded('mixin-list')
    const listed = [status, body, { 'Content-Type': 'text/uri-list' }] as const
    cloud.get('/categories/network').reply(...listed)
    cloud.delete('/f1eb3253-cad1-484f-9de6-0f401159a4d1').reply(404)
    cloud.get('/f1eb3253-cad1-484f-9de6-0f401159a4d1').reply(404)
    cloud.get('/categories/network').reply(...listed)
    await expect(client.deleteAll('network')).rejects.toMatchObject({
      message: expect.stringContaining('1 is still listed'),
    })
  })
})
