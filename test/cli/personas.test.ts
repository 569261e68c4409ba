import { describe, expect, it } from 'vitest'
import { openSandbox, personaNames, serveSandbox } from '../../src/sandbox/index.js'
import { machine } from './support/harness.js'

/**
 * The lifecycle through the command line against each persona; what a server cannot do stands here, with the reason.
 */
const images: Readonly<Record<string, readonly [os: string, size: string]>> = {
  'occi-os': ['cirros-0.3.0-x86_64-blank', 'm1.tiny'],
  'occi-os-grizzly': ['cirros-0.3.0-x86_64-blank', 'm1.tiny'],
  'occi-os-havana': ['cirros-0.3.0-x86_64-blank', 'm1.tiny'],
  'snf-occi': ['Debian', 'C2R2048D20'],
  'snf-occi-2016': ['debian', 'c2r2048d20'],
}

/** New machines stay as they are there: they are started. */
const started = new Set(['pyssf'])

/** Nothing is ever active: descriptions are kept, and actions change nothing (E25). */
const inert = new Set(['erocci'])

/** What an update may change, where it is not the title. */
const changes: Readonly<Record<string, string>> = { 'rocci-server-2': '--mixin large' }

/** Kinds that are not there at all: their GET /-/ has compute alone, or compute and network. */
const withoutVolumes = new Set(['snf-occi', 'snf-occi-2016'])

/** Servers that keep no device of a volume, which is said. */
const devicesLost = new Set(['snf-occi-2017'])

const unlinkFails: Readonly<Record<string, string>> = {
  erocci: 'links cannot be deleted (E12): 500, and the link stays',
}

describe.each(personaNames())('a lifecycle against %s', (as) => {
  it('the command line discovers, creates, lists, describes, stops, starts, links, unlinks and deletes', async () => {
    const { sandbox, basePath } = openSandbox({ clock: Date.now, speed: 0, as })
    const served = await serveSandbox(sandbox, { basePath })
    const { occi } = machine()
    const run = (words: string) => occi(`${words} --endpoint ${served.endpoint}`)
    const done = async (words: string) => {
      const { status, err, out } = await run(words)
      expect({ words, status, err }).toEqual({ words, status: 0, err: '' })
      return out.trim()
    }
    const first = async (of: string) => (await done(`mixin list --of ${of} -o id`)).split('\n')[0] ?? ''
    const [os = await first('os_tpl'), size = await first('resource_tpl')] = images[as] ?? []
    const isInert = inert.has(as)
    const wait = started.has(as) || isInert ? '' : '--wait'
    const name = await done(`compute create vm --os ${os} --size ${size} ${wait} -o name`)
    if (started.has(as)) await done(`compute start ${name} --wait`)
    expect(name).not.toBe('')
    expect(await done('compute list -o name')).toContain(name)
    const shown = JSON.parse(await done(`compute describe ${name} -o json`)) as { state: string }
    expect(shown.state).toBe(isInert ? 'inactive' : 'active')
    await done(`compute stop ${name} --wait`)
    await done(`compute start ${name} ${isInert ? '' : '--wait'}`)
    if (withoutVolumes.has(as)) {
      expect((await run('storage create data --size 1')).status).toBe(6)
      await done(`compute delete ${name} --yes`)
      await served.close()
      return
    }
    const volume = await done('storage create data --size 1 -o name')
    const link = await run(
      `compute link ${name} ${volume} --mountpoint /dev/vdb --attribute occi.storagelink.deviceid=/dev/vdb`,
    )
    expect(link.status).toBe(0)
    if (devicesLost.has(as)) expect(link.err).toContain('"/dev/vdb" was requested')
    else expect(link.err).toBe('')
    const unlinked = await run(`compute unlink ${name} ${volume}`)
    expect(unlinked.status).toBe(unlinkFails[as] === undefined ? 0 : 11)
    await done(`compute delete ${name} --yes`)
    expect((await run(`compute describe ${name}`)).status).toBe(6)
    await served.close()
  }, 30_000)
})

describe.each(personaNames())('--dry-run against %s', (as) => {
  it('--dry-run sends no request that changes anything, and shows it instead', async () => {
    const { sandbox, basePath } = openSandbox({ clock: Date.now, speed: 0, as })
    const methods: string[] = []
    const handle: typeof sandbox.handle = (request) => {
      methods.push(request.method)
      return sandbox.handle(request)
    }
    const served = await serveSandbox({ handle, close: () => sandbox.close() }, { basePath })
    const { occi } = machine()
    const run = (words: string) => occi(`${words} --endpoint ${served.endpoint}`)
    const first = async (of: string) => (await run(`mixin list --of ${of} -o id`)).out.split('\n')[0] ?? ''
    const [os = await first('os_tpl'), size = await first('resource_tpl')] = images[as] ?? []
    const create = `--os ${os} --size ${size}`
    const vm = (await run(`compute create vm ${create} --wait -o name`)).out.trim()
    const volumes = !withoutVolumes.has(as)
    const volume = volumes ? (await run('storage create data --size 1 -o name')).out.trim() : ''
    methods.length = 0
    const device = '--attribute occi.storagelink.deviceid=/dev/vdb'
    const cases = [
      [`compute create db ${create} --wait`, 'POST '],
      [`compute update ${vm} ${changes[as] ?? '--title other'} --wait`, 'P'],
      // A machine of pyssf is inactive until it is started.
      [`compute ${as === 'pyssf' ? 'start' : 'stop'} ${vm} --wait`, 'POST '],
      ...(volumes
        ? ([[`compute link ${vm} ${volume} --mountpoint /dev/vdb ${device} --wait`, 'POST ']] as const)
        : []),
      [`compute delete ${vm} --wait`, 'DELETE '],
      ['compute delete --all', 'DELETE '],
    ] as const
    for (const [words, begins] of cases) {
      for (const form of ['--dry-run', '--curl']) {
        const { status, err, out } = await run(`${words} ${form}`)
        expect([words, status, err]).toEqual([words, 0, ''])
        expect(out.startsWith(form === '--curl' ? 'curl -sS' : begins) || out.startsWith('printf')).toBe(true)
      }
    }
    expect(methods.filter((method) => method !== 'GET')).toEqual([])
    await served.close()
  }, 30_000)
})
