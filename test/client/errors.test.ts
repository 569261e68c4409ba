import { describe, expect, it } from 'vitest'
import type { Credentials } from '../../src/auth/index.js'
import { reportTolerated } from '../../src/client/exchange.js'
import { refusal } from '../../src/client/index.js'
import { OcciError } from '../../src/errors/errors.js'
import { type Deviation, errorMessage } from '../../src/rendering/index.js'
import type { HttpResponse } from '../../src/transport/index.js'
import { dialogue } from '../support/nock.js'
import { capture, captureNames, type Exchange, exchange } from './captures.js'
import { dialogueWith, inText, textModel } from './mocked.js'

const request = { method: 'POST', url: 'http://cloud.test/compute/1?action=stop' } as const

function response(status: number, body = '', headers: HttpResponse['headers'] = []): HttpResponse {
  return { status, reason: '', headers, body, url: request.url, tolerated: [] }
}

describe('a refusal', () => {
  it('a 403 is explained by what was sent', () => {
    const hint = (credentials?: Partial<Credentials>) =>
      refusal(request, response(403), credentials as Credentials | undefined).hint
    const describe = (method: string) => () => ({ method })
    expect(hint()).toContain('No credentials were sent')
    expect(hint({ describe: describe('none') })).toContain('No credentials were sent')
    expect(hint({ describe: describe('basic') })).toContain('Your credentials were accepted')
    const certificate = { file: '/p', source: '/p', mayLackRights: 'Its VOMS attributes have ended.' }
    expect(hint({ describe: describe('x509'), tls: {}, certificate })).toBe(
      'The client certificate /p was found and sent. Its VOMS attributes have ended.',
    )
    expect(
      hint({ describe: describe('x509'), tls: {}, certificate: { file: '/p', source: 'X509_USER_PROXY' } }),
    ).toBe(
      'The client certificate /p (X509_USER_PROXY) was sent. Your credentials were accepted, but not for this; check the project (tenant) and your role.',
    )
  })

  it.each([
    [401, '', 'auth'],
    [403, '', 'forbidden'],
    [404, '', 'not-found'],
    [410, '', 'not-found'],
    [409, '', 'conflict'],
    [422, '', 'conflict'],
    [304, '', 'conflict'],
    [400, 'This action is currently no applicable.', 'conflict'],
    // snf-occi means that it never does this (Q68): its state has nothing to do with it.
    [501, 'This actions is currently no applicable', 'server'],
    // A title, image or size is missing, and nothing was done (Q17).
    [406, 'Missing details about compute instance', 'validation'],
    [400, 'This action is currently not applicable.', 'conflict'],
    [400, "Cannot perform 'START' action while server is in 'STARTED' state.", 'conflict'],
    [400, "Cannot attach volume while volume is in 'IN_USE' status.", 'conflict'],
    [400, 'Could not find a valid kind.', 'server'],
    // Values that a provider refuses are not its failure.
    [400, 'There are unsupported attributes in the request.', 'validation'],
    [400, 'size attribute not found!', 'validation'],
    [400, 'Please provide a valid OS Template.', 'validation'],
    [400, 'Unknown method.', 'validation'],
    [404, "'occi.core.summary'", 'validation'],
    [404, "'/storage/none'", 'not-found'],
    [400, 'Only updates with one mixin in request are currently supported', 'conflict'],
    [400, 'Multiple possible networks found, use a Network ID to be more specific.', 'conflict'],
    [400, 'User data too large. User data must be no larger than 64KB once base64 encoded.', 'forbidden'],
    [413, 'User data too large', 'forbidden'],
    [413, '', 'forbidden'],
    [405, 'Method not supported.', 'server'],
    [500, '', 'server'],
    [503, '', 'server'],
  ])('status %i (%j) is a %s error (Q16, ooi-22, E20, rocci2-7)', (status, body, code) => {
    expect(refusal(request, response(status, body)).code).toBe(code)
  })

  it.each([
    // Recorded at ooi.
    [400, exchange('ooi', 'delete-storage-in-use-plain').response.body ?? ''],
    [
      409,
      'Unable to complete operation on network 1. There are one or more ports still in use on the network.',
    ],
    [400, 'Volume is in-use'],
    [500, '[ImageDelete] Cannot delete image in state USED'],
    [409, 'The volume is still attached to a server'],
  ])(
    'a deletion refused with %i because others need the entity suggests to unlink it: %s',
    (status, body) => {
      const asked = { method: 'DELETE', url: 'http://cloud.test/storage/1' } as const
      expect(refusal(asked, response(status, body))).toMatchObject({
        code: 'conflict',
        hint: expect.stringContaining('`unlink()`'),
      })
      expect(refusal(request, response(status, body)).hint ?? '').not.toContain('unlink')
    },
  )

  it('a deletion refused for another reason does not mention links', () => {
    const asked = { method: 'DELETE', url: 'http://cloud.test/storage/1' } as const
    for (const said of ['no such thing', 'because of an error', 'not used to it'])
      expect(refusal(asked, response(400, said)).hint ?? '').not.toContain('unlink')
  })

  // RFC 9110 §15.4: 303 leads to what came of the request; 307 and 308 come instead of it.
  it.each([
    [301, 'http://cloud.test/compute/1/', 'it redirects to /compute/1/; POST is not sent there'],
    [302, '/elsewhere', 'it redirects to /elsewhere; POST is not sent there'],
    [303, 'https://cloud.test/compute/1', 'https://cloud.test/compute/1, which is another server'],
    [300, '/elsewhere', 'it redirects to /elsewhere, which was not followed'],
    [308, undefined, 'does not name the target'],
    [300, undefined, 'does not name the target'],
  ])('a redirect of status %i to %s is an error that contains the target', (status, location, words) => {
    const headers = location === undefined ? [] : [['Location', location] as const]
    const error = refusal(request, response(status, '', headers))
    expect([error.code, error.message]).toEqual(['server', expect.stringContaining(words)])
  })

  it('a 304 for an unconditional GET is reported as such', () => {
    const error = refusal({ method: 'GET', url: request.url }, response(304))
    expect([error.code, error.message]).toEqual(['protocol', expect.stringContaining('was not conditional')])
  })

  it.each([
    ['Multiple possible networks found, use a Network ID to be more specific.', '`links`'],
    ['User data too large. User data must be no larger than 64KB once base64 encoded.', 'gzip'],
    ['Only updates with one mixin in request are currently supported', '`resource_tpl`'],
  ])('the refusal %j has a hint: %s', (body, hint) => {
    expect(refusal(request, response(400, body)).hint).toContain(hint)
  })

  it('the refusal of a value quotes only the value', () => {
    const look = { method: 'GET', url: request.url } as const
    expect(refusal(look, response(400, 'Invalid value')).code).toBe('server')
  })

  it("an error contains the server's message, method, URL, status and request id (rocci1-9)", () => {
    const headers = [['x-request-id', '2d2dfdd3-64f2']] as const
    expect(refusal(request, response(409, 'Instance with ID x already exists!', headers)).http).toEqual({
      method: 'POST',
      url: request.url,
      status: 409,
      reason: '',
      requestId: '2d2dfdd3-64f2',
      serverMessage: 'Instance with ID x already exists!',
    })
  })

  it("nginx's page about client certificates is an authentication error", () => {
    const page = '<html><head><title>400 No required SSL certificate was sent</title></head></html>'
    expect(refusal(request, response(400, page)).code).toBe('auth')
  })

  it('an error prefers the request id of OpenStack', () => {
    const headers = [
      ['X-Request-Id', 'proxy'],
      ['x-compute-request-id', 'req-1'],
    ] as const
    expect(refusal(request, response(500, '', headers)).http?.requestId).toBe('req-1')
  })

  it('a 406 of snf-occi suggests title, image and size', () => {
    const error = refusal(request, response(406, 'Missing details about compute instance'))
    expect(error.hint).toContain('`os_tpl`')
  })

  it('an error contains no user and password of a URL', () => {
    const error = refusal({ method: 'GET', url: 'http://me:secret@cloud.test/x' }, response(500))
    expect(JSON.stringify([error.message, error.http])).not.toContain('secret')
  })
})

