import { describe, expect, it } from 'vitest'
import { type AuthContext, authContext, memoryCache, signedTransport } from '../../../src/auth/index.js'
import { keystone } from '../../../src/auth/keystone/keystone.js'
import type { OcciError } from '../../../src/errors/errors.js'
import { dialogue, type JsonMatcher, mockedTransport, recordedTransport } from '../../support/nock.js'
import { keystoneStandIn, type StandIn } from './stand-in.js'

const user = { username: 'demo', password: 'planted-password', 'user-domain': 'egi' }
const at = 'https://k.example:5000/v3'

function setup(
  standIn: StandIn,
  options: Record<string, string>,
  more: Partial<Parameters<typeof authContext>[0]> = {},
) {
  const { answer, tokens, base } = keystoneStandIn(standIn)
  const transport = mockedTransport(answer)
  const log: string[] = []
  const context = authContext({
    endpoint: 'https://occi.example:8787/',
    options: { 'auth-url': at, ...options },
    transport: () => transport,
    log: (step) => log.push(step),
    ...more,
  })
  return { transport, tokens, base, log, context }
}

const versions = {
  versions: { values: [{ id: 'v3.14', status: 'stable', links: [{ rel: 'self', href: `${at}/` }] }] },
}
const demo = { id: 'p1', name: 'demo', domain: { name: 'egi' } }
const tokenOf = (more: object = {}) => ({
  token: {
    methods: ['password'],
    user: { id: 'u1', name: 'demo', domain: { id: 'egi-id', name: 'egi' } },
    expires_at: '2999-01-01T00:00:00.000000Z',
    ...more,
  },
})
const passwordOf = (account: JsonMatcher) => ({
  methods: ['password'],
  password: { user: { ...account, password: 'planted-password' } },
})
const egi = { name: 'demo', domain: { name: 'egi' } }

/** A Keystone v3 whose versions are asked for; what else it is asked is stated by the test. */
function statedKeystone() {
  const server = dialogue('https://k.example:5000')
  server.get('/').reply(300, versions)
  server.get('/v3').optionally().reply(200, { version: versions.versions.values[0] })
  const tokens = (auth: JsonMatcher, headers: Record<string, string> = {}) => {
    const request = server.post(/^\/v3\/auth\/tokens(\?nocatalog)?$/, { auth })
    for (const [name, value] of Object.entries(headers)) request.matchHeader(name, value)
    return request
  }
  return { server, tokens }
}

/** A login at the Keystone that is stated. */
function login(options: Record<string, string>, more: Partial<Parameters<typeof authContext>[0]> = {}) {
  const transport = recordedTransport()
  const log: string[] = []
  return {
    log,
    done: keystone.authenticate(
      authContext({
        endpoint: 'https://occi.example:8787/',
        options: { 'auth-url': at, ...options },
        transport: () => transport,
        log: (step) => log.push(step),
        ...more,
      }),
    ),
  }
}

const bodies = (requests: readonly { readonly body: string }[]) =>
  requests.flatMap(({ body }) => (body === '' ? [] : [JSON.parse(body).auth]))

async function failing(context: AuthContext): Promise<OcciError> {
  const error = await keystone.authenticate(context).then(
    () => undefined,
    (reason: unknown) => reason as OcciError,
  )
  if (error === undefined) throw new Error('it worked')
  expect(JSON.stringify([error.message, error.hint, error.http, error.facts])).not.toContain('planted')
  return error
}

