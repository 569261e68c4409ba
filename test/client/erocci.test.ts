/** What was met at erocci's own code (recordings erocci and erocci-live), and what the client does about it. */
import { describe, expect, it } from 'vitest'
import { contextualize } from '../../src/client/index.js'
import { PartialError } from '../../src/errors/errors.js'
import { type CaptureName, exchange } from './captures.js'
import { mocked, type Reply, type Script } from './mocked.js'

/** A recorded answer, at the address of the mocked provider. */
function recorded(title: string, name: CaptureName = 'erocci'): Reply {
  const { status, headers, body } = exchange(name, title).response
  const here = (text: string) => text.replaceAll(/http:\/\/127\.0\.0\.1:88\d\d/g, 'http://cloud.test')
  return {
    status,
    headers: headers.map(([header, value]) => [header, here(value)]),
    body: here(body ?? ''),
  }
}

function provider(script: Script) {
  return mocked((asked) => (asked.path === '/-/' ? recorded('query-occi-json') : script(asked)))
}

const machine = recorded('compute-get-occi-json')
const isMachine = ({ method, path }: { method: string; path: string }) => method === 'GET' && path === '/vm'

describe('erocci', () => {
  it('erocci is recognised by its Server header, and its model is read without loss (E22)', async () => {
    const { client, deviations } = provider(() => undefined)
    expect((await client.provider()).name).toBe('erocci')
    expect((await client.model()).kinds).toHaveLength(8)
    expect(deviations.filter(({ lost }) => lost === true)).toEqual([])
  })

  it('erocci creates a machine with key and user data, and then its links, whose attributes may be missing (E7, E28)', async () => {
    const { client, seen } = provider(({ method, path }) => {
      if (method === 'POST' && path === '/categories/compute') return recorded('compute-create-occi-json')
      return method === 'POST' ? recorded('storagelink-create-json') : undefined
    })
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
    const [resource, link] = seen.filter(({ method }) => method === 'POST')
    expect(JSON.parse(resource?.body ?? '')).not.toHaveProperty('links')
    expect(link?.path).toBe('/categories/networkinterface')
    expect(JSON.parse(link?.body ?? '')).toMatchObject({
      source: { kind: 'http://schemas.ogf.org/occi/infrastructure#compute' },
      target: { location: '/net', kind: 'http://schemas.ogf.org/occi/infrastructure#network' },
    })
  })

  it('the error for a link that erocci refuses reports that the machine exists (E28)', async () => {
    const { client } = provider(({ method, path }) => {
      if (method === 'POST' && path === '/categories/compute') return recorded('compute-create-occi-json')
      return method === 'POST' ? recorded('compute-create-inline-absent') : undefined
    })
    const failure = await client
      .create({ kind: 'compute', links: [{ target: '/net', kind: 'networkinterface' }] })
      .catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(PartialError)
    expect(failure).toMatchObject({ facts: { created: expect.stringContaining('http://cloud.test/') } })
  })

  it('erocci is resized through the collections of sizes, and the old size is removed (E18)', async () => {
    const { client, seen } = provider((asked) => {
      if (isMachine(asked)) return machine
      if (asked.method === 'POST') return recorded('resize-by-collection')
      return asked.method === 'DELETE' ? recorded('template-remove-occi') : undefined
    })
    await client.update('/vm', { mixins: ['large'] })
    const writes = seen.filter(({ method }) => method !== 'GET')
    expect(writes.map(({ method, path }) => `${method} ${path}`)).toEqual([
      'POST /categories/large',
      'DELETE /categories/small',
    ])
    expect(writes[0]?.body).toContain('X-OCCI-Location: http://cloud.test/vm')
    expect(writes[1]?.all('X-OCCI-Location')).toEqual(['http://cloud.test/vm'])
  })

  it('erocci accepts the attributes of an update together with its mixins', async () => {
    const { client, seen } = provider((asked) => {
      if (isMachine(asked)) return machine
      return asked.path === '/vm' ? recorded('update-json') : recorded('resize-by-collection')
    })
    await client.update('/vm', { mixins: ['ssh_key'], attributes: { 'occi.credentials.ssh.publickey': 'k' } })
    const writes = seen.filter(({ method }) => method !== 'GET')
    expect(writes.map(({ path }) => path)).toEqual(['/categories/ssh_key', '/vm'])
    expect(JSON.parse(writes[1]?.body ?? '')).not.toHaveProperty('mixins')
  })

  it("erocci is sent JSON of OCCI 1.2 where rOCCI's is chosen, which it takes for an empty entity (E30)", async () => {
    const made = provider(() => recorded('compute-create-occi-json'))
    const { client, seen } = mocked(
      (asked) => (asked.path === '/-/' ? recorded('query-occi-json') : recorded('compute-create-occi-json')),
      { mediaType: 'json-1.1' },
    )
    await made.client.create({ kind: 'compute', title: 'four' })
    await client.create({ kind: 'compute', title: 'four' })
    const sent = (list: typeof seen) => list.find(({ method }) => method === 'POST')?.body
    expect(sent(seen)).toBe(sent(made.seen))
    expect(JSON.parse(sent(seen) ?? '')).toMatchObject({ title: 'four' })
  })

  it('an attribute that cannot be changed is refused by the client, because erocci ignores it (E20)', async () => {
    const { client } = provider((asked) => (isMachine(asked) ? machine : recorded('update-unknown-json')))
    await expect(
      client.update('/vm', { attributes: { 'occi.compute.hostname': 'x' } }),
    ).rejects.toMatchObject({ hint: expect.stringContaining('a size is changed by `mixins`') })
  })

  it('a deviation reports that erocci keeps links that an update left out (E12)', async () => {
    const { client } = provider(({ method }) =>
      recorded(method === 'DELETE' ? 'storagelink-delete-json' : 'storagelink-get-json'),
    )
    await expect(client.delete('/link')).rejects.toMatchObject({
      message: expect.stringContaining('500'),
      hint: expect.stringContaining('cannot delete links'),
    })
  })

  it('erocci is asked for text when a mixin is defined, because JSON causes a 500 after the mixin was made (E19)', async () => {
    const { client, seen } = provider(() => recorded('mixin-define-plain'))
    await client.defineMixin({ scheme: 'http://example.org/mixins#', term: 'mine' })
    expect(seen.find(({ method }) => method === 'POST')?.accept).toBe('text/plain')
  })

  it('a wait for the state of a network is refused at erocci, which has none (E25)', async () => {
    const { client } = provider(() => recorded('network-get-json'))
    await expect(client.wait('/net', { for: 'state', state: 'active' })).rejects.toMatchObject({
      code: 'wait-failed',
      message: expect.stringContaining('shows no state'),
    })
  })

  it('erocci leaves a machine inactive, before its start and after it (E17, E25)', async () => {
    const { client } = provider(() => machine)
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
    const { client } = provider(({ method, path }) =>
      method === 'GET' && path === '/categories/network'
        ? { ...recorded('mixin-list'), headers: [['Content-Type', 'text/uri-list']] }
        : undefined,
    )
    await expect(client.deleteAll('network')).rejects.toMatchObject({
      message: expect.stringContaining('1 is still listed'),
    })
  })
})
