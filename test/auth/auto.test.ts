import { describe, expect, it } from 'vitest'
import {
  type AuthContext,
  authContext,
  loadAuthPlugin,
  memoryCache,
  signedTransport,
} from '../../src/auth/index.js'
import type { HttpRequest } from '../../src/transport/index.js'
import { type Answer, mockedTransport, type RecordedRequest } from '../support/nock.js'

const auto = await loadAuthPlugin('auto')
const at = 'https://h.example:8787/occi/'
const refusing =
  (challenges: readonly string[], accepts: (request: RecordedRequest) => boolean) =>
  (request: RecordedRequest): Answer =>
    accepts(request)
      ? { status: 200 }
      : { status: 401, headers: challenges.map((value) => ['WWW-Authenticate', value] as const) }

function setup(
  answer: (request: RecordedRequest) => Answer,
  options: Record<string, string>,
  { negotiate, ...more }: Partial<Parameters<typeof authContext>[0]> & Pick<AuthContext, 'negotiate'> = {},
) {
  const inner = mockedTransport(answer)
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
const user = { username: 'demo', password: 'planted-secret' }
const basicDemo = `Basic ${Buffer.from('demo:planted-secret').toString('base64')}`
const keystoneToken = JSON.stringify({
  token: {
    expires_at: '2099-01-01T00:00:00.000000Z',
    user: { id: 'u', name: 'demo' },
    methods: ['password'],
  },
})

describe('auto', () => {
  it('auto takes a 403 over https without credentials for a missing certificate when a certificate is available', async () => {
    const proxy = { env: (name: string) => (name === 'X509_USER_PROXY' ? '/absent/proxy.pem' : undefined) }
    const strict = setup(() => ({ status: 403 }), {}, proxy)
    // The proxy is named and not there: it was tried.
    await expect(auto.authenticate(strict.context)).rejects.toThrow(
      '/absent/proxy.pem (X509_USER_PROXY) cannot be read',
    )
    const open = setup(() => ({ status: 403 }), {})
    expect((await auto.authenticate(open.context)).describe()).toEqual({ method: 'none' })
  })

  it('auto sends a GET with the given password, as basic, to the query interface', async () => {
    const { inner, context, log } = setup(
      refusing(['Basic realm="occi"'], (request) => request.header('Authorization') === basicDemo),
      user,
    )
    const credentials = await auto.authenticate(context)
    expect(inner.requests).toHaveLength(1)
    expect(inner.requests[0]).toMatchObject({ method: 'GET', url: 'https://h.example:8787/occi/-/' })
    expect(credentials.describe()).toEqual({ method: 'basic', subject: 'demo' })
    expect((await signedTransport(inner, credentials, at).send(get())).status).toBe(200)
    expect(log.join('\n')).toContain('answered 200')
    expect(log.join('\n')).not.toContain('planted')
  })

  it('auto reports a wrong password at once', async () => {
    const { context, inner } = setup(
      refusing(['Basic realm="occi"'], () => false),
      user,
    )
    await expect(auto.authenticate(context)).rejects.toMatchObject({
      code: 'auth',
      message: 'The server refused the basic credentials as demo',
    })
    expect(inner.requests).toHaveLength(1)
  })

  it.each([
    ['Bearer realm="x"', 'Authorization', 'Bearer T'],
    ["Keystone uri='https://h.example:5000/v2.0'", 'X-Auth-Token', 'T'],
  ])('auto sends a given token where %s expects it', async (challenge, name, value) => {
    const { inner, context } = setup(
      refusing([challenge], (request) => request.header(name) === value),
      { token: 'T' },
    )
    const credentials = await auto.authenticate(context)
    expect(await credentials.sign(get())).toEqual([[name, value]])
    expect(inner.requests).toHaveLength(1)
  })

  it.each([
    ['a user name and a password', user, 'Authorization', basicDemo],
    ['a token', { token: 'T' }, 'X-Auth-Token', 'T'],
    ['a token for a header', { token: 'T', 'token-header': 'Auth-Token' }, 'Auth-Token', 'T'],
    ['an access token', { 'access-token': 'A' }, 'Authorization', 'Bearer A'],
  ])(
    'auto sends %s with the first request, even when the server answers everybody',
    async (_, options, name, value) => {
      const { inner, context } = setup(() => ({ status: 200 }), options, { negotiate: 'at-first-refusal' })
      const signed = signedTransport(inner, await auto.authenticate(context), at)
      expect((await signed.send(get())).status).toBe(200)
      expect(inner.requests.map((request) => request.header(name))).toEqual([value])
    },
  )

  it('auto sends nothing and asks nothing first when no credentials are given', async () => {
    const { inner, context } = setup(() => ({ status: 200 }), {}, { negotiate: 'at-first-refusal' })
    const signed = signedTransport(inner, await auto.authenticate(context), at)
    await signed.send(get())
    expect(inner.requests).toHaveLength(1)
    expect(inner.requests[0]?.header('Authorization')).toBeUndefined()
  })

  it.each([
    ['Digest realm="x", nonce="n", qop="auth"', user, 'Digest '],
    ['Bearer realm="x"', { token: 'T' }, 'Bearer T'],
  ])('auto uses the method that the server names instead: %s', async (challenge, options, begins) => {
    const cache = memoryCache()
    const answer = refusing(
      [challenge],
      (request) => request.header('Authorization')?.startsWith(begins) === true,
    )
    const { inner, context } = setup(answer, options, { cache, negotiate: 'at-first-refusal' })
    const signed = signedTransport(inner, await auto.authenticate(context), at)
    expect((await signed.send(get())).status).toBe(200)
    expect((await signed.send(get())).status).toBe(200)
    expect(inner.requests).toHaveLength(3)
    // What was sent unasked is not sent again: neither beside the right method nor by the next command.
    expect(inner.requests.slice(1).every((one) => one.header('X-Auth-Token') === undefined)).toBe(true)
    const next = await auto.authenticate(setup(answer, options, { cache }).context)
    expect(next.describe().method).toBe(begins.startsWith('Digest') ? 'digest' : 'token')
  })

  it('auto answers both a proxy that asks for basic and a provider behind it that asks for Keystone', async () => {
    const answer = (request: RecordedRequest): Answer => {
      if (request.url.includes(':5000')) {
        return { status: 201, headers: [['X-Subject-Token', 'K']], body: keystoneToken }
      }
      const missing =
        request.header('Authorization') === undefined
          ? 'Basic realm="proxy"'
          : request.header('X-Auth-Token') === undefined
            ? 'Keystone uri="https://h.example:5000/v3"'
            : undefined
      return missing === undefined
        ? { status: 200 }
        : { status: 401, headers: [['WWW-Authenticate', missing]] }
    }
    const options = { ...user, 'user-domain': 'Default', project: 'demo', 'project-domain': 'Default' }
    const { inner, context } = setup(answer, options, { negotiate: 'at-first-refusal' })
    const signed = signedTransport(inner, await auto.authenticate(context), at)
    expect((await signed.send(get())).status).toBe(200)
  })

  it('auto sends the password to a given Keystone and not to the endpoint', async () => {
    const answer = (request: RecordedRequest): Answer =>
      request.url.includes(':5000')
        ? { status: 201, headers: [['X-Subject-Token', 'K']], body: keystoneToken }
        : { status: 200 }
    const options = {
      ...user,
      'auth-url': 'https://k.example:5000/v3',
      'user-domain': 'Default',
      project: 'demo',
      'project-domain': 'Default',
    }
    const { inner, context } = setup(answer, options, { negotiate: 'at-first-refusal' })
    const signed = signedTransport(inner, await auto.authenticate(context), at)
    await signed.send(get())
    const toEndpoint = inner.requests.filter(({ url }) => url.startsWith(at))
    expect(toEndpoint.map((request) => request.header('X-Auth-Token'))).toEqual(['K'])
    expect(toEndpoint.every((request) => request.header('Authorization') === undefined)).toBe(true)
  })

  it('auto does not send a password to the endpoint when a project shows that Keystone is meant', async () => {
    const { inner, context } = setup(
      refusing(['Keystone uri="https://evil.example:5000"'], () => false),
      { ...user, project: 'demo' },
      { negotiate: 'at-first-refusal' },
    )
    await expect(auto.authenticate(context)).rejects.toMatchObject({
      message: expect.stringContaining('another host'),
    })
    expect(inner.requests).toHaveLength(1)
    expect(inner.requests[0]?.header('Authorization')).toBeUndefined()
  })

  it('auto remembers the method, so that the second login sends no probe', async () => {
    const cache = memoryCache()
    const answer = refusing(
      ['Basic realm="occi"'],
      (request) => request.header('Authorization') !== undefined,
    )
    await auto.authenticate(setup(answer, user, { cache }).context)
    const second = setup(answer, user, { cache })
    const credentials = await auto.authenticate(second.context)
    expect(second.inner.requests).toHaveLength(0)
    expect(credentials.describe().method).toBe('basic')
  })

  it('auto does not use a remembered method of other credentials', async () => {
    const cache = memoryCache()
    const answer = refusing(
      ['Basic realm="occi"', 'Bearer'],
      (request) => request.header('Authorization') !== undefined,
    )
    await auto.authenticate(setup(answer, user, { cache }).context)
    const credentials = await auto.authenticate(setup(answer, { token: 'T' }, { cache }).context)
    expect(credentials.describe().method).toBe('token')
  })

  it('auto does not send a password over plain http without permission', async () => {
    const plain = { endpoint: 'http://h.example:8787/' }
    const answer = refusing(['Basic realm="occi"'], () => false)
    await expect(auto.authenticate(setup(answer, user, plain).context)).rejects.toMatchObject({
      code: 'auth',
      message: expect.stringContaining('not encrypted'),
      hint: expect.stringContaining('`allow-plain-http`'),
    })
    const taking = refusing(
      ['Basic realm="occi"'],
      (request) => request.header('Authorization') === basicDemo,
    )
    const allowed = await auto.authenticate(
      setup(taking, { ...user, 'allow-plain-http': 'true' }, plain).context,
    )
    expect(allowed.describe().method).toBe('basic')
    const asked = await auto.authenticate(
      setup(answer, user, { ...plain, choose: async () => 'yes' }).context,
    )
    expect(asked.describe().method).toBe('basic')
    const loopback = setup(taking, user, { endpoint: 'http://127.0.0.1:8787/' })
    expect((await auto.authenticate(loopback.context)).describe().method).toBe('basic')
  })

  it('auto does not continue without a login at a plain http server that answers everybody, either', async () => {
    const plain = { endpoint: 'http://h.example:8787/', negotiate: 'at-first-refusal' } as const
    const { context, inner } = setup(() => ({ status: 200 }), user, plain)
    await expect(auto.authenticate(context)).rejects.toMatchObject({
      code: 'auth',
      message: expect.stringContaining('not encrypted'),
    })
    expect(inner.requests).toHaveLength(1)
    expect(inner.requests[0]?.header('Authorization')).toBeUndefined()
    const asked = setup(() => ({ status: 200 }), user, { ...plain, choose: async () => 'yes' })
    expect((await auto.authenticate(asked.context)).describe().method).toBe('basic')
  })

  it("auto waits for the server's challenge when a user name has no password", async () => {
    const { inner, context } = setup(() => ({ status: 200 }), { username: 'demo' })
    expect((await auto.authenticate(context)).describe().method).toBe('none')
    expect(inner.requests).toHaveLength(1)
  })

  // Guarantee: credentials-stay
  it('auto does not send a password to a Keystone on another host without permission', async () => {
    const { context, inner } = setup(
      refusing(['Keystone uri="https://evil.example:5000"'], () => false),
      user,
    )
    await expect(auto.authenticate(context)).rejects.toMatchObject({
      code: 'auth',
      message: expect.stringContaining('another host'),
      hint: expect.stringContaining('`auth-url` https://evil.example:5000'),
    })
    expect(inner.requests).toHaveLength(1)
  })

  it('auto lists the missing credentials when none is available', async () => {
    const { context } = setup(
      refusing(['Keystone uri="https://h.example:5000/v3"'], () => false),
      {},
    )
    await expect(auto.authenticate(context)).rejects.toMatchObject({
      code: 'auth',
      message: 'This endpoint uses Keystone at https://h.example:5000/v3',
      hint: expect.stringContaining('`connect`'),
    })
  })

  it('auto reports a server that names no method (rocci1-7)', async () => {
    const { context } = setup(
      refusing([], () => false),
      user,
    )
    await expect(auto.authenticate(context)).rejects.toMatchObject({
      message: expect.stringContaining('names no method'),
      hint: expect.stringContaining('`auth`'),
    })
  })
})
