/** Keystone v3: POST /auth/tokens, the token in X-Subject-Token. */

import { type HeaderPair, headerValue } from '../../basics/http.js'
import { alternatives } from '../../basics/nearest.js'
import { omitUndefined } from '../../basics/objects.js'
import { plainText } from '../../basics/words.js'
import { AuthError } from '../../errors/errors.js'
import { bareUrl, type HttpRequest, type HttpResponse, type Transport } from '../../transport/index.js'
import { listAt, parseJson, textAt, valueAt } from '../json.js'
import { httpFacts } from '../server-message.js'
import { type Dialect, type Project, requestWithToken } from './dialect.js'
import { type FederationNames, federatedLogin } from './federation.js'
import { describeIdentity, type Identity, identityBody } from './identity.js'
import { type Attempt, notKeystone, refusal } from './refusals.js'
import { describeScope, type Scope, scopeBody } from './scope.js'
import { type KeystoneToken, tokenV3 } from './token.js'
import { onHostOf } from './urls.js'

interface V3Settings {
  readonly transport: Transport
  /** `https://host:5000/v3` */
  readonly url: string
  readonly identity: Identity
  readonly federation: FederationNames
  /** Whether the answer needs to include the service catalogue, which is long. */
  readonly catalog: boolean
  /** Prompts for a one-time code when the server requires a second factor. */
  readonly passcode: () => Promise<string | undefined>
  readonly log: (step: string) => void
}

/** The maximum number of pages of projects that are read. */
const pageLimit = 100

export function keystoneV3(settings: V3Settings): Dialect {
  const { transport, url, identity, log } = settings

  async function authenticate(auth: object, attempt: Attempt, receipt?: string): Promise<KeystoneToken> {
    const request = tokenRequest(settings, { auth }, receipt)
    const response = await transport.send(request)
    log(`POST ${bareUrl(request.url)} (${attempt.method}, ${attempt.scope}) answered ${response.status}`)
    const next = headerValue(response.headers, 'openstack-auth-receipt')
    if (response.status === 401 && next !== undefined && receipt === undefined) {
      return authenticate(await secondFactor(settings, response, auth), attempt, next)
    }
    return tokenFrom(request, response, attempt)
  }

  return {
    async login(scope) {
      const attempt = { ...describeIdentity(identity), scope: describeScope(scope) }
      if (identity.method === 'voms' || identity.method === 'oidc') {
        const federated = await federatedLogin(settings, identity, attempt)
        return rescopeDirectly(federated, scope, authenticate)
      }
      if (identity.method === 'application-credential') {
        // The credential is bound to its project, and Keystone refuses even that project as a scope.
        if (scope.type !== 'any-project')
          log('application credentials have their own scope; the requested scope is ignored')
        return authenticate({ identity: identityBody(identity) }, { ...attempt, scope: 'its own scope' })
      }
      return authenticate({ identity: identityBody(identity), ...scopeMember(scope) }, attempt)
    },
    rescope(token, project) {
      const scope: Scope = { type: 'project-id', id: project.id }
      return authenticate(
        { identity: identityBody({ method: 'token', token }), ...scopeMember(scope) },
        { method: 'token', subject: undefined, scope: `project ${project.name}` },
      )
    },
    async inspect(token) {
      const request = subjectRequest('GET', url, token)
      const response = await transport.send(request)
      log(`GET ${bareUrl(request.url)} answered ${response.status}`)
      if (response.status !== 200) return undefined
      // `issued` is omitted so that the remaining lifetime is computed from the current time.
      const found = tokenV3(token, response.body)
      if (found === undefined) return undefined
      const { issued: _, ...rest } = found
      return rest
    },
    projects: (token) => projects(settings, token),
    async revoke(token) {
      const request = subjectRequest('DELETE', url, token.id)
      const response = await transport.send(request)
      log(`DELETE ${bareUrl(request.url)} answered ${response.status}`)
      const { status } = response
      // Keystone answers 401 or 404 for a token that is revoked or has expired, and also if access rules forbid revoking.
      const ended = status === 401 || status === 404
      if (status < 300 || (ended && token.accessRules === undefined)) return
      throw new AuthError('The token was deleted on this computer, but Keystone did not revoke it', {
        hint:
          token.accessRules === undefined
            ? `It stays valid until ${token.expires}.`
            : `It stays valid until ${token.expires}: the access rules of the application credential do not allow revoking it.`,
        http: httpFacts(request, response),
      })
    },
  }
}

function tokenRequest({ url, catalog }: V3Settings, body: object, receipt: string | undefined): HttpRequest {
  return {
    method: 'POST',
    url: `${url}/auth/tokens${catalog ? '' : '?nocatalog'}`,
    headers: [
      ['Content-Type', 'application/json'],
      ['Accept', 'application/json'],
      ...(receipt === undefined ? [] : [['Openstack-Auth-Receipt', receipt] as const]),
    ],
    body: JSON.stringify(body),
  }
}

