import { beforeAll, describe, expect, it } from 'vitest'
import type { Client, NewEntity, NewLink } from '../../../src/client/index.js'
import {
  type Category,
  COMPUTE,
  type Entity,
  IP_RESERVATION,
  type Kind,
  type Mixin,
  Model,
  NETWORK,
  NETWORK_INTERFACE,
  type TypeId,
  termOf,
  typeId,
} from '../../../src/model/index.js'
import { machine } from '../support/harness.js'

const here = machine({ env: { OCCI_ENDPOINT: 'sandbox:' } })

describe('occi compute ip and occi ip, at the sandbox', () => {
  beforeAll(async () => {
    for (const words of [
      'compute create web --os debian-12 --size nano --network public --network private --wait',
      'compute create db --os debian-12 --size nano --network private --wait',
      'compute create alone --os debian-12 --size nano --wait',
    ]) {
      expect((await here.occi(words)).status).toBe(0)
    }
  })

  it('occi ip prints only addresses, one per line, on a terminal and in a pipe', async () => {
    for (const terminal of [false, true]) {
      const { out, status } = await here.occi('compute ip web', { terminal })
      expect(status).toBe(0)
      expect(out).toMatch(/^203\.0\.113\.\d+\n198\.18\.[\d.]+\n$/)
    }
  })

  it('occi ip filters public and private addresses', async () => {
    expect((await here.occi('compute ip web --public')).out).toMatch(/^203\.0\.113\.\d+\n$/)
    expect((await here.occi('compute ip web --private -4')).out).toMatch(/^198\.18\.[\d.]+\n$/)
  })

  it('occi ip ends with a failure status when there is no address, and names the option that would find one', async () => {
    const none = await here.occi('compute ip db --public')
    expect(none).toMatchObject({ status: 6, out: '' })
    expect(none.err).toMatch(/db has no public address\n {2}It has 198\.18\.[\d.]+\. "occi ip attach db"/)
    expect((await here.occi('compute ip alone')).err).toContain('occi compute wait alone --for ip')
    expect((await here.occi('compute ip web -6')).status).toBe(6)
  })

  it('occi compute ip takes several names, --where and all formats', async () => {
    expect((await here.occi('compute ip web db')).out.split('\n')).toHaveLength(4)
    const some = await here.occi('compute ip alone db')
    expect([some.status, some.out.split('\n').length]).toEqual([8, 2])
    const json: unknown = JSON.parse((await here.occi('compute ip db -o json')).out)
    expect(json).toMatchObject([{ family: 'ipv4', public: false, machine: 'db', network: 'private' }])
    expect((await here.occi('compute ip --where name=db -o ip')).out).toMatch(/^198\.18\.[\d.]+\n$/)
  })

  it('ip list shows which machine has which address', async () => {
    const { out } = await here.occi('ip list --columns machine,network,public')
    expect(out.split('\n').filter(Boolean).sort()).toEqual([
      'db\tprivate\tno',
      'web\tprivate\tno',
      'web\tpublic\tyes',
    ])
    expect((await here.occi('ip list --public --columns machine')).out).toBe('web\n')
  })

  it('ip list with a filter names the addresses that do not exist', async () => {
    expect((await here.occi('ip list -6', { terminal: true })).err).toBe('There is no IPv6 address.\n')
    expect((await machine().occi('ip list -e sandbox:', { terminal: true })).err).toBe(
      'There is no address.\nNext: occi ip attach NAME\n',
    )
  })

  it('ip attach attaches a public address and ip detach detaches it', async () => {
    const attached = await here.occi('ip attach alone --wait')
    expect(attached.out).toMatch(/^203\.0\.113\.\d+\n$/)
    expect((await here.occi('compute ip alone')).out).toBe(attached.out)
    const detached = await here.occi(`ip detach alone ${attached.out.trim()} -o json`)
    expect(JSON.parse(detached.out)).toMatchObject({ address: attached.out.trim(), deleted: true })
    expect((await here.occi('compute ip alone')).status).toBe(6)
    expect((await here.occi('ip detach alone')).err).toContain('alone has no public address')
  })

  it('ip attach --dry-run shows the request', async () => {
    const { out } = await here.occi('ip attach alone --wait --dry-run')
    expect(out).toContain('POST /networkinterface/')
    expect((await here.occi('compute ip alone')).status).toBe(6)
  })

  it('ip detach does not detach a private address unless it is named', async () => {
    expect(await here.occi('ip detach db')).toMatchObject({ status: 6 })
    expect((await here.occi('compute ip db')).status).toBe(0)
  })

  it.each([
    ['ip attach alone --address 1.2.3', 2, '--address'],
    ['ip attach alone --pool nowhere', 6, '--pool'],
    ['ip attach alone --network nowhere', 6, 'nowhere'],
    ['ip attach alone --wait-timeout x', 2, '--wait-timeout'],
    ['ip detach alone x', 2, 'ADDRESS'],
    ['compute ip web --public --private', 2, '--public'],
    ['compute ip web -4 -6', 2, '--ipv4'],
  ] as const)('occi %s ends with %i, and the error names what is wrong', async (words, expected, said) => {
    const { status, err } = await here.occi(words)
    expect(status).toBe(expected)
    expect(err).toContain(said)
  })
})

