/** What rOCCI-server 2.0 is sent, and what is said of its refusals. The persona refuses as the server does. */
import { describe, expect, it } from 'vitest'
import { contextualize } from '../../src/client/index.js'
import { cloud } from './cloud.js'

const as = 'rocci-server-2'
const key = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ8Zg0E0nYVRSLTW9hq4c6EyLQHxqtP+4ul8AP6MY9vM jane'

interface Sent {
  readonly id: string
  readonly attributes: Readonly<Record<string, unknown>>
  readonly links: readonly Sent[]
  readonly target: { readonly location: string }
}

describe('rOCCI-server 2.0', () => {
  it('rOCCI-server 2.0 refuses to delete a volume in use, and the hint says how to free it', async () => {
    const { client } = cloud({ as })
    const volume = await client.create({
      kind: 'storage',
      title: 'data',
      attributes: { 'occi.storage.size': 10 },
    })
    const web = await client.create({ kind: 'compute', title: 'web', mixins: ['appl0', 'small'] })
    await client.link(web.location, { target: volume.location })
    await expect(client.delete(volume.location)).rejects.toMatchObject({
      code: 'conflict',
      http: { status: 409 },
      hint: expect.stringContaining('Unlink it first'),
    })
    await client.unlink(web.location, volume.location)
    await client.delete(volume.location)
  })

  it('rOCCI-server 2.0 is sent what its JSON schema and its parser accept (rocci2-10)', async () => {
    const { client, seen } = cloud({ as })
    const { mixins, attributes } = contextualize(await client.model(), {
      sshKey: key,
      userData: '#!/bin/sh\n',
    })
    const volume = await client.create({
      kind: 'storage',
      title: 'data',
      attributes: { 'occi.storage.size': 10 },
    })
    const made = await client.create({
      kind: 'compute',
      title: 'web',
      mixins: ['appl0', 'small', ...mixins],
      attributes: Object.fromEntries(attributes),
      links: [
        { target: '/network/public' },
        { target: volume.location, attributes: { 'occi.storagelink.mountpoint': '/dev/vdb' } },
      ],
    })
    const bodies = seen
      .filter(({ request }) => request.method === 'POST')
      .map(({ request }) => JSON.parse(String(request.body)) as Sent)
    const [disk, machine] = bodies
    expect(disk?.attributes).toEqual({
      'occi.core.id': disk?.id,
      'occi.core.title': 'data',
      'occi.storage.size': 10,
    })
    expect(machine?.attributes).toMatchObject({ 'occi.core.id': machine?.id, 'occi.core.title': 'web' })
    expect(machine?.links.map((link) => [Object.keys(link).sort(), link.attributes])).toEqual(
      machine?.links.map((link) => [
        ['attributes', 'id', 'kind', 'source', 'target'],
        expect.objectContaining({ 'occi.core.id': link.id, 'occi.core.target': link.target.location }),
      ]),
    )
    const whole = await client.describe(made.location)
    const points = whole.type === 'resource' ? whole.links.map((link) => link.attributes) : []
    expect(points.map((of) => of.get('occi.storagelink.mountpoint'))).toContain('/dev/vdb')
    expect(whole.attributes.get('occi.credentials.ssh.publickey')).toBe(key)
  })

  it('rOCCI-server 2.0 is sent a new size by its mixin alone, and nothing that it cannot change', async () => {
    const { client, seen } = cloud({ as })
    const { location } = await client.create({ kind: 'compute', title: 'web', mixins: ['appl0', 'small'] })
    const changed = await client.update(location, { mixins: ['large'] })
    expect(changed.mixins.some((id) => id.endsWith('#large'))).toBe(true)
    const sent = seen.length
    await expect(client.update(location, { title: 'other' })).rejects.toMatchObject({ code: 'validation' })
    expect(seen.length).toBe(sent)
  })

  it('restrictions that rOCCI-server 2.0 does not name are explained (rocci2-11)', async () => {
    const { client } = cloud({ as })
    await expect(
      client.create({
        kind: 'compute',
        mixins: ['appl0', 'small'],
        attributes: { 'occi.compute.cores': 4 },
      }),
    ).rejects.toMatchObject({ code: 'validation', hint: expect.stringContaining('`resource_tpl`') as string })
  })
})
