/** Chooses a method: the first rule that fits the server's challenges and the available credentials. */
import { bareUrl, type HttpResponse } from '../transport/index.js'
import { type Challenge, keystoneUri, parseChallenges } from './challenges.js'
import { mayCarrySecrets } from './guard.js'
import type { AuthContext } from './types.js'

export interface Choice {
  readonly method: string
  readonly reason: string
  /** Options that this choice sets. */
  readonly options?: Readonly<Record<string, string>>
  /** The URL that will receive a secret. The caller must ask for the user's consent first. */
  readonly secretGoesTo?: string
}

/** Which credentials, and which settings for Keystone, are available without a prompt. */
interface AvailableCredentials {
  readonly user: boolean
  readonly token: boolean
  readonly authUrl: boolean
  readonly project: boolean
  /** An option that only makes sense with Keystone: an application credential, a user id, `auth-type`. */
  readonly keystone: boolean
  readonly oidc: boolean
  readonly certificate: boolean
  /** Whether the user named the certificate by an option or a variable. */
  readonly namedCertificate: boolean
  /** The names of the available credentials, without values. Part of the cache key. */
  readonly summary: string
}

/** The options that provide each kind of credentials. */
const optionGroups = {
  user: ['username'],
  token: ['token', 'token-command'],
  authUrl: ['auth-url'],
  project: ['project', 'project-id', 'domain', 'domain-id', 'system-scope', 'trust-id'],
  keystone: ['application-credential-id', 'application-credential-name', 'user-id', 'auth-type'],
  oidc: ['access-token', 'oidc-issuer', 'oidc-discovery', 'oidc-account'],
  certificate: ['user-cert', 'user-cred', 'voms'],
} as const

/**
 * Determines which credentials are available without a prompt. With `searchDefaults` it looks for a certificate in the
 * default locations, too. That takes 2 % of the time of a listing over http, so callers omit it where no certificate
 * can be used.
 */
export async function availableCredentials(
  context: AuthContext,
  { searchDefaults }: { readonly searchDefaults: boolean },
): Promise<AvailableCredentials> {
  const has = (names: readonly string[]) => names.some((name) => (context.option(name) ?? '') !== '')
  const presence = {
    user: has(optionGroups.user),
    token: has(optionGroups.token),
    authUrl: has(optionGroups.authUrl),
    project: has(optionGroups.project),
    keystone: has(optionGroups.keystone),
    oidc: has(optionGroups.oidc),
    certificate: has(optionGroups.certificate) || (searchDefaults && (await isCertificateAvailable(context))),
  }
  const presentNames = Object.entries(presence).flatMap(([name, isPresent]) => (isPresent ? [name] : []))
  const namedCertificate =
    has(['user-cert', 'user-cred']) ||
    ['X509_USER_PROXY', 'X509_USER_CERT'].some((name) => (context.env(name) ?? '') !== '')
  return { ...presence, namedCertificate, summary: presentNames.join(',') }
}

async function isCertificateAvailable(context: AuthContext): Promise<boolean> {
  const { hasCertificate } = await import('./x509/locate.js')
  return hasCertificate(context)
}

/**
 * Chooses a method by the user's credentials alone, so that the credentials are sent even to a server that also
 * accepts anonymous requests. `before-asking` means that no request has been sent: the result is undefined if the
 * credentials do not determine the method (a project is given, but no URL of a Keystone server), or if a password would
 * be sent unencrypted. A token or certificate may be chosen; the command line warns of a token sent unencrypted.
 * `server-is-open` means that the server has answered an anonymous request, so it will not name a method.
 */
export async function choiceByCredentials(
  context: AuthContext,
  when: 'before-asking' | 'server-is-open',
): Promise<Choice | undefined> {
  const { endpoint } = context
  if (endpoint === undefined) return undefined
  // These rules use only certificates that the user named.
  const available = await availableCredentials(context, { searchDefaults: false })
  // The user's choice of the method to try first.
  const firstMethod = context.option('first-method')
  const situation = { context, available, endpoint, when }
  const rule = credentialRules.find(
    ({ method, applies }) => (firstMethod ?? method) === method && applies(situation),
  )
  if (rule === undefined) return undefined
  const { method, reason } = rule
  return {
    method,
    reason,
    ...(method === 'basic' ? { secretGoesTo: endpoint.href } : {}),
  }
}

interface CredentialSituation {
  readonly context: AuthContext
  readonly available: AvailableCredentials
  readonly endpoint: URL
  readonly when: 'before-asking' | 'server-is-open'
}

interface CredentialRule extends Pick<Choice, 'method' | 'reason'> {
  readonly applies: (situation: CredentialSituation) => boolean
}

/**
 * Whether the credentials can be used without Keystone. A project, or an option that only makes sense with Keystone,
 * requires a Keystone server, whose URL the endpoint may still name. An open server will not name one, so the project
 * and these options are ignored then.
 */
const worksWithoutKeystone = ({ available, when }: CredentialSituation) =>
  !available.authUrl && (when === 'server-is-open' || !(available.project || available.keystone))

