import { describe, expect, it } from 'vitest'
import { action, attribute, cloud, infra, kind, made, mixin, text } from './client.js'

/** Exchanges that the specifications give, against a 1.2 provider and a pure 1.1 provider. */
const versions = [
  { as: 'occi-1.1', version: '1.1' },
  { as: 'occi-1.2', version: '1.2' },
] as const

const sizes = 'http://sandbox.example.org/occi/resource_tpl#'
const tag = 'Category: my_stuff; scheme="http://example.org/tags#"; class="mixin"; location="/my_stuff/"\r\n'

describe.each(versions)('behaviour vectors of OCCI $version', ({ as, version }) => {
  const is12 = version === '1.2'

  async function running() {
    const at = cloud({ as })
    const path = await made(at, '/compute/', kind('compute'))
    at.wait(10_000)
    return { at, path }
  }

  it('P01 the query interface answers text/plain and names its version', async () => {
    const answer = await cloud({ as }).ask('GET', '/-/')
    expect(answer.status).toBe(200)
    expect(answer.header('Content-Type')).toMatch(/^text\/plain/)
    expect(answer.header('Server')).toContain(`OCCI/${version}`)
    expect(answer.lines('Category').length).toBeGreaterThan(20)
  })

  it('P02 the query interface answers JSON in 1.2 only', async () => {
    const answer = await cloud({ as }).ask('GET', '/-/', { accept: 'application/occi+json' })
    expect(answer.status).toBe(is12 ? 200 : 406)
    if (is12) expect(Object.keys(answer.json()).sort()).toEqual(['actions', 'kinds', 'mixins'])
  })

  it('P03 the query interface is also at the well-known path', async () => {
    const at = cloud({ as })
    const [query, known] = [await at.ask('GET', '/-/'), await at.ask('GET', '/.well-known/org/ogf/occi/-/')]
    expect(known.body).toBe(query.body)
  })

  it('P04 the query interface filters', async () => {
    const headers = [['Category', `compute; scheme="${infra}"`]] as const
    const answer = await cloud({ as }).ask('GET', '/-/', { type: 'text/occi', headers })
    expect(answer.status).toBe(200)
    const terms = answer.lines('Category').map((line) => line.split(';')[0])
    if (!is12) expect(terms).toEqual(['compute'])
    else {
      expect(terms).toContain('compute')
      expect(terms).toContain('debian-12')
      expect(terms).not.toContain('storage')
    }
  })

  it('P05 a network in the collection of computes is refused', async () => {
    expect((await cloud({ as }).ask('POST', '/compute/', text(kind('network')))).status).toBe(400)
  })

  it('P06 a create answers 201 and a Location', async () => {
    const answer = await cloud({ as }).ask('POST', '/compute/', text(kind('compute')))
    expect(answer.status).toBe(201)
    expect(answer.header('Location')).toMatch(/^http:\/\/sandbox\/compute\/[0-9a-f-]{36}$/)
  })

  it('P07 a storage needs a size', async () => {
    const answer = await cloud({ as }).ask('POST', '/storage/', text(kind('storage')))
    expect([answer.status, answer.body]).toEqual([400, 'Attribute occi.storage.size is required\r\n'])
  })

  it('P08 no client can set the state', async () => {
    const { at, path } = await running()
    const answer = await at.ask('POST', path, text(attribute('occi.compute.state', 'active')))
    expect(answer.status).toBe(403)
  })

  it('P09 a full update keeps links', async () => {
    const { at, path } = await running()
    await made(
      at,
      '/networkinterface/',
      `${kind('networkinterface')}${attribute('occi.core.source', path)}${attribute('occi.core.target', '/network/public')}`,
    )
    const link = `Link: </network/private>; rel="${infra}network"; category="${infra}networkinterface"\r\n`
    const answer = await at.ask('PUT', path, text(`${kind('compute')}${link}`))
    expect(answer.status).toBe(is12 ? 200 : 400)
    const links = (await at.ask('GET', path)).lines('Link').filter((line) => line.startsWith('</network/'))
    expect(links).toHaveLength(1)
    expect(links[0]).toContain('</network/public>')
  })

  it('P10 starting an active compute is refused', async () => {
    const { at, path } = await running()
    const answer = await at.ask('POST', `${path}?action=start`, text(action('compute', 'start')))
    expect(answer.status).toBe(is12 ? 409 : 400)
  })

  it('P11 query and message must name the same action', async () => {
    const { at, path } = await running()
    expect((await at.ask('POST', `${path}?action=start`, text(action('compute', 'stop')))).status).toBe(400)
  })

  it('P12 an action on a collection is all or nothing', async () => {
    const { at, path } = await running()
    const other = await made(at, '/compute/', kind('compute'))
    const answer = await at.ask('POST', '/compute/?action=stop', text(action('compute', 'stop')))
    expect(answer.status).toBe(is12 ? 409 : 400)
    for (const one of [path, other]) expect((await at.ask('GET', one)).body).not.toContain('stopping')
  })

  it('P13 categories of the provider cannot be deleted', async () => {
    const at = cloud({ as })
    for (const category of [kind('compute'), mixin(sizes, 'small')]) {
      expect((await at.ask('DELETE', '/-/', text(category))).status).toBe(403)
    }
  })

  it('P14 deleting a tag removes it from its members', async () => {
    const { at, path } = await running()
    expect((await at.ask('POST', '/-/', text(tag))).status).toBe(200)
    expect((await at.ask('POST', '/my_stuff/', text(`X-OCCI-Location: ${path}\r\n`))).status).toBe(200)
    expect((await at.ask('GET', path)).body).toContain('Category: my_stuff')
    expect((await at.ask('DELETE', '/-/', text(mixin('http://example.org/tags#', 'my_stuff')))).status).toBe(
      200,
    )
    expect((await at.ask('GET', path)).body).not.toContain('my_stuff')
    expect((await at.ask('GET', '/my_stuff/')).status).toBe(404)
  })

  it('P15 a kind has no PUT', async () => {
    const answer = await cloud({ as }).ask('PUT', '/compute/', text(kind('compute')))
    expect(answer.status).toBe(405)
    expect(answer.header('Allow')).toContain('POST')
  })

  it('P16 the members of a mixin can be set', async () => {
    const { at, path } = await running()
    const [two, three] = [
      await made(at, '/compute/', kind('compute')),
      await made(at, '/compute/', kind('compute')),
    ]
    await at.ask('POST', '/-/', text(tag))
    await at.ask('POST', '/my_stuff/', text(`X-OCCI-Location: ${three}\r\n`))
    const body = `X-OCCI-Location: ${path}\r\nX-OCCI-Location: http://sandbox${two}\r\n`
    expect((await at.ask('PUT', '/my_stuff/', text(body))).status).toBe(200)
    const listed = (await at.ask('GET', '/my_stuff/')).lines('X-OCCI-Location')
    expect(listed).toEqual([path, two].map((one) => `http://sandbox${one}`))
  })

  it('P17 an empty collection is answered', async () => {
    const answer = await cloud({ as }).ask('GET', '/compute/')
    expect([answer.status, answer.body]).toEqual([200, ''])
  })

  it('P18 an entity has no uri-list', async () => {
    const { at, path } = await running()
    expect((await at.ask('GET', path, { accept: 'text/uri-list' })).status).toBe(400)
  })

  it('P19 a uri-list has one URI per line', async () => {
    const { at, path } = await running()
    const answer = await at.ask('GET', '/compute/', { accept: 'text/uri-list' })
    expect(answer.body).toBe(`http://sandbox${path}\r\n`)
  })

  it('P20 text/occi lists locations in headers with the body OK', async () => {
    const { at, path } = await running()
    const answer = await at.ask('GET', '/compute/', { accept: 'text/occi' })
    expect([answer.body, answer.all('X-OCCI-Location')]).toEqual(['OK', [`http://sandbox${path}`]])
  })

  it('P21 a future version is refused', async () => {
    expect((await cloud({ as }).ask('GET', '/-/', { agent: 'x OCCI/1.9' })).status).toBe(501)
    expect((await cloud({ as }).ask('GET', '/-/', { agent: 'x OCCI/1.10' })).status).toBe(501)
  })

  it('P22 an older client is served', async () => {
    expect((await cloud({ as }).ask('GET', '/-/', { agent: 'x OCCI/1.1' })).status).toBe(200)
  })

  it('P23 P24 P25 pages are counted from 1', async () => {
    const at = cloud({ as })
    for (let made = 0; made < 15; made += 1) await at.ask('POST', '/compute/', text(kind('compute')))
    const count = async (query: string) =>
      (await at.ask('GET', `/compute/?${query}`)).lines('X-OCCI-Location').length
    expect(await count('page=2&number=10')).toBe(is12 ? 5 : 15)
    expect(await count('page=2;number=10')).toBe(is12 ? 5 : 15)
    expect(await count('page=9&number=10')).toBe(is12 ? 0 : 15)
    expect((await at.ask('GET', '/compute/?number=1000000')).status).toBe(is12 ? 413 : 200)
    expect((await at.ask('GET', '/compute/?page=0')).status).toBe(is12 ? 400 : 200)
  })

  it('P26 a deleted entity is not found', async () => {
    const { at, path } = await running()
    await at.ask('DELETE', path)
    expect((await at.ask('GET', path)).status).toBe(410)
  })

  it('P27 a create may contain an inline link', async () => {
    const at = cloud({ as })
    const link = `Link: </network/public>; rel="${infra}network"; category="${infra}networkinterface"\r\n`
    const path = await made(at, '/compute/', `${kind('compute')}${link}`)
    const [shown] = (await at.ask('GET', path)).lines('Link')
    expect(shown).toMatch(
      /^<\/network\/public>; rel="[^"]+#network"; self="\/networkinterface\/[^"]+"; category="/,
    )
  })

  it('P28 P29 links are deleted with their ends, and alone', async () => {
    const at = cloud({ as })
    const link = `Link: </network/public>; rel="${infra}network"; category="${infra}networkinterface"\r\n`
    const path = await made(at, '/compute/', `${kind('compute')}${link}${link}`)
    const [first, second] = (await at.ask('GET', '/networkinterface/')).lines('X-OCCI-Location')
    expect((await at.ask('DELETE', new URL(first ?? '').pathname)).status).toBe(200)
    expect((await at.ask('GET', path)).lines('Link')).toHaveLength(1)
    expect((await at.ask('DELETE', path)).status).toBe(200)
    expect((await at.ask('GET', new URL(second ?? '').pathname)).status).toBe(410)
    expect((await at.ask('GET', '/network/public')).status).toBe(200)
  })

  it('P30 the size can be replaced', async () => {
    const at = cloud({ as })
    const path = await made(at, '/compute/', `${kind('compute')}${mixin(sizes, 'small')}`)
    at.wait(10_000)
    const answer = await at.ask('POST', path, text(mixin(sizes, 'large')))
    expect(answer.status).toBe(200)
    expect(answer.body).toContain('Category: large')
    expect(answer.body).not.toContain('Category: small')
    expect(answer.lines('X-OCCI-Attribute')).toContain('occi.compute.cores=4')
  })

  it('P31 a message that is too large is refused', async () => {
    const body = `${kind('compute')}${attribute('occi.core.title', 'x'.repeat(5 * 1024 * 1024))}`
    expect((await cloud({ as }).ask('POST', '/compute/', text(body))).status).toBe(413)
  })

  it('P32 XML is refused', async () => {
    const answer = await cloud({ as }).ask('POST', '/compute/', { type: 'application/xml', body: '<x/>' })
    expect(answer.status).toBe(406)
  })
})
