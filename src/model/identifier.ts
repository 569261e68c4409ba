/**
 * Identity of categories: scheme + term (GFD.221 §4.3). A type identifier is their concatenation.
 */

/** `scheme` immediately followed by `term`, e.g. `http://schemas.ogf.org/occi/infrastructure#compute`. */
export type TypeId = string & { readonly __typeId: unique symbol }

/** The two parts of an identifier. */
export interface Identifier {
  /** As the provider writes it, normally ending in `#`. */
  readonly scheme: string
  readonly term: string
}

/** Concatenates scheme and term. The result identifies a category everywhere in this library. */
export function typeId(scheme: string, term: string): TypeId {
  return (scheme + term) as TypeId
}

/**
 * Splits a type identifier after its last `#`, or after the last `/` when there is no `#`.
 * Returns undefined when scheme or term would be empty.
 */
export function parseIdentifier(text: string): Identifier | undefined {
  let cut = text.lastIndexOf('#')
  if (cut < 0) cut = text.lastIndexOf('/')
  if (cut < 0 || cut === text.length - 1) return undefined
  return { scheme: text.slice(0, cut + 1), term: text.slice(cut + 1) }
}

/** The part after the last `#` (or `/`), or the whole text when there is neither. */
export function termOf(id: string): string {
  return parseIdentifier(id)?.term ?? id
}

/** Term grammar of OCCI 1.2 (GFD.229): letter or digit, then those and `-` `_` `.`. */
export function isTerm12(term: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9._-]{0,254}$/.test(term)
}

/** Term grammar of OCCI 1.1 (GFD.185 §3.3): lower-case letter, then lower case, digits, `-`, `_`. */
export function isTerm11(term: string): boolean {
  return /^[a-z][a-z0-9_-]{0,254}$/.test(term)
}
