import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  isSecretName,
  redactHeaders,
  redactText,
  redactUrl,
  type TraceEvent,
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
    ['see https://user:planted@h.test:1/a?b', 'see https://***@h.test:1/a?b'],
    ['a@b.test https://h.test/@x', 'a@b.test https://h.test/@x'],
    ['password: ', 'password: '],
    ['no secrets: title="the password is short"', 'no secrets: title="the password is short"'],
  ])('%s', (text, wanted) => {
    expect(redactText(text)).toBe(wanted)
  })

  it('redactText takes linear time over hostile text', () => {
    for (const piece of ['password="', 'a://', '://@', 'a:', 'token: ', '\\"', '"token":{"id":']) {
      expect(redactText(piece.repeat(100_000)).length).toBeGreaterThan(0)
    }
  })

  it('redactText never throws and never lets a value of a secret name through', () => {
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
  it('mask the values of secret headers, keeping the scheme of Authorization', () => {
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

  it('mask userinfo and secret query parameters', () => {
    expect(redactUrl('https://a:planted@h.test/x?token=planted&b=1&c')).toBe(
      'https://***@h.test/x?token=***&b=1&c',
    )
  })

  it('know names of secrets from others', () => {
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

  it('a trace tells of failures and cuts long bodies', async () => {
    const events: TraceEvent[] = []
    const trace = (event: TraceEvent) => {
      events.push(event)
    }
    await transport({ trace })
      .send({ method: 'GET', url: 'http://127.0.0.1:1/', headers: [], body: 'x'.repeat(100_000) })
      .catch(() => {})
    expect(events[1]).toMatchObject({ type: 'error', id: 1 })
    const [request] = events
    expect(request?.type === 'request' && request.body?.length).toBeLessThan(70_000)
  })
})
