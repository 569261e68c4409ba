import { describe, expect, it } from 'vitest'
import { type Category, IP_NETWORK, type Mixin, NETWORK, typeId } from '../../src/model/index.js'
import { readMessage, renderingFor, renderings } from '../../src/rendering/index.js'
import { personaNames, serveSandbox } from '../../src/sandbox/index.js'
import { capture } from '../client/captures.js'
import { action, attribute, cloud, infra, kind, mixin, text } from './client.js'

type Cloud = ReturnType<typeof cloud>

/** What a client must find out about each provider before it can do anything. */
interface Provider {
  readonly endpoint: string
  /** Rendering of requests that this server understands. */
  readonly writes: 'text/occi' | 'text/plain' | 'application/json'
  /** The one media type to ask for. */
  readonly reads: string
  readonly headers?: readonly (readonly [string, string])[]
  readonly idInText?: true
  readonly volumes?: false
  /** Keeps no title of a compute. */
  readonly untitled?: true
  /** New entities wait for an action. */
  readonly startsNothing?: true
  /** Keeps descriptions only: actions change nothing (E25). */
  readonly keepsOnly?: true
}

const providers: Readonly<Record<string, Provider>> = {
  'occi-1.2': { endpoint: '', writes: 'text/plain', reads: 'application/occi+json' },
  'occi-1.1': { endpoint: '', writes: 'text/plain', reads: 'text/plain' },
  'occi-os': { endpoint: '', writes: 'text/occi', reads: 'text/plain', untitled: true },
  'occi-os-grizzly': { endpoint: '', writes: 'text/occi', reads: 'text/plain', untitled: true },
  'occi-os-havana': { endpoint: '', writes: 'text/occi', reads: 'text/plain', untitled: true },
  'snf-occi-2016': { endpoint: '', writes: 'text/occi', reads: 'text/plain', volumes: false },
  'snf-occi-2017': { endpoint: '', writes: 'text/occi', reads: 'text/plain' },
  ooi: { endpoint: '/occi1.1', writes: 'text/plain', reads: 'text/plain' },
  'rocci-server': { endpoint: '', writes: 'text/plain', reads: 'text/plain', idInText: true },
  'rocci-server-2': { endpoint: '', writes: 'text/plain', reads: 'text/plain', idInText: true },
  'snf-occi': { endpoint: '', writes: 'text/occi', reads: 'text/plain', volumes: false },
  erocci: { endpoint: '', writes: 'text/plain', reads: 'text/plain', keepsOnly: true },
  pyssf: { endpoint: '', writes: 'text/plain', reads: 'text/plain', startsNothing: true },
  martserver: { endpoint: '', writes: 'text/occi', reads: 'application/json' },
}

const infrastructure = 'http://schemas.ogf.org/occi/infrastructure#'

function talk(name: string) {
  const provider = providers[name]
  if (provider === undefined) throw new Error(`no provider ${name}`)
  const at = cloud({ as: name })

  async function ask(method: string, target: string, lines = '') {
    const isOcci = provider?.writes === 'text/occi'
    const headers = isOcci
      ? lines.split('\r\n').flatMap((line) => {
          const colon = line.indexOf(': ')
          return colon < 0 ? [] : [[line.slice(0, colon), line.slice(colon + 2)] as const]
        })
      : []
    return at.ask(method, target, {
      accept: provider?.reads ?? '',
      ...(lines === '' ? {} : { type: provider?.writes ?? '' }),
      headers,
      body: isOcci ? '' : lines,
    })
  }
  const read = (answer: Awaited<ReturnType<typeof ask>>, expect: 'model' | 'entity' | 'collection') => {
    const rendering = renderingFor(answer.header('Content-Type')) ?? renderings['text/plain']
    return rendering.parse(answer, { expect })
  }
  async function model(): Promise<readonly Category[]> {
    return read(await ask('GET', `${provider?.endpoint}/-/`), 'model').categories
  }
  async function create(location: string, lines: string): Promise<string> {
    const answer = await ask('POST', pathOf(location), lines)
    if (answer.status >= 300) throw new Error(`${name}: ${answer.status} ${answer.body}`)
    const parsed = read(answer, 'any' as 'entity')
    const where =
      answer.header('Location') ??
      answer.header('X-OCCI-Location') ??
      parsed.locations[0] ??
      parsed.entities[0]?.location ??
      ''
    expect(where).not.toBe('')
    return pathOf(where)
  }
  async function entity(path: string) {
    const [found] = read(await ask('GET', path), 'entity').entities
    if (found === undefined) throw new Error(`${name}: nothing at ${path}`)
    return found
  }
  return { at, provider, ask, model, create, entity }
}

