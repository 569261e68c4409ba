/**
 * The README's life of a machine, by name, through the command line, at each persona under its server's rules: with
 * image, size, key, user data, network, volume and mount point. A step ends with 0 and says nothing, unless the
 * persona's row has the warning that is true of its server, or the refusal of what the server does not offer. To add
 * a persona, add a row.
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openSandbox, serveSandbox } from '../../src/sandbox/index.js'
import { machine } from './support/harness.js'

const commands = {
  volume: 'storage create data --size 10 --wait',
  online: 'storage online data --wait',
  'ssh-key': 'compute create other TEMPLATES --ssh-key KEY',
  'user-data': 'compute create other TEMPLATES --user-data DATA',
  network: 'compute create other TEMPLATES --network NETWORK',
  create: 'compute create web TEMPLATES OPTIONS --wait',
  boot: 'compute start web --wait',
  describe: 'compute describe web',
  link: 'compute link web data --mountpoint /dev/vdb',
  stop: 'compute stop web --wait',
  resize: 'compute update web --mixin BIGGER',
  start: 'compute start web --wait',
  unlink: 'compute unlink web data',
  delete: 'compute delete web --yes --wait',
  'delete-volume': 'storage delete data --yes',
} as const

type Step = keyof typeof commands

/** Tried alone and only where it is refused; elsewhere `create` has all of them. */
const optional: readonly Step[] = ['ssh-key', 'user-data', 'network']

interface Refusal {
  readonly status: number
  readonly says: RegExp
}

interface Row {
  readonly os: string
  readonly size: string
  readonly bigger: string
  /** A network by name. */
  readonly network?: string
  /** Nothing starts by itself: `--wait` at creation would end with 12, and the machine and volume are started. */
  readonly startsNothing?: true
  /** Nothing starts at all: descriptions are kept, and the machine is started without `--wait` (E25). */
  readonly keepsOnly?: true
  /** What is said on stderr, because it is so at this server. */
  readonly warnings?: Readonly<Partial<Record<Step, RegExp>>>
  /** Steps and options that this server does not offer, and how that is said. */
  readonly refusals?: Readonly<Partial<Record<Step, Refusal>>>
}

const noKeys = { status: 2, says: /accepts no ssh keys/ }
const noUserData = { status: 2, says: /accepts no user data/ }
const noVolumes = { status: 6, says: /There is no kind ".*storage"/ }
const noUpdate = {
  status: 11,
  says: /501.+Update is currently no applicable.+cannot change existing entities/s,
}
const nothingToLink = { status: 6, says: /There is no .+ named "data"/ }
const noLinks = { status: 6, says: /has no kind of link/ }

