/**
 * A client that remembers the entities it receives, for shell completion and for adding titles to the ends of
 * links, which providers do not send.
 */
import type { Client, EntityRef, WaitCondition, WaitOptions, WaitResult } from '../../client/index.js'
import { type Entity, type Link, type LinkEnd, termOf } from '../../model/index.js'
import type { SeenEntity } from './completion-memory.js'
import { type CompletionMemory, endName, seenEntity } from './completion-memory.js'

interface RememberingClient {
  readonly client: Client
  /** Stores the entities. Never rejects. */
  save(): Promise<void>
}

export function remembering(client: Client, memory: CompletionMemory, now: () => number): RememberingClient {
  const seen: SeenEntity[] = []
  const listed = new Set<string>()
  const deleted = new Set<string>()
  /** What changes its state by itself from now on. */
  const changing = new Set<string>()
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
  /** Adds the titles of linked entities that are known without a request. */
  const withTitles = async <T extends Entity>(entity: T): Promise<T> => {
    if (entity.type === 'resource' && entity.links.length === 0) return entity
    rememberedTitles ??= memory.seen().then(titlesOf, () => new Map())
    const known = await rememberedTitles
    const end = (one: LinkEnd | undefined) => {
      if (one?.kind === undefined) return one
      const key = titleKey({ kind: termOf(one.kind), name: endName(one.location) })
      const title = titles.get(key) ?? known.get(key)
      return title === undefined ? one : { ...one, title }
    }
    const link = <L extends Link>(one: L): L => {
      const [source, target] = [end(one.source), end(one.target)]
      return { ...one, ...(source && { source }), ...(target && { target }) }
    }
    return entity.type === 'link' ? (link(entity) as T) : { ...entity, links: entity.links.map(link) }
  }
  const recordingMethods: Pick<
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
      const kind =
        typeof collection === 'string' ? collection : collection.class === 'kind' ? collection.id : ''
      if (options?.filter === undefined && kind !== '') listed.add(termOf(kind))
    },
    async describe(ref, options) {
      const entity = await client.describe(ref, options)
      remember(entity)
      return withTitles(entity)
    },
    async find(name, where, options) {
      const found = await client.find(name, where, options)
      if (found.entity === undefined) return found
      remember(found.entity)
      return { ...found, entity: await withTitles(found.entity) }
    },
    async create(wanted, options) {
      const made = await client.create(wanted, options)
      changing.add(endName(made.location))
      if (made.entity !== undefined) remember(made.entity)
      return made.entity === undefined ? made : { ...made, entity: await withTitles(made.entity) }
    },
    async link(source, wanted, options) {
      const made = await client.link(source, wanted, options)
      return made.entity === undefined ? made : { ...made, entity: await withTitles(made.entity) }
    },
    update: async (ref, changes, options) => withTitles(await client.update(ref, changes, options)),
    replace: async (ref, wanted, options) => withTitles(await client.replace(ref, wanted, options)),
    async wait<C extends WaitCondition>(ref: EntityRef, condition: C, options?: WaitOptions) {
      const entity = await client.wait(ref, condition, options)
      if (entity !== undefined) remember(entity)
      if (entity?.location !== undefined) changing.delete(endName(entity.location))
      return (entity === undefined ? undefined : await withTitles(entity)) as WaitResult<C>
    },
    async trigger(ref, action, attributes, options) {
      const location = typeof ref === 'string' ? ref : ref.location
      changing.add(endName(location ?? ''))
      return client.trigger(ref, action, attributes, options)
    },
    async delete(ref, options) {
      await client.delete(ref, options)
      const location = typeof ref === 'string' ? ref : ref.location
      deleted.add(endName(location ?? ''))
    },
  }
  const recordingClient = new Proxy(client, {
    get(target, name) {
      if (Object.hasOwn(recordingMethods, name))
        return recordingMethods[name as keyof typeof recordingMethods]
      const member: unknown = Reflect.get(target, name, target)
      return typeof member === 'function' ? member.bind(target) : member
    },
  })
  return {
    client: recordingClient,
    async save() {
      try {
        if (model !== undefined) await memory.storeCategories(model.categories, now())
        if (seen.length === 0 && listed.size === 0 && deleted.size === 0 && changing.size === 0) return
        const stored = changing.size === 0 ? [] : await memory.seen()
        // Of an entity that is both stored and seen, the later counts.
        const known = [...stored.filter(({ name }) => changing.has(name)), ...seen]
        await memory.storeSeen(
          known
            .filter(({ name }) => !deleted.has(name))
            .map((entity) => (changing.has(entity.name) ? withoutState(entity) : entity)),
          ({ kind, name }) => listed.has(kind) || deleted.has(name),
        )
      } catch {
        // A failure only costs completions.
      }
    },
  }
}

function titlesOf(entities: readonly SeenEntity[]): ReadonlyMap<string, string> {
  return new Map(
    entities.flatMap((thing) => (thing.title === undefined ? [] : [[titleKey(thing), thing.title]])),
  )
}

function titleKey({ kind, name }: Pick<SeenEntity, 'kind' | 'name'>): string {
  return `${kind} ${name}`
}

function withoutState({ state: _, actions: __, ...entity }: SeenEntity): SeenEntity {
  return entity
}

const maxEntities = 2000
