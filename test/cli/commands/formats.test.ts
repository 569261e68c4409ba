import { beforeEach, describe, expect, it } from 'vitest'
import { type Machine, machine } from '../support/harness.js'

let sandbox: Machine

beforeEach(() => {
  sandbox = machine({ env: { OCCI_ENDPOINT: 'sandbox:' } })
})

describe('a context', () => {
  it('a context can omit the header and choose how CSV prints formulas', async () => {
    await sandbox.occi('compute create =SUM(1)')
    const list = 'compute list -o csv --columns name'
    expect((await sandbox.occi(list)).out).toBe('name\n=SUM(1)\n')
    await sandbox.occi('context add plain --endpoint sandbox: --no-header --csv-formulas defuse')
    expect((await sandbox.occi(list)).out).toBe("'=SUM(1)\n")
  })
})

describe('nothing', () => {
  const formats: readonly (readonly [string, string])[] = [
    ['json', '[]\n'],
    ['yaml', '[]\n'],
    ['occi+json', '[]\n'],
    ['env', 'OCCI_RESULT_COUNT=0\n'],
    ...['jsonl', 'name', 'id', 'url', 'ip', 'value', 'text/plain', 'text/occi'].map(
      (format) => [format, ''] as const,
    ),
  ]

  it.each(formats)('an empty result is empty in -o %s, whatever the command', async (format, expected) => {
    for (const command of [
      'compute list',
      'compute list --where state=suspended',
      'compute stop --where state=suspended',
      'compute stop --all --yes',
      'compute update cores=2 --where state=suspended',
      'compute delete --where state=suspended --yes',
      'compute delete --all --yes',
      'compute delete - --yes',
      'compute describe --where state=suspended',
      'compute wait --where state=suspended',
      'network list --attribute occi.network.vlan=4000',
      'link list',
      'mixin members small',
    ]) {
      const { out, status } = await sandbox.occi(`${command} -o ${format}`)
      expect([command, status, out]).toEqual([command, 0, expected])
    }
  })

  it.each(['csv', 'tsv', 'table', 'wide'])(
    'an empty result is at most a heading in -o %s',
    async (format) => {
      for (const command of ['compute list', 'compute stop --all --yes', 'compute delete --all --yes']) {
        const { out, status } = await sandbox.occi(`${command} -o ${format}`)
        expect([command, status, out.trim().split('\n').length]).toEqual([command, 0, 1])
      }
    },
  )
})

describe('every format', () => {
  const formats = [
    'table',
    'wide',
    'json',
    'jsonl',
    'yaml',
    'csv',
    'tsv',
    'name',
    'id',
    'url',
    'value',
    'env',
  ]
  const renderings = ['pairs', 'text/plain', 'text/occi', 'occi+json']

  it.each([...formats, ...renderings])('-o %s works for list, create, trigger and delete', async (format) => {
    for (const command of [
      'storage create one --size 1 --wait',
      'storage list',
      'storage describe one',
      'storage offline one --wait',
      'storage update one --title two',
      'storage replace two --title three --size 1',
      'storage online three --wait',
      'compute create web --os debian-12 --size small --network public --wait',
      'compute link web three --wait',
      'compute unlink web three',
      'storage delete three --yes',
      'compute delete --all --yes',
    ]) {
      const { out, err, status } = await sandbox.occi(`${command} -o ${format}`)
      expect([command, err, status, out.trim() !== '']).toEqual([command, '', 0, true])
    }
  })

  it('list, create, trigger and delete print JSON of one shape', async () => {
    const keys = async (command: string) => {
      const found = JSON.parse((await sandbox.occi(`${command} -o json`)).out)
      return Object.keys(Array.isArray(found) ? found[0] : found)
    }
    const created = await keys('compute create web --os debian-12 --size small --wait')
    for (const command of ['compute list', 'compute describe web', 'compute stop web --wait']) {
      expect(await keys(command)).toEqual(created)
    }
  })
})
