/** The options of Keystone, with the variables that OpenStack clients read, and the choice of a login method. */

import { plainText } from '../../basics/words.js'
import { AuthError } from '../../errors/errors.js'
import { isOn } from '../../settings/switch.js'
import { userOptions } from '../basic.js'
import { guardOptions } from '../guard.js'
import { oidcOptions } from '../oidc/oidc.js'
import { optionValue } from '../option-value.js'
import type { AuthContext, AuthOption } from '../types.js'
import { certificateOptions } from '../x509/x509.js'

export const keystoneOptions: readonly AuthOption[] = [
  {
    name: 'auth-url',
    value: 'URL',
    sensitivity: 'issuer',
    description: 'URL of Keystone (default: the one that the endpoint names)',
    env: ['OS_AUTH_URL'],
  },
  {
    name: 'os-cloud',
    value: 'CLOUD',
    sensitivity: 'harmless',
    description: 'cloud in clouds.yaml (and secure.yaml) that these settings are read from',
    env: ['OS_CLOUD'],
  },
  {
    name: 'auth-type',
    value: 'TYPE',
    sensitivity: 'method',
    description:
      'login method as keystoneauth names it: password, token, v3applicationcredential, v3totp, v3voms …',
    env: ['OS_AUTH_TYPE'],
  },
  {
    name: 'keystone-version',
    value: 'VERSION',
    sensitivity: 'harmless',
    description: 'version of the Identity API: 3 (default if the server has it) or 2',
    env: ['OS_IDENTITY_API_VERSION'],
  },
  ...userOptions,
  {
    name: 'user-id',
    value: 'ID',
    sensitivity: 'harmless',
    description: 'user by id instead of by name',
    env: ['OS_USER_ID'],
  },
  {
    name: 'user-domain',
    value: 'DOMAIN',
    sensitivity: 'harmless',
    description: "name of the user's domain",
    env: ['OS_USER_DOMAIN_NAME'],
  },
  {
    name: 'user-domain-id',
    value: 'ID',
    sensitivity: 'harmless',
    description: "id of the user's domain",
    env: ['OS_USER_DOMAIN_ID'],
  },
  {
    name: 'default-domain',
    value: 'DOMAIN',
    sensitivity: 'harmless',
    description: 'name of the default domain of user and project',
    env: ['OS_DEFAULT_DOMAIN', 'OS_DEFAULT_DOMAIN_NAME'],
  },
  {
    name: 'default-domain-id',
    value: 'ID',
    sensitivity: 'harmless',
    description: 'id of the default domain of user and project (default: default)',
    env: ['OS_DEFAULT_DOMAIN_ID'],
  },
  {
    name: 'project',
    value: 'PROJECT',
    sensitivity: 'harmless',
    description: 'project (tenant) by name or id',
    env: ['OS_PROJECT_NAME', 'OS_TENANT_NAME', 'ROCCI_CLIENT_KEYSTONE_TENANT'],
  },
  {
    name: 'project-id',
    value: 'ID',
    sensitivity: 'harmless',
    description: 'project (tenant) by id',
    env: ['OS_PROJECT_ID', 'OS_TENANT_ID'],
  },
  {
    name: 'project-domain',
    value: 'DOMAIN',
    sensitivity: 'harmless',
    description: "name of the project's domain",
    env: ['OS_PROJECT_DOMAIN_NAME'],
  },
  {
    name: 'project-domain-id',
    value: 'ID',
    sensitivity: 'harmless',
    description: "id of the project's domain",
    env: ['OS_PROJECT_DOMAIN_ID'],
  },
  {
    name: 'project-auto',
    sensitivity: 'harmless',
    description: 'use the first project for which Keystone issues a token, as rOCCI-cli does',
    flag: true,
  },
  {
    name: 'domain',
    value: 'DOMAIN',
    sensitivity: 'harmless',
    description: 'scope: a domain by name',
    env: ['OS_DOMAIN_NAME'],
  },
  {
    name: 'domain-id',
    value: 'ID',
    sensitivity: 'harmless',
    description: 'scope: a domain by id',
    env: ['OS_DOMAIN_ID'],
  },
  {
    name: 'system-scope',
    value: 'SCOPE',
    sensitivity: 'harmless',
    description: 'scope: the system ("all")',
    env: ['OS_SYSTEM_SCOPE'],
  },
  {
    name: 'trust-id',
    value: 'ID',
    sensitivity: 'harmless',
    description: 'scope: a trust',
    env: ['OS_TRUST_ID'],
  },
  { name: 'unscoped', sensitivity: 'harmless', description: 'request a token without a scope', flag: true },
  {
    name: 'token',
    value: 'TOKEN',
    sensitivity: 'secret',
    description: 'a Keystone token',
    env: ['OS_TOKEN', 'OS_AUTH_TOKEN'],
  },
  {
    name: 'application-credential-id',
    value: 'ID',
    sensitivity: 'harmless',
    description: 'application credential by id',
    env: ['OS_APPLICATION_CREDENTIAL_ID'],
  },
  {
    name: 'application-credential-name',
    value: 'NAME',
    sensitivity: 'harmless',
    description: 'application credential by name (with the user)',
    env: ['OS_APPLICATION_CREDENTIAL_NAME'],
  },
  {
    name: 'application-credential-secret',
    value: 'SECRET',
    sensitivity: 'secret',
    description: 'secret of the application credential',
    env: ['OS_APPLICATION_CREDENTIAL_SECRET'],
  },
  {
    name: 'passcode',
    value: 'CODE',
    sensitivity: 'secret',
    description: 'one-time code (totp)',
    env: ['OS_PASSCODE'],
  },
  {
    name: 'identity-provider',
    value: 'PROVIDER',
    sensitivity: 'harmless',
    description: 'federation: identity provider (default egi.eu)',
    env: ['OS_IDENTITY_PROVIDER'],
  },
  {
    name: 'protocol',
    value: 'PROTOCOL',
    sensitivity: 'harmless',
    description: 'federation: protocol (default mapped for certificates; openid, then oidc for tokens)',
    env: ['OS_PROTOCOL'],
  },
  {
    name: 'voms',
    sensitivity: 'method',
    description: 'log in with the client certificate (VOMS proxy)',
    flag: true,
  },
  {
    name: 'region',
    value: 'REGION',
    sensitivity: 'harmless',
    description: 'region in the service catalogue',
    env: ['OS_REGION_NAME'],
  },
  {
    name: 'interface',
    value: 'INTERFACE',
    sensitivity: 'harmless',
    description: 'interface in the service catalogue: public (default), internal, admin',
    env: ['OS_INTERFACE', 'OS_ENDPOINT_TYPE'],
  },
  ...oidcOptions,
  ...certificateOptions,
  ...guardOptions,
]

