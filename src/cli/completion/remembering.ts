/** A client that notes what passes by, so that the shell can offer it later. */
import type { Client } from '../../client/index.js'
import { type Entity, termOf } from '../../model/index.js'
import type { SeenEntity } from './answer.js'
import { type CompletionMemory, seenEntity } from './memory.js'

export interface Remembering {
  readonly client: Client
  /** Writes what was noted. Never rejects. */
  save(): Promise<void>
}

export function remembering(client: Client, memory: CompletionMemory, now: () => number): Remembering {
  const seen: SeenEntity[] = []
  const listed = new Set<string>()
  const gone = new Set<string>()
  let model: Awaited<ReturnType<Client['model']>> | undefined
  const note = (entity: Entity) => {
    if (seen.length === most) return
    const thing = seenEntity(entity)
    if (thing !== undefined) seen.push(thing)
  }
  const notes: Pick<Client, 'model' | 'list' | 'describe' | 'delete'> = {
    async model(options) {
      model = await client.model(options)
      return model
    },
    async *list(collection, options) {
      for await (const entity of client.list(collection, options)) {
        note(entity)
        yield entity
      }
      // Only a whole list says that what it lacks is gone.
      const kind =
        typeof collection === 'string' ? collection : collection.class === 'kind' ? collection.id : ''
      if (options?.filter === undefined && kind !== '') listed.add(termOf(kind))
    },
    async describe(ref, options) {
      const entity = await client.describe(ref, options)
      note(entity)
      return entity
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
        // Completion is a comfort.
      }
    },
  }
}

const most = 2000
