import type { AuthOption } from '../types.js'

/** How an access token is to be had. */
export const oidcOptions: readonly AuthOption[] = [
  {
    name: 'access-token',
    description: 'OpenID Connect access token',
    secret: true,
    env: ['OS_ACCESS_TOKEN', 'OIDC_ACCESS_TOKEN'],
  },
  {
    name: 'token-command',
    description: 'command whose output is the token; run again when the server refuses the last one',
  },
  {
    name: 'oidc-account',
    description: 'account of oidc-agent (its socket is in OIDC_SOCK)',
    env: ['OIDC_AGENT_ACCOUNT'],
  },
  { name: 'oidc-issuer', description: 'URL of the OpenID Connect issuer', env: ['OIDC_ISSUER'] },
  {
    name: 'oidc-discovery',
    description: "URL of the issuer's openid-configuration, when it is not below the issuer",
    env: ['OS_DISCOVERY_ENDPOINT'],
  },
  { name: 'oidc-client-id', description: 'client id', env: ['OS_CLIENT_ID'] },
  { name: 'oidc-client-secret', description: 'client secret', secret: true, env: ['OS_CLIENT_SECRET'] },
  {
    name: 'oidc-scope',
    description: 'scopes to ask for (default: openid profile, for logins also offline_access)',
    env: ['OS_OPENID_SCOPE'],
  },
  {
    name: 'oidc-grant',
    description: 'device (default), client-credentials or password',
  },
  { name: 'refresh-token', description: 'refresh token', secret: true },
]
