import { describe, expect, it, onTestFinished } from 'vitest'
import type { Client } from '../../../src/client/index.js'
import { openSandbox, serveSandbox } from '../../../src/sandbox/index.js'
import { rawServer } from '../../support/raw-server.js'
import { cloudWith } from '../support/cloud-with.js'
import { type Machine, machine } from '../support/harness.js'

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

  it('occi ssh prefers public to private addresses, IPv4 to IPv6, and reachable addresses to local ones', async () => {
    const all = ['127.0.0.1', 'fd00::1', '10.0.0.1', '2001:db8::1', '8.8.8.8']
    for (const [at, expected] of ['8.8.8.8', '2001:db8::1', '10.0.0.1', 'fd00::1', '127.0.0.1'].entries()) {
      const left = all.slice(0, all.length - at)
      const { calls } = await sshOf(here, ['ssh', 'web'], cloudWith(left))
      expect(calls).toEqual([['ssh', '--', expected]])
    }
  })

  it('occi ssh uses only addresses of the requested family and kind', async () => {
    const cloud = cloudWith(['8.8.8.8', '10.0.0.1', '2001:db8::1'])
    expect((await sshOf(here, ['ssh', 'web', '--private'], cloud)).calls).toEqual([['ssh', '--', '10.0.0.1']])
    expect((await sshOf(here, ['ssh', 'web', '-6'], cloud)).calls).toEqual([['ssh', '--', '2001:db8::1']])
    const none = await sshOf(here, ['ssh', 'web', '-6', '--private'], cloud)
    expect(none).toMatchObject({ status: 6, calls: [] })
    expect(none.err).toContain('web has no private IPv6 address')
    expect(none.err).not.toContain('ip attach')
  })

  it('occi ssh passes user, keys, port, jump host, settings and a command to ssh', async () => {
    const words =
      'compute ssh web -u debian -i one -i two -p 2222 -J me@bastion -o StrictHostKeyChecking=no -t -- ls -l'
    const { calls } = await sshOf(here, words.split(' '), cloudWith(['8.8.8.8']))
    expect(calls[0]?.join(' ')).toBe(
      'ssh -l debian -i one -i two -p 2222 -J me@bastion -o StrictHostKeyChecking=no -t -- 8.8.8.8 ls -l',
    )
  })

  it('occi ssh takes the user name from OCCI_USER', async () => {
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
  ])('occi ssh runs nothing for an address like %j', async (address) => {
    const inLink = await sshOf(here, ['ssh', 'web'], cloudWith([address]))
    expect(inLink).toMatchObject({ status: 6, calls: [] })
    const inName = await sshOf(here, ['ssh', 'web'], cloudWith([], { 'occi.compute.hostname': address }))
    expect(inName).toMatchObject({ status: 6, calls: [] })
  })

  it('occi ssh uses a full host name when there is no address', async () => {
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
  ])('occi ssh refuses %j and names the option', async (words, option) => {
    const { status, err, calls } = await sshOf(here, ['ssh', 'web', ...words], cloudWith(['8.8.8.8']))
    expect([status, calls]).toEqual([2, []])
    expect(err).toContain(option)
  })

  it('occi ssh ends with the exit status of ssh and prints no message of its own', async () => {
    const result = await here.occi('ssh web -- false', {
      client: cloudWith(['8.8.8.8']),
      env: { OCCI_ENDPOINT: 'http://h/' },
      spawn: async () => 255,
    })
    expect(result).toEqual({ status: 255, out: '', err: '' })
  })

  it('occi ssh waits until the port answers, and uses the address that answers', async () => {
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

  it('occi ssh stops waiting with exit status 9 and names the option for a longer wait', async () => {
    const { status, calls, err } = await sshOf(
      here,
      ['ssh', 'web', '--wait', '--wait-timeout', '10s'],
      cloudWith(['8.8.8.8']),
    )
    expect([status, calls]).toEqual([9, []])
    expect(err).toContain('Wait longer with --wait-timeout,')
  })

  it('occi ssh does not try the port when ssh connects by way of another host', async () => {
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

  it('occi ssh --print prints the command for a shell', async () => {
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

  it("occi ssh explains where options of the remote command belong, and accepts ssh's own options", async () => {
    const listing = await sshOf(here, ['ssh', 'web', 'ls', '-la'], cloudWith(['8.8.8.8']))
    expect([listing.status, listing.calls]).toEqual([2, []])
    expect(listing.err).toContain('If it belongs to COMMAND, put "--" before that: occi ssh NAME -- COMMAND')
    const misspelt = await sshOf(here, ['ssh', 'web', '--usr', 'x'], cloudWith(['8.8.8.8']))
    expect(misspelt.err).toContain('Did you mean --user?')
  })

  it('occi ssh --dry-run runs nothing', async () => {
    const { calls, status } = await sshOf(here, ['ssh', 'web', '--dry-run'], cloudWith(['8.8.8.8']))
    expect([status, calls]).toEqual([0, []])
  })
})

describe('occi ssh at the practice cloud', () => {
  const here = machine({ env: { OCCI_ENDPOINT: 'sandbox:' } })
  const spawn = async () => 0

  it('occi ssh at the practice cloud fails at once and shows the command that it would have run', async () => {
    await here.occi('compute create web --os debian-12 --size nano --network public --wait')
    const { status, out, err } = await here.occi('ssh web -u debian --wait -- uname -a', { spawn })
    expect([status, out]).toEqual([2, ''])
    expect(err).toMatch(
      /^occi: The machines of the practice cloud are not real: no ssh server answers there\n {2}With a real provider this would run: ssh -l debian -- 203\.0\.113\.\d+ uname -a\n$/,
    )
  })

  it('occi ssh at the practice cloud fails likewise for a machine without an address, but not for a missing one', async () => {
    await here.occi('compute create bare --os debian-12 --size nano')
    const { status, err } = await here.occi('ssh bare', { spawn })
    expect([status, err]).toEqual([2, expect.stringContaining('would run: ssh -- ADDRESS\n')])
    expect((await here.occi('ssh nobody', { spawn })).status).toBe(6)
  })

  it('occi ssh recognises a practice cloud that is served on a port, whichever server it imitates', async () => {
    for (const as of ['occi-1.2', 'ooi', 'pyssf', 'rocci-server-2']) {
      const { sandbox, basePath } = openSandbox({ clock: Date.now, as, speed: 0 })
      const served = await serveSandbox(sandbox, { basePath })
      onTestFinished(() => served.close())
      const client = cloudWith(['203.0.113.7'], {}, served.endpoint)
      const env = { OCCI_ENDPOINT: served.endpoint }
      expect((await here.occi('ssh web', { spawn, env, client })).status).toBe(2)
    }
  })

  it('occi ssh connects to an address on this machine, which may be a tunnel', async () => {
    const server = await rawServer((_, socket) => socket.end('HTTP/1.1 405 No\r\nContent-Length: 0\r\n\r\n'))
    onTestFinished(() => server.close())
    const env = { OCCI_ENDPOINT: `${server.origin}/` }
    const { status } = await here.occi('ssh web', {
      spawn,
      env,
      client: cloudWith(['8.8.8.8'], {}, `${server.origin}/`),
    })
    expect(status).toBe(0)
  })
})
