/** Exchanges a certificate or an access token for an unscoped Keystone token (OS-FEDERATION of the Identity API v3). */

import { headerValue } from '../../basics/http.js'
import { plainText } from '../../basics/words.js'
import { AuthError } from '../../errors/errors.js'
import { bareUrl, type HttpRequest, type HttpResponse, type Transport } from '../../transport/index.js'
import { httpFacts, serverMessageOf } from '../server-message.js'
import type { Identity } from './identity.js'
import { type LoginAttempt, refusalError } from './refusals.js'
import { type KeystoneToken, tokenV3 } from './token.js'

/** The names under which Keystone has registered an identity provider. */
export interface FederationNames {
  readonly provider: string
  /** The configured protocol, or the common ones, which are tried in turn. */
  readonly protocols: readonly string[]
}

interface FederationSettings {
  readonly transport: Transport
  /** `https://host:5000/v3` */
  readonly url: string
  readonly federation: FederationNames
  readonly log: (step: string) => void
}

/**
 * Logs in at the identity provider. Sends POST as rOCCI did, and GET if the server, such as keystorm, does not support
 * POST. Throws AuthError if the names are wrong (404), the token is rejected (a login page instead of a token) or
 * access is refused.
 */
export async function federatedLogin(
  settings: FederationSettings,
  identity: Extract<Identity, { method: 'voms' | 'oidc' }>,
  attempt: LoginAttempt,
): Promise<KeystoneToken> {
  const { transport, url, federation, log } = settings
  const triedNames: string[] = []
  let lastExchange: { readonly request: HttpRequest; readonly response: HttpResponse } | undefined
  for (const protocol of federation.protocols) {
    const authUrl = `${url}/OS-FEDERATION/identity_providers/${encodeURIComponent(federation.provider)}/protocols/${encodeURIComponent(protocol)}/auth`
    triedNames.push(`${federation.provider}/${protocol}`)
    for (const method of ['POST', 'GET'] as const) {
      const request: HttpRequest = {
        method,
        url: authUrl,
        headers: [
          ['Accept', 'application/json'],
          ...(identity.method === 'oidc'
            ? [['Authorization', `Bearer ${identity.accessToken}`] as const]
            : []),
        ],
      }
      const response = await transport.send(request)
      log(`${method} ${bareUrl(authUrl)} answered ${response.status}`)
      lastExchange = { request, response }
      const id = headerValue(response.headers, 'x-subject-token')
      const token = id === undefined || response.status >= 300 ? undefined : tokenV3(id, response.body)
      if (token !== undefined) return token
      if (response.status !== 404 && response.status !== 405) break
    }
    if (lastExchange === undefined || !isUnknownName(lastExchange.response)) break
  }
  if (lastExchange === undefined) throw new AuthError('No protocol to try', { hint: 'Give `protocol`.' })
  throw federationError(lastExchange.request, lastExchange.response, { identity, attempt, tried: triedNames })
}

/** Whether the provider or the protocol is unknown. Keystone answers 404 for the provider, 401 for the protocol. */
function isUnknownName(response: HttpResponse): boolean {
  if (response.status === 404 || response.status === 405) return true
  return response.status === 401 && /unsupported method/i.test(serverMessageOf(response) ?? '')
}

function federationError(
  request: HttpRequest,
  response: HttpResponse,
  login: {
    readonly identity: Identity
    readonly attempt: LoginAttempt
    readonly tried: readonly string[]
  },
): Error {
  const { identity, attempt, tried } = login
  const http = httpFacts(request, response)
  const facts = { ...attempt, tried }
  if (isUnknownName(response)) {
    return new AuthError(
      `Keystone does not know the identity provider or protocol: tried ${tried.map(plainText).join(', ')}`,
      {
        hint: "Give the site's names by `identity-provider` and `protocol` (OS_IDENTITY_PROVIDER, OS_PROTOCOL).",
        http,
        facts,
      },
    )
  }
  const isRedirect = response.status >= 300 && response.status < 400
  if (isRedirect || (response.status >= 200 && response.status < 300)) {
    return new AuthError(
      identity.method === 'oidc'
        ? `The site did not accept the access token: it answered ${response.status} with ${isRedirect ? 'a redirect to a login page' : 'no token'}`
        : `The site did not accept the client certificate: it answered ${response.status} with no token`,
      {
        hint:
          identity.method === 'oidc'
            ? 'Check that the token is still valid, that the site trusts its issuer, and that `protocol` is right.'
            : 'Check that the site trusts the certificate (the VOMS proxy with its VO).',
        http,
        facts,
      },
    )
  }
  if (response.status === 401 || response.status === 403) {
    const serverMessage = serverMessageOf(response)
    return new AuthError(
      `The site refused the ${attempt.method}${attempt.subject === undefined ? '' : ` of ${plainText(attempt.subject)}`}${serverMessage === undefined ? '' : `: ${serverMessage}`}`,
      {
        hint:
          identity.method === 'oidc'
            ? 'Check that the token is still valid, and that it names a virtual organisation (VO) or group that has a project at the site.'
            : ((identity.method === 'voms' ? identity.certificate.mayLackRights : undefined) ??
              'Check that the proxy names a virtual organisation (VO) that has a project at the site: `voms-proxy-info -all` shows it.'),
        http,
        facts,
      },
    )
  }
  return refusalError(request, response, attempt)
}
