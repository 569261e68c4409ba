/** What ooi reads, under its recorded model: other names than it advertises, in the places where it looks. */
import { describe, expect, it } from 'vitest'
import { contextualize } from '../../src/client/index.js'
import { exchange } from './captures.js'
import { type Asked, mocked, type Reply, type Script } from './mocked.js'

const base = 'http://127.0.0.1:8798/occi1.2/'
const vm = `${base}compute/65c14fd6-1bd2-4ddd-b2a3-6326abc7572c`
const discovery = exchange('ooi', 'discovery-json').response
const recorded = (name: string): Reply => {
  const { status, headers, body } = exchange('ooi', name).response
  return { status, headers, body: body ?? '' }
}

function ooi(script: Script) {
  return mocked(
    (asked) =>
      asked.path === '/occi1.2/-/'
        ? { status: 200, headers: discovery.headers, body: discovery.body ?? '' }
        : script(asked),
    { endpoint: base },
  )
}

const writes = (seen: readonly Asked[]) => seen.filter(({ method }) => method !== 'GET')
const os = '5f4311da-2ee2-47a6-913b-5d8496486c62'

describe('a machine with a key and user data', () => {
  it('a key and user data are checked against the attribute names that ooi reads, and sent with them', async () => {
    const { client, seen } = ooi(() => recorded('create-compute-plain'))
    const context = contextualize(await client.model(), { userData: '#!', sshKey: 'ssh-rsa AAAA' })
    await client.create({
      kind: 'compute',
      mixins: [os, '1', ...context.mixins],
      attributes: context.attributes,
    })
    const body = writes(seen)[0]?.body ?? ''
    expect(body).toContain('occi.compute.user_data')
    expect(body).toContain('occi.credentials.ssh_key')
    expect(body).not.toContain('userdata')
    expect(body).not.toContain('crendentials')
  })

  it('a key and user data are accepted under the advertised names, too', async () => {
    const { client, seen } = ooi(() => recorded('create-compute-plain'))
    await client.create({
      kind: 'compute',
      mixins: [os, '1', 'ssh_key'],
      attributes: { 'occi.crendentials.ssh.publickey': 'ssh-rsa AAAA' },
    })
    expect(writes(seen)[0]?.body).toContain('occi.credentials.ssh_key')
  })

  it('a mixin without its required attribute is refused', async () => {
    const { client, seen } = ooi(() => undefined)
    await expect(client.create({ kind: 'compute', mixins: [os, '1', 'ssh_key'] })).rejects.toMatchObject({
      code: 'validation',
      message: expect.stringContaining('occi.credentials.ssh_key'),
    })
    expect(writes(seen)).toEqual([])
  })

  it('a key is sent without a key pair name, because a second one of that name causes a 409 (ooi-27)', async () => {
    const { client, seen } = ooi(() => recorded('create-compute-plain'))
    const publicKey = 'http://schemas.openstack.org/instance/credentials#public_key'
    await client.create({
      kind: 'compute',
      mixins: [os, '1', publicKey],
      attributes: { 'org.openstack.credentials.publickey.data': 'ssh-rsa AAAA' },
    })
    expect(writes(seen)[0]?.body).not.toContain('publickey.name')
  })
})

