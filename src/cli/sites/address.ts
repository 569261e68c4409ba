/** Reads `NAME@CONTEXT`, and finds the contexts to which a URL belongs. */
import type { Context } from '../../config/types.js'

/** What a word that names a thing says about where it is. */
export type Address =
  /** `web@cesnet` of a context that exists; or else a title that holds an @. */
  | { readonly at: 'context'; readonly name: string; readonly site: string }
  /** A URL below the endpoints of these contexts. */
  | { readonly at: 'url'; readonly sites: readonly string[] }
  /** `web@cesnet`, and there is no such context. */
  | { readonly at: 'unknown'; readonly name: string; readonly site: string }
  /** Nothing. */
  | { readonly at: 'anywhere' }

export function addressOf(word: string, contexts: readonly Context[]): Address {
  const cut = word.lastIndexOf('@')
  const [name, site] = [word.slice(0, cut), word.slice(cut + 1)]
  const split = cut > 0 && isName(site)
  if (split && contexts.some((context) => context.name === site)) return { at: 'context', name, site }
  if (/^https?:\/\//i.test(word)) {
    const sites = contextsOfUrl(word, contexts)
    return sites.length === 0 ? { at: 'anywhere' } : { at: 'url', sites }
  }
  return split ? { at: 'unknown', name, site } : { at: 'anywhere' }
}

/** The contexts below whose endpoint the URL is; of nested endpoints the innermost. */
function contextsOfUrl(word: string, contexts: readonly Context[]): readonly string[] {
  const url = parsed(word)?.href
  if (url === undefined) return []
  const bases = contexts.flatMap(({ name, settings }) => {
    const base = baseOf(settings['endpoint'] ?? '')
    return base !== undefined && url.startsWith(base) ? [{ name, base }] : []
  })
  const longest = Math.max(0, ...bases.map(({ base }) => base.length))
  return bases.flatMap(({ name, base }) => (base.length === longest ? [name] : []))
}

function baseOf(endpoint: string): string | undefined {
  const url = /^https?:\/\//i.test(endpoint) ? parsed(endpoint) : undefined
  if (url === undefined) return undefined
  return `${url.origin}${url.pathname.endsWith('/') ? url.pathname : `${url.pathname}/`}`
}

function parsed(text: string): URL | undefined {
  return URL.canParse(text) ? new URL(text) : undefined
}

/** Only what can be the name of a context follows an @ that addresses. */
function isName(text: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(text)
}