function pathOf(location: string): string {
  return location.startsWith('/') ? location : new URL(location).pathname
}

const locationOf = (categories: readonly Category[], term: string): string => {
  const found = categories.find((one) => one.class === 'kind' && one.id === `${infrastructure}${term}`)
  return found?.class === 'kind' ? (found.location ?? '') : ''
}

describe.each(personaNames())('a lifecycle with %s', (name) => {
  it('the persona discovers, creates, stops, starts, links, unlinks and deletes', async () => {
    const { at, provider, ask, model, create, entity } = talk(name)
    const categories = await model()
    const template = (parent: string): Mixin => {
      const found = categories.find(
        (one) => one.class === 'mixin' && one.depends.includes(typeId(infrastructure, parent)),
      )
      if (found?.class !== 'mixin') throw new Error(`${name} has no ${parent}`)
      return found
    }
    const id = (value: string) => (provider.idInText === true ? attribute('occi.core.id', value) : '')
    const [image, size] = [template('os_tpl'), template('resource_tpl')]
    const vm = await create(
      locationOf(categories, 'compute'),
      `${kind('compute')}${mixin(image.scheme, image.term)}${mixin(size.scheme, size.term)}${id('vm-1')}${attribute('occi.core.title', 'newVM')}`,
    )
    at.wait(10_000)
    const shown = await entity(vm)
    const first = provider.startsNothing === true || provider.keepsOnly === true ? 'inactive' : 'active'
    expect([shown.title, shown.attributes.get('occi.compute.state')]).toEqual([
      provider.untitled === true ? undefined : 'newVM',
      first,
    ])
    if (provider.startsNothing === true) await ask('POST', `${vm}?action=start`, action('compute', 'start'))
    expect(shown.mixins).toEqual(expect.arrayContaining([image.id, size.id]))

    for (const [term, state] of [
      ['stop', 'inactive'],
      ['start', 'active'],
    ] as const) {
      const answer = await ask('POST', `${vm}?action=${term}`, action('compute', term))
      expect(answer.status).toBeLessThan(300)
      at.wait(10_000)
      const shownState = provider.keepsOnly === true ? 'inactive' : state
      expect((await entity(vm)).attributes.get('occi.compute.state')).toBe(shownState)
    }

    if (provider.volumes !== false) {
      const volume = await create(
        locationOf(categories, 'storage'),
        `${kind('storage')}${id('vol-1')}${attribute('occi.storage.size', 1)}`,
      )
      const link = await create(
        locationOf(categories, 'storagelink'),
        `${kind('storagelink')}${id('link-1')}${attribute('occi.core.source', vm)}${attribute('occi.core.target', volume)}${attribute('occi.storagelink.deviceid', '/dev/vdb')}`,
      )
      at.wait(10_000)
      // Cyclades keeps no device of a volume.
      const device = name === 'snf-occi-2017' ? '' : '/dev/vdb'
      expect((await entity(link)).attributes.get('occi.storagelink.deviceid')).toBe(device)
      const unlinked = await ask('DELETE', link)
      // E12: erocci cannot delete links.
      if (name === 'erocci') expect(unlinked.status).toBe(500)
      else expect(unlinked.status).toBeLessThan(300)
    }

    expect((await ask('DELETE', vm)).status).toBeLessThan(300)
    expect((await ask('GET', vm)).status).toBe(name === 'occi-1.2' ? 410 : 404)
  })
})

async function vmOf(at: Cloud, location: string, lines: string): Promise<string> {
  const headers = lines.split('\r\n').flatMap((line) => {
    const colon = line.indexOf(': ')
    return colon < 0 ? [] : [[line.slice(0, colon), line.slice(colon + 2)] as const]
  })
  const answer = await at.ask('POST', location, { type: 'text/occi', accept: 'text/plain', headers })
  const where = answer.header('Location') ?? /X-OCCI-Location: (\S+)/.exec(answer.body)?.[1] ?? ''
  if (where === '') throw new Error(`${answer.status} ${answer.body}`)
  return new URL(where).pathname
}

const essex = `${kind('compute')}${mixin('http://schemas.openstack.org/template/resource#', 'm1.tiny')}${mixin('http://schemas.openstack.org/template/os#', 'cirros-0.3.0-x86_64-blank')}`

