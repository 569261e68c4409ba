/**
 * The README's life of a machine, by name, through the command line, at each persona under its server's rules.
 * A step ends with 0 and says nothing, unless the persona's row has the warning that is true of its server, or the
 * reason why there is no such step. To add a persona, add a row.
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openSandbox, serveSandbox } from '../../src/sandbox/index.js'
import { machine } from './support/harness.js'

type Step =
  | 'volume'
  | 'create'
  | 'describe'
  | 'link'
  | 'stop'
  | 'resize'
  | 'start'
  | 'unlink'
  | 'delete'
  | 'delete-volume'

interface Row {
  readonly os: string
  readonly size: string
  readonly bigger: string
  /** Networks by name; the seed has `public`. Undefined where a machine cannot be given one. */
  readonly network?: string
  /** Options of create that this server has no place for, with the reason in a comment. */
  readonly withoutKey?: true
  readonly withoutUserData?: true
  /** How a machine is called after its creation. Default: web. */
  readonly name?: string
  /** What is said on stderr, because it is so at this server. */
  readonly warnings?: Readonly<Partial<Record<Step, RegExp>>>
  /** Steps that this server does not offer, and why. */
  readonly without?: Readonly<Partial<Record<Step, string>>>
}

const rows: Readonly<Record<string, Row>> = {
  'occi-1.2': { os: 'debian-12', size: 'small', bigger: 'large', network: 'public' },
  'rocci-server': {
    os: 'debian6',
    size: 'small',
    bigger: 'large',
    network: 'public',
    without: { resize: 'partial update is not implemented: 501 (recording rocci-server: partial-update-*)' },
  },
  'rocci-server-2': { os: 'appl0', size: 'small', bigger: 'large', network: 'public' },
}

describe.each(Object.entries(rows))('the life of a machine at %s', (as, row) => {
  it('goes by name from a volume to the deletion', async () => {
    const { sandbox, basePath } = openSandbox({ clock: Date.now, speed: 0, as })
    const served = await serveSandbox(sandbox, { basePath })
    const { occi, folder } = machine()
    const key = join(folder, 'key.pub')
    const userData = join(folder, 'init.sh')
    writeFileSync(
      key,
      'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ8Zg0E0nYVRSLTW9hq4c6EyLQHxqtP+4ul8AP6MY9vM jane@example.org\n',
    )
    writeFileSync(userData, '#!/bin/sh\necho hello\n')
    const name = row.name ?? 'web'
    const create = [
      `compute create web --os ${row.os} --size ${row.size}`,
      row.network === undefined ? '' : `--network ${row.network}`,
      row.withoutKey === true ? '' : `--ssh-key ${key}`,
      row.withoutUserData === true ? '' : `--user-data ${userData}`,
      '--wait',
    ].join(' ')
    const steps: readonly (readonly [Step, string])[] = [
      ['volume', 'storage create data --size 10 --wait'],
      ['create', create],
      ['describe', `compute describe ${name}`],
      ['link', `compute link ${name} data --mountpoint /dev/vdb`],
      ['stop', `compute stop ${name} --wait`],
      ['resize', `compute update ${name} --mixin ${row.bigger}`],
      ['start', `compute start ${name} --wait`],
      ['unlink', `compute unlink ${name} data`],
      ['delete', `compute delete ${name} --yes --wait`],
      ['delete-volume', 'storage delete data --yes'],
    ]
    const told: unknown[] = []
    const wanted: unknown[] = []
    for (const [step, words] of steps) {
      if (row.without?.[step] !== undefined) continue
      const { status, err } = await occi(`${words} --endpoint ${served.endpoint}`)
      const warning = row.warnings?.[step]
      told.push({ step, status, err: warning?.test(err) === true ? 'as expected' : err })
      wanted.push({ step, status: 0, err: warning === undefined ? '' : 'as expected' })
    }
    expect(told).toEqual(wanted)
    const listed = await occi(`compute list -o name --endpoint ${served.endpoint}`)
    expect(listed.out).toBe('')
    await served.close()
  }, 60_000)

  it.each(Object.keys(row.without ?? {}))(
    'refuses %s, as its server does',
    async (step) => {
      const { sandbox, basePath } = openSandbox({ clock: Date.now, speed: 0, as })
      const served = await serveSandbox(sandbox, { basePath })
      const { occi } = machine()
      const run = (words: string) => occi(`${words} --endpoint ${served.endpoint}`)
      await run(`compute create web --os ${row.os} --size ${row.size} --wait`)
      const words: Readonly<Record<string, string>> = {
        volume: 'storage create data --size 10',
        resize: `compute update ${row.name ?? 'web'} --mixin ${row.bigger}`,
      }
      const { status } = await run(words[step] ?? '')
      expect(status).not.toBe(0)
      await served.close()
    },
    60_000,
  )
})
