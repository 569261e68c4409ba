/**
 * A client that remembers the entities it receives, for shell completion and for adding titles to the ends of
 * links, which providers do not send.
 */
import type { Client, EntityRef, WaitCondition, WaitOptions, WaitResult } from '../../client/index.js'
import { type Entity, type Link, type LinkEnd, termOf } from '../../model/index.js'
import type { SeenEntity } from './completion-memory.js'
import { type CompletionMemory, lastSegment, seenEntity } from './completion-memory.js'

interface RememberingClient {
  readonly client: Client
  /** Stores the entities. Never rejects. */
  save(): Promise<void>
}

export function remembering(client: Client, memory: CompletionMemory, now: () => number): RememberingClient {
  const seen: SeenEntity[] = []
  const listedKinds = new Set<string>()
  const deletedNames = new Set<string>()
  /** Names of entities whose state changes by itself: after a creation or an action, until a wait has ended. */
  const changingNames = new Set<string>()
  let model: Awaited<ReturnType<Client['model']>> | undefined
  const titles = new Map<string, string>()
  let rememberedTitles: Promise<ReadonlyMap<string, string>> | undefined
  const remember = (entity: Entity) => {
    if (seen.length === maxEntities) return
    const entry = seenEntity(entity)
    if (entry === undefined) return
    seen.push(entry)
    if (entry.title !== undefined) titles.set(titleKey(entry), entry.title)
  }
  /** Adds titles to the ends of links, as far as they are known without a request. */
  const withTitles = async <T extends Entity>(entity: T): Promise<T> => {
    if (entity.type === 'resource' && entity.links.length === 0) return entity
    rememberedTitles ??= memory.seen().then(titlesOf, () => new Map())
    const storedTitles = await rememberedTitles
    const endWithTitle = (end: LinkEnd | undefined) => {
      if (end?.kind === undefined) return end
      const key = titleKey({ kind: termOf(end.kind), name: lastSegment(end.location) })
      const title = titles.get(key) ?? storedTitles.get(key)
      return title === undefined ? end : { ...end, title }
    }
    const linkWithTitles = <L extends Link>(link: L): L => {
      const source = endWithTitle(link.source)
      const target = endWithTitle(link.target)
      return { ...link, ...(source && { source }), ...(target && { target }) }
    }
    return entity.type === 'link'
      ? (linkWithTitles(entity) as T)
      : { ...entity, links: entity.links.map(linkWithTitles) }
  }
  const rememberingMethods: Pick<
    Client,
    | 'model'
    | 'list'
    | 'describe'
    | 'find'
    | 'create'
    | 'link'
    | 'update'
    | 'replace'
    | 'wait'
    | 'delete'
    | 'trigger'
  > = {
    async model(options) {
      model = await client.model(options)
      return model
    },
    async *list(collection, options) {
      for await (const entity of client.list(collection, options)) {
        remember(entity)
        yield entity.type === 'resource' && entity.links.length === 0 ? entity : await withTitles(entity)
      }
      // Only a complete list shows which entities no longer exist.
      const kind = kindOf(collection)
      if (options?.filter === undefined && kind !== undefined) listedKinds.add(termOf(kind))
    },
    async describe(ref, options) {
      const entity = await client.describe(ref, options)
      remember(entity)
      return withTitles(entity)
    },
    async find(name, where, options) {
      const result = await client.find(name, where, options)
      if (result.entity === undefined) return result
      remember(result.entity)
      return { ...result, entity: await withTitles(result.entity) }
    },
    async create(draft, options) {
      const result = await client.create(draft, options)
      changingNames.add(lastSegment(result.location))
      if (result.entity !== undefined) remember(result.entity)
      return result.entity === undefined ? result : { ...result, entity: await withTitles(result.entity) }
    },
    async link(source, draft, options) {
      const result = await client.link(source, draft, options)
      return result.entity === undefined ? result : { ...result, entity: await withTitles(result.entity) }
    },
    update: async (ref, changes, options) => withTitles(await client.update(ref, changes, options)),
    replace: async (ref, draft, options) => withTitles(await client.replace(ref, draft, options)),
    async wait<C extends WaitCondition>(ref: EntityRef, condition: C, options?: WaitOptions) {
      const entity = await client.wait(ref, condition, options)
      if (entity !== undefined) remember(entity)
      if (entity?.location !== undefined) changingNames.delete(lastSegment(entity.location))
      return (entity === undefined ? undefined : await withTitles(entity)) as WaitResult<C>
    },
    async trigger(ref, action, attributes, options) {
      const location = typeof ref === 'string' ? ref : ref.location
      changingNames.add(lastSegment(location ?? ''))
      return client.trigger(ref, action, attributes, options)
    },
    async delete(ref, options) {
      await client.delete(ref, options)
      const location = typeof ref === 'string' ? ref : ref.location
      deletedNames.add(lastSegment(location ?? ''))
    },
  }
  const rememberingClient = new Proxy(client, {
    get(target, name) {
      if (Object.hasOwn(rememberingMethods, name))
        return rememberingMethods[name as keyof typeof rememberingMethods]
      const member: unknown = Reflect.get(target, name, target)
      return typeof member === 'function' ? member.bind(target) : member
    },
  })
  return {
    client: rememberingClient,
    async save() {
      try {
        if (model !== undefined) await memory.storeCategories(model.categories, now())
        if (
          seen.length === 0 &&
          listedKinds.size === 0 &&
          deletedNames.size === 0 &&
          changingNames.size === 0
        )
          return
        const stored = changingNames.size === 0 ? [] : await memory.seen()
        // The memory keeps the last of several entries for an entity: the one that was seen, not the stored one.
        const entities = [...stored.filter(({ name }) => changingNames.has(name)), ...seen]
        await memory.storeSeen(
          entities
            .filter(({ name }) => !deletedNames.has(name))
            .map((entity) => (changingNames.has(entity.name) ? withoutState(entity) : entity)),
          ({ kind, name }) => listedKinds.has(kind) || deletedNames.has(name),
        )
      } catch {
        // Completion offers less, which is no reason to fail.
      }
    },
  }
}

/** The kind whose collection is listed; undefined for all entities and for the entities with a mixin. */
function kindOf(collection: Parameters<Client['list']>[0]): string | undefined {
  if (typeof collection === 'string') return collection === '' ? undefined : collection
  return collection.class === 'kind' ? collection.id : undefined
}

function titlesOf(entities: readonly SeenEntity[]): ReadonlyMap<string, string> {
  return new Map(
    entities.flatMap((entity) => (entity.title === undefined ? [] : [[titleKey(entity), entity.title]])),
  )
}

function titleKey({ kind, name }: Pick<SeenEntity, 'kind' | 'name'>): string {
  return `${kind} ${name}`
}

/** The entry without its state, and without actions, which depend on the state. */
function withoutState({ state: _, actions: __, ...entity }: SeenEntity): SeenEntity {
  return entity
}

/** More entities than completion stores need not be remembered. */
const maxEntities = 2000