describe('occi-os', () => {
  it('occi-os answers 201 with a Location and OK', async () => {
    const at = cloud({ as: 'occi-os' })
    const headers = essex
      .split('\r\n')
      .flatMap((line) => (line === '' ? [] : [['Category', line.slice(10)] as const]))
    const answer = await at.ask('POST', '/compute/', { type: 'text/occi', accept: '*/*', headers })
    expect([answer.status, answer.body, answer.header('Content-Type')]).toEqual([201, 'OK', 'text/plain'])
    expect(answer.header('Location')).toMatch(/^http:\/\/sandbox\/compute\/[0-9a-f-]{36}$/)
  })

  it('occi-os writes a blank first line, no last line end, quoted numbers and whole categories', async () => {
    const at = cloud({ as: 'occi-os' })
    const path = await vmOf(at, '/compute/', essex)
    at.wait(10_000)
    const { body } = await at.ask('GET', path)
    expect(body).toMatch(/^\nCategory: compute; scheme="[^"]+"; class="kind"; title="[^"]+"; rel="/)
    expect(body).toContain('location="http://sandbox/compute/"')
    expect(body).toContain('\nX-OCCI-Attribute: occi.compute.memory="0.5"\n')
    expect(body).toContain(`\nLink: <${path}?action=stop>; rel="`)
    expect(body).toContain('\nLink: </network/DEFAULT_NETWORK>; rel="')
    expect(body.endsWith('"')).toBe(true)
  })

  it('occi-os keeps the old template beside the new one', async () => {
    const at = cloud({ as: 'occi-os' })
    const path = await vmOf(at, '/compute/', essex)
    at.wait(10_000)
    const medium = mixin('http://schemas.openstack.org/template/resource#', 'm1.medium')
    const { body } = await at.ask('POST', path, text(medium))
    expect(body).toContain('Category: m1.tiny;')
    expect(body).toContain('Category: m1.medium;')
    expect(body).toContain('occi.compute.memory="4"')
  })

  it('occi-os challenges for Keystone in single quotes', async () => {
    const auth = { method: 'token', keystone: 'http://127.0.0.1:5000/' } as const
    const at = cloud({ as: 'occi-os', auth })
    const refused = await at.ask('GET', '/-/')
    expect([refused.status, refused.header('WWW-Authenticate')]).toEqual([
      401,
      "Keystone uri='http://127.0.0.1:5000/'",
    ])
    expect((await at.ask('GET', '/-/', { headers: [['X-Auth-Token', 'any']] })).status).toBe(200)
  })

  it('occi-os joins headers and uses its own spelling', async () => {
    const at = cloud({ as: 'occi-os' })
    const path = await vmOf(at, '/compute/', essex)
    const answer = await at.ask('GET', path, { accept: 'text/occi' })
    expect(answer.body).toBe('OK')
    expect(answer.headers.filter(([name]) => name === 'X-Occi-Attribute')).toHaveLength(1)
    expect(answer.all('Category')[0]).toContain('", m1.tiny; scheme="')
  })
})

describe('what is sent on the wire', () => {
  async function raw(name: string, path: string): Promise<string> {
    const { connect } = await import('node:net')
    const { openSandbox } = await import('../../src/sandbox/index.js')
    const served = await serveSandbox(openSandbox({ clock: Date.now, as: name }).sandbox)
    try {
      return await new Promise<string>((resolve, reject) => {
        let answer = ''
        const socket = connect(served.port, '127.0.0.1', () =>
          socket.write(`GET ${path} HTTP/1.1\r\nHost: h\r\n\r\n`),
        )
        socket.on('data', (chunk) => {
          answer += chunk.toString('latin1')
          if (/\r\n\r\n.+/s.test(answer)) socket.end()
        })
        socket.once('close', () => resolve(answer))
        socket.once('error', reject)
      })
    } finally {
      await served.close()
    }
  }

  it.each(['pyssf', 'occi-os'])('%s sends Content-Length twice with an error', async (name) => {
    const answer = await raw(name, '/compute/none')
    expect(answer.match(/^content-length: \d+\r$/gim)).toHaveLength(2)
    expect(answer.endsWith("\r\n\r\nResource not found: '/compute/none'")).toBe(true)
  })

  it('pyssf speaks HTTP/1.0', async () => {
    expect(await raw('pyssf', '/-/')).toMatch(/^HTTP\/1\.0 200 OK\r\n/)
  })
})

describe('pyssf', () => {
  it('pyssf does not escape quotes', async () => {
    const at = cloud({ as: 'pyssf' })
    const path = await vmOf(
      at,
      '/compute/',
      `${kind('compute')}${attribute('occi.core.summary', 'say "hi" = ok; x')}`,
    )
    expect((await at.ask('GET', path)).body).toContain('occi.core.summary="say "hi" = ok; x"')
  })

  it('pyssf removes all members of a mixin when none is named', async () => {
    const at = cloud({ as: 'pyssf' })
    const path = await vmOf(at, '/compute/', kind('compute'))
    const tag = 'Category: mine; scheme="http://example.com/my#"; class="mixin"; location="/mine/"\r\n'
    expect((await at.ask('POST', '/-/', text(tag))).body).toContain('Category: mine')
    await at.ask('POST', '/mine/', text(`X-OCCI-Location: ${path}`))
    expect((await at.ask('DELETE', '/mine/')).body).toBe('OK')
    expect((await at.ask('GET', path)).status).toBe(404)
  })

  it('pyssf has a JSON of its own, which the library reads', async () => {
    const at = cloud({ as: 'pyssf' })
    const path = await vmOf(at, '/compute/', `${kind('compute')}${attribute('occi.core.title', 'web')}`)
    at.wait(10_000)
    const accept = 'application/occi+json'
    const answer = await at.ask('GET', path, { accept })
    expect(answer.json()).toMatchObject({
      kind: {
        term: 'compute',
        attributes: { 'occi.compute.state': 'immutable', 'occi.compute.cores': 'muttable' },
      },
      attributes: { 'occi.core.title': 'web', 'occi.compute.cores': '1' },
    })
    const [entity] = renderings.json.parse(answer, { expect: 'entity' }).entities
    expect([entity?.title, entity?.attributes.get('occi.compute.state')]).toEqual(['web', 'inactive'])
    const list = renderings.json.parse(await at.ask('GET', '/compute/', { accept }), { expect: 'collection' })
    expect(list.entities).toHaveLength(1)
    const model = renderings.json.parse(await at.ask('GET', '/-/', { accept }), { expect: 'model' })
    expect(model.categories.length).toBeGreaterThan(20)
  })

  it.each([
    ['application/json', 406],
    ['text/plain; charset=utf-8', 406],
    ['text/occi;q=0.5, text/plain', 200],
  ])('pyssf answers Accept: %s with %d', async (accept, status) => {
    expect((await cloud({ as: 'pyssf' }).ask('GET', '/-/', { accept })).status).toBe(status)
  })

  it('pyssf starts a uri-list with a comment, and has none for an entity', async () => {
    const at = cloud({ as: 'pyssf' })
    const path = await vmOf(at, '/compute/', kind('compute'))
    const list = await at.ask('GET', '/compute/', { accept: 'text/uri-list' })
    expect(list.body).toBe(`# uri:/compute/\nhttp://sandbox${path}`)
    const one = await at.ask('GET', path, { accept: 'text/uri-list' })
    expect([one.status, one.body]).toEqual([405, 'Method not supported.'])
  })
})

describe('snf-occi', () => {
  const guide = `${kind('compute')}${mixin(infra, 'C2R2048D20')}${mixin(infra, 'Debian')}`

  it('snf-occi creates the machine of the guide, with the old token header', async () => {
    const at = cloud({
      as: 'snf-occi',
      auth: { method: 'token', token: 't', keystone: 'http://127.0.0.1:5000' },
    })
    const headers = [
      ['Auth-Token', 't'],
      ['Category', 'compute; scheme=http://schemas.ogf.org/occi/infrastructure#;  class="kind";'],
      ['X-OCCI-Attribute', 'occi.core.title = newVM'],
      ['Category', 'C2R2048D20; scheme=http://schemas.ogf.org/occi/infrastructure#;'],
      ['Category', 'Debian; scheme=http://schemas.ogf.org/occi/infrastructure#;'],
    ] as const
    const answer = await at.ask('POST', '/compute/', { type: 'text/occi', accept: '*/*', headers })
    expect([answer.status, answer.header('Location')]).toEqual([201, 'http://sandbox/compute/4201'])
    const shown = await at.ask('GET', '/compute/4201', { headers: [['Auth-Token', 't']] })
    expect(shown.body).toContain('occi.compute.memory="2048"')
  })

  it('snf-occi requires a title, and reads no bodies', async () => {
    const at = cloud({ as: 'snf-occi' })
    await expect(vmOf(at, '/compute/', guide)).rejects.toThrow('406 Missing details about compute instance')
    const titled = `${guide}${attribute('occi.core.title', 'newVM')}`
    expect((await at.ask('POST', '/compute/', text(titled))).status).toBe(400)
    expect(await vmOf(at, '/compute/', titled)).toBe('/compute/4201')
  })
})

describe('ooi', () => {
  const size = mixin('http://schemas.openstack.org/template/resource#', '1')
  const image = mixin('http://schemas.openstack.org/template/os#', '9c1d6b3e-6f0c-4f0e-8a2d-0a4b6d1e7f01')

  it('ooi answers 200 to a create, with the location in the body', async () => {
    const at = cloud({ as: 'ooi' })
    const answer = await at.ask('POST', '/occi1.1/compute/', text(`${kind('compute')}${size}${image}`))
    expect([answer.status, answer.header('Location')]).toEqual([200, undefined])
    expect(answer.body).toMatch(/^X-OCCI-Location: http:\/\/sandbox\/occi1\.1\/compute\/[0-9a-f-]{36}$/)
  })

  it('ooi answers 204 to an empty collection, and {} in JSON', async () => {
    const at = cloud({ as: 'ooi' })
    expect((await at.ask('GET', '/occi1.1/compute/')).status).toBe(204)
    const json = await at.ask('GET', '/occi1.1/compute/', { accept: 'application/occi+json' })
    expect([json.status, json.body]).toEqual([200, '{}'])
  })

  it('ooi puts the link itself between the brackets, and its target in an attribute', async () => {
    const at = cloud({ as: 'ooi' })
    const path = await vmOf(at, '/occi1.1/compute/', `${kind('compute')}${size}${image}`)
    const source = attribute('occi.core.source', `http://sandbox${path}`)
    const target = attribute(
      'occi.core.target',
      'http://sandbox/occi1.1/network/3f9c1f62-6f0c-4f0e-8a2d-0a4b6d1e7fa1',
    )
    await vmOf(at, '/occi1.1/networklink/', `${kind('networkinterface')}${source}${target}`)
    const { body } = await at.ask('GET', path)
    expect(body).toMatch(
      /Link: <http:\/\/sandbox\/occi1\.1\/networklink\/[^>]+>; rel="[^"]+#network"; self="http/,
    )
    expect(body).toContain(
      'occi.core.target="http://sandbox/occi1.1/network/3f9c1f62-6f0c-4f0e-8a2d-0a4b6d1e7fa1"',
    )
  })

  it('ooi refuses links, addresses and actions while a machine is built, as nova does', async () => {
    const at = cloud({ as: 'ooi' })
    const path = await vmOf(at, '/occi1.1/compute/', `${kind('compute')}${size}${image}`)
    const volume = await vmOf(
      at,
      '/occi1.1/storage/',
      `${kind('storage')}${attribute('occi.storage.size', 1)}`,
    )
    const ends = (target: string) =>
      `${attribute('occi.core.source', path)}${attribute('occi.core.target', target)}`
    const link = async (term: string, location: string, target: string) =>
      (await at.ask('POST', `/occi1.1/${location}/`, text(`${kind(term)}${ends(target)}`))).status
    expect(await link('storagelink', 'storagelink', volume)).toBe(409)
    expect(await link('networkinterface', 'networklink', '/occi1.1/network/PUBLIC')).toBe(400)
    const action = 'http://schemas.ogf.org/occi/infrastructure/compute/action#'
    const stop = text(`Category: stop; scheme="${action}"; class="action"`)
    expect((await at.ask('POST', `${path}?action=stop`, stop)).status).toBe(409)
  })

  it('ooi has a quota of ten machines', async () => {
    const at = cloud({ as: 'ooi' })
    const one = text(`${kind('compute')}${size}${image}`)
    const statuses: number[] = []
    for (let count = 0; count < 11; count += 1)
      statuses.push((await at.ask('POST', '/occi1.1/compute/', one)).status)
    expect(statuses).toEqual([...Array.from({ length: 10 }, () => 200), 403])
  })

  it('ooi shows a mixin that its query interface does not list', async () => {
    const at = cloud({ as: 'ooi' })
    const list = await at.ask('GET', '/occi1.1/network/', { accept: 'text/uri-list' })
    const shown = await at.ask('GET', new URL(list.body.split('\n')[0] ?? '').pathname, {
      accept: 'text/plain',
    })
    expect(shown.body).toContain(
      'Category: osnetwork; scheme="http://schemas.openstack.org/infrastructure/network#"; class="mixin"',
    )
    expect(readMessage(shown).deviations).toEqual([])
  })

  it('ooi sends no error text in text/occi', async () => {
    const answer = await cloud({ as: 'ooi' }).ask('GET', '/occi1.1/compute/x', { accept: 'text/occi' })
    expect([answer.status, answer.body, answer.header('X-OCCI-Error')]).toEqual([404, '', undefined])
  })

  it('ooi sends no location in JSON', async () => {
    const at = cloud({ as: 'ooi' })
    const body = JSON.stringify({
      kind: `${infra}compute`,
      mixins: [
        'http://schemas.openstack.org/template/resource#1',
        'http://schemas.openstack.org/template/os#9c1d6b3e-6f0c-4f0e-8a2d-0a4b6d1e7f01',
      ],
    })
    const type = 'application/occi+json'
    const answer = await at.ask('POST', '/occi1.1/compute/', { type, accept: type, body })
    const [made] = answer.json()['resources'] as Record<string, unknown>[]
    expect([answer.status, Object.keys(made ?? {})]).toEqual([200, expect.not.arrayContaining(['location'])])
  })
})

