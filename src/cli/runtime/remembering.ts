/**
 * A client that records the entities it sees, for shell completion and for showing links with the titles of
 * their ends, which providers do not send with the link.
 */
import type { Client, EntityRef, WaitCondition, WaitOptions, WaitResult } from '../../client/index.js'
import { type Entity, type Link, type LinkEnd, termOf } from '../../model/index.js'
import type { SeenEntity } from './completion-memory.js'
import { type CompletionMemory, seenEntity } from './completion-memory.js'

interface Remembering {
  readonly client: Client
  /** Writes the recorded entities. Never rejects. */
  save(): Promise<void>
}

export function remembering(client: Client, memory: CompletionMemory, now: () => number): Remembering {
  const seen: SeenEntity[] = []
  const listed = new Set<string>()
  const gone = new Set<string>()
  let model: Awaited<ReturnType<Client['model']>> | undefined
  const titles = new Map<string, string>()
  let before: Promise<ReadonlyMap<string, string>> | undefined
  const note = (entity: Entity) => {
    if (seen.length === most) return
    const entry = seenEntity(entity)
    if (entry === undefined) return
    seen.push(entry)
    if (entry.title !== undefined) titles.set(titleKey(entry), entry.title)
  }
  /** Adds the titles of linked entities, as far as they are known without a request. */
  const named = async <T extends Entity>(entity: T): Promise<T> => {
    if (entity.type === 'resource' && entity.links.length === 0) return entity
    before ??= memory.seen().then(titlesOf, () => new Map())
    const known = await before
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
  const notes: Pick<
    Client,
    'model' | 'list' | 'describe' | 'find' | 'create' | 'link' | 'update' | 'replace' | 'wait' | 'delete'
  > = {
    async model(options) {
      model = await client.model(options)
      return model
    },
    async *list(collection, options) {
      for await (const entity of client.list(collection, options)) {
        note(entity)
        yield entity.type === 'resource' && entity.links.length === 0 ? entity : await named(entity)
      }
      // Only a complete list shows which entities no longer exist.
      const kind =
        typeof collection === 'string' ? collection : collection.class === 'kind' ? collection.id : ''
      if (options?.filter === undefined && kind !== '') listed.add(termOf(kind))
    },
    async describe(ref, options) {
      const entity = await client.describe(ref, options)
      note(entity)
      return named(entity)
    },
    async find(name, where, options) {
      const found = await client.find(name, where, options)
      if (found.entity === undefined) return found
      note(found.entity)
      return { ...found, entity: await named(found.entity) }
    },
    async create(wanted, options) {
      const made = await client.create(wanted, options)
      if (made.entity !== undefined) note(made.entity)
      return made.entity === undefined ? made : { ...made, entity: await named(made.entity) }
    },
    async link(source, wanted, options) {
      const made = await client.link(source, wanted, options)
      return made.entity === undefined ? made : { ...made, entity: await named(made.entity) }
    },
    update: async (ref, changes, options) => named(await client.update(ref, changes, options)),
    replace: async (ref, wanted, options) => named(await client.replace(ref, wanted, options)),
    async wait<C extends WaitCondition>(ref: EntityRef, condition: C, options?: WaitOptions) {
      const entity = await client.wait(ref, condition, options)
      if (entity !== undefined) note(entity)
      return (entity === undefined ? undefined : await named(entity)) as WaitResult<C>
    },
    async delete(ref, options) {
      await client.delete(ref, options)
      const location = typeof ref === 'string' ? ref : ref.location
      gone.add(location?.replace(/\/$/, '').split('/').at(-1) ?? '')
    },
  }
  const watched = new Proxy(client, {
    get(target, name) {
      if (Object.hasOwn(notes, name)) return notes[name as keyof typeof notes]
      const member: unknown = Reflect.get(target, name, target)
      return typeof member === 'function' ? member.bind(target) : member
    },
  })
  return {
    client: watched,
    async save() {
      try {
        if (model !== undefined) await memory.keepCategories(model.categories, now())
        if (seen.length === 0 && listed.size === 0 && gone.size === 0) return
        await memory.keepSeen(
          seen.filter(({ name }) => !gone.has(name)),
          ({ kind, name }) => listed.has(kind) || gone.has(name),
        )
      } catch {
        // A failure only costs completions.
      }
    },
  }
}

function titlesOf(things: readonly SeenEntity[]): ReadonlyMap<string, string> {
  return new Map(
    things.flatMap((thing) => (thing.title === undefined ? [] : [[titleKey(thing), thing.title]])),
  )
}

function titleKey({ kind, name }: Pick<SeenEntity, 'kind' | 'name'>): string {
  return `${kind} ${name}`
}

function endName(location: string): string {
  return (
    location
      .replace(/[?#].*$/, '')
      .replace(/\/$/, '')
      .split('/')
      .at(-1) ?? ''
  )
}

const most = 2000
