/** Logs in at Keystone: finds its URL, gets a token (or reads it from the cache), and signs requests with X-Auth-Token. */

import { createHash } from 'node:crypto'
import { omitUndefined } from '../../basics/objects.js'
import { plainText } from '../../basics/words.js'
import { AuthError } from '../../errors/errors.js'
import { bareUrl, type Transport } from '../../transport/index.js'
import { keystoneUri, parseChallenges } from '../challenges.js'
import { availableCredentials } from '../choice.js'
import { requireConsent } from '../guard.js'
import { forgetTokens } from '../oidc/access-token.js'
import { claimsOf } from '../oidc/claims.js'
import { oidc } from '../oidc/oidc.js'
import { optionValue } from '../option-value.js'
import { transportTo } from '../other-server.js'
import { rememberedMethodPrefix } from '../platform.js'
import type { AuthContext, Credentials } from '../types.js'
import type { Dialect } from './dialect.js'
import { discoverKeystone } from './discovery.js'
import { scopedToken } from './flow.js'
import { type Identity, identityOf } from './identity.js'
import { type LoginMethod, loginMethodOf } from './options.js'
import { type Scope, scopeOf } from './scope.js'
import {
  type CachedToken,
  type KeystoneToken,
  occiEndpoint,
  parseCachedToken,
  serializeToken,
} from './token.js'
import { type KeystoneUrl, keystoneUrl } from './urls.js'
import { keystoneV2 } from './v2.js'
import { keystoneV3 } from './v3.js'

/** The `authenticate` of the Keystone plugin. */
export async function authenticate(original: AuthContext): Promise<Credentials> {
  const context = withStoredSecrets(original)
  const address = await findKeystone(context)
  const loginMethod = await chosenLoginMethod(context)
  const login = { context, address, loginMethod, scope: scopeOf(context) }
  const key = await cacheKey(login)
  const cached = context.purpose === 'login' ? undefined : parseCachedToken(await context.cache.get(key))
  if (cached !== undefined && isFresh(cached, context)) {
    context.log(`token from the cache, until ${cached.expires}`)
    return credentials(login, key, cached)
  }
  // Keystone has no token to revoke; the tokens of the OpenID Connect issuer can still be deleted.
  if (context.purpose === 'forget' && loginMethod.method === 'oidc') return oidc.authenticate(context)
  if (context.purpose === 'forget') {
    throw new AuthError('No login is stored on this computer', { facts: { missing: 'login' } })
  }
  return credentials(login, key, await obtain(login, key))
}

/**
 * Seconds before its expiry at which a token is renewed, as a margin for the request and for clock
 * differences.
 */
const renewalMargin = 60

interface KeystoneAddress {
  readonly url: KeystoneUrl
  /** `server`: the endpoint named it, so a secret is sent there only after a check. */
  readonly namedBy: 'user' | 'server'
}

interface Login {
  readonly context: AuthContext
  readonly address: KeystoneAddress
  readonly loginMethod: LoginMethod
  readonly scope: Scope
}

/** The URL of Keystone: `auth-url`, or the one in the endpoint's 401 challenge. Throws AuthError if there is neither. */
async function findKeystone(context: AuthContext): Promise<KeystoneAddress> {
  const named = optionValue(context, 'auth-url')
  if (named !== undefined) {
    const namedBy = optionValue(context, 'auth-url-named-by') === 'server' ? 'server' : 'user'
    return { url: keystoneUrl(named), namedBy }
  }
  const { endpoint } = context
  if (endpoint === undefined) {
    throw new AuthError('The URL of Keystone is unknown', {
      hint: 'Give `auth-url` (OS_AUTH_URL), or an `endpoint` that names it.',
      facts: { missing: 'auth-url' },
    })
  }
  // A logout uses the URL of the last login instead of sending a request.
  const key = `${rememberedMethodPrefix}keystone of ${endpoint.href}`
  const remembered = await context.cache.get(key)
  if (context.purpose === 'forget' && remembered !== undefined) {
    return { url: keystoneUrl(remembered), namedBy: 'server' }
  }
  const url = new URL('-/', endpoint.href.endsWith('/') ? endpoint.href : `${endpoint.href}/`).href
  const response =
    context.challenge ??
    (await context.transport().send({ method: 'GET', url, headers: [['Accept', 'text/plain']] }))
  const uri = keystoneUri(parseChallenges(response.headers))
  context.log(
    `GET ${bareUrl(url)} answered ${response.status}${uri === undefined ? '' : `, Keystone at ${bareUrl(uri)}`}`,
  )
  if (uri === undefined) {
    throw new AuthError(
      `The endpoint does not say where its Keystone is (${response.status} without a challenge that names Keystone)`,
      {
        hint: 'Give `auth-url` (OS_AUTH_URL), or try `auth` auto.',
        facts: { missing: 'auth-url' },
      },
    )
  }
  if (uri !== remembered)
    await context.cache.set(key, uri, new Date(context.now().getTime() + addressLifetime))
  return { url: keystoneUrl(uri), namedBy: 'server' }
}

