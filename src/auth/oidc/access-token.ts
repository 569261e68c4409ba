/** An access token from whatever is configured, the least trouble first. */
import { createHash } from 'node:crypto'
import { AuthError } from '../../errors/errors.js'
import { parseJson, textAt } from '../json.js'
import { plain } from '../server-message.js'
import { runTokenCommand } from '../token.js'
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
}

/** Seconds before its end a token is not used any more. */
const margin = 60

/**
 * Given, by command, from oidc-agent, from the cache, by refresh token, or by a grant of the issuer.
 * `refused` is one that a server did not take: it is not given again. Throws AuthError.
 */
export async function accessToken(context: AuthContext, refused?: string): Promise<AccessToken> {
  const given = context.option('access-token')?.trim()
  if (given !== undefined && given !== '') {
    if (given === refused) throw noOther('The access token that was given is refused, or has expired')
    return make(given, 'given', claimsOf(given).expires)
  }
  const command = context.option('token-command')
  if (command !== undefined && command !== '') {
    const value = await runTokenCommand(context.machine.run, command)
    if (value === refused) throw noOther('The token command prints the same token again, which is refused')
    return make(value, 'command', claimsOf(value).expires)
  }
  const account = context.option('oidc-account')
  if (account !== undefined && account !== '') {
    const { access, expires } = await tokenFromAgent(context, account)
    if (access === refused) throw noOther('oidc-agent gives the same token again, which is refused')
    return make(access, 'oidc-agent', expires ?? claimsOf(access).expires)
  }
  return fromIssuer(context, refused)
}

/** Removes what is remembered of logins. */
export async function forgetTokens(context: AuthContext): Promise<void> {
  if (context.option('oidc-client-id') === undefined) return
  const key = cacheKey(context)
  await context.cache.delete(`oidc access ${key}`)
  await context.cache.delete(`oidc refresh ${key}`)
}

async function fromIssuer(context: AuthContext, refused: string | undefined): Promise<AccessToken> {
  const place = { issuer: filled(context, 'oidc-issuer'), discovery: filled(context, 'oidc-discovery') }
  const clientId = filled(context, 'oidc-client-id')
  if ((place.issuer === undefined && place.discovery === undefined) || clientId === undefined) {
    // Nothing to ask an issuer with: the keyring or the user may have a token.
    const value = (await context.secret('access-token', 'Access token'))?.trim()
    if (value !== undefined && value !== '' && value !== refused)
      return make(value, 'given', claimsOf(value).expires)
    throw new AuthError('There is no access token', {
      hint: 'Give --oidc-account (oidc-agent), --token-command, OS_ACCESS_TOKEN, or --oidc-issuer and --oidc-client-id.',
      facts: { missing: 'access-token' },
    })
  }
  const key = cacheKey(context)
  const cached = parseJson((await context.cache.get(`oidc access ${key}`)) ?? '')
  const value = textAt(cached, 'value')
  if (value !== undefined && value !== refused) {
    context.trail('access token from the cache')
    return make(value, 'cache', dateOf(textAt(cached, 'expires')))
  }
  const issuer = await discoverIssuer(context.transport(), place, context.trail)
  const client: Client = { id: clientId, secret: filled(context, 'oidc-client-secret') }
  const refreshed = await byRefreshToken(context, issuer, client, key)
  if (refreshed !== undefined) return remember(context, key, refreshed, 'refresh')
  const grant = grantOf(context)
  return remember(context, key, await byGrant(context, issuer, client, grant), grant)
}

type Grant = 'device' | 'client-credentials' | 'password'

/** --oidc-grant, or what keystoneauth's name of the auth type says. */
function grantOf(context: AuthContext): Grant {
  const type = filled(context, 'auth-type')
  const grant =
    filled(context, 'oidc-grant') ??
    (type === 'v3oidcclientcredentials'
      ? 'client-credentials'
      : type === 'v3oidcpassword'
        ? 'password'
        : 'device')
  if (grant === 'device' || grant === 'client-credentials' || grant === 'password') return grant
  throw new AuthError(`"${plain(grant)}" is not a grant that is known here`, {
    hint: 'Use --oidc-grant device, client-credentials or password.',
  })
}

