/** The categories that the provider offers: its own and those that users have added. */
import { omitUndefined } from '../../basics/objects.js'
import type { AttributeDefinition, Category, Kind, Mixin, TypeId } from '../../model/index.js'
import { typeId } from '../../model/index.js'
import type { MixinRecord } from '../state/record.js'

export class Catalog {
  readonly categories: readonly Category[]
  readonly #byId = new Map<string, Category>()
  readonly #byLocation = new Map<string, Kind | Mixin>()

  constructor(categories: readonly Category[]) {
    this.categories = categories
    for (const category of categories) {
      this.#byId.set(category.id, category)
      if (category.class !== 'action' && category.location !== undefined) {
        this.#byLocation.set(category.location, category)
      }
    }
  }

  get(id: string): Category | undefined {
    return this.#byId.get(id)
  }

  kind(id: string): Kind | undefined {
    const category = this.#byId.get(id)
    return category?.class === 'kind' ? category : undefined
  }

  mixin(id: string): Mixin | undefined {
    const category = this.#byId.get(id)
    return category?.class === 'mixin' ? category : undefined
  }

  /** The kind or mixin whose collection is at a path. */
  byLocation(path: string): Kind | Mixin | undefined {
    return this.#byLocation.get(path)
  }

  locations(): readonly string[] {
    return [...this.#byLocation.keys()]
  }

  /** A kind and its ancestors, nearest first. */
  lineage(id: TypeId): readonly Kind[] {
    const lineage: Kind[] = []
    let kind = this.kind(id)
    while (kind !== undefined && !lineage.includes(kind)) {
      lineage.push(kind)
      kind = kind.parent === undefined ? undefined : this.kind(kind.parent)
    }
    return lineage
  }

  /** Whether a kind is another one or descends from it. */
  descendsFrom(id: TypeId, ancestor: TypeId): boolean {
    // `parent` is compared as well, because ancestors may be missing: pyssf does not offer the core kinds.
    return this.lineage(id).some((kind) => kind.id === ancestor || kind.parent === ancestor)
  }

  /** Mixins and all their dependencies, dependencies first, so that later defaults win. */
  closure(ids: readonly TypeId[]): readonly Mixin[] {
    const closure = new Map<string, Mixin>()
    const visiting = new Set<string>()
    const visit = (id: TypeId): void => {
      const mixin = this.mixin(id)
      if (mixin === undefined || visiting.has(id)) return
      visiting.add(id)
      for (const dependency of mixin.depends) visit(dependency)
      closure.set(id, mixin)
    }
    for (const id of ids) visit(id)
    return [...closure.values()]
  }

  /** Whether a mixin is another one or depends on it, directly or indirectly. */
  dependsOn(id: TypeId, dependency: TypeId): boolean {
    return this.closure([id]).some((mixin) => mixin.id === dependency)
  }

  /** All attributes that an entity of this kind with these mixins may have. Mixins override the kind. */
  definitions(kind: TypeId, mixins: readonly TypeId[]): ReadonlyMap<string, AttributeDefinition> {
    const all = new Map<string, AttributeDefinition>()
    for (const ancestor of [...this.lineage(kind)].reverse()) {
      for (const [name, definition] of ancestor.attributes) all.set(name, definition)
    }
    for (const mixin of this.closure(mixins)) {
      for (const [name, definition] of mixin.attributes) all.set(name, { ...all.get(name), ...definition })
    }
    return all
  }

  /** All actions of an entity of this kind with these mixins, applicable or not. */
  actions(kind: TypeId, mixins: readonly TypeId[]): readonly TypeId[] {
    const all = new Set<TypeId>()
    for (const ancestor of this.lineage(kind)) for (const action of ancestor.actions) all.add(action)
    for (const mixin of this.closure(mixins)) for (const action of mixin.actions) all.add(action)
    return [...all]
  }

  /** The catalog with user-defined mixins added. */
  withMixins(mixins: Iterable<MixinRecord>): Catalog {
    const added = [...mixins]
    return added.length === 0 ? this : new Catalog([...this.categories, ...added.map(toMixin)])
  }
}

export function toMixin(record: MixinRecord): Mixin {
  const title = omitUndefined({ title: record.title })
  return {
    class: 'mixin',
    scheme: record.scheme,
    term: record.term,
    id: typeId(record.scheme, record.term),
    ...title,
    attributes: new Map(),
    depends: record.depends,
    applies: record.applies,
    actions: [],
    location: record.location,
  }
}