const refusals = captureNames.flatMap((name) =>
  capture(name)
    .filter(({ response: { status } }) => status >= 400)
    .map((exchange) => [name, exchange.name, exchange] as const),
)

describe('recorded refusals', () => {
  it('the recordings contain many refusals', () => {
    expect(refusals.length).toBeGreaterThan(200)
  })

  it.each(refusals)(
    "the refusal %s %s is an error with the server's message (Q15, Q18, ooi-6, rocci1-3)",
    (_, __, { request: sent, response: got }: Exchange) => {
      const answer = response(got.status, got.body ?? '', got.headers)
      const error = refusal({ method: sent.method as 'GET', url: `http://cloud.test${sent.path}` }, answer)
      expect(error).toBeInstanceOf(OcciError)
      expect(error.http?.status).toBe(got.status)
      // A 401 is put into words by the auth room, from its challenges.
      if (got.status === 401) {
        expect(error.code).toBe('auth')
        return
      }
      const said = errorMessage(answer)
      expect(error.http?.serverMessage).toBe(said)
      if (said !== undefined) expect(error.message).toContain(said)
    },
  )
})

describe('what is no provider', () => {
  /** The query interface is asked for in `renderings` renderings, at both of its paths, and always answers so. */
  function answering(
    renderings: number,
    ...answer: readonly [status: number, body?: string, headers?: Record<string, string>]
  ) {
    const { cloud, client } = dialogueWith()
    for (const path of ['/-/', '/.well-known/org/ogf/occi/-/']) {
      cloud
        .get(path)
        .times(renderings)
        .reply(...answer)
    }
    return client
  }

  it('a web page is reported as not an OCCI provider (Q44)', async () => {
    const client = answering(2, 200, '<html><title>Login</title></html>', { 'Content-Type': 'text/html' })
    await expect(client.model()).rejects.toMatchObject({
      code: 'protocol',
      message: expect.stringContaining('not an OCCI provider'),
    })
  })

  it('a 404 for the query interface is reported as not an OCCI provider', async () => {
    await expect(answering(1, 404).model()).rejects.toMatchObject({
      code: 'not-found',
      message: expect.stringContaining('no OCCI provider'),
    })
  })

  it('an empty answer is reported as not an OCCI provider', async () => {
    await expect(answering(2, 200, '').model()).rejects.toMatchObject({ code: 'protocol' })
  })

  it('a 401 is reported as a missing login after one request, not as another kind of server (ooi-5)', async () => {
    const { cloud, client } = dialogueWith()
    cloud.get('/-/').reply(401, '', { 'WWW-Authenticate': 'Basic realm="x"' })
    await expect(client.model()).rejects.toMatchObject({ code: 'auth' })
  })

  it('a failed discovery is not remembered, so that the next operation asks again', async () => {
    const client = answering(2, 503)
    await expect(client.model()).rejects.toMatchObject({ code: 'server' })
    dialogue('http://cloud.test')
      .get('/-/')
      .reply(...inText(textModel()))
    expect((await client.model()).kinds.length).toBe(5)
  })
})

describe('repairs of the transport', () => {
  it.each([
    ['duplicate-content-length', 'the answer has two Content-Length headers'],
    ['bare-line-feed', /ends in a line feed without/],
    ['folded-header', /continued on another line/],
    ['line-end-in-reason', /^the reason phrase ends/],
    ['other', 'other'],
  ])('the repair %s is reported as a deviation in words', (code, message) => {
    const reported: Deviation[] = []
    reportTolerated({ onDeviation: (deviation) => reported.push(deviation) }, request, [code])
    expect(reported).toEqual([{ code, message: expect.stringMatching(message), place: { part: 'head' } }])
  })
})
