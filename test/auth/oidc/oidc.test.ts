import { createHash } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { authContext, memoryCache, nodePlatform, signedTransport } from '../../../src/auth/index.js'
import { oidc } from '../../../src/auth/oidc/oidc.js'
import type { OcciError } from '../../../src/errors/errors.js'
import { dialogue, including, recordedTransport } from '../../support/nock.js'
import { jwt } from './stand-in.js'

const request = { method: 'GET', url: 'https://occi/', headers: [] } as const

/** An issuer is asked for its description. */
function describeIssuer(description: object = {}) {
  const issuer = dialogue('https://i.example')
  issuer.get('/.well-known/openid-configuration').reply(200, {
    issuer: 'https://i.example',
    token_endpoint: 'https://i.example/token',
    device_authorization_endpoint: 'https://i.example/device',
    ...description,
  })
  return issuer
}
const device = {
  device_code: 'issued-device-code',
  user_code: 'ABCD-EFGH',
  verification_uri: 'https://i.example/activate',
  expires_in: 60,
  interval: 2,
}
const issued = { access_token: jwt({ sub: 'me', iss: 'https://i.example' }), expires_in: 3600 }

/** A login at an issuer that is stated. */
function opened(options: Record<string, string>, more: Partial<Parameters<typeof authContext>[0]> = {}) {
  const shown: string[] = []
  const slept: number[] = []
  const log: string[] = []
  const transport = recordedTransport()
  const context = authContext({
    options,
    transport: () => transport,
    show: (message) => shown.push(message),
    log: (step) => log.push(step),
    machine: { ...nodePlatform(), sleep: async (time) => void slept.push(time) },
    ...more,
  })
  return { login: oidc.authenticate(context), shown, slept, log }
}

const client = { 'oidc-issuer': 'https://i.example/', 'oidc-client-id': 'occi' }

describe('a refresh token that the issuer replaces', () => {
  const options = { ...client, 'refresh-token': 'planted-old' }
  it.each([
    ['causes no warning when it is stored', true, 'planted-new', 0],
    ['causes a warning when it is not stored', false, 'planted-new', 1],
    ['causes no warning when it is the same as before', false, 'planted-old', 0],
  ])('a refresh token that the issuer replaces %s', async (_, stored, replaced, warnings) => {
    const warned: string[] = []
    let held = 0
    describeIssuer()
      .post('/token', including({ grant_type: 'refresh_token', refresh_token: 'planted-old' }))
      .reply(200, { access_token: 'planted-access', expires_in: 300, refresh_token: replaced })
    await opened(options, {
      cache: { ...memoryCache(), set: async () => stored },
      warn: (message) => warned.push(message),
      finish: (work) => {
        held += 1
        return work()
      },
    }).login
    expect(warned).toHaveLength(warnings)
    expect(held).toBe(1)
    expect(warned.join()).not.toContain('planted')
  })
})

