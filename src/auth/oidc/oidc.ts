/** OpenID Connect straight to the provider: Authorization: Bearer. (For Keystone's federation see keystone/.) */
import { present } from '../json.js'
import { plain } from '../server-message.js'
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
    /** Whose end has passed by our clock: another was looked for already. */
    let ended: string | undefined
    return {
      identity: `oidc:${named ?? ''}:${who ?? ''}`,
      secretHeaders: ['Authorization'],
      ...present({ expires: token.expires }),
      async sign() {
        // Our clock may be wrong: where no other token is to be had, the server decides on this one.
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

/** Requests that run at the same time share one new token. After a new login what it brought is used. */
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
