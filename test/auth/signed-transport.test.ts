import { describe, expect, it } from 'vitest'
import { type Credentials, signedTransport } from '../../src/auth/index.js'
import type { HttpRequest } from '../../src/transport/index.js'
import { mockedTransport } from '../support/nock.js'

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
    const inner = mockedTransport(() => ({ status: 200 }))
    await signedTransport(inner, counting().credentials, 'https://h/occi/').send(get('https://h/occi/-/'))
    expect(inner.requests[0]?.headers).toEqual([
      ['Accept', 'text/plain'],
      ['X-Auth-Token', 'T1'],
    ])
  })

  it('signedTransport renews once on 401 and sends the same body again', async () => {
    const inner = mockedTransport((request) => ({
      status: request.header('X-Auth-Token') === 'T2' ? 201 : 401,
    }))
    const { credentials, renewals } = counting()
    const response = await signedTransport(inner, credentials).send({
      method: 'POST',
      url: 'https://h/compute/',
      headers: [],
      body: 'Category: compute',
    })
    expect(response.status).toBe(201)
    expect(renewals()).toBe(1)
    expect(inner.requests.map(({ body }) => body)).toEqual(['Category: compute', 'Category: compute'])
  })

  it('signedTransport returns the 401 when the renewed credentials are refused too', async () => {
    const inner = mockedTransport(() => ({ status: 401, body: 'no' }))
    const { credentials, renewals } = counting()
    expect(await signedTransport(inner, credentials).send(get('https://h/'))).toMatchObject({
      status: 401,
      body: 'no',
    })
    expect(renewals()).toBe(1)
    expect(inner.requests).toHaveLength(2)
  })

  it('signedTransport does not send again when the credentials have not changed', async () => {
    const inner = mockedTransport(() => ({ status: 401 }))
    await signedTransport(inner, counting(0).credentials).send(get('https://h/'))
    expect(inner.requests).toHaveLength(1)
  })

  it('signedTransport renews as often as the credentials allow', async () => {
    const inner = mockedTransport(() => ({ status: 401 }))
    await signedTransport(inner, counting(9, { renewals: 2 }).credentials).send(get('https://h/'))
    expect(inner.requests).toHaveLength(3)
  })

  // Guarantee: credentials-stay
  it.each(['https://evil.example/', 'http://h/', 'https://h:8443/'])(
    'signedTransport never signs a request to %s',
    async (url) => {
      const inner = mockedTransport(() => ({ status: 401 }))
      const { credentials, renewals } = counting()
      await signedTransport(inner, credentials, 'https://h/').send(get(url))
      expect(inner.requests[0]?.headers).toEqual([['Accept', 'text/plain']])
      expect(renewals()).toBe(0)
    },
  )

  it('signedTransport without an endpoint signs for the origin of the first request only', async () => {
    const inner = mockedTransport(() => ({ status: 200 }))
    const signed = signedTransport(inner, counting().credentials)
    await signed.send(get('https://h/'))
    await signed.send(get('https://other/'))
    expect(inner.requests.map((request) => request.header('X-Auth-Token'))).toEqual(['T1', undefined])
  })

  it('signedTransport keeps a header that the user wrote', async () => {
    const inner = mockedTransport(() => ({ status: 200 }))
    await signedTransport(inner, counting().credentials).send({
      ...get('https://h/'),
      headers: [['x-auth-token', 'mine']],
    })
    expect(inner.requests[0]?.headers).toEqual([['x-auth-token', 'mine']])
  })

  it('signedTransport shares one renewal among requests that fail together', async () => {
    const inner = mockedTransport((request) => ({
      status: request.header('X-Auth-Token') === 'T1' ? 401 : 200,
    }))
    const { credentials, renewals } = counting()
    const signed = signedTransport(inner, credentials)
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, n) => signed.send(get(`https://h/${n}`))),
    )
    expect(answers.every(({ status }) => status === 200)).toBe(true)
    expect(renewals()).toBe(1)
  })

  it('signedTransport renews for streams, and returns a refusal as a stream', async () => {
    const inner = mockedTransport((request) => ({
      status: request.header('X-Auth-Token') === 'T1' ? 401 : 200,
      body: 'long enough for pieces',
    }))
    const collect = async (chunks: AsyncIterable<string>) => {
      let text = ''
      for await (const chunk of chunks) text += chunk
      return text
    }
    const good = await signedTransport(inner, counting().credentials).stream(get('https://h/'))
    expect([good.status, await collect(good.chunks)]).toEqual([200, 'long enough for pieces'])
    const bad = await signedTransport(inner, counting(0).credentials).stream(get('https://h/'))
    expect([bad.status, await collect(bad.chunks)]).toEqual([401, 'long enough for pieces'])
  })
})