describe('oidc', () => {
  it('oidc sends a given access token, and shows its subject but never itself', async () => {
    const value = jwt({ sub: 'alice', iss: 'https://i.example', exp: 4_000_000_000 })
    const credentials = await opened({ 'access-token': value }).login
    expect(await credentials.sign(request)).toEqual([['Authorization', `Bearer ${value}`]])
    expect(credentials.describe()).toMatchObject({
      subject: 'alice',
      issuer: 'https://i.example',
      expires: new Date(4e12),
    })
    expect(JSON.stringify([credentials.describe(), credentials.identity])).not.toContain(value)
    await expect(
      credentials.renew?.({ status: 401, reason: '', headers: [], body: '', url: '', tolerated: [] }, 1),
    ).rejects.toMatchObject({
      code: 'auth',
      message: expect.stringContaining('refused'),
    })
  })

  it('oidc sends a given token that has expired by the local clock, because the clock may be wrong', async () => {
    const value = jwt({ sub: 'alice', exp: 1000 })
    const credentials = await opened({ 'access-token': value }).login
    expect(await credentials.sign(request)).toEqual([['Authorization', `Bearer ${value}`]])
    let runs = 0
    const run = async () => {
      runs += 1
      return value
    }
    const byCommand = await opened({ 'token-command': 'x' }, { machine: { ...nodePlatform(), run } }).login
    for (let count = 0; count < 3; count += 1) {
      expect(await byCommand.sign(request)).toEqual([['Authorization', `Bearer ${value}`]])
    }
    // Once for the login, once for a newer one.
    expect(runs).toBe(2)
  })

  it("oidc logs in by the device flow with PKCE, and polls at the issuer's interval", async () => {
    const issuer = describeIssuer()
    let challenge = ''
    const start = including({
      client_id: 'occi',
      code_challenge_method: 'S256',
      scope: 'openid profile offline_access',
    })
    const polls = (form: Record<string, string>) =>
      form['grant_type'] === 'urn:ietf:params:oauth:grant-type:device_code' &&
      form['device_code'] === 'issued-device-code' &&
      form['client_id'] === 'occi' &&
      createHash('sha256')
        .update(form['code_verifier'] ?? '')
        .digest('base64url') === challenge
    issuer
      .post('/device', (form: Record<string, string>) => {
        challenge = form['code_challenge'] ?? ''
        return start(form)
      })
      .reply(200, device)
    for (const error of ['authorization_pending', 'slow_down', 'authorization_pending']) {
      issuer.post('/token', polls).reply(400, { error })
    }
    issuer.post('/token', polls).reply(200, { ...issued, refresh_token: 'issued-refresh' })
    const { login, shown, slept, log } = opened(client)
    expect((await login).describe()).toMatchObject({ subject: 'me', details: { source: 'device' } })
    expect(shown).toEqual(['Open https://i.example/activate in a browser and confirm the code ABCD-EFGH'])
    expect(slept).toEqual([2000, 2000, 7000, 7000])
    expect(log.join()).not.toMatch(/planted|issued/)
  })

  it.each([
    ['access_denied', 'declined'],
    ['expired_token', 'in time'],
    ['invalid_client', 'invalid_client'],
  ])('oidc explains a device flow that ends with %s', async (error, words) => {
    describeIssuer().post('/device').reply(200, device).post('/token').reply(400, { error })
    await expect(opened(client).login).rejects.toMatchObject({
      code: 'auth',
      message: expect.stringContaining(words),
    })
  })

  it.each([
    { device_code: 'issued-code', note: 'x' },
    `{"refresh_token":"issued-refresh", "error":`,
    'refresh_token=issued-refresh&x=1',
  ])('oidc does not repeat the tokens of an issuer that fails: %j', async (body) => {
    describeIssuer().post('/device').reply(500, body)
    const error = await opened(client).login.catch((thrown: OcciError) => thrown)
    expect(error).toMatchObject({
      code: 'auth',
      message: expect.stringContaining('refused to start the login'),
    })
    const { message, hint, http, facts } = error as OcciError
    expect(JSON.stringify([message, hint, http, facts])).not.toContain('issued')
  })

  it.each(['1e308', '-1e308'])('oidc accepts a token lifetime of %s seconds', async (lifetime) => {
    describeIssuer()
      .post('/token', including({ grant_type: 'client_credentials' }))
      .reply(200, `{"access_token":"T","token_type":"Bearer","expires_in":${lifetime}}`)
    const options = { ...client, 'oidc-grant': 'client-credentials', 'oidc-client-secret': 's' }
    const credentials = await opened(options).login
    expect(await credentials.token?.()).toBe('T')
  })

  it('oidc stops polling when the device code has expired', async () => {
    const issuer = describeIssuer()
    issuer.post('/device').reply(200, { ...device, expires_in: 7 })
    // After 2, 4, 6 and 8 seconds.
    issuer
      .post('/token', including({ device_code: 'issued-device-code' }))
      .times(4)
      .reply(400, { error: 'authorization_pending' })
    let now = 0
    const sleep = async (time: number) => {
      now += time
    }
    const machine = { ...nodePlatform(), sleep }
    await expect(opened(client, { now: () => new Date(now), machine }).login).rejects.toThrow(/in time/)
  })

  it('oidc suggests "occi auth login" when there is no terminal to show the code on', async () => {
    describeIssuer()
    const context = authContext({ options: client, transport: () => recordedTransport() })
    await expect(oidc.authenticate(context)).rejects.toMatchObject({
      hint: expect.stringContaining('`connect`'),
    })
  })

  it('oidc reports an issuer without the device flow', async () => {
    describeIssuer({ device_authorization_endpoint: undefined })
    await expect(opened(client).login).rejects.toThrow(/not support the device flow/)
  })

  it('oidc uses the cached token, then the refresh token, then a new login', async () => {
    let now = new Date('2026-01-01T00:00:00Z')
    const cache = memoryCache(() => now)
    const open = async () => {
      const credentials = await opened(client, { cache, now: () => now }).login
      return { source: credentials.describe().details?.['source'], credentials }
    }
    const logIn = () =>
      describeIssuer()
        .post('/device')
        .reply(200, device)
        .post('/token', including({ grant_type: 'urn:ietf:params:oauth:grant-type:device_code' }))
        .reply(200, { ...issued, refresh_token: 'issued-refresh-1' })
    logIn()
    expect((await open()).source).toBe('device')
    expect((await open()).source).toBe('cache')
    now = new Date('2026-01-01T01:00:00Z')
    describeIssuer()
      .post('/token', including({ grant_type: 'refresh_token', refresh_token: 'issued-refresh-1' }))
      .reply(200, { ...issued, refresh_token: 'issued-refresh-2' })
    expect((await open()).source).toBe('refresh')
    const last = await open()
    expect(last.source).toBe('cache')
    describeIssuer()
    await last.credentials.forget?.()
    logIn()
    expect((await open()).source).toBe('device')
  })

  it('oidc logs in again without a terminal, by the password grant, when the refresh token has expired', async () => {
    const options = {
      ...client,
      'oidc-grant': 'password',
      username: 'me',
      password: 'planted-password',
      'refresh-token': 'planted-expired',
    }
    describeIssuer()
      .post('/token', including({ grant_type: 'refresh_token', refresh_token: 'planted-expired' }))
      .reply(400, { error: 'invalid_grant' })
    describeIssuer()
      .post('/token', including({ grant_type: 'password', password: 'planted-password' }))
      .reply(200, issued)
    const context = authContext({ options, transport: () => recordedTransport() })
    expect(context.show).toBeUndefined()
    expect((await oidc.authenticate(context)).describe().details?.['source']).toBe('password')
  })

  it('oidc requests that are signed during a renewal wait for the new token', async () => {
    const [old, renewed] = [jwt({ sub: 'me', exp: 1000 }), jwt({ sub: 'me', exp: 4_000_000_000 })]
    const printed = [old, renewed]
    const run = async () => printed.shift() ?? ''
    const { login } = opened({ 'token-command': 'x' }, { machine: { ...nodePlatform(), run } })
    const credentials = await login
    const signed = await Promise.all([1, 2, 3].map(() => credentials.sign(request)))
    expect(signed.map(([pair]) => pair?.[1])).toEqual(Array(3).fill(`Bearer ${renewed}`))
  })

  it('oidc gets another token when the server refuses the one it has', async () => {
    const second = jwt({ sub: 'me', iss: 'https://i.example', n: 2 })
    const issuer = describeIssuer()
    issuer.post('/device').reply(200, device)
    issuer
      .post('/token', including({ grant_type: 'urn:ietf:params:oauth:grant-type:device_code' }))
      .reply(200, { ...issued, refresh_token: 'issued-refresh' })
    issuer
      .post('/token', including({ grant_type: 'refresh_token', refresh_token: 'issued-refresh' }))
      .reply(200, { ...issued, access_token: second })
    const provider = dialogue('https://occi')
    for (const [token, status] of [
      [issued.access_token, 401],
      [second, 200],
    ] as const) {
      provider.get('/').matchHeader('Authorization', `Bearer ${token}`).reply(status)
    }
    const credentials = await opened(client).login
    describeIssuer()
    expect((await signedTransport(recordedTransport(), credentials).send(request)).status).toBe(200)
  })

  const clientCredentials = {
    'oidc-issuer': 'https://i.example',
    'oidc-client-id': 'occi:cli',
    'oidc-grant': 'client-credentials',
  }

  it('oidc uses the client credentials grant and encodes the client id and secret as RFC 6749 §2.3.1 requires', async () => {
    describeIssuer()
      .post('/token', including({ grant_type: 'client_credentials' }))
      .basicAuth({ user: 'occi%3Acli', pass: 's%C3%A9cret' })
      .reply(200, issued)
    const { login } = opened({ ...clientCredentials, 'oidc-client-secret': 'sécret' })
    expect((await login).describe().details).toEqual({ source: 'client-credentials' })
  })

  it('oidc quotes the reason of an issuer that refuses the client credentials', async () => {
    const refused = { error: 'invalid_client', error_description: 'Bad client' }
    describeIssuer().post('/token').reply(401, refused)
    const { login } = opened({ ...clientCredentials, 'oidc-client-secret': 'planted' })
    await expect(login).rejects.toMatchObject({
      message: 'The issuer refused the client-credentials grant: invalid_client, Bad client',
      hint: expect.stringContaining('`oidc-client-id`'),
    })
  })

  it('oidc names the missing client secret before it asks for a token', async () => {
    describeIssuer()
    await expect(opened(clientCredentials).login).rejects.toMatchObject({
      facts: { missing: 'oidc-client-secret' },
    })
  })

  it("oidc accepts keystoneauth's names of grants", async () => {
    describeIssuer()
      .post('/token', including({ grant_type: 'password', password: 'planted-password' }))
      .reply(200, issued)
    await opened({ ...client, 'auth-type': 'v3oidcpassword', username: 'me', password: 'planted-password' })
      .login
  })

  it('oidc refuses an issuer without https', async () => {
    const { login } = opened({ ...client, 'oidc-issuer': 'http://i.example' })
    await expect(login).rejects.toThrow(/is not an https: URL/)
  })

  it('oidc refuses an issuer whose token endpoint is without https', async () => {
    describeIssuer({ token_endpoint: 'http://evil/' })
    await expect(opened(client).login).rejects.toThrow(/is not an https: URL/)
  })

  it('oidc names the missing option', async () => {
    await expect(opened({}).login).rejects.toMatchObject({
      facts: { missing: 'access-token' },
    })
    await expect(opened({ ...client, 'oidc-grant': 'magic' }).login).rejects.toThrow(/magic/)
  })

  it('oidc runs a command for the token', async () => {
    const machine = { ...nodePlatform(), run: async () => 'T1\n' }
    expect(await (await opened({ 'token-command': 'x' }, { machine }).login).token?.()).toBe('T1')
  })
})