describe('occi ip detach, by the links of the machine', () => {
  async function detach(words: string, addresses: readonly string[], linkCount = 1) {
    const links = Array.from({ length: linkCount }, (_, index) => ({
      type: 'link',
      kind: NETWORK_INTERFACE,
      mixins: [],
      location: `http://h/networkinterface/${index}`,
      target: { location: 'http://h/network/public' },
      attributes: new Map([['occi.networkinterface.address', addresses.join(',')]]),
      actions: [],
    }))
    const entity = {
      type: 'resource',
      kind: COMPUTE,
      mixins: [],
      location: 'http://h/compute/web',
      attributes: new Map(),
      actions: [],
      links,
    }
    const deleted: string[] = []
    const client = {
      endpoint: 'http://h/',
      model: async () => new Model([]),
      find: async () => ({ location: 'http://h/compute/web' }),
      describe: async () => entity,
      delete: async (location: string) => void deleted.push(location),
    } as unknown as Client
    const result = await machine().occi(`ip detach web ${words}`, {
      client,
      terminal: true,
      env: { OCCI_ENDPOINT: 'http://h/' },
    })
    return { ...result, deleted }
  }

  it('ip detach names all addresses of the link that it deletes', async () => {
    const { err, deleted } = await detach('203.0.113.7', ['203.0.113.7', '2001:db8::7'])
    expect(deleted).toEqual(['http://h/networkinterface/0'])
    expect(err).toContain('web no longer has the addresses 203.0.113.7 and 2001:db8::7.')
  })

  it('ip detach of an address that several links have shows the links instead of the address', async () => {
    const { err, status, deleted } = await detach('10.0.0.7', ['10.0.0.7'], 2)
    expect({ status, deleted }).toEqual({ status: 6, deleted: [] })
    expect(err).toContain('Several links give web the address 10.0.0.7')
    expect(err).toContain('occi link delete http://h/networkinterface/0')
  })
})

