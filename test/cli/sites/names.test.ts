import { describe, expect, it } from 'vitest'
import { addressOf } from '../../../src/cli/sites/address.js'
import { keyOf, locateNames, type NamesRequest, type SiteLookup } from '../../../src/cli/sites/names.js'
import { NetworkError, NotFoundError, type OcciError } from '../../../src/errors/errors.js'

const contexts = [
  { name: 'cesnet', settings: { endpoint: 'https://cesnet.example.org:11443/' } },
  { name: 'ifca', settings: { endpoint: 'https://ifca.example.org/occi1.1' } },
  { name: 'ifca-gpu', settings: { endpoint: 'https://ifca.example.org/occi1.1/gpu/' } },
  { name: 'twin', settings: { endpoint: 'HTTPS://cesnet.example.org:11443' } },
  { name: 'keystone', settings: { 'auth-url': 'https://k.example.org/v3' } },
]

describe('addressOf', () => {
  it.each([
    ['web', { location: 'anywhere' }],
    ['web@cesnet', { location: 'context', name: 'web', site: 'cesnet' }],
    ['a@b@ifca', { location: 'context', name: 'a@b', site: 'ifca' }],
    ['/compute/1@ifca', { location: 'context', name: '/compute/1', site: 'ifca' }],
    ['web@cesnte', { location: 'unknown', name: 'web', site: 'cesnte' }],
    ['ada@example.org', { location: 'unknown', name: 'ada', site: 'example.org' }],
    ['@cesnet', { location: 'anywhere' }],
    ['web@', { location: 'anywhere' }],
    ['web@../x', { location: 'anywhere' }],
    ['https://ifca.example.org/occi1.1/compute/1', { location: 'url', sites: ['ifca'] }],
    ['https://ifca.example.org/occi1.1/gpu/compute/1', { location: 'url', sites: ['ifca-gpu'] }],
    ['https://IFCA.example.org:443/occi1.1/compute/1', { location: 'url', sites: ['ifca'] }],
    ['https://ifca.example.org/occi1.12/compute/1', { location: 'anywhere' }],
    ['https://cesnet.example.org:11443/compute/1', { location: 'url', sites: ['cesnet', 'twin'] }],
    ['https://cesnet.example.org/compute/1', { location: 'anywhere' }],
    ['http://cesnet.example.org:11443/compute/1', { location: 'anywhere' }],
    ['https://ifca.example.org/occi1.1/compute/1@ifca', { location: 'context', site: 'ifca' }],
    ['https://', { location: 'anywhere' }],
  ])('addressOf reads "%s"', (word, expected) => {
    expect(addressOf(word, contexts)).toMatchObject(expected)
  })
})

/** Sites by name with what is there; an error for a site that does not answer. */
type Clouds = Readonly<Record<string, readonly string[] | OcciError>>

function request(
  words: Readonly<Record<string, readonly string[]>>,
  clouds: Clouds,
  more: Partial<NamesRequest> = {},
) {
  const looked: string[] = []
  const sites = Object.keys(clouds)
  const look: NamesRequest['lookUp'] = async (wanted) =>
    sites.map((site): SiteLookup => {
      const there = clouds[site] ?? []
      if (there instanceof Error) return { site, missing: new Map(), error: there }
      const absent = new Map<string, OcciError>()
      for (const { argument, words: names } of wanted) {
        for (const name of names) {
          looked.push(`${name} at ${site}`)
          if (!there.includes(name)) absent.set(keyOf(argument, name), new NotFoundError(`no ${name}`))
        }
      }
      return { site, missing: absent }
    })
  const names = Object.entries(words).map(([argument, list]) => ({
    argument,
    words: list,
    isShared: (word: string) => /^\w+=/.test(word),
  }))
  const placing = locateNames({
    names,
    sites,
    isMultiSite: sites.length > 1,
    contexts,
    writes: false,
    lookUp: look,
    ...more,
  })
  return { placing, looked }
}

async function placed(...parameters: Parameters<typeof request>) {
  const { wordsBySite, ...rest } = await request(...parameters).placing
  return {
    ...rest,
    at: Object.fromEntries([...wordsBySite].map(([site, words]) => [site, Object.fromEntries(words)])),
  }
}

const down = new NetworkError('connection refused')

