import { createHash } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { authContext, memoryCache, nodePlatform, signedTransport } from '../../../src/auth/index.js'
import { oidc } from '../../../src/auth/oidc/oidc.js'
import type { OcciError } from '../../../src/errors/errors.js'
import {
  dialogue,
  including,
  mockedTransport,
  type RecordedRequest,
  recordedTransport,
  type Script,
} from '../../support/nock.js'
import { issuerStandIn, jwt } from './stand-in.js'

const request = { method: 'GET', url: 'https://occi/', headers: [] } as const

function setup(
  options: Record<string, string>,
  more: Partial<Parameters<typeof authContext>[0]> = {},
  issuer: Script = issuerStandIn(),
) {
  const transport = mockedTransport(issuer, 'https://i.example')
  const shown: string[] = []
  const slept: number[] = []
  const log: string[] = []
  const context = authContext({
    options,
    transport: () => transport,
    show: (message) => shown.push(message),
    log: (step) => log.push(step),
    machine: { ...nodePlatform(), sleep: async (time) => void slept.push(time) },
    ...more,
  })
  return { transport, context, shown, slept, log }
}

/** An issuer that is asked for its description; what else it is asked is stated by the test. */
function statedIssuer(description: object = {}) {
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

const grants = (requests: readonly RecordedRequest[]) =>
  requests.flatMap(({ body }) => (body === '' ? [] : [new URLSearchParams(body).get('grant_type')]))
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
    statedIssuer()
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
    const credentials = await oidc.authenticate(setup({ 'access-token': value }).context)
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
    const credentials = await oidc.authenticate(setup({ 'access-token': value }).context)
    expect(await credentials.sign(request)).toEqual([['Authorization', `Bearer ${value}`]])
    let runs = 0
    const run = async () => {
      runs += 1
      return value
    }
    const { context } = setup({ 'token-command': 'x' }, { machine: { ...nodePlatform(), run } })
    const byCommand = await oidc.authenticate(context)
    for (let count = 0; count < 3; count += 1) {
      expect(await byCommand.sign(request)).toEqual([['Authorization', `Bearer ${value}`]])
    }
    // Once for the login, once for a newer one.
    expect(runs).toBe(2)
  })

  it("oidc logs in by the device flow with PKCE, and polls at the issuer's interval", async () => {
    const issuer = statedIssuer()
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
    statedIssuer().post('/device').reply(200, device).post('/token').reply(400, { error })
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
    statedIssuer().post('/device').reply(500, body)
    const error = await opened(client).login.catch((thrown: OcciError) => thrown)
    expect(error).toMatchObject({
      code: 'auth',
      message: expect.stringContaining('refused to start the login'),
    })
    const { message, hint, http, facts } = error as OcciError
    expect(JSON.stringify([message, hint, http, facts])).not.toContain('issued')
  })

  it.each(['1e308', '-1e308'])('oidc accepts a token lifetime of %s seconds', async (lifetime) => {
    statedIssuer()
      .post('/token', including({ grant_type: 'client_credentials' }))
      .reply(200, `{"access_token":"T","token_type":"Bearer","expires_in":${lifetime}}`)
    const options = { ...client, 'oidc-grant': 'client-credentials', 'oidc-client-secret': 's' }
    const credentials = await opened(options).login
    expect(await credentials.token?.()).toBe('T')
  })

  it('oidc stops polling when the device code has expired', async () => {
    let now = 0
    const sleep = async (time: number) => {
      now += time
    }
    const { context, transport } = setup(
      client,
      { now: () => new Date(now), machine: { ...nodePlatform(), sleep } },
      issuerStandIn({ pending: Array(100).fill('authorization_pending') }),
    )
    await expect(oidc.authenticate(context)).rejects.toThrow(/in time/)
    expect(grants(transport.requests).length).toBeLessThan(35)
  })

  it('oidc suggests "occi auth login" when there is no terminal to show the code on', async () => {
    const { context } = setup(client)
    const { show: _, ...withoutTerminal } = context
    await expect(oidc.authenticate(withoutTerminal)).rejects.toMatchObject({
      hint: expect.stringContaining('`connect`'),
    })
    const { context: deviceless } = setup(client, {}, issuerStandIn({ noDevice: true }))
    await expect(oidc.authenticate(deviceless)).rejects.toThrow(/not support the device flow/)
  })

  it('oidc uses the cached token, then the refresh token, then a new login', async () => {
    let now = new Date('2026-01-01T00:00:00Z')
    const cache = memoryCache(() => now)
    const open = async () => {
      const run = setup(client, { cache, now: () => now })
      const credentials = await oidc.authenticate(run.context)
      return {
        source: credentials.describe().details?.['source'],
        asked: run.transport.requests.length,
        credentials,
      }
    }
    expect((await open()).source).toBe('device')
    expect(await open()).toMatchObject({ source: 'cache', asked: 0 })
    now = new Date('2026-01-01T01:00:00Z')
    expect((await open()).source).toBe('refresh')
    const last = await open()
    expect(last.source).toBe('cache')
    await last.credentials.forget?.()
    expect((await open()).source).toBe('device')
  })

  it('oidc gets another token when the server refuses the one it has', async () => {
    const { context, transport } = setup(client)
    const credentials = await oidc.authenticate(context)
    const first = await credentials.token?.()
    const occi = mockedTransport(
      ({ header }) => ({ status: header('Authorization') === `Bearer ${first}` ? 401 : 200 }),
      'https://occi',
    )
    expect((await signedTransport(occi, credentials).send(request)).status).toBe(200)
    expect(grants(transport.requests).at(-1)).toBe('refresh_token')
  })

  const clientCredentials = {
    'oidc-issuer': 'https://i.example',
    'oidc-client-id': 'occi:cli',
    'oidc-grant': 'client-credentials',
  }

  it('oidc uses the client credentials grant and encodes the client id and secret as RFC 6749 §2.3.1 requires', async () => {
    statedIssuer()
      .post('/token', including({ grant_type: 'client_credentials' }))
      .basicAuth({ user: 'occi%3Acli', pass: 's%C3%A9cret' })
      .reply(200, issued)
    const { login } = opened({ ...clientCredentials, 'oidc-client-secret': 'sécret' })
    expect((await login).describe().details).toEqual({ source: 'client-credentials' })
  })

  it('oidc quotes the reason of an issuer that refuses the client credentials', async () => {
    const refused = { error: 'invalid_client', error_description: 'Bad client' }
    statedIssuer().post('/token').reply(401, refused)
    const { login } = opened({ ...clientCredentials, 'oidc-client-secret': 'planted' })
    await expect(login).rejects.toMatchObject({
      message: 'The issuer refused the client-credentials grant: invalid_client, Bad client',
      hint: expect.stringContaining('`oidc-client-id`'),
    })
  })

  it('oidc names the missing client secret before it sends anything', async () => {
    await expect(oidc.authenticate(setup(clientCredentials).context)).rejects.toMatchObject({
      facts: { missing: 'oidc-client-secret' },
    })
  })

  it("oidc accepts keystoneauth's names of grants", async () => {
    statedIssuer()
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
    statedIssuer({ token_endpoint: 'http://evil/' })
    await expect(opened(client).login).rejects.toThrow(/is not an https: URL/)
  })

  it('oidc names the missing option', async () => {
    await expect(oidc.authenticate(setup({}).context)).rejects.toMatchObject({
      facts: { missing: 'access-token' },
    })
    await expect(oidc.authenticate(setup({ ...client, 'oidc-grant': 'magic' }).context)).rejects.toThrow(
      /magic/,
    )
  })

  it('oidc runs a command for the token', async () => {
    const { context } = setup(
      { 'token-command': 'x' },
      { machine: { ...nodePlatform(), run: async () => 'T1\n' } },
    )
    expect(await (await oidc.authenticate(context)).token?.()).toBe('T1')
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
    await expect(open(undefined)).rejects.toThrow(/OIDC_SOCK/)
    await expect(open('/nonexistent/socket')).rejects.toThrow(/does not answer/)
  })
})
