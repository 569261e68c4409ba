/** `occi api`: fields, pages, and the media type of the request. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { jsonModel } from '../../client/mocked.js'
import { type Answer, dialogue, type RecordedRequest, serving } from '../../support/nock.js'
import { machine } from '../support/harness.js'

const endpoint = 'http://cloud.test/'
const kind = 'http://schemas.ogf.org/occi/infrastructure#compute'

/** What `occi api` sends to a server that takes everything. */
async function sent(words: readonly string[], more: { readonly stdin?: string } = {}) {
  const asked: RecordedRequest[] = []
  serving('http://cloud.test', (request): Answer => {
    asked.push(request)
    return { body: 'done\n', headers: [['Content-Type', 'text/plain']] }
  })
  const place = machine({ env: { OCCI_ENDPOINT: endpoint, OCCI_AUTH: 'none' } })
  writeFileSync(join(place.folder, 'key.pub'), 'ssh-ed25519 AAAA "me"\n')
  const result = await place.occi(['api', ...words], more)
  return { ...result, request: asked[0] }
}

describe('fields of occi api', () => {
  it('in text, a field is an attribute, and the method is POST', async () => {
    const { request, status } = await sent([
      '/compute/1',
      '-f',
      'occi.core.title=a "b", c=d',
      '-F',
      'occi.compute.cores=2',
      '-F',
      'on=true',
      '-F',
      'word=007',
    ])
    expect(status).toBe(0)
    expect(request).toMatchObject({
      method: 'POST',
      path: '/compute/1',
      type: 'text/plain',
      accept: 'text/plain',
    })
    expect(request?.body.split('\r\n')).toEqual([
      'X-OCCI-Attribute: occi.core.title="a \\"b\\", c=d"',
      'X-OCCI-Attribute: occi.compute.cores=2',
      'X-OCCI-Attribute: on=true',
      'X-OCCI-Attribute: word="007"',
      '',
    ])
  })

  it('in text, kind, mixins and action are categories, and title is occi.core.title', async () => {
    const { request } = await sent([
      '/compute/',
      '-f',
      `kind=${kind}`,
      '-F',
      'mixins:=["http://a.test/os_tpl#debian"]',
      '-f',
      'title=web',
    ])
    expect(request?.body.split('\r\n')).toEqual([
      'Category: compute; scheme="http://schemas.ogf.org/occi/infrastructure#"; class="kind"',
      'Category: debian; scheme="http://a.test/os_tpl#"; class="mixin"',
      'X-OCCI-Attribute: occi.core.title="web"',
      '',
    ])
  })

  it('in text/occi, fields are headers', async () => {
    const { request } = await sent(['/compute/1', '--media-type', 'text/occi', '-F', 'occi.compute.cores=2'])
    expect(request).toMatchObject({ type: 'text/occi', accept: 'text/occi', body: '' })
    expect(request?.all('x-occi-attribute')).toEqual(['occi.compute.cores=2'])
  })

  it('in JSON, names with a dot are attributes, and others are members of the object', async () => {
    const { request } = await sent([
      '/compute/',
      '--header',
      'Content-Type: application/json',
      '-f',
      `kind=${kind}`,
      '-F',
      'occi.compute.cores=2',
      '-F',
      'occi.compute.memory=2.5',
      '-F',
      'mixins:=["a#b"]',
      '-F',
      'key=@key.pub',
      '-F',
      'none=null',
      '-f',
      'count=2',
    ])
    expect(request).toMatchObject({ method: 'POST', type: 'application/json' })
    expect(JSON.parse(request?.body ?? '')).toEqual({
      kind,
      attributes: { 'occi.compute.cores': 2, 'occi.compute.memory': 2.5 },
      mixins: ['a#b'],
      key: 'ssh-ed25519 AAAA "me"\n',
      none: null,
      count: '2',
    })
  })

  it('fields are added to the body of --data, in text and in JSON', async () => {
    const json = await sent([
      '/compute/',
      '--media-type',
      'json',
      '-d',
      '{"title":"old","attributes":{"a.b":1}}',
      '-f',
      'title=new',
      '-F',
      'a.c=2',
    ])
    expect(JSON.parse(json.request?.body ?? '')).toEqual({ title: 'new', attributes: { 'a.b': 1, 'a.c': 2 } })
    const text = await sent(['/compute/', '-d', '-', '-f', 'a.c=x'], { stdin: 'X-OCCI-Attribute: a.b=1' })
    expect(text.request?.body).toBe('X-OCCI-Attribute: a.b=1\r\nX-OCCI-Attribute: a.c="x"\r\n')
  })

  it('with GET, fields go to the query', async () => {
    const { request } = await sent(['GET', '/compute/?a=b', '-f', 'q=x y&z', '-F', 'page=2'])
    expect(request).toMatchObject({ method: 'GET', path: '/compute/?a=b&q=x+y%26z&page=2', body: '' })
    expect(request?.type).toBeUndefined()
  })

  it.each([
    [['-f', 'title'], 'is not of the form NAME=VALUE'],
    [['-F', '=x'], 'is not of the form NAME=VALUE'],
    [['-f', 'cores:=2'], 'introduces JSON'],
    [['-F', 'cores:={2'], 'needs JSON'],
    [['-F', 'key=@/no/such/file'], 'cannot be read'],
    [['-F', 'a.b=null'], 'null'],
    [['-f', 'kind=compute'], 'cannot be written as text/plain'],
    [['-f', 'a.b=c', '--header', 'Content-Type: image/png'], 'cannot be written as image/png'],
    [['-f', 'a.b=c', '-d', '[]', '--media-type', 'json'], 'the body is something else'],
    [['--slurp'], 'can only be used with --paginate'],
    [['POST', '--paginate'], 'with GET, not with POST'],
  ])('%j is refused before anything is sent', async (words, message) => {
    const path = words[0] === 'POST' ? ['POST', '/compute/1', ...words.slice(1)] : ['/compute/1', ...words]
    const { status, err, request } = await sent(path)
    expect(status).toBe(2)
    expect(err).toContain(message)
    expect(request).toBeUndefined()
  })
})

