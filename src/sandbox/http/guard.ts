/** Checks credentials and protocol versions. */

import { createHash, timingSafeEqual } from 'node:crypto'
import { type HeaderPair, headerValue } from '../../basics/http.js'
import { Fault } from '../fault.js'
import type { SandboxAuth } from '../types.js'

/** Throws Fault 401 with a challenge. */
export function checkCredentials(headers: readonly HeaderPair[], auth: SandboxAuth): void {
  if (auth.method === 'none') return
  if (auth.method === 'token') {
    const token = headerValue(headers, 'x-auth-token') ?? headerValue(headers, 'auth-token')
    const known = token !== undefined && token !== '' && (auth.token === undefined || same(token, auth.token))
    if (known) return
    throw new Fault(401, 'Authentication required', [['Www-Authenticate', `Keystone uri='${auth.keystone}'`]])
  }
  const given = headerValue(headers, 'authorization') ?? ''
  const wanted = Buffer.from(`${auth.username}:${auth.password}`, 'utf8').toString('base64')
  const [scheme, credentials = ''] = given.split(' ', 2)
  if (scheme?.toLowerCase() === 'basic' && same(credentials, wanted)) return
  throw new Fault(401, 'Authentication required', [
    ['WWW-Authenticate', 'Basic realm="occi-sandbox", charset="UTF-8"'],
  ])
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

function same(a: string, b: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text, 'utf8').digest()
  return timingSafeEqual(digest(a), digest(b))
}
