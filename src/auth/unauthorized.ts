/** Explains a final 401: what the server asks for, what was sent, and what to do. */
import { plainText } from '../basics/words.js'
import { AuthError, type HttpFacts } from '../errors/errors.js'
import { bareUrl, type HttpRequest, type HttpResponse } from '../transport/index.js'
import { keystoneUri, parseChallenges } from './challenges.js'
import { httpFacts } from './server-message.js'
import type { Credentials, SentCertificate } from './types.js'

/** Returns the error for a 401 that `signedTransport` could not resolve. */
export function unauthorized(
  request: Pick<HttpRequest, 'method' | 'url'>,
  response: HttpResponse,
  credentials?: Credentials,
): AuthError {
  const challenges = parseChallenges(response.headers)
  const description = credentials?.describe()
  const method = description?.method ?? 'none'
  const asUser = description?.subject === undefined ? '' : ` as ${plainText(description.subject)}`
  const http = httpFacts(request, response)
  const keystone = keystoneUri(challenges)
  const schemes = [...new Set(challenges.map(({ scheme }) => scheme))]
  const schemeList = schemes.map(plainText).join(', ')
  const facts = { method, offered: schemes }
  const certificateSentence =
    credentials?.certificate === undefined ? '' : `${describeSentCertificate(credentials.certificate)} `

  if (response.tolerated.includes('certificate-required')) {
    return new AuthError('The server requires a client certificate', {
      hint: 'Use `auth` x509 with `user-cert`, or set X509_USER_PROXY.',
      http: { method: http.method, url: http.url },
      facts,
    })
  }
  const tokenRefusal = method === 'token' ? tokenRefusalError(http, { keystone, facts, schemes }) : undefined
  if (tokenRefusal !== undefined) return tokenRefusal
  if (schemes.length === 0) {
    return new AuthError(`The server requires credentials but names no method; tried ${method}${asUser}`, {
      hint:
        certificateSentence +
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
    return new AuthError(`The server requires credentials (${schemeList})`, {
      hint: hintFor(schemes),
      http,
      facts,
    })
  }
  const accessRules = description?.details?.['accessRules']
  if (accessRules !== undefined) {
    const operation = `${http.method} ${URL.canParse(http.url ?? '') ? new URL(http.url ?? '').pathname : ''}`
    return new AuthError(
      `The server refused the application credential${asUser}, whose access rules may not allow ${operation}`,
      {
        hint: `Its access rules: ${accessRules}. Use an application credential whose rules allow this request, or one without rules.`,
        http,
        facts,
      },
    )
  }
  const isMethodOffered = schemes.includes(schemeOf(method))
  return new AuthError(
    isMethodOffered
      ? `The server refused the ${method} credentials${asUser}`
      : `The server refused ${method}${asUser}; it asks for ${schemeList}`,
    {
      hint:
        certificateSentence +
        (isMethodOffered ? 'Check the user name and the secret; `trail` shows each step.' : hintFor(schemes)),
      http,
      facts,
    },
  )
}

/** Returns a sentence for hints that names the certificate, which may have been found in a default location. */
export function describeSentCertificate({ file, source }: SentCertificate): string {
  return source === file
    ? `The client certificate ${plainText(file)} was found and sent.`
    : `The client certificate ${plainText(file)} (${source}) was sent.`
}

interface TokenRefusalInput {
  readonly keystone: string | undefined
  readonly facts: Readonly<Record<string, unknown>>
  readonly schemes: readonly string[]
}

/**
 * Returns the error for a refused token of the method "token". If the server names Keystone, or no method
 * (snf-occi), the token is the cause. Undefined if it names other methods, because the method may be the cause.
 */
function tokenRefusalError(
  http: HttpFacts,
  { keystone, facts, schemes }: TokenRefusalInput,
): AuthError | undefined {
  if (keystone === undefined && schemes.length > 0) return undefined
  const keystoneName = keystone === undefined ? '' : ` of Keystone at ${bareUrl(keystone)}`
  return new AuthError('The server refused the token: it has expired, or is for another project or service', {
    hint: `Get a new token${keystoneName} and give it by OCCI_TOKEN or \`token-command\`; \`connect\` (\`auth\` keystone) obtains tokens itself.`,
    http,
    facts: keystone === undefined ? facts : { ...facts, keystone: bareUrl(keystone) },
  })
}

const hintsByScheme: Readonly<Record<string, string>> = {
  basic: 'Give `username` and a password (`auth` basic).',
  digest: 'Give `username` and a password (`auth` digest).',
  bearer: 'Give a token: `auth` token `token-header` Authorization, or `auth` oidc.',
  keystone: 'Run `connect` (`auth` keystone).',
  'snf-auth': 'Run `connect` (`auth` keystone).',
}

function hintFor(schemes: readonly string[]): string {
  for (const scheme of schemes) {
    const hint = hintsByScheme[scheme]
    if (hint !== undefined) return hint
  }
  return 'No built-in method supports this scheme; a plugin may: `auth` npm:PACKAGE.'
}

function schemeOf(method: string): string {
  return method === 'oidc' || method === 'token' ? 'bearer' : method
}
