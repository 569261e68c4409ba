/** What the server offers × what is at hand → a method. A table; the first row that fits wins. */
import type { HttpResponse } from '../transport/index.js'
import { type Challenge, keystoneUri, parseChallenges } from './challenges.js'
import { isPrivate } from './guard.js'
import { bareUrl } from './server-message.js'
import type { AuthContext } from './types.js'

export interface Choice {
  readonly method: string
  readonly why: string
  /** Options that the choice itself settles. */
  readonly options?: Readonly<Record<string, string>>
  /** Where the server's wish would send a secret; to be checked before. */
  readonly secretGoesTo?: string
}

/** What the user has given, without asking for anything. */
export interface AvailableCredentials {
  readonly user: boolean
  readonly token: boolean
  readonly authUrl: boolean
  readonly project: boolean
  /** Something that only Keystone takes: an application credential, a user id. */
  readonly keystone: boolean
  readonly oidc: boolean
  readonly certificate: boolean
  /** A certificate that the user named, by an option or a variable, rather than one found in its usual place. */
  readonly namedCertificate: boolean
  /** Names only, never values: part of the cache key. */
  readonly summary: string
}

const groups = {
  user: ['username'],
  token: ['token', 'token-command'],
  authUrl: ['auth-url'],
  project: ['project', 'project-id', 'domain', 'domain-id', 'system-scope', 'trust-id'],
  keystone: ['application-credential-id', 'application-credential-name', 'user-id', 'auth-type'],
  oidc: ['access-token', 'oidc-issuer', 'oidc-discovery', 'oidc-account'],
  certificate: ['user-cert', 'user-cred', 'voms'],
} as const

export async function isAtHand(context: AuthContext): Promise<AvailableCredentials> {
  const has = (names: readonly string[]) => names.some((name) => (context.option(name) ?? '') !== '')
  const { certificateAtHand } = await import('./x509/locate.js')
  const found = {
    user: has(groups.user),
    token: has(groups.token),
    authUrl: has(groups.authUrl),
    project: has(groups.project),
    keystone: has(groups.keystone),
    oidc: has(groups.oidc),
    certificate: has(groups.certificate) || (await certificateAtHand(context)),
  }
  const given = Object.entries(found).flatMap(([name, there]) => (there ? [name] : []))
  const namedCertificate =
    has(['user-cert', 'user-cred']) ||
    ['X509_USER_PROXY', 'X509_USER_CERT'].some((name) => (context.env(name) ?? '') !== '')
  return { ...found, namedCertificate, summary: given.join(',') }
}

/**
 * What is sent before the server has asked for anything: a server that answers strangers would otherwise show,
 * and change, somebody else's things. `before-asking`: undefined where what was given does not tell the method
 * (a project without its Keystone), or where others could read a password on the way. `server-is-open`: the
 * server has answered a request without credentials, so it will not name a method.
 */
export async function choiceByGiven(
  context: AuthContext,
  when: 'before-asking' | 'server-is-open',
): Promise<Choice | undefined> {
  const { endpoint } = context
  if (endpoint === undefined) return undefined
  const hand = await isAtHand(context)
  const wished = context.option('first-method')
  const situation = { context, hand, endpoint, when }
  const found = givenRules.find(
    ({ method, fits }) => (wished === undefined || wished === method) && fits(situation),
  )
  if (found === undefined) return undefined
  const { method, why, options } = found
  return {
    method,
    why,
    ...(options === undefined ? {} : { options }),
    ...(method === 'basic' ? { secretGoesTo: endpoint.href } : {}),
  }
}

interface GivenSituation {
  readonly context: AuthContext
  readonly hand: AvailableCredentials
  readonly endpoint: URL
  readonly when: 'before-asking' | 'server-is-open'
}

interface GivenRule extends Choice {
  readonly fits: (situation: GivenSituation) => boolean
}

/** A project, or what only Keystone takes, says that a Keystone is meant which only the server can name. */
const notForKeystone = ({ hand, when }: GivenSituation) =>
  !hand.authUrl && (when === 'server-is-open' || !(hand.project || hand.keystone))

const givenRules: readonly GivenRule[] = [
  {
    method: 'keystone',
    why: 'a Keystone is given',
    fits: ({ hand: { authUrl, user, token, keystone, oidc } }) =>
      authUrl && (user || token || keystone || oidc),
  },
  {
    method: 'token',
    why: 'a token is given',
    fits: (situation) => situation.hand.token && notForKeystone(situation),
  },
  {
    method: 'oidc',
    why: 'an access token or its issuer is given',
    fits: (situation) => situation.hand.oidc && notForKeystone(situation),
  },
  {
    method: 'x509',
    why: 'a client certificate is given',
    fits: (situation) => {
      const { context, hand, endpoint, when } = situation
      if (endpoint.protocol !== 'https:' || !hand.namedCertificate) return false
      if (when === 'server-is-open' || context.option('first-method') === 'x509') return true
      const has = (name: string) => (context.option(name) ?? '') !== ''
      // A proxy is mostly for a Keystone with VOMS, and an endpoint that does not know its authority breaks off.
      return (has('user-cert') || has('user-cred')) && !has('voms') && notForKeystone(situation)
    },
  },
  {
    method: 'basic',
    why: 'a user name is given',
    fits: (situation) => {
      const { context, hand, endpoint, when } = situation
      if (!hand.user || !notForKeystone(situation)) return false
      return when === 'server-is-open' || isPrivate(context, endpoint)
    },
  },
]

