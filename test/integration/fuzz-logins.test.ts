import { Readable } from 'node:stream'
/** Keystones and issuers that answer nonsense: a login comes about, or it is refused in words. */
import { expect, it } from 'vitest'
import { type AuthPlugin, authContext, nodePlatform } from '../../src/auth/index.js'
import { keystone } from '../../src/auth/keystone/keystone.js'
import { oidc } from '../../src/auth/oidc/oidc.js'
import { OcciError } from '../../src/errors/errors.js'
import type { HttpRequest, HttpResponse, Transport } from '../../src/transport/index.js'
import { keystoneStandIn } from '../auth/keystone/stand-in.js'
import { issuerStandIn } from '../auth/oidc/stand-in.js'
import { generator, mutate } from '../support/mutation.js'
import { recordedRequest, type Script } from '../support/nock.js'

type Random = (below: number) => number

interface Login {
  readonly plugin: AuthPlugin
  readonly options: Readonly<Record<string, string>>
  readonly server: () => Script
}

const user = { username: 'demo', password: 'planted-password', 'user-domain': 'egi' }
const client = { 'oidc-issuer': 'https://i.example/', 'oidc-client-id': 'occi' }

const pending = ['authorization_pending', 'authorization_pending']

const logins: readonly Login[] = [
  {
    plugin: keystone,
    options: { ...user, 'auth-url': 'https://k.example:5000/v3' },
    server: () => keystoneStandIn().answer,
  },
  {
    plugin: keystone,
    options: { ...user, 'auth-url': 'https://k.example:5000/v2.0', project: 'demo' },
    server: () => keystoneStandIn({ versions: ['v2.0'] }).answer,
  },
  { plugin: oidc, options: client, server: () => issuerStandIn({ pending }) },
  {
    plugin: oidc,
    options: { ...client, 'refresh-token': 'planted-refresh' },
    server: () => issuerStandIn({ pending }),
  },
  {
    plugin: oidc,
    options: { ...client, 'oidc-grant': 'client-credentials', 'oidc-client-secret': 'planted-secret' },
    server: () => issuerStandIn({ client: 'occi:planted-secret' }),
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
it('random answers to a login cause an AuthError or another OcciError with every method', async () => {
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
        machine: { ...nodePlatform(), sleep: async () => {} },
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

/**
 * A transport without sockets, for a hundred thousand requests, that changes one of the first answers of the
 * server. Bounded: a login that asks a hundred times is stuck.
 */
function lying(server: Script, random: Random, seen: string[]): Transport {
  const victim = random(4)
  let count = 0
  const send = async (request: HttpRequest): Promise<HttpResponse> => {
    const answer = await server(recordedRequest({ ...request, body: String(request.body ?? '') }))
    const { status = 200, headers = [], body = '' } = answer ?? { status: 404 }
    const honest = { status, reason: '', headers, body, url: request.url, tolerated: [] }
    count += 1
    if (count > 100) throw new Error('it does not stop asking')
    if (count - 1 !== victim) return honest
    const changed = {
      ...honest,
      headers: headers.map(
        ([name, value]) => [name, random(3) === 0 ? mutate(value, random, pieces) : value] as const,
      ),
      body: random(4) === 0 ? body : mutate(body, random, pieces),
      status: random(6) === 0 ? ([200, 300, 401, 404, 500][random(5)] ?? 200) : status,
    }
    seen.push(`${request.method} ${request.url}: ${changed.status} ${changed.body}`)
    return changed
  }
  return {
    send,
    stream: async (request) => {
      const { body, ...head } = await send(request)
      return { ...head, chunks: Readable.from([body]) }
    },
    close: async () => {},
  }
}
