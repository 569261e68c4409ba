/** How many requests each verb sends at each persona when the model is cached. No request is sent twice. */
import { describe, expect, it } from 'vitest'
import { openSandbox, personaNames, serveSandbox } from '../../src/sandbox/index.js'
import { thorough } from '../support/thorough.js'
import { machine } from './support/harness.js'

/** The personas that answer a listing with whole entities. The others list locations only. */
const whole: ReadonlySet<string> = new Set([
  'occi-1.2',
  'erocci',
  'martserver',
  'rocci-server',
  'rocci-server-2',
])

const templates: Readonly<Record<string, readonly [os: string, size: string]>> = {
  'occi-os': ['cirros-0.3.0-x86_64-blank', 'm1.tiny'],
  'snf-occi': ['Debian', 'C2R2048D20'],
}

/** The personas without the kind storage. */
const withoutStorage: ReadonlySet<string> = new Set(['snf-occi', 'snf-occi-2016'])

/** The personas at which users cannot define mixins. */
const withoutTags: ReadonlySet<string> = new Set(['rocci-server', 'ooi', 'rocci-server-2', 'snf-occi-2017'])

/** Exit statuses of commands that a server refuses. Their requests are counted, too. */
const refuses: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  // It cannot create links: 501, Currently not supported.
  'snf-occi-2016': { 'compute link other NET -o id': 11 },
  // It cannot delete links (test/sandbox/personas.test.ts).
  erocci: { 'compute unlink VM data': 11 },
}

interface Sizes {
  readonly computes: number
  readonly networks: number
  readonly storages: number
  /** Listings of reserved addresses and of security groups, which links lead to where there are such. */
  readonly otherTargets: number
}

interface Row {
  readonly words: string
  /** The limit at personas that answer a listing with whole entities. */
  readonly whole: (sizes: Sizes) => number
  /** The limit at personas that list locations, so that each member is described by a request. */
  readonly located: (sizes: Sizes) => number
  readonly why: string
}

const rows: readonly Row[] = [
  {
    words: 'compute list -o url',
    whole: () => 1,
    located: () => 1,
    why: 'the listing',
  },
  {
    words: 'compute list -o text/plain',
    whole: () => 1,
    located: () => 1,
    why: 'the listing: only locations are printed',
  },
  {
    words: 'compute describe VM',
    whole: () => 1,
    located: ({ computes }) => 1 + computes,
    why: 'the listing, and where it has locations only a description of each member until the name is known to be an id',
  },
  {
    words: 'compute describe ID',
    whole: () => 1,
    located: () => 1,
    why: 'an id is asked for where it must be; erocci puts entities anywhere: listed first',
  },
  {
    words: 'compute stop VM',
    whole: () => 2,
    located: ({ computes }) => 2 + computes,
    why: 'the look-up and the action; its answer is not read back where nothing of it is printed',
  },
  {
    words: 'compute stop VM2 --wait',
    whole: () => 3,
    located: ({ computes }) => 3 + computes,
    why: 'the look-up, the action and one look at the state',
  },
  {
    words: 'compute link VM data --attribute occi.storagelink.deviceid=/dev/vdb -o id',
    whole: ({ otherTargets }) => 5 + otherTargets,
    located: ({ computes, networks, storages, otherTargets }) =>
      5 + computes + networks + storages + otherTargets,
    why: 'a listing each of machines and of what links lead to, the creation, and a look at the device',
  },
  {
    words: 'compute link other NET -o id',
    whole: ({ otherTargets }) => 4 + otherTargets,
    located: ({ computes, networks, storages, otherTargets }) =>
      4 + computes + networks + storages + otherTargets,
    why: 'a listing each of machines and of what links lead to, and the creation, however many machines there are',
  },
  {
    words: 'mixin attach TAG VM2 other',
    whole: () => 5,
    located: ({ computes, networks, storages }) => 4 + computes + networks + storages,
    why: 'a listing of each kind of resource however many are named, and the association: MartServer takes one for each',
  },
  {
    words: 'compute unlink VM data',
    whole: () => 4,
    located: ({ computes }) => 4 + computes,
    why: 'the look-up, the volume for its name, one deletion; links that the machine does not show cost a listing',
  },
  {
    words: 'compute delete VM --yes',
    whole: () => 2,
    located: ({ computes }) => 2 + computes,
    why: 'the look-up and the deletion',
  },
  {
    words: 'compute wait VM2 --for exists',
    whole: () => 1,
    located: ({ computes }) => 1 + computes,
    why: 'the look-up shows that it is there',
  },
  {
    words: 'compute delete VM2 other --yes',
    whole: () => 3,
    located: ({ computes }) => 3 + computes,
    why: 'one look-up for all names, and a deletion each',
  },
  {
    words: 'compute create new --os OS --size SIZE -o id',
    whole: () => 1,
    located: () => 1,
    why: 'the creation: images and sizes are known from the model',
  },
]

