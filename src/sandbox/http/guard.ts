/** Checks credentials and protocol versions. */

import { type HeaderPair, headerValue } from '../../basics/http.js'
import { Fault } from '../fault.js'
import type { IdentityService } from '../identity/keystone.js'
import type { SandboxAuth } from '../types.js'
import { secretsEqual } from './secrets-equal.js'

export interface Admission {
  readonly auth: SandboxAuth
  /** Checks the tokens of `--auth keystone`. */
  readonly identity: IdentityService | undefined
  /** Scheme and host that the client used. */
  readonly origin: string
}

/** Throws Fault 401 with a challenge unless the headers have the required credentials. */
export function checkCredentials(
  headers: readonly HeaderPair[],
  { auth, identity, origin }: Admission,
): void {
  if (auth.method === 'none') return
  if (auth.method === 'token' || auth.method === 'keystone') {
    const token = tokenIn(headers)
    if (auth.method === 'keystone' ? identity?.isValidToken(token) : isToken(token, auth.token)) return
    const keystone = auth.method === 'keystone' ? identity?.url(origin) : auth.keystone
    throw new Fault(401, 'Authentication required', [
      keystone === undefined
        ? ['WWW-Authenticate', 'Bearer realm="occi-sandbox"']
        : ['Www-Authenticate', `Keystone uri='${keystone}'`],
    ])
  }
  const authorization = headerValue(headers, 'authorization') ?? ''
  const expectedCredentials = Buffer.from(`${auth.username}:${auth.password}`, 'utf8').toString('base64')
  const [scheme, credentials = ''] = authorization.split(' ', 2)
  if (scheme?.toLowerCase() === 'basic' && secretsEqual(credentials, expectedCredentials)) return
  throw new Fault(401, 'Authentication required', [
    ['WWW-Authenticate', 'Basic realm="occi-sandbox", charset="UTF-8"'],
  ])
}

function tokenIn(headers: readonly HeaderPair[]): string {
  const bearer = /^bearer +(\S+)$/i.exec(headerValue(headers, 'authorization') ?? '')?.[1]
  return headerValue(headers, 'x-auth-token') ?? headerValue(headers, 'auth-token') ?? bearer ?? ''
}

function isToken(token: string, expected: string | undefined): boolean {
  return token !== '' && (expected === undefined || secretsEqual(token, expected))
}

/** Throws Fault 501 when the client announces a higher version than the provider's (GFD.223 §4.2). */
export function checkVersion(userAgent: string | undefined, versions: readonly string[]): void {
  const ours = versions.map(parts)
  for (const match of (userAgent ?? '').slice(0, 2000).matchAll(/\bOCCI\/(\d{1,4})\.(\d{1,4})\b/g)) {
    const theirs = [Number(match[1]), Number(match[2])] as const
    const isHigher = ours.every(
      ([major, minor]) => theirs[0] > major || (theirs[0] === major && theirs[1] > minor),
    )
    if (isHigher) throw new Fault(501, `OCCI/${theirs[0]}.${theirs[1]} is not supported`)
  }
}

function parts(version: string): readonly [number, number] {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  return [major, minor]
}
