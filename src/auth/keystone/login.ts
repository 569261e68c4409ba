/** Logs in at Keystone: finds its URL, obtains a token or reads it from the cache, and signs requests with it. */

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

/** Implements `authenticate` of the Keystone plugin. */
export async function authenticate(loginContext: AuthContext): Promise<Credentials> {
  const context = withStoredSecrets(loginContext)
  const address = await findKeystone(context)
  const loginMethod = await chooseLoginMethod(context)
  const login = { context, address, loginMethod, scope: scopeOf(context) }
  const key = await cacheKey(login)
  const cached = context.purpose === 'login' ? undefined : parseCachedToken(await context.cache.get(key))
  if (cached !== undefined && isFresh(cached, context)) {
    context.log(`token from the cache, until ${cached.expires}`)
    return tokenCredentials(login, key, cached)
  }
  // Keystone has no token to revoke; the tokens of the OpenID Connect issuer can still be deleted.
  if (context.purpose === 'forget' && loginMethod.method === 'oidc') return oidc.authenticate(context)
  if (context.purpose === 'forget') {
    throw new AuthError('No login is stored on this computer', { facts: { missing: 'login' } })
  }
  return tokenCredentials(login, key, await obtainToken(login, key))
}

/** How long before its expiry a token is renewed, in seconds: a margin for the request and for clock differences. */
const renewalMargin = 60

interface KeystoneAddress {
  readonly url: KeystoneUrl
  /** Who named the URL. If the endpoint's server did, a secret is sent there only with the user's consent. */
  readonly namedBy: 'user' | 'server'
}

interface Login {
  readonly context: AuthContext
  readonly address: KeystoneAddress
  readonly loginMethod: LoginMethod
  readonly scope: Scope
}

/** Returns the URL of `auth-url`, or the one in the endpoint's 401 challenge. Throws AuthError if there is neither. */
async function findKeystone(context: AuthContext): Promise<KeystoneAddress> {
  const authUrl = optionValue(context, 'auth-url')
  if (authUrl !== undefined) {
    const namedBy = optionValue(context, 'auth-url-named-by') === 'server' ? 'server' : 'user'
    return { url: keystoneUrl(authUrl), namedBy }
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
      `The endpoint does not name its Keystone (${response.status} without a challenge that names one)`,
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

/** How long the URL of a Keystone server is remembered for a logout, in milliseconds: longer than tokens are valid. */
const addressLifetime = 30 * 86_400_000

/** Obtains a token from Keystone and stores it in the cache. */
async function obtainToken(login: Login, key: string): Promise<CachedToken> {
  const { context, loginMethod, scope } = login
  const dialect = await connectToKeystone(login)
  const token = await scopedToken({ context, dialect, method: loginMethod.method, scope })
  const cached = { ...token, usableUntil: usableUntil(token, context.now().getTime()) }
  await context.cache.set(key, serializeToken(cached), new Date(cached.usableUntil))
  return cached
}

/** Determines the version of Keystone and the user's identity. With `knownIdentity`, no secret is needed. */
async function connectToKeystone(
  { context, address, loginMethod }: Login,
  knownIdentity?: Identity,
): Promise<Dialect> {
  if (address.namedBy === 'server')
    await requireConsent(context, new URL(address.url.base), 'your credentials', 'auth-url')
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
      protocols: protocol === undefined ? defaultProtocols(identity) : [protocol],
    },
    needsCatalog: context.endpoint === undefined,
    passcode: () => context.secret('passcode', 'One-time code'),
    log,
  })
}

/** The protocol names of EGI's sites. For OpenID Connect they use `openid`, formerly `oidc`. */
function defaultProtocols(identity: Identity): readonly string[] {
  return identity.method === 'oidc' ? ['openid', 'oidc'] : ['mapped']
}

/** Returns a transport to Keystone. Its errors explain why the server refused a client certificate. */
async function transportOf(context: AuthContext, identity: Identity): Promise<Transport> {
  const server = 'identity service'
  if (identity.method !== 'voms') return transportTo(context, server)
  const { explainRefusals } = await import('../x509/refusals.js')
  return explainRefusals(transportTo(context, server, identity.tls), identity.certificate)
}

