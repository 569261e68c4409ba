import { describe, expect, it } from 'vitest'
import {
  type AuthContext,
  authContext,
  loadAuthPlugin,
  memoryCache,
  signedTransport,
} from '../../src/auth/index.js'
import type { HttpRequest } from '../../src/transport/index.js'
import { dialogue, recordedTransport } from '../support/nock.js'

const auto = await loadAuthPlugin('auto')
const at = 'https://h.example:8787/occi/'
const user = { username: 'demo', password: 'planted-secret' }
const basicDemo = `Basic ${Buffer.from('demo:planted-secret').toString('base64')}`

function setup(
  options: Record<string, string>,
  { negotiate, ...more }: Partial<Parameters<typeof authContext>[0]> & Pick<AuthContext, 'negotiate'> = {},
) {
  const inner = recordedTransport()
  const log: string[] = []
  const context: AuthContext = {
    ...authContext({
      endpoint: at,
      options,
      transport: () => inner,
      log: (step) => log.push(step),
      ...more,
    }),
    ...(negotiate === undefined ? {} : { negotiate }),
  }
  return { inner, context, log }
}
const get = (url = at): HttpRequest => ({ method: 'GET', url, headers: [] })

/** One request for `path` of the provider, whose headers match. */
function asked(
  path: string,
  headers: Readonly<Record<string, string | RegExp>> = {},
  origin = new URL(at).origin,
) {
  const request = dialogue(origin).get(path)
  for (const [name, value] of Object.entries(headers)) request.matchHeader(name, value)
  return request
}
/** The same without credentials. */
const askedBare = (path: string, origin = new URL(at).origin) =>
  dialogue(origin, { badheaders: ['Authorization', 'X-Auth-Token'] }).get(path)
const refusal = (...challenges: readonly string[]) =>
  [401, '', challenges.length === 0 ? {} : { 'WWW-Authenticate': [...challenges] }] as const

/** A Keystone that issues the token K for the password. */
function keystone(origin: string) {
  const server = dialogue(origin)
  const version = { id: 'v3.14', status: 'stable', links: [{ rel: 'self', href: `${origin}/v3/` }] }
  server.get('/').reply(300, { versions: { values: [version] } })
  server
    .post('/v3/auth/tokens?nocatalog', {
      auth: {
        identity: {
          methods: ['password'],
          password: { user: { name: 'demo', domain: { name: 'Default' }, password: 'planted-secret' } },
        },
        scope: { project: { name: 'demo', domain: { name: 'Default' } } },
      },
    })
    .reply(
      201,
      {
        token: {
          expires_at: '2099-01-01T00:00:00.000000Z',
          user: { id: 'u', name: 'demo' },
          methods: ['password'],
        },
      },
      { 'X-Subject-Token': 'K' },
    )
}
const project = { 'user-domain': 'Default', project: 'demo', 'project-domain': 'Default' }

