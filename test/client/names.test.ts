/** Names, states and values at providers that keep less than was sent: OCCI-OS and pyssf. */
import { describe, expect, it } from 'vitest'
import type { DifferenceNote } from '../../src/client/index.js'
import { titleAsStored } from '../../src/client/names.js'
import { standardEffects } from '../../src/client/quirks/effects.js'
import { type Mixin, Model, typeId } from '../../src/model/index.js'
import { type Deviation, readMessage } from '../../src/rendering/index.js'
import { openSandbox, serveSandbox } from '../../src/sandbox/index.js'
import { machine } from '../cli/support/harness.js'
import { replyOf } from '../support/nock.js'
import { capture, exchange } from './captures.js'
import { cloud, gather } from './cloud.js'
import { dialogueWith } from './mocked.js'

const compute = typeId('http://schemas.ogf.org/occi/infrastructure#', 'compute')
const cirros = { kind: 'compute', mixins: ['cirros-0.3.0-x86_64-blank', 'm1.tiny'] }

const isNote = (deviation: Deviation): deviation is DifferenceNote => 'difference' in deviation
const differencesIn = (deviations: readonly Deviation[]) =>
  deviations.filter(isNote).map(({ difference }) => difference)

describe('the name of a machine at OCCI-OS', () => {
  it('OCCI-OS is sent the title of a machine as its host name, and the machine is found by it (Q55)', async () => {
    const { client, seen } = cloud({ as: 'occi-os' })
    const { location } = await client.create({ ...cirros, title: 'web' })
    expect(seen.at(-1)?.request.body).toContain('occi.compute.hostname="web"')
    expect((await client.find('web', 'compute')).location).toBe(location)
    expect((await gather(client.list('compute'))).map(({ title }) => title)).toEqual(['web'])
  })

  it('a machine at OCCI-OS is found by the title as it was typed, although OCCI-OS normalizes it, and a deviation reports that', async () => {
    const { client, deviations } = cloud({ as: 'occi-os' })
    const { location } = await client.create({ ...cirros, title: 'My_Web Server!' })
    expect(differencesIn(deviations)).toHaveLength(1)
    const found = await client.find('My_Web Server!', 'compute')
    expect([found.location, found.entity?.title]).toEqual([location, 'my-web-server'])
    await client.describe(location)
    expect(differencesIn(deviations)).toEqual([
      { name: 'title', asked: 'My_Web Server!', shown: 'my-web-server' },
    ])
  })

  it('a machine at OCCI-OS gets the host name that the caller gives', async () => {
    const { client, seen } = cloud({ as: 'occi-os' })
    const wanted = { ...cirros, title: 'web', attributes: { 'occi.compute.hostname': 'www' } }
    expect(await client.storedTitle(wanted)).toBe('www')
    await client.create(wanted)
    expect(seen.at(-1)?.request.body).toContain('occi.compute.hostname="www"')
  })

  it('the title is not sent as a host name to a provider that keeps titles', async () => {
    const { client } = cloud({ as: 'pyssf' })
    const { location } = await client.create({
      kind: 'compute',
      attributes: { 'occi.compute.hostname': 'h' },
    })
    expect((await client.describe(location)).title).toBeUndefined()
  })

  it.each([
    ['web', 'web'],
    ['My VM', 'my-vm'],
    ['db_1.', 'db-1'],
    ['Größe', 'gre'],
    ['東京', ''],
  ])('the host name made of %s is "%s", as nova makes it', async (title, host) => {
    const { client } = cloud({ as: 'occi-os' })
    expect((await client.storedTitle({ ...cirros, title })) ?? '').toBe(host)
  })
})

