/** What ooi reads, under its recorded model: other names than it advertises, in the places where it looks. */
import { describe, expect, it } from 'vitest'
import { contextualize } from '../../src/client/index.js'
import { including, replyOf } from '../support/nock.js'
import { exchange } from './captures.js'
import { dialogueWith } from './mocked.js'

const base = 'http://127.0.0.1:8798/occi1.2/'
const vmPath = '/occi1.2/compute/65c14fd6-1bd2-4ddd-b2a3-6326abc7572c'
const vm = new URL(vmPath, base).href

/** A recorded answer, for nock's `reply`. */
const recorded = (name: string, change = (body: string) => body) => {
  const { status, headers, body } = exchange('ooi', name).response
  return replyOf({ status, headers, body: change(body ?? '') })
}

/** An ooi whose query interface is read `reads` times; the test states with `cloud` what else is sent. */
function ooi(reads = 1) {
  const { cloud, ...rest } = dialogueWith({ endpoint: base })
  cloud
    .get('/occi1.2/-/')
    .times(reads)
    .reply(...recorded('discovery-json'))
  return { cloud, ...rest }
}

/** For a statement: a body that contains each of `texts` and none of `others`. */
const containing =
  (texts: readonly string[], others: readonly string[] = []) =>
  (body: unknown) => {
    const text = JSON.stringify(body)
    return texts.every((part) => text.includes(part)) && !others.some((part) => text.includes(part))
  }

const os = '5f4311da-2ee2-47a6-913b-5d8496486c62'

describe('a machine with a key and user data', () => {
  it('a key and user data are checked against the attribute names that ooi reads, and sent with them', async () => {
    const { cloud, client } = ooi()
    cloud
      .post(
        '/occi1.2/compute/',
        containing(['occi.compute.user_data', 'occi.credentials.ssh_key'], ['userdata', 'crendentials']),
      )
      .reply(...recorded('create-compute-plain'))
    const context = contextualize(await client.model(), { userData: '#!', sshKey: 'ssh-rsa AAAA' })
    await client.create({
      kind: 'compute',
      mixins: [os, '1', ...context.mixins],
      attributes: context.attributes,
    })
  })

  it('a key and user data are accepted under the advertised names, too', async () => {
    const { cloud, client } = ooi()
    cloud
      .post('/occi1.2/compute/', containing(['occi.credentials.ssh_key']))
      .reply(...recorded('create-compute-plain'))
    await client.create({
      kind: 'compute',
      mixins: [os, '1', 'ssh_key'],
      attributes: { 'occi.crendentials.ssh.publickey': 'ssh-rsa AAAA' },
    })
  })

  it('a mixin without its required attribute is refused', async () => {
    const { client } = ooi()
    await expect(client.create({ kind: 'compute', mixins: [os, '1', 'ssh_key'] })).rejects.toMatchObject({
      code: 'validation',
      message: expect.stringContaining('occi.credentials.ssh_key'),
    })
  })

  it('a key is sent without a key pair name, because a second one of that name causes a 409 (ooi-27)', async () => {
    const { cloud, client } = ooi()
    cloud
      .post('/occi1.2/compute/', containing(['publickey.data'], ['publickey.name']))
      .reply(...recorded('create-compute-plain'))
    const publicKey = 'http://schemas.openstack.org/instance/credentials#public_key'
    await client.create({
      kind: 'compute',
      mixins: [os, '1', publicKey],
      attributes: { 'org.openstack.credentials.publickey.data': 'ssh-rsa AAAA' },
    })
  })
})

