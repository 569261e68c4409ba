/** OpenID Connect straight to the provider: Authorization: Bearer. (For Keystone's federation see keystone/.) */
import { present } from '../json.js'
import { plain } from '../server-message.js'
import type { AuthPlugin } from '../types.js'
import { type AccessToken, accessToken, forgetTokens } from './access-token.js'
import { claimsOf } from './claims.js'
import { oidcOptions } from './options.js'

export const oidc: AuthPlugin = {
  name: 'oidc',
  description: 'OpenID Connect access token: device login, refresh, client credentials, oidc-agent, command',
  options: oidcOptions,
  async authenticate(context) {
    let token = await accessToken(context)
    const { subject, issuer } = claimsOf(token.value)
    const named = issuer ?? context.option('oidc-issuer')
    const who = subject ?? context.option('oidc-account') ?? context.option('oidc-client-id')
    const ended = (current: AccessToken) => current.expires !== undefined && current.expires <= context.now()
    return {
      identity: `oidc:${named ?? ''}:${who ?? ''}`,
      secretHeaders: ['Authorization'],
      ...present({ expires: token.expires }),
      async sign() {
        if (ended(token)) token = await accessToken(context, token.value)
        return [['Authorization', `Bearer ${token.value}`]]
      },
      async renew() {
        const refused = token.value
        token = await accessToken(context, refused)
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