describe('oidc-agent (simulated by its documentation)', () => {
  async function agent(answer: object, use: (socket: string, asked: () => unknown) => Promise<void>) {
    const folder = await mkdtemp(join(tmpdir(), 'occi-agent-'))
    const path = join(folder, 'sock')
    let asked: unknown
    const server = createServer((socket) => {
      socket.once('data', (data) => {
        asked = JSON.parse(String(data))
        socket.end(JSON.stringify(answer))
      })
    })
    await new Promise<void>((resolve) => server.listen(path, resolve))
    try {
      await use(path, () => asked)
    } finally {
      server.close()
      await rm(folder, { recursive: true, force: true })
    }
  }
  const open = (path: string | undefined) =>
    oidc.authenticate(
      authContext({
        options: { 'oidc-account': 'egi' },
        env: (name) => (name === 'OIDC_SOCK' ? path : undefined),
        transport: () => expect.unreachable('nothing is sent'),
      }),
    )

  it('oidc-agent (simulated by its documentation) provides the token of an account', async () => {
    await agent({ status: 'success', access_token: 'AT', expires_at: 4_000_000_000 }, async (path, asked) => {
      const credentials = await open(path)
      expect(await credentials.token?.()).toBe('AT')
      expect(credentials.expires).toEqual(new Date(4e12))
      expect(asked()).toMatchObject({ request: 'access_token', account: 'egi', min_valid_period: 60 })
    })
  })

  it('the error contains the reason when oidc-agent (simulated by its documentation) provides no token', async () => {
    await agent({ status: 'failure', error: 'No account loaded' }, async (path) => {
      await expect(open(path)).rejects.toMatchObject({
        message: expect.stringContaining('No account loaded'),
        hint: expect.stringContaining('oidc-add egi'),
      })
    })
    await expect(open(undefined)).rejects.toMatchObject({
      message: 'OIDC_SOCK is not set, so oidc-agent cannot be reached',
      hint: expect.stringContaining('oidc-add egi'),
    })
    await expect(open('/nonexistent/socket')).rejects.toThrow(/does not answer/)
  })
})