describe('occi api --from', () => {
  /** Sends a request to a server that records it, and repeats it with the given words. */
  async function repeated(words: readonly string[], again: readonly string[]) {
    const asked: RecordedRequest[] = []
    serving('http://cloud.test', (request): Answer => {
      asked.push(request)
      return { body: 'done\n', headers: [['Content-Type', 'text/plain']] }
    })
    const place = machine({ env: { OCCI_ENDPOINT: endpoint, OCCI_AUTH: 'none' } })
    const file = join(place.folder, 'report.har')
    expect((await place.occi(['api', ...words, '--record', file])).status).toBe(0)
    const result = await place.occi(['api', '--from', file, '1', ...again])
    expect([result.status, result.err]).toEqual([0, ''])
    return asked[1]
  }

  const post = ['POST', '/compute/1', '-d', 'X-OCCI-Attribute: a.b=1', '--header', 'X-Request: one']

  it('a request of a recording is sent again with its method, path, headers and body', async () => {
    const request = await repeated(post, [])
    expect(request).toMatchObject({
      method: 'POST',
      path: '/compute/1',
      accept: 'text/plain',
      type: 'text/plain',
      body: 'X-OCCI-Attribute: a.b=1',
    })
    expect(request?.all('x-request')).toEqual(['one'])
  })

  it('--header replaces the recorded headers of the same name', async () => {
    const request = await repeated(post, [
      ...['--header', 'Accept: text/uri-list', '--header', 'Content-Type: text/x-own'],
      ...['--header', 'X-Request: two'],
    ])
    expect(request).toMatchObject({ accept: 'text/uri-list', type: 'text/x-own' })
    expect(request?.all('x-request')).toEqual(['two'])
  })

  it('--media-type replaces the recorded Accept, and the Content-Type of a body that --data replaces', async () => {
    const kept = await repeated(post, ['--media-type', 'json'])
    expect(kept).toMatchObject({ accept: 'application/occi+json', type: 'text/plain' })
    const replaced = await repeated(post, ['--media-type', 'json', '-d', '{}', '-f', 'title=web'])
    expect(replaced).toMatchObject({ accept: 'application/occi+json', type: 'application/occi+json' })
    expect(JSON.parse(replaced?.body ?? '')).toEqual({ title: 'web' })
  })

  it('fields are added to a recorded body in its own media type', async () => {
    const request = await repeated(post, ['-f', 'a.c=2'])
    expect(request?.body).toBe('X-OCCI-Attribute: a.b=1\r\nX-OCCI-Attribute: a.c="2"\r\n')
  })
})

