/** Requests to snf-occi of 2017 and the handling of its answers, with recordings of its own code. */
import { describe, expect, it } from 'vitest'
import { contextualize } from '../../src/client/index.js'
import { replyOf, withoutText } from '../support/nock.js'
import { type CaptureName, capture, exchange } from './captures.js'
import { dialogueWith, inText } from './mocked.js'

const server = 'snf-occi-2017'
const image = '6f1f7205-cf4c-4b8c-ae77-7c419747bcbd'
const key = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJmwWZyB1n1s9V3q0Hq9l3Hk4J6f1xq7Qm6l0bq2Jf3y me@host'

/** A recorded answer, at the address of the mocked provider, for nock's `reply`. */
function recorded(title: string, name: CaptureName = server) {
  const { status, headers, body } = exchange(name, title).response
  const here = (body ?? '').replaceAll('http://127.0.0.1:9103', 'http://cloud.test')
  return replyOf({ status, headers, body: here })
}

/** A server whose query interface is read; the test states with `cloud` what else is sent. */
function provider() {
  const { cloud, ...rest } = dialogueWith()
  for (const [accept, title] of [
    ['application/occi+json', '005-get-'],
    ['text/plain', '002-get-'],
  ] as const) {
    cloud
      .get('/-/')
      .optionally()
      .matchHeader('Accept', accept)
      .reply(...recorded(title))
  }
  return { cloud, ...rest }
}

const machine = inText(exchange(server, '045-get-compute-4201').response.body ?? '')
const made = (location: string) => inText(`X-OCCI-Location: http://cloud.test${location}`)

