import { describe, expect, it } from 'vitest'
import { type Credentials, signedTransport } from '../../src/auth/index.js'
import type { HttpRequest, Transport } from '../../src/transport/index.js'
import { dialogue, recordedTransport } from '../support/nock.js'

const get = (url: string): HttpRequest => ({ method: 'GET', url, headers: [['Accept', 'text/plain']] })

function counting(changes = Number.POSITIVE_INFINITY, more: Partial<Credentials> = {}) {
  let version = 1
  let renewals = 0
  const credentials: Credentials = {
    identity: 'x',
    sign: async () => [['X-Auth-Token', `T${version}`]],
    renew: async () => {
      renewals += 1
      if (version > changes) return false
      await new Promise((resolve) => setTimeout(resolve, 5))
      version += 1
      return true
    },
    describe: () => ({ method: 'x' }),
    ...more,
  }
  return { credentials, renewals: () => renewals }
}

describe('signedTransport', () => {
  it('signedTransport adds the headers of the credentials', async () => {
    dialogue('https://h')
      .get('/occi/-/')
      .matchHeader('Accept', 'text/plain')
      .matchHeader('X-Auth-Token', 'T1')
      .reply(200)
    const inner = recordedTransport()
    await signedTransport(inner, counting().credentials, 'https://h/occi/').send(get('https://h/occi/-/'))
    // The user's headers stand before those of the credentials.
    expect(inner.requests[0]?.headers.map(([name]) => name)).toEqual(['Accept', 'X-Auth-Token'])
  })

  it('signedTransport renews once on 401 and sends the same body again', async () => {
    dialogue('https://h')
      .post('/compute/', 'Category: compute')
      .matchHeader('X-Auth-Token', 'T1')
      .reply(401)
      .post('/compute/', 'Category: compute')
      .matchHeader('X-Auth-Token', 'T2')
      .reply(201)
    const { credentials, renewals } = counting()
    const response = await signedTransport(recordedTransport(), credentials).send({
      method: 'POST',
      url: 'https://h/compute/',
      headers: [],
      body: 'Category: compute',
    })
    expect(response.status).toBe(201)
    expect(renewals()).toBe(1)
  })

  it('signedTransport returns the 401 when the renewed credentials are refused too', async () => {
    dialogue('https://h')
      .get('/')
      .matchHeader('X-Auth-Token', 'T1')
      .reply(401, 'no')
      .get('/')
      .matchHeader('X-Auth-Token', 'T2')
      .reply(401, 'still no')
    const { credentials, renewals } = counting()
    expect(await signedTransport(recordedTransport(), credentials).send(get('https://h/'))).toMatchObject({
      status: 401,
      body: 'still no',
    })
    expect(renewals()).toBe(1)
  })

  it('signedTransport does not send again when the credentials have not changed', async () => {
    dialogue('https://h').get('/').matchHeader('X-Auth-Token', 'T1').reply(401)
    const signed = signedTransport(recordedTransport(), counting(0).credentials)
    expect((await signed.send(get('https://h/'))).status).toBe(401)
  })

  it('signedTransport renews as often as the credentials allow', async () => {
    const server = dialogue('https://h')
    for (const token of ['T1', 'T2', 'T3']) server.get('/').matchHeader('X-Auth-Token', token).reply(401)
    const signed = signedTransport(recordedTransport(), counting(9, { renewals: 2 }).credentials)
    expect((await signed.send(get('https://h/'))).status).toBe(401)
  })

  // Guarantee: credentials-stay
  it.each(['https://evil.example', 'http://h', 'https://h:8443'])(
    'signedTransport never signs a request to %s',
    async (origin) => {
      dialogue(origin, { badheaders: ['X-Auth-Token'] })
        .get('/')
        .reply(401)
      const { credentials, renewals } = counting()
      await signedTransport(recordedTransport(), credentials, 'https://h/').send(get(`${origin}/`))
      expect(renewals()).toBe(0)
    },
  )

  it('signedTransport without an endpoint signs for the origin of the first request only', async () => {
    dialogue('https://h').get('/').matchHeader('X-Auth-Token', 'T1').reply(200)
    dialogue('https://other', { badheaders: ['X-Auth-Token'] })
      .get('/')
      .reply(200)
    const signed = signedTransport(recordedTransport(), counting().credentials)
    await signed.send(get('https://h/'))
    await signed.send(get('https://other/'))
  })

  it('signedTransport keeps a header that the user wrote', async () => {
    dialogue('https://h').get('/').matchHeader('X-Auth-Token', 'mine').reply(200)
    await signedTransport(recordedTransport(), counting().credentials).send({
      ...get('https://h/'),
      headers: [['x-auth-token', 'mine']],
    })
  })

  it('signedTransport shares one renewal among requests that fail together', async () => {
    const server = dialogue('https://h')
    const paths = Array.from({ length: 20 }, (_, n) => `/${n}`)
    for (const path of paths) {
      server.get(path).matchHeader('X-Auth-Token', 'T1').reply(401)
      server.get(path).matchHeader('X-Auth-Token', 'T2').reply(200)
    }
    const { credentials, renewals } = counting()
    const signed = signedTransport(recordedTransport(), credentials)
    const answers = await Promise.all(paths.map((path) => signed.send(get(`https://h${path}`))))
    expect(answers.every(({ status }) => status === 200)).toBe(true)
    expect(renewals()).toBe(1)
  })

  it('signedTransport reads the body of an answer other than 401 that makes it send the request again', async () => {
    dialogue('https://h').get('/').reply(503, 'later').get('/').reply(200, 'now')
    const inner = recordedTransport()
    let bodiesRead = 0
    const transport: Transport = {
      ...inner,
      stream: async (request) => {
        const response = await inner.stream(request)
        async function* counted() {
          yield* response.chunks
          bodiesRead += 1
        }
        return { ...response, chunks: counted() }
      },
    }
    const { credentials } = counting(0, { answered: (_, { status }) => status === 503 })
    const answer = await signedTransport(transport, credentials).stream(get('https://h/'))
    expect([answer.status, bodiesRead]).toEqual([200, 1])
  })

  it('signedTransport renews for streams, and returns a refusal as a stream', async () => {
    dialogue('https://h')
      .get('/good')
      .matchHeader('X-Auth-Token', 'T1')
      .reply(401, 'refused')
      .get('/good')
      .matchHeader('X-Auth-Token', 'T2')
      .reply(200, 'long enough for pieces')
      .get('/bad')
      .matchHeader('X-Auth-Token', 'T1')
      .reply(401, 'refused')
    const collect = async (chunks: AsyncIterable<string>) => {
      let text = ''
      for await (const chunk of chunks) text += chunk
      return text
    }
    const transport = recordedTransport()
    const good = await signedTransport(transport, counting().credentials).stream(get('https://h/good'))
    expect([good.status, await collect(good.chunks)]).toEqual([200, 'long enough for pieces'])
    const bad = await signedTransport(transport, counting(0).credentials).stream(get('https://h/bad'))
    expect([bad.status, await collect(bad.chunks)]).toEqual([401, 'refused'])
  })
})