describe('occi ip attach, by what the model offers', () => {
  const network = (title: string, more: Partial<Entity> = {}): Entity =>
    ({
      type: 'resource',
      kind: NETWORK,
      mixins: [],
      title,
      location: `http://h/network/${title}`,
      attributes: new Map(),
      actions: [],
      links: [],
      ...more,
    }) as Entity
  const mixin = (id: TypeId, depends: readonly TypeId[] = []): Mixin => ({
    class: 'mixin',
    scheme: id.slice(0, id.indexOf('#') + 1),
    term: termOf(id),
    id,
    attributes: new Map(),
    depends,
    applies: [],
    actions: [],
  })
  const reservations: Kind = {
    class: 'kind',
    scheme: 'http://schemas.ogf.org/occi/infrastructure#',
    term: 'ipreservation',
    id: IP_RESERVATION,
    attributes: new Map(),
    actions: [],
    location: 'http://h/ipreservation/',
  }
  const pools = 'http://schemas.openstack.org/network/floatingippool#'
  const base = mixin(typeId('http://schemas.openstack.org/network#', 'floatingippool'))

  interface Cloud {
    readonly categories?: readonly Category[]
    readonly networks?: readonly Entity[]
    readonly reserved?: readonly Entity[]
    readonly provider?: string
    readonly linkFails?: Error
  }

  async function attach(words: string, cloud: Cloud) {
    const sent: { links: NewLink[]; created: NewEntity[]; deleted: string[] } = {
      links: [],
      created: [],
      deleted: [],
    }
    const web = (): Entity => ({
      ...network('web'),
      type: 'resource',
      kind: COMPUTE,
      location: 'http://h/compute/web',
      links: sent.links.map(({ target }) => ({
        type: 'link',
        kind: NETWORK_INTERFACE,
        mixins: [],
        location: 'http://h/networkinterface/1',
        target: { location: target },
        attributes: new Map([['occi.networkinterface.address', '198.51.100.7']]),
        actions: [],
      })),
    })
    const client = {
      endpoint: 'http://h/',
      model: async () => new Model(cloud.categories ?? []),
      provider: async () => ({ name: cloud.provider ?? 'unknown' }),
      find: async (name: string) => ({
        location: name === 'web' ? 'http://h/compute/web' : `http://h/network/${name}`,
      }),
      describe: async () => web(),
      async *list(kind: string) {
        yield* kind === NETWORK ? (cloud.networks ?? []) : (cloud.reserved ?? [])
      },
      link: async (_: string, link: NewLink) => {
        if (cloud.linkFails !== undefined) throw cloud.linkFails
        sent.links.push(link)
        return { location: 'http://h/networkinterface/1', deviations: [] }
      },
      create: async (entity: NewEntity) => {
        sent.created.push(entity)
        return { location: 'http://h/ipreservation/new', deviations: [] }
      },
      delete: async (location: string) => {
        sent.deleted.push(location)
      },
    } as unknown as Client
    const result = await machine().occi(`ip attach web ${words}`, {
      client,
      env: { OCCI_ENDPOINT: 'http://h/' },
    })
    return { ...result, ...sent }
  }

  it.each([
    [
      'tagged public_net',
      [
        network('a'),
        network('b', {
          mixins: [typeId('http://schemas.fedcloud.egi.eu/occi/infrastructure/network#', 'public_net')],
        }),
      ],
      'b',
    ],
    ['called PUBLIC', [network('internal'), network('PUBLIC')], 'PUBLIC'],
    ['called public-net', [network('private'), network('public-net')], 'public-net'],
    [
      'with a public range',
      [
        network('x', { attributes: new Map([['occi.network.address', '10.0.0.0/8']]) }),
        network('y', { attributes: new Map([['occi.network.address', '198.51.100.0/24']]) }),
      ],
      'y',
    ],
  ])('ip attach links with the network %s', async (_, networks, expected) => {
    const { links, out } = await attach('', { networks })
    expect(links).toMatchObject([
      { target: `http://h/network/${expected}`, kind: NETWORK_INTERFACE, mixins: [] },
    ])
    expect(out).toBe('198.51.100.7\n')
  })

  it("ip attach adds the mixin of ooi's only pool, or of the named one", async () => {
    const networks = [network('PUBLIC')]
    const one = [base, mixin(typeId(pools, 'provider'))]
    expect((await attach('', { networks, categories: one })).links).toMatchObject([
      { mixins: [`${pools}provider`] },
    ])
    const two = [...one, mixin(typeId(pools, 'campus'))]
    const unsure = await attach('', { networks, categories: two })
    expect(unsure).toMatchObject({ status: 6, links: [] })
    expect(unsure.err).toContain('--pool: provider, campus')
    expect((await attach('--pool campus', { networks, categories: two })).links).toMatchObject([
      { mixins: [`${pools}campus`] },
    ])
    expect((await attach('--pool moon', { networks, categories: two })).err).toContain(
      'The provider has these pools: provider, campus.',
    )
  })

  it("ip attach recognises rOCCI's pools by their parent", async () => {
    const parent = typeId('http://schemas.ogf.org/occi/infrastructure#', 'floatingippool')
    const categories = [
      reservations,
      mixin(parent),
      mixin(typeId('http://site.example.org/occi#', 'public'), [parent]),
    ]
    const { created, links } = await attach('', { categories })
    expect(created).toMatchObject([{ kind: IP_RESERVATION, mixins: ['http://site.example.org/occi#public'] }])
    expect(links).toMatchObject([{ target: 'http://h/ipreservation/new' }])
  })

  it("ip attach names occi-os's pool in an attribute, and links with its network that no list shows", async () => {
    const categories = [mixin(typeId('http://schemas.openstack.org/network/instance#', 'os_net_link'))]
    const { links } = await attach('--pool nova', { categories, provider: 'occi-os' })
    expect(links).toMatchObject([
      {
        target: 'http://h/network/public',
        mixins: ['http://schemas.openstack.org/network/instance#os_net_link'],
        attributes: { 'org.openstack.network.floating.pool': 'nova' },
      },
    ])
  })

  it('ip attach takes a reserved address that is in no use before it reserves a new one', async () => {
    const reserved = [true, false].map((used, at) =>
      network(`r${at}`, {
        kind: IP_RESERVATION,
        location: `http://h/ipreservation/r${at}`,
        attributes: new Map<string, string | boolean>([['occi.ipreservation.used', used]]),
      }),
    )
    const { created, links } = await attach('', { categories: [reservations], reserved })
    expect(created).toEqual([])
    expect(links).toMatchObject([{ target: 'http://h/ipreservation/r1' }])
  })

  it('ip attach takes a free address of the requested pool before it asks the public network', async () => {
    const free = (name: string, pool: string, address: string) =>
      network(name, {
        kind: IP_RESERVATION,
        title: pool,
        location: `http://h/ipreservation/${name}`,
        attributes: new Map<string, string | boolean>([
          ['occi.ipreservation.used', false],
          ['occi.ipreservation.address', address],
        ]),
      })
    const reserved = [free('a', 'public', '192.0.2.1'), free('b', 'campus', '192.0.2.2')]
    const two = ['public', 'campus'].map((term) => mixin(typeId(pools, term)))
    const cloud = { categories: [reservations, base, ...two], reserved, networks: [network('PUBLIC')] }
    const target = async (words: string) => (await attach(words, cloud)).links
    expect(await target('')).toEqual([{ target: 'http://h/ipreservation/a', kind: NETWORK_INTERFACE }])
    expect(await target('--pool campus')).toMatchObject([{ target: 'http://h/ipreservation/b' }])
    expect(await target('--address 192.0.2.2')).toEqual([
      { target: 'http://h/ipreservation/b', kind: NETWORK_INTERFACE },
    ])
    expect(await target('--pool public --address 192.0.2.9')).toMatchObject([
      { target: 'http://h/network/PUBLIC', mixins: [`${pools}public`] },
    ])
  })

  it('ip attach releases the address that it reserved when the link fails', async () => {
    const { deleted, status } = await attach('', { categories: [reservations], linkFails: new Error('no') })
    expect(deleted).toEqual(['http://h/ipreservation/new'])
    expect(status).not.toBe(0)
  })

  it('ip attach asks which network to use when several look public, and fails when none does', async () => {
    const several = await attach('', { networks: [network('public'), network('floating')] })
    expect(several).toMatchObject({ status: 6, links: [] })
    expect(several.err).toContain('--network: public, floating')
    const none = await attach('', { networks: [network('private')] })
    expect(none).toMatchObject({ status: 6, links: [] })
    expect(none.err).toContain('--network')
    expect((await attach('--network lan', { networks: [] })).links).toMatchObject([
      { target: 'http://h/network/lan' },
    ])
  })
})
