/** The names that OpenStack's guide uses find the templates of each release: its terms, or its titles. */
import { describe, expect, it } from 'vitest'
import { openSandbox, serveSandbox } from '../../src/sandbox/index.js'
import { machine } from './support/harness.js'

describe.each(['occi-os', 'occi-os-grizzly', 'occi-os-havana'])("the guide's commands against %s", (as) => {
  it('the commands of the guide create, resize, rebuild, attach a volume and delete by name', async () => {
    const { sandbox, basePath } = openSandbox({ clock: Date.now, speed: 0, as })
    const { endpoint, close } = await serveSandbox(sandbox, { basePath })
    const { occi } = machine()
    const words = [
      'compute create web --size m1.tiny --os cirros-0.3.0-x86_64-blank --wait -o name',
      'storage create data --size 1.0 -o name',
      'compute link web data --mountpoint /dev/vdb',
      'compute unlink web data',
      'compute update web --size m1.large --wait',
      'compute update web --os SmartOS --wait',
      'compute stop web --wait',
      'compute start web --wait',
      'compute delete web --yes',
      'storage delete data --yes',
    ]
    for (const line of words) {
      const { status, err } = await occi(`${line} --endpoint ${endpoint}`)
      expect([line, status, err]).toEqual([line, 0, ''])
    }
    await close()
  })
})
