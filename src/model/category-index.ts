/** Finds categories by a name that a user typed. Exact matches are preferred to approximate ones. */
import type { Category, CategoryClass } from './category.js'
import { parseIdentifier, type TypeId, termOf } from './identifier.js'
import { lastSegment, pathOf } from './location.js'

/** The term of the mixin on which images (`os_tpl`) or sizes (`resource_tpl`) depend. */
export type TemplateTerm = 'os_tpl' | 'resource_tpl'

/** Restricts the categories that a name may refer to. All given conditions must hold. */
export interface FindFilter {
  readonly class?: CategoryClass
  /** Only mixins that depend on this one. A term stands for the images or sizes of `Model.templates`. */
  readonly dependsOn?: TemplateTerm | TypeId
  /** Only mixins that apply to this kind. */
  readonly appliesTo?: TypeId
}

/** Whether a category satisfies a filter. */
type Accepts = (category: Category) => boolean

/** An index of the categories of one model, built in linear time. */
export class CategoryIndex {
  readonly #categories: readonly Category[]
  readonly #byId: ReadonlyMap<string, Category>
  readonly #byTerm = new Map<string, Category[]>()
  readonly #byTitle = new Map<string, Category[]>()
  readonly #byUnlabelledTitle = new Map<string, Category[]>()
  readonly #byPath = new Map<string, Category[]>()
  readonly #bySegment = new Map<string, Category[]>()

  constructor(categories: readonly Category[], byId: ReadonlyMap<string, Category>) {
    this.#categories = categories
    this.#byId = byId
    for (const category of categories) {
      addToIndex(this.#byTerm, category.term.toLowerCase(), category)
      if (category.title) addToIndex(this.#byTitle, category.title.toLowerCase(), category)
      const unlabelled = withoutLabel(category.title)
      if (unlabelled !== undefined) addToIndex(this.#byUnlabelledTitle, unlabelled.toLowerCase(), category)
      if (category.class === 'action' || category.location === undefined) continue
      const path = pathOf(category.location)
      addToIndex(this.#byPath, path, category)
      addToIndex(this.#bySegment, lastSegment(path).toLowerCase(), category)
    }
  }

  /** Returns the categories whose collection has the same path as a location. */
  byLocation(location: string): readonly Category[] {
    return this.#byPath.get(pathOf(location)) ?? []
  }

  /** Returns the accepted matches of the first tier that has any. `Model.find` lists the tiers. */
  find(name: string, accepts: Accepts): readonly Category[] {
    const trimmed = name.trim()
    if (trimmed === '') return []
    for (const findInTier of this.#tiers(trimmed)) {
      const matches = findInTier().filter(accepts)
      if (matches.length > 0) return matches
    }
    return []
  }

  /** Returns a function for each way of matching, from exact to approximate. */
  #tiers(name: string): readonly (() => readonly Category[])[] {
    const lower = name.toLowerCase()
    const withTerm = this.#byTerm.get(lower) ?? []
    return [
      () => asList(this.#byId.get(name)),
      () => withTerm.filter((category) => category.term === name),
      () => withTerm,
      () => this.#byTitle.get(lower) ?? [],
      () => this.#byUnlabelledTitle.get(lower) ?? [],
      () => this.#byTerm.get(termInOcciOs(lower)) ?? [],
      () => (name.includes('/') ? this.byLocation(name) : []),
      () => this.#bySegment.get(lower) ?? [],
      () => this.#byShortForm(lower),
      () => this.#byPrefix(lower),
    ]
  }

  /**
   * Finds the short form `FAMILY#TERM`, such as `os_tpl#debian-12`. FAMILY is the last part of the scheme, or the term
   * of a mixin on which the category depends.
   */
  #byShortForm(name: string): readonly Category[] {
    const parts = parseIdentifier(name)
    if (parts === undefined || !parts.scheme.endsWith('#')) return []
    const family = lastSegment(parts.scheme.slice(0, -1))
    const candidates = this.#byTerm.get(parts.term) ?? this.#byTitle.get(parts.term) ?? []
    return candidates.filter(
      (category) => schemeFamily(category.scheme) === family || dependencyTerms(category).includes(family),
    )
  }

  #byPrefix(name: string): readonly Category[] {
    return this.#categories.filter(
      ({ term, title }) => term.toLowerCase().startsWith(name) || title?.toLowerCase().startsWith(name),
    )
  }
}

/** Removes the label of an occi-os title: `Image: cirros-0.3.0` becomes `cirros-0.3.0`. Undefined if it has none. */
export function withoutLabel(title: string | undefined): string | undefined {
  const colon = title?.indexOf(': ') ?? -1
  const unlabelled = colon < 1 ? '' : (title ?? '').slice(colon + 2).trim()
  return unlabelled === '' ? undefined : unlabelled
}

/** Returns a term as OCCI-OS since Grizzly writes it: `m1.tiny` as `m1-tiny`, and blanks as underscores. */
function termInOcciOs(name: string): string {
  return name.replaceAll(' ', '_').replaceAll('.', '-')
}

/** Returns the last part of a scheme: `os_tpl` for `https://example.org/os_tpl#`. */
function schemeFamily(scheme: string): string {
  return lastSegment(scheme.endsWith('#') ? scheme.slice(0, -1) : scheme).toLowerCase()
}

function dependencyTerms(category: Category): readonly string[] {
  return category.class === 'mixin' ? category.depends.map((id) => termOf(id).toLowerCase()) : []
}

function asList(category: Category | undefined): readonly Category[] {
  return category === undefined ? [] : [category]
}

function addToIndex(index: Map<string, Category[]>, key: string, category: Category): void {
  const entries = index.get(key)
  if (entries === undefined) index.set(key, [category])
  else entries.push(category)
}
