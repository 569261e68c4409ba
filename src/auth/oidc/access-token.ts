/** Obtains an access token: from the user, a command, oidc-agent, the cache or the issuer. */

import { createHash } from 'node:crypto'
import { omitUndefined } from '../../basics/objects.js'
import { plainText } from '../../basics/words.js'
import { AuthError, OcciError } from '../../errors/errors.js'
import { bareUrl } from '../../transport/index.js'
import { parseJson, textAt } from '../json.js'
import { optionValue } from '../option-value.js'
import { transportTo } from '../other-server.js'
import { httpFacts } from '../server-message.js'
import { runTokenCommand, tokenFromUser } from '../token.js'
import type { AuthContext } from '../types.js'
import { tokenFromAgent } from './agent.js'
import { claimsOf } from './claims.js'
import { deviceLogin } from './device.js'
import {
  type Client,
  discoverIssuer,
  errorIn,
  type Issuer,
  issuerRefusal,
  postForm,
  type Tokens,
  tokensIn,
} from './issuer.js'

export interface AccessToken {
  readonly value: string
  readonly expires: Date | undefined
  /** The origin of the token: `given` (by the user), `command`, `oidc-agent`, `cache`, `refresh`, or the grant. */
  readonly source: string
  /** The subject and the issuer, if known. */
  readonly subject: string | undefined
  readonly issuer: string | undefined
}

/** How long before its expiry a token is renewed, in seconds; at most a third of its lifetime. */
const renewalMargin = 60

/**
 * Returns an access token. Tries in this order: the user, a command, oidc-agent, the cache, a refresh token, a grant of
 * the issuer. With the purpose `forget`, only the cache is read. A token equal to `refusedToken`, which a server has
 * refused, is not returned again. Throws AuthError if there is none.
 */
export async function accessToken(context: AuthContext, refusedToken?: string): Promise<AccessToken> {
  if (context.purpose === 'forget') return cachedLogin(context)
  const userToken = context.option('access-token')?.trim()
  if (userToken !== undefined && userToken !== '') {
    if (userToken === refusedToken)
      throw refusedTokenError('The given access token was refused or has expired')
    return accessTokenOf(userToken, 'given')
  }
  const command = context.option('token-command')
  if (command !== undefined && command !== '') {
    const value = await runTokenCommand(context.machine.run, command)
    if (value === refusedToken) throw refusedTokenError('The token command printed the refused token again')
    return accessTokenOf(value, 'command')
  }
  const account = context.option('oidc-account')
  if (account !== undefined && account !== '') {
    const { access, expires, issuer } = await tokenFromAgent(context, account)
    if (access === refusedToken) throw refusedTokenError('oidc-agent returned the refused token again')
    return accessTokenOf(access, 'oidc-agent', omitUndefined({ expires, issuer }))
  }
  return tokenFromIssuer(context, refusedToken)
}

/**
 * Deletes the cached login and asks the issuer to revoke the tokens of that login (RFC 7009), so that copies become
 * useless too.
 * Throws when the issuer refuses; the cached login is deleted even then.
 */
export async function forgetTokens(context: AuthContext): Promise<void> {
  const tokens = await takeTokens(context)
  const configured = configuredIssuer(context)
  if (tokens.length === 0 || configured === undefined) return
  const issuer = await discoverIssuer(transportTo(context, 'issuer'), configured.location, context.log)
  if (issuer.revocationEndpoint === undefined) {
    context.show?.(
      `The issuer ${bareUrl(issuer.issuer)} cannot revoke tokens: they were deleted on this computer, but stay valid until they expire.`,
    )
  }
  await revokeTokens(context, { client: configured.client, issuer }, tokens)
}

/** A token to be revoked. */
interface TokenToRevoke {
  readonly value: string
  readonly type: 'refresh_token' | 'access_token'
}

/** Removes the tokens from the cache and returns them, except a refresh token that the user gave. */
async function takeTokens(context: AuthContext): Promise<readonly TokenToRevoke[]> {
  const cachedRefresh = await cachedRefreshToken(context)
  const cachedAccess = await cachedAccessToken(context)
  const key = cacheKey(context)
  await context.cache.delete(`oidc access ${key}`)
  await context.cache.delete(`oidc login ${key}`)
  const tokens: TokenToRevoke[] = []
  if (cachedRefresh !== undefined && cachedRefresh.value !== optionValue(context, 'refresh-token')) {
    tokens.push({ value: cachedRefresh.value, type: 'refresh_token' })
  }
  if (cachedAccess !== undefined) tokens.push({ value: cachedAccess.value, type: 'access_token' })
  return tokens
}