describe('a volume', () => {
  it('the mount point of a volume is sent as the device', async () => {
    const { cloud, client } = ooi()
    cloud
      .post('/occi1.2/storagelink/', containing(['"occi.storagelink.deviceid":"/dev/vdd"'], ['mountpoint']))
      .reply(...recorded('create-storagelink-plain'))
    cloud.get(/^\/occi1\.2\/storagelink\//).reply(...recorded('show-storagelink-json'))
    await client.link(vm, {
      target: `${base}storage/81506330-0838-4387-bcf8-16b69330bf12`,
      attributes: { 'occi.storagelink.mountpoint': '/dev/vdd' },
    })
  })

  it('a whole volume size is sent without a fraction, because nova accepts only digits', async () => {
    const { cloud, client, seen } = ooi()
    cloud.post('/occi1.2/storage/').reply(...recorded('create-storage-plain'))
    await client.create({ kind: 'storage', attributes: { 'occi.storage.size': 2 } })
    // nock reads JSON, where 2.0 is 2, so the text that was given to the transport is looked at.
    expect(seen.find(({ method }) => method === 'POST')?.body).toMatch(/"occi\.storage\.size": ?2(?![.\d])/)
  })
})

describe('save', () => {
  it.each(['plain', 'json'])(
    'save returns the image that it made, and the model is fetched again (%s)',
    async (as) => {
      const { cloud, client } = ooi(2)
      cloud.post(`${vmPath}?action=save`).reply(...recorded(`action-save-${as}`))
      cloud.get(vmPath).reply(...recorded('show-compute-linked-json'))
      await client.model()
      const made: string[] = []
      await client.trigger(vm, 'save', { name: 'snap' }, { onCreated: (found) => made.push(...found) })
      expect(made).toEqual([expect.stringMatching(/\/occi1\.2\/os_tpl\/[0-9a-f-]{36}$/)])
    },
  )

  it('an action that creates nothing does not fetch the model again', async () => {
    const { cloud, client } = ooi()
    cloud.post(`${vmPath}?action=stop`).reply(...recorded('action-stop-plain'))
    cloud.get(vmPath).reply(...recorded('show-compute-linked-json'))
    await client.trigger(vm, 'stop')
  })
})

describe('templates whose terms are numbers and UUIDs', () => {
  it('templates whose terms are numbers and UUIDs are named by their titles in errors', async () => {
    const { client } = ooi()
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
    const { cloud, client } = ooi()
    const title = 'a, "b"; c\\'
    const network = `${base}network/cd48b7dd-9ac8-44fc-aec0-5ea679941ced`
    cloud
      .post(
        '/occi1.2/storage/',
        including({ attributes: { 'occi.core.title': title, 'occi.storage.size': 2 } }),
      )
      .reply(...recorded('create-storage-json'))
    cloud
      .post(
        '/occi1.2/networklink/',
        including({
          attributes: { 'occi.core.source': vmPath, 'occi.core.target': new URL(network).pathname },
        }),
      )
      .reply(...recorded('create-networklink-json'))
    await client.create({ kind: 'storage', title, attributes: { 'occi.storage.size': 2 } })
    const made = await client.link(vm, { target: network })
    expect(made.location).toBe(`${base}networklink/45cd4aab-5fa3-4027-9f79-2375f713b7ab_10.0.0.15`)
  })

  it('an ooi without JSON is sent text', async () => {
    const { cloud, client } = dialogueWith({ endpoint: base })
    cloud.get('/occi1.2/-/').matchHeader('Accept', 'application/occi+json').reply(406)
    cloud
      .get('/occi1.2/-/')
      .matchHeader('Accept', 'text/plain')
      .reply(...recorded('discovery-plain'))
    cloud
      .post('/occi1.2/storage/')
      .matchHeader('Content-Type', 'text/plain')
      .matchHeader('Accept', 'text/plain')
      .reply(...recorded('create-storage-plain'))
    await client.create({ kind: 'storage', title: 'x', attributes: { 'occi.storage.size': 2 } })
  })
})

describe('a machine with public addresses', () => {
  const links = [{ target: `${base}network/PUBLIC` }, { target: `${base}network/cd48b7dd` }]

  /** An ooi that makes a machine; `link` states the link to its public address. */
  function making() {
    const { cloud, client } = ooi()
    cloud
      .post('/occi1.2/compute/', containing(['/network/cd48b7dd'], ['/network/PUBLIC']))
      .reply(...recorded('create-compute-json'))
    const link = () => cloud.post('/occi1.2/networklink/', containing(['/network/PUBLIC']))
    const shows = (state: string) =>
      cloud
        .get(/^\/occi1\.2\/compute\//)
        .reply(...recorded('show-compute-building-json', (body) => body.replace('"inactive"', `"${state}"`)))
    const create = () => client.create({ kind: 'compute', mixins: [os, '1'], links })
    return { link, shows, create }
  }

  it('a public address is attached after the machine was created, and other networks with it (ooi-25)', async () => {
    const { link, create } = making()
    link().reply(...recorded('create-public-link-json'))
    await create()
  })

  it('the link to a public address waits when it is refused while the machine is built', async () => {
    const { link, shows, create } = making()
    link().reply(400, 'No nw_info')
    for (const state of ['inactive', 'inactive', 'active']) shows(state)
    link().reply(...recorded('create-public-link-json'))
    await create()
  })

  it('the link to a public address is not repeated when it is refused although the machine is active', async () => {
    const { link, shows, create } = making()
    link().reply(400, 'No nw_info')
    shows('active')
    await expect(create()).rejects.toMatchObject({ code: 'partial' })
  })
})

describe('an update of anything but the size', () => {
  it('an update of anything but the size is refused, and the error lists what can be changed', async () => {
    const { cloud, client } = ooi()
    cloud.put(vmPath).reply(...recorded('err-update-title-json'))
    await expect(client.update(vm, { title: 'new' })).rejects.toMatchObject({
      message: expect.stringContaining('Missing OCCI types'),
      hint: expect.stringContaining('only the size of a machine'),
    })
  })
})

describe('a creation that is answered with id and title alone', () => {
  it('an answer with only id and title is not compared with the request, and the machine is read where its size may differ', async () => {
    const { cloud, client, deviations } = ooi()
    const create = (attributes: Record<string, number> = {}) => {
      cloud.post('/occi1.2/compute/').reply(...recorded('create-compute-json'))
      return client.create({ kind: 'compute', title: 'vm-json', mixins: [os, '1'], attributes })
    }
    const notes = () => deviations.filter(({ code }) => code === 'not-as-asked').map(({ message }) => message)
    await create()
    expect(notes()).toEqual([])
    cloud.get(/^\/occi1\.2\/compute\//).reply(...recorded('show-compute-building-json'))
    await create({ 'occi.compute.cores': 4 })
    expect(notes()).toEqual(['occi.compute.cores: "4" was requested, but the provider shows "1"'])
  })
})
