/**
 * OpenID Connect directly at the provider (Authorization: Bearer). See keystone/ for Keystone's federation.
 */

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
    description: 'command whose output is the token; run again when the server refuses the last one',
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
    description: "URL of the issuer's openid-configuration, when it is not below the issuer",
    env: ['OS_DISCOVERY_ENDPOINT'],
  },
  {
    name: 'oidc-client-id',
    value: 'ID',
    sensitivity: 'harmless',
    description: 'client id',
    env: ['OS_CLIENT_ID'],
  },
  {
    name: 'oidc-client-secret',
    value: 'SECRET',
    sensitivity: 'secret',
    description: 'client secret',
    env: ['OS_CLIENT_SECRET'],
  },
  {
    name: 'oidc-scope',
    value: 'SCOPES',
    sensitivity: 'harmless',
    description: 'scopes to ask for (default: openid profile, for logins also offline_access)',
    env: ['OS_OPENID_SCOPE'],
  },
  {
    name: 'oidc-grant',
    value: 'GRANT',
    sensitivity: 'method',
    description: 'device (default), client-credentials or password',
  },
  { name: 'refresh-token', value: 'TOKEN', sensitivity: 'secret', description: 'refresh token' },
]

export const oidc: AuthPlugin = {
  name: 'oidc',
  description: 'OpenID Connect access token: device login, refresh, client credentials, oidc-agent, command',
  options: oidcOptions,
  async authenticate(context) {
    // Loaded only for a login: every command loads this file, because it reads the options of all methods.
    const { accessToken, forgetTokens } = await import('./access-token.js')
    let token = await accessToken(context)
    const issuer = token.issuer ?? context.option('oidc-issuer')
    const subject = token.subject ?? context.option('oidc-account') ?? context.option('oidc-client-id')
    const renewedToken = sharedRenewal(context, accessToken)
    /** The token that has expired by the local clock and for which a new one was already requested. */
    let expiredToken: string | undefined
    return {
      identity: `oidc:${issuer ?? ''}:${subject ?? ''}`,
      secretHeaders: ['Authorization'],
      ...omitUndefined({ expires: token.expires }),
      async sign() {
        // The local clock may be wrong: if no other token can be obtained, the server decides about this one.
        if (token.expires !== undefined && token.expires <= context.now() && token.value !== expiredToken) {
          expiredToken = token.value
          token = await renewedToken()
        }
        return [['Authorization', `Bearer ${token.value}`]]
      },
      async renew() {
        const refused = token.value
        token = await renewedToken(refused)
        return token.value !== refused
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

/** Concurrent requests share one renewal. After a `login`, renewals may use the cached tokens of that login. */
function sharedRenewal(
  context: AuthContext,
  accessToken: (context: AuthContext, refused?: string) => Promise<AccessToken>,
): (refused?: string) => Promise<AccessToken> {
  const renewalContext: AuthContext = context.purpose === 'login' ? { ...context, purpose: 'use' } : context
  let running: Promise<AccessToken> | undefined
  return (refused) => {
    running ??= accessToken(renewalContext, refused).finally(() => {
      running = undefined
    })
    return running
  }
}