function tokenCredentials(login: Login, key: string, initialToken: CachedToken): Credentials {
  const { context, loginMethod } = login
  const keystone = login.address.url.base
  let token = initialToken
  /** The last token that had expired by this computer's clock. A new login in place of it is tried only once. */
  let expiredTokenId: string | undefined
  let pendingRenewal: Promise<void> | undefined
  const renew = () => {
    // After a `login`, which ignores the cache, a renewal may use what that login stored.
    pendingRenewal ??= obtainToken({ ...login, context: { ...context, purpose: 'use' } }, key)
      .then((newToken) => {
        token = newToken
      })
      .finally(() => {
        pendingRenewal = undefined
      })
    return pendingRenewal
  }
  const endpoint = context.endpoint === undefined ? endpointInCatalogue(context, initialToken) : {}
  return {
    identity: `keystone:${keystone}:${initialToken.user?.id ?? ''}:${initialToken.project?.id ?? initialToken.domain?.id ?? ''}`,
    secretHeaders: ['X-Auth-Token', 'X-Subject-Token', 'Openstack-Auth-Receipt'],
    expires: new Date(initialToken.expires),
    ...endpoint,
    async sign() {
      if (!isFresh(token, context) && token.id !== expiredTokenId) {
        expiredTokenId = token.id
        try {
          await renew()
        } catch (error) {
          // The renewal may fail because a one-time code has been used or Keystone is down, but the old token is valid.
          if (context.now().getTime() >= Date.parse(token.expires)) throw error
          context.log('the token could not be renewed; the old one is used until it expires')
        }
      }
      return [['X-Auth-Token', token.id]]
    },
    async renew() {
      const refusedTokenId = token.id
      context.log('the endpoint refused the token: logging in again')
      await context.cache.delete(key)
      await renew()
      return token.id !== refusedTokenId
    },
    token: async () => token.id,
    async forget() {
      await context.cache.delete(key)
      // A token that the user gave is not revoked.
      if (loginMethod.method !== 'token') {
        // The token authenticates its revocation, so no password is needed. A server with VOMS requires the
        // certificate, too.
        const tokenIdentity =
          loginMethod.method === 'voms' ? undefined : ({ method: 'token', token: token.id } as const)
        await (await connectToKeystone(login, tokenIdentity)).revoke(token)
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

/** Returns the OCCI endpoint in the catalogue, or the reason why none was chosen. */
function endpointInCatalogue(
  context: AuthContext,
  token: KeystoneToken,
): Pick<Credentials, 'endpoint' | 'noEndpoint'> {
  const result = occiEndpoint(token, {
    interface: (optionValue(context, 'interface') ?? 'public').replace(/URL$/, ''),
    region: optionValue(context, 'region'),
  })
  if (typeof result === 'string') {
    context.log(`OCCI endpoint from the catalogue: ${bareUrl(result)}`)
    return { endpoint: result }
  }
  context.log(result?.message ?? 'the catalogue has no OCCI service')
  return omitUndefined({ noEndpoint: result })
}

function nameWithDomain(entity: KeystoneToken['user']): string | undefined {
  if (entity === undefined) return undefined
  return plainText(entity.domain === undefined ? entity.name : `${entity.name} (domain ${entity.domain})`)
}

/**
 * Returns when to renew a token. Its lifetime (`expires` minus `issued`, both by Keystone's clock) is added to the
 * local time, so that a wrong local clock does not matter. The margin is at most a third of the lifetime.
 */
function usableUntil({ issued, expires }: KeystoneToken, now: number): string {
  const start = Date.parse(issued ?? '')
  const lifetime = Date.parse(expires) - (Number.isNaN(start) ? now : start)
  return new Date(now + lifetime - Math.min(renewalMargin * 1000, lifetime / 3)).toISOString()
}

function isFresh({ usableUntil }: CachedToken, context: AuthContext): boolean {
  return Date.parse(usableUntil) > context.now().getTime()
}

/** The options that determine the token, in addition to the method, the scope and the user's credentials. */
const cacheKeyOptions = [
  'username',
  'user-id',
  'user-domain',
  'user-domain-id',
  'default-domain',
  'default-domain-id',
  'application-credential-id',
  'application-credential-name',
  'identity-provider',
  'protocol',
  'oidc-issuer',
  'oidc-client-id',
  'oidc-account',
  'project-auto',
]

/**
 * Returns a hash of what determines the token. It omits the password, so that reading a cached token needs no prompt.
 */
async function cacheKey({ context, address, loginMethod, scope }: Login): Promise<string> {
  const options = cacheKeyOptions.map((name) => [name, optionValue(context, name)])
  const parts = [
    address.url.base,
    loginMethod,
    scope,
    options,
    await subjectOf(context, loginMethod),
    context.endpoint === undefined,
  ]
  return `keystone ${createHash('sha256').update(JSON.stringify(parts)).digest('hex')}`
}

/** Returns what identifies the user without a user name: a fingerprint, or the subject claim of an access token. */
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

/** Returns a context that prompts for each secret once, even if the token is renewed, except for one-time codes. */
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

/** Chooses the login method. Prompts for the user name if the method, or any login at all, requires one. */
async function chooseLoginMethod(context: AuthContext): Promise<LoginMethod> {
  const loginMethod = loginMethodOf(context)
  const available = await availableCredentials(context, { searchDefaults: true })
  const hasCredentials =
    available.user ||
    available.token ||
    available.keystone ||
    available.oidc ||
    available.certificate ||
    available.namedCertificate
  const lacksUser =
    ['password', 'totp', 'multifactor'].includes(loginMethod.method) &&
    optionValue(context, 'user-id') === undefined
  if (available.user || (hasCredentials && !lacksUser)) return loginMethod
  return (await context.ask('username', 'User name')) === undefined ? loginMethod : loginMethodOf(context)
}
