/** Normalizes the spellings of Keystone URLs that are in use. */

import { AuthError } from '../../errors/errors.js'
import { bareUrl } from '../../transport/index.js'

export interface KeystoneUrl {
  /** The URL without a version and without a slash at the end: `https://host:5000`, `https://host/identity`. */
  readonly base: string
  /** The version in the path of the URL. */
  readonly version: 2 | 3 | undefined
}

/** Parses a URL of Keystone. Throws AuthError when the text is not an http(s) URL. */
export function keystoneUrl(text: string): KeystoneUrl {
  const url = URL.canParse(text.trim()) ? new URL(text.trim()) : undefined
  if (url === undefined || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    throw new AuthError(`"${bareUrl(text)}" is not a URL of Keystone`, {
      hint: 'Give `auth-url` https://HOST:5000/v3 (or OS_AUTH_URL).',
      at: 'auth-url',
    })
  }
  const segments = url.pathname.split('/').filter((segment) => segment !== '')
  let version: 2 | 3 | undefined
  for (;;) {
    const lastSegment = segments.at(-1)?.toLowerCase()
    const meaning = lastSegment === undefined ? undefined : segmentMeanings[lastSegment]
    if (meaning === undefined) break
    segments.pop()
    // `/v3/auth/tokens` and `/v3/v3` (a bug of the Infrastructure Manager) both mean v3.
    if (meaning !== 'path') version ??= meaning
  }
  return { base: `${url.origin}${segments.map((segment) => `/${segment}`).join('')}`, version }
}

/** The last segments that are not part of the base URL: a version, or a path below it. */
const segmentMeanings: Readonly<Record<string, 2 | 3 | 'path'>> = {
  v3: 3,
  'v2.0': 2,
  v2: 2,
  tokens: 'path',
  auth: 'path',
}

/**
 * Returns a link with the origin of `base`, because servers behind proxies write links to other hosts. Undefined when
 * the link is not an http(s) URL.
 */
export function withOriginOf(
  link: string,
  base: string,
): { readonly url: string; readonly rewritten: boolean } | undefined {
  if (!URL.canParse(link, base)) return undefined
  const linkUrl = new URL(link, base)
  if (linkUrl.protocol !== 'http:' && linkUrl.protocol !== 'https:') return undefined
  const baseUrl = new URL(base)
  const path = `${linkUrl.pathname.replace(/\/{2,}/g, '/')}${linkUrl.search}`
  return { url: `${baseUrl.origin}${path}`, rewritten: linkUrl.origin !== baseUrl.origin }
}

export function withoutSlash(url: string): string {
  return url.endsWith('/') ? url.slice(0, -1) : url
}
