import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  isSecretName,
  redactHeaders,
  redactText,
  redactUrl,
  type TraceEvent,
  traceTransport,
} from '../../src/transport/index.js'
import { loopback, reply, transport } from './loopback.js'

describe('redactText', () => {
  it.each([
    ['{"password":"planted"}', '{"password":"***"}'],
    ['{"password" : "pl\\"an\\\\ted", "user":"a"}', '{"password" : "***", "user":"a"}'],
    [
      '{"auth":{"identity":{"password":{"user":{"name":"a","password":"planted"}}}}}',
      '{"auth":{"identity":{"password":{"user":{"name":"a","password":"***"}}}}}',
    ],
    [
      '{"auth":{"identity":{"token":{"id":"planted"}},"scope":{"project":{"id":"p"}}}}',
      '{"auth":{"identity":{"token":{"id":"***"}},"scope":{"project":{"id":"p"}}}}',
    ],
    [
      '{"application_credential":{"id":"x","secret":"planted"}}',
      '{"application_credential":{"id":"x","secret":"***"}}',
    ],
    ['{"access_token":"planted","expires_in":3}', '{"access_token":"***","expires_in":3}'],
    ['{"adminPass": "planted"}', '{"adminPass": "***"}'],
    ['{\\"password\\": \\"planted\\"}', '{\\"password\\": \\"***\\"}'],
    [
      'grant_type=password&username=a&password=planted&client_secret=planted',
      'grant_type=password&username=a&password=***&client_secret=***',
    ],
    ['X-OCCI-Attribute: org.occi.admin_pwd="planted"', 'X-OCCI-Attribute: org.occi.admin_pwd="***"'],
    [
      'occi.compute.cores=2, com.x.password="plan,ted", a=1',
      'occi.compute.cores=2, com.x.password="***", a=1',
    ],
    ['password=planted, cores=2', 'password=***, cores=2'],
    ['password="planted', 'password="***'],
    ["com.x.password='planted, planted'; a='1'", "com.x.password='***'; a='1'"],
    ["password='planted, a=1", 'password=***, a=1'],
    ['{"clientSecret":"planted","passWord":"planted"}', '{"clientSecret":"***","passWord":"***"}'],
    [
      `${'a_long_name_of_an_application_'.repeat(3)}password="planted"`,
      `${'a_long_name_of_an_application_'.repeat(3)}password="***"`,
    ],
    ['see https://user:planted@h.test:1/a?b', 'see https://***@h.test:1/a?b'],
    ['a@b.test https://h.test/@x', 'a@b.test https://h.test/@x'],
    ['password: ', 'password: '],
    ['no secrets: title="the password is short"', 'no secrets: title="the password is short"'],
  ])('redactText masks the secrets of %s', (text, wanted) => {
    expect(redactText(text)).toBe(wanted)
  })

  it('redactText takes linear time over hostile text', () => {
    for (const piece of ['password="', 'a://', '://@', 'a:', 'token: ', '\\"', '"token":{"id":']) {
      expect(redactText(piece.repeat(100_000)).length).toBeGreaterThan(0)
    }
  })

  it('redactText never throws and never shows the value of a secret name', () => {
    fc.assert(
      fc.property(
        fc.string(),
        fc.stringMatching(/^[a-zA-Z0-9]{8,20}$/),
        fc.string(),
        (before, secret, after) => {
          const text = redactText(`${before}\n"password": "SECRET${secret}"${after}`)
          expect(text.includes(`SECRET${secret}"`)).toBe(false)
        },
      ),
    )
  })
})

describe('redactHeaders and redactUrl', () => {
  it('redactHeaders masks the values of secret headers, keeping the scheme of Authorization', () => {
    expect(
      redactHeaders(
        [
          ['x-auth-TOKEN', 'planted'],
          ['Authorization', 'Basic planted'],
          ['Set-Cookie', 'planted'],
          ['X-Mine', 'planted'],
          ['X-OCCI-Attribute', 'x.password="planted"'],
          ['Accept', 'text/plain'],
        ],
        ['x-mine'],
      ),
    ).toEqual([
      ['x-auth-TOKEN', '***'],
      ['Authorization', 'Basic ***'],
      ['Set-Cookie', '***'],
      ['X-Mine', '***'],
      ['X-OCCI-Attribute', 'x.password="***"'],
      ['Accept', 'text/plain'],
    ])
  })

  it('redactUrl masks userinfo and secret query parameters', () => {
    expect(redactUrl('https://a:planted@h.test/x?token=planted&b=1&c')).toBe(
      'https://***@h.test/x?token=***&b=1&c',
    )
  })

  it('names of secrets are distinguished from others', () => {
    expect(
      ['password', 'a.b.admin_pwd', 'OS_PASSWORD', 'client-secret', 'token'].filter((n) => !isSecretName(n)),
    ).toEqual([])
    expect(
      ['user', 'occi.core.title', 'tokens', 'passwordless', 'token_type', 'compute'].filter(isSecretName),
    ).toEqual([])
  })
})

