import { describe, expect, it } from 'vitest'
import { typeId } from '../../src/model/index.js'
import { type Printable, type RenderingName, renderings } from '../../src/rendering/index.js'
import { type Answered, cloud, infra } from './client.js'

/** Each operation of GFD.223, in each rendering that can carry its message. */
const compute = typeId(infra, 'compute')
const network = typeId(infra, 'network')
const storage = typeId(infra, 'storage')
const networkinterface = typeId(infra, 'networkinterface')
const storagelink = typeId(infra, 'storagelink')
const small = typeId('http://sandbox.example.org/occi/resource_tpl#', 'small')
const debian = typeId('http://sandbox.example.org/occi/os_tpl#', 'debian-12')
const tag = typeId('http://example.org/tags#', 'my_stuff')
const stop = typeId('http://schemas.ogf.org/occi/infrastructure/compute/action#', 'stop')
const down = typeId('http://schemas.ogf.org/occi/infrastructure/network/action#', 'down')

const none = new Map<string, never>()
const bare = { mixins: [], attributes: none, actions: [] } as const

type Setup = ReturnType<typeof setup>

function setup(rendering: RenderingName) {
  const at = cloud()
  const type = renderings[rendering].mediaTypes[0] ?? rendering
  const accept = rendering === 'text/uri-list' ? 'text/plain' : type

  function message(content?: Printable) {
    if (content === undefined) return {}
    const { headers, body } = renderings[rendering].print(content)
    return { type, headers, body }
  }
  async function ask(method: string, target: string, content?: Printable): Promise<Answered> {
    return at.ask(method, target, { accept, ...message(content) })
  }
  async function create(
    location: string,
    entity: Extract<Printable, { what: 'entity' }>['entity'],
  ): Promise<string> {
    const answer = await ask('POST', location, { what: 'entity', entity })
    const url = answer.header('Location')
    if (url === undefined) throw new Error(`${answer.status} ${answer.body} ${answer.header('X-OCCI-Error')}`)
    return new URL(url).pathname
  }
  /** The one entity of an answer, read with the library's own reader. */
  function entityOf(answer: Answered) {
    const [entity] = renderings[rendering].parse(answer, { expect: 'entity' }).entities
    if (entity === undefined) throw new Error(`no entity in ${answer.status} ${answer.body}`)
    return entity
  }
  async function get(path: string) {
    return entityOf(await ask('GET', path))
  }
  async function list(path: string, content?: Printable): Promise<readonly string[]> {
    const headers = content === undefined ? [] : renderings['text/occi'].print(content).headers
    const answer = await at.ask('GET', path, { accept: 'text/uri-list', headers })
    expect(answer.status).toBe(200)
    return answer.body.split('\r\n').flatMap((line) => (line === '' ? [] : new URL(line).pathname))
  }
  const vm = (title = 'web') =>
    create('/compute/', { type: 'resource', kind: compute, links: [], ...bare, title })
  return { at, ask, create, get, list, vm, entityOf, wait: at.wait }
}

const references = (...ids: readonly (typeof compute)[]): Printable => ({
  what: 'references',
  categories: ids.map((id) => ({
    id,
    class: id === compute || id === network ? ('kind' as const) : ('mixin' as const),
  })),
  attributes: none,
})
const members = (...locations: readonly string[]): Printable => ({ what: 'locations', locations })
const invoke = (action: typeof stop, attributes = new Map<string, string>()): Printable => ({
  what: 'action',
  invocation: { action, attributes },
})

async function withTag(at: Setup): Promise<void> {
  const answer = await at.ask('POST', '/-/', {
    what: 'model',
    categories: [
      {
        class: 'mixin',
        scheme: 'http://example.org/tags#',
        term: 'my_stuff',
        id: tag,
        title: 'Mine, all "mine"',
        location: '/my_stuff/',
        attributes: new Map(),
        depends: [],
        applies: [],
        actions: [],
      },
    ],
  })
  expect(answer.status).toBe(200)
}

