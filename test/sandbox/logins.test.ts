import { X509Certificate } from 'node:crypto'
import { connect } from 'node:tls'
import { describe, expect, it, onTestFinished } from 'vitest'
import {
  openSandbox,
  type SandboxAuth,
  serveSandbox,
  throwawayCertificates,
} from '../../src/sandbox/index.js'

const account = { username: 'ada', password: 'secret' }

async function serve(auth: SandboxAuth, clock = Date.now) {
  const { sandbox } = openSandbox({ clock, auth })
  const served = await serveSandbox(sandbox)
  onTestFinished(() => served.close())
  const ask = (path: string, init?: RequestInit) => fetch(new URL(path, served.endpoint), init)
  const login = (identity: object, scope?: object) =>
    ask('identity/v3/auth/tokens', {
      method: 'POST',
      body: JSON.stringify({ auth: { identity, ...(scope === undefined ? {} : { scope }) } }),
    })
  return { ask, login, origin: new URL(served.endpoint).origin }
}

const byPassword = (password: string, domain = 'Default') => ({
  methods: ['password'],
  password: { user: { name: 'ada', domain: { name: domain }, password } },
})
const demo = { project: { name: 'demo', domain: { id: 'default' } } }

describe('the Keystone of the practice cloud', () => {
  it('the Keystone of the practice cloud is named in the challenge, lists v3 and issues a token that the cloud accepts', async () => {
    const { ask, login, origin } = await serve({ method: 'keystone', ...account })
    const refused = await ask('-/')
    expect([refused.status, refused.headers.get('www-authenticate')]).toEqual([
      401,
      `Keystone uri='${origin}/identity/v3'`,
    ])
    const versions = await ask('identity/')
    expect([versions.status, await versions.json()]).toMatchObject([
      300,
      { versions: { values: [{ id: 'v3.14', links: [{ href: `${origin}/identity/v3/` }] }] } },
    ])
    const answer = await login(byPassword('secret'), demo)
    const { token } = (await answer.json()) as { token: Record<string, unknown> }
    expect([answer.status, token]).toMatchObject([
      201,
      { methods: ['password'], user: { name: 'ada' }, project: { name: 'demo' } },
    ])
    expect(token['catalog']).toMatchObject([
      { type: 'occi', endpoints: [{ interface: 'public', url: `${origin}/` }] },
      { type: 'identity' },
    ])
    const id = answer.headers.get('x-subject-token') ?? ''
    expect((await ask('-/', { headers: { 'x-auth-token': id } })).status).toBe(200)
    await ask('identity/v3/auth/tokens', {
      method: 'DELETE',
      headers: { 'x-auth-token': id, 'x-subject-token': id },
    })
    expect((await ask('-/', { headers: { 'x-auth-token': id } })).status).toBe(401)
  })

  it('the Keystone of the practice cloud accepts an application credential, and rescopes a token to the project that it lists', async () => {
    const { ask, login } = await serve({ method: 'keystone', ...account })
    const credential = { id: 'practice', secret: 'secret' }
    const own = await login({ methods: ['application_credential'], application_credential: credential })
    expect([own.status, await own.json()]).toMatchObject([201, { token: { project: { name: 'demo' } } }])
    const unscoped = (await login(byPassword('secret'))).headers.get('x-subject-token') ?? ''
    const listed = await ask('identity/v3/auth/projects', { headers: { 'x-auth-token': unscoped } })
    const { projects } = (await listed.json()) as { projects: { id: string; name: string }[] }
    expect(projects.map(({ name }) => name)).toEqual(['demo'])
    const scope = { project: { id: projects[0]?.id } }
    expect((await login({ methods: ['token'], token: { id: unscoped } }, scope)).status).toBe(201)
  })

  it.each([
    ['a wrong password', byPassword('wrong'), demo],
    ['another domain', byPassword('secret', 'Other'), demo],
    ['another project', byPassword('secret'), { project: { name: 'other', domain: { id: 'default' } } }],
    ['a token of somebody else', { methods: ['token'], token: { id: 'f'.repeat(32) } }, demo],
    ['a method that it does not have', { methods: ['totp'], totp: {} }, demo],
  ])('the Keystone of the practice cloud refuses %s', async (_, identity, scope) => {
    const { login } = await serve({ method: 'keystone', ...account })
    const answer = await login(identity, scope)
    expect([answer.status, await answer.json()]).toMatchObject([401, { error: { code: 401 } }])
  })

  it("a token of the practice cloud's Keystone expires after an hour", async () => {
    let now = Date.parse('2026-11-29T12:00:00Z')
    const { ask, login } = await serve({ method: 'keystone', ...account }, () => now)
    const answer = await login(byPassword('secret'), demo)
    const headers = { 'x-auth-token': answer.headers.get('x-subject-token') ?? '' }
    now += 3_599_000
    expect((await ask('-/', { headers })).status).toBe(200)
    now += 2000
    expect((await ask('-/', { headers })).status).toBe(401)
  })
})

