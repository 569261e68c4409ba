/** Identifiers of categories: the scheme and the term, concatenated (GFD.221 §4.3). */

/** The identifier of a category, e.g. `http://schemas.ogf.org/occi/infrastructure#compute`. */
export type TypeId = string & { readonly __typeId: unique symbol }

/** The two parts of a type identifier. */
export interface Identifier {
  /** As the provider writes it, normally ending in `#`. */
  readonly scheme: string
  readonly term: string
}

/** Returns the identifier of the category with this scheme and term. */
export function typeId(scheme: string, term: string): TypeId {
  return (scheme + term) as TypeId
}

/**
 * Splits a type identifier after its last `#`, or after the last `/` if it has no `#`. Returns undefined if scheme or
 * term would be empty.
 */
export function parseIdentifier(text: string): Identifier | undefined {
  let cut = text.lastIndexOf('#')
  if (cut < 0) cut = text.lastIndexOf('/')
  if (cut < 0 || cut === text.length - 1) return undefined
  return { scheme: text.slice(0, cut + 1), term: text.slice(cut + 1) }
}

/** Returns the term of a type identifier, or the whole text if it is not one. */
export function termOf(id: string): string {
  return parseIdentifier(id)?.term ?? id
}

/** Whether a term is valid in OCCI 1.2 (GFD.229): a letter or digit, then letters, digits, `-`, `_` and `.`. */
export function isTerm12(term: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9._-]{0,254}$/.test(term)
}

/** Whether a term is valid in OCCI 1.1 (GFD.185 §3.3): a lower-case letter, then those, digits, `-` and `_`. */
export function isTerm11(term: string): boolean {
  return /^[a-z][a-z0-9_-]{0,254}$/.test(term)
}
