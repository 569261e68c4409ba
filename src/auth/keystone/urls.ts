/** Normalizes the spellings of Keystone URLs that are in use. */

import { AuthError } from '../../errors/errors.js'
import { bareUrl } from '../../transport/index.js'

export interface KeystoneUrl {
  /** Without a version and without a slash at the end: `https://host:5000`, `https://host/identity`. */
  readonly base: string
  /** The version that the URL contained. */
  readonly version: 2 | 3 | undefined
}

/** Throws AuthError when the text is not an http(s) URL. */
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
    const last = segments.at(-1)?.toLowerCase()
    const part = last === undefined ? undefined : versionSegments[last]
    if (part === undefined) break
    segments.pop()
    // The first version in the path counts: `/v3/v3` (a bug of IM) is v3, and of `/v3/auth/tokens` only `/v3`
    // matters.
    if (part !== 'path') version ??= part
  }
  return { base: `${url.origin}${segments.map((segment) => `/${segment}`).join('')}`, version }
}

const versionSegments: Readonly<Record<string, 2 | 3 | 'path'>> = {
  v3: 3,
  'v2.0': 2,
  v2: 2,
  tokens: 'path',
  auth: 'path',
}

/**
 * The link with the origin of `base`, because servers behind proxies write links to other hosts. Undefined when the
 * link is not an http(s) URL.
 */
export function onHostOf(
  link: string,
  base: string,
): { readonly url: string; readonly rewritten: boolean } | undefined {
  if (!URL.canParse(link, base)) return undefined
  const linked = new URL(link, base)
  if (linked.protocol !== 'http:' && linked.protocol !== 'https:') return undefined
  const current = new URL(base)
  const path = `${linked.pathname.replace(/\/{2,}/g, '/')}${linked.search}`
  return { url: `${current.origin}${path}`, rewritten: linked.origin !== current.origin }
}

export function withoutSlash(url: string): string {
  return url.endsWith('/') ? url.slice(0, -1) : url
}