describe('keystone, v3 (stand-in)', () => {
  it('Keystone v3 logs in by name and domain, takes the only project, and signs requests', async () => {
    const { server, tokens } = statedKeystone()
    tokens({ identity: passwordOf(egi) }).reply(201, tokenOf(), { 'X-Subject-Token': 'TOKEN-1' })
    server
      .get('/v3/auth/projects')
      .matchHeader('X-Auth-Token', 'TOKEN-1')
      .reply(200, { projects: [demo], links: { next: null } })
    tokens({
      identity: { methods: ['token'], token: { id: 'TOKEN-1' } },
      scope: { project: { id: 'p1' } },
    }).reply(201, tokenOf({ project: demo, roles: [{ id: 'r', name: 'member' }] }), {
      'X-Subject-Token': 'TOKEN-2',
    })
    const { done, log } = login(user)
    const credentials = await done
    expect(await credentials.sign({ method: 'GET', url: 'https://occi.example:8787/', headers: [] })).toEqual(
      [['X-Auth-Token', 'TOKEN-2']],
    )
    expect(credentials.describe()).toMatchObject({
      method: 'keystone',
      subject: 'demo (domain egi)',
      project: 'demo (domain egi)',
      issuer: 'https://k.example:5000',
      details: { authentication: 'password', version: '3', roles: 'member' },
    })
    const shown = JSON.stringify([credentials.describe(), credentials.identity, log])
    expect(shown).not.toContain('planted')
    expect(shown).not.toContain('TOKEN')
  })

  it.each([
    [{ 'project-id': 'p1' }, { project: { id: 'p1' } }],
    [{ project: 'demo', 'project-domain': 'egi' }, { project: { name: 'demo', domain: { name: 'egi' } } }],
    [{ project: 'demo', 'project-domain-id': 'x' }, { project: { name: 'demo', domain: { id: 'x' } } }],
    [{ domain: 'egi' }, { domain: { name: 'egi' } }],
    [{ 'system-scope': 'all' }, { system: { all: true } }],
    [{ unscoped: 'true' }, 'unscoped'],
  ])('Keystone v3 asks for the scope %j in the first request', async (options, scope) => {
    const { tokens } = statedKeystone()
    tokens({ identity: passwordOf(egi), scope }).reply(201, tokenOf(), { 'X-Subject-Token': 'T' })
    await login({ ...user, ...(options as Record<string, string>) }).done
  })

  it.each(['demo', 'p2'])(
    'Keystone v3 finds a project by name or id, %s, when no domain is given',
    async (project) => {
      const projects = [
        { id: 'p1', name: 'other' },
        { id: 'p2', name: 'demo' },
      ]
      const { context, transport } = setup({ projects, defaultProject: 'p1' }, { ...user, project })
      const credentials = await keystone.authenticate(context)
      expect(credentials.describe().project).toContain('demo')
      // The default project of the user must not get in the way.
      expect(bodies(transport.requests).map((auth) => auth.scope)).toEqual([
        'unscoped',
        { project: { id: 'p2' } },
      ])
    },
  )

  it("Keystone v3 takes the server's default project when nothing is asked for", async () => {
    const { context, transport } = setup({ defaultProject: 'p1' }, user)
    expect((await keystone.authenticate(context)).describe().project).toContain('demo')
    expect(bodies(transport.requests)).toHaveLength(1)
  })

  it('Keystone v3 uses user and domain ids', async () => {
    const { tokens } = statedKeystone()
    tokens({ identity: passwordOf({ id: 'u1' }), scope: { project: { id: 'p1' } } }).reply(201, tokenOf(), {
      'X-Subject-Token': 'T',
    })
    await login({ 'user-id': 'u1', password: 'planted-password', 'project-id': 'p1' }).done
  })

  it('Keystone v3 takes the default domain when none is given, and logs that', async () => {
    const { tokens } = statedKeystone()
    tokens({
      identity: passwordOf({ name: 'demo', domain: { id: 'default' } }),
      scope: { project: { id: 'p1' } },
    }).reply(201, tokenOf(), { 'X-Subject-Token': 'T' })
    const { done, log } = login({ username: 'demo', password: 'planted-password', 'project-id': 'p1' })
    await done
    expect(log.join('\n')).toContain('default')
  })

  it.each([
    [{ 'application-credential-id': 'ac1' }, { id: 'ac1', secret: 'appsecret' }],
    [
      { 'application-credential-name': 'lab', username: 'demo', 'user-domain': 'egi' },
      { name: 'lab', user: { name: 'demo', domain: { name: 'egi' } }, secret: 'appsecret' },
    ],
  ])(
    'Keystone v3 sends an application credential %j without a scope, even when one is asked for',
    async (options, expected) => {
      const { tokens } = statedKeystone()
      tokens({
        identity: { methods: ['application_credential'], application_credential: expected },
      }).reply(201, tokenOf({ project: demo }), { 'X-Subject-Token': 'T' })
      const { done, log } = login({
        ...(options as Record<string, string>),
        'application-credential-secret': 'appsecret',
        'project-id': 'p1',
      })
      await done
      expect(log.join('\n')).toContain('requested scope is ignored')
    },
  )

  const totp = { user: { id: 'u1', passcode: '123456' } }

  it('Keystone v3 answers a receipt with the one-time code', async () => {
    const { tokens } = statedKeystone()
    const scope = { project: { id: 'p1' } }
    tokens({ identity: passwordOf(egi), scope }).reply(
      401,
      {
        receipt: { methods: ['password'], user: { id: 'u1' } },
        required_auth_methods: [['password', 'totp']],
      },
      { 'Openstack-Auth-Receipt': 'RECEIPT' },
    )
    tokens({ identity: { methods: ['totp'], totp }, scope }, { 'Openstack-Auth-Receipt': 'RECEIPT' }).reply(
      201,
      tokenOf({ project: demo }),
      { 'X-Subject-Token': 'T' },
    )
    await login(
      { ...user, 'project-id': 'p1' },
      { secret: async (name) => ({ password: 'planted-password', passcode: '123456' })[name] },
    ).done
  })

  it('Keystone v3 reports the missing factor when there is no code', async () => {
    const { context } = setup({ mfa: true }, { ...user, 'project-id': 'p1' })
    expect(await failing(context)).toMatchObject({
      message: expect.stringContaining('another factor: totp'),
    })
  })

  it('Keystone v3 sends both factors at once when the code is given', async () => {
    const { tokens } = statedKeystone()
    tokens({
      identity: {
        methods: ['password', 'totp'],
        password: passwordOf(egi).password,
        totp: { user: { ...egi, passcode: '123456' } },
      },
      scope: { project: { id: 'p1' } },
    }).reply(201, tokenOf({ project: demo }), { 'X-Subject-Token': 'T' })
    await login({ ...user, passcode: '123456', 'project-id': 'p1' }).done
  })

  it('Keystone v3 uses a scoped token unchanged', async () => {
    const first = setup({}, { ...user, 'project-id': 'p1' })
    const made = await (await keystone.authenticate(first.context)).token?.()
    const context = authContext({
      endpoint: 'https://occi.example/',
      options: { 'auth-url': at, token: made ?? '' },
      transport: () => first.transport,
    })
    first.transport.requests.length = 0
    const credentials = await keystone.authenticate(context)
    expect(await credentials.token?.()).toBe(made)
    expect(bodies(first.transport.requests)).toEqual([])
  })

  it('Keystone v3 lets the user choose among several projects', async () => {
    const projects = [
      { id: 'p1', name: 'one' },
      { id: 'p2', name: 'two' },
      { id: 'p3', name: 'gone', enabled: false },
    ]
    let labels: readonly string[] = []
    const asked = setup({ projects }, user, {
      choose: async (_, choices) => {
        labels = choices.map(({ label }) => label)
        return 'p2'
      },
    })
    expect((await keystone.authenticate(asked.context)).describe().project).toContain('two')
    expect(labels).toEqual(['one (id p1)', 'two (id p2)'])
    const nobody = await failing(setup({ projects }, user).context)
    expect(nobody).toMatchObject({ code: 'auth', hint: expect.stringContaining('one, two') })
    const first = setup({ projects }, { ...user, 'project-auto': 'true' })
    expect((await keystone.authenticate(first.context)).describe().project).toContain('one')
  })

  it.each([
    [[], {}, 'You are authenticated as demo but have no project', 'VO'],
    [[{ id: 'p1', name: 'one' }], { project: 'two' }, 'demo has no project "two"', 'one'],
  ])(
    'Keystone v3 lists the available projects in its error: %j',
    async (projects, options, message, hint) => {
      const { context } = setup({ projects }, { ...user, ...options })
      expect(await failing(context)).toMatchObject({
        code: 'auth',
        message,
        hint: expect.stringContaining(hint),
      })
    },
  )

  it('Keystone v3 refuses two scopes at once', async () => {
    const error = await failing(setup({}, { ...user, 'project-id': 'p1', domain: 'egi' }).context)
    expect(error.message).toContain('project, domain')
  })

  it('Keystone v3 caches the token, so that the second login sends nothing', async () => {
    const cache = memoryCache()
    const first = setup({}, { ...user, 'project-id': 'p1' }, { cache })
    await keystone.authenticate(first.context)
    const second = setup({}, { ...user, 'project-id': 'p1' }, { cache })
    const credentials = await keystone.authenticate(second.context)
    expect(second.transport.requests).toHaveLength(0)
    expect(await credentials.token?.()).toBe('TOKEN-1')
    for (const other of [
      { username: 'other' },
      { 'project-id': 'p2' },
      { 'user-domain': 'x' },
      { 'auth-url': 'https://k2/v3' },
    ]) {
      const third = setup({}, { ...user, 'project-id': 'p1', ...other }, { cache })
      await keystone.authenticate(third.context).catch(() => undefined)
      expect(third.transport.requests.length).toBeGreaterThan(0)
    }
  })

  it('Keystone v3 treats a token as expired a minute before its end', async () => {
    const cache = memoryCache()
    let now = new Date('2026-01-01T00:00:00Z')
    const options = { ...user, 'project-id': 'p1' }
    const first = setup({ lifetime: 3600, now: () => now }, options, { cache, now: () => now })
    const credentials = await keystone.authenticate(first.context)
    now = new Date('2026-01-01T00:59:05Z')
    expect(await credentials.sign({ method: 'GET', url: at, headers: [] })).toEqual([
      ['X-Auth-Token', 'TOKEN-2'],
    ])
  })

  it('Keystone v3 logs in again once when the endpoint refuses the token', async () => {
    const { context } = setup({}, { ...user, 'project-id': 'p1' })
    const credentials = await keystone.authenticate(context)
    const occi = mockedTransport(
      (request) => ({
        status: request.header('X-Auth-Token') === 'TOKEN-2' ? 200 : 401,
      }),
      'https://occi.example:8787',
    )
    const signed = signedTransport(occi, credentials, 'https://occi.example:8787/')
    const get = { method: 'GET', url: 'https://occi.example:8787/-/', headers: [] } as const
    expect((await signed.send(get)).status).toBe(200)
    expect(occi.requests).toHaveLength(2)
  })

  it('Keystone v3 revokes the token and deletes it from the cache', async () => {
    const { server, tokens } = statedKeystone()
    const logIn = (token: string) =>
      tokens({ identity: passwordOf(egi), scope: { project: { id: 'p1' } } }).reply(
        201,
        tokenOf({ project: demo }),
        { 'X-Subject-Token': token },
      )
    logIn('T1')
    server
      .delete('/v3/auth/tokens')
      .matchHeader('X-Auth-Token', 'T1')
      .matchHeader('X-Subject-Token', 'T1')
      .reply(204)
    server.get('/').times(2).reply(300, versions)
    logIn('T2')
    const cache = memoryCache()
    const options = { ...user, 'project-id': 'p1' }
    const credentials = await login(options, { cache }).done
    await credentials.forget?.()
    expect(await (await login(options, { cache }).done).token?.()).toBe('T2')
  })

  it('Keystone v3 finds the OCCI endpoint in the catalogue when only Keystone is known', async () => {
    const endpoints = [
      { interface: 'internal', region: 'R1', url: 'http://10.0.0.1:8787/' },
      { interface: 'public', region: 'R1', url: 'https://r1.example:8787/' },
      { interface: 'public', region: 'R2', url: 'https://r2.example:8787/' },
    ]
    const catalog = [
      { type: 'compute', endpoints: [] },
      { type: 'OCCI', endpoints },
    ]
    const options = { ...user, 'project-id': 'p1' }
    const { transport, context } = setup({ catalog }, options)
    const open = (more: object) => keystone.authenticate({ ...context, endpoint: undefined, ...more })
    const undecided = await open({})
    expect(undecided.endpoint).toBeUndefined()
    expect(undecided.noEndpoint).toMatchObject({
      code: 'usage',
      message: 'Several regions have an OCCI endpoint with the interface "public", and none was chosen',
      hint: expect.stringContaining('has: R1 (internal, public), R2 (public).'),
    })
    expect(transport.requests.at(-1)?.url).not.toContain('nocatalog')
    const region = setup({ catalog }, { ...options, region: 'R2' })
    const found = await keystone.authenticate({ ...region.context, endpoint: undefined })
    expect(found.endpoint).toBe('https://r2.example:8787/')
    const inner = setup({ catalog }, { ...options, interface: 'internalURL' })
    const only = await keystone.authenticate({ ...inner.context, endpoint: undefined })
    expect(only.endpoint).toBe('http://10.0.0.1:8787/')
  })

  const request = { method: 'GET', url: 'https://occi.example:8787/', headers: [] } as const

  it.each([
    ['tokens that live half a minute', { lifetime: 30 }, 0],
    ['a clock that is two hours ahead', { lifetime: 3600 }, 2 * 3600_000],
    ['a clock that is two hours behind', { lifetime: 3600 }, -2 * 3600_000],
  ])('Keystone v3 does not log in for each request: %s', async (_, standIn, ahead) => {
    let passed = 0
    const options = { ...user, 'project-id': 'p1' }
    const now = () => new Date(Date.now() + ahead + passed)
    const { context, transport } = setup(standIn, options, { now })
    const credentials = await keystone.authenticate(context)
    const first = await credentials.sign(request)
    expect(await credentials.sign(request)).toEqual(first)
    expect(bodies(transport.requests)).toHaveLength(1)
    passed = standIn.lifetime * 1000
    expect(await credentials.sign(request)).not.toEqual(first)
    expect(bodies(transport.requests)).toHaveLength(2)
  })

  it('Keystone v3 uses a token to its end when no new one can be had, and tries to renew it once', async () => {
    let passed = 0
    const now = () => new Date(Date.now() + passed)
    let codes = ['123456']
    const { context, transport } = setup(
      { lifetime: 3600 },
      { username: 'demo', 'auth-type': 'v3totp' },
      {
        now,
        secret: async () => codes.pop(),
      },
    )
    const credentials = await keystone.authenticate({ ...context })
    const first = await credentials.sign(request)
    passed = 3590_000
    codes = []
    expect(await credentials.sign(request)).toEqual(first)
    const sent = transport.requests.length
    expect(await credentials.sign(request)).toEqual(first)
    expect(transport.requests).toHaveLength(sent)
  })

  it.each([
    [{ federation: 'egi.eu/openid' }, {}, 'POST'],
    [{ federation: 'egi.eu/oidc' }, {}, 'POST'],
    [{ federation: 'egi.eu/openid', federationMethods: ['GET'] }, {}, 'GET'],
    [{ federation: 'my.idp/x' }, { 'identity-provider': 'my.idp', protocol: 'x' }, 'POST'],
  ])('Keystone v3 exchanges an access token at the federation %j', async (standIn, options, method) => {
    const { context, transport } = setup(standIn, { ...options, 'access-token': 'AT' })
    const credentials = await keystone.authenticate(context)
    const used = transport.requests
      .filter((request) => request.header('Authorization') === 'Bearer AT')
      .at(-1)
    expect(used?.method).toBe(method)
    expect(credentials.describe().project).toContain('demo')
  })

  it('Keystone v3 lists the tried names when the federation does not exist', async () => {
    const error = await failing(setup({}, { 'access-token': 'planted-AT' }).context)
    expect(error.message).toContain('egi.eu/openid, egi.eu/oidc')
    expect(error.hint).toContain('`identity-provider`')
  })

  it.each([
    [{ status: 302, headers: [['Location', 'https://login.example/']] as const }, 'login page'],
    [{ status: 200, headers: [['Content-Type', 'text/html']] as const, body: '<html>Log in' }, 'no token'],
    [{ status: 401 }, 'refused'],
  ])('Keystone v3 explains a rejected access token: %j', async (answer, words) => {
    const override: StandIn['override'] = (request) =>
      request.url.includes('OS-FEDERATION') ? answer : undefined
    const error = await failing(setup({ override }, { 'access-token': 'planted-AT' }).context)
    expect(error.code).toBe('auth')
    expect(error.message).toContain(words)
  })
})