/** Recorded while this program drove the servers' own code, through all of a machine's life. */
describe('a server that was met alive', () => {
  const entities = (name: 'occi-os-live' | 'pyssf-live', path: RegExp) =>
    capture(name)
      .filter(
        ({ request, response }) =>
          request.method === 'GET' && path.test(request.path) && response.status === 200,
      )
      .flatMap(
        ({ response }) => readMessage({ headers: response.headers, body: response.body ?? '' }).entities,
      )

  it('a real OCCI-OS named each machine by its host name and none by a title', () => {
    const machines = entities('occi-os-live', /^\/compute\/[^/]+$/)
    const names = machines.map(({ title, attributes }) => [title, attributes.get('occi.compute.hostname')])
    expect(new Set(names.map(String))).toEqual(new Set([',web', ',my-vm', ',withdisk']))
  })

  it('a real OCCI-OS answered with a new title of a volume and kept the old one', () => {
    const exchanges = capture('occi-os-live')
    const at = exchanges.findIndex(
      ({ request, response }) =>
        request.method === 'POST' && /title="other"/.test(request.body ?? '') && response.status === 200,
    )
    expect(exchanges[at]?.response.body).toContain('occi.core.title="other"')
    expect(exchanges[at + 1]?.request.path).toBe(exchanges[at]?.request.path)
    expect(exchanges[at + 1]?.response.body).toContain('occi.core.title="data"')
  })

  it('a real pyssf kept titles with commas and quotes', () => {
    const titles = entities('pyssf-live', /^\/compute\/[^/]+$/).map(({ title }) => title)
    expect(titles).toContain('a "quoted", title')
    expect(titles).toContain("it's #1")
  })
})

describe('--if-not-exists at OCCI-OS', () => {
  async function served() {
    const { sandbox, basePath } = openSandbox({ clock: Date.now, speed: 0, as: 'occi-os' })
    const { endpoint, close } = await serveSandbox(sandbox, { basePath })
    const { occi } = machine()
    const run = (...words: string[]) => occi([...words, '--endpoint', endpoint])
    return { run, close }
  }
  const create = [
    ...['compute', 'create', '--os', 'cirros-0.3.0-x86_64-blank', '--size', 'm1.tiny'],
    '--if-not-exists',
  ]

  it.each(['web', 'My VM'])(
    '--if-not-exists at OCCI-OS creates one machine in two commands for %s',
    async (title) => {
      const { run, close } = await served()
      const first = await run(...create, title, '-o', 'id')
      const second = await run(...create, title, '-o', 'id')
      expect([first.status, second.status]).toEqual([0, 0])
      expect(second.out).toBe(first.out)
      expect(second.err).toContain('exists already')
      expect((await run('compute', 'list', '-o', 'id')).out.trim().split('\n')).toHaveLength(1)
      expect((await run('compute', 'describe', title, '-o', 'id')).out).toBe(first.out)
      await close()
    },
  )

  it('--if-not-exists at OCCI-OS refuses a title that gives no host name', async () => {
    const { run, close } = await served()
    const { status, err } = await run(...create, '東京')
    expect(status).toBe(2)
    expect(err).toContain('does not store the title "東京"')
    expect((await run('compute', 'list', '-o', 'id')).out).toBe('')
    await close()
  })

  it('--if-not-exists is refused for a kind whose titles the provider does not keep', () => {
    const nowhere = { effects: { ...standardEffects, nameStorage: { compute: 'nowhere' as const } } }
    expect(titleAsStored(nowhere, compute, 'web')).toBeUndefined()
  })
})

describe('a template of Grizzly', () => {
  it('a template of Grizzly is found by the name of its image, which is spelled differently in its term', () => {
    const os: Mixin = {
      class: 'mixin',
      scheme: 'http://schemas.openstack.org/template/os#',
      term: 'cirros-0-3-0-x86_64-blank',
      id: typeId('http://schemas.openstack.org/template/os#', 'cirros-0-3-0-x86_64-blank'),
      attributes: new Map(),
      depends: [],
      applies: [],
      actions: [],
    }
    const model = new Model([os])
    expect(model.resolve('cirros-0.3.0-x86_64-blank', { class: 'mixin' }).term).toBe(os.term)
  })
})