/** Milliseconds for which the URL of a Keystone is remembered for a logout: longer than tokens are valid. */
const addressLifetime = 30 * 86_400_000

async function obtain(login: Login, key: string): Promise<CachedToken> {
  const { context, loginMethod, scope } = login
  const dialect = await openKeystone(login)
  const token = await scopedToken({ context, dialect, method: loginMethod.method, scope })
  const cached = { ...token, usableUntil: usableUntil(token, context.now().getTime()) }
  await context.cache.set(key, serializeToken(cached), new Date(cached.usableUntil))
  return cached
}

/** Determines the version of Keystone. `knownIdentity` is used instead of asking the user for a secret. */
async function openKeystone(
  { context, address, loginMethod }: Login,
  knownIdentity?: Identity,
): Promise<Dialect> {
  if (address.namedBy === 'server')
    await requireConsent(context, new URL(address.url.base), 'your credentials')
  const { log } = context
  const identity = knownIdentity ?? (await identityOf(context, loginMethod.method))
  const transport = await transportOf(context, identity)
  const api = await discoverKeystone(transport, address.url, loginMethod.version, log)
  if (api.version === 2) return keystoneV2({ transport, url: api.url, identity, log })
  const protocol = optionValue(context, 'protocol')
  return keystoneV3({
    transport,
    url: api.url,
    identity,
    federation: {
      provider: optionValue(context, 'identity-provider') ?? 'egi.eu',
      // `openid` is what EGI's sites use now, `oidc` what they used before.
      protocols:
        protocol !== undefined ? [protocol] : identity.method === 'oidc' ? ['openid', 'oidc'] : ['mapped'],
    },
    catalog: context.endpoint === undefined,
    passcode: () => context.secret('passcode', 'One-time code'),
    log,
  })
}

/** A transport to Keystone. Its errors explain why the server refused a client certificate. */
async function transportOf(context: AuthContext, identity: Identity): Promise<Transport> {
  const server = 'identity service'
  if (identity.method !== 'voms') return transportTo(context, server)
  const { explainRefusals } = await import('../x509/refusals.js')
  return explainRefusals(transportTo(context, server, identity.tls), identity.certificate)
}

function credentials(login: Login, key: string, first: CachedToken): Credentials {
  const { context, loginMethod } = login
  const keystone = login.address.url.base
  let token = first
  /** The token that expired by this computer's clock, and for which a new login was already tried. */
  let renewedFor: string | undefined
  let renewing: Promise<void> | undefined
  const renew = () => {
    // Purpose `login` ignores the cache; a renewal may use the token that another request has just stored.
    renewing ??= obtain({ ...login, context: { ...context, purpose: 'use' } }, key)
      .then((next) => {
        token = next
      })
      .finally(() => {
        renewing = undefined
      })
    return renewing
  }
  const endpoint = context.endpoint === undefined ? endpointInCatalogue(context, first) : {}
  return {
    identity: `keystone:${keystone}:${first.user?.id ?? ''}:${first.project?.id ?? first.domain?.id ?? ''}`,
    secretHeaders: ['X-Auth-Token', 'X-Subject-Token', 'Openstack-Auth-Receipt'],
    expires: new Date(first.expires),
    ...endpoint,
    async sign() {
      if (!isFresh(token, context) && token.id !== renewedFor) {
        renewedFor = token.id
        try {
          await renew()
        } catch (error) {
          // The renewal may fail because a one-time code is used up or Keystone is down. The old token is still valid.
          if (context.now().getTime() >= Date.parse(token.expires)) throw error
          context.log('the token could not be renewed; the old one is used until it expires')
        }
      }
      return [['X-Auth-Token', token.id]]
    },
    async renew() {
      const refused = token.id
      context.log('the endpoint refused the token: logging in again')
      await context.cache.delete(key)
      await renew()
      return token.id !== refused
    },
    token: async () => token.id,
    async forget() {
      await context.cache.delete(key)
      // A token given by the user is not revoked.
      if (loginMethod.method !== 'token') {
        // The token authenticates its own revocation, so no password is asked for. A server with VOMS also wants the certificate.
        const ownToken =
          loginMethod.method === 'voms' ? undefined : ({ method: 'token', token: token.id } as const)
        await (await openKeystone(login, ownToken)).revoke(token)
      }
      if (loginMethod.method === 'oidc') await forgetTokens(context)
    },
    describe: () => ({
      method: 'keystone',
      ...omitUndefined({
        subject: nameWithDomain(token.user),
        project: nameWithDomain(token.project),
        issuer: keystone,
        expires: new Date(token.expires),
      }),
      details: {
        authentication: loginMethod.method,
        version: String(token.version),
        ...(token.domain === undefined ? {} : { domain: plainText(token.domain.name) }),
        ...(token.system === true ? { scope: 'system' } : {}),
        ...(token.trust === undefined ? {} : { trust: plainText(token.trust) }),
        ...(token.accessRules === undefined
          ? {}
          : { accessRules: token.accessRules.map(plainText).join(', ') }),
        ...(token.roles.length === 0 ? {} : { roles: token.roles.map(plainText).join(', ') }),
      },
    }),
  }
}

