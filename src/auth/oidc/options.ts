import type { AuthOption } from '../types.js'

/** The options that say how to obtain an access token. */
export const oidcOptions: readonly AuthOption[] = [
  {
    name: 'access-token',
    sensitivity: 'secret',
    description: 'OpenID Connect access token',
    env: ['OS_ACCESS_TOKEN', 'OIDC_ACCESS_TOKEN'],
  },
  {
    name: 'token-command',
    sensitivity: 'pointer',
    description: 'command whose output is the token; run again when the server refuses the last one',
  },
  {
    name: 'oidc-account',
    sensitivity: 'pointer',
    description: 'account of oidc-agent (its socket is in OIDC_SOCK)',
    env: ['OIDC_AGENT_ACCOUNT'],
  },
  {
    name: 'oidc-issuer',
    sensitivity: 'issuer',
    description: 'URL of the OpenID Connect issuer',
    env: ['OIDC_ISSUER'],
  },
  {
    name: 'oidc-discovery',
    sensitivity: 'issuer',
    description: "URL of the issuer's openid-configuration, when it is not below the issuer",
    env: ['OS_DISCOVERY_ENDPOINT'],
  },
  { name: 'oidc-client-id', sensitivity: 'harmless', description: 'client id', env: ['OS_CLIENT_ID'] },
  {
    name: 'oidc-client-secret',
    sensitivity: 'secret',
    description: 'client secret',
    env: ['OS_CLIENT_SECRET'],
  },
  {
    name: 'oidc-scope',
    sensitivity: 'harmless',
    description: 'scopes to ask for (default: openid profile, for logins also offline_access)',
    env: ['OS_OPENID_SCOPE'],
  },
  {
    name: 'oidc-grant',
    sensitivity: 'method',
    description: 'device (default), client-credentials or password',
  },
  { name: 'refresh-token', sensitivity: 'secret', description: 'refresh token' },
]
