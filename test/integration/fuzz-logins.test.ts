/** Keystones and issuers that answer nonsense: a login comes about, or it is refused in words. */
import { createHash } from 'node:crypto'
import { expect, it } from 'vitest'
import { authContext, nodeMachine } from '../../src/auth/index.js'
import { keystone } from '../../src/auth/keystone/keystone.js'
import { oidc } from '../../src/auth/oidc/oidc.js'
import type { AuthPlugin } from '../../src/auth/types.js'
import { OcciError } from '../../src/errors/errors.js'
import type { HttpRequest } from '../../src/transport/index.js'
import { type Answer, type FakeTransport, fakeTransport } from '../auth/fake.js'
import { keystoneStandIn } from '../auth/keystone/stand-in.js'
import { generator, mutate } from '../support/mutation.js'

type Random = (below: number) => number

interface Login {
  readonly plugin: AuthPlugin
  readonly options: Readonly<Record<string, string>>
  readonly server: () => FakeTransport
}

const user = { username: 'demo', password: 'planted-password', 'user-domain': 'egi' }
const client = { 'oidc-issuer': 'https://i.example/', 'oidc-client-id': 'occi' }

const logins: readonly Login[] = [
  {
    plugin: keystone,
    options: { ...user, 'auth-url': 'https://k.example:5000/v3' },
    server: () => keystoneStandIn().transport,
  },
  {
    plugin: keystone,
    options: { ...user, 'auth-url': 'https://k.example:5000/v2.0', project: 'demo' },
    server: () => keystoneStandIn({ versions: ['v2.0'] }).transport,
  },
  { plugin: oidc, options: client, server: issuer },
  { plugin: oidc, options: { ...client, 'refresh-token': 'planted-refresh' }, server: issuer },
  {
    plugin: oidc,
    options: { ...client, 'oidc-grant': 'client-credentials', 'oidc-client-secret': 'planted-secret' },
    server: issuer,
  },
]

const pieces = [
  '"token":',
  '"expires_at":"',
  '"expires_in":',
  '"interval":-1',
  'Infinity',
  '1e308',
  '{}',
  '[]',
  '"links":',
  'https://evil.example/',
  '"error":"',
  'slow_down',
  '[[',
  '"__proto__":{"polluted":1},',
]

// Guarantee: refused-in-words
it('is survived by every method that logs in elsewhere', async () => {
  const random = generator(20261121)
  const runs = 12_000
  let done = 0
  let refused = 0
  for (let run = 0; run < runs; run += 1) {
    const login = logins[run % logins.length] as Login
    const seen: string[] = []
    try {
      const transport = lying(login.server(), random, seen)
      const context = authContext({
        endpoint: 'https://occi.example:8787/',
        options: login.options,
        transport: () => transport,
        show: () => {},
        machine: { ...nodeMachine(), sleep: async () => {} },
      })
      const credentials = await login.plugin.authenticate(context)
      const headers = await credentials.sign({
        method: 'GET',
        url: 'https://occi.example:8787/',
        headers: [],
      })
      for (const [, value] of headers) {
        // What goes into a header is looked at again by the transport; here it must only be text.
        expect(typeof value).toBe('string')
      }
      const said = JSON.stringify(credentials.describe()) + credentials.identity
      expect(said).not.toContain('planted')
      done += 1
    } catch (error) {
      if (!(error instanceof OcciError)) {
        throw new Error(`not of the family after ${seen.join(' | ').slice(0, 2000)}`, { cause: error })
      }
      expect(JSON.stringify([error.message, error.hint, error.http, error.facts])).not.toContain('planted')
      refused += 1
    }
  }
  process.stdout.write(`fuzz, logins: ${runs} with answers changed: ${done} done, ${refused} refused\n`)
  expect(done).toBeGreaterThan(0)
  expect(refused).toBeGreaterThan(0)
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
}, 120_000)

/** Changes one of its first answers. Bounded: a login that asks a hundred times is stuck. */
function lying(honest: FakeTransport, random: Random, seen: string[]): FakeTransport {
  const victim = random(4)
  let count = 0
  return {
    ...honest,
    async send(request) {
      const response = await honest.send(request)
      count += 1
      if (count > 100) throw new Error('it does not stop asking')
      if (count - 1 !== victim) return response
      const headers = response.headers.map(
        ([name, value]) => [name, random(3) === 0 ? mutate(value, random, pieces) : value] as const,
      )
      const body = random(4) === 0 ? response.body : mutate(response.body, random, pieces)
      const status = random(6) === 0 ? ([200, 300, 401, 404, 500][random(5)] ?? 200) : response.status
      seen.push(`${request.method} ${request.url}: ${status} ${body}`)
      return { ...response, headers, body, status }
    },
  }
}

/** A STAND-IN. */
function issuer(): FakeTransport {
  const json = (status: number, body: unknown): Answer => ({
    status,
    headers: [['Content-Type', 'application/json']],
    body: JSON.stringify(body),
  })
  const grant = () =>
    json(200, {
      access_token: `e30.${Buffer.from('{"sub":"me"}').toString('base64url')}.sig`,
      refresh_token: 'next-refresh',
      token_type: 'Bearer',
      expires_in: 3600,
    })
  let pending = 2
  let challenge: string | null = null
  return fakeTransport((asked: HttpRequest) => {
    const path = new URL(asked.url).pathname
    if (path === '/.well-known/openid-configuration') {
      return json(200, {
        issuer: 'https://i.example',
        token_endpoint: 'https://i.example/token',
        device_authorization_endpoint: 'https://i.example/device',
      })
    }
    const form = new URLSearchParams(String(asked.body))
    if (path === '/device') {
      challenge = form.get('code_challenge')
      const codes = { device_code: 'device-code', user_code: 'ABCD-EFGH' }
      return json(200, {
        ...codes,
        verification_uri: 'https://i.example/activate',
        expires_in: 60,
        interval: 2,
      })
    }
    if (path !== '/token') return { status: 404 }
    if (!String(form.get('grant_type')).endsWith('device_code')) return grant()
    if (pending > 0) {
      pending -= 1
      return json(400, { error: 'authorization_pending' })
    }
    const proof = createHash('sha256')
      .update(form.get('code_verifier') ?? '')
      .digest('base64url')
    return proof === challenge ? grant() : json(400, { error: 'invalid_grant' })
  })
}