/** The OCCI endpoint in the catalogue, or the reason why none was chosen. */
function endpointInCatalogue(
  context: AuthContext,
  token: KeystoneToken,
): Pick<Credentials, 'endpoint' | 'noEndpoint'> {
  const found = occiEndpoint(token, {
    interface: (optionValue(context, 'interface') ?? 'public').replace(/URL$/, ''),
    region: optionValue(context, 'region'),
  })
  if (typeof found === 'string') {
    context.log(`OCCI endpoint from the catalogue: ${bareUrl(found)}`)
    return { endpoint: found }
  }
  context.log(found?.message ?? 'the catalogue has no OCCI service')
  return omitUndefined({ noEndpoint: found })
}

function nameWithDomain(named: KeystoneToken['user']): string | undefined {
  if (named === undefined) return undefined
  return plainText(named.domain === undefined ? named.name : `${named.name} (domain ${named.domain})`)
}

/**
 * The lifetime of the token (`expires` minus `issued`, both by Keystone's clock) is added to the local time, so that
 * a wrong local clock does no harm. The margin is at most a third of the lifetime.
 */
function usableUntil({ issued, expires }: KeystoneToken, now: number): string {
  const start = Date.parse(issued ?? '')
  const life = Date.parse(expires) - (Number.isNaN(start) ? now : start)
  return new Date(now + life - Math.min(renewalMargin * 1000, life / 3)).toISOString()
}

function isFresh({ usableUntil }: CachedToken, context: AuthContext): boolean {
  return Date.parse(usableUntil) > context.now().getTime()
}

/** A hash of everything that determines the token except the password, so that using a cached token needs no prompt. */
async function cacheKey({ context, address, loginMethod, scope }: Login): Promise<string> {
  const options = [
    'username',
    'user-id',
    'user-domain',
    'user-domain-id',
    'default-domain',
    'default-domain-id',
  ]
    .concat(['application-credential-id', 'application-credential-name', 'identity-provider', 'protocol'])
    .concat(['oidc-issuer', 'oidc-client-id', 'oidc-account', 'project-auto'])
    .map((name) => [name, optionValue(context, name)])
  const facts = [
    address.url.base,
    loginMethod,
    scope,
    options,
    await subjectOf(context, loginMethod),
    context.endpoint === undefined,
  ]
  return `keystone ${createHash('sha256').update(JSON.stringify(facts)).digest('hex')}`
}

/** Identifies the user of credentials without a user name: a fingerprint, or the subject claim of an access token. */
async function subjectOf(context: AuthContext, loginMethod: LoginMethod): Promise<string | undefined> {
  const hash = (text: string | Uint8Array) => createHash('sha256').update(text).digest('hex')
  switch (loginMethod.method) {
    case 'token':
      return hash(optionValue(context, 'token-command') ?? optionValue(context, 'token') ?? '')
    case 'oidc': {
      const token = optionValue(context, 'access-token')
      if (token === undefined) return undefined
      const { issuer, subject } = claimsOf(token)
      return subject === undefined ? hash(token) : `${issuer ?? ''} ${subject}`
    }
    case 'voms': {
      const { credentialFingerprint } = await import('../x509/client-certificate.js')
      return credentialFingerprint(context)
    }
    default:
      return undefined
  }
}

/** A context that asks for each secret once, however often the token is renewed, except for one-time codes. */
function withStoredSecrets(context: AuthContext): AuthContext {
  const secrets = new Map<string, Promise<string | undefined>>()
  return {
    ...context,
    secret(name, prompt) {
      if (name === 'passcode') return context.secret(name, prompt)
      const answer = secrets.get(name) ?? context.secret(name, prompt)
      secrets.set(name, answer)
      return answer
    },
  }
}

/** The login method. Asks for the user name if it is missing and a password is the only possible method. */
async function chosenLoginMethod(context: AuthContext): Promise<LoginMethod> {
  const loginMethod = loginMethodOf(context)
  const available = await availableCredentials(context, { searchDefaults: true })
  const hasNoCredentials = !Object.values({ ...available, authUrl: false, project: false, summary: '' }).some(
    Boolean,
  )
  const lacksUser =
    ['password', 'totp', 'multifactor'].includes(loginMethod.method) &&
    optionValue(context, 'user-id') === undefined
  if (available.user || !(hasNoCredentials || lacksUser)) return loginMethod
  return (await context.ask('username', 'User name')) === undefined ? loginMethod : loginMethodOf(context)
}
