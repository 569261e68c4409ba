import { describe, expect, it } from 'vitest'
import { auto } from '../../src/auth/auto.js'
import { authContext, memoryCache, signedTransport } from '../../src/auth/index.js'
import type { HttpRequest } from '../../src/transport/index.js'
import { type Answer, fakeTransport, header } from './fake.js'

const at = 'https://h.example:8787/occi/'
const refusing =
  (challenges: readonly string[], accepts: (request: HttpRequest) => boolean) =>
  (request: HttpRequest): Answer =>
    accepts(request)
      ? { status: 200 }
      : { status: 401, headers: challenges.map((value) => ['WWW-Authenticate', value] as const) }

function setup(
  answer: (request: HttpRequest) => Answer,
  options: Record<string, string>,
  more: Partial<Parameters<typeof authContext>[0]> = {},
) {
  const inner = fakeTransport(answer)
  const trail: string[] = []
  const context = authContext({
    endpoint: at,
    options,
    transport: () => inner,
    trail: (step) => trail.push(step),
    ...more,
  })
  return { inner, context, trail }
}
const get = (url = at): HttpRequest => ({ method: 'GET', url, headers: [] })
const user = { username: 'demo', password: 'planted-secret' }

describe('auto', () => {
  it('asks the query interface by GET, and takes basic when the server offers it', async () => {
    const { inner, context, trail } = setup(
      refusing(['Basic realm="occi"'], (request) => header(request, 'Authorization') !== undefined),
      user,
    )
    const credentials = await auto.authenticate(context)
    expect(inner.requests[0]).toMatchObject({ method: 'GET', url: 'https://h.example:8787/occi/-/' })
    expect(credentials.describe()).toEqual({ method: 'basic', subject: 'demo' })
    expect((await signedTransport(inner, credentials, at).send(get())).status).toBe(200)
    expect(trail.join('\n')).toContain('answered 401')
    expect(trail.join('\n')).not.toContain('planted')
  })

  it.each([
    ['Bearer realm="x"', 'Authorization', 'Bearer T'],
    ["Keystone uri='https://h.example:5000/v2.0'", 'X-Auth-Token', 'T'],
  ])('puts a given token where %s wants it', async (challenge, name, value) => {
    const { inner, context } = setup(
      refusing([challenge], () => false),
      { token: 'T' },
    )
    const credentials = await auto.authenticate(context)
    expect(await credentials.sign(get())).toEqual([[name, value]])
    expect(inner.requests).toHaveLength(1)
  })

  it('sends nothing to an endpoint that lets anybody look, and logs in at the first 401', async () => {
    const { inner, context } = setup(
      refusing(
        ['Basic realm="occi"'],
        (request) => request.method === 'GET' || header(request, 'Authorization') !== undefined,
      ),
      user,
    )
    const signed = signedTransport(inner, await auto.authenticate(context), at)
    await signed.send(get())
    expect(inner.requests.every((request) => header(request, 'Authorization') === undefined)).toBe(true)
    const response = await signed.send({ method: 'POST', url: at, headers: [], body: 'x' })
    expect(response.status).toBe(200)
    expect(inner.requests.at(-1)).toMatchObject({ method: 'POST', body: 'x' })
  })

  it('remembers the method: the second time asks nothing first', async () => {
    const cache = memoryCache()
    const answer = refusing(
      ['Basic realm="occi"'],
      (request) => header(request, 'Authorization') !== undefined,
    )
    await auto.authenticate(setup(answer, user, { cache }).context)
    const second = setup(answer, user, { cache })
    const credentials = await auto.authenticate(second.context)
    expect(second.inner.requests).toHaveLength(0)
    expect(credentials.describe().method).toBe('basic')
  })

  it('does not take a memory made with other credentials', async () => {
    const cache = memoryCache()
    const answer = refusing(['Basic realm="occi"', 'Bearer'], () => false)
    await auto.authenticate(setup(answer, user, { cache }).context)
    const credentials = await auto.authenticate(setup(answer, { token: 'T' }, { cache }).context)
    expect(credentials.describe().method).toBe('token')
  })

  it('does not send a password over plain http unasked', async () => {
    const plain = { endpoint: 'http://h.example:8787/' }
    const answer = refusing(['Basic realm="occi"'], () => false)
    await expect(auto.authenticate(setup(answer, user, plain).context)).rejects.toMatchObject({
      code: 'auth',
      message: expect.stringContaining('not encrypted'),
      hint: expect.stringContaining('--allow-plain-http'),
    })
    const allowed = await auto.authenticate(
      setup(answer, { ...user, 'allow-plain-http': 'true' }, plain).context,
    )
    expect(allowed.describe().method).toBe('basic')
    const asked = await auto.authenticate(
      setup(answer, user, { ...plain, choose: async () => 'yes' }).context,
    )
    expect(asked.describe().method).toBe('basic')
    const loopback = setup(answer, user, { endpoint: 'http://127.0.0.1:8787/' })
    expect((await auto.authenticate(loopback.context)).describe().method).toBe('basic')
  })

  it('does not send a password to a Keystone on another host unasked', async () => {
    const { context, inner } = setup(
      refusing(['Keystone uri="https://evil.example:5000"'], () => false),
      user,
    )
    await expect(auto.authenticate(context)).rejects.toMatchObject({
      code: 'auth',
      message: expect.stringContaining('another host'),
      hint: expect.stringContaining('--auth-url https://evil.example:5000'),
    })
    expect(inner.requests).toHaveLength(1)
  })

  it('says what is wanted when nothing is at hand', async () => {
    const { context } = setup(
      refusing(['Keystone uri="https://h.example:5000/v3"'], () => false),
      {},
    )
    await expect(auto.authenticate(context)).rejects.toMatchObject({
      code: 'auth',
      message: 'This endpoint uses Keystone at https://h.example:5000/v3',
      hint: expect.stringContaining('occi auth login'),
    })
  })

  it('says so when the server names no method', async () => {
    const { context } = setup(
      refusing([], () => false),
      user,
    )
    await expect(auto.authenticate(context)).rejects.toMatchObject({
      message: expect.stringContaining('names no method'),
      hint: expect.stringContaining('--auth'),
    })
  })
})
