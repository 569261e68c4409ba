/** The entities and user-defined mixins of a sandbox, in memory. */
import { type TypeId, typeId } from '../../model/index.js'
import type { Change, EntityRecord, MixinRecord } from './record.js'

/** Highest number of deleted paths that are remembered. The oldest ones are dropped first. */
const maxRememberedDeletions = 1000

export class Cloud {
  readonly #entities = new Map<string, EntityRecord>()
  readonly #deleted = new Set<string>()
  readonly #mixins = new Map<TypeId, MixinRecord>()
  /** Paths of the links that start or end at a path. */
  readonly #links = new Map<string, Set<string>>()
  /** The changes of the current operation. */
  #applied: { readonly change: Change; readonly undo: Change; readonly wasDeleted: boolean }[] = []

  /** Number of records: entities and mixins. */
  get size(): number {
    return this.#entities.size + this.#mixins.size
  }

  entity(path: string): EntityRecord | undefined {
    return this.#entities.get(path)
  }

  /** Whether an entity at this path was deleted, as far as deletions are remembered. */
  wasDeleted(path: string): boolean {
    return this.#deleted.has(path)
  }

  entities(): IterableIterator<EntityRecord> {
    return this.#entities.values()
  }

  mixins(): IterableIterator<MixinRecord> {
    return this.#mixins.values()
  }

  /** Links that start or end at a path. */
  linksAt(path: string): readonly EntityRecord[] {
    const links: EntityRecord[] = []
    for (const link of this.#links.get(path) ?? []) {
      const record = this.#entities.get(link)
      if (record !== undefined) links.push(record)
    }
    return links
  }

  put(record: EntityRecord): void {
    const previous = this.#entities.get(record.path)
    this.#record(['entity', record], previous === undefined ? ['-entity', record.path] : ['entity', previous])
  }

  drop(path: string): void {
    const previous = this.#entities.get(path)
    if (previous !== undefined) this.#record(['-entity', path], ['entity', previous])
  }

  putMixin(mixin: MixinRecord): void {
    const id = typeId(mixin.scheme, mixin.term)
    const previous = this.#mixins.get(id)
    this.#record(['mixin', mixin], previous === undefined ? ['-mixin', id] : ['mixin', previous])
  }

  dropMixin(id: TypeId): void {
    const previous = this.#mixins.get(id)
    if (previous !== undefined) this.#record(['-mixin', id], ['mixin', previous])
  }

  /** Runs an operation and returns its result and changes. If it throws, its changes are undone. */
  attempt<T>(operation: () => T): { readonly result: T; readonly changes: readonly Change[] } {
    this.#applied = []
    try {
      const result = operation()
      return { result, changes: this.#applied.map((step) => step.change) }
    } catch (error) {
      for (const { undo, wasDeleted } of this.#applied.reverse()) {
        this.apply(undo)
        if (undo[0] === '-entity' && !wasDeleted) this.#deleted.delete(undo[1])
      }
      throw error
    } finally {
      this.#applied = []
    }
  }

  /** Applies a change without recording it for an undo. */
  apply(change: Change): void {
    const [type, subject] = change
    switch (type) {
      case 'entity':
        this.#unindexLinks(subject.path)
        this.#entities.set(subject.path, subject)
        this.#deleted.delete(subject.path)
        for (const end of endsOf(subject)) this.#linkIndexOf(end).add(subject.path)
        return
      case '-entity':
        this.#unindexLinks(subject)
        this.#entities.delete(subject)
        this.#rememberDeleted(subject)
        return
      case 'mixin':
        this.#mixins.set(typeId(subject.scheme, subject.term), subject)
        return
      case '-mixin':
        this.#mixins.delete(subject as TypeId)
    }
  }

  /** The whole content, as the changes that turn an empty cloud into this one. */
  snapshot(): readonly Change[] {
    return [
      ...[...this.#deleted].map((path) => ['-entity', path] as const),
      ...[...this.#mixins.values()].map((mixin) => ['mixin', mixin] as const),
      ...[...this.#entities.values()].map((record) => ['entity', record] as const),
    ]
  }

  /** Applies a change, and records how it is undone. */
  #record(change: Change, undo: Change): void {
    const wasDeleted = undo[0] === '-entity' && this.#deleted.has(undo[1])
    this.apply(change)
    this.#applied.push({ change, undo, wasDeleted })
  }

  #rememberDeleted(path: string): void {
    this.#deleted.delete(path)
    this.#deleted.add(path)
    if (this.#deleted.size <= maxRememberedDeletions) return
    for (const oldest of this.#deleted) {
      this.#deleted.delete(oldest)
      return
    }
  }

  #linkIndexOf(path: string): Set<string> {
    const existing = this.#links.get(path)
    if (existing !== undefined) return existing
    const links = new Set<string>()
    this.#links.set(path, links)
    return links
  }

  #unindexLinks(path: string): void {
    const record = this.#entities.get(path)
    if (record === undefined) return
    for (const end of endsOf(record)) {
      const links = this.#links.get(end)
      links?.delete(path)
      if (links?.size === 0) this.#links.delete(end)
    }
  }
}

function endsOf(record: EntityRecord): readonly string[] {
  return [record.source, record.target].filter((end) => end !== undefined)
}