/** Revokes tokens at the issuer, if it has a revocation endpoint. Throws AuthError when it refuses. */
async function revokeTokens(
  context: AuthContext,
  clientAtIssuer: { readonly client: Client; readonly issuer: Issuer },
  tokens: readonly TokenToRevoke[],
): Promise<void> {
  const { revocationEndpoint } = clientAtIssuer.issuer
  if (revocationEndpoint === undefined) return
  for (const { value, type } of tokens) {
    const fields = { token: value, token_type_hint: type }
    const response = await postForm(
      transportTo(context, 'issuer'),
      revocationEndpoint,
      clientAtIssuer,
      fields,
    )
    context.log(`POST ${bareUrl(revocationEndpoint)} (${type}) answered ${response.status}`)
    // Self-contained access tokens cannot be revoked (RFC 7009 §2.2.1).
    if (response.status === 200 || errorIn(response) === 'unsupported_token_type') continue
    throw new AuthError(
      `The tokens were deleted on this computer, but the issuer did not revoke them: ${plainText(errorIn(response) ?? String(response.status))}`,
      {
        hint: 'They stay valid until they expire. You may be able to end the login on the web pages of the issuer.',
        http: httpFacts({ method: 'POST', url: revocationEndpoint }, response),
      },
    )
  }
}

interface ConfiguredIssuer {
  readonly location: { readonly issuer: string | undefined; readonly discovery: string | undefined }
  readonly client: Client
}

/** Returns the issuer and client from the options; undefined when one of them is not configured. */
function configuredIssuer(context: AuthContext): ConfiguredIssuer | undefined {
  const location = {
    issuer: optionValue(context, 'oidc-issuer'),
    discovery: optionValue(context, 'oidc-discovery'),
  }
  const id = optionValue(context, 'oidc-client-id')
  if ((location.issuer === undefined && location.discovery === undefined) || id === undefined)
    return undefined
  return { location, client: { id, secret: optionValue(context, 'oidc-client-secret') } }
}

async function tokenFromIssuer(context: AuthContext, refusedToken: string | undefined): Promise<AccessToken> {
  const configured = configuredIssuer(context)
  if (configured === undefined) {
    // There is no issuer to request a token from, but the keyring or the user may have a token.
    const value = await tokenFromUser(context, 'access-token', 'Access token')
    if (value !== undefined && value !== '' && value !== refusedToken) return accessTokenOf(value, 'given')
    throw new AuthError('There is no access token', {
      hint: 'Give `oidc-account` (oidc-agent), `token-command`, OS_ACCESS_TOKEN, or `oidc-issuer` and `oidc-client-id`.',
      facts: { missing: 'access-token' },
    })
  }
  const { client, location } = configured
  const usableCachedToken = async () => {
    const token = context.purpose === 'login' ? undefined : await cachedAccessToken(context)
    return token?.value === refusedToken ? undefined : token
  }
  const cachedToken = await usableCachedToken()
  if (cachedToken !== undefined) {
    context.log('access token from the cache')
    return cachedToken
  }
  const discover = () => discoverIssuer(transportTo(context, 'issuer'), location, context.log)
  // A refresh token may be valid for only one use, and some issuers end the login when it is used again. Processes
  // therefore take turns, and each checks first whether another process has renewed the token.
  const renewedToken = await withCacheLock(
    context,
    async () => (await usableCachedToken()) ?? (await useRefreshToken(context, client, discover)),
  )
  if (renewedToken !== undefined) return renewedToken
  const grant = grantOf(context)
  const issuer = await discover()
  if (context.purpose === 'login') await revokeOldLogin(context, { client, issuer })
  return storeTokens(context, await requestTokens(context, issuer, client, grant), { source: grant })
}

/**
 * Revokes the previous login before a new one begins. Afterwards would be too late: issuers that end all logins of
 * the user when one refresh token is revoked would end the new login as well.
 */
async function revokeOldLogin(
  context: AuthContext,
  clientAtIssuer: { readonly client: Client; readonly issuer: Issuer },
): Promise<void> {
  try {
    await revokeTokens(context, clientAtIssuer, await takeTokens(context))
  } catch (error) {
    if (!(error instanceof OcciError)) throw error
    context.warn(`the previous login was not revoked: ${error.message}`)
  }
}

function withCacheLock<T>(context: AuthContext, work: () => Promise<T>): Promise<T> {
  const { cache } = context
  return cache.withLock === undefined ? work() : cache.withLock(`oidc refresh ${cacheKey(context)}`, work)
}

type Grant = 'device' | 'client-credentials' | 'password'

const grantsByAuthType: ReadonlyMap<string, Grant> = new Map([
  ['v3oidcclientcredentials', 'client-credentials'],
  ['v3oidcpassword', 'password'],
])

