import { describe, expect, it } from 'vitest'
import type { Client } from '../../../src/client/index.js'
import { type Entity, Model, NETWORK_INTERFACE, typeId } from '../../../src/model/index.js'
import { type Machine, machine } from '../support/harness.js'

const compute = typeId('http://schemas.ogf.org/occi/infrastructure#', 'compute')

/** A cloud with one machine that has these addresses. */
function cloudWith(addresses: readonly string[], attributes: Readonly<Record<string, string>> = {}): Client {
  const web: Entity = {
    type: 'resource',
    kind: compute,
    mixins: [],
    title: 'web',
    location: 'http://h/compute/w1',
    attributes: new Map(Object.entries({ 'occi.compute.state': 'active', ...attributes })),
    actions: [],
    links: addresses.map((address, index) => ({
      type: 'link',
      kind: NETWORK_INTERFACE,
      mixins: [],
      location: `http://h/networkinterface/${index}`,
      attributes: new Map([['occi.networkinterface.address', address]]),
      actions: [],
    })),
  }
  return {
    endpoint: 'http://h/',
    model: async () => new Model([]),
    find: async () => ({ location: web.location }),
    describe: async () => web,
    wait: async () => web,
  } as unknown as Client
}

/** Answers the arguments that ssh would get, or what was said. */
async function sshOf(here: Machine, words: readonly string[], client: Client, more = {}) {
  const calls: (readonly string[])[] = []
  const result = await here.occi(words, {
    client,
    env: { OCCI_ENDPOINT: 'http://h/' },
    spawn: async (program, args) => {
      calls.push([program, ...args])
      return 0
    },
    ...more,
  })
  return { ...result, calls }
}

