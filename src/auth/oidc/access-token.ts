/** Obtains an access token: one that is given, from a command, from oidc-agent, from the cache, or from the issuer. */

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
  /** Where it came from: `given`, `command`, `oidc-agent`, `cache`, `refresh`, `device` … */
  readonly source: string
  /** The subject and the issuer, if known. */
  readonly subject: string | undefined
  readonly issuer: string | undefined
}

/** Seconds before its expiry at which a token is renewed, but at most a third of its lifetime. */
const renewalMargin = 60

/**
 * The token that was given, or from a command, oidc-agent, the cache, a refresh token, or a grant of the
 * issuer, in this order. A token equal to `refused`, which a server rejected, is not returned again. Throws
 * AuthError.
 */
export async function accessToken(context: AuthContext, refused?: string): Promise<AccessToken> {
  if (context.purpose === 'forget') return cachedLogin(context)
  const given = context.option('access-token')?.trim()
  if (given !== undefined && given !== '') {
    if (given === refused) throw tokenRefused('The given access token was refused or has expired')
    return accessTokenOf(given, 'given')
  }
  const command = context.option('token-command')
  if (command !== undefined && command !== '') {
    const value = await runTokenCommand(context.machine.run, command)
    if (value === refused) throw tokenRefused('The token command printed the refused token again')
    return accessTokenOf(value, 'command')
  }
  const account = context.option('oidc-account')
  if (account !== undefined && account !== '') {
    const { access, expires, issuer } = await tokenFromAgent(context, account)
    if (access === refused) throw tokenRefused('oidc-agent returned the refused token again')
    return accessTokenOf(access, 'oidc-agent', omitUndefined({ expires, issuer }))
  }
  return fromIssuer(context, refused)
}

/**
 * Deletes the cached logins and asks the issuer to revoke them (RFC 7009), so that copies become useless too.
 * Throws when the issuer refuses; the cached login is deleted even then.
 */
export async function forgetTokens(context: AuthContext): Promise<void> {
  const tokens = await takeTokens(context)
  const configured = issuerOf(context)
  if (tokens.length === 0 || configured === undefined) return
  const issuer = await discoverIssuer(transportTo(context, 'issuer'), configured.location, context.log)
  if (issuer.revocationEndpoint === undefined) {
    context.show?.(
      `The issuer ${bareUrl(issuer.issuer)} cannot revoke tokens: they were deleted on this computer, but stay valid until they expire.`,
    )
  }
  await revoke(context, { client: configured.client, issuer }, tokens)
}

interface OldToken {
  readonly value: string
  readonly hint: 'refresh_token' | 'access_token'
}

/** Removes the tokens from the cache. A refresh token that the user gave is not among them. */
async function takeTokens(context: AuthContext): Promise<readonly OldToken[]> {
  const refresh = await cachedRefresh(context)
  const access = await cachedAccess(context)
  const key = cacheKey(context)
  await context.cache.delete(`oidc access ${key}`)
  await context.cache.delete(`oidc login ${key}`)
  const tokens: readonly (OldToken | undefined)[] = [
    refresh && { value: refresh.value, hint: 'refresh_token' },
    access && { value: access.value, hint: 'access_token' },
  ]
  const given = optionValue(context, 'refresh-token')
  return tokens.filter((token) => token !== undefined && token.value !== given) as readonly OldToken[]
}

/** Revokes tokens at the issuer, if it has a revocation endpoint. Throws AuthError when it refuses. */
async function revoke(
  context: AuthContext,
  registration: { readonly client: Client; readonly issuer: Issuer },
  tokens: readonly OldToken[],
): Promise<void> {
  const { revocationEndpoint } = registration.issuer
  if (revocationEndpoint === undefined) return
  for (const { value, hint } of tokens) {
    const fields = { token: value, token_type_hint: hint }
    const response = await postForm(transportTo(context, 'issuer'), revocationEndpoint, registration, fields)
    context.log(`POST ${bareUrl(revocationEndpoint)} (${hint}) answered ${response.status}`)
    // Self-contained access tokens cannot be revoked (RFC 7009 §2.2.1).
    if (response.status === 200 || errorIn(response) === 'unsupported_token_type') continue
    throw new AuthError(
      `The tokens were deleted on this computer, but the issuer did not revoke them: ${plainText(errorIn(response) ?? String(response.status))}`,
      {
        hint: "They stay valid until they expire; the issuer's own pages may be able to end the login.",
        http: httpFacts({ method: 'POST', url: revocationEndpoint }, response),
      },
    )
  }
}

