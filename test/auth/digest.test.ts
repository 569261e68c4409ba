import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { parseParameters } from '../../src/auth/challenges.js'
import { digestCredentials } from '../../src/auth/digest.js'
import { algorithmOf, type DigestInput, digestHeader } from '../../src/auth/digest-header.js'
import { signedTransport } from '../../src/auth/index.js'
import type { HttpRequest, HttpResponse } from '../../src/transport/index.js'
import { dialogue, mockedTransport, type RecordedRequest, recordedTransport } from '../support/nock.js'

const random = (bytes: number) => new Uint8Array(bytes).fill(7)
const fields = (value: string | undefined) => parseParameters((value ?? '').replace(/^Digest /, ''))

function input(over: Partial<Omit<DigestInput, 'algorithm'>> & { algorithm?: string }): DigestInput {
  const algorithm = algorithmOf(over.algorithm)
  if (algorithm === undefined) throw new Error('algorithm')
  return {
    username: 'Mufasa',
    password: 'Circle of Life',
    realm: 'http-auth@example.org',
    nonce: '7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v',
    opaque: 'FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS',
    qop: 'auth',
    userhash: false,
    utf8: false,
    cnonce: 'f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ',
    count: 1,
    method: 'GET',
    uri: '/dir/index.html',
    body: undefined,
    ...over,
    algorithm,
  }
}

describe('digestHeader', () => {
  it.each([
    // RFC 7616 §3.9.1
    ['RFC 7616 MD5', input({ algorithm: 'MD5' }), '8ca523f5e9506fed4657c9700eebdbec'],
    [
      'RFC 7616 SHA-256',
      input({ algorithm: 'SHA-256' }),
      '753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1',
    ],
    // RFC 2617 §3.5
    [
      'RFC 2617',
      input({
        password: 'Circle Of Life',
        realm: 'testrealm@host.com',
        nonce: 'dcd98b7102dd2f0e8b11d0f600bfb0c093',
        cnonce: '0a4f113b',
      }),
      '6629fae49393a05397450978507c4ef1',
    ],
  ])('digestHeader gives the published response of %s', (_, given, response) => {
    expect(fields(digestHeader(given)).get('response')).toBe(response)
  })

  it('digestHeader hashes the user name for userhash, and knows SHA-512-256 (RFC 7616 §3.9.2, values as in its erratum 4897)', () => {
    const found = fields(
      digestHeader(
        input({
          algorithm: 'SHA-512-256',
          username: 'Jäsøn Doe',
          password: 'Secret, or not?',
          realm: 'api@example.org',
          uri: '/doe.json',
          nonce: '5TsQWLVdgBdmrQ0XsxbDODV+57QdFR34I9HAbC/RVvkK',
          cnonce: 'NTg6RKcb9boFIAS3KrFK9BGeh+iDa/sm6jUMp2wds69v',
          userhash: true,
        }),
      ),
    )
    expect(found.get('username')).toBe('793263caabb707a56211940d90411ea4a575adeccb7e360aeb624ed06ece9b0b')
    expect(found.get('response')).toBe('3798d4131c277846293534c3edc11bd8a5e4cdcbff78b05db9d95eeb1cec68a5')
    expect(found.get('userhash')).toBe('true')
  })

  it('digestHeader sends no qop, nc and cnonce to a server that offers no qop (RFC 2069)', () => {
    const given = input({ qop: undefined, opaque: undefined })
    const found = fields(digestHeader(given))
    const md5 = (text: string) => createHash('md5').update(text).digest('hex')
    const a1 = md5('Mufasa:http-auth@example.org:Circle of Life')
    expect([...found.keys()]).toEqual(['username', 'realm', 'nonce', 'uri', 'response'])
    expect(found.get('response')).toBe(md5(`${a1}:${given.nonce}:${md5('GET:/dir/index.html')}`))
  })

  it('digestHeader writes a name beyond ASCII as the server understands it', () => {
    expect(digestHeader(input({ username: 'žofie' }))).toContain('username="žofie"')
    expect(digestHeader(input({ username: "žo'fie", utf8: true }))).toContain(
      "username*=UTF-8''%C5%BEo%27fie",
    )
  })

  it('digestHeader escapes quotes and backslashes', () => {
    const found = digestHeader(input({ username: 'a"b\\c', realm: 'x"y' }))
    expect(found).toContain('username="a\\"b\\\\c", realm="x\\"y"')
    expect(fields(found).get('username')).toBe('a"b\\c')
  })
})

