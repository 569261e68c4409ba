import { describe, expect, it } from 'vitest'
import {
  type AuthContext,
  authContext,
  type Credentials,
  memoryCache,
  signedTransport,
} from '../../../src/auth/index.js'
import { keystone } from '../../../src/auth/keystone/keystone.js'
import type { OcciError } from '../../../src/errors/errors.js'
import { dialogue, type JsonMatcher, recordedTransport } from '../../support/nock.js'

const user = { username: 'demo', password: 'planted-password', 'user-domain': 'egi' }
const inProject = { ...user, 'project-id': 'p1' }
const inP1 = { project: { id: 'p1' } }
const at = 'https://k.example:5000/v3'
const request = { method: 'GET', url: 'https://occi.example:8787/', headers: [] } as const

const versionsAt = (base: string) => ({
  versions: {
    values: [{ id: 'v3.14', status: 'stable', links: [{ rel: 'self', href: `${base}/v3/` }] }],
  },
})
const versions = versionsAt('https://k.example:5000')
const demo = { id: 'p1', name: 'demo', domain: { name: 'egi' } }
const tokenOf = (more: object = {}) => ({
  token: {
    methods: ['password'],
    user: { id: 'u1', name: 'demo', domain: { id: 'egi-id', name: 'egi' } },
    expires_at: '2999-01-01T00:00:00.000000Z',
    ...more,
  },
})
/** What nock's `reply` takes for the answer with a token. */
const tokenReply = (token: string, more: object = {}) =>
  [201, tokenOf(more), { 'X-Subject-Token': token }] as const
const refusal = [
  401,
  {
    error: {
      code: 401,
      message: 'The request you have made requires authentication.',
      title: 'Unauthorized',
    },
  },
] as const
const passwordOf = (account: JsonMatcher) => ({
  methods: ['password'],
  password: { user: { ...account, password: 'planted-password' } },
})
const egi = { name: 'demo', domain: { name: 'egi' } }

type Server = ReturnType<typeof dialogue>

/**
 * A Keystone v3 below `path` of `origin` whose versions are asked for, with self links below `selfOrigin`; what
 * else it is asked is stated by the test. Its answers have the shapes that were measured with Keystone 22; a real
 * one is in test/integration/auth.
 */
function statedKeystone(origin = 'https://k.example:5000', path = '', selfOrigin = origin) {
  const server = dialogue(origin)
  const offered = versionsAt(`${selfOrigin}${path}`)
  const discover = () => server.get(`${path}/`).reply(300, offered)
  discover()
  server.get(`${path}/v3`).optionally().reply(200, { version: offered.versions.values[0] })
  const tokens = (auth: JsonMatcher, headers: Record<string, string> = {}) => {
    const url = new RegExp(`^${path}/v3/auth/tokens(\\?nocatalog)?$`)
    const login = server.post(url, { auth })
    for (const [name, value] of Object.entries(headers)) login.matchHeader(name, value)
    return login
  }
  return { server, tokens, discover }
}

/** The projects of the user, asked for with TOKEN-1. */
function projectsOf(server: Server, projects: readonly object[]) {
  return server
    .get('/v3/auth/projects')
    .matchHeader('X-Auth-Token', 'TOKEN-1')
    .reply(200, { projects, links: { next: null } })
}

/** TOKEN-1 is exchanged for a token of the project. */
function rescope(tokens: ReturnType<typeof statedKeystone>['tokens'], project: string) {
  return tokens({
    identity: { methods: ['token'], token: { id: 'TOKEN-1' } },
    scope: { project: { id: project } },
  })
}

/** A login at the Keystone that is stated. */
function login(options: Record<string, string>, more: Partial<Omit<AuthContext, 'options'>> = {}) {
  const transport = recordedTransport()
  const log: string[] = []
  const context = authContext({
    endpoint: 'https://occi.example:8787/',
    options: { 'auth-url': at, ...options },
    transport: () => transport,
    log: (step) => log.push(step),
  })
  const done = keystone.authenticate({ ...context, ...more })
  return { log, requests: transport.requests, done }
}