interface ConfiguredIssuer {
  readonly location: { readonly issuer: string | undefined; readonly discovery: string | undefined }
  readonly client: Client
}

/** Undefined when no issuer, or no client of it, is configured. */
function issuerOf(context: AuthContext): ConfiguredIssuer | undefined {
  const location = {
    issuer: optionValue(context, 'oidc-issuer'),
    discovery: optionValue(context, 'oidc-discovery'),
  }
  const id = optionValue(context, 'oidc-client-id')
  if ((location.issuer === undefined && location.discovery === undefined) || id === undefined)
    return undefined
  return { location, client: { id, secret: optionValue(context, 'oidc-client-secret') } }
}

async function fromIssuer(context: AuthContext, refused: string | undefined): Promise<AccessToken> {
  const configured = issuerOf(context)
  if (configured === undefined) {
    // No issuer can be asked, but the keyring or the user may have a token.
    const value = await tokenFromUser(context, 'access-token', 'Access token')
    if (value !== undefined && value !== '' && value !== refused) return accessTokenOf(value, 'given')
    throw new AuthError('There is no access token', {
      hint: 'Give `oidc-account` (oidc-agent), `token-command`, OS_ACCESS_TOKEN, or `oidc-issuer` and `oidc-client-id`.',
      facts: { missing: 'access-token' },
    })
  }
  const { client, location } = configured
  const usableCached = async () => {
    const token = context.purpose === 'login' ? undefined : await cachedAccess(context)
    return token?.value === refused ? undefined : token
  }
  const found = await usableCached()
  if (found !== undefined) {
    context.log('access token from the cache')
    return found
  }
  const discover = () => discoverIssuer(transportTo(context, 'issuer'), location, context.log)
  // A refresh token may be valid for one use, and an issuer ends the login when it is used again. Processes
  // therefore take turns, and each checks first whether another has renewed the token.
  const renewed = await withCacheLock(
    context,
    async () => (await usableCached()) ?? (await useRefreshToken(context, client, discover)),
  )
  if (renewed !== undefined) return renewed
  const grant = grantOf(context)
  const issuer = await discover()
  if (context.purpose === 'login') await endOldLogin(context, { client, issuer })
  return remember(context, await requestTokens(context, issuer, client, grant), { source: grant })
}

/**
 * A new login takes the place of the old one. The old one is revoked before the new one begins, because issuers
 * that revoke a whole grant with its refresh token would end the new login as well.
 */
