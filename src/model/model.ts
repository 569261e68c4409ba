/** The model of a provider, with look-ups. */
import type { AttributeDefinition, AttributeDefinitions } from './attribute.js'
import type { Action, Category, Kind, Mixin } from './category.js'
import { CategoryIndex, type FindFilter, type TemplateTerm } from './category-index.js'
import { type TypeId, termOf, typeId } from './identifier.js'
import { ENTITY, INFRASTRUCTURE_SCHEME, LINK, RESOURCE } from './infrastructure/names.js'
import { mergeCategories } from './merge.js'
import { ambiguousError, notFoundError } from './name-errors.js'
import { resolveRelations } from './relations.js'

/**
 * The categories that a provider offers. Immutable. The constructor takes linear time. It merges repeated definitions
 * (the first wins), and moves kinds from a mixin's `depends` to `applies`, because text renderings combine the two.
 */
export class Model {
  readonly categories: readonly Category[]
  readonly kinds: readonly Kind[]
  readonly mixins: readonly Mixin[]
  readonly actions: readonly Action[]
  readonly #byId: ReadonlyMap<string, Category>
  readonly #dependents = new Map<TypeId, Mixin[]>()
  readonly #templates = new Map<TemplateTerm, readonly Mixin[]>()
  readonly #ancestors = new Map<TypeId, ReadonlySet<TypeId>>()
  readonly #mergedAttributes = new Map<string, AttributeDefinitions>()
  #index: CategoryIndex | undefined

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

  /** Returns the category with an identifier. */
  get(id: string): Category | undefined {
    return this.#byId.get(id)
  }

  /** Returns the kind with an identifier. */
  kind(id: string): Kind | undefined {
    const category = this.get(id)
    return category?.class === 'kind' ? category : undefined
  }

  /** Returns the mixin with an identifier. */
  mixin(id: string): Mixin | undefined {
    const category = this.get(id)
    return category?.class === 'mixin' ? category : undefined
  }

  /** Returns the action with an identifier. */
  action(id: string): Action | undefined {
    const category = this.get(id)
    return category?.class === 'action' ? category : undefined
  }

  /** Returns the kind or mixin with this path or URL as its location. Origin, query and trailing slash are ignored. */
  byLocation(pathOrUrl: string): Category | undefined {
    return this.#categoryIndex().byLocation(pathOrUrl)[0]
  }

  /**
   * Returns the categories that a name typed by a user may mean: those that match in the first of these ways in which
   * any does: identifier, term, term ignoring case, title ignoring case, title without its label, term as OCCI-OS
   * writes it, location, last part of a location, short form `os_tpl#term`, prefix of a term or title.
   */
  find(name: string, filter: FindFilter = {}): readonly Category[] {
    return this.#categoryIndex().find(name, this.#accepts(filter))
  }

