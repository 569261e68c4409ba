/**
 * OpenID Connect directly at the provider (Authorization: Bearer). See keystone/ for Keystone's federation.
 */

import { present } from '../../basics/objects.js'
import { plain } from '../../basics/words.js'
import type { AuthContext, AuthPlugin } from '../types.js'
import { type AccessToken, accessToken, forgetTokens } from './access-token.js'
import { oidcOptions } from './options.js'

export const oidc: AuthPlugin = {
  name: 'oidc',
  description: 'OpenID Connect access token: device login, refresh, client credentials, oidc-agent, command',
  options: oidcOptions,
  async authenticate(context) {
    let token = await accessToken(context)
    const named = token.issuer ?? context.option('oidc-issuer')
    const who = token.subject ?? context.option('oidc-account') ?? context.option('oidc-client-id')
    const another = renewing(context)
    /** The token that is expired by the local clock and for which a replacement was already sought. */
    let ended: string | undefined
    return {
      identity: `oidc:${named ?? ''}:${who ?? ''}`,
      secretHeaders: ['Authorization'],
      ...present({ expires: token.expires }),
      async sign() {
        // The local clock may be wrong: if no other token can be obtained, the server decides about this one.
        if (token.expires !== undefined && token.expires <= context.now() && token.value !== ended) {
          ended = token.value
          token = await another()
        }
        return [['Authorization', `Bearer ${token.value}`]]
      },
      async renew() {
        const refused = token.value
        token = await another(refused)
        return token.value !== refused
      },
      token: async () => token.value,
      forget: () => forgetTokens(context),
      describe: () => ({
        method: 'oidc',
        ...present({
          subject: who === undefined ? undefined : plain(who),
          issuer: named === undefined ? undefined : plain(named),
          expires: token.expires,
        }),
        details: { source: token.source },
      }),
    }
  },
}

/** Concurrent requests share one renewal, and use the token of a new login after that. */
function renewing(context: AuthContext): (refused?: string) => Promise<AccessToken> {
  const later: AuthContext = context.purpose === 'login' ? { ...context, purpose: 'use' } : context
  let running: Promise<AccessToken> | undefined
  return (refused) => {
    running ??= accessToken(later, refused).finally(() => {
      running = undefined
    })
    return running
  }
}