describe('snf-occi of 2017', () => {
  it('snf-occi of 2017 is distinguished from ooi by the names of its sizes', async () => {
    const { client } = provider()
    expect((await client.provider()).name).toBe('snf-occi-2017')
  })

  it('snf-occi of 2017 is sent a name with a public key, without which it fails after the machine was made (Q61)', async () => {
    expect(exchange(server, '122-post-compute').response.status).toBe(500)
    expect(exchange(server, '123-post-compute').response.status).toBe(200)
    const { cloud, client } = provider()
    cloud
      .post('/compute/', /org\.openstack\.credentials\.publickey\.name="occi-[0-9a-f]{16}"/)
      .reply(...made('/compute/4201'))
    const { mixins, attributes } = contextualize(await client.model(), { sshKey: key })
    await client.create({
      kind: 'compute',
      title: 'web',
      mixins: [image, '13', ...mixins],
      attributes: Object.fromEntries(attributes),
    })
  })

  it('a deviation reports that snf-occi of 2017 encodes user data twice (Q67)', async () => {
    const { cloud, client, deviations } = provider()
    cloud.post('/compute/').reply(...made('/compute/4201'))
    const { mixins, attributes } = contextualize(await client.model(), { userData: '#!/bin/sh\n' })
    await client.create({
      kind: 'compute',
      title: 'web',
      mixins: [image, '13', ...mixins],
      attributes: Object.fromEntries(attributes),
    })
    expect(deviations).toContainEqual(
      expect.objectContaining({ code: 'not-as-asked', message: expect.stringContaining('a second time') }),
    )
  })

  it('the error for a 404 of snf-occi of 2017 to an update of an existing machine explains it (Q62)', async () => {
    const { cloud, client } = provider()
    cloud.put('/compute/4201').reply(...recorded('085-put-compute-4201'))
    cloud.get('/compute/4201').reply(...machine)
    await expect(client.update('/compute/4201', { mixins: ['14'] })).rejects.toMatchObject({
      code: 'server',
      message: expect.stringContaining('exists: the provider cannot change it'),
      hint: expect.stringContaining('cannot change existing entities'),
    })
    cloud.put('/compute/4201').reply(...recorded('085-put-compute-4201'))
    cloud.get('/compute/4201').reply(...recorded('105-get-compute-999'))
    await expect(client.update('/compute/4201', { mixins: ['14'] })).rejects.toMatchObject({
      code: 'not-found',
    })
  })

  it.each(['090-delete-networklink-4201-4401-10-1-2', '104-delete-networklink-4201-public-83-21'])(
    'the hint for an interface that snf-occi of 2017 cannot delete names the alternative: %s (Q54, Q63)',
    async (title) => {
      const { path } = exchange('snf-occi-2017-live', title).request
      const { cloud, client } = provider()
      cloud.delete(path).reply(...recorded(title, 'snf-occi-2017-live'))
      cloud.get(path).reply(...machine)
      await expect(client.delete(path)).rejects.toMatchObject({
        hint: expect.stringContaining('cannot remove a machine from a network'),
      })
    },
  )

  it('snf-occi of 2017 is sent volumes after the machine, and also networks when it refuses them with the machine (Q64)', async () => {
    expect(exchange(server, '124-post-compute').response.body).toContain('Volume size is required')
    const { cloud, client, lines } = provider()
    cloud.post('/compute/', /\nLink: /).reply(...recorded('125-post-compute'))
    cloud.post('/compute/', withoutText('\nLink: ')).reply(...made('/compute/4201'))
    for (const path of ['/networklink/', '/storagelink/']) {
      cloud.post(path, withoutText('\nLink: ')).reply(...made(`${path}4201_9004`))
    }
    const { location } = await client.create({
      kind: 'compute',
      title: 'web',
      mixins: [image, '13'],
      links: [{ target: '/network/2216' }, { target: '/storage/9004' }],
    })
    expect(location).toBe('http://cloud.test/compute/4201')
    expect(lines().filter((line) => line.startsWith('POST'))).toEqual([
      'POST /compute/',
      'POST /compute/',
      'POST /networklink/',
      'POST /storagelink/',
    ])
  })

  it('a machine is not created without its links when snf-occi of 2017 refuses it for another reason', async () => {
    const { cloud, client } = provider()
    cloud.post('/compute/').reply(...recorded('063-post-compute'))
    const links = [{ target: '/network/2216' }]
    await expect(
      client.create({ kind: 'compute', title: 'web', mixins: [image, '13'], links }),
    ).rejects.toMatchObject({ http: { status: 404 } })
  })

  it('a title that breaks the listings of snf-occi of 2017 is refused unless validation is off (Q65)', async () => {
    expect(exchange(server, '126-post-compute').request.body).toContain('Müller')
    expect(exchange(server, '127-get-compute').response.status).toBe(500)
    const { client } = provider()
    const wanted = { kind: 'compute', title: 'Müller', mixins: [image, '13'] }
    await expect(client.create(wanted)).rejects.toMatchObject({
      code: 'validation',
      hint: expect.stringContaining('`validate: false`'),
    })
  })

  it('a deviation reports that snf-occi of 2017 ignores the device of a volume (Q66)', async () => {
    const { cloud, client, deviations } = provider()
    cloud.post('/storagelink/').reply(...made('/storagelink/4201_9004'))
    cloud.get('/storagelink/4201_9004').reply(...recorded('091-get-storagelink-4201-9004'))
    await client.link('/compute/4201', {
      target: '/storage/9004',
      attributes: { 'occi.storagelink.mountpoint': '/dev/vdb' },
    })
    expect(deviations.map(({ message }) => message)).toContainEqual(
      expect.stringContaining('"/dev/vdb" was requested'),
    )
  })

  it.each([
    ['058-post-compute', 'an image (`os_tpl`) and a size (`resource_tpl`)'],
    ['059-post-compute', 'an image (`os_tpl`) and a size (`resource_tpl`)'],
  ])(
    'when snf-occi of 2017 refuses a machine without image and size, the hint names them: %s',
    async (title, hint) => {
      const { cloud, client } = provider()
      cloud.post('/compute/').reply(...recorded(title))
      await expect(client.create({ kind: 'compute', title: 'web' })).rejects.toMatchObject({
        code: 'validation',
        hint: expect.stringContaining(hint),
      })
    },
  )

  it('the recording of this client at snf-occi of 2017 covers creating, stopping, starting and deleting', () => {
    const asked = capture('snf-occi-2017-live').map(({ request, response }) => [
      `${request.method} ${request.path}`,
      response.status,
    ])
    for (const step of [
      ['POST /network/', 200],
      ['POST /storage/', 200],
      ['POST /compute/', 200],
      ['POST /storagelink/', 200],
      ['POST /compute/4201?action=stop', 204],
      ['POST /compute/4201?action=start', 204],
      ['DELETE /storagelink/4201_9001', 204],
      ['DELETE /compute/', 204],
    ]) {
      expect(asked).toContainEqual(step)
    }
  })
})