/** Returns the grant of `oidc-grant`, or by default the one that the auth type of keystoneauth implies. */
function grantOf(context: AuthContext): Grant {
  const authType = optionValue(context, 'auth-type')
  const grant = optionValue(context, 'oidc-grant') ?? grantsByAuthType.get(authType ?? '') ?? 'device'
  if (grant === 'device' || grant === 'client-credentials' || grant === 'password') return grant
  throw new AuthError(`The grant "${plainText(grant)}" is not supported`, {
    hint: 'Use `oidc-grant` device, client-credentials or password.',
  })
}

/** Requests tokens from the issuer with a grant. Throws AuthError if the issuer refuses or a secret is missing. */
async function requestTokens(
  context: AuthContext,
  issuer: Issuer,
  client: Client,
  grant: Grant,
): Promise<Tokens> {
  const scope = optionValue(context, 'oidc-scope')
  if (grant === 'device')
    return deviceLogin(context, issuer, client, scope ?? 'openid profile offline_access')
  const fields: Record<string, string> = { scope: scope ?? 'openid profile' }
  if (grant === 'client-credentials') {
    if (client.secret === undefined) {
      throw new AuthError('The client credentials grant needs the client secret', {
        hint: 'Give it by OCCI_OIDC_CLIENT_SECRET (OS_CLIENT_SECRET).',
        facts: { missing: 'oidc-client-secret' },
      })
    }
    fields['grant_type'] = 'client_credentials'
  } else {
    const username = optionValue(context, 'username')
    const password = await context.secret('password', `Password of ${username ?? ''}`)
    if (username === undefined || password === undefined) {
      throw new AuthError('The password grant needs `username` and a password', {
        hint: 'Give OCCI_USERNAME and OCCI_PASSWORD.',
        facts: { missing: username === undefined ? 'username' : 'password' },
      })
    }
    Object.assign(fields, { grant_type: 'password', username, password })
  }
  const response = await postForm(
    transportTo(context, 'issuer'),
    issuer.tokenEndpoint,
    { client, issuer },
    fields,
  )
  context.log(`POST ${plainText(issuer.tokenEndpoint)} (${grant}) answered ${response.status}`)
  const tokens = tokensIn(response)
  if (tokens === undefined) throw issuerRefusal(issuer.tokenEndpoint, response, `the ${grant} grant`)
  return tokens
}

/**
 * Exchanges the refresh token for an access token. Undefined when there is no refresh token, or when the issuer rejects
 * it and a new login is possible. Throws AuthError for any other failure.
 */
async function useRefreshToken(
  context: AuthContext,
  client: Client,
  discover: () => Promise<Issuer>,
): Promise<AccessToken | undefined> {
  const userToken = optionValue(context, 'refresh-token')
  // A new login ignores the cached refresh token. If the user gave a refresh token, the cached one is used, because the
  // issuer may have issued it as the replacement.
  const cached =
    context.purpose === 'login' && userToken === undefined ? undefined : await cachedRefreshToken(context)
  const refreshToken = cached?.value ?? userToken
  if (refreshToken === undefined) return undefined
  const issuer = await discover()
  // The answer may replace the refresh token, so it must be received and stored even after an interruption.
  const { response, renewed } = await context.finish(async () => {
    const response = await postForm(
      transportTo(context, 'issuer'),
      issuer.tokenEndpoint,
      { client, issuer },
      { grant_type: 'refresh_token', refresh_token: refreshToken },
    )
    context.log(`POST ${bareUrl(issuer.tokenEndpoint)} (refresh) answered ${response.status}`)
    const tokens = tokensIn(response)
    if (tokens === undefined) return { response, renewed: undefined }
    const subject = tokens.subject ?? cached?.subject
    const source = { source: 'refresh', replaces: refreshToken, ...omitUndefined({ subject }) }
    return { response, renewed: await storeTokens(context, { refresh: refreshToken, ...tokens }, source) }
  })
  if (renewed !== undefined) return renewed
  if (errorIn(response) !== 'invalid_grant') {
    throw issuerRefusal(issuer.tokenEndpoint, response, 'to renew the login')
  }
  // invalid_grant: the refresh token has been used or revoked, or has expired.
  if (cached !== undefined) await context.cache.delete(`oidc login ${cacheKey(context)}`)
  // Only the device grant needs a terminal, to show the user where to confirm.
  if (grantOf(context) !== 'device' || context.show !== undefined) return undefined
  throw new AuthError('The login has ended: the issuer no longer accepts the refresh token', {
    hint: 'Run `connect`.',
    facts: { error: 'invalid_grant' },
  })
}