  /**
   * Returns the only category that a name may mean. Throws NotFoundError with at most three suggestions (hint,
   * facts.suggestions) and the number of available categories, or AmbiguousError (facts.candidates).
   */
  resolve(name: string, filter: FindFilter & { readonly class: 'kind' }): Kind
  resolve(name: string, filter: FindFilter & { readonly class: 'mixin' }): Mixin
  resolve(name: string, filter: FindFilter & { readonly class: 'action' }): Action
  resolve(name: string, filter?: FindFilter): Category
  resolve(name: string, filter: FindFilter = {}): Category {
    const candidates = this.find(name, filter)
    const [only] = candidates
    if (only === undefined) throw notFoundError(name, filter, this.categories.filter(this.#accepts(filter)))
    if (candidates.length > 1) throw ambiguousError(name, filter, candidates)
    return only
  }

  /**
   * Returns the identifiers of a kind's parent, grandparent and so on. They may include one without a definition.
   * Cycles are ignored.
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
   * Returns the provider's images (`os_tpl`) or sizes (`resource_tpl`): the mixins that depend on the mixin of OCCI
   * Infrastructure with that term or, if there are none, on any mixin with that term. The schemes of templates are
   * ignored, because they differ between providers (Q40).
   */
  templates(term: TemplateTerm): readonly Mixin[] {
    const cached = this.#templates.get(term)
    if (cached !== undefined) return cached
    let templates = this.#dependentsOf([typeId(INFRASTRUCTURE_SCHEME, term)])
    if (templates.length === 0) {
      templates = this.#dependentsOf([...this.#dependents.keys()].filter((id) => termOf(id) === term))
    }
    this.#templates.set(term, templates)
    return templates
  }

  /**
   * Returns the attribute definitions of an entity of a kind with mixins: those of the kind's ancestors, of the kind,
   * and of each mixin after its dependencies. If a mixin defines an attribute again, its default replaces the earlier
   * one (GFD.221 §4.5.3), while its other properties are used only if the earlier definition lacks them.
   */
  attributesOf(kindId: TypeId, mixinIds: Iterable<TypeId> = []): AttributeDefinitions {
    const mixins = [...mixinIds]
    // Identifiers never contain a line end, while some contain blanks.
    const key = [kindId, ...mixins].join('\n')
    const cached = this.#mergedAttributes.get(key)
    if (cached !== undefined) return cached
    const merged = this.#mergeDefinitions(kindId, mixins)
    // Even a list of a thousand machines has few combinations. The limit protects against a hostile provider.
    if (this.#mergedAttributes.size < MAX_CACHED_MERGES) this.#mergedAttributes.set(key, merged)
    return merged
  }

  #mergeDefinitions(kindId: TypeId, mixinIds: readonly TypeId[]): AttributeDefinitions {
    const merged = new Map<string, AttributeDefinition>()
    for (const id of [...this.ancestors(kindId)].reverse().concat(kindId)) {
      for (const [name, definition] of this.get(id)?.attributes ?? []) merged.set(name, definition)
    }
    for (const id of this.#withDependencies([...mixinIds].reverse()).reverse()) {
      for (const [name, definition] of this.get(id)?.attributes ?? []) {
        const earlier = merged.get(name)
        const newDefault = definition.default !== undefined && { default: definition.default }
        merged.set(name, earlier === undefined ? definition : { ...definition, ...earlier, ...newDefault })
      }
    }
    return merged
  }

  /** Returns the actions of a kind, its ancestors, the mixins and their dependencies. */
  actionsOf(kindId: TypeId, mixinIds: Iterable<TypeId> = []): readonly TypeId[] {
    const actions = new Set<TypeId>()
    for (const id of [kindId, ...this.ancestors(kindId), ...this.#withDependencies(mixinIds)]) {
      const category = this.get(id)
      if (category === undefined || category.class === 'action') continue
      for (const action of category.actions) actions.add(action)
    }
    return [...actions]
  }

  /**
   * Whether a mixin applies to entities of a kind, and the mixins that it depends on do, too. An empty `applies` means
   * any kind (GFD.221 §4.5.3). A mixin without a definition is assumed to apply.
   */
  applies(mixin: Mixin | TypeId, kindId: TypeId): boolean {
    const definition = typeof mixin === 'string' ? this.mixin(mixin) : mixin
    if (definition === undefined) return true
    return this.#withDependencies([definition.id]).every((id) => {
      const kindIds = this.mixin(id)?.applies ?? []
      return kindIds.length === 0 || kindIds.some((appliesTo) => this.#descendsFrom(kindId, appliesTo))
    })
  }

  /** Returns the name of a kind's state attribute: `occi.compute.state`, also for kinds that descend from compute. */
  stateAttribute(kindId: TypeId): string | undefined {
    const attributes = this.attributesOf(kindId)
    for (const id of [kindId, ...this.ancestors(kindId)]) {
      const name = `occi.${termOf(id)}.state`
      if (attributes.has(name)) return name
    }
    return undefined
  }

  /**
   * Whether a kind is another one or descends from it. Text renderings often omit parents, so every kind counts as an
   * entity, and as a resource unless it is known to be a link.
   */
  #descendsFrom(kindId: TypeId, ancestorId: TypeId): boolean {
    if (ancestorId === ENTITY) return true
    if (ancestorId === RESOURCE) return !this.isA(kindId, LINK)
    return this.isA(kindId, ancestorId)
  }

  /** Returns a function that tests whether a category satisfies the filter. */
  #accepts({ class: categoryClass, dependsOn, appliesTo }: FindFilter): (category: Category) => boolean {
    const dependents = dependsOn === undefined ? undefined : new Set<Category>(this.#mixinsUnder(dependsOn))
    return (category) => {
      if (categoryClass !== undefined && category.class !== categoryClass) return false
      if (dependents !== undefined && !dependents.has(category)) return false
      return appliesTo === undefined || (category.class === 'mixin' && this.applies(category, appliesTo))
    }
  }

  #mixinsUnder(root: TemplateTerm | TypeId): readonly Mixin[] {
    return isTemplateTerm(root) ? this.templates(root) : this.#dependentsOf([root])
  }

  /** Returns all mixins that depend on one of the roots, directly or indirectly, in the order of the model. */
  #dependentsOf(roots: readonly TypeId[]): readonly Mixin[] {
    const dependents = new Set<Mixin>()
    const queue = [...roots]
    for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
      for (const mixin of this.#dependents.get(next) ?? []) {
        if (dependents.has(mixin)) continue
        dependents.add(mixin)
        queue.push(mixin.id)
      }
    }
    return dependents.size === 0 ? [] : this.mixins.filter((mixin) => dependents.has(mixin))
  }

  #ancestorsOf(kindId: TypeId): ReadonlySet<TypeId> {
    const cached = this.#ancestors.get(kindId)
    if (cached !== undefined) return cached
    const ancestors = new Set<TypeId>()
    let parent = this.kind(kindId)?.parent
    while (parent !== undefined && parent !== kindId && !ancestors.has(parent)) {
      ancestors.add(parent)
      parent = this.kind(parent)?.parent
    }
    this.#ancestors.set(kindId, ancestors)
    return ancestors
  }

  /** Returns mixins and all their dependencies, dependents first. `limit` bounds the work for a hostile model. */
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

  /** Returns the index, which is built when a name is looked up for the first time. */
  #categoryIndex(): CategoryIndex {
    this.#index ??= new CategoryIndex(this.categories, this.#byId)
    return this.#index
  }
}

const MAX_CACHED_MERGES = 256

function isTemplateTerm(root: string): root is TemplateTerm {
  return root === 'os_tpl' || root === 'resource_tpl'
}