describe('auto', () => {
  it('auto takes a 403 over https without credentials for a missing certificate when a certificate is available', async () => {
    const proxy = { env: (name: string) => (name === 'X509_USER_PROXY' ? '/absent/proxy.pem' : undefined) }
    // The proxy is named and not there: it was tried.
    askedBare('/occi/-/').reply(403)
    await expect(auto.authenticate(setup({}, proxy).context)).rejects.toThrow(
      '/absent/proxy.pem (X509_USER_PROXY) cannot be read',
    )
    askedBare('/occi/-/').reply(403)
    expect((await auto.authenticate(setup({}).context)).describe()).toEqual({ method: 'none' })
  })

  it('auto sends a GET with the given password, as basic, to the query interface', async () => {
    asked('/occi/-/', { Authorization: basicDemo }).reply(200)
    asked('/occi/', { Authorization: basicDemo }).reply(200)
    const { inner, context, log } = setup(user)
    const credentials = await auto.authenticate(context)
    expect(credentials.describe()).toEqual({ method: 'basic', subject: 'demo' })
    expect((await signedTransport(inner, credentials, at).send(get())).status).toBe(200)
    expect(log.join('\n')).toContain('answered 200')
    expect(log.join('\n')).not.toContain('planted')
  })

  it('auto reports a wrong password at once', async () => {
    asked('/occi/-/', { Authorization: basicDemo }).reply(...refusal('Basic realm="occi"'))
    await expect(auto.authenticate(setup(user).context)).rejects.toMatchObject({
      code: 'auth',
      message: 'The server refused the basic credentials as demo',
    })
  })

  it.each([
    ['Bearer realm="x"', 401, 'Authorization', 'Bearer T'],
    ["Keystone uri='https://h.example:5000/v2.0'", 200, 'X-Auth-Token', 'T'],
  ])(
    'auto sends a given token where %s expects it, after an answer %i',
    async (challenge, status, name, value) => {
      asked('/occi/-/', { 'X-Auth-Token': 'T' }).reply(status, '', { 'WWW-Authenticate': challenge })
      const credentials = await auto.authenticate(setup({ token: 'T' }).context)
      expect(await credentials.sign(get())).toEqual([[name, value]])
    },
  )

  it.each([
    ['a user name and a password', user, 'Authorization', basicDemo],
    ['a token', { token: 'T' }, 'X-Auth-Token', 'T'],
    ['a token for a header', { token: 'T', 'token-header': 'Auth-Token' }, 'Auth-Token', 'T'],
    ['an access token', { 'access-token': 'A' }, 'Authorization', 'Bearer A'],
  ])(
    'auto sends %s with the first request, even when the server answers everybody',
    async (_, options, name, value) => {
      asked('/occi/', { [name]: value }).reply(200)
      const { inner, context } = setup(options, { negotiate: 'at-first-refusal' })
      const signed = signedTransport(inner, await auto.authenticate(context), at)
      expect((await signed.send(get())).status).toBe(200)
    },
  )

  it('auto sends nothing and asks nothing first when no credentials are given', async () => {
    askedBare('/occi/').reply(200)
    const { inner, context } = setup({}, { negotiate: 'at-first-refusal' })
    await signedTransport(inner, await auto.authenticate(context), at).send(get())
  })

  it.each([
    ['Digest realm="x", nonce="n", qop="auth"', user, { Authorization: basicDemo }, 'digest', /^Digest /],
    ['Bearer realm="x"', { token: 'T' }, { 'X-Auth-Token': 'T' }, 'token', 'Bearer T'],
  ] as const)(
    'auto uses the method that the server names instead: %s',
    async (challenge, options, first, method, authorization) => {
      // What was sent unasked is not sent again: neither beside the right method nor by the next command.
      const answering = () =>
        dialogue('https://h.example:8787', { badheaders: ['X-Auth-Token'] })
          .get('/occi/')
          .matchHeader('Authorization', authorization)
          .reply(200)
      asked('/occi/', first).reply(...refusal(challenge))
      answering()
      answering()
      const cache = memoryCache()
      const { inner, context } = setup(options, { cache, negotiate: 'at-first-refusal' })
      const signed = signedTransport(inner, await auto.authenticate(context), at)
      expect((await signed.send(get())).status).toBe(200)
      expect((await signed.send(get())).status).toBe(200)
      const next = await auto.authenticate(setup(options, { cache }).context)
      expect(next.describe().method).toBe(method)
    },
  )

  it('auto answers both a proxy that asks for basic and a provider behind it that asks for Keystone', async () => {
    asked('/occi/', { Authorization: basicDemo }).reply(
      ...refusal('Keystone uri="https://h.example:5000/v3"'),
    )
    askedBare('/occi/-/').reply(...refusal('Basic realm="proxy"'))
    keystone('https://h.example:5000')
    asked('/occi/', { Authorization: basicDemo, 'X-Auth-Token': 'K' }).reply(200)
    const { inner, context } = setup({ ...user, ...project }, { negotiate: 'at-first-refusal' })
    const signed = signedTransport(inner, await auto.authenticate(context), at)
    expect((await signed.send(get())).status).toBe(200)
  })

  it('auto sends the password to a given Keystone and not to the endpoint', async () => {
    keystone('https://k.example:5000')
    dialogue('https://h.example:8787', { badheaders: ['Authorization'] })
      .get('/occi/')
      .matchHeader('X-Auth-Token', 'K')
      .reply(200)
    const options = { ...user, ...project, 'auth-url': 'https://k.example:5000/v3' }
    const { inner, context } = setup(options, { negotiate: 'at-first-refusal' })
    await signedTransport(inner, await auto.authenticate(context), at).send(get())
  })

  it('auto does not send a password to the endpoint when a project shows that Keystone is meant', async () => {
    askedBare('/occi/-/').reply(...refusal('Keystone uri="https://evil.example:5000"'))
    const { context } = setup({ ...user, project: 'demo' }, { negotiate: 'at-first-refusal' })
    await expect(auto.authenticate(context)).rejects.toMatchObject({
      message: expect.stringContaining('its host is not that of the endpoint'),
    })
  })

  it('auto remembers the method, so that the second login sends no probe', async () => {
    asked('/occi/-/', { Authorization: basicDemo }).reply(200)
    const cache = memoryCache()
    await auto.authenticate(setup(user, { cache }).context)
    const credentials = await auto.authenticate(setup(user, { cache }).context)
    expect(credentials.describe().method).toBe('basic')
  })

  it('auto does not use a remembered method of other credentials', async () => {
    const cache = memoryCache()
    asked('/occi/-/', { Authorization: basicDemo }).reply(200)
    await auto.authenticate(setup(user, { cache }).context)
    asked('/occi/-/', { 'X-Auth-Token': 'T' }).reply(...refusal('Basic realm="occi"', 'Bearer'))
    const credentials = await auto.authenticate(setup({ token: 'T' }, { cache }).context)
    expect(credentials.describe().method).toBe('token')
  })

  describe('over plain http', () => {
    const origin = 'http://h.example:8787'
    const plain = { endpoint: `${origin}/` }
    const basic = refusal('Basic realm="occi"')

    it('auto does not send a password over plain http without permission', async () => {
      askedBare('/-/', origin).reply(...basic)
      await expect(auto.authenticate(setup(user, plain).context)).rejects.toMatchObject({
        code: 'auth',
        message: expect.stringContaining('not encrypted'),
        hint: expect.stringContaining('`allow-plain-http`'),
      })
    })

    it('auto sends a password over plain http when that is allowed', async () => {
      asked('/-/', { Authorization: basicDemo }, origin).reply(200)
      const { context } = setup({ ...user, 'allow-plain-http': 'true' }, plain)
      expect((await auto.authenticate(context)).describe().method).toBe('basic')
    })

    it('auto sends a password over plain http when the user agrees', async () => {
      askedBare('/-/', origin).reply(...basic)
      const { context } = setup(user, { ...plain, choose: async () => 'yes' })
      expect((await auto.authenticate(context)).describe().method).toBe('basic')
    })

    it('auto sends a password over plain http to a loopback address', async () => {
      asked('/-/', { Authorization: basicDemo }, 'http://127.0.0.1:8787').reply(200)
      const { context } = setup(user, { endpoint: 'http://127.0.0.1:8787/' })
      expect((await auto.authenticate(context)).describe().method).toBe('basic')
    })

    it('auto does not continue without a login at a plain http server that answers everybody, either', async () => {
      askedBare('/-/', origin).reply(200)
      const { context } = setup(user, { ...plain, negotiate: 'at-first-refusal' })
      await expect(auto.authenticate(context)).rejects.toMatchObject({
        code: 'auth',
        message: expect.stringContaining('not encrypted'),
      })
    })

    it('auto asks before it sends a password to a plain http server that answers everybody', async () => {
      askedBare('/-/', origin).reply(200)
      const { context } = setup(user, {
        ...plain,
        negotiate: 'at-first-refusal',
        choose: async () => 'yes',
      })
      expect((await auto.authenticate(context)).describe().method).toBe('basic')
    })
  })

  it("auto waits for the server's challenge when a user name has no password", async () => {
    askedBare('/occi/-/').reply(200)
    const { context } = setup({ username: 'demo' })
    expect((await auto.authenticate(context)).describe().method).toBe('none')
  })

  // Guarantee: credentials-stay
  it('auto does not send a password to a Keystone on another host without permission', async () => {
    asked('/occi/-/', { Authorization: basicDemo }).reply(
      ...refusal('Keystone uri="https://evil.example:5000"'),
    )
    await expect(auto.authenticate(setup(user).context)).rejects.toMatchObject({
      code: 'auth',
      message: expect.stringContaining('its host is not that of the endpoint'),
      hint: expect.stringContaining('`auth-url` https://evil.example:5000'),
    })
  })

  it('auto suggests `endpoint`, not `auth-url`, when another host asks for the password by basic', async () => {
    const other = 'https://other.example'
    askedBare('/occi/', other).reply(...refusal('Basic realm="occi"'))
    const { inner, context } = setup(user)
    const challenge = await inner.send(get(`${other}/occi/`))
    await expect(auto.authenticate({ ...context, challenge })).rejects.toMatchObject({
      code: 'auth',
      message: expect.stringContaining('its host is not that of the endpoint h.example:8787'),
      hint: 'If you trust it, use it as the endpoint: `endpoint` https://other.example/',
    })
  })

  it('auto uses a given Keystone with a VOMS proxy when the server names no method', async () => {
    askedBare('/occi/-/').reply(...refusal())
    const { context, log } = setup(
      { 'auth-url': 'https://k.example:5000/v3' },
      { env: (name) => (name === 'X509_USER_PROXY' ? '/absent/proxy.pem' : undefined) },
    )
    // Nothing is sent to Keystone, because the proxy is missing.
    await expect(auto.authenticate(context)).rejects.toThrow('/absent/proxy.pem')
    expect(log).toContain(
      'using keystone: the server names no method, and the URL of a Keystone server is given',
    )
  })

  it('auto lists the missing credentials when none is available', async () => {
    askedBare('/occi/-/').reply(...refusal('Keystone uri="https://h.example:5000/v3"'))
    await expect(auto.authenticate(setup({}).context)).rejects.toMatchObject({
      code: 'auth',
      message: 'This endpoint uses Keystone at https://h.example:5000/v3',
      hint: expect.stringContaining('`connect`'),
    })
  })

  it('auto reports a server that names no method (rocci1-7)', async () => {
    asked('/occi/-/', { Authorization: basicDemo }).reply(...refusal())
    await expect(auto.authenticate(setup(user).context)).rejects.toMatchObject({
      message: expect.stringContaining('names no method'),
      hint: expect.stringContaining('`auth`'),
    })
  })
})
