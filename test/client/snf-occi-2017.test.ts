/** Requests to snf-occi of 2017 and the handling of its answers, with recordings of its own code. */
import { describe, expect, it } from 'vitest'
import { contextualize } from '../../src/client/index.js'
import { type CaptureName, capture, exchange } from './captures.js'
import { mocked, type Reply, type Script, textReply } from './mocked.js'

const server = 'snf-occi-2017'
const image = '6f1f7205-cf4c-4b8c-ae77-7c419747bcbd'
const key = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJmwWZyB1n1s9V3q0Hq9l3Hk4J6f1xq7Qm6l0bq2Jf3y me@host'

/** A recorded answer, at the address of the mocked provider. */
function recorded(title: string, name: CaptureName = server): Reply {
  const { status, headers, body } = exchange(name, title).response
  return { status, headers, body: (body ?? '').replaceAll('http://127.0.0.1:9103', 'http://cloud.test') }
}

function provider(script: Script) {
  return mocked((asked) => {
    if (asked.path !== '/-/') return script(asked)
    return recorded(asked.accept === 'application/occi+json' ? '005-get-' : '002-get-')
  })
}

const machine = textReply(recorded('045-get-compute-4201').body ?? '')
const made = (location: string) => textReply(`X-OCCI-Location: http://cloud.test${location}`)
const bodies = (seen: ReturnType<typeof provider>['seen']) =>
  seen.filter(({ method }) => method === 'POST').map(({ body }) => body)

describe('snf-occi of 2017', () => {
  it('snf-occi of 2017 is distinguished from ooi by the names of its sizes', async () => {
    const { client } = provider(() => undefined)
    expect((await client.provider()).name).toBe('snf-occi-2017')
  })

  it('snf-occi of 2017 is sent a name with a public key, without which it fails after the machine was made (Q61)', async () => {
    expect(exchange(server, '122-post-compute').response.status).toBe(500)
    expect(exchange(server, '123-post-compute').response.status).toBe(200)
    const { client, seen } = provider(() => made('/compute/4201'))
    const { mixins, attributes } = contextualize(await client.model(), { sshKey: key })
    await client.create({
      kind: 'compute',
      title: 'web',
      mixins: [image, '13', ...mixins],
      attributes: Object.fromEntries(attributes),
    })
    expect(bodies(seen)[0]).toMatch(/org\.openstack\.credentials\.publickey\.name="occi-[0-9a-f]{16}"/)
  })

  it('a deviation reports that snf-occi of 2017 encodes user data twice (Q67)', async () => {
    const { client, deviations } = provider(() => made('/compute/4201'))
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
    const { client } = provider(({ method }) =>
      method === 'PUT' ? recorded('085-put-compute-4201') : machine,
    )
    await expect(client.update('/compute/4201', { mixins: ['14'] })).rejects.toMatchObject({
      code: 'server',
      message: expect.stringContaining('exists: the provider cannot change it'),
      hint: expect.stringContaining('cannot change existing entities'),
    })
    const gone = provider(({ method }) =>
      recorded(method === 'PUT' ? '085-put-compute-4201' : '105-get-compute-999'),
    )
    await expect(gone.client.update('/compute/4201', { mixins: ['14'] })).rejects.toMatchObject({
      code: 'not-found',
    })
  })

  it.each(['090-delete-networklink-4201-4401-10-1-2', '104-delete-networklink-4201-public-83-21'])(
    'the hint for an interface that snf-occi of 2017 cannot delete names the alternative: %s (Q54, Q63)',
    async (title) => {
      const { path } = exchange('snf-occi-2017-live', title).request
      const { client } = provider(({ method }) =>
        method === 'DELETE' ? recorded(title, 'snf-occi-2017-live') : machine,
      )
      await expect(client.delete(path)).rejects.toMatchObject({
        hint: expect.stringContaining('cannot take a machine out of a network'),
      })
    },
  )

  it('snf-occi of 2017 is sent volumes after the machine, and also networks when it refuses them with the machine (Q64)', async () => {
    expect(exchange(server, '124-post-compute').response.body).toContain('Volume size is required')
    let refused = false
    const { client, seen, lines } = provider(({ method, path }) => {
      if (method === 'GET') return machine
      if (path !== '/compute/') return made('/storagelink/4201_9004')
      if (refused) return made('/compute/4201')
      refused = true
      return recorded('125-post-compute')
    })
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
    expect(bodies(seen).map((body) => body.includes('\nLink: '))).toEqual([true, false, false, false])
  })

  it('a machine is not created without its links when snf-occi of 2017 refuses it for another reason', async () => {
    const { client, lines } = provider(() => recorded('063-post-compute'))
    const links = [{ target: '/network/2216' }]
    await expect(
      client.create({ kind: 'compute', title: 'web', mixins: [image, '13'], links }),
    ).rejects.toMatchObject({ http: { status: 404 } })
    expect(lines().filter((line) => line.startsWith('POST'))).toEqual(['POST /compute/'])
  })

  it('a title that breaks the listings of snf-occi of 2017 is refused unless validation is off (Q65)', async () => {
    expect(exchange(server, '126-post-compute').request.body).toContain('Müller')
    expect(exchange(server, '127-get-compute').response.status).toBe(500)
    const { client, lines } = provider(() => made('/compute/4201'))
    const wanted = { kind: 'compute', title: 'Müller', mixins: [image, '13'] }
    await expect(client.create(wanted)).rejects.toMatchObject({
      code: 'validation',
      hint: expect.stringContaining('`validate: false`'),
    })
    expect(lines().filter((line) => line.startsWith('POST'))).toEqual([])
  })

  it('a deviation reports that snf-occi of 2017 ignores the device of a volume (Q66)', async () => {
    const link = recorded('091-get-storagelink-4201-9004')
    const { client, deviations } = provider(({ method }) =>
      method === 'POST' ? made('/storagelink/4201_9004') : link,
    )
    await client.link('/compute/4201', {
      target: '/storage/9004',
      attributes: { 'occi.storagelink.mountpoint': '/dev/vdb' },
    })
    expect(deviations.map(({ message }) => message)).toContainEqual(
      expect.stringContaining('"/dev/vdb" was asked for'),
    )
  })

  it.each([
    ['058-post-compute', 'an image (`os_tpl`) and a size (`resource_tpl`)'],
    ['059-post-compute', 'an image (`os_tpl`) and a size (`resource_tpl`)'],
  ])(
    'when snf-occi of 2017 refuses a machine without image and size, the hint names them: %s',
    async (title, hint) => {
      const { client } = provider(() => recorded(title))
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
