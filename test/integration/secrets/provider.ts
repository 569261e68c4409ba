/** A provider that asks for every kind of login, hands out tokens, and, where told to, repeats all it heard. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { KeyPair } from '../../transport/certificates.js'
import { furnished } from '../faults/verbs.js'
import { planted } from './planted.js'

export type Asks = 'nothing' | 'basic' | 'digest' | 'bearer' | 'keystone'

export interface NosyProvider {
  readonly origin: string
  close(): Promise<void>
}

export interface NosySettings {
  readonly asks: Asks
  /** Answers every OCCI request by an error that quotes the request's headers and URL. */
  readonly repeats?: 401 | 403 | 500
  readonly tls?: KeyPair
}

export async function nosyProvider(settings: NosySettings): Promise<NosyProvider> {
  const cloud = await furnished()
  const { asks, tls } = settings
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const chunks: Buffer[] = []
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk)
    const origin = `${tls === undefined ? 'http' : 'https'}://${request.headers.host ?? ''}`
    const { url = '/', method = 'GET' } = request
    const json = (status: number, body: unknown, headers: Record<string, string> = {}) => {
      response.writeHead(status, { 'Content-Type': 'application/json', ...headers })
      response.end(JSON.stringify(body))
    }
    const special = specials.find(({ path }) => url.startsWith(path))
    if (special !== undefined) return special.answer({ origin, method, url, json, response })
    if (settings.repeats !== undefined) {
      const heard = `${method} ${url} ${request.rawHeaders.join(' | ')} ${Buffer.concat(chunks).toString()}`
      const headers = {
        'Content-Type': 'text/plain',
        ...challenge(asks, origin),
        'X-Heard': heard.slice(0, 4000),
      }
      response.writeHead(settings.repeats, headers)
      response.end(`You said: ${heard}`)
      return
    }
    if (!accepted(asks, request)) {
      response.writeHead(401, { 'Content-Type': 'text/plain', ...challenge(asks, origin) })
      response.end('Who are you?')
      return
    }
    const pairs: [string, string][] = []
    for (let at = 0; at + 1 < request.rawHeaders.length; at += 2) {
      pairs.push([request.rawHeaders[at] ?? '', request.rawHeaders[at + 1] ?? ''])
    }
    const body = Buffer.concat(chunks).toString('utf8')
    const given = await cloud.sandbox.handle({ method, target: url, headers: pairs, body })
    response.writeHead(given.status, given.reason, given.headers.flat())
    response.end(given.body)
  }
  const listener = (request: IncomingMessage, response: ServerResponse): void =>
    void answer(request, response)
  const server =
    tls === undefined
      ? createServer(listener)
      : createTlsServer({ ...tls, requestCert: true, rejectUnauthorized: false }, listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    origin: `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}/`,
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function accepted(asks: Asks, { headers }: IncomingMessage): boolean {
  const authorization = headers.authorization ?? ''
  if (asks === 'nothing') return true
  if (asks === 'keystone') return headers['x-auth-token'] !== undefined
  return authorization.toLowerCase().startsWith(asks)
}

function challenge(asks: Asks, origin: string): Record<string, string> {
  const challenges: Readonly<Record<Asks, string | undefined>> = {
    nothing: undefined,
    basic: 'Basic realm="occi"',
    digest: 'Digest realm="occi", qop="auth", nonce="b1946ac92492d2347c6235b4d2611184", algorithm=SHA-256',
    bearer: 'Bearer realm="occi"',
    keystone: `Keystone uri='${origin}/v3'`,
  }
  const found = challenges[asks]
  return found === undefined ? {} : { 'WWW-Authenticate': found }
}

interface Special {
  readonly path: string
  readonly answer: (ask: {
    readonly origin: string
    readonly method: string
    readonly url: string
    readonly json: (status: number, body: unknown, headers?: Record<string, string>) => void
    readonly response: ServerResponse
  }) => void
}

const inAnHour = (): string => new Date(Date.now() + 3_600_000).toISOString()
const version = (origin: string) => ({
  id: 'v3.14',
  status: 'stable',
  links: [{ rel: 'self', href: `${origin}/v3/` }],
})

/** A Keystone and an OpenID Connect issuer, as far as a login needs them. Stand-ins. */
const specials: readonly Special[] = [
  {
    path: '/v3/auth/tokens',
    answer: ({ method, json, response }) => {
      if (method === 'DELETE') {
        response.writeHead(204).end()
        return
      }
      const token = {
        methods: ['password'],
        user: { id: 'u1', name: 'ada', domain: { id: 'default', name: 'Default' } },
        project: { id: 'p1', name: 'demo', domain: { id: 'default', name: 'Default' } },
        expires_at: inAnHour(),
        roles: [],
        catalog: [],
      }
      json(201, { token }, { 'X-Subject-Token': planted('KeystoneIssued') })
    },
  },
  { path: '/v3/auth/projects', answer: ({ json }) => json(200, { projects: [{ id: 'p1', name: 'demo' }] }) },
  { path: '/v3', answer: ({ origin, json }) => json(200, { version: version(origin) }) },
  {
    path: '/issuer/.well-known/openid-configuration',
    answer: ({ origin, json }) =>
      json(200, { issuer: `${origin}/issuer`, token_endpoint: `${origin}/issuer/token` }),
  },
  {
    path: '/issuer/token',
    answer: ({ json }) =>
      json(200, {
        access_token: planted('OidcIssued'),
        refresh_token: planted('OidcRefreshed'),
        token_type: 'Bearer',
        expires_in: 3600,
      }),
  },
]
