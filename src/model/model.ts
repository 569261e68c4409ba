/** The categories that one provider offers, with look-ups. Immutable. */
import type { AttributeDefinition, AttributeDefinitions } from './attribute.js'
import type { Action, Category, Kind, Mixin } from './category.js'
import { type TypeId, termOf, typeId } from './identifier.js'
import { ENTITY, INFRASTRUCTURE_SCHEME, LINK, RESOURCE } from './infrastructure/names.js'
import { type FindFilter, Lookup, type TemplateTerm } from './lookup.js'
import { mergeCategories } from './merge.js'
import { resolveRelations } from './relations.js'
import { ambiguous, notFound } from './unresolved.js'

/**
 * The categories of a provider. The constructor takes linear time; it merges repeated definitions (the first wins)
 * and moves kinds from a mixin's `depends` to `applies`, since text renderings do not distinguish the two.
 */
export class Model {
  readonly categories: readonly Category[]
  readonly kinds: readonly Kind[]
  readonly mixins: readonly Mixin[]
  readonly actions: readonly Action[]
  readonly #byId: ReadonlyMap<string, Category>
  readonly #dependents = new Map<TypeId, Mixin[]>()
  readonly #templates = new Map<TemplateTerm, readonly Mixin[]>()
  readonly #ancestry = new Map<TypeId, ReadonlySet<TypeId>>()
  readonly #mergedAttributes = new Map<string, AttributeDefinitions>()
  #lookup: Lookup | undefined

  constructor(categories: Iterable<Category>) {
    this.categories = resolveRelations(mergeCategories(categories))
    this.kinds = this.categories.filter((category) => category.class === 'kind')
    this.mixins = this.categories.filter((category) => category.class === 'mixin')
    this.actions = this.categories.filter((category) => category.class === 'action')
    this.#byId = new Map(this.categories.map((category) => [category.id, category]))
    for (const mixin of this.mixins) {
      for (const id of mixin.depends) {
        const dependents = this.#dependents.get(id)
        if (dependents === undefined) this.#dependents.set(id, [mixin])
        else dependents.push(mixin)
      }
    }
  }

  get(id: string): Category | undefined {
    return this.#byId.get(id)
  }

  kind(id: string): Kind | undefined {
    const category = this.get(id)
    return category?.class === 'kind' ? category : undefined
  }

  mixin(id: string): Mixin | undefined {
    const category = this.get(id)
    return category?.class === 'mixin' ? category : undefined
  }

  action(id: string): Action | undefined {
    const category = this.get(id)
    return category?.class === 'action' ? category : undefined
  }

  /** The kind or mixin whose location is this path or URL. Origin, query and trailing slash are ignored. */
  byLocation(pathOrUrl: string): Category | undefined {
    return this.#index().byPath(pathOrUrl)[0]
  }

  /**
   * Candidates for a name that a user typed, from the first of these tiers that has any: identifier, term,
   * term ignoring case, title ignoring case, location, last part of a location, short form `os_tpl#term`,
   * prefix of a term or title.
   */
  find(name: string, filter: FindFilter = {}): readonly Category[] {
    return this.#index().find(name, this.#accepts(filter))
  }

