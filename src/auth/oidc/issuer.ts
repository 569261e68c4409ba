/** Reads the discovery document of an issuer, and sends requests to its endpoints. */

import type { HeaderPair } from '../../basics/http.js'
import { omitUndefined } from '../../basics/objects.js'
import { plainText } from '../../basics/words.js'
import { AuthError } from '../../errors/errors.js'
import { bareUrl, type HttpRequest, type HttpResponse, type Transport } from '../../transport/index.js'
import { isLoopback } from '../guard.js'
import { listAt, numberAt, parseJson, textAt } from '../json.js'
import { httpFacts } from '../server-message.js'
import { claimsOf } from './claims.js'

export interface Issuer {
  readonly issuer: string
  readonly tokenEndpoint: string
  readonly deviceEndpoint: string | undefined
  /** The endpoint that revokes tokens (RFC 7009). */
  readonly revocationEndpoint: string | undefined
  /** How a client with a secret authenticates (RFC 6749 §2.3.1): `form` if the issuer does not support `basic`. */
  readonly clientAuthentication: 'basic' | 'form'
}

export interface Client {
  readonly id: string
  /** Undefined for a public client. */
  readonly secret: string | undefined
}

export interface Tokens {
  readonly access: string
  readonly refresh?: string
  /** The lifetime of the access token, in seconds. */
  readonly lifetime?: number
  /** The lifetime of the refresh token, in seconds. */
  readonly refreshLifetime?: number
  /** The subject of the ID token, whose signature is not checked because it came directly from the issuer. */
  readonly subject?: string
}

/**
 * Reads the discovery document of an issuer (OpenID Connect Discovery §4). Throws AuthError when it is missing, names
 * endpoints without https, or describes another issuer (§4.3), which would receive the secrets of this one.
 */
export async function discoverIssuer(
  transport: Transport,
  location: { readonly issuer: string | undefined; readonly discovery: string | undefined },
  log: (step: string) => void,
): Promise<Issuer> {
  const expectedIssuer = location.issuer?.replace(/\/{1,10}$/, '')
  const url = location.discovery ?? `${expectedIssuer}/.well-known/openid-configuration`
  const request: HttpRequest = {
    method: 'GET',
    url: requireHttps(url),
    headers: [['Accept', 'application/json']],
  }
  const response = await transport.send(request)
  log(`GET ${bareUrl(url)} answered ${response.status}`)
  const body = parseJson(response.body)
  const tokenEndpoint = textAt(body, 'token_endpoint')
  if (response.status !== 200 || tokenEndpoint === undefined) {
    throw new AuthError(`${bareUrl(url)} does not describe an OpenID Connect issuer (${response.status})`, {
      hint: 'Check `oidc-issuer`, or give `oidc-discovery`.',
      http: httpFacts(request, response),
    })
  }
  const issuerInDocument = textAt(body, 'issuer')
  if (expectedIssuer !== undefined && issuerInDocument?.replace(/\/{1,10}$/, '') !== expectedIssuer) {
    throw new AuthError(
      `${bareUrl(url)} describes another issuer: ${issuerInDocument === undefined ? 'it names none' : bareUrl(issuerInDocument)}`,
      {
        hint: 'If you mean that issuer, give `oidc-issuer` exactly as its document does. Nothing was sent to it.',
        http: httpFacts(request),
      },
    )
  }
  const endpointAt = (name: string) => {
    const location = textAt(body, name)
    return location === undefined ? undefined : requireHttps(location)
  }
  const methods = listAt(body, 'token_endpoint_auth_methods_supported')
  return {
    issuer: issuerInDocument ?? url,
    tokenEndpoint: requireHttps(tokenEndpoint),
    deviceEndpoint: endpointAt('device_authorization_endpoint'),
    revocationEndpoint: endpointAt('revocation_endpoint'),
    clientAuthentication:
      methods.includes('client_secret_post') && !methods.includes('client_secret_basic') ? 'form' : 'basic',
  }
}

/** Posts a form to one of the issuer's endpoints with the client's authentication. */
export function postForm(
  transport: Transport,
  url: string,
  { client, issuer }: { readonly client: Client; readonly issuer: Issuer },
  fields: Readonly<Record<string, string>>,
): Promise<HttpResponse> {
  const form = new URLSearchParams(fields)
  const headers: HeaderPair[] = [
    ['Content-Type', 'application/x-www-form-urlencoded'],
    ['Accept', 'application/json'],
  ]
  if (client.secret === undefined || issuer.clientAuthentication === 'form') {
    form.set('client_id', client.id)
    if (client.secret !== undefined) form.set('client_secret', client.secret)
  } else {
    const idAndSecret = `${encodeURIComponent(client.id)}:${encodeURIComponent(client.secret)}`
    headers.push(['Authorization', `Basic ${Buffer.from(idAndSecret).toString('base64')}`])
  }
  return transport.send({ method: 'POST', url, headers, body: form.toString() })
}

/** Returns the tokens in an answer; undefined when it contains none. */
export function tokensIn(response: HttpResponse): Tokens | undefined {
  const body = parseJson(response.body)
  const access = textAt(body, 'access_token')
  if (response.status !== 200 || access === undefined) return undefined
  return {
    access,
    ...omitUndefined({
      subject: claimsOf(textAt(body, 'id_token') ?? '').subject,
      refresh: textAt(body, 'refresh_token'),
      lifetime: secondsAt(body, 'expires_in'),
      refreshLifetime: secondsAt(body, 'refresh_expires_in'),
    }),
  }
}

/** Returns the `error` code of an answer (RFC 6749 §5.2): `invalid_grant`. */
export function errorIn(response: HttpResponse): string | undefined {
  return textAt(parseJson(response.body), 'error')
}

/** The error codes of RFC 6749 §5.2 that a new login would not solve. */
const clientErrors = new Set([
  'invalid_client',
  'unauthorized_client',
  'unsupported_grant_type',
  'invalid_request',
])

/** Returns the error for a refused request. `request` describes it: `the device grant`, `to renew the login`. */
export function issuerRefusal(url: string, response: HttpResponse, request: string): AuthError {
  const error = errorIn(response)
  const description = textAt(parseJson(response.body), 'error_description')
  return new AuthError(
    `The issuer refused ${request}: ${plainText(error ?? String(response.status))}${description === undefined ? '' : `, ${plainText(description).slice(0, 200)}`}`,
    {
      hint: refusalHint(response.status, error),
      http: httpFacts({ method: 'POST', url }, response),
      facts: { error },
    },
  )
}

function refusalHint(status: number, error: string | undefined): string {
  if (status >= 500 || status === 429) {
    return 'The error may be temporary: try again later. The stored login is kept.'
  }
  if (error !== undefined && clientErrors.has(error)) {
    return 'Check `oidc-client-id`, its secret, and what the issuer allows this client.'
  }
  return 'Log in again with `connect`; check `oidc-client-id` and `oidc-scope`.'
}

/** Returns the URL. Throws AuthError unless it is https, or http on loopback (for tests). */
function requireHttps(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined || (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLoopback(url)))) {
    throw new AuthError(`"${bareUrl(text)}" is not an https: URL`, {
      hint: 'Check `oidc-issuer`: OpenID Connect works over https only.',
    })
  }
  return url.href
}

/** Reads a duration in seconds, limited to a century so that a Date can represent the resulting time. */
function secondsAt(body: unknown, name: string): number | undefined {
  const century = 100 * 365 * 86_400
  const seconds = numberAt(body, name)
  return seconds === undefined ? undefined : Math.max(-century, Math.min(seconds, century))
}
