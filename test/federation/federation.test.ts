import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { connect } from '../../src/client/index.js'
import { NetworkError, NotFoundError, UsageError } from '../../src/errors/errors.js'
import { Federation, type Site } from '../../src/federation/index.js'
import { COMPUTE } from '../../src/model/index.js'
import { practiceCloud, type TestSite } from '../support/sites.js'

const personas = {
  cesnet: 'rocci-server-2',
  ifca: 'ooi',
  practice: 'occi-1.2',
} as const
const served = new Map<string, TestSite>()
const opened: string[] = []

beforeAll(async () => {
  for (const [name, persona] of Object.entries(personas)) {
    const server = await practiceCloud({ as: persona })
    served.set(name, server)
    const client = await connect({ endpoint: server.endpoint })
    const model = await client.model()
    const [os] = model.templates('os_tpl')
    const [size] = model.templates('resource_tpl')
    await client.create({
      kind: COMPUTE,
      title: `web-${name}`,
      mixins: [os?.id ?? '', size?.id ?? ''].filter((id) => id !== ''),
    })
    await client.close()
  }
})

afterAll(async () => {
  for (const server of served.values()) await server.close()
})

function site(name: string): Site {
  return {
    name,
    open: () => {
      opened.push(name)
      return connect({ endpoint: served.get(name)?.endpoint ?? '' })
    },
  }
}

const broken: Site = {
  name: 'broken',
  open: async () => {
    throw new NetworkError('Nobody is there.')
  },
}

describe('a federation', () => {
  it('a federation lists the entities of all sites with their site, in the order of the sites', async () => {
    const federation = new Federation([site('ifca'), broken, site('cesnet'), site('practice')])
    const found = federation.list(COMPUTE)
    const names: string[] = []
    for await (const each of found) names.push(`${each.entity.title}@${each.site}`)
    expect(names).toEqual(['web-ifca@ifca', 'web-cesnet@cesnet', 'web-practice@practice'])
    expect(found.failures.map((each) => [each.site, each.error.message])).toEqual([
      ['broken', 'Nobody is there.'],
    ])
    await federation.close()
  })

  it('a federation finds a name at any site, and its absence at others is not a failure', async () => {
    const federation = new Federation([site('cesnet'), site('practice')])
    const found = federation.find('web-practice', COMPUTE)
    const sites: string[] = []
    for await (const each of found) sites.push(each.site)
    expect(sites).toEqual(['practice'])
    expect(found.failures).toEqual([])
    await federation.close()
  })

  it('a federation finds a URL at the site whose server it names', async () => {
    const federation = new Federation([site('cesnet'), site('practice')])
    const all = []
    for await (const { entity } of federation.list(COMPUTE)) all.push(entity.location ?? '')
    for (const location of all) {
      const found = []
      for await (const { entity } of federation.find(location)) found.push(entity.location)
      expect(found).toEqual([location])
    }
    expect(all).toHaveLength(2)
    await federation.close()
  })

  it('a federation opens each site once, at its first use, and retries one that could not be opened', async () => {
    opened.length = 0
    let tries = 0
    const flaky: Site = {
      name: 'flaky',
      open: () => {
        tries += 1
        return tries === 1 ? broken.open() : site('cesnet').open()
      },
    }
    const federation = new Federation([site('practice'), flaky])
    expect(opened).toEqual([])
    for (let turn = 0; turn < 3; turn += 1) for await (const _ of federation.list(COMPUTE));
    expect(opened).toEqual(['practice', 'cesnet'])
    expect(tries).toBe(2)
    await federation.close()
  })

  it('a federation refuses two sites of one name, and unknown sites', async () => {
    expect(() => new Federation([site('cesnet'), site('cesnet')])).toThrow(UsageError)
    await expect(new Federation([broken]).client('nowhere')).rejects.toThrow(NotFoundError)
  })
})
