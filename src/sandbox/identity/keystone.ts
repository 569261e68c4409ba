/**
 * A small Keystone with one user and one project, to practise the logins of OpenStack: password, application
 * credential, and a new scope for a token. Paths and responses are those of the Identity API v3.
 */
import { headerValue } from '../../basics/http.js'
import { isRecord } from '../../basics/objects.js'
import { reasonOf } from '../http/reasons.js'
import { secretsEqual } from '../http/secrets-equal.js'
import type { Clock, MakeUuid, SandboxRequest, SandboxResponse } from '../types.js'

interface IdentitySettings {
  readonly username: string
  readonly password: string
  readonly clock: Clock
  readonly uuid: MakeUuid
  /** Base path of the OCCI endpoint, for the catalogue. */
  readonly basePath: string
}

export interface IdentityService {
  /** Answers a request; undefined for one that is not below /identity. */
  answer(request: SandboxRequest, origin: string): SandboxResponse | undefined
  /** Whether this service issued the token, and it is neither revoked nor expired. */
  isValidToken(token: string): boolean
  /** The URL of the service at an origin: `http://127.0.0.1:8787/identity/v3`. */
  url(origin: string): string
}

/** The names to log in with. */
export const identityNames = {
  project: 'demo',
  domain: 'Default',
  applicationCredential: 'practice',
  region: 'practice',
} as const

const path = '/identity'
/** Milliseconds for which a token is valid, as by default in Keystone. */
const lifetime = 3_600_000
const domain = { id: 'default', name: identityNames.domain } as const
const project = { id: '0f1e2d3c4b5a69788796a5b4c3d2e1f0', name: identityNames.project, domain } as const
const userId = '8c7b6a5f4e3d2c1b0a9f8e7d6c5b4a39'

interface Token {
  readonly methods: readonly string[]
  readonly issued: number
  readonly scoped: boolean
}

