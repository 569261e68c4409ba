import { beforeEach, describe, expect, it } from 'vitest'
import { openSandbox, serveSandbox } from '../../../src/sandbox/index.js'
import { cloudWith } from '../support/cloud-with.js'
import { type Machine, machine } from '../support/harness.js'

let sandbox: Machine

beforeEach(async () => {
  sandbox = machine({ env: { OCCI_ENDPOINT: 'sandbox:' } })
  await ok('compute create web --os debian-12 --size small --network public')
  await ok('storage create data --size 1')
})

async function ok(words: string, more = {}): Promise<string> {
  const result = await sandbox.occi(words, more)
  expect([words, result.status, result.err]).toEqual([words, 0, ''])
  return result.out
}

async function json(words: string, more = {}) {
  return JSON.parse(await ok(`${words} -o json`, more))
}

describe('occi wait', () => {
  it('occi wait waits for entities of any kind until each can be used', async () => {
    const found = await json('wait web data')
    expect(found.map(({ name, state }: Record<string, unknown>) => [name, state])).toEqual([
      ['web', 'active'],
      ['data', 'online'],
    ])
  })

  it.each([
    'state=active',
    'active',
    'exists',
    'ip',
    'cores=1',
    'occi.compute.cores=1',
    'attr:occi.compute.cores=1',
  ])('occi wait waits %s', async (condition) => {
    expect(await json(`wait web --for ${condition}`)).toMatchObject({ name: 'web' })
  })

  it('occi wait waits until an entity is deleted, and ends at once when it already is', async () => {
    await ok('wait web')
    await ok('compute delete web --yes')
    expect(await json('wait web --for deleted')).toMatchObject({ name: 'web', deleted: true })
  })

  it('occi wait waits until an entity exists that nobody has created yet', async () => {
    let slept = 0
    const onSleep = async () => {
      slept += 1
      if (slept === 2) await sandbox.occi('network create late')
    }
    expect(await json('wait late --for exists', { onSleep })).toMatchObject({ name: 'late' })
    const { status, err } = await sandbox.occi('wait never --for exists --timeout 5s')
    expect([status, err.split('\n')[0]]).toEqual([9, 'occi: never did not appear within 5 s'])
  })

  it('occi wait waits until a port of the address answers', async () => {
    const asked: string[] = []
    const reach = async (host: string, port: number) => {
      asked.push(`${host}:${port}`)
      return asked.length > 2
    }
    const elsewhere = { reach, client: cloudWith(['8.8.8.8']), env: { OCCI_ENDPOINT: 'http://h/' } }
    expect(await json('wait web --for port=22', elsewhere)).toMatchObject({ ips: ['8.8.8.8'] })
    expect(asked).toEqual(Array(3).fill('8.8.8.8:22'))
    expect(await json('compute wait web --for port=443', elsewhere)).toMatchObject({ name: 'web' })
  })

  it('occi wait asks a server on this machine once whether it is the practice cloud', async () => {
    const { sandbox: cloud, basePath } = openSandbox({ clock: Date.now, speed: 0 })
    const { endpoint, close } = await serveSandbox(cloud, { basePath })
    const served = { env: { OCCI_ENDPOINT: endpoint } }
    await ok('compute create m --count 2 --os debian-12 --size small --network public --quiet', served)
    const { status, err } = await sandbox.occi('wait m-1 m-2 --for port=22 --trace', served)
    await close()
    expect([status, err.match(/OPTIONS \S+/g)?.length]).toEqual([0, 1])
  })

  it('occi wait at the practice cloud uses its clock in place of a port', async () => {
    const asked: string[] = []
    const reach = async (host: string) => {
      asked.push(host)
      return true
    }
    const { status, out, err } = await sandbox.occi('wait web --for port=22', { reach })
    expect([status, out.trim().split('\n').length, asked]).toEqual([0, 1, []])
    expect(err).toBe(
      'occi: the practice cloud has no real machines: port 22 counts as open when web is active and has an address\n',
    )
  })

  it.each([
    ['wait web --for online', '--for: A compute has no state "online"'],
    ['wait data --for active', '--for: A storage has no state "active"'],
    ['wait data --for port=22', '--for: A storage has no address'],
    ['storage wait data --for ip', '--for: A storage has no address'],
    ['wait alone --for ip', '--for: alone is linked to no network, so it never gets an address'],
    ['compute wait alone --for port=22', '--for: alone is linked to no network, so it never gets an address'],
  ])('occi %s does not wait for what never comes: %s', async (words, message) => {
    await ok('compute create alone')
    const { status, err } = await sandbox.occi(words)
    expect([status, err.split('\n')[0]]).toEqual([2, `occi: ${message}`])
  })

  it('a wait for a port of a machine without an address ends with how it gets one', async () => {
    const { status, err } = await sandbox.occi('wait web --for port=22 --timeout 30', {
      client: cloudWith([]),
      env: { OCCI_ENDPOINT: 'http://h/' },
    })
    expect([status, err.split('\n')[1]]).toEqual([
      9,
      '  Wait longer with --timeout, or link it to a network: occi link create MACHINE NETWORK.',
    ])
  })

  it('a wait that times out prints the last state and the option for a longer wait', async () => {
    const state = await sandbox.occi('wait web --for suspended --timeout 2m')
    expect([state.status, state.err]).toEqual([
      9,
      'occi: web was not suspended within 120 s; the last state was active\n  Wait longer with --timeout; nothing was undone.\n',
    ])
    const port = await sandbox.occi('wait web --for port=22 --timeout 30', {
      client: cloudWith(['8.8.8.8']),
      env: { OCCI_ENDPOINT: 'http://h/' },
    })
    expect([port.status, port.err.split('\n')[0]]).toEqual([
      9,
      expect.stringMatching(
        /^occi: web accepted no connection on port 22 within 30 s; the last state was active, at [0-9.]+$/,
      ),
    ])
  })

  it('occi wait fails at once when the state is error', async () => {
    const client = {
      endpoint: 'http://h/',
      model: async () => ({ stateAttribute: () => 'occi.compute.state' }),
      find: async () => ({ location: 'http://h/compute/1' }),
      describe: async () => ({
        type: 'resource',
        kind: 'http://schemas.ogf.org/occi/infrastructure#compute',
        location: 'http://h/compute/1',
        mixins: [],
        links: [],
        actions: [],
        attributes: new Map([['occi.compute.state', 'error']]),
      }),
    } as never
    const { status, err } = await sandbox.occi('wait web --for port=22', {
      client,
      env: { OCCI_ENDPOINT: 'http://h/' },
    })
    expect([status, err.split('\n')[0]]).toEqual([12, 'occi: web is in state error'])
  })

  it.each([
    ['wait', 'NAME is missing'],
    ['wait web --for =', '--for'],
    ['wait web --for port=x', 'port from 1 to 65535'],
    ['wait web --for port=70000', 'port from 1 to 65535'],
    ['wait web --for actve', 'Did you mean active?'],
    ['wait web --for delted', 'Did you mean deleted?'],
    ['wait web --timeout never', '--timeout'],
  ])('occi %s is refused', async (words, said) => {
    const { status, err } = await sandbox.occi(words)
    expect([status, err.includes(said)]).toEqual([2, true])
  })

  it('occi wait names an entity that does not exist', async () => {
    expect((await sandbox.occi('wait nothing')).status).toBe(6)
    expect((await sandbox.occi('wait web nothing')).status).toBe(8)
  })
})