describe('occi ssh', () => {
  const here = machine()

  it('prefers public to private, IPv4 to IPv6, and what others can reach to what nobody can', async () => {
    const all = ['127.0.0.1', 'fd00::1', '10.0.0.1', '2001:db8::1', '8.8.8.8']
    for (const [at, expected] of ['8.8.8.8', '2001:db8::1', '10.0.0.1', 'fd00::1', '127.0.0.1'].entries()) {
      const left = all.slice(0, all.length - at)
      const { calls } = await sshOf(here, ['ssh', 'web'], cloudWith(left))
      expect(calls).toEqual([['ssh', '--', expected]])
    }
  })

  it('takes only such addresses as were asked for', async () => {
    const cloud = cloudWith(['8.8.8.8', '10.0.0.1', '2001:db8::1'])
    expect((await sshOf(here, ['ssh', 'web', '--private'], cloud)).calls).toEqual([['ssh', '--', '10.0.0.1']])
    expect((await sshOf(here, ['ssh', 'web', '-6'], cloud)).calls).toEqual([['ssh', '--', '2001:db8::1']])
    const none = await sshOf(here, ['ssh', 'web', '-6', '--private'], cloud)
    expect(none).toMatchObject({ status: 6, calls: [] })
    expect(none.err).toContain('web has no private IPv6 address')
  })

  it('passes user, keys, port, jump host, settings and a command on', async () => {
    const words =
      'compute ssh web -u debian -i one -i two -p 2222 -J me@bastion -o StrictHostKeyChecking=no -t -- ls -l'
    const { calls } = await sshOf(here, words.split(' '), cloudWith(['8.8.8.8']))
    expect(calls[0]?.join(' ')).toBe(
      'ssh -l debian -i one -i two -p 2222 -J me@bastion -o StrictHostKeyChecking=no -t -- 8.8.8.8 ls -l',
    )
  })

  it('takes OCCI_USER for the user', async () => {
    const { calls } = await sshOf(here, ['ssh', 'web'], cloudWith(['8.8.8.8']), {
      env: { OCCI_ENDPOINT: 'http://h/', OCCI_USER: 'ada' },
    })
    expect(calls).toEqual([['ssh', '-l', 'ada', '--', '8.8.8.8']])
  })

  // Guarantee: no-command-no-file
  it.each([
    '-oProxyCommand=touch pwned',
    '--',
    '$(touch pwned)',
    '8.8.8.8 -oProxyCommand=x',
    '1::2::3',
    'fe80::1%$(touch pwned)',
    '`x`',
  ])('runs nothing for an address like %j', async (address) => {
    const inLink = await sshOf(here, ['ssh', 'web'], cloudWith([address]))
    expect(inLink).toMatchObject({ status: 6, calls: [] })
    const inName = await sshOf(here, ['ssh', 'web'], cloudWith([], { 'occi.compute.hostname': address }))
    expect(inName).toMatchObject({ status: 6, calls: [] })
  })

  it('takes a full host name where there is no address', async () => {
    const named = cloudWith([], { 'occi.compute.hostname': 'vm1.cloud.example.org' })
    expect((await sshOf(here, ['ssh', 'web'], named)).calls).toEqual([['ssh', '--', 'vm1.cloud.example.org']])
    expect(
      (await sshOf(here, ['ssh', 'web'], cloudWith([], { 'occi.compute.hostname': 'web' }))).status,
    ).toBe(6)
  })

  it.each([
    [['--user', '-oProxyCommand=x'], '--user'],
    [['--port', '0'], '--port'],
    [['--port', '22x'], '--port'],
    [['-J', '-x'], '--proxy-jump'],
    [['-o', 'json'], '--ssh-option'],
    [['--public', '--private'], '--public'],
    [['--wait-timeout', 'soon'], '--wait-timeout'],
  ])('refuses %j and names the option', async (words, option) => {
    const { status, err, calls } = await sshOf(here, ['ssh', 'web', ...words], cloudWith(['8.8.8.8']))
    expect([status, calls]).toEqual([2, []])
    expect(err).toContain(option)
  })

  it('ends with the exit status of ssh and says nothing of its own', async () => {
    const result = await here.occi('ssh web -- false', {
      client: cloudWith(['8.8.8.8']),
      env: { OCCI_ENDPOINT: 'http://h/' },
      spawn: async () => 255,
    })
    expect(result).toEqual({ status: 255, out: '', err: '' })
  })

  it('waits until the port answers, and takes the address that does', async () => {
    let asked = 0
    const reach = async (host: string, port: number) => {
      asked += 1
      return asked > 3 && host === '10.0.0.1' && port === 2222
    }
    const { calls } = await sshOf(
      here,
      ['ssh', 'web', '--wait', '-p', '2222'],
      cloudWith(['8.8.8.8', '10.0.0.1']),
      {
        reach,
      },
    )
    expect(calls).toEqual([['ssh', '-p', '2222', '--', '10.0.0.1']])
    expect(asked).toBeGreaterThan(3)
  })

  it('gives up waiting with exit status 9', async () => {
    const { status, calls } = await sshOf(
      here,
      ['ssh', 'web', '--wait', '--wait-timeout', '10s'],
      cloudWith(['8.8.8.8']),
    )
    expect([status, calls]).toEqual([9, []])
  })

  it('does not try the port itself where ssh goes by way of another host', async () => {
    for (const words of [
      ['-J', 'bastion'],
      ['-o', 'ProxyCommand=nc %h %p'],
    ]) {
      const { calls } = await sshOf(here, ['ssh', 'web', '--wait', ...words], cloudWith(['10.0.0.1']), {
        reach: async () => {
          throw new Error('asked')
        },
      })
      expect(calls[0]?.slice(-2)).toEqual(['--', '10.0.0.1'])
    }
  })

  it('prints the command for a shell instead', async () => {
    const { out, calls } = await sshOf(
      here,
      ['ssh', 'web', '--print', '--', "echo 'a b'"],
      cloudWith(['8.8.8.8']),
    )
    expect(out).toBe(`ssh -- 8.8.8.8 'echo '\\''a b'\\'''\n`)
    expect(calls).toEqual([])
    const json = await sshOf(here, ['ssh', 'web', '--print', '--output', 'json'], cloudWith(['8.8.8.8']))
    expect(JSON.parse(json.out)).toMatchObject({ argv: ['ssh', '--', '8.8.8.8'], address: '8.8.8.8' })
  })

  it("says where the options of what is to be run belong, and still knows ssh's own", async () => {
    const listing = await sshOf(here, ['ssh', 'web', 'ls', '-la'], cloudWith(['8.8.8.8']))
    expect([listing.status, listing.calls]).toEqual([2, []])
    expect(listing.err).toContain('If it belongs to COMMAND, put "--" before that: occi ssh NAME -- COMMAND')
    const misspelt = await sshOf(here, ['ssh', 'web', '--usr', 'x'], cloudWith(['8.8.8.8']))
    expect(misspelt.err).toContain('Did you mean --user?')
  })

  it('runs nothing with --dry-run', async () => {
    const { calls, status } = await sshOf(here, ['ssh', 'web', '--dry-run'], cloudWith(['8.8.8.8']))
    expect([status, calls]).toEqual([0, []])
  })
})