describe('keystone, refusals (stand-in)', () => {
  it.each([
    [
      { ...user, password: 'planted-wrong', 'project-id': 'p1' },
      'Keystone refused the password of demo (domain egi), project p1',
      'does not say which',
    ],
    [{ token: 'planted-token', 'project-id': 'p1' }, 'The token is not valid, or has expired', '`connect`'],
    [
      { 'application-credential-id': 'x', 'application-credential-secret': 'planted-no' },
      'Keystone refused the application credential of x, its own scope',
      'secret',
    ],
  ])('a refusal of Keystone names the credentials that were sent: %j', async (options, message, hint) => {
    const error = await failing(setup({}, options as Record<string, string>).context)
    expect(error).toMatchObject({ code: 'auth', message, hint: expect.stringContaining(hint) })
    expect(error.http?.status).toBeGreaterThan(399)
  })

  it('a refusal of Keystone lists the methods that this Keystone accepts', async () => {
    const override: StandIn['override'] = (request) =>
      request.method === 'POST'
        ? {
            status: 401,
            headers: [['Content-Type', 'application/json']],
            body: '{"error":{"code":401,"identity":{"methods":["password","mapped"]},"message":"Attempted to authenticate with an unsupported method."}}',
          }
        : undefined
    const error = await failing(setup({ override }, user).context)
    expect(error.message).toContain('offers password, mapped')
  })

  it('a refusal by another server than Keystone is reported as such', async () => {
    const override: StandIn['override'] = () => ({
      status: 200,
      headers: [['Content-Type', 'text/html']],
      body: '<html><title>Welcome to nginx!</title>\n<h1>',
    })
    const error = await failing(
      setup({ override }, { ...user, 'auth-url': 'https://k.example:5000' }).context,
    )
    expect(error.message).toContain(
      'does not answer like Keystone: https://k.example:5000/: 200 OK, text/html',
    )
    expect(error.message).toContain('Welcome to nginx')
    expect(error.hint).toContain('https://k.example:5000/v3')
  })

  it.each([500, 503])('a failure of Keystone (%i) is not reported as a refusal', async (status) => {
    const override: StandIn['override'] = (request) =>
      request.method === 'POST' ? { status, body: 'down' } : undefined
    expect(await failing(setup({ override }, user).context)).toMatchObject({ code: 'server' })
  })

  it.each([
    ['kerberos3', 'There is no auth type'],
    ['v3kerberos', 'is not supported'],
    ['http_basic', '`auth` basic'],
  ])('a refusal of Keystone explains what to do about auth type %s', async (type, words) => {
    const error = await failing(setup({}, { ...user, 'auth-type': type }).context)
    expect(`${error.message} ${error.hint}`).toContain(words)
  })
})

