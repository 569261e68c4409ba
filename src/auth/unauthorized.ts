/** Explains a final 401: what the server asks for, what was sent, and what to do. */
import { plainText } from '../basics/words.js'
import { AuthError, type HttpFacts } from '../errors/errors.js'
import { bareUrl, type HttpRequest, type HttpResponse } from '../transport/index.js'
import { keystoneUri, parseChallenges } from './challenges.js'
import { httpFacts } from './server-message.js'
import type { Credentials, SentCertificate } from './types.js'

/** The error for a 401 that `signedTransport` could not resolve. */
export function unauthorized(
  request: Pick<HttpRequest, 'method' | 'url'>,
  response: HttpResponse,
  credentials?: Credentials,
): AuthError {
  const challenges = parseChallenges(response.headers)
  const used = credentials?.describe()
  const method = used?.method ?? 'none'
  const asUser = used?.subject === undefined ? '' : ` as ${plainText(used.subject)}`
  const http = httpFacts(request, response)
  const keystone = keystoneUri(challenges)
  const schemes = [...new Set(challenges.map(({ scheme }) => scheme))]
  const facts = { method, offered: schemes }
  const sentCertificate =
    credentials?.certificate === undefined ? '' : `${describeSentCertificate(credentials.certificate)} `

  if (response.tolerated.includes('certificate-required')) {
    return new AuthError('The server wants a client certificate', {
      hint: 'Use `auth` x509 with `user-cert`, or set X509_USER_PROXY.',
      http: { method: http.method, url: http.url },
      facts,
    })
  }
  const refused = method === 'token' ? refusedToken(http, { keystone, facts, offered: schemes }) : undefined
  if (refused !== undefined) return refused
  if (schemes.length === 0) {
    return new AuthError(`The server wants credentials but names no method; tried ${method}${asUser}`, {
      hint:
        sentCertificate +
        (credentials?.certificate?.mayLackRights ??
          'Name the method by `auth`: keystone, basic, digest, token, x509 or oidc.'),
      http,
      facts,
    })
  }
  if (method === 'none' && keystone !== undefined) {
    return new AuthError(`This endpoint uses Keystone at ${bareUrl(keystone)}`, {
      hint: 'Run `connect`, or set OS_USERNAME, OS_PASSWORD and OS_PROJECT_NAME.',
      http,
      facts: { ...facts, keystone: bareUrl(keystone) },
    })
  }
  if (method === 'none') {
    return new AuthError(`The server wants credentials (${schemes.map(plainText).join(', ')})`, {
      hint: hintFor(schemes),
      http,
      facts,
    })
  }
  const rules = used?.details?.['accessRules']
  if (rules !== undefined) {
    const requested = `${http.method} ${URL.canParse(http.url ?? '') ? new URL(http.url ?? '').pathname : ''}`
    return new AuthError(
      `The server refused the application credential${asUser}, whose access rules may not allow ${requested}`,
      {
        hint: `Its access rules: ${rules}. Use an application credential whose rules allow this request, or one without rules.`,
        http,
        facts,
      },
    )
  }
  const wanted = schemes.map(plainText).join(', ')
  return new AuthError(
    schemes.includes(schemeOf(method))
      ? `The server refused the ${method} credentials${asUser}`
      : `The server refused ${method}${asUser}; it asks for ${wanted}`,
    {
      hint:
        sentCertificate +
        (schemes.includes(schemeOf(method))
          ? 'Check the user name and the secret; `trail` shows each step.'
          : hintFor(schemes)),
      http,
      facts,
    },
  )
}

/** A sentence for hints that names the certificate, since it may have been found in a default location. */
export function describeSentCertificate({ file, source }: SentCertificate): string {
  return source === file
    ? `The client certificate ${plainText(file)} was found and sent.`
    : `The client certificate ${plainText(file)} (${source}) was sent.`
}

interface TokenRefusal {
  readonly keystone: string | undefined
  readonly facts: Readonly<Record<string, unknown>>
  readonly offered: readonly string[]
}

/**
 * A given token is sent as X-Auth-Token. If the server names Keystone, or no method (snf-occi), it refused
 * the token, not the method.
 */
function refusedToken(http: HttpFacts, { keystone, facts, offered }: TokenRefusal): AuthError | undefined {
  if (keystone === undefined && offered.length > 0) return undefined
  const where = keystone === undefined ? '' : ` of Keystone at ${bareUrl(keystone)}`
  return new AuthError('The server refused the token: it has expired, or is for another project or service', {
    hint: `Get a new token${where} and give it by OCCI_TOKEN or \`token-command\`; \`connect\` (\`auth\` keystone) gets them by itself.`,
    http,
    facts: keystone === undefined ? facts : { ...facts, keystone: bareUrl(keystone) },
  })
}

const hints: Readonly<Record<string, string>> = {
  basic: 'Give `username` and a password (`auth` basic).',
  digest: 'Give `username` and a password (`auth` digest).',
  bearer: 'Give a token: `auth` token `token-header` Authorization, or `auth` oidc.',
  keystone: 'Run `connect` (`auth` keystone).',
  'snf-auth': 'Run `connect` (`auth` keystone).',
}

function hintFor(schemes: readonly string[]): string {
  for (const scheme of schemes) {
    const hint = hints[scheme]
    if (hint !== undefined) return hint
  }
  return 'No built-in method supports this scheme; a plugin may: `auth` npm:PACKAGE.'
}

function schemeOf(method: string): string {
  return method === 'oidc' || method === 'token' ? 'bearer' : method
}
