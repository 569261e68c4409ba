/** Keystone v3: POST /auth/tokens returns the token in X-Subject-Token. */

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
import { type LoginAttempt, notKeystoneError, refusalError } from './refusals.js'
import { describeScope, type Scope, scopeBody } from './scope.js'
import { type KeystoneToken, tokenV3 } from './token.js'
import { withOriginOf } from './urls.js'

interface V3Settings {
  readonly transport: Transport
  /** `https://host:5000/v3` */
  readonly url: string
  readonly identity: Identity
  readonly federation: FederationNames
  /** Whether answers must include the service catalogue, which is long. */
  readonly needsCatalog: boolean
  /** Prompts for a one-time code when the server requires a second factor. */
  readonly passcode: () => Promise<string | undefined>
  readonly log: (step: string) => void
}

/** The maximum number of pages of projects that are read. */
const pageLimit = 100

export function keystoneV3(settings: V3Settings): Dialect {
  const { transport, url, identity, log } = settings

  async function authenticate(auth: object, attempt: LoginAttempt, receipt?: string): Promise<KeystoneToken> {
    const request = tokenRequest(settings, { auth }, receipt)
    const response = await transport.send(request)
    log(`POST ${bareUrl(request.url)} (${attempt.method}, ${attempt.scope}) answered ${response.status}`)
    const nextReceipt = headerValue(response.headers, 'openstack-auth-receipt')
    if (response.status === 401 && nextReceipt !== undefined && receipt === undefined) {
      return authenticate(await secondFactorBody(settings, response, auth), attempt, nextReceipt)
    }
    return tokenIn(request, response, attempt)
  }

  return {
    async login(scope) {
      const attempt = { ...describeIdentity(identity), scope: describeScope(scope) }
      if (identity.method === 'voms' || identity.method === 'oidc') {
        const federatedToken = await federatedLogin(settings, identity, attempt)
        return rescopeFederated(federatedToken, scope, authenticate)
      }
      if (identity.method === 'application-credential') {
        // The credential is bound to its project, and Keystone refuses even that project as a scope.
        if (scope.type !== 'any-project')
          log('the requested scope is ignored, because an application credential determines the scope')
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
    async inspect(id) {
      const request = subjectRequest('GET', url, id)
      const response = await transport.send(request)
      log(`GET ${bareUrl(request.url)} answered ${response.status}`)
      if (response.status !== 200) return undefined
      // `issued` is omitted so that the remaining lifetime is computed from the current time.
      const inspected = tokenV3(id, response.body)
      if (inspected === undefined) return undefined
      const { issued: _, ...token } = inspected
      return token
    },
    projects: (token) => listProjects(settings, token),
    async revoke(token) {
      const request = subjectRequest('DELETE', url, token.id)
      const response = await transport.send(request)
      log(`DELETE ${bareUrl(request.url)} answered ${response.status}`)
      const { status } = response
      // Keystone answers 401 or 404 for a token that is invalid already, but also if access rules forbid the
      // revocation.
      const isUnknownToken = status === 401 || status === 404
      if (status < 300 || (isUnknownToken && token.accessRules === undefined)) return
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

function tokenRequest(
  { url, needsCatalog }: V3Settings,
  body: object,
  receipt: string | undefined,
): HttpRequest {
  return {
    method: 'POST',
    url: `${url}/auth/tokens${needsCatalog ? '' : '?nocatalog'}`,
    headers: [
      ['Content-Type', 'application/json'],
      ['Accept', 'application/json'],
      ...(receipt === undefined ? [] : [['Openstack-Auth-Receipt', receipt] as const]),
    ],
    body: JSON.stringify(body),
  }
}

/** Returns a request about a token, which the same token authenticates. */
function subjectRequest(method: 'GET' | 'DELETE', url: string, token: string): HttpRequest {
  const headers: readonly HeaderPair[] = [
    ['Accept', 'application/json'],
    ['X-Auth-Token', token],
    ['X-Subject-Token', token],
  ]
  return { method, url: `${url}/auth/tokens`, headers }
}

function tokenIn(request: HttpRequest, response: HttpResponse, attempt: LoginAttempt): KeystoneToken {
  if (response.status < 200 || response.status >= 300) throw refusalError(request, response, attempt)
  const id = headerValue(response.headers, 'x-subject-token')
  const token = id === undefined ? undefined : tokenV3(id, response.body)
  if (token === undefined) throw notKeystoneError(request, response)
  return token
}

/**
 * Returns the `scope` member of a request, if any. It is `"unscoped"` for `unscoped` and `project`: Keystone does not
 * use the user's default project then, so that another project can be searched for.
 */
function scopeMember(scope: Scope): object {
  const body = scope.type === 'unscoped' || scope.type === 'project' ? 'unscoped' : scopeBody(scope)
  return body === undefined ? {} : { scope: body }
}

/** Rescopes a federated token; returns it unchanged if there is no scope, or it requires a list of projects first. */
async function rescopeFederated(
  federatedToken: KeystoneToken,
  scope: Scope,
  authenticate: (auth: object, attempt: LoginAttempt) => Promise<KeystoneToken>,
): Promise<KeystoneToken> {
  const body = scopeBody(scope)
  if (body === undefined) return federatedToken
  return authenticate(
    { identity: identityBody({ method: 'token', token: federatedToken.id }), scope: body },
    { method: 'token', subject: federatedToken.user?.name, scope: describeScope(scope) },
  )
}

/**
 * Returns the request body with the second factor, after a 401 with a receipt for the first (`required_auth_methods`).
 * Throws AuthError if the factor is not a one-time code, or there is no code.
 */
async function secondFactorBody(settings: V3Settings, response: HttpResponse, auth: object): Promise<object> {
  const body = parseJson(response.body)
  const requiredMethods = listAt(body, 'required_auth_methods').flatMap((set) =>
    Array.isArray(set) ? set : [],
  )
  const acceptedMethods = new Set(listAt(body, 'receipt', 'methods'))
  const missingMethods = [...new Set(requiredMethods)].filter((method) => !acceptedMethods.has(method))
  const methodNames = missingMethods.map((method) => plainText(String(method)))
  const user = textAt(body, 'receipt', 'user', 'id')
  settings.log(`the server requires another factor: ${methodNames.join(', ')}`)
  const acceptsPasscode = missingMethods.includes('totp')
  const passcode = acceptsPasscode ? await settings.passcode() : undefined
  if (passcode === undefined || passcode === '' || user === undefined) {
    throw new AuthError(`Keystone requires another factor: ${alternatives(methodNames)}`, {
      hint: acceptsPasscode
        ? 'Give the one-time code by `passcode` (OS_PASSCODE).'
        : 'occi supports only one-time codes (totp) as a second factor.',
      facts: { missing: 'passcode', wanted: missingMethods },
    })
  }
  return { ...auth, identity: { methods: ['totp'], totp: { user: { id: user, passcode } } } }
}

/** Lists the user's projects by GET /auth/projects, or by the paths of older Keystones. */
async function listProjects(
  { transport, url, log }: V3Settings,
  token: KeystoneToken,
): Promise<readonly Project[]> {
  const urls = [
    `${url}/auth/projects`,
    `${url}/OS-FEDERATION/projects`,
    ...(token.user === undefined ? [] : [`${url}/users/${encodeURIComponent(token.user.id)}/projects`]),
  ]
  let lastExchange: { readonly request: HttpRequest; readonly response: HttpResponse } | undefined
  for (const firstPage of urls) {
    const projects: Project[] = []
    let pageUrl: string | undefined = firstPage
    for (let page = 0; pageUrl !== undefined && page < pageLimit; page += 1) {
      const request = requestWithToken(pageUrl, token.id)
      const response = await transport.send(request)
      log(`GET ${bareUrl(pageUrl)} answered ${response.status}`)
      lastExchange = { request, response }
      if (response.status !== 200) break
      const body = parseJson(response.body)
      projects.push(...listAt(body, 'projects').flatMap(projectOf))
      const link = textAt(body, 'links', 'next')
      pageUrl = link === undefined ? undefined : withOriginOf(link, url)?.url
    }
    if (lastExchange?.response.status === 200) return projects
    if (lastExchange?.response.status !== 404) break
  }
  if (lastExchange === undefined) return []
  throw refusalError(lastExchange.request, lastExchange.response, {
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