export type Method =
  | 'password'
  | 'token'
  | 'application-credential'
  | 'totp'
  | 'multifactor'
  | 'voms'
  | 'oidc'

/** The login methods by keystoneauth's plugin names; null for plugins that occi does not support. */
const authTypes: Readonly<Record<string, { readonly method: Method; readonly version?: 2 | 3 } | null>> = {
  password: { method: 'password' },
  v2password: { method: 'password', version: 2 },
  v3password: { method: 'password', version: 3 },
  token: { method: 'token' },
  v2token: { method: 'token', version: 2 },
  v3token: { method: 'token', version: 3 },
  v3applicationcredential: { method: 'application-credential', version: 3 },
  v3totp: { method: 'totp', version: 3 },
  v3multifactor: { method: 'multifactor', version: 3 },
  voms: { method: 'voms' },
  v2voms: { method: 'voms', version: 2 },
  v3voms: { method: 'voms', version: 3 },
  v3oidcaccesstoken: { method: 'oidc', version: 3 },
  v3oidcpassword: { method: 'oidc', version: 3 },
  v3oidcclientcredentials: { method: 'oidc', version: 3 },
  v3oidcdeviceauthz: { method: 'oidc', version: 3 },
  v3oidcauthcode: null,
  v3tokenlessauth: null,
  v3kerberos: null,
  v3samlpassword: null,
  v3adfspassword: null,
  v3oauth2clientcredential: null,
  v3oauth2mtlsclientcredential: null,
}

export interface LoginMethod {
  readonly method: Method
  readonly version: 2 | 3 | undefined
}

/** Chooses the method by `auth-type`, or by the available credentials. Throws AuthError for an unsupported type. */
export function loginMethodOf(context: AuthContext): LoginMethod {
  const authType = optionValue(context, 'auth-type')?.toLowerCase()
  const requestedVersion = versionOf(optionValue(context, 'keystone-version'))
  if (authType !== undefined) {
    const supported = Object.hasOwn(authTypes, authType) ? authTypes[authType] : undefined
    if (supported !== undefined && supported !== null)
      return { method: supported.method, version: supported.version ?? requestedVersion }
    const names = Object.keys(authTypes).filter((name) => authTypes[name] !== null)
    throw new AuthError(
      supported === null
        ? `The auth type "${authType}" is not supported`
        : `There is no auth type "${plainText(authType)}" for Keystone`,
      {
        hint:
          authType === 'http_basic' || authType === 'none'
            ? `Use \`auth\` ${authType === 'none' ? 'none' : 'basic'}.`
            : `Use one of ${names.join(', ')}; for other types, get a token with another tool and give it by OS_TOKEN.`,
        at: 'auth-type',
      },
    )
  }
  return { method: methodByCredentials(context), version: requestedVersion }
}

function methodByCredentials(context: AuthContext): Method {
  const has = (...names: readonly string[]) => names.some((name) => optionValue(context, name) !== undefined)
  if (has('application-credential-id', 'application-credential-name')) return 'application-credential'
  if (isOn(optionValue(context, 'voms'), 'voms')) return 'voms'
  const hasUser = has('username', 'user-id')
  const namesFederation = has('identity-provider', 'protocol')
  if (
    has('access-token', 'oidc-account') ||
    (has('token-command') && namesFederation) ||
    (has('oidc-issuer') && !hasUser)
  ) {
    if (has('token'))
      context.log('using the access token; the Keystone token that is set too (OS_TOKEN?) is ignored')
    return 'oidc'
  }
  if (hasUser && (has('password') || !has('token', 'passcode'))) {
    if (has('token'))
      context.log('using the password; the Keystone token that is set too (OS_TOKEN?) is ignored')
    return has('passcode') ? 'multifactor' : 'password'
  }
  if (has('token', 'token-command')) return 'token'
  if (hasUser) return 'totp'
  return 'voms'
}

function versionOf(text: string | undefined): 2 | 3 | undefined {
  if (text === undefined) return undefined
  if (/^v?3(?:\.\d+)?$/.test(text)) return 3
  if (/^v?2(?:\.\d+)?$/.test(text)) return 2
  throw new AuthError(`"${plainText(text)}" is not a version of Keystone`, {
    hint: 'Use `keystone-version` 3 or 2.',
    at: 'keystone-version',
  })
}
