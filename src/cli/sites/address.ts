/** Reads `NAME@CONTEXT`, and finds the contexts to which a URL belongs. */
import type { Context } from '../../config/types.js'

/** What a word that names a thing says about where it is. */
export type Address =
  /** `web@cesnet` of a context that exists; or else a title that holds an @. */
  | { readonly location: 'context'; readonly name: string; readonly site: string }
  /** A URL below the endpoints of these contexts. */
  | { readonly location: 'url'; readonly sites: readonly string[] }
  /** `web@cesnet`, and there is no such context. */
  | { readonly location: 'unknown'; readonly name: string; readonly site: string }
  /** Nothing. */
  | { readonly location: 'anywhere' }

export function addressOf(word: string, contexts: readonly Context[]): Address {
  const at = word.lastIndexOf('@')
  const [name, site] = [word.slice(0, at), word.slice(at + 1)]
  const split = at > 0 && isName(site)
  if (split && contexts.some((context) => context.name === site)) return { location: 'context', name, site }
  if (/^https?:\/\//i.test(word)) {
    const sites = contextsOfUrl(word, contexts)
    return sites.length === 0 ? { location: 'anywhere' } : { location: 'url', sites }
  }
  return split ? { location: 'unknown', name, site } : { location: 'anywhere' }
}

/** The contexts below whose endpoint the URL is; of nested endpoints the innermost. */
function contextsOfUrl(word: string, contexts: readonly Context[]): readonly string[] {
  const url = parseUrl(word)?.href
  if (url === undefined) return []
  const bases = contexts.flatMap(({ name, settings }) => {
    const base = baseOf(settings['endpoint'] ?? '')
    return base !== undefined && url.startsWith(base) ? [{ name, base }] : []
  })
  const longest = Math.max(0, ...bases.map(({ base }) => base.length))
  return bases.flatMap(({ name, base }) => (base.length === longest ? [name] : []))
}

function baseOf(endpoint: string): string | undefined {
  const url = /^https?:\/\//i.test(endpoint) ? parseUrl(endpoint) : undefined
  if (url === undefined) return undefined
  return `${url.origin}${url.pathname.endsWith('/') ? url.pathname : `${url.pathname}/`}`
}

function parseUrl(text: string): URL | undefined {
  return URL.canParse(text) ? new URL(text) : undefined
}

/** Only what can be the name of a context follows an @ that addresses. */
function isName(text: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(text)
}
