/** Parses `NAME@CONTEXT`, and finds the contexts to which a URL belongs. */
import type { Context } from '../../config/types.js'

/** The part of a word that tells where an entity is. */
type Address =
  /** `web@cesnet`, and the context exists. The word may still be a title that contains an @. */
  | { readonly location: 'context'; readonly name: string; readonly site: string }
  /** A URL below the endpoint of these contexts. */
  | { readonly location: 'url'; readonly sites: readonly string[] }
  /** `web@cesnet`, and the context does not exist. */
  | { readonly location: 'unknown'; readonly name: string; readonly site: string }
  /** A name without a context, or a URL of no context. */
  | { readonly location: 'anywhere' }

export function addressOf(word: string, contexts: readonly Context[]): Address {
  const separator = word.lastIndexOf('@')
  const [name, site] = [word.slice(0, separator), word.slice(separator + 1)]
  const namesSite = separator > 0 && isContextName(site)
  if (namesSite && contexts.some((context) => context.name === site))
    return { location: 'context', name, site }
  if (/^https?:\/\//i.test(word)) {
    const sites = contextsOfUrl(word, contexts)
    return sites.length === 0 ? { location: 'anywhere' } : { location: 'url', sites }
  }
  return namesSite ? { location: 'unknown', name, site } : { location: 'anywhere' }
}

/** The contexts whose endpoint is a prefix of the URL: of several, those with the longest endpoint. */
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

/** Whether the text may be the name of a context; otherwise the @ is part of a title. */
function isContextName(text: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(text)
}
