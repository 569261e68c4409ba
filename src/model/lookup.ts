/** Finds categories by a name that a user typed: exact matches first, then approximate ones, tier by tier. */
import type { Category, CategoryClass } from './category.js'
import { parseIdentifier, type TypeId, termOf } from './identifier.js'
import { lastSegment, pathOf } from './location.js'

/** Terms of the mixins on which images and sizes depend. */
export type TemplateTerm = 'os_tpl' | 'resource_tpl'

/** Restricts the categories that a name may refer to. All given conditions must hold. */
export interface FindFilter {
  readonly class?: CategoryClass
  /**
   * Only mixins that depend on this one, given by identifier or as `os_tpl` or `resource_tpl` (see
   * Model.templates).
   */
  readonly dependsOn?: TemplateTerm | TypeId
  /** Only mixins that apply to this kind. */
  readonly appliesTo?: TypeId
}

type Accepts = (category: Category) => boolean

/** Indexes over all categories, built once per model in linear time. */
export class Lookup {
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

  byPath(location: string): readonly Category[] {
    return this.#byPath.get(pathOf(location)) ?? []
  }

  /** Returns the matches of the first tier that has any; see Model.find. */
  find(name: string, accepts: Accepts): readonly Category[] {
    const trimmed = name.trim()
    if (trimmed === '') return []
    for (const tier of this.#tiers(trimmed)) {
      const candidates = tier().filter(accepts)
      if (candidates.length > 0) return candidates
    }
    return []
  }

  #tiers(name: string): readonly (() => readonly Category[])[] {
    const lower = name.toLowerCase()
    const ofTerm = this.#byTerm.get(lower) ?? []
    return [
      () => listOf(this.#byId.get(name)),
      () => ofTerm.filter((category) => category.term === name),
      () => ofTerm,
      () => this.#byTitle.get(lower) ?? [],
      () => this.#byUnlabelledTitle.get(lower) ?? [],
      // OCCI-OS since Grizzly writes `m1.tiny` as m1-tiny, and blanks as underscores.
      () =>
        (/[ .]/.test(lower) ? this.#byTerm.get(lower.replaceAll(' ', '_').replaceAll('.', '-')) : []) ?? [],
      () => (name.includes('/') ? this.byPath(name) : []),
      () => this.#bySegment.get(lower) ?? [],
      () => this.#byShortForm(lower),
      () => this.#byPrefix(lower),
    ]
  }

  /**
   * Short form `FAMILY#TERM`, such as `os_tpl#debian-12`. FAMILY is the last part of the scheme, or the term of a mixin
   * on which the category depends.
   */
  #byShortForm(name: string): readonly Category[] {
    const parts = parseIdentifier(name)
    if (parts === undefined || !parts.scheme.endsWith('#')) return []
    const family = lastSegment(parts.scheme.slice(0, -1))
    const named = this.#byTerm.get(parts.term) ?? this.#byTitle.get(parts.term) ?? []
    return named.filter(
      (category) => schemeFamily(category.scheme) === family || parents(category).includes(family),
    )
  }

  #byPrefix(name: string): readonly Category[] {
    return this.#categories.filter(
      ({ term, title }) => term.toLowerCase().startsWith(name) || title?.toLowerCase().startsWith(name),
    )
  }
}

/** An occi-os title without its label: `cirros-0.3.0` for `Image: cirros-0.3.0`. Undefined if it has no label. */
export function withoutLabel(title: string | undefined): string | undefined {
  const colon = title?.indexOf(': ') ?? -1
  const unlabelled = colon < 1 ? '' : (title ?? '').slice(colon + 2).trim()
  return unlabelled === '' ? undefined : unlabelled
}

function schemeFamily(scheme: string): string {
  return lastSegment(scheme.endsWith('#') ? scheme.slice(0, -1) : scheme).toLowerCase()
}

function parents(category: Category): readonly string[] {
  return category.class === 'mixin' ? category.depends.map((id) => termOf(id).toLowerCase()) : []
}

function listOf(category: Category | undefined): readonly Category[] {
  return category === undefined ? [] : [category]
}

function addToIndex(index: Map<string, Category[]>, key: string, category: Category): void {
  const entries = index.get(key)
  if (entries === undefined) index.set(key, [category])
  else entries.push(category)
}