const refusal = (value: string): HttpResponse => ({
  status: 401,
  reason: '',
  headers: [['WWW-Authenticate', value]],
  body: '',
  url: 'https://h/',
  tolerated: [],
})
const get = (url = 'https://h/-/'): HttpRequest => ({ method: 'GET', url, headers: [] })

describe('digestCredentials', () => {
  const make = (challenge?: HttpResponse) =>
    digestCredentials({
      username: 'u',
      password: 'p',
      random,
      ...(challenge === undefined ? {} : { challenge }),
    })

  it('digestCredentials needs no 401 when the challenge is known, and counts requests', async () => {
    const credentials = make(refusal('Digest realm="r", nonce="n", qop="auth,auth-int"'))
    const first = fields((await credentials.sign(get()))[0]?.[1])
    const second = fields((await credentials.sign(get()))[0]?.[1])
    expect([first.get('nc'), second.get('nc'), first.get('qop')]).toEqual(['00000001', '00000002', 'auth'])
  })

  it('digestCredentials takes a new nonce when the old one is stale, and gives up when the password is wrong', async () => {
    const credentials = make(refusal('Digest realm="r", nonce="one", qop="auth"'))
    const request = get()
    await credentials.sign(request)
    const stale = refusal('Digest realm="r", nonce="two", stale=TRUE, qop="auth"')
    expect(credentials.answered?.(request, stale)).toBe(true)
    const again = fields((await credentials.sign(request))[0]?.[1])
    expect([again.get('nonce'), again.get('nc')]).toEqual(['two', '00000001'])
    const wrong = refusal('Digest realm="r", nonce="three", qop="auth"')
    expect(credentials.answered?.(request, wrong)).toBe(false)
    expect(credentials.answered?.(request, refusal('Basic realm="r"'))).toBe(false)
  })

  it('digestCredentials gives up on a server that calls every nonce stale', async () => {
    const stale = (number: number) => `Digest realm="r", nonce="n${number}", stale=true, qop="auth"`
    dialogue('https://h', { badheaders: ['Authorization'] })
      .get('/-/')
      .reply(401, '', { 'WWW-Authenticate': stale(1) })
    for (let number = 1; number < 5; number += 1) {
      dialogue('https://h')
        .get('/-/')
        .matchHeader('Authorization', new RegExp(`^Digest .*nonce="n${number}"`))
        .reply(401, '', { 'WWW-Authenticate': stale(number + 1) })
    }
    const signed = signedTransport(recordedTransport(), make(), 'https://h/')
    expect((await signed.send(get())).status).toBe(401)
  })

  it('digestCredentials skips unknown algorithms, and throws when there is no other', async () => {
    const both = {
      ...refusal(''),
      headers: [
        ['WWW-Authenticate', 'Digest realm="r", nonce="n", algorithm=SHA-999'],
        ['WWW-Authenticate', 'Digest realm="r", nonce="m", algorithm=SHA-256'],
      ] as const,
    }
    expect(fields((await make(both).sign(get()))[0]?.[1]).get('algorithm')).toBe('SHA-256')
    expect(() => make(refusal('Digest realm="r", nonce="n", algorithm=SHA-999'))).toThrow(/SHA-999/)
  })

  it('digestCredentials does not answer a challenge of another host', async () => {
    dialogue('https://evil', { badheaders: ['Authorization'] })
      .get('/')
      .reply(401, '', { 'WWW-Authenticate': 'Digest realm="r", nonce="n"' })
    await signedTransport(recordedTransport(), make(), 'https://h/').send(get('https://evil/'))
  })

  it('digestCredentials never shows the password', async () => {
    const credentials = digestCredentials({ username: 'u', password: 'planted-secret', random })
    expect(JSON.stringify([credentials.describe(), credentials.identity])).not.toContain('planted')
  })
})