describe('--wait on every verb that changes', () => {
  it('replace --wait waits, too', async () => {
    expect(await json('compute replace web --title web --size large --wait')).toMatchObject({
      state: 'active',
    })
  })
})

describe('--wait after a change', () => {
  it.each([
    ['compute update web --title web --wait', 'compute stop web --wait', 'inactive'],
    ['compute update web --size large --wait', 'compute suspend web --wait', 'suspended'],
    ['compute replace web --title web --size large --wait', 'compute stop web --wait', 'inactive'],
    ['storage update data --title data --wait', 'storage offline data --wait', 'offline'],
  ])('occi %s leaves a stopped machine stopped: %s', async (change, before, state) => {
    await ok('wait web data')
    await ok(before)
    expect(await json(change)).toMatchObject({ state })
  })

  it('--wait after a change waits for an entity that was not ready before', async () => {
    const fresh = machine({ env: { OCCI_ENDPOINT: 'sandbox:' } })
    await fresh.occi('compute create new --os debian-12 --size small')
    const { out, status } = await fresh.occi('compute update new --title new --wait -o json')
    expect([status, JSON.parse(out).state]).toEqual([0, 'active'])
  })

  it('--wait with a state waits for that state', async () => {
    await ok('wait web')
    await ok('compute stop web --wait')
    const { status, err } = await sandbox.occi(
      'compute update web --title web --wait=active --wait-timeout 5s',
    )
    expect([status, err]).toEqual([9, expect.stringContaining('web was not active within 5 s')])
  })
})

describe('create --if-not-exists', () => {
  const again = 'compute create web --os debian-12 --size small --if-not-exists'

  it('create --if-not-exists prints the existing entity and a note', async () => {
    const before = await json('compute describe web')
    const { status, out, err } = await sandbox.occi(`${again} -o json`)
    expect([status, JSON.parse(out).id, err]).toEqual([
      0,
      before.id,
      'The virtual machine "web" exists already; nothing was created.\n',
    ])
    expect(await json('compute list')).toHaveLength(1)
  })

  it('create --if-not-exists --wait waits for an existing entity, too', async () => {
    const { out } = await sandbox.occi(`${again} --wait -o json`)
    expect(JSON.parse(out).state).toBe('active')
  })

  it('create --if-not-exists creates what is missing, of several as well', async () => {
    await ok('compute create db --os debian-12 --size small --if-not-exists')
    await ok('compute create db-2 --os debian-12 --size small')
    const { out, status } = await sandbox.occi(
      'compute create db --os debian-12 --size small --count 3 --if-not-exists -o json',
    )
    expect([status, JSON.parse(out).map(({ name }: { name: string }) => name)]).toEqual([
      0,
      ['db-1', 'db-2', 'db-3'],
    ])
    expect(await json('compute list --where name=db*')).toHaveLength(4)
  })

  it('create --if-not-exists looks for the id when one was chosen', async () => {
    await ok('storage create --id mine --size 1')
    const { status, err } = await sandbox.occi('storage create other --id mine --size 1 --if-not-exists')
    expect([status, err.includes('exists already')]).toEqual([0, true])
  })

  it('create --if-not-exists refuses several entities of the same title, and needs a title', async () => {
    await ok('compute create web --os debian-12 --size small')
    const several = await sandbox.occi(again)
    expect([several.status, several.err.includes('2 virtual machines titled "web"')]).toEqual([6, true])
    const none = await sandbox.occi('compute create --os debian-12 --if-not-exists')
    expect([none.status, none.err.includes('--if-not-exists needs a title')]).toEqual([2, true])
  })
})