const rows: Readonly<Record<string, Row>> = {
  'occi-1.2': { os: 'debian-12', size: 'small', bigger: 'large', network: 'public' },
  'occi-1.1': {
    os: 'debian-12',
    size: 'small',
    bigger: 'large',
    network: 'public',
    // Contextualization came with OCCI 1.2 (GFD.224 §3.5.3).
    refusals: { 'ssh-key': noKeys, 'user-data': noUserData },
  },
  'occi-os': { os: 'SmartOS', size: 'm1.small', bigger: 'm1.large', network: 'DEFAULT_NETWORK' },
  'occi-os-grizzly': { os: 'cirros-0.3.0-x86_64-blank', size: 'm1.small', bigger: 'm1.large' },
  'occi-os-havana': { os: 'cirros-0.3.0-x86_64-blank', size: 'm1.small', bigger: 'm1.large' },
  ooi: { os: 'cirros-0.6.2-x86_64-disk', size: 'm1.small', bigger: '3', network: 'private' },
  'rocci-server': {
    os: 'debian6',
    size: 'small',
    bigger: 'large',
    network: 'public',
    // Partial update is not implemented (recording rocci-server: partial-update-*).
    refusals: { resize: { status: 11, says: /answered 501/ } },
  },
  'rocci-server-2': { os: 'appl0', size: 'small', bigger: 'large', network: 'public' },
  // It has machines and nothing else (recording snf-occi: model).
  'snf-occi': {
    os: 'Debian',
    size: 'C1R1024D20',
    bigger: 'C2R2048D20',
    refusals: {
      volume: noVolumes,
      'ssh-key': noKeys,
      'user-data': noUserData,
      network: { status: 6, says: /There is no kind .+network/ },
      link: noLinks,
      resize: noUpdate,
      unlink: noLinks,
      'delete-volume': noVolumes,
    },
  },
  'snf-occi-2016': {
    os: 'debian',
    size: 'c1r1024d20',
    bigger: 'c2r2048d20',
    network: '1',
    refusals: {
      // Networks are shown, and nothing can be linked to them (recording snf-occi-2016).
      network: { status: 8, says: /501.+Currently not supported.+it was deleted again/s },
      volume: noVolumes,
      link: nothingToLink,
      resize: noUpdate,
      unlink: nothingToLink,
      'delete-volume': noVolumes,
    },
  },
  'snf-occi-2017': {
    os: '6f1f7205-cf4c-4b8c-ae77-7c419747bcbd',
    size: 'C1R1024D20ext_archipelago',
    bigger: '14',
    warnings: {
      create: /encodes user data a second time/,
      link: /"\/dev\/vdb" was requested, but the provider shows/,
    },
    refusals: {
      resize: {
        status: 11,
        says: /404.+exists: the provider cannot change it.+cannot change existing entities/s,
      },
    },
  },
  erocci: {
    os: 'debian6',
    size: 'small',
    bigger: 'large',
    network: 'public',
    keepsOnly: true,
    // Links cannot be deleted (src/client/quirks/README.md: E12).
    refusals: { unlink: { status: 11, says: /answered 500.+cannot delete links/s } },
  },
  // The example service has no contextualization (misc/run_iaas_wsgi_service.py).
  pyssf: {
    os: 'debian-12',
    size: 'small',
    bigger: 'large',
    network: 'public',
    startsNothing: true,
    refusals: { 'ssh-key': noKeys, 'user-data': noUserData },
  },
  martserver: { os: 'ubuntu_xenial_64', size: 'small', bigger: 'large', network: 'public' },
}

describe.each(Object.entries(rows))('the life of a machine at %s', (as, row) => {
  it('a machine and a volume are created, linked, used and deleted by name', async () => {
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
    const { refusals = {}, warnings = {}, startsNothing = false, keepsOnly = false } = row
    const options = [
      row.network === undefined || refusals.network !== undefined ? '' : `--network ${row.network}`,
      refusals['ssh-key'] === undefined ? `--ssh-key ${key}` : '',
      refusals['user-data'] === undefined ? `--user-data ${userData}` : '',
    ]
    const words = (step: Step) => {
      const isCreation = step === 'create' || step === 'volume'
      const isVain = isCreation ? startsNothing || keepsOnly : step === 'start' && keepsOnly
      const command = isVain ? commands[step].replace(' --wait', '') : commands[step]
      return command
        .replace('TEMPLATES', `--os ${row.os} --size ${row.size}`)
        .replace('NETWORK', row.network ?? 'public')
        .replace('KEY', key)
        .replace('DATA', userData)
        .replace('BIGGER', row.bigger)
        .replace('OPTIONS', options.join(' '))
    }
    const isTaken = (step: Step) =>
      step === 'online' || step === 'boot'
        ? startsNothing
        : !optional.includes(step) || refusals[step] !== undefined
    const told: unknown[] = []
    const wanted: unknown[] = []
    for (const step of (Object.keys(commands) as Step[]).filter(isTaken)) {
      const { status, err } = await occi(`${words(step)} --endpoint ${served.endpoint}`)
      const says = refusals[step]?.says ?? warnings[step]
      told.push({ step, status, err: says?.test(err) === true ? 'as expected' : err })
      wanted.push({ step, status: refusals[step]?.status ?? 0, err: says === undefined ? '' : 'as expected' })
    }
    expect(told).toEqual(wanted)
    const listed = await occi(`compute list -o name --endpoint ${served.endpoint}`)
    expect(listed.out).toBe('')
    await served.close()
  }, 60_000)
})
