import { describe, expect, it } from 'vitest'
import { splitWords } from '../../../src/cli/rocci/split-words.js'
import { translate } from '../../../src/cli/rocci/translate.js'
import { machine } from '../support/harness.js'

const of = (line: string) => translate(splitWords(line)).command

describe('translating', () => {
  it.each([
    ['-e http://h/ -a list -r compute', 'occi compute list --endpoint http://h/'],
    ['--action list --resource os_tpl', 'occi mixin list --of os_tpl'],
    ['-a describe -r /compute/1', 'occi compute describe /compute/1'],
    ['-a describe -r compute', 'occi compute list'],
    [
      `-a create -r compute -M os_tpl#debian6 -M resource_tpl#small -t occi.core.title="My VM"`,
      "occi compute create --os debian6 --size small --title 'My VM'",
    ],
    [
      '-a create -r storage -t occi.core.title=d -t occi.storage.size=num(10)',
      'occi storage create --title d --attribute occi.storage.size:=10',
    ],
    ['-a trigger -r /compute/1 -g stop', 'occi compute stop /compute/1'],
    ['-a delete -r compute', 'occi compute delete --all --yes'],
    ['-a delete -r /compute/1', 'occi compute delete /compute/1 --yes'],
    ['-a link -r /compute/1 -j /storage/2', 'occi compute link /compute/1 /storage/2'],
    ['-a unlink -r /link/storagelink/3', 'occi link delete /link/storagelink/3 --yes'],
    [
      '-a create -r compute -t occi.core.title=x -w 600',
      'occi compute create --title x --wait --wait-timeout 600s',
    ],
  ])('%s', (old, expected) => {
    expect(of(old)).toBe(expected)
  })

  it('never repeats a secret', () => {
    const { command, notes } = translate(splitWords('-n basic -u ada -p s3cret -a list -r compute'))
    expect(command).not.toContain('s3cret')
    expect(notes.join(' ')).toContain('OCCI_PASSWORD')
  })

  it('splits as a shell does', () => {
    expect(splitWords(`a "b c" 'd "e' f\\ g "h\\"i" ''`)).toEqual(['a', 'b c', 'd "e', 'f g', 'h"i', ''])
    expect(() => splitWords(`a 'b`)).toThrow('not closed')
  })

  it('is a command', async () => {
    const { status, out } = await machine().occi(['translate', 'occi --action list --resource compute'])
    expect({ status, out }).toEqual({ status: 0, out: 'occi compute list\n' })
  })
})