describe('rocci-server', () => {
  it('rocci-server requires an identifier in text, and shows a new machine as waiting', async () => {
    const at = cloud({ as: 'rocci-server' })
    const refused = await at.ask('POST', '/compute/', text(kind('compute')))
    expect([refused.status, refused.body]).toEqual([400, "'compute' is a mandatory argument"])
    const answer = await at.ask(
      'POST',
      '/compute/',
      text(`${kind('compute')}${attribute('occi.core.id', 'my-vm')}`),
    )
    expect([answer.status, answer.header('Location'), answer.body]).toEqual([
      201,
      undefined,
      'X-OCCI-Location: http://sandbox/compute/my-vm',
    ])
    expect((await at.ask('GET', '/compute/my-vm')).body).toContain('occi.compute.state="waiting"')
  })

  it('rocci-server nests attributes in JSON', async () => {
    const at = cloud({ as: 'rocci-server' })
    await at.ask('POST', '/compute/', text(`${kind('compute')}${attribute('occi.core.id', 'my-vm')}`))
    const { body } = await at.ask('GET', '/compute/my-vm', { accept: 'application/occi+json' })
    const read = JSON.parse(body) as { resources: { attributes: { occi: { core: { id: string } } } }[] }
    expect(read.resources[0]?.attributes.occi.core.id).toBe('my-vm')
  })

  it('rocci-server lists a collection in one Location header', async () => {
    const answer = await cloud({ as: 'rocci-server' }).ask('GET', '/network/', { accept: 'text/occi' })
    expect([answer.body, answer.all('Location')]).toEqual([
      '',
      ['http://sandbox/network/public,http://sandbox/network/private'],
    ])
  })

  it('rocci-server implements neither partial updates nor user mixins', async () => {
    const at = cloud({ as: 'rocci-server' })
    expect((await at.ask('POST', '/network/public', text(attribute('occi.core.title', 'x')))).status).toBe(
      501,
    )
    expect((await at.ask('POST', '/-/', text(kind('compute')))).status).toBe(501)
  })
})