describe('names', () => {
  it('names with contexts are placed at their sites, whichever contexts are in force', async () => {
    const expected = { cesnet: { NAME: ['web'] }, ifca: { NAME: ['db', 'x'] } }
    const words = { NAME: ['web@cesnet', 'db@ifca', 'x@ifca'] }
    expect(await placed(words, {})).toMatchObject({ siteIsFixed: true, nameCount: 3, at: expected })
    expect(await placed(words, { keystone: [] })).toMatchObject({ at: expected })
    expect(await placed(words, { keystone: down })).toMatchObject({ at: expected })
  })

  it('names without contexts are placed at the only site in force without a request', async () => {
    const { placing, looked } = request({ NAME: ['web', 'a@b'] }, { cesnet: [] })
    expect(await placing).toMatchObject({ siteIsFixed: false })
    expect(looked).toEqual([])
    expect(await placed({ NAME: ['web', 'db@ifca'] }, { cesnet: ['web'] })).toMatchObject({
      siteIsFixed: true,
      at: { cesnet: { NAME: ['web'] }, ifca: { NAME: ['db'] } },
    })
  })

  it('a title that contains an @ and matches exactly takes precedence over a context', async () => {
    expect(await placed({ NAME: ['web@ifca'] }, { cesnet: ['web@ifca'] })).toMatchObject({
      siteIsFixed: false,
      at: { cesnet: { NAME: ['web@ifca'] } },
    })
    expect(await placed({ NAME: ['web@ifca'] }, { cesnet: [], ifca: ['web@ifca'] })).toMatchObject({
      at: { ifca: { NAME: ['web@ifca'] } },
    })
  })

  it('names without contexts are looked up at several sites', async () => {
    expect(
      await placed({ NAME: ['web', 'db', 'cores=2'] }, { cesnet: ['web'], ifca: ['db'], twin: [] }),
    ).toMatchObject({
      nameCount: 2,
      at: { cesnet: { NAME: ['web', 'cores=2'] }, ifca: { NAME: ['db', 'cores=2'] } },
    })
  })

  it('a URL is placed at the context whose endpoint it belongs to', async () => {
    const url = 'https://ifca.example.org/occi1.1/compute/1'
    expect(await placed({ NAME: [url] }, { cesnet: [] })).toMatchObject({
      siteIsFixed: true,
      at: { ifca: { NAME: [url] } },
    })
    expect(await placed({ NAME: [url] }, { ifca: [] })).toMatchObject({ siteIsFixed: false })
    const two = 'https://cesnet.example.org:11443/compute/1'
    expect(await placed({ NAME: [two] }, { twin: [] })).toMatchObject({ at: { twin: {} } })
    await expect(placed({ NAME: [two] }, {})).rejects.toMatchObject({
      code: 'usage',
      message: `"${two}" belongs to several contexts: cesnet and twin`,
    })
  })

  it.each<[string, Parameters<typeof request>, object]>([
    [
      'a name that two sites have is ambiguous, and the hint lists both',
      [{ NAME: ['web'] }, { cesnet: ['web'], ifca: ['web'] }],
      { code: 'usage', hint: 'Use web@cesnet or web@ifca.' },
    ],
    [
      'a name that no site has is not found',
      [{ NAME: ['web'] }, { cesnet: [], ifca: [] }],
      { code: 'not-found', message: 'There is no "web" at cesnet and ifca.' },
    ],
    [
      'a name with a context that does not exist is refused with a suggestion',
      [{ NAME: ['web@cesnte'] }, { cesnet: [], ifca: [] }],
      { code: 'config', hint: 'Did you mean web@cesnet?' },
    ],
    [
      'a name that a site without an answer may have is not reported as missing',
      [{ NAME: ['web'] }, { cesnet: [], ifca: down }],
      { code: 'partial', errors: [{ site: 'cesnet' }, { site: 'ifca', error: down }] },
    ],
    [
      'a name is reported with the error of the first site when no site answers',
      [{ NAME: ['web'] }, { cesnet: down, ifca: down }],
      { code: 'network' },
    ],
    [
      'a write is refused when a site without an answer may have the name as well',
      [{ NAME: ['web'] }, { cesnet: ['web'], ifca: down }, { writes: true }],
      { code: 'partial', hint: expect.stringContaining('web@cesnet') },
    ],
    [
      'a name without a context is refused beside one with a context when no context is in force',
      [{ NAME: ['web', 'db@ifca'] }, {}],
      { code: 'usage', hint: expect.stringContaining('web@CONTEXT') },
    ],
    [
      'names with contexts of two sites cannot be linked',
      [{ NAME: ['web@cesnet'], TARGET: ['data@ifca'] }, {}],
      { code: 'usage', message: expect.stringContaining('resources of different sites cannot be linked') },
    ],
    [
      'names found at different sites cannot be linked',
      [
        { NAME: ['web'], TARGET: ['data'] },
        { cesnet: ['web'], ifca: ['data'] },
      ],
      { message: '"web" is at cesnet, "data" is at ifca: resources of different sites cannot be linked' },
    ],
    [
      'names to be linked that two sites have are ambiguous',
      [
        { NAME: ['web'], TARGET: ['data'] },
        { cesnet: ['web', 'data'], ifca: ['data', 'web'] },
      ],
      { code: 'usage', hint: 'Use web@cesnet or web@ifca.' },
    ],
  ])('%s', async (_, parameters, error) => {
    await expect(placed(...parameters)).rejects.toMatchObject(error)
  })

  it('names found at some sites are used, and a warning lists the sites that did not answer', async () => {
    expect(await placed({ NAME: ['web'] }, { cesnet: ['web'], ifca: down })).toMatchObject({
      at: { cesnet: { NAME: ['web'] } },
      failures: [{ site: 'ifca', error: down }],
    })
  })

  it('a link is placed at the site that one of its names gives or has', async () => {
    const at = { ifca: { NAME: ['web'], TARGET: ['data'] } }
    for (const words of [
      { NAME: ['web@ifca'], TARGET: ['data'] },
      { NAME: ['web'], TARGET: ['data@ifca'] },
      { NAME: ['web@ifca'], TARGET: ['data@ifca'] },
    ]) {
      expect(await placed(words, { cesnet: [] })).toMatchObject({ siteIsFixed: true, at })
    }
    expect(
      await placed({ NAME: ['web'], TARGET: ['data'] }, { cesnet: ['data'], ifca: ['web', 'data'] }),
    ).toMatchObject({ at })
    expect(await placed({ NAME: ['web'], TARGET: ['data'] }, { cesnet: [] })).toMatchObject({
      siteIsFixed: false,
    })
  })
})