describe.each(['text/plain', 'text/occi', 'json'] as const)('operations in %s', (rendering) => {
  it('O1 O2 the model is retrieved, whole and filtered', async () => {
    const at = setup(rendering)
    const read = async (headers: readonly (readonly [string, string])[] = []) => {
      const accept = renderings[rendering].mediaTypes[0] ?? ''
      const answer = await at.at.ask('GET', '/-/', { accept, headers })
      return renderings[rendering].parse(answer, { expect: 'model' }).categories
    }
    const all = await read()
    expect(all.length).toBeGreaterThan(35)
    expect(all.find((category) => category.id === debian)?.title).toContain('Debian 12')
    const some = await read([
      ['Category', `small; scheme="http://sandbox.example.org/occi/resource_tpl#"; class="mixin"`],
    ])
    expect(some.map((category) => category.term).sort()).toEqual(['compute', 'resource_tpl', 'small'])
  })

  it('O3 O4 a mixin is added and removed', async () => {
    const at = setup(rendering)
    await withTag(at)
    const shown = await at.at.ask('GET', '/-/', { accept: 'application/occi+json' })
    const mixins = shown.json()['mixins'] as { term: string; title: string; location: string }[]
    expect(mixins.find((one) => one.term === 'my_stuff')).toMatchObject({
      title: 'Mine, all "mine"',
      location: '/my_stuff/',
    })
    expect((await at.ask('DELETE', '/-/', references(tag))).status).toBeLessThan(300)
    expect((await at.ask('GET', '/my_stuff/')).status).toBe(404)
    expect((await at.ask('DELETE', '/-/', references(tag))).status).toBe(404)
  })

  it('O5 O6 O7 entities below a path are listed and deleted', async () => {
    const at = setup(rendering)
    const entity = { type: 'resource', kind: compute, links: [], ...bare } as const
    for (const path of ['/lab/one', '/lab/deep/two']) {
      expect((await at.ask('PUT', path, { what: 'entity', entity })).status).toBe(201)
    }
    expect(await at.list('/lab/')).toEqual(['/lab/one', '/lab/deep/'])
    expect(await at.list('/')).toEqual(expect.arrayContaining(['/compute/', '/lab/', '/network/']))
    const answer = await at.ask('GET', '/lab/')
    const parsed = renderings[rendering].parse(answer, { expect: 'collection' })
    const paths = [...parsed.locations, ...parsed.entities.flatMap((one) => one.location ?? [])]
    expect(paths.map((path) => path.replace('http://sandbox', ''))).toEqual(['/lab/one', '/lab/deep/two'])
    expect((await at.ask('DELETE', '/lab/')).status).toBeLessThan(300)
    expect(await at.list('/compute/')).toEqual([])
    expect((await at.ask('GET', '/lab/')).status).toBe(404)
  })

  it('O8 a listing is filtered by category and attribute', async () => {
    const at = setup(rendering)
    const path = await at.create('/compute/', {
      type: 'resource',
      kind: compute,
      links: [],
      ...bare,
      mixins: [small],
    })
    await at.vm()
    expect(await at.list('/compute/')).toHaveLength(2)
    expect(await at.list('/compute/', references(small))).toEqual([path])
    expect(await at.list('/resource_tpl/small/')).toEqual([path])
    expect(await at.list('/resource_tpl/')).toEqual([path])
    const byMemory = {
      what: 'references',
      categories: [],
      attributes: new Map([['occi.compute.memory', 2]]),
    } as const
    expect(await at.list('/', byMemory)).toEqual([path])
    const byTitle = {
      what: 'references',
      categories: [],
      attributes: new Map([['occi.core.title', 'web']]),
    } as const
    expect(await at.list('/compute/', byTitle)).toHaveLength(1)
    const unknown = renderings['text/occi'].print(references(tag)).headers
    expect((await at.at.ask('GET', '/compute/', { headers: unknown })).status).toBe(400)
  })

  it('O9 O20 actions are triggered on one entity and on all', async () => {
    const at = setup(rendering)
    const [one, two] = [await at.vm(), await at.vm()]
    at.wait(5000)
    const answer = await at.ask('POST', `${one}?action=stop`, invoke(stop, new Map([['method', 'graceful']])))
    expect(answer.status).toBe(200)
    expect(at.entityOf(answer).attributes.get('occi.compute.state.message')).toBe('stopping')
    at.wait(5000)
    expect((await at.get(one)).attributes.get('occi.compute.state')).toBe('inactive')
    expect(
      (await at.ask('POST', `${two}?action=stop`, invoke(stop, new Map([['method', 'kick']])))).status,
    ).toBe(400)
    expect((await at.ask('POST', `${two}?action=stop`, invoke(stop, new Map([['speed', '9']])))).status).toBe(
      400,
    )
    expect((await at.ask('POST', `${two}?action=down`, invoke(down))).status).toBe(400)
    expect((await at.ask('POST', '/network/?action=down', invoke(down))).status).toBe(200)
    at.wait(5000)
    expect((await at.get('/network/public')).attributes.get('occi.network.state')).toBe('inactive')
  })

  it('O10 O16 an entity is created with templates, whose values apply', async () => {
    const at = setup(rendering)
    const path = await at.create('/compute/', {
      type: 'resource',
      kind: compute,
      links: [],
      ...bare,
      mixins: [debian, small],
      title: 'a "quoted", ünïcode title',
      summary: 'words',
      attributes: new Map<string, string | number>([
        ['occi.compute.memory', 64],
        ['occi.compute.hostname', 'web.example.org'],
      ]),
    })
    const shown = await at.get(path)
    expect(shown).toMatchObject({
      kind: compute,
      mixins: [debian, small],
      title: 'a "quoted", ünïcode title',
      summary: 'words',
    })
    expect(Object.fromEntries(shown.attributes)).toMatchObject({
      'occi.compute.memory': 2,
      'occi.compute.cores': 1,
      'occi.compute.hostname': 'web.example.org',
      'occi.compute.state': 'inactive',
      'occi.compute.state.message': expect.stringMatching(/^waiting/),
    })
  })

  it('O11 O12 O13 members of a mixin are added, set and removed', async () => {
    const at = setup(rendering)
    await withTag(at)
    const [one, two, three] = [await at.vm(), await at.vm(), await at.vm()]
    expect((await at.ask('POST', '/my_stuff/', members(one, `http://sandbox${two}`))).status).toBe(200)
    expect(await at.list('/my_stuff/')).toEqual([one, two])
    expect((await at.ask('PUT', '/my_stuff/', members(two, three))).status).toBe(200)
    expect(await at.list('/my_stuff/')).toEqual([two, three])
    expect((await at.ask('DELETE', '/my_stuff/', members(two))).status).toBeLessThan(300)
    expect(await at.list('/my_stuff/')).toEqual([three])
    expect((await at.ask('DELETE', '/my_stuff/')).status).toBeLessThan(300)
    expect(await at.list('/my_stuff/')).toEqual([])
    expect(await at.list('/compute/')).toEqual([one, two, three])
    expect((await at.ask('POST', '/my_stuff/', members('/compute/none'))).status).toBe(404)
    expect((await at.ask('POST', '/ipnetwork/', members(one))).status).toBe(400)
  })

  it('O14 a collection is deleted', async () => {
    const at = setup(rendering)
    await at.vm()
    await at.vm()
    expect((await at.ask('DELETE', '/compute/')).status).toBeLessThan(300)
    expect(await at.list('/compute/')).toEqual([])
    expect(await at.list('/network/')).toHaveLength(2)
  })

  it('O15 an entity is created at a chosen path', async () => {
    const at = setup(rendering)
    const entity = { type: 'resource', kind: compute, links: [], ...bare } as const
    const answer = await at.ask('PUT', '/compute/my-vm', { what: 'entity', entity })
    expect([answer.status, answer.header('Location')]).toEqual([201, 'http://sandbox/compute/my-vm'])
    expect((await at.get('/compute/my-vm')).id).toBe('my-vm')
    const again = await at.ask('POST', '/compute/', { what: 'entity', entity: { ...entity, id: 'my-vm' } })
    expect(again.status).toBe(409)
  })

  it('O17 an entity is partially updated', async () => {
    const at = setup(rendering)
    const path = await at.vm()
    const answer = await at.ask('POST', path, {
      what: 'update',
      kind: compute,
      mixins: [small],
      title: 'renamed',
      attributes: new Map([['occi.compute.hostname', 'h']]),
    })
    expect(answer.status).toBe(200)
    const shown = await at.get(path)
    expect([shown.title, shown.mixins, shown.attributes.get('occi.compute.hostname')]).toEqual([
      'renamed',
      [small],
      'h',
    ])
    const bad = { what: 'update', kind: compute, mixins: [] } as const
    expect((await at.ask('POST', path, { ...bad, attributes: new Map([['no.such', 1]]) })).status).toBe(400)
    expect(
      (await at.ask('POST', path, { ...bad, attributes: new Map([['occi.compute.cores', 'many']]) })).status,
    ).toBe(400)
    expect((await at.ask('POST', path, { ...bad, kind: network, attributes: none, title: 'x' })).status).toBe(
      400,
    )
  })

  it('O18 a full update replaces only what the client may set', async () => {
    const at = setup(rendering)
    const path = await at.create('/compute/', {
      type: 'resource',
      kind: compute,
      links: [],
      ...bare,
      title: 'old',
      summary: 'gone',
      mixins: [debian],
      attributes: new Map([['occi.compute.share', 5]]),
    })
    const shown = await at.get(path)
    const answer = await at.ask('PUT', path, {
      what: 'entity',
      entity: {
        type: 'resource',
        kind: compute,
        links: [],
        ...bare,
        title: 'new',
        attributes: new Map([['occi.compute.cores', 3]]),
      },
    })
    expect(answer.status).toBe(200)
    const after = await at.get(path)
    expect([after.id, after.title, after.mixins]).toEqual([shown.id, 'new', []])
    expect('summary' in after).toBe(false)
    expect(after.attributes.get('occi.compute.cores')).toBe(3)
    expect(after.attributes.has('occi.compute.share')).toBe(false)
  })

  it('O19 an entity is deleted', async () => {
    const at = setup(rendering)
    const path = await at.vm()
    const answer = await at.ask('DELETE', path)
    expect([answer.status, answer.body]).toEqual(rendering === 'json' ? [204, ''] : [200, 'OK'])
    // Text without an announced version is taken for an older client.
    const gone = rendering === 'json' ? 410 : 404
    expect((await at.ask('GET', path)).status).toBe(gone)
    expect((await at.ask('DELETE', path)).status).toBe(gone)
  })

  it('O21 O22 links are created inside their source and shown', async () => {
    const at = setup(rendering)
    const volume = await at.create('/storage/', {
      type: 'resource',
      kind: storage,
      links: [],
      ...bare,
      attributes: new Map([['occi.storage.size', 10]]),
    })
    const path = await at.create('/compute/', {
      type: 'resource',
      kind: compute,
      ...bare,
      links: [
        {
          type: 'link',
          kind: networkinterface,
          ...bare,
          target: { location: '/network/public', kind: network },
        },
        {
          type: 'link',
          kind: storagelink,
          ...bare,
          attributes: new Map([['occi.storagelink.mountpoint', '/data']]),
          target: { location: volume, kind: storage },
        },
      ],
    })
    at.wait(10_000)
    const shown = await at.get(path)
    if (shown.type !== 'resource') throw new Error('not a resource')
    const [nic, disk] = shown.links
    expect(nic?.target).toMatchObject({ location: '/network/public', kind: network })
    expect(Object.fromEntries(nic?.attributes ?? [])).toMatchObject({
      'occi.networkinterface.interface': 'eth0',
      'occi.networkinterface.address': '203.0.113.10',
      'occi.networkinterface.state': 'active',
    })
    expect(Object.fromEntries(disk?.attributes ?? [])).toMatchObject({
      'occi.storagelink.deviceid': '/dev/vdb',
      'occi.storagelink.mountpoint': '/data',
      'occi.storagelink.state': 'active',
    })
    expect(disk?.location).toMatch(/^\/storagelink\//)
  })

  it('O23 O24 a link is created directly, retrieved and deleted', async () => {
    const at = setup(rendering)
    const path = await at.vm()
    const entity = {
      type: 'link',
      kind: networkinterface,
      ...bare,
      source: { location: path, kind: compute },
      target: { location: 'http://sandbox/network/private', kind: network },
    } as const
    const link = await at.create('/networkinterface/', entity)
    const shown = await at.get(link)
    if (shown.type !== 'link') throw new Error('not a link')
    expect([shown.source?.location, shown.target?.location]).toEqual([path, '/network/private'])
    expect(await at.list('/link/')).toEqual([link])
    expect((await at.ask('DELETE', link)).status).toBeLessThan(300)
    const source = await at.get(path)
    expect(source.type === 'resource' && source.links).toEqual([])
    for (const target of ['/network/none', path]) {
      const bad = await at.ask('POST', '/networkinterface/', {
        what: 'entity',
        entity: { ...entity, target: { location: target } },
      })
      expect(bad.status).toBe(target === path ? 400 : 404)
    }
    const { target: _target, ...open } = entity
    expect((await at.ask('POST', '/networkinterface/', { what: 'entity', entity: open })).status).toBe(400)
  })
})

describe('JSON forms of members', () => {
  it.each([
    [
      'an entity collection',
      (path: string) => ({ resources: [{ kind: compute, id: path.slice(9), location: path }] }),
    ],
    [
      'entities by identifier',
      (path: string) => ({ resources: [{ kind: compute, id: `urn:uuid:${path.slice(9)}` }] }),
    ],
    ['locations', (path: string) => ({ locations: [path] })],
    ['a bare array', (path: string) => [`http://sandbox${path}`]],
  ])('members of a mixin can be given as %s', async (_, form) => {
    const at = setup('json')
    await withTag(at)
    const path = await at.vm()
    const body = JSON.stringify(form(path))
    const answer = await at.at.ask('POST', '/my_stuff/', { type: 'application/occi+json', body })
    expect([answer.status, answer.body]).toEqual([200, 'OK'])
    expect(await at.list('/my_stuff/')).toEqual([path])
  })

  it('several entities of one message are created', async () => {
    const at = setup('json')
    const body = JSON.stringify({
      resources: [
        { kind: compute, title: 'a' },
        { kind: compute, title: 'b' },
      ],
    })
    const answer = await at.at.ask('POST', '/compute/', {
      type: 'application/json',
      accept: 'application/json',
      body,
    })
    expect(answer.status).toBe(201)
    expect((answer.json()['resources'] as { title: string }[]).map((one) => one.title)).toEqual(['a', 'b'])
  })

  it('no entity of a message is created when one of them is wrong', async () => {
    const at = setup('json')
    const body = JSON.stringify({ resources: [{ kind: compute }, { kind: storage }] })
    expect((await at.at.ask('POST', '/', { type: 'application/json', body })).status).toBe(400)
    expect(await at.list('/compute/')).toEqual([])
  })
})

it('the disks of a machine are named as in Linux: /dev/vdaa comes after /dev/vdz', async () => {
  const at = setup('json')
  const volume = await at.create('/storage/', {
    type: 'resource',
    kind: storage,
    links: [],
    ...bare,
    attributes: new Map([['occi.storage.size', 10]]),
  })
  const disk = {
    type: 'link',
    kind: storagelink,
    ...bare,
    target: { location: volume, kind: storage },
  } as const
  const path = await at.create('/compute/', {
    type: 'resource',
    kind: compute,
    ...bare,
    links: new Array(27).fill(disk),
  })
  const machine = await at.get(path)
  if (machine.type !== 'resource') throw new Error('not a resource')
  const devices = machine.links.map((link) => link.attributes.get('occi.storagelink.deviceid'))
  expect(devices.slice(0, 2)).toEqual(['/dev/vdb', '/dev/vdc'])
  expect(devices.slice(24)).toEqual(['/dev/vdz', '/dev/vdaa', '/dev/vdab'])
})