export function identityService(settings: IdentitySettings): IdentityService {
  const { username, password, clock, uuid, basePath } = settings
  const tokens = new Map<string, Token>()
  const validToken = (id: string): Token | undefined => {
    const token = tokens.get(id)
    return token !== undefined && token.issued + lifetime > clock() ? token : undefined
  }

  function login(request: SandboxRequest, origin: string): SandboxResponse {
    const auth = member(parseJson(request.body), 'auth')
    const identity = member(auth, 'identity')
    const methods = member(identity, 'methods')
    const [method] = Array.isArray(methods) ? methods : []
    if (typeof method !== 'string') return errorResponse(400, "'identity' is a required property")
    if (!isAuthenticated(method, member(identity, method))) return errorResponse(401, unauthenticated)
    const scope = member(auth, 'scope')
    const requestedProject = member(scope, 'project')
    if (requestedProject !== undefined && !isProject(requestedProject))
      return errorResponse(401, 'Could not find the project')
    const token = {
      methods: [method],
      issued: clock(),
      scoped: method === 'application_credential' || requestedProject !== undefined,
    }
    const id = uuid().replaceAll('-', '')
    tokens.set(id, token)
    return json(201, { token: tokenBody(token, origin, request.target) }, [['X-Subject-Token', id]])
  }

  function isAuthenticated(method: string, given: unknown): boolean {
    switch (method) {
      case 'password':
        return (
          isUser(member(given, 'user')) &&
          secretsEqual(text(member(member(given, 'user'), 'password')), password)
        )
      case 'application_credential':
        return (
          [member(given, 'id'), member(given, 'name')].includes(identityNames.applicationCredential) &&
          secretsEqual(text(member(given, 'secret')), password)
        )
      case 'token':
        return validToken(text(member(given, 'id'))) !== undefined
      default:
        return false
    }
  }

  function isUser(user: unknown): boolean {
    if (member(user, 'id') === userId) return true
    const where = member(user, 'domain')
    return (
      secretsEqual(text(member(user, 'name')), username) &&
      (member(where, 'id') === domain.id || member(where, 'name') === domain.name)
    )
  }

  function tokenBody({ methods, issued, scoped }: Token, origin: string, target: string): object {
    return {
      methods,
      user: { id: userId, name: username, domain, password_expires_at: null },
      issued_at: new Date(issued).toISOString(),
      expires_at: new Date(issued + lifetime).toISOString(),
      audit_ids: [],
      ...(scoped ? { project, is_domain: false, roles: [{ id: 'member', name: 'member' }] } : {}),
      ...(scoped && !/[?&]nocatalog\b/.test(target) ? { catalog: catalogue(origin) } : {}),
    }
  }

  function catalogue(origin: string): readonly object[] {
    const service = (type: string, url: string) => ({
      ...{ id: type, type, name: type },
      endpoints: [
        {
          ...{ id: `${type}-public`, interface: 'public', url },
          ...{ region: identityNames.region, region_id: identityNames.region },
        },
      ],
    })
    return [service('occi', `${origin}${basePath}/`), service('identity', `${origin}${path}/v3`)]
  }

  /** GET or HEAD validates the token in X-Subject-Token, DELETE revokes it. */
  function validateOrRevoke(request: SandboxRequest, origin: string): SandboxResponse {
    if (validToken(headerValue(request.headers, 'x-auth-token') ?? '') === undefined)
      return errorResponse(401, unauthenticated)
    const subject = headerValue(request.headers, 'x-subject-token') ?? ''
    const token = validToken(subject)
    if (token === undefined) return errorResponse(404, 'Could not find token')
    if (request.method === 'DELETE') {
      tokens.delete(subject)
      return json(204, undefined)
    }
    return json(200, { token: tokenBody(token, origin, request.target) }, [['X-Subject-Token', subject]])
  }

  function version(origin: string): object {
    return {
      id: 'v3.14',
      status: 'stable',
      updated: '2020-04-07T00:00:00Z',
      links: [{ rel: 'self', href: `${origin}${path}/v3/` }],
      'media-types': [{ base: 'application/json', type: 'application/vnd.openstack.identity-v3+json' }],
    }
  }

  return {
    url: (origin) => `${origin}${path}/v3`,
    isValidToken: (token) => validToken(token) !== undefined,
    answer(request, origin) {
      const pathname = (request.target.split('?')[0] ?? '').replace(/\/+$/, '')
      if (pathname !== path && !pathname.startsWith(`${path}/`)) return undefined
      const reads = request.method === 'GET' || request.method === 'HEAD'
      switch (pathname.slice(path.length)) {
        case '':
          return json(300, { versions: { values: [version(origin)] } })
        case '/v3':
          return json(200, { version: version(origin) })
        case '/v3/auth/tokens':
          return request.method === 'POST' ? login(request, origin) : validateOrRevoke(request, origin)
        case '/v3/auth/projects':
          if (!reads) return errorResponse(405, 'The method is not allowed for the requested URL')
          if (validToken(headerValue(request.headers, 'x-auth-token') ?? '') === undefined)
            return errorResponse(401, unauthenticated)
          return json(200, { projects: [{ ...project, domain_id: domain.id, enabled: true }], links: {} })
        default:
          return errorResponse(404, 'The resource could not be found')
      }
    },
  }
}

const unauthenticated = 'The request you have made requires authentication.'

function isProject(wanted: unknown): boolean {
  if (member(wanted, 'id') === project.id) return true
  const where = member(wanted, 'domain')
  return (
    member(wanted, 'name') === project.name &&
    (member(where, 'id') === domain.id || member(where, 'name') === domain.name)
  )
}

function errorResponse(status: number, message: string): SandboxResponse {
  return json(status, { error: { code: status, title: reasonOf(status), message } })
}

function json(
  status: number,
  value: object | undefined,
  headers: SandboxResponse['headers'] = [],
): SandboxResponse {
  return {
    status,
    reason: reasonOf(status),
    headers: [...(value === undefined ? [] : [['Content-Type', 'application/json'] as const]), ...headers],
    body: value === undefined ? '' : JSON.stringify(value),
  }
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    return undefined
  }
}

function member(value: unknown, name: string): unknown {
  return isRecord(value) && Object.hasOwn(value, name) ? value[name] : undefined
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