describe('a volume', () => {
  it('the mount point of a volume is sent as the device', async () => {
    const { client, seen } = ooi(() => recorded('create-storagelink-plain'))
    await client.link(vm, {
      target: `${base}storage/81506330-0838-4387-bcf8-16b69330bf12`,
      attributes: { 'occi.storagelink.mountpoint': '/dev/vdd' },
    })
    const body = writes(seen)[0]?.body ?? ''
    expect(body).toMatch(/occi\.storagelink\.deviceid"?[=:] ?"\/dev\/vdd"/)
    expect(body).not.toContain('mountpoint')
  })

  it('a whole volume size is sent without a fraction, because nova accepts only digits', async () => {
    const { client, seen } = ooi(() => recorded('create-storage-plain'))
    await client.create({ kind: 'storage', attributes: { 'occi.storage.size': 2 } })
    expect(writes(seen)[0]?.body).toMatch(/occi\.storage\.size"?[=:] ?2(?![.\d])/)
  })
})

describe('save', () => {
  it.each(['plain', 'json'])(
    'save returns the image that it made, and the model is fetched again (%s)',
    async (as) => {
      const { client, lines } = ooi(({ method }) =>
        recorded(method === 'POST' ? `action-save-${as}` : 'show-compute-linked-json'),
      )
      await client.model()
      const made: string[] = []
      await client.trigger(vm, 'save', { name: 'snap' }, { onCreated: (found) => made.push(...found) })
      expect(made).toEqual([expect.stringMatching(/\/occi1\.2\/os_tpl\/[0-9a-f-]{36}$/)])
      expect(lines().filter((line) => line === 'GET /occi1.2/-/')).toHaveLength(2)
    },
  )

  it('an action that creates nothing does not fetch the model again', async () => {
    const { client, lines } = ooi(({ method }) =>
      recorded(method === 'POST' ? 'action-stop-plain' : 'show-compute-linked-json'),
    )
    await client.trigger(vm, 'stop')
    expect(lines().filter((line) => line === 'GET /occi1.2/-/')).toHaveLength(1)
  })
})

describe('templates whose terms are numbers and UUIDs', () => {
  it('templates whose terms are numbers and UUIDs are named by their titles in errors', async () => {
    const { client } = ooi(() => undefined)
    const model = await client.model()
    const refused = (word: string, dependsOn: 'os_tpl' | 'resource_tpl') => {
      try {
        model.resolve(word, { class: 'mixin', dependsOn })
        return undefined
      } catch (error) {
        return (error as { hint?: string }).hint
      }
    }
    expect(refused('enormous', 'resource_tpl')).toContain(
      'Flavor: m1.tiny, Flavor: m1.small, Flavor: m1.large',
    )
    expect(refused('m1.smal', 'resource_tpl')).toContain('Did you mean m1.small')
    expect(model.resolve('m1.small', { class: 'mixin', dependsOn: 'resource_tpl' }).term).toBe('2')
    expect(refused('windows', 'os_tpl')).not.toContain('5f4311da')
  })
})

describe('what is written', () => {
  it('ooi is sent JSON with title and ends as attributes, where it reads them', async () => {
    const { client, seen } = ooi(({ path }) =>
      recorded(path.endsWith('/storage/') ? 'create-storage-json' : 'create-networklink-json'),
    )
    const title = 'a, "b"; c\\'
    await client.create({ kind: 'storage', title, attributes: { 'occi.storage.size': 2 } })
    const network = `${base}network/cd48b7dd-9ac8-44fc-aec0-5ea679941ced`
    const made = await client.link(vm, { target: network })
    const [storage, link] = writes(seen).map(({ body }) => JSON.parse(body) as { attributes: object })
    expect(storage?.attributes).toEqual({ 'occi.core.title': title, 'occi.storage.size': 2 })
    expect(link?.attributes).toEqual({
      'occi.core.source': new URL(vm).pathname,
      'occi.core.target': new URL(network).pathname,
    })
    expect(made.location).toBe(`${base}networklink/45cd4aab-5fa3-4027-9f79-2375f713b7ab_10.0.0.15`)
  })

  it('snf-occi 2017 is sent text, because it has no JSON', async () => {
    const text = exchange('ooi', 'discovery-plain').response
    const { client, seen } = mocked(
      ({ path, accept }) =>
        path !== '/occi1.2/-/'
          ? recorded('create-storage-plain')
          : accept === 'text/plain'
            ? { status: 200, headers: text.headers, body: text.body ?? '' }
            : { status: 406 },
      { endpoint: base },
    )
    await client.create({ kind: 'storage', title: 'x', attributes: { 'occi.storage.size': 2 } })
    expect(writes(seen)[0]).toMatchObject({ type: 'text/plain', accept: 'text/plain' })
  })
})

describe('a machine with public addresses', () => {
  const external = { target: `${base}network/PUBLIC` }

  /** `refusals`: statuses of the first links; `states`: what the machine shows, then active. */
  async function make(refusals: readonly number[], states: readonly string[]) {
    const left = [...refusals]
    const shown = [...states]
    const { client, seen } = ooi(({ method, path }) => {
      if (method === 'POST' && path.endsWith('/compute/')) return recorded('create-compute-json')
      const status = left.shift()
      if (method === 'POST')
        return status === undefined ? recorded('create-public-link-json') : { status, body: 'No nw_info' }
      const building = recorded('show-compute-building-json')
      return {
        ...building,
        body: building.body?.replace('"inactive"', `"${shown.shift() ?? 'active'}"`) ?? '',
      }
    })
    const links = [external, { target: `${base}network/cd48b7dd` }]
    const made = client.create({ kind: 'compute', mixins: [os, '1'], links })
    return {
      failure: await made.then(
        () => undefined,
        (error: unknown) => error,
      ),
      writes: writes(seen),
    }
  }

  it('a public address is attached after the machine was created, and other networks with it (ooi-25)', async () => {
    const { writes: sent, failure } = await make([], [])
    expect(failure).toBeUndefined()
    expect(sent.map(({ path }) => path)).toEqual(['/occi1.2/compute/', '/occi1.2/networklink/'])
    expect(sent[0]?.body).toContain('/network/cd48b7dd')
    expect(sent[0]?.body).not.toContain('/network/PUBLIC')
    expect(sent[1]?.body).toContain('/network/PUBLIC')
  })

  it('the link to a public address waits when it is refused while the machine is built', async () => {
    const { writes: sent, failure } = await make([400], ['inactive', 'inactive'])
    expect(failure).toBeUndefined()
    expect(sent).toHaveLength(3)
  })

  it('the link to a public address is not repeated when it is refused although the machine is active', async () => {
    const { writes: sent, failure } = await make([400], [])
    expect(failure).toMatchObject({ code: 'partial' })
    expect(sent).toHaveLength(2)
  })
})

describe('an update of anything but the size', () => {
  it('an update of anything but the size is refused, and the error lists what can be changed', async () => {
    const { client } = ooi(({ method }) =>
      recorded(method === 'PUT' ? 'err-update-title-json' : 'show-compute-linked-json'),
    )
    await expect(client.update(vm, { title: 'new' })).rejects.toMatchObject({
      message: expect.stringContaining('Missing OCCI types'),
      hint: expect.stringContaining('nothing of a machine but its size'),
    })
  })
})

describe('a creation that is answered with id and title alone', () => {
  it('an answer with only id and title is not compared with the request, and the machine is read where its size may differ', async () => {
    const { client, deviations } = ooi(({ method }) =>
      recorded(method === 'POST' ? 'create-compute-json' : 'show-compute-building-json'),
    )
    const notes = () => deviations.filter(({ code }) => code === 'not-as-asked').map(({ message }) => message)
    await client.create({ kind: 'compute', title: 'vm-json', mixins: [os, '1'] })
    expect(notes()).toEqual([])
    const attributes = { 'occi.compute.cores': 4 }
    await client.create({ kind: 'compute', title: 'vm-json', mixins: [os, '1'], attributes })
    expect(notes()).toEqual(['occi.compute.cores: "4" was asked for, and the provider shows "1"'])
  })
})