/** Each persona takes half a second, so the unit tests use every second one. */
const personas = personaNames().filter((_, index) => thorough || index % 2 === 0)

describe.each(personas)('requests at %s', (as) => {
  it(`no command sends more requests than it needs at ${as}`, async () => {
    const { sandbox, basePath } = openSandbox({ clock: Date.now, speed: 0, as })
    const asked: string[] = []
    const handle: typeof sandbox.handle = (request) => {
      asked.push(`${request.method} ${request.target}`)
      return sandbox.handle(request)
    }
    const served = await serveSandbox({ handle, close: () => sandbox.close() }, { basePath })
    const { occi } = machine()
    const run = (words: string) => occi(`${words} --endpoint ${served.endpoint}`)
    const first = async (of: string) => (await run(`mixin list --of ${of} -o id`)).out.split('\n')[0] ?? ''
    const [os = await first('os_tpl'), size = await first('resource_tpl')] = templates[as] ?? []
    const make = async (name: string) =>
      (await run(`compute create ${name} --os ${os} --size ${size} --wait -o id`)).out.trim()
    const tagged = (await run('mixin create TAG')).status === 0
    expect(tagged).toBe(!withoutTags.has(as))
    const id = await make('vm')
    await make('vm2')
    await make('other')
    // At pyssf a new machine is inactive. Other personas refuse the action, since the machine is active.
    for (const name of ['vm', 'vm2']) await run(`compute start ${name}`)
    const stores = (await run('storage create data --size 1 -o id')).status === 0
    expect(stores).toBe(!withoutStorage.has(as))
    const count = async (noun: string) =>
      (await run(`${noun} list -o id`)).out.split('\n').filter((line) => line !== '').length
    const sizes: Sizes = {
      computes: await count('compute'),
      networks: await count('network'),
      storages: stores ? await count('storage') : 0,
      otherTargets: (
        await Promise.all(['ipreservation', 'securitygroup'].map((noun) => run(`${noun} list`)))
      ).filter(({ status }) => status === 0).length,
    }
    const networks = await run('network list -o json')
    const [{ name: network } = { name: undefined }] =
      networks.status === 0 ? (JSON.parse(networks.out) as readonly { readonly name: string }[]) : []
    for (const { words, why, ...bounds } of rows) {
      // The persona snf-occi has no network.
      if (words.includes('NET') && network === undefined) continue
      if (words.includes('TAG') && !tagged) continue
      if (words.includes(' data') && !stores) continue
      const bound =
        (whole.has(as) ? bounds.whole : bounds.located)(sizes) +
        (as === 'erocci' && words === 'compute describe ID' ? 1 : 0)
      asked.length = 0
      const names: Readonly<Record<string, string>> = {
        VM: 'vm',
        VM2: 'vm2',
        ID: id,
        NET: network ?? '',
        OS: os,
        SIZE: size,
      }
      const { err, status } = await occi([
        ...words.split(' ').map((word) => names[word] ?? word),
        '--endpoint',
        served.endpoint,
      ])
      expect({ words, why, err, status }).toEqual({
        words,
        why,
        err: expect.any(String),
        status: refuses[as]?.[words] ?? 0,
      })
      expect(asked.length, `${words} (${why}):\n${asked.join('\n')}`).toBeLessThanOrEqual(bound)
      // Links cannot be ends of links, so collections of links are not requested.
      if (words.startsWith('compute link'))
        expect(asked.filter((line) => /^GET \S*(link|interface)\/$/.test(line))).toEqual([])
      const write = asked.findIndex((line) => !line.startsWith('GET '))
      const before = write < 0 ? asked : asked.slice(0, write)
      expect(new Set(before).size, `${words} asks twice:\n${asked.join('\n')}`).toBe(before.length)
    }
    await served.close()
  }, 60_000)
})