it('snf-occi of 2016 suspends nothing, and says so in its own words', async () => {
  const at = cloud({ as: 'snf-occi-2016' })
  const answer = await at.ask('POST', '/compute/1?action=suspend', {
    type: 'text/occi',
    accept: 'text/plain',
  })
  expect([answer.status, answer.body]).toEqual([400, 'Action not applicable for VM with status ACTIVE'])
})

describe('erocci', () => {
  it('erocci keeps kinds below /categories/ and answers 200 with the whole machine', async () => {
    const at = cloud({ as: 'erocci' })
    const body = `${kind('compute')}${attribute('occi.core.id', 'v1')}${attribute('occi.compute.memory', 4.5)}`
    const answer = await at.ask('POST', '/categories/compute', { ...text(body), accept: 'text/plain' })
    expect([answer.status, answer.header('Location')]).toEqual([200, 'http://sandbox/v1'])
    expect(answer.body).toMatch(/^category: compute; scheme="[^"]+"; class=kind\n/)
    expect(answer.body).toContain('\nx-occi-attribute: occi.compute.memory=4.50000\n')
    expect((await at.ask('GET', '/compute/', { accept: 'text/plain' })).status).toBe(404)
  })

  it.each(['[', '{"kind": "x', '{"kind" "x"}', '{"kind": "\\x"}'])(
    'erocci refuses the malformed JSON %s before it negotiates, so without a Content-Type',
    async (body) => {
      const answer = await cloud({ as: 'erocci' }).ask('POST', '/categories/compute', {
        type: 'application/json',
        accept: 'application/json',
        body,
      })
      expect([answer.status, answer.header('Content-Type')]).toEqual([400, undefined])
    },
  )

  it('erocci carries out what it refuses', async () => {
    const at = cloud({ as: 'erocci' })
    const body = `${kind('compute')}${attribute('occi.core.id', 'v1')}`
    const refused = await at.ask('POST', '/categories/compute', { ...text(body), accept: 'image/png' })
    expect(refused.status).toBe(406)
    expect((await at.ask('GET', '/v1', { accept: 'text/plain' })).status).toBe(200)
  })

  it('erocci has the errors of its JSON in the query interface (E22)', async () => {
    const answer = await cloud({ as: 'erocci' }).ask('GET', '/-/', { accept: 'application/json' })
    const { kinds, mixins } = answer.json() as Record<string, Record<string, unknown>[]>
    expect(mixins?.find(({ term }) => term === 'debian6')?.['title']).toEqual([])
    expect(kinds?.find(({ term }) => term === 'compute')?.['attributes']).toMatchObject({
      'occi.compute.architecture': { type: 'array', pattern: { type: 'array' } },
    })
  })

  it('erocci shows a link at both ends, and no state (E25, E26)', async () => {
    const at = cloud({ as: 'erocci' })
    const link =
      '{"kind":"http://schemas.ogf.org/occi/infrastructure#networkinterface","target":{"location":"/public"}}'
    const made = await at.ask('PUT', '/vm', {
      type: 'application/json',
      accept: 'application/json',
      body: `{"kind":"http://schemas.ogf.org/occi/infrastructure#compute","links":[${link}]}`,
    })
    expect(made.status).toBe(200)
    for (const path of ['/vm', '/public']) {
      const { body } = await at.ask('GET', path, { accept: 'application/json' })
      expect(JSON.parse(body)).toMatchObject({ links: [{ target: { location: 'http://sandbox/public' } }] })
      expect(body).not.toContain('network.state')
    }
  })

  it('erocci refuses what its model does not define, and values of other types (E27)', async () => {
    const at = cloud({ as: 'erocci' })
    const status = async (line: string) =>
      (
        await at.ask('POST', '/categories/compute', {
          ...text(`${kind('compute')}${line}`),
          accept: 'text/plain',
        })
      ).status
    expect(await status(attribute('com.example.x', 'y'))).toBe(400)
    expect(await status(attribute('occi.compute.hostname', 5))).toBe(400)
    expect(await status('X-OCCI-Attribute: occi.compute.cores=2.0\r\n')).toBe(400)
    expect(await status(attribute('occi.compute.architecture', 'sparc'))).toBe(400)
    expect(await status(attribute('occi.compute.cores', 2))).toBe(200)
  })

  it('erocci answers an unclear Accept in headers, with the body OK', async () => {
    const answer = await cloud({ as: 'erocci' }).ask('GET', '/public', { accept: 'text/plain, text/occi' })
    expect([answer.body, answer.all('category')[0]]).toEqual([
      'OK\n',
      expect.stringContaining('network; scheme='),
    ])
  })

  it('erocci answers the requests of Roboconf', async () => {
    const at = cloud({ as: 'erocci' })
    const headers = [
      [
        'Category',
        `compute; scheme="${infra}"; class="kind", medium; scheme="http://schemas.ogf.org/occi/infrastructure/compute/template/1.1#"; class="mixin", vmimage; scheme="http://occiware.org/occi/infrastructure/crtp/backend#vmimage"; class="mixin", user_data; scheme="http://occiware.org/occi/infrastructure/compute#user_data"; class="mixin", credential; scheme="http://occiware.org/occi/infrastructure/crtp/backend#credential"; class="mixin";`,
      ],
      ['X-OCCI-Attribute', 'occi.core.id="6157c4d2"'],
      ['X-OCCI-Attribute', 'occi.compute.state="active"'],
      ['X-OCCI-Attribute', 'imagename="Debian"'],
      ['X-OCCI-Attribute', 'user="ubuntu"'],
    ] as const
    const answer = await at.ask('PUT', '/compute/6157c4d2', { type: 'text/occi', accept: '*/*', headers })
    expect([answer.status, answer.body.trim(), answer.header('Location')]).toEqual([
      200,
      'OK',
      'http://sandbox/compute/6157c4d2',
    ])
    const { body } = await at.ask('GET', '/compute/6157c4d2', { accept: 'application/json' })
    expect(JSON.parse(body)).toMatchObject({ attributes: { imagename: 'Debian', user: 'ubuntu' } })
    expect((await at.ask('DELETE', '/compute/6157c4d2', { accept: '*/*' })).status).toBe(204)
  })
})