async function endOldLogin(
  context: AuthContext,
  registration: { readonly client: Client; readonly issuer: Issuer },
): Promise<void> {
  try {
    await revoke(context, registration, await takeTokens(context))
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

/** The grant from --oidc-grant, or the one that keystoneauth's auth type implies. */
function grantOf(context: AuthContext): Grant {
  const type = optionValue(context, 'auth-type')
  const grant =
    optionValue(context, 'oidc-grant') ??
    (type === 'v3oidcclientcredentials'
      ? 'client-credentials'
      : type === 'v3oidcpassword'
        ? 'password'
        : 'device')
  if (grant === 'device' || grant === 'client-credentials' || grant === 'password') return grant
  throw new AuthError(`The grant "${plainText(grant)}" is not supported`, {
    hint: 'Use `oidc-grant` device, client-credentials or password.',
  })
}

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
 * Gets an access token for the refresh token. Undefined when there is no refresh token or the issuer rejects it. Throws
 * AuthError for any other failure.
 */
async function useRefreshToken(
  context: AuthContext,
  client: Client,
  discover: () => Promise<Issuer>,
): Promise<AccessToken | undefined> {
  const given = optionValue(context, 'refresh-token')
  // A new login ignores the cached refresh token, unless a refresh token was given to log in with; then the
  // one that replaced it counts.
  const cached = context.purpose === 'login' && given === undefined ? undefined : await cachedRefresh(context)
  const value = cached?.value ?? given
  if (value === undefined) return undefined
  const issuer = await discover()
  // The issuer may replace the refresh token with its answer, so the answer must be received and stored.
  const { response, renewed } = await context.finish(async () => {
    const response = await postForm(
      transportTo(context, 'issuer'),
      issuer.tokenEndpoint,
      { client, issuer },
      { grant_type: 'refresh_token', refresh_token: value },
    )
    context.log(`POST ${bareUrl(issuer.tokenEndpoint)} (refresh) answered ${response.status}`)
    const tokens = tokensIn(response)
    if (tokens === undefined) return { response, renewed: undefined }
    const subject = tokens.subject ?? cached?.subject
    const source = { source: 'refresh', replaces: value, ...omitUndefined({ subject }) }
    return { response, renewed: await remember(context, { refresh: value, ...tokens }, source) }
  })
  if (renewed !== undefined) return renewed
  if (errorIn(response) !== 'invalid_grant') {
    throw issuerRefusal(issuer.tokenEndpoint, response, 'to renew the login')
  }
  // The refresh token was used already, revoked, or has expired.
  if (cached !== undefined) await context.cache.delete(`oidc login ${cacheKey(context)}`)
  if (context.show !== undefined) return undefined
  throw new AuthError('The login has ended: the issuer no longer accepts the refresh token', {
    hint: 'Run `connect`.',
    facts: { error: 'invalid_grant' },
  })
}

async function remember(
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
    // Keycloak's offline tokens use 0 for "does not expire".
    const lifetime =
      tokens.refreshLifetime === undefined || tokens.refreshLifetime <= 0
        ? 30 * 24 * 3600
        : tokens.refreshLifetime
    const value = JSON.stringify({ value: tokens.refresh, subject })
    const stored = await context.cache.set(`oidc login ${key}`, value, new Date(now + lifetime * 1000))
    if (!stored && replaces !== undefined && replaces !== tokens.refresh) {
      context.warn(
        'the issuer replaced the refresh token, and the new one is not stored (there is no cache, or one that cannot be written): the next command needs a new login',
      )
    }
  }
  // A token without a stated expiry is used for an hour, or until a server refuses it.
  const life = expires === undefined ? 3600_000 : expires.getTime() - now
  const usable = new Date(now + life - Math.min(renewalMargin * 1000, life / 3))
  const value = JSON.stringify({ value: tokens.access, expires: expires?.toISOString(), subject })
  await context.cache.set(`oidc access ${key}`, value, usable)
  return accessTokenOf(tokens.access, source, omitUndefined({ expires, subject }))
}

async function cachedAccess(context: AuthContext): Promise<AccessToken | undefined> {
  const cached = parseJson((await context.cache.get(`oidc access ${cacheKey(context)}`)) ?? '')
  const value = textAt(cached, 'value')
  if (value === undefined) return undefined
  const [expires, subject] = [dateOf(textAt(cached, 'expires')), textAt(cached, 'subject')]
  return accessTokenOf(value, 'cache', omitUndefined({ expires, subject }))
}

async function cachedRefresh(
  context: AuthContext,
): Promise<{ readonly value: string; readonly subject?: string } | undefined> {
  const cached = parseJson((await context.cache.get(`oidc login ${cacheKey(context)}`)) ?? '')
  const value = textAt(cached, 'value')
  return value === undefined ? undefined : { value, ...omitUndefined({ subject: textAt(cached, 'subject') }) }
}

/** The cached token, for a logout, without prompting, renewing or sending anything. Throws AuthError if there is none. */
async function cachedLogin(context: AuthContext): Promise<AccessToken> {
  const token = await cachedAccess(context)
  if (token !== undefined) return token
  const refresh = await cachedRefresh(context)
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
    // The refresh token may belong to another user, whose access tokens must not be shared.
    'refresh-token',
  ]
  const facts = names.map((name) => [name, optionValue(context, name)])
  return createHash('sha256').update(JSON.stringify(facts)).digest('hex')
}

/** Values from the issuer's answer override the claims in the token. */
function accessTokenOf(
  value: string,
  source: string,
  overrides: { readonly expires?: Date; readonly subject?: string; readonly issuer?: string } = {},
): AccessToken {
  const { expires, subject, issuer } = claimsOf(value)
  return { value, source, expires, subject, issuer, ...overrides }
}

function tokenRefused(message: string): AuthError {
  return new AuthError(message, { hint: 'Get a new one, or use `oidc-account` or `token-command`.' })
}

function dateOf(text: string | undefined): Date | undefined {
  const time = Date.parse(text ?? '')
  return Number.isNaN(time) ? undefined : new Date(time)
}