describe('states', () => {
  /** A client whose machine is shown, `times` times, as OCCI-OS was recorded to show it. */
  const recorded = (release: 'occi-os' | 'occi-os-essex', name: string, times = 1) => {
    const { cloud, client } = dialogueWith()
    for (const [path, exchangeName, count] of [
      ['/-/', 'query-plain', 1],
      ['/compute/x', name, times],
    ] as const) {
      const { status, headers, body } = exchange(release, exchangeName).response
      cloud
        .get(path)
        .times(count)
        .reply(...replyOf({ status, headers, body: body ?? '' }))
    }
    return client
  }

  it.each(['occi-os', 'occi-os-essex'] as const)(
    'the state of a suspended machine of %s is read as suspended',
    async (release) => {
      const client = recorded(release, 'compute-get-suspended')
      const entity = await client.wait(
        '/compute/x',
        { for: 'state', state: 'suspended' },
        { timeout: 60_000 },
      )
      expect(entity?.attributes.get('occi.compute.state')).toBe('inactive')
    },
  )

  it('stopped and suspended machines of OCCI-OS are distinguished', async () => {
    const client = recorded('occi-os', 'compute-get-stopped', 9)
    await expect(
      client.wait('/compute/x', { for: 'state', state: 'suspended' }, { timeout: 60_000 }),
    ).rejects.toMatchObject({ code: 'timeout' })
  })

  it('a wait for a state that only an action brings ends at once and names the action (Q57)', async () => {
    const { client } = cloud({ as: 'pyssf' })
    const { location } = await client.create({ kind: 'compute', title: 'web' })
    await expect(client.wait(location, { for: 'state', state: 'active' })).rejects.toMatchObject({
      code: 'wait-failed',
      message: expect.stringContaining('stays inactive until "start" is triggered'),
      hint: expect.stringContaining('`trigger()` the action start'),
    })
  })

  it('a wait for a machine that starts by itself continues', async () => {
    const { client } = cloud({ as: 'occi-os' })
    const { location } = await client.create({ ...cirros, title: 'web' })
    const seen = await client.wait(location, { for: 'state', state: 'active' })
    expect(seen?.title).toBe('web')
  })
})

describe('values that are not kept', () => {
  it('a size that loses its fraction is reported (Q58)', async () => {
    const { client, deviations } = cloud({ as: 'occi-os' })
    await client.create({ kind: 'storage', title: 'data', attributes: { 'occi.storage.size': 1.5 } })
    expect(differencesIn(deviations)).toEqual([{ name: 'occi.storage.size', asked: '1.5', shown: '1' }])
  })

  it('a whole size costs no further request', async () => {
    const { client, seen } = cloud({ as: 'occi-os' })
    await client.create({ kind: 'storage', title: 'data', attributes: { 'occi.storage.size': 2 } })
    expect(seen.at(-1)).toMatchObject({ method: 'POST', path: '/storage/' })
  })

  it('a new title that was not stored is reported, whatever the answer shows (Q56)', async () => {
    const { client, deviations } = cloud({ as: 'occi-os' })
    const { location } = await client.create({
      kind: 'storage',
      title: 'data',
      attributes: { 'occi.storage.size': 2 },
    })
    const now = await client.update(location, { title: 'other' })
    expect(now.title).toBe('data')
    expect(differencesIn(deviations)).toEqual([{ name: 'title', asked: 'other', shown: 'data' }])
  })

  it('a public key is sent with the name of its key pair (Q59)', async () => {
    const { client, seen } = cloud({ as: 'occi-os' })
    const mixins = [...cirros.mixins, 'public_key']
    const nameFor = async (data: string) => {
      await client.create({
        ...cirros,
        mixins,
        attributes: { 'org.openstack.credentials.publickey.data': data },
      })
      return /publickey\.name="([^"]+)"/.exec(String(seen.at(-1)?.request.body))?.[1]
    }
    const one = await nameFor('ssh-ed25519 AAAA one')
    expect(one).toBeTruthy()
    expect(await nameFor('ssh-ed25519 AAAA one')).toBe(one)
    expect(await nameFor('ssh-ed25519 BBBB two')).not.toBe(one)
  })
})