describe('martserver', () => {
  it('martserver wraps its model in another object', async () => {
    const answer = await cloud({ as: 'martserver' }).ask('GET', '/-/')
    expect(Object.keys(answer.json())).toEqual(['model'])
  })

  it('martserver accepts one exact media type', async () => {
    const at = cloud({ as: 'martserver' })
    const answer = await at.ask('GET', '/network/', { accept: 'text/plain, text/occi' })
    expect([answer.status, answer.body]).toEqual([400, ''])
  })

  it('martserver reads only the first line of a text', async () => {
    const at = cloud({ as: 'martserver' })
    const body = `${kind('compute')}${attribute('occi.core.title', 'lost')}`
    const made = await at.ask('POST', '/compute/', { ...text(body), accept: 'text/plain' })
    const path = pathOf(/X-OCCI-Location: (\S+)/.exec(made.body)?.[1] ?? '')
    expect((await at.ask('GET', path)).body).not.toContain('lost')
  })

  it('martserver joins what follows to a mixin', async () => {
    const answer = await cloud({ as: 'martserver' }).ask('GET', '/network/public', { accept: 'text/plain' })
    expect(answer.body).toContain('class="mixin"X-OCCI-Attribute: ')
    const [network] = renderings['text/plain'].parse(answer, { expect: 'entity' }).entities
    expect([network?.kind, network?.mixins]).toEqual([NETWORK, [IP_NETWORK]])
  })

  it('martserver shows its model in a header of its own', async () => {
    const answer = await cloud({ as: 'martserver' }).ask('GET', '/-/', { accept: 'text/occi' })
    expect(answer.header('interface')).toMatch(/^entity; {2}scheme="/)
  })
})

describe('the query interface in text', () => {
  /** Whether locations are paths or URLs, and the order of an attribute's two properties. */
  const shape = (body: string) => ({
    locations: [...new Set([...body.matchAll(/ ?location="(https?:|\/)/g)].map(([, start]) => start))],
    properties: [...new Set(body.match(/\{(required immutable|immutable required)\}/g))],
  })

  it.each([
    ['rocci-server', 'rocci-server', '/-/'],
    ['rocci-server-2', 'rocci-server-2.0', '/-/'],
    ['ooi', 'ooi', '/occi1.1/-/'],
    ['pyssf', 'pyssf', '/-/'],
    ['occi-os', 'occi-os', '/-/'],
    ['snf-occi', 'snf-occi', '/-/'],
  ] as const)(
    'the query interface in text of %s writes locations and properties as its recording does',
    async (as, recording, path) => {
      const recorded = capture(recording).find(
        ({ request, response }) =>
          request.method === 'GET' &&
          request.path.endsWith('/-/') &&
          response.status === 200 &&
          response.body?.includes('class='),
      )
      const written = shape((await cloud({ as }).ask('GET', path, { accept: 'text/plain' })).body)
      const expected = shape(recorded?.response.body ?? '')
      expect(expected.locations).toHaveLength(1)
      expect(written.locations.map((start) => start?.slice(0, 1))).toEqual(
        expected.locations.map((start) => start?.slice(0, 1)),
      )
      if (expected.properties.length > 0) expect(written.properties).toEqual(expected.properties)
    },
  )
})

describe('martserver refuses', () => {
  const post = (path: string, body: unknown, type = 'application/json') =>
    cloud({ as: 'martserver' }).ask('POST', path, { type, body: JSON.stringify(body) })
  const compute = 'http://schemas.ogf.org/occi/infrastructure#compute'
  it.each([
    ['a fraction where Java has an Integer', '2.0', 500, 'NumberFormatException'],
    ['nothing in a number that is whole', '2', 201, compute],
  ])('martserver is strict about numbers: %s', async (_, cores, status, says) => {
    const at = cloud({ as: 'martserver' })
    const body = `{"kind":"${compute}","attributes":{"occi.compute.cores":${cores}}}`
    const answer = await at.ask('POST', '/compute/', { type: 'application/json', body })
    expect(answer.status).toBe(status)
    expect(answer.body).toContain(says)
  })

  it('martserver refuses an id that is not a UUID, and a list of URIs', async () => {
    expect((await post('/compute/', { kind: compute, id: 'web' })).body).toContain('uuid is not valid')
    expect((await post('/compute/', {}, 'text/uri-list')).body).toContain('text/uri-list that way')
  })

  it('martserver answers a new title with 200 and does not store it', async () => {
    const at = cloud({ as: 'martserver', speed: 0 })
    const json = (value: unknown) => ({ type: 'application/json', body: JSON.stringify(value) })
    const made = await at.ask('POST', '/compute/', json({ kind: compute, title: 'web' }))
    const path = String(made.json()['location'])
    const answer = await at.ask('POST', path, json({ kind: compute, title: 'new' }))
    expect([answer.status, answer.json()['title']]).toEqual([200, 'web'])
  })
})