  /**
   * The one category that a name refers to. Throws NotFoundError with at most three suggestions (hint,
   * facts.suggestions) and the number of available categories, or AmbiguousError (facts.candidates).
   */
  resolve(name: string, filter: FindFilter & { readonly class: 'kind' }): Kind
  resolve(name: string, filter: FindFilter & { readonly class: 'mixin' }): Mixin
  resolve(name: string, filter: FindFilter & { readonly class: 'action' }): Action
  resolve(name: string, filter?: FindFilter): Category
  resolve(name: string, filter: FindFilter = {}): Category {
    const candidates = this.find(name, filter)
    const [only] = candidates
    if (only === undefined) throw notFound(name, filter, this.categories.filter(this.#accepts(filter)))
    if (candidates.length > 1) throw ambiguous(name, filter, candidates)
    return only
  }

  /**
   * Identifiers of a kind's parent, grandparent and so on, including those without a definition. Cycles are
   * ignored.
   */
  ancestors(kind: Kind | TypeId): readonly TypeId[] {
    return [...this.#ancestorsOf(typeof kind === 'string' ? kind : kind.id)]
  }

  /** Whether a kind is another one or descends from it. */
  isA(kindId: TypeId, ancestorId: TypeId): boolean {
    return kindId === ancestorId || this.#ancestorsOf(kindId).has(ancestorId)
  }

  /** Whether a mixin depends on another, directly or indirectly. Cycles are ignored. */
  dependsOn(mixinId: TypeId, rootId: TypeId): boolean {
    return mixinId !== rootId && this.#withDependencies([mixinId], Number.POSITIVE_INFINITY).includes(rootId)
  }

  /**
   * The provider's images (`os_tpl`) or sizes (`resource_tpl`): mixins that depend on the OCCI
   * infrastructure mixin of that term or, if there are none, on any mixin of that term. The
   * scheme of a template does not matter, since it differs between providers.
   */
  templates(term: TemplateTerm): readonly Mixin[] {
    const known = this.#templates.get(term)
    if (known !== undefined) return known
    let found = this.#dependentsOf([typeId(INFRASTRUCTURE_SCHEME, term)])
    if (found.length === 0) {
      found = this.#dependentsOf([...this.#dependents.keys()].filter((id) => termOf(id) === term))
    }
    this.#templates.set(term, found)
    return found
  }

  /**
   * Attribute definitions of an entity of this kind with these mixins: those of the kind's ancestors, the
   * kind, then each mixin after its dependencies. A mixin's default replaces an earlier one (GFD.221 §4.5.3);
   * its other details only fill gaps.
   */
  attributesOf(kindId: TypeId, mixinIds: Iterable<TypeId> = []): AttributeDefinitions {
    const mixins = [...mixinIds]
    // Identifiers never contain a line end, while some contain blanks.
    const key = [kindId, ...mixins].join('\n')
    const known = this.#mergedAttributes.get(key)
    if (known !== undefined) return known
    const merged = this.#merge(kindId, mixins)
    // A list of a thousand machines has few combinations; the limit protects against a hostile provider.
    if (this.#mergedAttributes.size < MAX_CACHED_MERGES) this.#mergedAttributes.set(key, merged)
    return merged
  }

  #merge(kindId: TypeId, mixinIds: readonly TypeId[]): AttributeDefinitions {
    const merged = new Map<string, AttributeDefinition>()
    for (const id of [...this.ancestors(kindId)].reverse().concat(kindId)) {
      for (const [name, definition] of this.get(id)?.attributes ?? []) merged.set(name, definition)
    }
    for (const id of this.#withDependencies([...mixinIds].reverse()).reverse()) {
      for (const [name, definition] of this.get(id)?.attributes ?? []) {
        const earlier = merged.get(name)
        const given = definition.default !== undefined && { default: definition.default }
        merged.set(name, earlier === undefined ? definition : { ...definition, ...earlier, ...given })
      }
    }
    return merged
  }

  /** Actions defined by the kind, its ancestors, the mixins and their dependencies. */
  actionsOf(kindId: TypeId, mixinIds: Iterable<TypeId> = []): readonly TypeId[] {
    const found = new Set<TypeId>()
    for (const id of [kindId, ...this.ancestors(kindId), ...this.#withDependencies(mixinIds)]) {
      const category = this.get(id)
      if (category === undefined || category.class === 'action') continue
      for (const action of category.actions) found.add(action)
    }
    return [...found]
  }

  /** Whether a mixin applies to entities of a kind. An empty `applies` means any kind (GFD.221 §4.5.3). */
  applies(mixin: Mixin | TypeId, kindId: TypeId): boolean {
    const found = typeof mixin === 'string' ? this.mixin(mixin) : mixin
    if (found === undefined) return true
    return this.#withDependencies([found.id]).every((id) => {
      const applies = this.mixin(id)?.applies ?? []
      return applies.length === 0 || applies.some((wanted) => this.#matchesKind(kindId, wanted))
    })
  }

  /** Name of the kind's state attribute (`occi.compute.state`, also for kinds that descend from compute). */
  stateAttribute(kindId: TypeId): string | undefined {
    const known = this.attributesOf(kindId)
    for (const id of [kindId, ...this.ancestors(kindId)]) {
      const name = `occi.${termOf(id)}.state`
      if (known.has(name)) return name
    }
    return undefined
  }

  /** Text renderings often omit parents, so a kind counts as a resource unless it is known to be a link. */
  #matchesKind(kindId: TypeId, wanted: TypeId): boolean {
    if (wanted === ENTITY) return true
    if (wanted === RESOURCE) return !this.isA(kindId, LINK)
    return this.isA(kindId, wanted)
  }

  #accepts({ class: wanted, dependsOn, appliesTo }: FindFilter): (category: Category) => boolean {
    const family = dependsOn === undefined ? undefined : new Set<Category>(this.#family(dependsOn))
    return (category) => {
      if (wanted !== undefined && category.class !== wanted) return false
      if (family !== undefined && !family.has(category)) return false
      return appliesTo === undefined || (category.class === 'mixin' && this.applies(category, appliesTo))
    }
  }

  #family(root: TemplateTerm | TypeId): readonly Mixin[] {
    return isTemplateTerm(root) ? this.templates(root) : this.#dependentsOf([root])
  }

  /** All mixins that depend on one of the roots, directly or indirectly, in the order of the model. */
  #dependentsOf(roots: readonly TypeId[]): readonly Mixin[] {
    const found = new Set<Mixin>()
    const queue = [...roots]
    for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
      for (const mixin of this.#dependents.get(next) ?? []) {
        if (found.has(mixin)) continue
        found.add(mixin)
        queue.push(mixin.id)
      }
    }
    return found.size === 0 ? [] : this.mixins.filter((mixin) => found.has(mixin))
  }

  #ancestorsOf(kindId: TypeId): ReadonlySet<TypeId> {
    const known = this.#ancestry.get(kindId)
    if (known !== undefined) return known
    const found = new Set<TypeId>()
    for (
      let parent = this.kind(kindId)?.parent;
      parent !== undefined && parent !== kindId && !found.has(parent);
      parent = this.kind(parent)?.parent
    ) {
      found.add(parent)
    }
    this.#ancestry.set(kindId, found)
    return found
  }

  /** The mixins and all their dependencies, dependents first. `limit` bounds the work for a hostile model. */
  #withDependencies(ids: Iterable<TypeId>, limit = 1000): TypeId[] {
    const queue = new Set<TypeId>(ids)
    for (const id of queue) {
      for (const dependency of this.mixin(id)?.depends ?? []) {
        if (queue.size >= limit) return [...queue]
        queue.add(dependency)
      }
    }
    return [...queue]
  }

  #index(): Lookup {
    this.#lookup ??= new Lookup(this.categories, this.#byId)
    return this.#lookup
  }
}

const MAX_CACHED_MERGES = 256

function isTemplateTerm(root: string): root is TemplateTerm {
  return root === 'os_tpl' || root === 'resource_tpl'
}
