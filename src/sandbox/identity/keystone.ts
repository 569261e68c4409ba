/**
 * A small Keystone with one user and one project, to practise OpenStack's logins: with a password, an application
 * credential, or a token whose scope is changed. Paths and responses are those of the Identity API v3.
 */
import { headerValue } from '../../basics/http.js'
import { isRecord } from '../../basics/objects.js'
import { reasonPhrase } from '../http/reasons.js'
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
  /** The response to a request; undefined if its path is not below /identity. */
  answer(request: SandboxRequest, origin: string): SandboxResponse | undefined
  /** Whether this service issued the token, and the token is neither revoked nor expired. */
  isValidToken(token: string): boolean
  /** The URL of the service at an origin: `http://127.0.0.1:8787/identity/v3`. */
  url(origin: string): string
}

/** The names with which clients log in. */
export const identityNames = {
  project: 'demo',
  domain: 'Default',
  applicationCredential: 'practice',
  region: 'practice',
} as const

const identityPath = '/identity'
/** Milliseconds for which a token is valid: Keystone's default of one hour. */
const tokenLifetime = 3_600_000
const domain = { id: 'default', name: identityNames.domain } as const
const project = { id: '0f1e2d3c4b5a69788796a5b4c3d2e1f0', name: identityNames.project, domain } as const
const userId = '8c7b6a5f4e3d2c1b0a9f8e7d6c5b4a39'

interface Token {
  readonly methods: readonly string[]
  readonly issuedAt: number
  readonly isScoped: boolean
}

export function identityService(settings: IdentitySettings): IdentityService {
  const { username, password, clock, uuid, basePath } = settings
  const tokens = new Map<string, Token>()
  const validToken = (id: string): Token | undefined => {
    const token = tokens.get(id)
    return token !== undefined && token.issuedAt + tokenLifetime > clock() ? token : undefined
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
    const token: Token = {
      methods: [method],
      issuedAt: clock(),
      isScoped: method === 'application_credential' || requestedProject !== undefined,
    }
    const id = uuid().replaceAll('-', '')
    tokens.set(id, token)
    return jsonResponse(201, { token: tokenBody(token, origin, request.target) }, [['X-Subject-Token', id]])
  }

  function isAuthenticated(method: string, credentials: unknown): boolean {
    switch (method) {
      case 'password':
        return (
          isUser(member(credentials, 'user')) &&
          secretsEqual(stringOrEmpty(member(member(credentials, 'user'), 'password')), password)
        )
      case 'application_credential':
        return (
          [member(credentials, 'id'), member(credentials, 'name')].includes(
            identityNames.applicationCredential,
          ) && secretsEqual(stringOrEmpty(member(credentials, 'secret')), password)
        )
      case 'token':
        return validToken(stringOrEmpty(member(credentials, 'id'))) !== undefined
      default:
        return false
    }
  }

  function isUser(user: unknown): boolean {
    if (member(user, 'id') === userId) return true
    return secretsEqual(stringOrEmpty(member(user, 'name')), username) && isDomain(member(user, 'domain'))
  }

  function tokenBody({ methods, issuedAt, isScoped }: Token, origin: string, target: string): object {
    return {
      methods,
      user: { id: userId, name: username, domain, password_expires_at: null },
      issued_at: new Date(issuedAt).toISOString(),
      expires_at: new Date(issuedAt + tokenLifetime).toISOString(),
      audit_ids: [],
      ...(isScoped ? { project, is_domain: false, roles: [{ id: 'member', name: 'member' }] } : {}),
      ...(isScoped && !/[?&]nocatalog\b/.test(target) ? { catalog: catalogue(origin) } : {}),
    }
  }

  function catalogue(origin: string): readonly object[] {
    const service = (type: string, url: string) => ({
      id: type,
      type,
      name: type,
      endpoints: [
        {
          id: `${type}-public`,
          interface: 'public',
          url,
          region: identityNames.region,
          region_id: identityNames.region,
        },
      ],
    })
    return [service('occi', `${origin}${basePath}/`), service('identity', `${origin}${identityPath}/v3`)]
  }

  /** Answers GET or HEAD, which validates the token in X-Subject-Token, and DELETE, which revokes it. */
  function validateOrRevoke(request: SandboxRequest, origin: string): SandboxResponse {
    if (validToken(headerValue(request.headers, 'x-auth-token') ?? '') === undefined)
      return errorResponse(401, unauthenticated)
    const subject = headerValue(request.headers, 'x-subject-token') ?? ''
    const token = validToken(subject)
    if (token === undefined) return errorResponse(404, 'Could not find token')
    if (request.method === 'DELETE') {
      tokens.delete(subject)
      return jsonResponse(204, undefined)
    }
    return jsonResponse(200, { token: tokenBody(token, origin, request.target) }, [
      ['X-Subject-Token', subject],
    ])
  }

  function version(origin: string): object {
    return {
      id: 'v3.14',
      status: 'stable',
      updated: '2020-04-07T00:00:00Z',
      links: [{ rel: 'self', href: `${origin}${identityPath}/v3/` }],
      'media-types': [{ base: 'application/json', type: 'application/vnd.openstack.identity-v3+json' }],
    }
  }

  return {
    url: (origin) => `${origin}${identityPath}/v3`,
    isValidToken: (token) => validToken(token) !== undefined,
    answer(request, origin) {
      const pathname = (request.target.split('?')[0] ?? '').replace(/\/+$/, '')
      if (pathname !== identityPath && !pathname.startsWith(`${identityPath}/`)) return undefined
      const isRead = request.method === 'GET' || request.method === 'HEAD'
      switch (pathname.slice(identityPath.length)) {
        case '':
          return jsonResponse(300, { versions: { values: [version(origin)] } })
        case '/v3':
          return jsonResponse(200, { version: version(origin) })
        case '/v3/auth/tokens':
          return request.method === 'POST' ? login(request, origin) : validateOrRevoke(request, origin)
        case '/v3/auth/projects':
          if (!isRead) return errorResponse(405, 'The method is not allowed for the requested URL')
          if (validToken(headerValue(request.headers, 'x-auth-token') ?? '') === undefined)
            return errorResponse(401, unauthenticated)
          return jsonResponse(200, {
            projects: [{ ...project, domain_id: domain.id, enabled: true }],
            links: {},
          })
        default:
          return errorResponse(404, 'The resource could not be found')
      }
    },
  }
}

const unauthenticated = 'The request you have made requires authentication.'

/** Whether a request's project is the only one of this service. */
function isProject(requested: unknown): boolean {
  if (member(requested, 'id') === project.id) return true
  return member(requested, 'name') === project.name && isDomain(member(requested, 'domain'))
}

/** Whether a request's domain is the only one of this service. */
function isDomain(requested: unknown): boolean {
  return member(requested, 'id') === domain.id || member(requested, 'name') === domain.name
}

function errorResponse(status: number, message: string): SandboxResponse {
  return jsonResponse(status, { error: { code: status, title: reasonPhrase(status), message } })
}

function jsonResponse(
  status: number,
  value: object | undefined,
  headers: SandboxResponse['headers'] = [],
): SandboxResponse {
  return {
    status,
    reason: reasonPhrase(status),
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

function stringOrEmpty(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