/** Undefined when nothing at hand answers what the server asks for. */
export async function chooseMethod(context: AuthContext, refusal: HttpResponse): Promise<Choice | undefined> {
  const challenges = parseChallenges(refusal.headers)
  const hand = await isAtHand(context)
  const offered = new Set(challenges.map(({ scheme }) => aliases[scheme] ?? scheme))
  if (refusal.tolerated.includes('certificate-required')) offered.add('certificate')
  for (const rule of rules) {
    const fits = rule.scheme === undefined ? offered.size === 0 : offered.has(rule.scheme)
    if (!fits || !rule.needs(hand)) continue
    return {
      method: rule.method,
      why: rule.why,
      ...rule.more?.({ context, challenges, hand, refusal }),
    }
  }
  return undefined
}

const aliases: Readonly<Record<string, string>> = { 'snf-auth': 'keystone' }

interface Situation {
  readonly context: AuthContext
  readonly challenges: readonly Challenge[]
  readonly hand: AvailableCredentials
  readonly refusal: HttpResponse
}

interface Rule {
  /** Undefined: a 401 that names no method. */
  readonly scheme: string | undefined
  readonly method: string
  readonly needs: (hand: AvailableCredentials) => boolean
  readonly why: string
  readonly more?: (situation: Situation) => Partial<Choice>
}

const rules: readonly Rule[] = [
  {
    scheme: 'certificate',
    method: 'x509',
    needs: ({ certificate }) => certificate,
    why: 'the server asks for a client certificate',
  },
  {
    scheme: 'keystone',
    method: 'token',
    // A token alone is taken to be scoped already; with a project it is rescoped by Keystone.
    needs: ({ token, authUrl, project, keystone }) => token && !authUrl && !project && !keystone,
    why: 'the server uses Keystone and a token is at hand',
    more: (situation) => tokenHeader(situation, 'X-Auth-Token'),
  },
  {
    scheme: 'keystone',
    method: 'keystone',
    needs: ({ user, token, keystone, oidc, certificate }) => user || token || keystone || oidc || certificate,
    why: 'the server names Keystone',
    more: namedKeystone,
  },
  {
    scheme: 'bearer',
    method: 'oidc',
    needs: ({ oidc }) => oidc,
    why: 'the server takes bearer tokens',
  },
  {
    scheme: 'bearer',
    method: 'token',
    needs: ({ token }) => token,
    why: 'the server takes bearer tokens and one is at hand',
    more: (situation) => tokenHeader(situation, 'Authorization'),
  },
  {
    scheme: 'digest',
    method: 'digest',
    needs: ({ user }) => user,
    why: 'the server offers digest',
  },
  {
    scheme: 'basic',
    method: 'basic',
    needs: ({ user }) => user,
    why: 'the server offers basic',
    more: ({ refusal }) => ({ secretGoesTo: refusal.url }),
  },
  {
    scheme: undefined,
    method: 'keystone',
    needs: ({ authUrl, user, token, keystone, oidc }) => authUrl && (user || token || keystone || oidc),
    why: 'the server names no method, and a Keystone is given',
  },
  {
    scheme: undefined,
    method: 'token',
    needs: ({ token }) => token,
    why: 'the server names no method, and a token is at hand',
  },
  {
    scheme: undefined,
    method: 'x509',
    needs: ({ certificate }) => certificate,
    why: 'the server names no method, and a client certificate is at hand',
  },
]

/** What the user says goes before what is usual. */
function tokenHeader({ context }: Situation, usual: string): Partial<Choice> {
  return { options: { 'token-header': context.option('token-header') ?? usual } }
}

/** `--auth-url` goes before what the server says; only the server's word needs the user's consent. */
function namedKeystone({ context, challenges }: Situation): Partial<Choice> {
  if ((context.option('auth-url') ?? '') !== '') return {}
  const uri = keystoneUri(challenges)
  if (uri === undefined || !URL.canParse(uri) || !/^https?:/i.test(uri)) return {}
  context.trail(`Keystone named by the server: ${bareUrl(uri)}`)
  // The plugin looks twice before it sends a secret to a place that the server named.
  return { options: { 'auth-url': uri, 'auth-url-named-by': 'server' } }
}