describe('a trace', () => {
  it('a trace shows each exchange without its secrets', async () => {
    const events: TraceEvent[] = []
    const server = await loopback((_, socket) =>
      socket.write(
        reply('201 Created', ['X-Subject-Token: planted', 'X-Mine: planted'], '{"secret":"planted","a":1}'),
      ),
    )
    const http = transport({ trace: (event) => events.push(event), secretHeaders: ['X-Mine'], now: () => 7 })
    await http.send({
      method: 'POST',
      url: server.url.replace('127', 'me:planted@127'),
      headers: [['X-Auth-Token', 'planted']],
      body: '{"password":"planted"}',
    })
    expect(JSON.stringify(events)).not.toContain('planted')
    expect(events).toMatchObject([
      {
        type: 'request',
        id: 1,
        at: 7,
        method: 'POST',
        body: '{"password":"***"}',
        headers: [['X-Auth-Token', '***']],
      },
      { type: 'response', id: 1, at: 7, status: 201, body: '{"secret":"***","a":1}' },
    ])
  })

  it('a trace shows failures and shortens long bodies', async () => {
    const events: TraceEvent[] = []
    const trace = (event: TraceEvent) => {
      events.push(event)
    }
    await transport({ trace })
      .send({ method: 'GET', url: 'http://127.0.0.1:1/', headers: [], body: 'x'.repeat(1_100_000) })
      .catch(() => {})
    expect(events[1]).toMatchObject({ type: 'error', id: 1 })
    const [request] = events
    expect(request).toMatchObject({ body: 'x'.repeat(1_048_576), omitted: 51_424 })
    const bytes = Buffer.from('ž'.repeat(900_000))
    await transport({ trace })
      .send({ method: 'POST', url: 'http://127.0.0.1:1/', headers: [], body: bytes })
      .catch(() => {})
    expect(events[2]).toMatchObject({ type: 'request', omitted: expect.any(Number) })
  })

  it('a trace shows bodies that arrive in pieces, without their secrets', async () => {
    const events: TraceEvent[] = []
    const server = await loopback((_, socket) =>
      socket.write(reply('200 OK', [], '/compute/1\n{"password":"planted"}\n')),
    )
    const http = transport({ trace: (event) => events.push(event) })
    const { chunks } = await http.stream({ method: 'GET', url: server.url, headers: [] })
    expect(events).toHaveLength(1)
    for await (const _ of chunks);
    expect(events[1]).toMatchObject({
      type: 'response',
      status: 200,
      body: '/compute/1\n{"password":"***"}\n',
    })
    expect(events[1]).not.toHaveProperty('unread')
    expect(events).toHaveLength(2)
  })

  it('a trace says that a body was not read to its end, and how much of it is not shown', async () => {
    const events: TraceEvent[] = []
    const server = await loopback((_, socket) => socket.write(reply('200 OK', [], 'word '.repeat(300_000))))
    const http = transport({ trace: (event) => events.push(event) })
    const whole = await http.stream({ method: 'GET', url: server.url, headers: [] })
    for await (const _ of whole.chunks);
    const part = await http.stream({ method: 'GET', url: server.url, headers: [] })
    for await (const _ of part.chunks) break
    const [, first, , second] = events
    const shown = first?.type === 'response' ? (first.body ?? '') : ''
    expect(shown).toBe('word '.repeat(209_715).trimEnd())
    expect(first).toMatchObject({ omitted: 1_500_000 - shown.length })
    expect(second).toMatchObject({ unread: true })
  })

  it('a transport that is wrapped for tracing shows bodies in pieces, too, and what ended them', async () => {
    const events: TraceEvent[] = []
    async function* broken() {
      yield 'some'
      throw new Error('cut')
    }
    const head = { status: 200, reason: 'OK', headers: [], url: 'http://a/', tolerated: [] }
    const traced = traceTransport(
      {
        send: async () => ({ ...head, body: '' }),
        stream: async () => ({ ...head, chunks: broken() }),
        close: async () => {},
      },
      { trace: (event) => events.push(event) },
    )
    const { chunks } = await traced.stream({ method: 'GET', url: 'http://a/', headers: [] })
    const read = async () => {
      for await (const _ of chunks);
    }
    await expect(read()).rejects.toThrow('cut')
    expect(events.map(({ type }) => type)).toEqual(['request', 'response', 'error'])
    expect(events[1]).toMatchObject({ body: 'some', unread: true })
  })
})