/** The error of a login, which contains no secret. */
async function refused(done: Promise<Credentials>): Promise<OcciError> {
  const error = await done.then(
    () => undefined,
    (reason: unknown) => reason as OcciError,
  )
  if (error === undefined) throw new Error('the login succeeded')
  expect(JSON.stringify([error.message, error.hint, error.http, error.facts])).not.toContain('planted')
  return error
}

describe('keystone, v3 (stated)', () => {
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
      const { server, tokens } = statedKeystone()
      // The default project of the user must not get in the way.
      tokens({ identity: passwordOf(egi), scope: 'unscoped' }).reply(...tokenReply('TOKEN-1'))
      projectsOf(server, [
        { id: 'p1', name: 'other' },
        { id: 'p2', name: 'demo' },
      ])
      rescope(tokens, 'p2').reply(...tokenReply('TOKEN-2', { project: { ...demo, id: 'p2' } }))
      const credentials = await login({ ...user, project }).done
      expect(credentials.describe().project).toContain('demo')
    },
  )

  it("Keystone v3 takes the server's default project when nothing is asked for", async () => {
    const { tokens } = statedKeystone()
    tokens({ identity: passwordOf(egi) }).reply(...tokenReply('T', { project: demo }))
    expect((await login(user).done).describe().project).toContain('demo')
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

  const receipt = [
    401,
    {
      receipt: { methods: ['password'], user: { id: 'u1' } },
      required_auth_methods: [['password', 'totp']],
    },
    { 'Openstack-Auth-Receipt': 'RECEIPT' },
  ] as const
  const totp = { user: { id: 'u1', passcode: '123456' } }

  it('Keystone v3 answers a receipt with the one-time code', async () => {
    const { tokens } = statedKeystone()
    const scope = { project: { id: 'p1' } }
    tokens({ identity: passwordOf(egi), scope }).reply(...receipt)
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
    const { tokens } = statedKeystone()
    tokens({ identity: passwordOf(egi), scope: inP1 }).reply(...receipt)
    expect(await refused(login(inProject).done)).toMatchObject({
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
    const { server } = statedKeystone()
    server
      .get('/v3/auth/tokens')
      .query(true)
      .matchHeader('X-Auth-Token', 'GIVEN')
      .matchHeader('X-Subject-Token', 'GIVEN')
      .reply(200, tokenOf({ project: demo }), { 'X-Subject-Token': 'GIVEN' })
    expect(await (await login({ token: 'GIVEN' }).done).token?.()).toBe('GIVEN')
  })

  /** A login of a user who has three projects, of which one is disabled. */
  const severalProjects = () => {
    const { server, tokens } = statedKeystone()
    tokens({ identity: passwordOf(egi) }).reply(...tokenReply('TOKEN-1'))
    projectsOf(server, [
      { id: 'p1', name: 'one' },
      { id: 'p2', name: 'two' },
      { id: 'p3', name: 'gone', enabled: false },
    ])
    return (id: string, name: string) =>
      rescope(tokens, id).reply(...tokenReply('TOKEN-2', { project: { ...demo, id, name } }))
  }

  it('Keystone v3 lets the user choose among several projects that are enabled', async () => {
    severalProjects()('p2', 'two')
    let labels: readonly string[] = []
    const choose: AuthContext['choose'] = async (_, choices) => {
      labels = choices.map(({ label }) => label)
      return 'p2'
    }
    expect((await login(user, { choose }).done).describe().project).toContain('two')
    expect(labels).toEqual(['one (id p1)', 'two (id p2)'])
  })

  it('Keystone v3 lists several projects in its error when nobody can choose', async () => {
    severalProjects()
    expect(await refused(login(user).done)).toMatchObject({
      code: 'auth',
      hint: expect.stringContaining('one, two'),
    })
  })

  it('Keystone v3 takes the first of several projects where project-auto allows it', async () => {
    severalProjects()('p1', 'one')
    const credentials = await login({ ...user, 'project-auto': 'true' }).done
    expect(credentials.describe().project).toContain('one')
  })

  it.each([
    [[], {}, {}, 'You are authenticated as demo but have no project', 'VO'],
    [
      [{ id: 'p1', name: 'one' }],
      { project: 'two' },
      { scope: 'unscoped' },
      'demo has no project "two"',
      'one',
    ],
  ] as const)(
    'Keystone v3 lists the available projects in its error: %j',
    async (projects, options, scope, message, hint) => {
      const { server, tokens } = statedKeystone()
      tokens({ identity: passwordOf(egi), ...scope }).reply(...tokenReply('TOKEN-1'))
      projectsOf(server, projects)
      expect(await refused(login({ ...user, ...options }).done)).toMatchObject({
        code: 'auth',
        message,
        hint: expect.stringContaining(hint),
      })
    },
  )

  it.each([
    [[], {}, {}, 'You are authenticated but have no project'],
    [[{ id: 'p1', name: 'one' }], { project: 'two' }, { scope: 'unscoped' }, 'You have no project "two"'],
  ] as const)(
    'Keystone v3 invents no user name in its error if the token has none: %j',
    async (projects, options, scope, message) => {
      const { server, tokens } = statedKeystone()
      tokens({ identity: passwordOf(egi), ...scope }).reply(...tokenReply('TOKEN-1', { user: undefined }))
      projectsOf(server, projects)
      expect(await refused(login({ ...user, ...options }).done)).toMatchObject({ code: 'auth', message })
    },
  )

  it('Keystone v3 refuses two scopes at once before anything is sent', async () => {
    const { done, requests } = login({ ...inProject, domain: 'egi' })
    expect((await refused(done)).message).toContain('project, domain')
    expect(requests).toEqual([])
  })

  it('Keystone v3 caches the token, so that the second login sends nothing', async () => {
    const cache = memoryCache()
    const { tokens } = statedKeystone()
    tokens({ identity: passwordOf(egi), scope: inP1 }).reply(...tokenReply('TOKEN-1', { project: demo }))
    await login(inProject, { cache }).done
    const second = login(inProject, { cache })
    expect(await (await second.done).token?.()).toBe('TOKEN-1')
    expect(second.requests).toEqual([])
  })

  it.each([
    [{ username: 'other' }, { ...egi, name: 'other' }, inP1],
    [{ 'project-id': 'p2' }, egi, { project: { id: 'p2' } }],
    [{ 'user-domain': 'x' }, { ...egi, domain: { name: 'x' } }, inP1],
  ])('Keystone v3 does not use a cached token for another login: %j', async (other, account, scope) => {
    const cache = memoryCache()
    const first = statedKeystone()
    first
      .tokens({ identity: passwordOf(egi), scope: inP1 })
      .reply(...tokenReply('TOKEN-1', { project: demo }))
    await login(inProject, { cache }).done
    const { tokens } = statedKeystone()
    tokens({ identity: passwordOf(account), scope }).reply(...tokenReply('TOKEN-2', { project: demo }))
    expect(await (await login({ ...inProject, ...other }, { cache }).done).token?.()).toBe('TOKEN-2')
  })

  it('Keystone v3 does not use a cached token for another Keystone', async () => {
    const cache = memoryCache()
    for (const [origin, token] of [
      ['https://k.example:5000', 'TOKEN-1'],
      ['https://k2.example', 'TOKEN-2'],
    ] as const) {
      const { tokens } = statedKeystone(origin)
      tokens({ identity: passwordOf(egi), scope: inP1 }).reply(...tokenReply(token, { project: demo }))
      const credentials = await login({ ...inProject, 'auth-url': `${origin}/v3` }, { cache }).done
      expect(await credentials.token?.()).toBe(token)
    }
  })

  it('Keystone v3 treats a token as expired a minute before its end', async () => {
    const cache = memoryCache()
    let now = new Date('2026-01-01T00:00:00Z')
    const { tokens, discover } = statedKeystone()
    discover()
    for (const [token, hour] of [
      ['TOKEN-1', '01'],
      ['TOKEN-2', '02'],
    ]) {
      tokens({ identity: passwordOf(egi), scope: inP1 }).reply(
        ...tokenReply(token ?? '', { project: demo, expires_at: `2026-01-01T${hour}:00:00.000000Z` }),
      )
    }
    const credentials = await login(inProject, { cache, now: () => now }).done
    now = new Date('2026-01-01T00:58:55Z')
    expect(await credentials.sign(request)).toEqual([['X-Auth-Token', 'TOKEN-1']])
    now = new Date('2026-01-01T00:59:05Z')
    expect(await credentials.sign(request)).toEqual([['X-Auth-Token', 'TOKEN-2']])
  })

  it('Keystone v3 logs in again once when the endpoint refuses the token', async () => {
    const { tokens, discover } = statedKeystone()
    discover()
    const endpoint = dialogue('https://occi.example:8787')
    for (const [token, status] of [
      ['TOKEN-1', 401],
      ['TOKEN-2', 200],
    ] as const) {
      tokens({ identity: passwordOf(egi), scope: inP1 }).reply(...tokenReply(token, { project: demo }))
      endpoint.get('/-/').matchHeader('X-Auth-Token', token).reply(status)
    }
    const credentials = await login(inProject).done
    const signed = signedTransport(recordedTransport(), credentials, 'https://occi.example:8787/')
    const get = { method: 'GET', url: 'https://occi.example:8787/-/', headers: [] } as const
    expect((await signed.send(get)).status).toBe(200)
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

  const endpoints = [
    { interface: 'internal', region: 'R1', url: 'http://10.0.0.1:8787/' },
    { interface: 'public', region: 'R1', url: 'https://r1.example:8787/' },
    { interface: 'public', region: 'R2', url: 'https://r2.example:8787/' },
  ]
  /** A login without an endpoint; the catalogue, which is asked for then, contains `endpoints`. */
  const withCatalogue = (options: Record<string, string>) => {
    const { server } = statedKeystone()
    const catalog = [
      { type: 'compute', endpoints: [] },
      { type: 'OCCI', endpoints },
    ]
    server
      .post('/v3/auth/tokens', { auth: { identity: passwordOf(egi), scope: inP1 } })
      .reply(...tokenReply('T', { project: demo, catalog }))
    return login({ ...inProject, ...options }, { endpoint: undefined }).done
  }

  it.each([
    [{ region: 'R2' }, 'https://r2.example:8787/'],
    [{ interface: 'internalURL' }, 'http://10.0.0.1:8787/'],
  ])(
    'Keystone v3 finds the OCCI endpoint in the catalogue when only Keystone is known: %j',
    async (options, endpoint) => {
      expect((await withCatalogue(options)).endpoint).toBe(endpoint)
    },
  )

  it('Keystone v3 lists the regions of a catalogue with several OCCI endpoints', async () => {
    const undecided = await withCatalogue({})
    expect(undecided.endpoint).toBeUndefined()
    expect(undecided.noEndpoint).toMatchObject({
      code: 'usage',
      message: 'Several regions have an OCCI endpoint with the interface "public", and none was chosen',
      hint: expect.stringContaining('has: R1 (internal, public), R2 (public).'),
    })
  })

  it.each([
    ['tokens that live half a minute', 30, 0],
    ['a clock that is two hours ahead', 3600, 2 * 3600_000],
    ['a clock that is two hours behind', 3600, -2 * 3600_000],
  ])('Keystone v3 does not log in for each request: %s', async (_, lifetime, ahead) => {
    let passed = 0
    const { tokens, discover } = statedKeystone()
    discover()
    const begin = Date.now()
    const logIn = (token: string) =>
      tokens({ identity: passwordOf(egi), scope: inP1 }).reply(
        ...tokenReply(token, {
          project: demo,
          issued_at: new Date(begin + passed).toISOString(),
          expires_at: new Date(begin + passed + lifetime * 1000).toISOString(),
        }),
      )
    logIn('TOKEN-1')
    const credentials = await login(inProject, { now: () => new Date(Date.now() + ahead + passed) }).done
    for (let count = 0; count < 2; count += 1) {
      expect(await credentials.sign(request)).toEqual([['X-Auth-Token', 'TOKEN-1']])
    }
    passed = lifetime * 1000
    logIn('TOKEN-2')
    for (let count = 0; count < 2; count += 1) {
      expect(await credentials.sign(request)).toEqual([['X-Auth-Token', 'TOKEN-2']])
    }
  })

  it('Keystone v3 uses a token to its end when no new one can be had, and tries to renew it once', async () => {
    let passed = 0
    let questions = 0
    const codes = ['123456']
    const { server, tokens } = statedKeystone()
    tokens({
      identity: {
        methods: ['totp'],
        totp: { user: { name: 'demo', domain: { id: 'default' }, passcode: '123456' } },
      },
    }).reply(...tokenReply('TOKEN-1', { expires_at: new Date(Date.now() + 3600_000).toISOString() }))
    projectsOf(server, [demo])
    rescope(tokens, 'p1').reply(
      ...tokenReply('TOKEN-2', { project: demo, expires_at: new Date(Date.now() + 3600_000).toISOString() }),
    )
    const credentials = await login(
      { username: 'demo', 'auth-type': 'v3totp' },
      {
        now: () => new Date(Date.now() + passed),
        secret: async () => {
          questions += 1
          return codes.pop()
        },
      },
    ).done
    const first = await credentials.sign(request)
    passed = 3590_000
    expect(await credentials.sign(request)).toEqual(first)
    const before = questions
    expect(await credentials.sign(request)).toEqual(first)
    expect(questions).toBe(before)
  })

  /** The federation of an identity provider and a protocol, with the access token AT. */
  const federation = (server: Server, method: 'get' | 'post', name: string) =>
    server[method](
      `/v3/OS-FEDERATION/identity_providers/${name.replace('/', '/protocols/')}/auth`,
    ).matchHeader('Authorization', 'Bearer AT')

  const withoutFederation = (server: Server, name: string) => {
    for (const method of ['post', 'get'] as const) federation(server, method, name).reply(404)
  }

  it.each([
    [[], 'egi.eu/openid', {}],
    [['egi.eu/openid'], 'egi.eu/oidc', {}],
    [[], 'my.idp/x', { 'identity-provider': 'my.idp', protocol: 'x' }],
  ] as const)(
    'Keystone v3 exchanges an access token at a federation: after %j at %s',
    async (absent, name, options) => {
      const { server, tokens } = statedKeystone()
      for (const other of absent) withoutFederation(server, other)
      federation(server, 'post', name).reply(201, tokenOf(), { 'X-Subject-Token': 'TOKEN-1' })
      projectsOf(server, [demo])
      rescope(tokens, 'p1').reply(...tokenReply('TOKEN-2', { project: demo }))
      const credentials = await login({ ...options, 'access-token': 'AT' }).done
      expect(credentials.describe().project).toContain('demo')
    },
  )

  it('Keystone v3 exchanges an access token with GET where the federation refuses POST', async () => {
    const { server, tokens } = statedKeystone()
    federation(server, 'post', 'egi.eu/openid').reply(405, { message: 'no' })
    federation(server, 'get', 'egi.eu/openid').reply(201, tokenOf(), { 'X-Subject-Token': 'TOKEN-1' })
    projectsOf(server, [demo])
    rescope(tokens, 'p1').reply(...tokenReply('TOKEN-2', { project: demo }))
    expect((await login({ 'access-token': 'AT' }).done).describe().project).toContain('demo')
  })

  it('Keystone v3 lists the tried names when the federation does not exist', async () => {
    const { server } = statedKeystone()
    for (const name of ['egi.eu/openid', 'egi.eu/oidc']) withoutFederation(server, name)
    const error = await refused(login({ 'access-token': 'AT' }).done)
    expect(error.message).toContain('egi.eu/openid, egi.eu/oidc')
    expect(error.hint).toContain('`identity-provider`')
  })

  it.each([
    [302, { Location: 'https://login.example/' }, '', 'login page'],
    [200, { 'Content-Type': 'text/html' }, '<html>Log in', 'no token'],
    [401, {}, '', 'refused'],
  ] as const)(
    'Keystone v3 explains an access token that is answered with %i %j',
    async (status, headers, body, words) => {
      const { server } = statedKeystone()
      federation(server, 'post', 'egi.eu/openid').reply(status, body, headers)
      const error = await refused(login({ 'access-token': 'AT' }).done)
      expect(error.code).toBe('auth')
      expect(error.message).toContain(words)
    },
  )
})

describe('keystone, refusals (stated)', () => {
  it.each<readonly [Record<string, string>, JsonMatcher, string, string]>([
    [
      inProject,
      { identity: passwordOf(egi), scope: inP1 },
      'Keystone refused the password of demo (domain egi), project p1',
      'does not say which',
    ],
    [
      { 'application-credential-id': 'x', 'application-credential-secret': 'planted-no' },
      {
        identity: {
          methods: ['application_credential'],
          application_credential: { id: 'x', secret: 'planted-no' },
        },
      },
      'Keystone refused the application credential of x, its own scope',
      'secret',
    ],
  ])(
    'a refusal of Keystone names the credentials that were sent: %j',
    async (options, auth, message, hint) => {
      const { tokens } = statedKeystone()
      tokens(auth).reply(...refusal)
      const error = await refused(login(options).done)
      expect(error).toMatchObject({ code: 'auth', message, hint: expect.stringContaining(hint) })
      expect(error.http?.status).toBe(401)
    },
  )

  it('a refusal of Keystone reports that a token is not valid', async () => {
    const { tokens } = statedKeystone()
    tokens({ identity: { methods: ['token'], token: { id: 'planted-token' } }, scope: inP1 }).reply(404, {
      error: { code: 404, message: 'Could not recognize Fernet token', title: 'x' },
    })
    const error = await refused(login({ token: 'planted-token', 'project-id': 'p1' }).done)
    expect(error).toMatchObject({
      code: 'auth',
      message: 'The token is not valid, or has expired',
      hint: expect.stringContaining('`connect`'),
      http: { status: 404 },
    })
  })

  it('a refusal of Keystone lists the methods that this Keystone accepts', async () => {
    const { tokens } = statedKeystone()
    tokens({ identity: passwordOf(egi) }).reply(401, {
      error: {
        code: 401,
        identity: { methods: ['password', 'mapped'] },
        message: 'Attempted to authenticate with an unsupported method.',
      },
    })
    expect((await refused(login(user).done)).message).toContain('offers password, mapped')
  })

  it('a refusal by another server than Keystone is reported as such', async () => {
    const server = dialogue('https://k.example:5000')
    for (const path of ['/', '/v3', '/v2.0']) {
      server
        .get(path)
        .reply(200, '<html><title>Welcome to nginx!</title>\n<h1>', { 'Content-Type': 'text/html' })
    }
    const error = await refused(login({ ...user, 'auth-url': 'https://k.example:5000' }).done)
    expect(error.message).toContain(
      'does not answer like Keystone: https://k.example:5000/: 200 OK, text/html',
    )
    expect(error.message).toContain('Welcome to nginx')
    expect(error.hint).toContain('https://k.example:5000/v3')
  })

  it.each([500, 503])('a failure of Keystone (%i) is not reported as a refusal', async (status) => {
    const { tokens } = statedKeystone()
    tokens({ identity: passwordOf(egi) }).reply(status, 'down')
    expect(await refused(login(user).done)).toMatchObject({ code: 'server' })
  })

  it.each([
    ['kerberos3', 'There is no auth type'],
    ['v3kerberos', 'is not supported'],
    ['http_basic', '`auth` basic'],
  ])('a refusal of Keystone explains what to do about auth type %s', async (type, words) => {
    const error = await refused(login({ ...user, 'auth-type': type }).done)
    expect(`${error.message} ${error.hint}`).toContain(words)
  })
})

describe('keystone, discovery (stated)', () => {
  const logIn = (tokens: ReturnType<typeof statedKeystone>['tokens']) =>
    tokens({ identity: passwordOf(egi), scope: inP1 }).reply(...tokenReply('T', { project: demo }))

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
    logIn(statedKeystone().tokens)
    await login({ ...inProject, 'auth-url': url }).done
  })

  it('discovery of Keystone keeps a path in front of the version', async () => {
    logIn(statedKeystone('https://k.example', '/identity').tokens)
    await login({ ...inProject, 'auth-url': 'https://k.example/identity/v3/' }).done
  })

  it('discovery of Keystone stays on the given host when self links name another, and logs that', async () => {
    const { tokens } = statedKeystone(undefined, '', 'http://10.0.0.5:35357')
    logIn(tokens)
    const { done, log } = login({ ...inProject, 'auth-url': 'https://k.example:5000' })
    await done
    expect(log.join('\n')).toContain('names another host')
  })

  it('discovery of Keystone follows the path of the self link when the usual path does not exist', async () => {
    const server = dialogue('https://k.example:5000')
    server.get('/').reply(300, versionsAt('https://k.example:5000/identity'))
    server.get('/v3').reply(404, '<!doctype html>', { 'Content-Type': 'text/html' })
    server
      .get('/identity/v3')
      .reply(200, { version: versionsAt('https://k.example:5000/identity').versions.values[0] })
    server
      .post('/identity/v3/auth/tokens?nocatalog', { auth: { identity: passwordOf(egi), scope: inP1 } })
      .reply(...tokenReply('T', { project: demo }))
    await login({ ...inProject, 'auth-url': 'https://k.example:5000' }).done
  })

  it('discovery of Keystone takes the version from the URL when the root is closed', async () => {
    const server = dialogue('https://k.example:5000')
    for (const path of ['/', '/v3', '/v2.0']) server.get(path).reply(403, 'closed')
    server
      .post('/v3/auth/tokens?nocatalog', { auth: { identity: passwordOf(egi), scope: inP1 } })
      .reply(...tokenReply('T', { project: demo }))
    expect((await login(inProject).done).describe().details?.['version']).toBe('3')
  })

  it("discovery of Keystone understands keystorm's single version at its root", async () => {
    const server = dialogue('https://k.example:5000')
    server.get('/').reply(200, {
      version: {
        id: 'v3.0',
        status: 'stable',
        links: [{ rel: 'self', href: 'https://k.example:5000/v3' }],
      },
    })
    server
      .post('/v3/auth/tokens?nocatalog', { auth: { identity: passwordOf(egi), scope: inP1 } })
      .reply(...tokenReply('T', { project: demo }))
    await login(inProject).done
  })

  /** The endpoint names its Keystone so. */
  const challenging = (challenge: string) =>
    dialogue('https://occi.example:8787').get('/-/').reply(401, '', { 'WWW-Authenticate': challenge })
  const noUrl = { ...inProject, 'auth-url': '' }

  it("discovery of Keystone uses the endpoint's challenge when no URL is given", async () => {
    challenging("Keystone uri='https://occi.example:5000/v2.0'")
    logIn(statedKeystone('https://occi.example:5000').tokens)
    expect((await login(noUrl).done).describe().issuer).toBe('https://occi.example:5000')
  })

  it.each([
    ['Keystone uri="https://evil.example:5000/v3"', 'its host is not that of the endpoint'],
    ['Keystone uri="http://occi.example:5000/v3"', 'not encrypted'],
    ['Basic realm="x"', '`auth-url`'],
  ])('discovery of Keystone sends no password after the challenge %s', async (challenge, words) => {
    challenging(challenge)
    const { message, hint } = await refused(login(noUrl).done)
    expect(`${message} ${hint}`).toContain(words)
  })

  it('a logout finds a Keystone that the endpoint named before, and asks the endpoint nothing', async () => {
    const cache = memoryCache()
    challenging("Keystone uri='https://occi.example:5000/v3'")
    logIn(statedKeystone('https://occi.example:5000').tokens)
    await login(noUrl, { cache }).done
    const { done, requests } = login(noUrl, { cache, purpose: 'forget' })
    expect(await (await done).token?.()).toBe('T')
    expect(requests).toEqual([])
  })

  it('discovery of Keystone refuses text that is not a URL', async () => {
    expect((await refused(login({ ...user, 'auth-url': 'ftp://k/' }).done)).message).toContain(
      '"ftp://k/" is not a URL of Keystone',
    )
  })
})

describe('keystone, v2.0 (stated: there is no such server to be had)', () => {
  const version = {
    id: 'v2.0',
    status: 'stable',
    links: [{ rel: 'self', href: 'https://k.example:5000/v2.0/' }],
  }
  const tenant = { id: 'p1', name: 'demo', enabled: true }
  const accessOf = (id: string, more: object = {}, serviceCatalog: readonly object[] = []) => ({
    access: {
      token: { id, expires: '2999-01-01T00:00:00Z', ...more },
      user: { id: 'u1', username: 'demo', roles: [{ name: 'member' }] },
      serviceCatalog,
    },
  })
  const passwordCredentials = { username: 'demo', password: 'planted-password' }

  /** A Keystone that offers v2.0, and other versions beside it. */
  function statedV2(...others: readonly object[]) {
    const server = dialogue('https://k.example:5000')
    server.get('/').reply(300, { versions: { values: [version, ...others] } })
    if (others.length === 0) server.get('/v3').reply(404)
    return server
  }

  it.each([{}, { project: 'p1' }])(
    'Keystone v2.0 logs in with a password, then takes the project of the user: %j',
    async (options) => {
      const server = statedV2()
      server.post('/v2.0/tokens', { auth: { passwordCredentials } }).reply(202, accessOf('TOKEN-1'))
      server
        .get('/v2.0/tenants')
        .matchHeader('X-Auth-Token', 'TOKEN-1')
        .reply(200, { tenants: [tenant], tenants_links: [] })
      server
        .post('/v2.0/tokens', { auth: { token: { id: 'TOKEN-1' }, tenantName: 'demo' } })
        .reply(202, accessOf('TOKEN-2', { tenant }))
      const credentials = await login({ ...user, ...(options as Record<string, string>) }).done
      expect(await credentials.token?.()).toBe('TOKEN-2')
      expect(credentials.describe()).toMatchObject({ project: 'demo', details: { version: '2' } })
    },
  )

  it('Keystone v2.0 logs in with a password and a named project in one request', async () => {
    statedV2()
      .post('/v2.0/tokens', { auth: { passwordCredentials, tenantName: 'demo' } })
      .reply(202, accessOf('TOKEN-1', { tenant }))
    const credentials = await login({ ...user, project: 'demo', 'project-domain': 'x' }).done
    expect(credentials.describe()).toMatchObject({ project: 'demo', details: { version: '2' } })
  })

  it('Keystone v2.0 is refused when only v3 is available', async () => {
    statedKeystone().server.get('/v2.0').reply(404)
    const error = await refused(login({ ...user, 'keystone-version': '2' }).done)
    expect(error.message).toContain('does not support v2; it offers v3')
  })

  it('Keystone v2.0 is not used beside v3 unless the version is given', async () => {
    const server = statedV2(...versions.versions.values)
    server
      .post('/v3/auth/tokens?nocatalog', { auth: { identity: passwordOf(egi), scope: inP1 } })
      .reply(...tokenReply('T', { project: demo }))
    expect((await login(inProject).done).describe().details?.['version']).toBe('3')
  })

  it('Keystone v2.0 is used beside v3 when the version is given', async () => {
    statedV2(...versions.versions.values)
      .post('/v2.0/tokens', { auth: { passwordCredentials, tenantId: 'p1' } })
      .reply(202, accessOf('TOKEN-1', { tenant }))
    const credentials = await login({ ...inProject, 'keystone-version': '2.0' }).done
    expect(credentials.describe().details?.['version']).toBe('2')
  })

  it('Keystone v2.0 refuses domains', async () => {
    statedV2()
    expect((await refused(login({ ...user, domain: 'egi' }).done)).message).toContain(
      'v2.0 does not support this scope',
    )
  })

  it('Keystone v2.0 refuses application credentials', async () => {
    statedV2()
    const credential = { 'application-credential-id': 'x', 'application-credential-secret': 'planted' }
    expect((await refused(login(credential).done)).hint).toContain('`keystone-version` 3')
  })

  it('Keystone v2.0 provides the endpoint in its catalogue', async () => {
    const catalogue = [
      { type: 'occi', endpoints: [{ publicURL: 'https://o/', internalURL: 'http://i/', region: 'R' }] },
    ]
    statedV2()
      .post('/v2.0/tokens', { auth: { passwordCredentials, tenantName: 'demo' } })
      .reply(202, accessOf('TOKEN-1', { tenant }, catalogue))
    const { done } = login({ ...user, project: 'demo', 'project-domain': 'x' }, { endpoint: undefined })
    expect((await done).endpoint).toBe('https://o/')
  })
})
