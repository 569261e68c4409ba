/** The life of a machine at ooi's persona, with everything that README shows, by name. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { openSandbox, serveSandbox } from '../../src/sandbox/index.js'
import { machine } from './support/harness.js'

it('a creation at ooi that differs from the request ends with 0 and a warning', async () => {
  const { sandbox, basePath } = openSandbox({ clock: Date.now, speed: 0, as: 'ooi' })
  const served = await serveSandbox(sandbox, { basePath })
  const { occi, folder } = machine({ env: { OCCI_ENDPOINT: served.endpoint } })
  const [key, script] = ['id.pub', 'start.sh'].map((name) => join(folder, name))
  writeFileSync(
    key ?? '',
    'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGPKSUGyKyRxVNzAC2HPyoHPyoHPyoHPyoHPyoHPyoHP me@host\n',
  )
  writeFileSync(script ?? '', '#!/bin/sh\necho hello\n')
  const done = async (words: string | readonly string[], warning = '') => {
    const { status, err, out } = await occi(words)
    expect({ words, status, err }).toEqual({ words, status: 0, err: warning })
    return out.trim()
  }
  const shown = async (words: string) => JSON.parse(await done(`${words} -o json`)) as Record<string, unknown>
  const title = 'the "big" volume, 1'
  await done(['storage', 'create', title, '--size', '10', '--wait'])
  await done(['storage', 'create', 'data', '--size', '1', '--wait'])
  const create = [
    'compute',
    'create',
    'web',
    '--os',
    'Debian 12',
    '--size',
    'm1.small',
    '--network',
    'private',
  ]
  const context = ['--ssh-key', key ?? '', '--user-data', script ?? '']
  const cores = 'occi: occi.compute.cores: "4" was requested, but the provider shows "1"\n'
  await done([...create, ...context, '--storage', `${title}:/dev/vdx`, '--cores', '4', '--wait'], cores)
  await done([
    ...create.slice(0, 2),
    'web2',
    ...create.slice(3),
    ...context,
    '--network',
    'ext-net',
    '--wait',
  ])
  await done('compute link web data --mountpoint /dev/vdd')
  const devices = ((await shown('compute describe web'))['links'] as { attributes: Record<string, string> }[])
    .map(({ attributes }) => attributes['occi.storagelink.deviceid'])
    .filter((device) => device !== undefined)
  expect(devices.sort()).toEqual(['/dev/vdd', '/dev/vdx'])
  expect((await occi('storage delete data --yes')).err).toContain('Invalid volume')
  await done('compute stop web --wait')
  await done('compute start web --wait')
  await done('compute save web --name snap2')
  expect(await done('mixin list --of os_tpl')).toContain('snap2')
  await done('compute create copy --os snap2 --size 1 --wait')
  await done('compute update web --size m1.medium --wait')
  const list = await done('compute list -o wide')
  expect(list).toContain('Flavor: m1.medium')
  expect(list).toContain('Debian 12')
  const refused = await occi('compute update web --title other')
  expect(refused).toMatchObject({
    err: expect.stringContaining('only the size of a machine'),
  })
  const address = await done('ip attach web --pool public')
  expect(address).toMatch(/^203\.0\.113\.\d+$/)
  await done('ip detach web')
  expect(await done('ip attach copy')).toBe(address)
  await done('compute unlink web data')
  await done('storage delete data --yes')
  await done('compute delete web web2 copy --yes')
  expect(await done('compute list')).toBe('')
  await served.close()
}, 60_000)