describe('keystone, discovery (stand-in)', () => {
  it.each([
    'https://k.example:5000',
    'https://k.example:5000/',
    'https://k.example:5000//',
    'https://k.example:5000/v3',
    'https://k.example:5000/v3/',
    'https://k.example:5000/v2.0',
    'https://k.example:5000//v2.0/',
    'https://k.example:5000/v3/v3',
    'https://k.example:5000/v3/auth/tokens',
    'https://k.example:5000/v2.0/tokens',
  ])('discovery of Keystone reaches v3 from %s', async (url) => {
    const { context, transport } = setup({}, { ...user, 'auth-url': url, 'project-id': 'p1' })
    await keystone.authenticate(context)
    expect(transport.requests.at(-1)?.url).toBe('https://k.example:5000/v3/auth/tokens?nocatalog')
  })

  it('discovery of Keystone keeps a path in front of the version', async () => {
    const base = 'https://k.example/identity'
    const { context, transport } = setup({ base }, { ...user, 'auth-url': `${base}/v3/`, 'project-id': 'p1' })
    await keystone.authenticate(context)
    expect(transport.requests.at(-1)?.url).toBe('https://k.example/identity/v3/auth/tokens?nocatalog')
  })

  it('discovery of Keystone stays on the given host when self links name another, and logs that', async () => {
    const { context, transport, log } = setup(
      { selfBase: 'http://10.0.0.5:35357' },
      { ...user, 'auth-url': 'https://k.example:5000', 'project-id': 'p1' },
    )
    await keystone.authenticate(context)
    expect(transport.requests.every(({ url }) => url.startsWith('https://k.example:5000/'))).toBe(true)
    expect(log.join('\n')).toContain('names another host')
  })

  it('discovery of Keystone follows the path of the self link when the usual path does not exist', async () => {
    const base = 'https://k.example:5000/identity'
    const override: StandIn['override'] = (request) =>
      request.url === 'https://k.example:5000/'
        ? {
            status: 300,
            headers: [['Content-Type', 'application/json']],
            body: JSON.stringify({
              versions: { values: [{ id: 'v3.8', links: [{ rel: 'self', href: `${base}/v3/` }] }] },
            }),
          }
        : undefined
    const { context, transport } = setup(
      { base, override },
      { ...user, 'auth-url': 'https://k.example:5000', 'project-id': 'p1' },
    )
    await keystone.authenticate(context)
    expect(transport.requests.at(-1)?.url).toBe(`${base}/v3/auth/tokens?nocatalog`)
  })

  it('discovery of Keystone takes the version from the URL when the root is closed', async () => {
    const override: StandIn['override'] = (request) =>
      request.method === 'GET' && !request.url.includes('/auth/')
        ? { status: 403, body: 'closed' }
        : undefined
    const { context } = setup({ override }, { ...user, 'project-id': 'p1' })
    expect((await keystone.authenticate(context)).describe().details?.['version']).toBe('3')
  })

  it("discovery of Keystone understands keystorm's single version at its root", async () => {
    const override: StandIn['override'] = (request) =>
      new URL(request.url).pathname === '/'
        ? {
            status: 200,
            headers: [['Content-Type', 'application/json']],
            body: '{"version":{"id":"v3.0","status":"stable","links":[{"rel":"self","href":"https://k.example:5000/v3"}]}}',
          }
        : undefined
    const { context, transport } = setup({ override }, { ...user, 'project-id': 'p1' })
    await keystone.authenticate(context)
    expect(transport.requests.map(({ url }) => new URL(url).pathname)).toEqual(['/', '/v3/auth/tokens'])
  })

  it("discovery of Keystone uses the endpoint's challenge when no URL is given, and asks before another host gets a password", async () => {
    const make = (challenge: string, choose?: AuthContext['choose']) =>
      setup(
        {
          base: 'https://occi.example:5000',
          override: (request) =>
            request.url === 'https://occi.example:8787/-/'
              ? { status: 401, headers: [['WWW-Authenticate', challenge]] }
              : undefined,
        },
        { ...user, 'auth-url': '', 'project-id': 'p1' },
        choose === undefined ? {} : { choose },
      )
    const same = make("Keystone uri='https://occi.example:5000/v2.0'")
    expect((await keystone.authenticate(same.context)).describe().issuer).toBe('https://occi.example:5000')
    const other = make('Keystone uri="https://evil.example:5000/v3"')
    expect((await failing(other.context)).message).toContain('another host')
    expect(other.transport.requests).toHaveLength(1)
    const plain = make('Keystone uri="http://occi.example:5000/v3"')
    expect((await failing(plain.context)).message).toContain('not encrypted')
    const none = make('Basic realm="x"')
    expect((await failing(none.context)).hint).toContain('`auth-url`')
  })

  it('a logout finds a Keystone that the endpoint named before, and asks the endpoint nothing', async () => {
    const cache = memoryCache()
    const make = () =>
      setup(
        {
          base: 'https://occi.example:5000',
          override: (request) =>
            request.url === 'https://occi.example:8787/-/'
              ? {
                  status: 401,
                  headers: [['WWW-Authenticate', "Keystone uri='https://occi.example:5000/v3'"]],
                }
              : undefined,
        },
        { ...user, 'auth-url': '', 'project-id': 'p1' },
        { cache },
      )
    const first = await keystone.authenticate(make().context)
    const { context, transport } = make()
    const leaving = await keystone.authenticate({ ...context, purpose: 'forget' })
    expect(transport.requests).toEqual([])
    expect(await leaving.token?.()).toBe(await first.token?.())
  })

  it('discovery of Keystone refuses text that is not a URL', async () => {
    expect((await failing(setup({}, { ...user, 'auth-url': 'ftp://k/' }).context)).message).toContain(
      '"ftp://k/" is not a URL of Keystone',
    )
  })
})

