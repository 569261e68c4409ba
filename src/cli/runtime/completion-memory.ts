/**
 * Stores a provider's model and recently seen entities for completion. The files are found by the endpoint
 * alone, because completion never logs in and does not know the user's identity.
 */

import { statSync } from 'node:fs'
import { join } from 'node:path'
import { isRecord, omitUndefined } from '../../basics/objects.js'
import { cacheName, readOwnedFile } from '../../config/index.js'
import { PRIVATE_FILE, purposes, writeAtomically } from '../../files/index.js'
import { type Category, type Entity, stateOf, termOf, typeId } from '../../model/index.js'

export interface SeenEntity {
  /** The short name that commands accept. */
  readonly name: string
  readonly title?: string
  /** Identifier or term of the kind. */
  readonly kind: string
  readonly state?: string
  /** Terms of the actions that the provider offered; absent if it offered none. */
  readonly actions?: readonly string[]
}

export interface CompletionMemory {
  categories(): Promise<readonly Category[]>
  /** Stores the categories, at most once an hour. */
  storeCategories(categories: readonly Category[], now: number): Promise<void>
  seen(): Promise<readonly SeenEntity[]>
  /** Puts the entities before the stored ones, and drops stored ones for which `isGone` returns true. */
  storeSeen(entities: readonly SeenEntity[], isGone: (entity: SeenEntity) => boolean): Promise<void>
}

/**
 * Opens the files below `folder` (Folders.cache), mode 0600. Without them, or if one is corrupt, completion offers
 * less.
 */
export function completionMemory(folder: string, endpoint: string): CompletionMemory {
  const key = cacheName(endpoint)
  const modelFile = join(folder, 'completion', `${key}.model.json`)
  const seenFile = join(folder, 'completion', `${key}.seen.json`)
  const seen = async () => (await readList(seenFile, endpoint)).flatMap(readSeenEntity)
  return {
    categories: async () => (await readList(modelFile, endpoint)).flatMap(readCategory),
    async storeCategories(categories, now) {
      const writtenAt = statSync(modelFile, { throwIfNoEntry: false })?.mtimeMs ?? Number.NEGATIVE_INFINITY
      if (Math.abs(now - writtenAt) > hour)
        await writeCache(modelFile, { endpoint, list: categories.map(compact) })
    },
    seen,
    async storeSeen(entities, isGone) {
      const updatedById = new Map<string, SeenEntity>()
      for (const entity of entities) updatedById.set(`${entity.kind} ${entity.name}`, entity)
      const stored = await seen()
      for (const entity of stored) {
        const id = `${entity.kind} ${entity.name}`
        if (!updatedById.has(id) && !isGone(entity)) updatedById.set(id, entity)
      }
      const updated = [...updatedById.values()].slice(0, maxEntities)
      if (JSON.stringify(updated) !== JSON.stringify(stored))
        await writeCache(seenFile, { endpoint, list: updated })
    },
  }
}

/** Returns what is stored of an entity; undefined if it has no name. */
export function seenEntity(entity: Entity): SeenEntity | undefined {
  const name = entity.location === undefined ? entity.id : lastSegment(entity.location)
  if (name === undefined || name === '') return undefined
  const state = stateOf(entity)
  return {
    name,
    kind: termOf(entity.kind),
    ...omitUndefined({ title: entity.title, state }),
    ...(entity.actions.length === 0 ? {} : { actions: entity.actions.map(({ id }) => termOf(id)) }),
  }
}

/** The last segment of a location's path. */
export function lastSegment(location: string): string {
  const path = location.replace(/[?#].*$/, '').replace(/\/$/, '')
  return path.slice(path.lastIndexOf('/') + 1)
}

const hour = 3_600_000
/** The maximum number of entities, newest first; shells do not show more. */
const maxEntities = 2000

/** Reads a list; empty if the file belongs to another endpoint, since file names are hashes and may collide. */
async function readList(file: string, endpoint: string): Promise<readonly unknown[]> {
  try {
    const stored: unknown = JSON.parse(
      readOwnedFile(file, { purpose: purposes.completion, links: 'refuse' })?.text ?? 'null',
    )
    return isRecord(stored) && stored['endpoint'] === endpoint && Array.isArray(stored['list'])
      ? stored['list']
      : []
  } catch {
    return []
  }
}

async function writeCache(file: string, content: object): Promise<void> {
  await writeAtomically(file, JSON.stringify(content), PRIVATE_FILE, 'cache').catch(() => {})
}

/** The parts of a category that completion needs. */
function compact(category: Category): unknown {
  return {
    class: category.class,
    scheme: category.scheme,
    term: category.term,
    title: category.title,
    ...(category.class === 'action' ? {} : { actions: category.actions }),
    ...(category.class === 'kind' ? { parent: category.parent } : {}),
    ...(category.class === 'mixin' ? { depends: category.depends } : {}),
    attributes: [...category.attributes.values()].map(({ name, description, mutable }) => [
      name,
      description ?? null,
      mutable,
    ]),
  }
}

function readCategory(raw: unknown): readonly Category[] {
  if (!isRecord(raw)) return []
  const { scheme, term, title, attributes } = raw
  if (typeof scheme !== 'string' || typeof term !== 'string' || !Array.isArray(attributes)) return []
  const base = {
    scheme,
    term,
    id: typeId(scheme, term),
    ...(typeof title === 'string' ? { title } : {}),
    attributes: new Map(
      attributes.flatMap((entry: unknown) => {
        if (!Array.isArray(entry) || typeof entry[0] !== 'string') return []
        const [name, description, mutable] = entry
        const descriptionMember = typeof description === 'string' ? { description } : {}
        return [[name, { name, mutable: mutable !== false, required: false, ...descriptionMember }] as const]
      }),
    ),
  }
  switch (raw['class']) {
    case 'action':
      return [{ class: 'action', ...base }]
    case 'kind': {
      const parent = typeof raw['parent'] === 'string' ? { parent: identifier(raw['parent']) } : {}
      return [{ class: 'kind', ...base, ...parent, actions: identifiers(raw['actions']) }]
    }
    case 'mixin':
      return [
        {
          class: 'mixin',
          ...base,
          depends: identifiers(raw['depends']),
          applies: [],
          actions: identifiers(raw['actions']),
        },
      ]
    default:
      return []
  }
}

function readSeenEntity(raw: unknown): readonly SeenEntity[] {
  if (!isRecord(raw)) return []
  const { name, kind, title, state, actions } = raw
  if (typeof name !== 'string' || typeof kind !== 'string') return []
  return [
    {
      name,
      kind,
      ...(typeof title === 'string' ? { title } : {}),
      ...(typeof state === 'string' ? { state } : {}),
      ...(Array.isArray(actions) ? { actions: actions.filter((action) => typeof action === 'string') } : {}),
    },
  ]
}

function identifiers(value: unknown) {
  return Array.isArray(value) ? value.filter((id) => typeof id === 'string').map(identifier) : []
}

function identifier(id: string) {
  return typeId('', id)
}