async function byGrant(context: AuthContext, issuer: Issuer, client: Client, grant: Grant): Promise<Tokens> {
  const scope = filled(context, 'oidc-scope')
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
    const username = filled(context, 'username')
    const password = await context.secret('password', `Password of ${username ?? ''}`)
    if (username === undefined || password === undefined) {
      throw new AuthError('The password grant needs --username and a password', {
        hint: 'Give OCCI_USERNAME and OCCI_PASSWORD.',
        facts: { missing: username === undefined ? 'username' : 'password' },
      })
    }
    Object.assign(fields, { grant_type: 'password', username, password })
  }
  const response = await postForm(context.transport(), issuer.tokenEndpoint, client, fields)
  context.trail(`POST ${plain(issuer.tokenEndpoint)} (${grant}) answered ${response.status}`)
  const tokens = tokensIn(response)
  if (tokens === undefined) throw issuerRefusal(issuer.tokenEndpoint, response, `the ${grant} grant`)
  return tokens
}

/** Undefined when there is no refresh token, or the issuer takes it no more. */
async function byRefreshToken(
  context: AuthContext,
  issuer: Issuer,
  client: Client,
  key: string,
): Promise<Tokens | undefined> {
  const kept = await context.cache.get(`oidc refresh ${key}`)
  const refresh = kept ?? filled(context, 'refresh-token')
  if (refresh === undefined) return undefined
  const response = await postForm(context.transport(), issuer.tokenEndpoint, client, {
    grant_type: 'refresh_token',
    refresh_token: refresh,
  })
  const tokens = tokensIn(response)
  context.trail(`POST ${plain(issuer.tokenEndpoint)} (refresh) answered ${response.status}`)
  if (tokens !== undefined) return { refresh, ...tokens }
  // invalid_grant: used up or revoked. Another answer may be a passing trouble, and the token is kept.
  if (kept !== undefined && errorIn(response) === 'invalid_grant')
    await context.cache.delete(`oidc refresh ${key}`)
  return undefined
}

async function remember(
  context: AuthContext,
  key: string,
  tokens: Tokens,
  source: string,
): Promise<AccessToken> {
  const now = context.now().getTime()
  const expires =
    tokens.lifetime === undefined ? claimsOf(tokens.access).expires : new Date(now + tokens.lifetime * 1000)
  if (expires !== undefined) {
    const value = JSON.stringify({ value: tokens.access, expires: expires.toISOString() })
    await context.cache.set(`oidc access ${key}`, value, new Date(expires.getTime() - margin * 1000))
  }
  if (tokens.refresh !== undefined) {
    // 0 means "does not expire" with Keycloak's offline tokens.
    const lifetime =
      tokens.refreshLifetime === undefined || tokens.refreshLifetime <= 0
        ? 30 * 24 * 3600
        : tokens.refreshLifetime
    await context.cache.set(`oidc refresh ${key}`, tokens.refresh, new Date(now + lifetime * 1000))
  }
  return make(tokens.access, source, expires)
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
  ]
  const facts = names.map((name) => [name, filled(context, name)])
  return createHash('sha256').update(JSON.stringify(facts)).digest('hex')
}

function make(value: string, source: string, expires: Date | undefined): AccessToken {
  return { value, source, expires }
}

function noOther(message: string): AuthError {
  return new AuthError(message, { hint: 'Get a new one, or use --oidc-account or --token-command.' })
}

function filled(context: AuthContext, name: string): string | undefined {
  const value = context.option(name)
  return value === undefined || value === '' ? undefined : value
}

function dateOf(text: string | undefined): Date | undefined {
  const time = Date.parse(text ?? '')
  return Number.isNaN(time) ? undefined : new Date(time)
}