function subjectRequest(method: 'GET' | 'DELETE', url: string, token: string): HttpRequest {
  const headers: readonly HeaderPair[] = [
    ['Accept', 'application/json'],
    ['X-Auth-Token', token],
    ['X-Subject-Token', token],
  ]
  return { method, url: `${url}/auth/tokens`, headers }
}

function tokenFrom(request: HttpRequest, response: HttpResponse, attempt: Attempt): KeystoneToken {
  if (response.status < 200 || response.status >= 300) throw refusal(request, response, attempt)
  const id = headerValue(response.headers, 'x-subject-token')
  const token = id === undefined ? undefined : tokenV3(id, response.body)
  if (token === undefined) throw notKeystone(request, response)
  return token
}

/** `"unscoped"` stops Keystone from using the default project when another one will be looked up. */
function scopeMember(scope: Scope): object {
  const body = scope.type === 'unscoped' || scope.type === 'project' ? 'unscoped' : scopeBody(scope)
  return body === undefined ? {} : { scope: body }
}

/** Rescopes a federated token; returns it unchanged if the scope has to be looked up first. */
async function rescopeDirectly(
  federated: KeystoneToken,
  scope: Scope,
  authenticate: (auth: object, attempt: Attempt) => Promise<KeystoneToken>,
): Promise<KeystoneToken> {
  const body = scopeBody(scope)
  if (body === undefined) return federated
  return authenticate(
    { identity: identityBody({ method: 'token', token: federated.id }), scope: body },
    { method: 'token', subject: federated.user?.name, scope: describeScope(scope) },
  )
}

/**
 * A 401 with a receipt: one factor was accepted and another is required (MFA rules; required_auth_methods).
 */
async function secondFactor(settings: V3Settings, response: HttpResponse, auth: object): Promise<object> {
  const body = parseJson(response.body)
  const required = listAt(body, 'required_auth_methods').flatMap((set) => (Array.isArray(set) ? set : []))
  const accepted = new Set(listAt(body, 'receipt', 'methods'))
  const missing = [...new Set(required)].filter((method) => !accepted.has(method))
  const user = textAt(body, 'receipt', 'user', 'id')
  settings.log(
    `the server requires another factor: ${missing.map((method) => plainText(String(method))).join(', ')}`,
  )
  const passcode = missing.includes('totp') ? await settings.passcode() : undefined
  if (passcode === undefined || passcode === '' || user === undefined) {
    throw new AuthError(
      `Keystone requires another factor: ${alternatives(missing.map((method) => plainText(String(method))))}`,
      {
        hint: missing.includes('totp')
          ? 'Give the one-time code by `passcode` (OS_PASSCODE).'
          : 'occi supports only one-time codes (totp) as a second factor.',
        facts: { missing: 'passcode', wanted: missing },
      },
    )
  }
  return { ...auth, identity: { methods: ['totp'], totp: { user: { id: user, passcode } } } }
}

/** Lists projects by GET /auth/projects; older Keystones have them under another path. */
async function projects(
  { transport, url, log }: V3Settings,
  token: KeystoneToken,
): Promise<readonly Project[]> {
  const urls = [
    `${url}/auth/projects`,
    `${url}/OS-FEDERATION/projects`,
    ...(token.user === undefined ? [] : [`${url}/users/${encodeURIComponent(token.user.id)}/projects`]),
  ]
  let last: { readonly request: HttpRequest; readonly response: HttpResponse } | undefined
  for (const firstPage of urls) {
    const found: Project[] = []
    let next: string | undefined = firstPage
    for (let page = 0; next !== undefined && page < pageLimit; page += 1) {
      const request = requestWithToken(next, token.id)
      const response = await transport.send(request)
      log(`GET ${bareUrl(next)} answered ${response.status}`)
      last = { request, response }
      if (response.status !== 200) break
      const body = parseJson(response.body)
      found.push(...listAt(body, 'projects').flatMap(projectOf))
      const link = textAt(body, 'links', 'next')
      next = link === undefined ? undefined : onHostOf(link, url)?.url
    }
    if (last?.response.status === 200) return found
    if (last?.response.status !== 404) break
  }
  if (last === undefined) return []
  throw refusal(last.request, last.response, {
    method: 'token',
    subject: token.user?.name,
    scope: 'list of projects',
  })
}

function projectOf(value: unknown): readonly Project[] {
  const id = textAt(value, 'id')
  if (id === undefined || valueAt(value, 'enabled') === false) return []
  return [{ id, name: textAt(value, 'name') ?? id, ...omitUndefined({ domain: textAt(value, 'domain_id') }) }]
}