describe('a token at the practice cloud', () => {
  it('the practice cloud asks for a bearer token, without naming a Keystone, and accepts it in both headers', async () => {
    const { ask } = await serve({ method: 'token', token: 'demo' })
    expect((await ask('-/')).headers.get('www-authenticate')).toBe('Bearer realm="occi-sandbox"')
    expect((await ask('-/', { headers: { authorization: 'Bearer demo' } })).status).toBe(200)
    expect((await ask('-/', { headers: { 'x-auth-token': 'demo' } })).status).toBe(200)
    expect((await ask('-/', { headers: { authorization: 'Bearer other' } })).status).toBe(401)
  })
})

describe('throwaway certificates', () => {
  const now = Date.now()
  const made = throwawayCertificates('Ada Lovelace', now)

  it('throwaway certificates are a chain that OpenSSL verifies, for loopback, valid for a week', () => {
    const [ca, server, client] = [made.ca, made.server.cert, made.client.cert].map(
      (pem) => new X509Certificate(pem),
    )
    expect(ca?.ca).toBe(true)
    for (const each of [server, client]) {
      expect([
        each?.checkIssued(ca as X509Certificate),
        each?.verify((ca as X509Certificate).publicKey),
      ]).toEqual([true, true])
      expect(each?.ca).toBe(false)
    }
    expect([server?.checkHost('localhost'), server?.checkIP('127.0.0.1'), server?.checkIP('::1')]).toEqual([
      'localhost',
      '127.0.0.1',
      '::1',
    ])
    expect(client?.subject).toBe('O=Practice cloud\nCN=Ada Lovelace')
    const days = (Date.parse(client?.validTo ?? '') - now) / 86_400_000
    expect(days).toBeCloseTo(7, 1)
  })

  it('throwaway certificates admit the holder of the certificate, and nobody else', async () => {
    const { sandbox } = openSandbox({ clock: Date.now })
    const served = await serveSandbox(sandbox, { tls: { ...made.server, ca: made.ca } })
    onTestFinished(() => served.close())
    expect(served.endpoint).toMatch(/^https:\/\/127\.0\.0\.1:\d+\/$/)
    const ask = (own: object) =>
      new Promise<string>((resolve) => {
        const socket = connect({ port: served.port, host: '127.0.0.1', ca: made.ca, ...own }, () =>
          socket.write('GET /compute/ HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n'),
        )
        let text = ''
        socket.on('data', (chunk) => (text += String(chunk)))
        socket.once('end', () => resolve(text))
        socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? ''))
      })
    expect(await ask(made.client)).toMatch(/^HTTP\/1\.1 200 /)
    expect(await ask({})).toBe('ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED')
    const stranger = throwawayCertificates('Eve', now).client
    expect(await ask(stranger)).not.toMatch(/^HTTP/)
  })
})