const credentialRules: readonly CredentialRule[] = [
  {
    method: 'keystone',
    reason: 'the URL of a Keystone server is given',
    applies: ({ available: { authUrl, user, token, keystone, oidc } }) =>
      authUrl && (user || token || keystone || oidc),
  },
  {
    method: 'token',
    reason: 'a token is given',
    applies: (situation) => situation.available.token && worksWithoutKeystone(situation),
  },
  {
    method: 'oidc',
    reason: 'an access token or its issuer is given',
    applies: (situation) => situation.available.oidc && worksWithoutKeystone(situation),
  },
  {
    method: 'x509',
    reason: 'a client certificate is given',
    applies: (situation) => {
      const { context, available, endpoint, when } = situation
      if (endpoint.protocol !== 'https:' || !available.namedCertificate) return false
      if (when === 'server-is-open' || context.option('first-method') === 'x509') return true
      const has = (name: string) => (context.option(name) ?? '') !== ''
      // Proxy certificates are usually for a Keystone server with VOMS, and an endpoint that does not trust their CA
      // aborts the handshake.
      return (has('user-cert') || has('user-cred')) && !has('voms') && worksWithoutKeystone(situation)
    },
  },
  {
    method: 'basic',
    reason: 'a user name is given',
    applies: (situation) => {
      const { context, available, endpoint, when } = situation
      if (!available.user || !worksWithoutKeystone(situation)) return false
      return when === 'server-is-open' || mayCarrySecrets(context, endpoint)
    },
  },
]

/** Chooses the method for the server's challenge; undefined if no available credential fits. */
export async function chooseMethod(context: AuthContext, refusal: HttpResponse): Promise<Choice | undefined> {
  const challenges = parseChallenges(refusal.headers)
  const available = await availableCredentials(context, { searchDefaults: true })
  const offered = new Set(challenges.map(({ scheme }) => schemeAliases[scheme] ?? scheme))
  if (refusal.tolerated.includes('certificate-required')) offered.add('certificate')
  for (const rule of challengeRules) {
    const isOffered = rule.scheme === undefined ? offered.size === 0 : offered.has(rule.scheme)
    if (!isOffered || !rule.isPossible(available)) continue
    return {
      method: rule.method,
      reason: rule.reason,
      ...rule.details?.({ context, challenges, available, refusal }),
    }
  }
  return undefined
}

/** Other names of schemes: Synnefo calls Keystone `snf-auth`. */
const schemeAliases: Readonly<Record<string, string>> = { 'snf-auth': 'keystone' }

interface ChallengeSituation {
  readonly context: AuthContext
  readonly challenges: readonly Challenge[]
  readonly available: AvailableCredentials
  readonly refusal: HttpResponse
}

interface ChallengeRule {
  /** The scheme of the challenge; undefined for a 401 without a challenge. */
  readonly scheme: string | undefined
  readonly method: string
  readonly isPossible: (available: AvailableCredentials) => boolean
  readonly reason: string
  /** Returns further members of the choice. */
  readonly details?: (situation: ChallengeSituation) => Partial<Choice>
}

const challengeRules: readonly ChallengeRule[] = [
  {
    scheme: 'certificate',
    method: 'x509',
    isPossible: ({ certificate }) => certificate,
    reason: 'the server asks for a client certificate',
  },
  {
    scheme: 'keystone',
    method: 'token',
    // A token without a project is assumed to be scoped; with a project, Keystone rescopes it.
    isPossible: ({ token, authUrl, project, keystone }) => token && !authUrl && !project && !keystone,
    reason: 'the server uses Keystone and a token is available',
    details: (situation) => tokenHeader(situation, 'X-Auth-Token'),
  },
  {
    scheme: 'keystone',
    method: 'keystone',
    isPossible: ({ user, token, keystone, oidc, certificate }) =>
      user || token || keystone || oidc || certificate,
    reason: 'the server names Keystone',
    details: keystoneFromChallenge,
  },
  {
    scheme: 'bearer',
    method: 'oidc',
    isPossible: ({ oidc }) => oidc,
    reason: 'the server accepts bearer tokens',
  },
  {
    scheme: 'bearer',
    method: 'token',
    isPossible: ({ token }) => token,
    reason: 'the server accepts bearer tokens and one is available',
    details: (situation) => tokenHeader(situation, 'Authorization'),
  },
  {
    scheme: 'digest',
    method: 'digest',
    isPossible: ({ user }) => user,
    reason: 'the server offers digest',
  },
  {
    scheme: 'basic',
    method: 'basic',
    isPossible: ({ user }) => user,
    reason: 'the server offers basic',
    details: ({ refusal }) => ({ secretGoesTo: refusal.url }),
  },
  {
    scheme: undefined,
    method: 'keystone',
    isPossible: ({ authUrl, user, token, keystone, oidc, certificate }) =>
      authUrl && (user || token || keystone || oidc || certificate),
    reason: 'the server names no method, and the URL of a Keystone server is given',
  },
  {
    scheme: undefined,
    method: 'token',
    isPossible: ({ token }) => token,
    reason: 'the server names no method, and a token is available',
  },
  {
    scheme: undefined,
    method: 'x509',
    isPossible: ({ certificate }) => certificate,
    reason: 'the server names no method, and a client certificate is available',
  },
]

/** Returns the header for the token: `--token-header`, or by default the usual one of the scheme. */
function tokenHeader({ context }: ChallengeSituation, defaultHeader: string): Partial<Choice> {
  return { options: { 'token-header': context.option('token-header') ?? defaultHeader } }
}

/**
 * Returns the options for the Keystone that the server's challenge names; none if the user set `--auth-url`. Only a
 * URL that the server named needs the user's consent.
 */
function keystoneFromChallenge({ context, challenges }: ChallengeSituation): Partial<Choice> {
  if ((context.option('auth-url') ?? '') !== '') return {}
  const uri = keystoneUri(challenges)
  if (uri === undefined || !URL.canParse(uri) || !/^https?:/i.test(uri)) return {}
  context.log(`Keystone named by the server: ${bareUrl(uri)}`)
  // With `auth-url-named-by`, the plugin asks for consent before it sends a secret to the URL.
  return { options: { 'auth-url': uri, 'auth-url-named-by': 'server' } }
}
