import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { personaNames } from '../../src/sandbox/index.js'
import { cloud } from '../client/cloud.js'
import { machine } from './support/harness.js'

/** What a stack cannot do at a server, with the reason. */
interface Limits {
  /** Apply cannot give a machine another size: it is made anew with --replace. */
  readonly resize?: RegExp
  /** What a machine is after a bare apply, where it is not active. */
  readonly state?: string
  /** Destroy leaves this. */
  readonly leaves?: { readonly says: RegExp; readonly kinds: readonly string[] }
  /** It has no kind of volumes. */
  readonly volumes?: RegExp
}

const limits: Readonly<Record<string, Limits>> = {
  'rocci-server': { resize: /rOCCI-server 1\.1 cannot change parts of an entity/ },
  'snf-occi-2017': { resize: /snf-occi cannot change existing entities/ },
  // Actions are answered and change nothing; links stay (E12, E25).
  erocci: { state: 'inactive', leaves: { says: /erocci cannot delete links/, kinds: ['storagelink'] } },
  // New machines stay as they are until they are started.
  pyssf: { state: 'inactive' },
  'snf-occi': { volumes: /There is no kind "storage"/ },
  'snf-occi-2016': { volumes: /There is no kind "storage"/ },
}

it.each(personaNames())(
  'a stack at %s is applied, changed and destroyed',
  async (as) => {
    const { resize, state = 'active', leaves, volumes } = limits[as] ?? {}
    const { client } = cloud({ as })
    const { occi, folder } = machine({ client })
    const model = await client.model()
    const os = model.templates('os_tpl')[0]?.id ?? ''
    const [size, other] = model.templates('resource_tpl').map(({ id }) => id)
    const write = (web: object) =>
      writeFileSync(
        join(folder, 'stack.yaml'),
        JSON.stringify({
          name: 'shop',
          resources: {
            data: { kind: 'storage', size: 1 },
            web: { kind: 'compute', os, size, ...web },
            disk: {
              kind: 'link',
              source: 'web',
              target: 'data',
              attributes: { 'occi.storagelink.deviceid': '/dev/vdb' },
            },
          },
        }),
      )
    const ended = async (words: string, status: number, says = /^/) => {
      const { out, err, ...ran } = await occi(`stack ${words}`)
      expect({ words, ...ran, err }).toEqual({ words, status, err: expect.stringMatching(says) })
      return out
    }
    const all = async () => {
      const found: string[] = []
      for (const kind of ['compute', 'storage', 'storagelink']) {
        if (model.find(kind, { class: 'kind' })[0] === undefined) continue
        try {
          for await (const one of client.list(kind)) found.push(`${kind} ${one.location}`)
        } catch {
          // rOCCI-server has no collections of links.
        }
      }
      return found
    }
    write({})
    if (volumes !== undefined) {
      await ended('apply --yes', 6, volumes)
      return
    }
    const before = await all()
    await ended('apply --yes', 0)
    expect(await ended('plan', 0)).toBe('')
    expect(JSON.parse(await ended('status -o json', 0))).toContainEqual(
      expect.objectContaining({ resource: 'web', state }),
    )

    write({ size: other })
    expect(await ended('plan', 0)).toMatch(/^~\tweb\tcompute\tresource_tpl: /)
    if (resize === undefined) await ended('apply --yes', 0)
    else {
      await ended('apply --yes', 8, resize)
      await ended('apply --yes --replace web', 0)
    }
    expect(await ended('plan', 0)).toBe('')

    write({ size: other, state: 'inactive' })
    await ended('apply --yes', 0)
    expect(await ended('plan', 0)).toBe('')

    await ended('destroy --yes', leaves === undefined ? 0 : 8, leaves?.says)
    const left = (await all()).filter((one) => !before.includes(one))
    expect(left.map((one) => one.split(' ')[0])).toEqual(leaves?.kinds ?? [])
  },
  60_000,
)
