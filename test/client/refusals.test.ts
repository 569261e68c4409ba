/** What a provider refuses or decides otherwise is said with the way on, at the persona of each server. */
import { describe, expect, it } from 'vitest'
import type { OcciClient } from '../../src/client/index.js'
import { OcciError } from '../../src/errors/errors.js'
import { cloud } from './cloud.js'

type Call = (client: OcciClient) => Promise<unknown>

async function firstMixin(client: OcciClient, sort: 'os_tpl' | 'resource_tpl'): Promise<string> {
  const { mixins } = await client.model()
  const found = mixins.find(({ depends }) => depends.some((id) => id.endsWith(`#${sort}`)))
  if (found === undefined) throw new Error(`no ${sort}`)
  return found.id
}

async function machine(
  client: OcciClient,
  attributes: Readonly<Record<string, number>> = {},
): Promise<string> {
  const mixins = [await firstMixin(client, 'os_tpl'), await firstMixin(client, 'resource_tpl')]
  return (await client.create({ kind: 'compute', title: 'web', mixins, attributes })).location
}

const mixinOfUser: Call = (client) => client.defineMixin({ scheme: 'http://example.org/tags#', term: 'mine' })
const newTitle: Call = async (client) => client.update(await machine(client), { title: 'other' })
const noUserMixins = /supports? no user-defined mixins/

const refused: readonly (readonly [persona: string, what: string, call: Call, hint: RegExp])[] = [
  ['ooi', 'a mixin of a user', mixinOfUser, noUserMixins],
  ['snf-occi-2017', 'a mixin of a user', mixinOfUser, noUserMixins],
  ['rocci-server', 'a mixin of a user', mixinOfUser, noUserMixins],
  ['rocci-server-2', 'a mixin of a user', mixinOfUser, noUserMixins],
  [
    'ooi',
    'a network without a range',
    (client) => client.create({ kind: 'network', title: 'n' }),
    /`occi\.network\.address/,
  ],
  [
    'snf-occi-2017',
    'a network without a range',
    (client) => client.create({ kind: 'network', title: 'n' }),
    /`occi\.network\.address/,
  ],
  ['rocci-server', 'a new title', newTitle, /cannot change parts of an entity/],
  ['occi-os', 'a new title', newTitle, /the size \(`resource_tpl`\) or the image/],
  [
    'occi-os-havana',
    'a new title of a volume without a summary',
    async (client) => {
      const attributes = { 'occi.storage.size': 1 }
      const { location } = await client.create({ kind: 'storage', title: 'data', attributes })
      return client.update(location, { title: 'other' })
    },
    /the attribute that the message names/,
  ],
  ['occi-os-havana', 'a new title', newTitle, /the size \(`resource_tpl`\) or the image/],
]

describe('a refusal says the way on', () => {
  it.each(refused)('the refusal of %s suggests what to do: %s', async (as, _, call, hint) => {
    const { client } = cloud({ as })
    const error = await call(client).then(
      () => undefined,
      (failure: unknown) => failure,
    )
    expect(error).toBeInstanceOf(OcciError)
    expect((error as OcciError).hint).toMatch(hint)
  })

  it('the refusal of an attribute does not mention logins', async () => {
    const { client } = cloud({ as: 'rocci-server' })
    const error = await machine(client, { 'occi.compute.cores': 9 }).catch((failure: unknown) => failure)
    expect(error).toMatchObject({ http: { status: 403 } })
    expect((error as OcciError).hint ?? '').not.toContain('credentials')
  })
})

describe('cores beside a size', () => {
  it.each([
    'occi-1.2',
    'occi-1.1',
    'ooi',
    'snf-occi',
    'snf-occi-2016',
    'snf-occi-2017',
    'martserver',
    'pyssf',
  ])('the error for a conflict of cores and size names the size: %s', async (as) => {
    const { client, deviations } = cloud({ as })
    await machine(client, { 'occi.compute.cores': 9 })
    expect(deviations.filter(({ code }) => code === 'not-as-asked').map(({ message }) => message)).toEqual([
      expect.stringMatching(/^occi\.compute\.cores: "9" was requested, but the provider shows/),
    ])
  })
})
