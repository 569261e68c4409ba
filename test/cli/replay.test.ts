import { describe, expect, it } from 'vitest'
import type { CaptureName } from '../client/captures.js'
import { replay } from '../client/replay.js'
import { machine } from './support/harness.js'

/**
 * Recorded servers, answered byte for byte, through the command line: discover, create, list, describe,
 * stop, start, link a volume, unlink, delete, wherever that server did it. A step that is missing has its
 * reason in the table.
 */
interface Step {
  readonly command: string
  /** What standard output must match. */
  readonly out?: RegExp
  /** A true warning on standard error; nothing otherwise. */
  readonly err?: string
}

interface Server {
  readonly name: CaptureName
  readonly steps: readonly Step[]
  readonly missing: Readonly<Record<string, string>>
}

const uuid = /^[0-9a-f-]{36}\n$/

const servers: readonly Server[] = [
  {
    name: 'pyssf',
    steps: [
      { command: 'mixin list --of os_tpl -o id', out: /os#debian-12/ },
      { command: 'compute create web --os debian-12 --size small -o id', out: uuid },
      { command: 'compute list -o id', out: /[0-9a-f]{8}-/ },
      { command: 'compute describe f2a76d7c-de5f-451c-a64c-34990f0dde06 -o json', out: /"My first, VM"/ },
      { command: 'compute start f2a76d7c-de5f-451c-a64c-34990f0dde06 --no-validate' },
      {
        command:
          'compute link /compute/f2a76d7c-de5f-451c-a64c-34990f0dde06 /storage/ec26af67-31b8-44f7-97c0-27cd740a5642 --attribute occi.storagelink.deviceid=/dev/vdb -o url',
        out: /\/storage\/link\//,
        // pyssf's example service puts the device where it likes.
        err: 'occi: occi.storagelink.deviceid: "/dev/vdb" was requested, but the provider shows "sda1"\n',
      },
      { command: 'link delete /storage/link/779c602d-97af-4a7e-9767-b204e9a7b486 --yes' },
      { command: 'compute delete /compute/96101306-bea8-46b8-b07f-17114844d491 --yes' },
    ],
    missing: { stop: 'was recorded for a machine that the start has changed since' },
  },
  {
    name: 'occi-os',
    steps: [
      { command: 'mixin list --of resource_tpl -o id', out: /template\/resource#m1-tiny/ },
      {
        command: 'compute create vm --os cirros-0.3.0-x86_64-blank --size m1.tiny -o url',
        out: /\/compute\//,
      },
      { command: 'compute list -o id', out: /[0-9a-f]{8}-/ },
      {
        command: 'compute describe /compute/0fb1ab2d-d84d-4b0c-a5ca-db0619cf11ef -o json',
        out: /"kindTerm": "compute"/,
      },
      { command: 'compute stop /compute/0fb1ab2d-d84d-4b0c-a5ca-db0619cf11ef' },
      { command: 'compute start /compute/0fb1ab2d-d84d-4b0c-a5ca-db0619cf11ef' },
      { command: 'storage create --size 1.0 -o url', out: /\/storage\// },
      { command: 'compute update /compute/0fb1ab2d-d84d-4b0c-a5ca-db0619cf11ef --size m1-medium' },
      { command: 'link delete /storage/link/87ef122c-5349-4d7e-912c-a6b89517dea0 --yes' },
      { command: 'compute delete /compute/0fb1ab2d-d84d-4b0c-a5ca-db0619cf11ef --yes' },
    ],
    missing: {},
  },
  {
    name: 'snf-occi',
    steps: [
      { command: 'mixin list --of os_tpl -o name', out: /debian/i },
      { command: 'compute create newVM --os debian --size C2R2048D20 -o url', out: /\/compute\// },
      { command: 'compute list -o json', out: /"kindTerm": "compute"/ },
    ],
    missing: { link: 'the server has no volumes', stop: 'not recorded for a machine that is listed' },
  },
  {
    name: 'rocci-server',
    steps: [
      { command: 'model kinds -o id', out: /infrastructure#compute/ },
      { command: 'compute create vm --os debian6 --size small -o url', out: /\/compute\// },
      { command: 'compute list -o value --columns name', out: /compute1/ },
      {
        command: 'compute describe /compute/87f3bfc3-42d4-4474-b45c-757e55e093e9 -o json',
        out: /"kindTerm": "compute"/,
      },
      { command: 'compute stop /compute/87f3bfc3-42d4-4474-b45c-757e55e093e9' },
      {
        command:
          'compute link /compute/87f3bfc3-42d4-4474-b45c-757e55e093e9 /network/23cd7d72-eb86-4036-8969-4c902014bbc6 -o url',
        out: /networkinterface/,
      },
      { command: 'link delete /link/networkinterface/cf23d17c-114a-441b-8ad7-16b430c2582e --yes' },
    ],
    missing: { delete: 'recorded ids of deleted machines are not in the recorded list' },
  },
]

describe.each(servers)('$name, replayed through the command line', ({ name, steps, missing }) => {
  it(`the command line passes ${steps.length} steps${Object.keys(missing).length === 0 ? '' : `, without ${Object.keys(missing).join(' and ')}`}`, async () => {
    const provider = await replay(name)
    const { occi } = machine()
    for (const { command, out, err = '' } of steps) {
      const result = await occi(`${command} --endpoint ${provider.endpoint}`)
      expect({ command, status: result.status, err: result.err }).toEqual({ command, status: 0, err })
      if (out !== undefined) expect(result.out, command).toMatch(out)
    }
    await provider.close()
  })
})