describe('keystone, v2.0 (stand-in: there is no such server to be had)', () => {
  const standIn: StandIn = { versions: ['v2.0'] }

  it.each([
    [{}, [undefined, 'demo']],
    [{ project: 'p1' }, [undefined, 'demo']],
    [{ project: 'demo', 'project-domain': 'x' }, ['demo']],
  ])('Keystone v2.0 logs in with a password, %j', async (options, tenants) => {
    const { context, transport } = setup(standIn, { ...user, ...(options as Record<string, string>) })
    const credentials = await keystone.authenticate(context)
    expect(bodies(transport.requests).map((auth) => auth.tenantName)).toEqual(tenants)
    expect(bodies(transport.requests)[0].passwordCredentials).toEqual({
      username: 'demo',
      password: 'planted-password',
    })
    expect(credentials.describe()).toMatchObject({ project: 'demo', details: { version: '2' } })
  })

  it('Keystone v2.0 is refused when only v3 is available', async () => {
    const error = await failing(setup({ versions: ['v3'] }, { ...user, 'keystone-version': '2' }).context)
    expect(error.message).toContain('does not support v2; it offers v3')
  })

  it('Keystone v2.0 is used beside v3 only when the version is given', async () => {
    const both: StandIn = { versions: ['v2.0', 'v3'] }
    expect((await keystone.authenticate(setup(both, user).context)).describe().details?.['version']).toBe('3')
    const told = setup(both, { ...user, 'keystone-version': '2.0' })
    expect((await keystone.authenticate(told.context)).describe().details?.['version']).toBe('2')
  })

  it('Keystone v2.0 refuses domains and application credentials', async () => {
    expect((await failing(setup(standIn, { ...user, domain: 'egi' }).context)).message).toContain(
      'v2.0 does not support this scope',
    )
    const credential = { 'application-credential-id': 'x', 'application-credential-secret': 'planted' }
    expect((await failing(setup(standIn, credential).context)).hint).toContain('`keystone-version` 3')
  })

  it('Keystone v2.0 provides the endpoint in its catalogue', async () => {
    const catalog = [
      { type: 'occi', endpoints: [{ publicURL: 'https://o/', internalURL: 'http://i/', region: 'R' }] },
    ]
    const { context } = setup({ ...standIn, catalog }, { ...user, project: 'demo' })
    expect((await keystone.authenticate({ ...context, endpoint: undefined })).endpoint).toBe('https://o/')
  })
})