const cloud = () => dialogue('http://cloud.test')

/** A page of machines, for nock's `reply`. */
const textPage = (...ids: readonly number[]) =>
  [
    200,
    ids.map((id) => `X-OCCI-Location: http://cloud.test/compute/${id}`).join('\n'),
    { 'Content-Type': 'text/plain' },
  ] as const
const jsonPage = (ids: readonly number[], headers: Readonly<Record<string, string>> = {}) => {
  const resources = ids.map((id) => ({
    kind,
    id: `urn:uuid:${id}`,
    attributes: {},
    location: `/compute/${id}`,
  }))
  return [200, JSON.stringify({ resources }), { 'Content-Type': 'application/json', ...headers }] as const
}

const place = () => machine({ env: { OCCI_ENDPOINT: endpoint, OCCI_AUTH: 'none', OCCI_NO_CACHE: '1' } })

describe('pages of occi api', () => {
  const inJson = ['api', '/compute/?number=2', '--paginate', '--slurp', '--media-type', 'json']

  it('--paginate asks for all pages by number, and the bodies follow each other line by line', async () => {
    for (const [at, ids] of [[1, 2], [3, 4], [5]].entries()) {
      cloud()
        .get(`/compute/?number=2&page=${at + 1}`)
        .reply(...textPage(...ids))
    }
    const { status, out } = await place().occi(['api', '/compute/?number=2', '--paginate'])
    expect(status).toBe(0)
    expect(out.split('\n')).toEqual(
      [1, 2, 3, 4, 5].map((id) => `X-OCCI-Location: http://cloud.test/compute/${id}`),
    )
  })

  it('--paginate follows links to the next page, and --slurp puts pages of JSON together', async () => {
    const next = (page: number) => ({ Link: `</compute/?page=${page}>; rel="next"` })
    cloud().get('/-/').reply(200, JSON.stringify(jsonModel()), { 'Content-Type': 'application/occi+json' })
    cloud()
      .get('/compute/')
      .reply(...jsonPage([1, 2], next(2)))
    cloud()
      .get('/compute/?page=2')
      .reply(...jsonPage([3, 4], next(3)))
    cloud()
      .get('/compute/?page=3')
      .reply(...jsonPage([5]))
    const { status, out } = await place().occi('api /compute/ --paginate --slurp --media-type json')
    expect(status).toBe(0)
    const pages = JSON.parse(out) as { resources: { location: string }[] }[]
    expect(pages.map(({ resources }) => resources.map(({ location }) => location))).toEqual([
      ['/compute/1', '/compute/2'],
      ['/compute/3', '/compute/4'],
      ['/compute/5'],
    ])
  })

  it('a provider that does not page is asked twice, and a page that repeats another one is not shown', async () => {
    for (const page of [1, 2]) {
      cloud()
        .get(`/compute/?number=2&page=${page}`)
        .reply(...textPage(1, 2))
    }
    const { out } = await place().occi(['api', '/compute/?number=2', '--paginate'])
    expect(out.split('\n')).toHaveLength(2)
  })

  it('a page that fails ends the command, and what came before is whole', async () => {
    cloud()
      .get('/compute/?number=2&page=1')
      .reply(...jsonPage([1, 2]))
    cloud().get('/compute/?number=2&page=2').reply(404, 'no such page')
    const { status, out, err } = await place().occi(inJson)
    expect(status).toBe(6)
    expect(err).toContain('no such page')
    expect(JSON.parse(out)).toHaveLength(1)
  })

  it('--slurp escapes on a terminal what a terminal would obey', async () => {
    cloud()
      .get('/compute/?number=2&page=1')
      .reply(200, '{"title":"\u009b31m"}', { 'Content-Type': 'application/json' })
    const { out } = await place().occi(inJson, { terminal: true })
    expect(out).toContain('31m')
    expect(out).not.toContain('\u009b')
  })

  it('--slurp says that a page is no JSON', async () => {
    cloud()
      .get('/compute/?number=2&page=1')
      .reply(...textPage(1, 2))
    const { status, err } = await place().occi(['api', '/compute/?number=2', '--paginate', '--slurp'])
    expect(status).toBe(2)
    expect(err).toContain('--media-type json')
  })
})
