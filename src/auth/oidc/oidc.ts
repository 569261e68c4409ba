/** Authentication with an OpenID Connect access token at the provider itself. Keystone's federation is in keystone/. */

import { omitUndefined } from '../../basics/objects.js'
import { plainText } from '../../basics/words.js'
import type { AuthContext, AuthOption, AuthPlugin } from '../types.js'
import type { AccessToken } from './access-token.js'

/** The options that say how to obtain an access token. */
export const oidcOptions: readonly AuthOption[] = [
  {
    name: 'access-token',
    value: 'TOKEN',
    sensitivity: 'secret',
    description: 'OpenID Connect access token',
    env: ['OS_ACCESS_TOKEN', 'OIDC_ACCESS_TOKEN'],
  },
  {
    name: 'token-command',
    value: 'COMMAND',
    sensitivity: 'pointer',
    description: 'command that prints the token; it is run again when the server refuses the token',
  },
  {
    name: 'oidc-account',
    value: 'ACCOUNT',
    sensitivity: 'pointer',
    description: 'account of oidc-agent (its socket is in OIDC_SOCK)',
    env: ['OIDC_AGENT_ACCOUNT'],
  },
  {
    name: 'oidc-issuer',
    value: 'URL',
    sensitivity: 'issuer',
    description: 'URL of the OpenID Connect issuer',
    env: ['OIDC_ISSUER'],
  },
  {
    name: 'oidc-discovery',
    value: 'URL',
    sensitivity: 'issuer',
    description: "URL of the issuer's openid-configuration, if it is not below the URL of the issuer",
    env: ['OS_DISCOVERY_ENDPOINT'],
  },
  {
    name: 'oidc-client-id',
    value: 'ID',
    sensitivity: 'harmless',
    description: 'id under which occi is registered at the issuer',
    env: ['OS_CLIENT_ID'],
  },
  {
    name: 'oidc-client-secret',
    value: 'SECRET',
    sensitivity: 'secret',
    description: 'secret that belongs to the client id',
    env: ['OS_CLIENT_SECRET'],
  },
  {
    name: 'oidc-scope',
    value: 'SCOPES',
    sensitivity: 'harmless',
    description: 'scopes to request (default: openid profile, and offline_access for device logins)',
    env: ['OS_OPENID_SCOPE'],
  },
  {
    name: 'oidc-grant',
    value: 'GRANT',
    sensitivity: 'method',
    description: 'OAuth grant: device (default), client-credentials or password',
  },
  {
    name: 'refresh-token',
    value: 'TOKEN',
    sensitivity: 'secret',
    description: 'token that renews access tokens',
  },
]

export const oidc: AuthPlugin = {
  name: 'oidc',
  description: 'OpenID Connect access token: device login, refresh, client credentials, oidc-agent, command',
  options: oidcOptions,
  async authenticate(context) {
    // Loaded only when this method is used: every command loads this file, because it reads the options of all methods.
    const { accessToken, forgetTokens } = await import('./access-token.js')
    let token = await accessToken(context)
    const issuer = token.issuer ?? context.option('oidc-issuer')
    const subject = token.subject ?? context.option('oidc-account') ?? context.option('oidc-client-id')
    const renewToken = sharedRenewal(context, accessToken)
    /** The last token that had expired by the local clock and for which a replacement was requested. */
    let expiredToken: string | undefined
    return {
      identity: `oidc:${issuer ?? ''}:${subject ?? ''}`,
      secretHeaders: ['Authorization'],
      ...omitUndefined({ expires: token.expires }),
      async sign() {
        // The local clock may be wrong. Therefore a given token, which is returned again, is sent, and the server
        // decides. Requests that are signed during the renewal wait for it.
        const { value, expires } = token
        if (expires !== undefined && expires <= context.now() && value !== expiredToken) {
          token = await renewToken()
          expiredToken = value
        }
        return [['Authorization', `Bearer ${token.value}`]]
      },
      async renew() {
        const refusedToken = token.value
        token = await renewToken(refusedToken)
        return token.value !== refusedToken
      },
      token: async () => token.value,
      forget: () => forgetTokens(context),
      describe: () => ({
        method: 'oidc',
        ...omitUndefined({
          subject: subject === undefined ? undefined : plainText(subject),
          issuer: issuer === undefined ? undefined : plainText(issuer),
          expires: token.expires,
        }),
        details: { source: token.source },
      }),
    }
  },
}

/**
 * Returns a renewal that concurrent requests share. After a `login`, renewals may use the cached tokens of that login.
 */
function sharedRenewal(
  context: AuthContext,
  accessToken: (context: AuthContext, refusedToken?: string) => Promise<AccessToken>,
): (refusedToken?: string) => Promise<AccessToken> {
  const renewalContext: AuthContext = context.purpose === 'login' ? { ...context, purpose: 'use' } : context
  let pending: Promise<AccessToken> | undefined
  return (refusedToken) => {
    pending ??= accessToken(renewalContext, refusedToken).finally(() => {
      pending = undefined
    })
    return pending
  }
}
