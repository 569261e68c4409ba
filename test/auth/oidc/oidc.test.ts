import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { authContext, memoryCache, nodePlatform, signedTransport } from '../../../src/auth/index.js'
import { oidc } from '../../../src/auth/oidc/oidc.js'
import type { OcciError } from '../../../src/errors/errors.js'
import { type Asked, mockedTransport, type Script } from '../../support/nock.js'
import { issuerStandIn, json, jwt } from './stand-in.js'

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
const grants = (requests: readonly Asked[]) =>
  requests.flatMap(({ body }) => (body === '' ? [] : [new URLSearchParams(body).get('grant_type')]))
const client = { 'oidc-issuer': 'https://i.example/', 'oidc-client-id': 'occi' }

describe('a refresh token that the issuer replaces', () => {
  const options = { ...client, 'refresh-token': 'planted-old' }
  const rotated = (replaced: string) => (asked: Asked) =>
    asked.body === ''
      ? issuerStandIn()(asked)
      : json(200, { access_token: 'planted-access', expires_in: 300, refresh_token: replaced })

  it.each([
    ['causes no warning when it is stored', true, 'planted-new', 0],
    ['causes a warning when it is not stored', false, 'planted-new', 1],
    ['causes no warning when it is the same as before', false, 'planted-old', 0],
  ])('a refresh token that the issuer replaces %s', async (_, stored, replaced, warnings) => {
    const warned: string[] = []
    let held = 0
    const { context } = setup(
      options,
      {
        cache: { ...memoryCache(), set: async () => stored },
        warn: (message) => warned.push(message),
        finish: (work) => {
          held += 1
          return work()
        },
      },
      rotated(replaced),
    )
    await oidc.authenticate(context)
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
    const pending = ['authorization_pending', 'slow_down', 'authorization_pending']
    const { transport, context, shown, slept, log } = setup(client, {}, issuerStandIn({ pending }))
    const credentials = await oidc.authenticate(context)
    expect(shown).toEqual(['Open https://i.example/activate in a browser and confirm the code ABCD-EFGH'])
    expect(slept).toEqual([2000, 2000, 7000, 7000])
    expect(credentials.describe()).toMatchObject({ subject: 'me', details: { source: 'device' } })
    const form = new URLSearchParams(transport.requests[1]?.body)
    expect([form.get('code_challenge_method'), form.get('scope')]).toEqual([
      'S256',
      'openid profile offline_access',
    ])
    expect(log.join()).not.toMatch(/planted|issued/)
  })

  it.each([
    ['access_denied', 'declined'],
    ['expired_token', 'in time'],
    ['invalid_client', 'invalid_client'],
  ])('oidc explains a device flow that ends with %s', async (error, words) => {
    const { context } = setup(client, {}, issuerStandIn({ pending: [error] }))
    await expect(oidc.authenticate(context)).rejects.toMatchObject({
      code: 'auth',
      message: expect.stringContaining(words),
    })
  })

  it.each([
    { device_code: 'issued-code', note: 'x' },
    `{"refresh_token":"issued-refresh", "error":`,
    'refresh_token=issued-refresh&x=1',
  ])('oidc does not repeat the tokens of an issuer that fails: %j', async (body) => {
    const failing: Script = ({ path, method }) =>
      path === '/device' && method === 'POST'
        ? { status: 500, body: typeof body === 'string' ? body : JSON.stringify(body) }
        : issuerStandIn()({ path, method, body: '' } as Asked)
    const error = await oidc
      .authenticate(setup(client, {}, failing).context)
      .catch((thrown: OcciError) => thrown)
    expect(error).toMatchObject({
      code: 'auth',
      message: expect.stringContaining('refused to start the login'),
    })
    const { message, hint, http, facts } = error as OcciError
    expect(JSON.stringify([message, hint, http, facts])).not.toContain('issued')
  })

  it.each(['1e308', '-1e308'])('oidc accepts a token lifetime of %s seconds', async (lifetime) => {
    const endless: Script = ({ path }) =>
      path === '/token'
        ? { ...json(200, {}), body: `{"access_token":"T","token_type":"Bearer","expires_in":${lifetime}}` }
        : issuerStandIn()({ path, method: 'GET', body: '' } as Asked)
    const options = { ...client, 'oidc-grant': 'client-credentials', 'oidc-client-secret': 's' }
    const credentials = await oidc.authenticate(setup(options, {}, endless).context)
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

  it('oidc uses the client credentials grant and encodes the client id and secret as RFC 6749 §2.3.1 requires', async () => {
    const options = {
      'oidc-issuer': 'https://i.example',
      'oidc-client-id': 'occi:cli',
      'oidc-grant': 'client-credentials',
    }
    const good = await oidc.authenticate(setup({ ...options, 'oidc-client-secret': 'sécret' }).context)
    expect(good.describe().details).toEqual({ source: 'client-credentials' })
    await expect(
      oidc.authenticate(setup({ ...options, 'oidc-client-secret': 'planted' }).context),
    ).rejects.toMatchObject({
      message: 'The issuer refused the client-credentials grant: invalid_client, Bad client',
      hint: expect.stringContaining('`oidc-client-id`'),
    })
    await expect(oidc.authenticate(setup(options).context)).rejects.toMatchObject({
      facts: { missing: 'oidc-client-secret' },
    })
  })

  it("oidc accepts keystoneauth's names of grants", async () => {
    const { context, transport } = setup({
      ...client,
      'auth-type': 'v3oidcpassword',
      username: 'me',
      password: 'planted-password',
    })
    await oidc.authenticate(context)
    expect(grants(transport.requests)).toEqual(['password'])
  })

  it('oidc refuses an issuer without https', async () => {
    await expect(
      oidc.authenticate(setup({ ...client, 'oidc-issuer': 'http://i.example' }).context),
    ).rejects.toThrow(/is not an https: URL/)
    const evil = () => json(200, { issuer: 'https://i.example', token_endpoint: 'http://evil/' })
    await expect(oidc.authenticate(setup(client, {}, evil).context)).rejects.toThrow(/is not an https: URL/)
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