/**
 * Stores tokens in the cache and returns the access token. `replaces` is the refresh token that was used, if any: a
 * replacement that cannot be stored causes a warning.
 */
async function storeTokens(
  context: AuthContext,
  tokens: Tokens,
  {
    source,
    subject = tokens.subject,
    replaces,
  }: { readonly source: string; readonly subject?: string; readonly replaces?: string },
): Promise<AccessToken> {
  const key = cacheKey(context)
  const now = context.now().getTime()
  const claims = claimsOf(tokens.access)
  const expires = tokens.lifetime === undefined ? claims.expires : new Date(now + tokens.lifetime * 1000)
  // The refresh token is written first, because it cannot be obtained again.
  if (tokens.refresh !== undefined) {
    // Keycloak's offline tokens use 0 for "does not expire". Then, and without a lifetime, the token is kept for 30
    // days.
    const lifetime =
      tokens.refreshLifetime === undefined || tokens.refreshLifetime <= 0
        ? 30 * 24 * 3600
        : tokens.refreshLifetime
    const value = JSON.stringify({ value: tokens.refresh, subject })
    const isStored = await context.cache.set(`oidc login ${key}`, value, new Date(now + lifetime * 1000))
    if (!isStored && replaces !== undefined && replaces !== tokens.refresh) {
      context.warn(
        'the issuer replaced the refresh token, and the new one is not stored (there is no cache, or one that cannot be written): the next command needs a new login',
      )
    }
  }
  // A token without an expiry is used for an hour, or until a server refuses it.
  const remaining = expires === undefined ? 3600_000 : expires.getTime() - now
  const usableUntil = new Date(now + remaining - Math.min(renewalMargin * 1000, remaining / 3))
  const value = JSON.stringify({ value: tokens.access, expires: expires?.toISOString(), subject })
  await context.cache.set(`oidc access ${key}`, value, usableUntil)
  return accessTokenOf(tokens.access, source, omitUndefined({ expires, subject }))
}

async function cachedAccessToken(context: AuthContext): Promise<AccessToken | undefined> {
  const cached = parseJson((await context.cache.get(`oidc access ${cacheKey(context)}`)) ?? '')
  const value = textAt(cached, 'value')
  if (value === undefined) return undefined
  const expires = dateOf(textAt(cached, 'expires'))
  const subject = textAt(cached, 'subject')
  return accessTokenOf(value, 'cache', omitUndefined({ expires, subject }))
}

async function cachedRefreshToken(
  context: AuthContext,
): Promise<{ readonly value: string; readonly subject?: string } | undefined> {
  const cached = parseJson((await context.cache.get(`oidc login ${cacheKey(context)}`)) ?? '')
  const value = textAt(cached, 'value')
  return value === undefined ? undefined : { value, ...omitUndefined({ subject: textAt(cached, 'subject') }) }
}

/**
 * Returns the cached token for a logout, without a prompt, a renewal or a request; its value is empty if only a refresh
 * token is cached. Throws AuthError if nothing is cached.
 */
async function cachedLogin(context: AuthContext): Promise<AccessToken> {
  const token = await cachedAccessToken(context)
  if (token !== undefined) return token
  const refresh = await cachedRefreshToken(context)
  if (refresh !== undefined) return accessTokenOf('', 'cache', omitUndefined({ subject: refresh.subject }))
  throw new AuthError('No login is stored on this computer', { facts: { missing: 'login' } })
}

function cacheKey(context: AuthContext): string {
  const names = [
    'oidc-issuer',
    'oidc-discovery',
    'oidc-client-id',
    'oidc-scope',
    'oidc-grant',
    'auth-type',
    'username',
    // Another refresh token may belong to another user, and users must not share access tokens.
    'refresh-token',
  ]
  const namesAndValues = names.map((name) => [name, optionValue(context, name)])
  return createHash('sha256').update(JSON.stringify(namesAndValues)).digest('hex')
}

/**
 * Builds an AccessToken. `overrides` from the answer of the issuer or agent take precedence over the token's claims.
 */
function accessTokenOf(
  value: string,
  source: string,
  overrides: { readonly expires?: Date; readonly subject?: string; readonly issuer?: string } = {},
): AccessToken {
  const { expires, subject, issuer } = claimsOf(value)
  return { value, source, expires, subject, issuer, ...overrides }
}

function refusedTokenError(message: string): AuthError {
  return new AuthError(message, { hint: 'Get a new one, or use `oidc-account` or `token-command`.' })
}

function dateOf(text: string | undefined): Date | undefined {
  const time = Date.parse(text ?? '')
  return Number.isNaN(time) ? undefined : new Date(time)
}
