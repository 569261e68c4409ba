/** Collects the user's names and secrets, and builds the `identity` object of a request to Keystone from them. */

import { AuthError } from '../../errors/errors.js'
import type { TlsMaterial } from '../../transport/index.js'
import { optionValue } from '../option-value.js'
import { runTokenCommand } from '../token.js'
import type { AuthContext, SentCertificate } from '../types.js'
import type { Method } from './options.js'
import { type Domain, describeDomain, domainOf } from './scope.js'

type UserReference = { readonly id: string } | { readonly name: string; readonly domain: Domain }

export type Identity =
  | { readonly method: 'password'; readonly user: UserReference; readonly password: string }
  | { readonly method: 'token'; readonly token: string }
  | {
      readonly method: 'application-credential'
      readonly credential: { readonly id: string } | { readonly name: string; readonly user: UserReference }
      readonly secret: string
    }
  | { readonly method: 'totp'; readonly user: UserReference; readonly passcode: string }
  | {
      readonly method: 'multifactor'
      readonly user: UserReference
      readonly password: string
      readonly passcode: string
    }
  | {
      readonly method: 'voms'
      readonly tls: TlsMaterial
      readonly subject: string
      readonly certificate: SentCertificate
    }
  | { readonly method: 'oidc'; readonly accessToken: string }

/** Collects the values that a method needs; prompts for missing secrets. Throws AuthError naming a missing option. */
export async function identityOf(context: AuthContext, method: Method): Promise<Identity> {
  switch (method) {
    case 'password':
      return { method, user: userOf(context), password: await requiredPassword(context) }
    case 'totp':
      return {
        method,
        user: userOf(context),
        passcode: await requiredSecret(context, 'passcode', 'One-time code'),
      }
    case 'multifactor':
      return {
        method,
        user: userOf(context),
        password: await requiredPassword(context),
        passcode: await requiredSecret(context, 'passcode', 'One-time code'),
      }
    case 'token': {
      const command = optionValue(context, 'token-command')
      if (command !== undefined) return { method, token: await runTokenCommand(context.machine.run, command) }
      return { method, token: (await requiredSecret(context, 'token', 'Keystone token')).trim() }
    }
    case 'application-credential':
      return {
        method,
        credential: credentialOf(context),
        secret: await requiredSecret(
          context,
          'application-credential-secret',
          'Secret of the application credential',
        ),
      }
    case 'voms': {
      const { clientCertificate } = await import('../x509/client-certificate.js')
      const { tls, subject, sentCertificate } = await clientCertificate(context)
      return { method, tls, subject, certificate: sentCertificate }
    }
    case 'oidc': {
      const { accessToken } = await import('../oidc/access-token.js')
      return { method, accessToken: (await accessToken(context)).value }
    }
  }
}

/**
 * Returns `auth.identity` of a v3 request. Federated logins have none: a certificate or a header identifies the user.
 */
export function identityBody(identity: Exclude<Identity, { method: 'voms' | 'oidc' }>): object {
  switch (identity.method) {
    case 'password':
      return {
        methods: ['password'],
        password: { user: { ...identity.user, password: identity.password } },
      }
    case 'token':
      return { methods: ['token'], token: { id: identity.token } }
    case 'totp':
      return { methods: ['totp'], totp: { user: { ...identity.user, passcode: identity.passcode } } }
    case 'multifactor':
      return {
        methods: ['password', 'totp'],
        password: { user: { ...identity.user, password: identity.password } },
        totp: { user: { ...identity.user, passcode: identity.passcode } },
      }
    case 'application-credential':
      return {
        methods: ['application_credential'],
        application_credential: { ...identity.credential, secret: identity.secret },
      }
  }
}

/** Returns the method and the user for messages, without secrets. */
export function describeIdentity(identity: Identity): {
  readonly method: string
  readonly subject: string | undefined
} {
  switch (identity.method) {
    case 'password':
    case 'totp':
      return { method: identity.method, subject: describeUser(identity.user) }
    case 'multifactor':
      return { method: 'password and one-time code', subject: describeUser(identity.user) }
    case 'token':
      return { method: 'token', subject: undefined }
    case 'application-credential':
      return {
        method: 'application credential',
        subject:
          'id' in identity.credential
            ? identity.credential.id
            : `${identity.credential.name} of ${describeUser(identity.credential.user)}`,
      }
    case 'voms':
      return { method: 'client certificate', subject: identity.subject }
    case 'oidc':
      return { method: 'access token', subject: undefined }
  }
}

/**
 * Returns the user by id, or by name with a domain (by default, Keystone's default domain). Throws AuthError if there
 * is neither.
 */
function userOf(context: AuthContext): UserReference {
  const id = optionValue(context, 'user-id')
  if (id !== undefined) return { id }
  const name = optionValue(context, 'username')
  if (name === undefined) {
    throw new AuthError('Keystone needs a user name', {
      hint: 'Give `username` and `user-domain` (OS_USERNAME, OS_USER_DOMAIN_NAME), or `user-id`.',
      facts: { missing: 'username' },
    })
  }
  const domain = domainOf(context, 'user-domain') ?? domainOf(context, 'default-domain')
  if (domain === undefined) context.log(`no domain is given for the user ${name}: using the default domain`)
  return { name, domain: domain ?? { id: 'default' } }
}

function describeUser(user: UserReference): string {
  return 'id' in user ? `user id ${user.id}` : `${user.name} (domain ${describeDomain(user.domain)})`
}

function credentialOf(
  context: AuthContext,
): { readonly id: string } | { readonly name: string; readonly user: UserReference } {
  const id = optionValue(context, 'application-credential-id')
  if (id !== undefined) return { id }
  const name = optionValue(context, 'application-credential-name')
  if (name !== undefined) return { name, user: userOf(context) }
  throw new AuthError('No application credential is given', {
    hint: 'Give `application-credential-id` (OS_APPLICATION_CREDENTIAL_ID), or its name and the user.',
    facts: { missing: 'application-credential-id' },
  })
}

function requiredPassword(context: AuthContext): Promise<string> {
  const name = optionValue(context, 'username') ?? optionValue(context, 'user-id') ?? ''
  return requiredSecret(context, 'password', `Password of ${name}`)
}

async function requiredSecret(context: AuthContext, option: string, prompt: string): Promise<string> {
  const value = await context.secret(option, prompt)
  if (value !== undefined && value !== '') return value
  throw new AuthError(`Keystone needs the ${option.replaceAll('-', ' ')}`, {
    hint: `Give the option \`${option}\`.`,
    facts: { missing: option },
  })
}