/** A server that checks digests by its own arithmetic, written apart from the code under test. */
describe('digest against a server', () => {
  const base = 'https://digest.example'

  const verify = (asked: RecordedRequest, algorithm: string, qop: string, nonces: Map<string, number>) => {
    const found = fields(asked.header('Authorization'))
    const nonce = found.get('nonce') ?? ''
    const known = nonces.get(nonce)
    const name =
      { MD5: 'md5', 'SHA-256': 'sha256', 'SHA-512-256': 'sha512-256' }[algorithm.replace('-sess', '')] ?? ''
    const h = (text: string) => createHash(name).update(text, 'utf8').digest('hex')
    let a1 = h('žofie:occi:tajné heslo')
    if (algorithm.endsWith('-sess')) a1 = h(`${a1}:${nonce}:${found.get('cnonce')}`)
    const a2 = h(`${asked.method}:${asked.path}${qop === 'auth-int' ? `:${h(asked.body)}` : ''}`)
    const expected = h(`${a1}:${nonce}:${found.get('nc')}:${found.get('cnonce')}:${qop}:${a2}`)
    const good =
      found.get('response') === expected && found.get('uri') === asked.path && found.get('qop') === qop
    if (!good) return 'no'
    if (known === undefined || Number.parseInt(found.get('nc') ?? '', 16) !== known + 1 || known >= 3)
      return 'stale'
    nonces.set(nonce, known + 1)
    return 'yes'
  }

  function transport() {
    const nonces = new Map<string, number>()
    return mockedTransport((asked) => {
      const [, algorithm = '', qop = ''] = new URL(asked.url).pathname.split('/')
      const verdict = verify(asked, algorithm, qop, nonces)
      if (verdict === 'yes') return { body: asked.body }
      const nonce = `n=${nonces.size}+/`
      nonces.set(nonce, 0)
      const stale = verdict === 'stale' ? ', stale=true' : ''
      const value = `Digest realm="occi", nonce="${nonce}", algorithm=${algorithm}, qop="${qop}"${stale}`
      const headers = [
        ['WWW-Authenticate', 'Negotiate'],
        ['WWW-Authenticate', value],
      ] as const
      return { status: 401, headers, body: 'no' }
    }, base)
  }

  /** Each nonce works once, and the answer brings the next one (Apache with AuthDigestNonceLifetime 0). */
  const oneTime = () => {
    const open = new Set<string | undefined>()
    let made = 0
    const next = () => {
      made += 1
      open.add(`once-${made}`)
      return `once-${made}`
    }
    return mockedTransport((asked) => {
      const authorization = asked.header('Authorization')
      if (open.delete(fields(authorization).get('nonce')))
        return { headers: [['Authentication-Info', `nextnonce="${next()}"`]] }
      const stale = authorization === undefined ? '' : ', stale=true'
      const value = `Digest realm="r", nonce="${next()}", qop="auth"${stale}`
      return { status: 401, headers: [['WWW-Authenticate', value]] }
    })
  }

  const cases = ['MD5', 'MD5-sess', 'SHA-256', 'SHA-256-sess', 'SHA-512-256', 'SHA-512-256-sess'].flatMap(
    (algorithm) => ['auth', 'auth-int'].map((qop) => [algorithm, qop] as const),
  )

  it.each(cases)(
    'digest %s, %s signs the query, sends the body again, and renews a stale nonce',
    async (algorithm, qop) => {
      const inner = transport()
      const credentials = digestCredentials({ username: 'žofie', password: 'tajné heslo', random })
      const signed = signedTransport(inner, credentials, base)
      for (let turn = 0; turn < 5; turn += 1) {
        const answer = await signed.send({
          method: 'POST',
          url: `${base}/${algorithm}/${qop}?action=stop`,
          headers: [],
          body: `Category: stop-${turn} č`,
        })
        expect([answer.status, answer.body]).toEqual([200, `Category: stop-${turn} č`])
      }
      // One 401 for the first nonce and one when its three uses are up.
      expect(inner.requests).toHaveLength(7)
    },
  )

  it.each([
    ['at a time', 1, 20],
    ['at the same time', 10, 20],
  ])('digest uses nonces that work once for requests %s', async (_, parallel, requests) => {
    const inner = oneTime()
    const credentials = digestCredentials({ username: 'u', password: 'p', random })
    const signed = signedTransport(inner, credentials, 'https://h/')
    expect((await signed.send(get())).status).toBe(200)
    for (let sent = 0; sent < requests; sent += parallel) {
      const answers = await Promise.all(Array.from({ length: parallel }, () => signed.send(get())))
      expect(answers.map(({ status }) => status)).toEqual(Array(parallel).fill(200))
    }
    // One 401 for each request that is under way at the same time, once.
    expect(inner.requests.length - requests).toBeLessThanOrEqual(parallel + 2)
  })

  it('digest requests at the same time share a nonce that allows it', async () => {
    const inner = transport()
    const credentials = digestCredentials({ username: 'žofie', password: 'tajné heslo', random })
    const signed = signedTransport(inner, credentials, base)
    await signed.send(get(`${base}/MD5/auth`))
    await Promise.all(Array.from({ length: 2 }, () => signed.send(get(`${base}/MD5/auth`))))
    expect(inner.requests).toHaveLength(4)
  })

  describe('Authentication-Info', () => {
    const h = (text: string) => createHash('md5').update(text).digest('hex')
    const cnonce = Buffer.from(random(24)).toString('base64')
    /** What only a server that knows the password can answer to the first request with nonce n1. */
    const proof = (password: string, uri: string) =>
      h(`${h(`u:r:${password}`)}:n1:00000001:${cnonce}:auth:${h(`:${uri}`)}`)
    const signing = () =>
      signedTransport(
        recordedTransport(),
        digestCredentials({ username: 'u', password: 'p', random }),
        'https://h/',
      )
    /** The challenge, then a request that is signed with nonce n1 and answered with `info`. */
    const answering = (path: string, info: string, algorithm = 'MD5') => {
      dialogue('https://h', { badheaders: ['Authorization'] })
        .get(path)
        .reply(401, '', {
          'WWW-Authenticate': `Digest realm="r", nonce="n1", qop="auth", algorithm=${algorithm}`,
        })
      return signed(path, 'n1', 1).reply(200, '', { 'Authentication-Info': info })
    }
    const signed = (path: string, nonce: string, count: number) =>
      dialogue('https://h')
        .get(path)
        .matchHeader('Authorization', new RegExp(`nonce="${nonce}".*nc=0000000${count}`))

    it('digest accepts a correct proof of the server and uses the next nonce', async () => {
      answering('/-/?a=b', `rspauth="${proof('p', '/-/?a=b')}", nextnonce="n2"`)
      signed('/-/', 'n2', 1).reply(200)
      const transport = signing()
      await transport.send(get('https://h/-/?a=b'))
      await transport.send(get())
    })

    it('digest with -sess keeps the nonce of the challenge and counts', async () => {
      answering('/-/', 'nextnonce="n2"', 'MD5-sess')
      signed('/-/', 'n1', 2).reply(200)
      const transport = signing()
      await transport.send(get())
      await transport.send(get())
    })

    it.each(['send', 'stream'] as const)(
      'digest does not return an answer with a wrong proof of the server (%s)',
      async (how) => {
        answering('/-/', `rspauth="${proof('planted-other', '/-/')}"`)
        await expect(signing()[how](get())).rejects.toMatchObject({
          code: 'auth',
          message: 'The answer to GET https://h/-/ does not prove that the server knows the password of u',
          hint: expect.stringContaining('rspauth'),
        })
      },
    )
  })

  it('digest tries a wrong password once', async () => {
    const challenge = { 'WWW-Authenticate': 'Digest realm="r", nonce="n", qop="auth"' }
    dialogue('https://h', { badheaders: ['Authorization'] })
      .get('/-/')
      .reply(401, '', challenge)
    dialogue('https://h')
      .get('/-/')
      .matchHeader('Authorization', /^Digest /)
      .reply(401, 'no', challenge)
    const credentials = digestCredentials({ username: 'u', password: 'wrong', random })
    expect((await signedTransport(recordedTransport(), credentials, 'https://h/').send(get())).status).toBe(
      401,
    )
  })
})
