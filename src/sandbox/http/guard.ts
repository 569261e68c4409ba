/** Checks the credentials and the OCCI version of a request. */

import { type HeaderPair, headerValue } from '../../basics/http.js'
import { Fault } from '../fault.js'
import type { IdentityService } from '../identity/keystone.js'
import type { SandboxAuth } from '../types.js'
import { secretsEqual } from './secrets-equal.js'

/** What credentials are checked against. */
export interface AuthContext {
  readonly auth: SandboxAuth
  /** Checks the tokens of `--auth keystone`. */
  readonly identity: IdentityService | undefined
  /** Scheme and host that the client used. */
  readonly origin: string
}

/** Throws Fault 401 with a challenge unless the headers have the required credentials. */
export function checkCredentials(
  headers: readonly HeaderPair[],
  { auth, identity, origin }: AuthContext,
): void {
  if (auth.method === 'none') return
  if (auth.method === 'token' || auth.method === 'keystone') {
    const token = tokenIn(headers)
    if (auth.method === 'keystone' ? identity?.isValidToken(token) : isAcceptedToken(token, auth.token))
      return
    const keystone = auth.method === 'keystone' ? identity?.url(origin) : auth.keystone
    throw new Fault(401, 'Authentication required', {
      headers: [
        keystone === undefined
          ? ['WWW-Authenticate', 'Bearer realm="occi-sandbox"']
          : ['Www-Authenticate', `Keystone uri='${keystone}'`],
      ],
    })
  }
  const authorization = headerValue(headers, 'authorization') ?? ''
  const expectedCredentials = Buffer.from(`${auth.username}:${auth.password}`, 'utf8').toString('base64')
  const [scheme, credentials = ''] = authorization.split(' ', 2)
  if (scheme?.toLowerCase() === 'basic' && secretsEqual(credentials, expectedCredentials)) return
  throw new Fault(401, 'Authentication required', {
    headers: [['WWW-Authenticate', 'Basic realm="occi-sandbox", charset="UTF-8"']],
  })
}

function tokenIn(headers: readonly HeaderPair[]): string {
  const bearer = /^bearer +(\S+)$/i.exec(headerValue(headers, 'authorization') ?? '')?.[1]
  return headerValue(headers, 'x-auth-token') ?? headerValue(headers, 'auth-token') ?? bearer ?? ''
}

function isAcceptedToken(token: string, expected: string | undefined): boolean {
  return token !== '' && (expected === undefined || secretsEqual(token, expected))
}

/** Longer User-Agent headers are truncated before they are searched for OCCI versions. */
export const maxUserAgentLength = 2000

/**
 * Throws Fault 501 when the client announces a version that is higher than all versions of the provider (GFD.223 §4.2).
 */
export function checkVersion(userAgent: string | undefined, versions: readonly string[]): void {
  const providerVersions = versions.map(majorAndMinor)
  const searched = (userAgent ?? '').slice(0, maxUserAgentLength)
  for (const match of searched.matchAll(/\bOCCI\/(\d{1,4})\.(\d{1,4})\b/g)) {
    const [clientMajor, clientMinor] = [Number(match[1]), Number(match[2])]
    const isHigher = providerVersions.every(
      ([major, minor]) => clientMajor > major || (clientMajor === major && clientMinor > minor),
    )
    if (isHigher) throw new Fault(501, `OCCI/${clientMajor}.${clientMinor} is not supported`)
  }
}

function majorAndMinor(version: string): readonly [number, number] {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  return [major, minor]
}
