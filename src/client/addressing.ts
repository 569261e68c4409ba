/** From what a user typed (id, unique id prefix, title, path, URL) to an instance. */
import { AmbiguousError, NotFoundError } from '../errors/errors.js'
import { CORE_SCHEME, type Entity, suggest } from '../model/index.js'
import { statusOf } from './errors.js'
import { isUrl, lastSegment, memberLocation, resolveUserLocation, withoutUrn } from './locations.js'
import { describeAt } from './operations/describe.js'
import { list, locations } from './operations/list.js'
import type { Provider } from './provider.js'
import { type Collection, collectionOf } from './resolve.js'
import { providerOf, type Session } from './session.js'
import type { CollectionRef, RequestOptions } from './types.js'

export interface Found {
  readonly location: string
  readonly entity?: Entity
}

/** A shorter one would be an accident. */
const shortestPrefix = 3

/** Throws NotFoundError, or AmbiguousError with facts.candidates. */
export async function find(
  session: Session,
  typed: string,
  ref?: CollectionRef,
  options: RequestOptions = {},
): Promise<Found> {
  const name = typed.trim()
  if (isUrl(name) || name.includes('/')) return { location: resolveUserLocation(session.endpoint, name) }
  const { provider, collections } = await placesToLook(session, ref, options)
  if (looksLikeId(name)) {
    for (const { url } of collections) {
      const entity = await tryDirectly(session, memberLocation(url, name), options)
      if (entity?.location !== undefined) return { location: entity.location, entity }
    }
  }
  const members: Member[] = []
  for (const { url, category } of collections) {
    const exact = await byLocation(session, provider, category ?? url, name, options)
    if (exact !== undefined) return exact
    members.push(...(await listed(session, category ?? url, ref, options)))
  }
  return choose(name, members)
}

/**
 * Like `find`, among what has been listed already. For names that `needsListing`.
 * Throws NotFoundError, or AmbiguousError with facts.candidates.
 */
export function findAmong(typed: string, entities: readonly Entity[]): Found {
  const members = entities.flatMap((entity) =>
    entity.location === undefined ? [] : [{ location: entity.location, entity }],
  )
  return choose(typed.trim(), members)
}

/** Whether the members must be read to know what is meant: not for URLs, paths and whole ids. */
export function needsListing(typed: string): boolean {
  const name = typed.trim()
  return !isUrl(name) && !name.includes('/') && !looksLikeId(name)
}

interface Member {
  readonly location: string
  readonly entity: Entity
}

async function placesToLook(
  session: Session,
  ref: CollectionRef | undefined,
  options: RequestOptions,
): Promise<{ readonly provider: Provider; readonly collections: readonly Collection[] }> {
  if (ref !== undefined) {
    const { provider, collection } = await collectionOf(session, ref, options.signal)
    return { provider, collections: [collection] }
  }
  const provider = await providerOf(session, options.signal)
  const collections = provider.model.kinds
    .filter((kind) => kind.scheme !== CORE_SCHEME)
    .flatMap((kind) => (kind.location === undefined ? [] : [{ url: kind.location, category: kind }]))
  return { provider, collections }
}

/** One request instead of a listing. Some say 400 or 405 of an id that is none (Q16). */
async function tryDirectly(
  session: Session,
  url: string,
  { signal }: RequestOptions,
): Promise<Entity | undefined> {
  try {
    return await describeAt(session, url, signal)
  } catch (error) {
    if (error instanceof NotFoundError || [400, 405, 410].includes(statusOf(error) ?? 0)) return undefined
    throw error
  }
}

/** Where entities must be described one by one, an id may be told from the locations alone. */
async function byLocation(
  session: Session,
  provider: Provider,
  ref: CollectionRef,
  name: string,
  options: RequestOptions,
): Promise<Found | undefined> {
  if (provider.profile.collections === 'entities' && provider.read !== 'text/plain') return undefined
  const id = withoutUrn(name)
  for await (const location of locations(session, ref, options))
    if (lastSegment(location) === id) return { location }
  return undefined
}

async function listed(
  session: Session,
  collection: CollectionRef,
  asked: CollectionRef | undefined,
  options: RequestOptions,
): Promise<readonly Member[]> {
  const members: Member[] = []
  try {
    for await (const entity of list(session, collection, options)) {
      if (entity.location !== undefined) members.push({ location: entity.location, entity })
    }
  } catch (error) {
    // Looking everywhere, a kind without a collection (rOCCI-server's links) is passed over.
    if (asked === undefined && (error instanceof NotFoundError || statusOf(error) !== undefined))
      return members
    throw error
  }
  return members
}

/** The first of these tiers that has any decides: id, title, beginning of an id. */
function choose(name: string, members: readonly Member[]): Found {
  const id = withoutUrn(name)
  const tiers: readonly ((member: Member) => boolean)[] = [
    (member) => idsOf(member).includes(id),
    ({ entity }) => entity.title === name,
    (member) => id.length >= shortestPrefix && idsOf(member).some((one) => one.startsWith(id)),
  ]
  for (const tier of tiers) {
    const candidates = members.filter(tier)
    const [only] = candidates
    if (only === undefined) continue
    if (candidates.length > 1) throw ambiguous(name, candidates)
    return only
  }
  throw notFound(name, members)
}

function idsOf({ location, entity }: Member): readonly string[] {
  const own = entity.id === undefined ? [] : [withoutUrn(entity.id)]
  return [lastSegment(location), ...own]
}

function ambiguous(name: string, candidates: readonly Member[]): AmbiguousError {
  const shown = candidates.slice(0, 20)
  return new AmbiguousError(
    `"${short(name)}" is the name of ${candidates.length} instances: ${shown.map(({ location }) => location).join(', ')}`,
    {
      hint: 'Name one by its id or location.',
      at: short(name),
      facts: {
        candidates: shown.map(({ location, entity }) => ({
          location,
          id: lastSegment(location),
          ...(entity.title === undefined ? {} : { title: entity.title }),
        })),
      },
    },
  )
}

function notFound(name: string, members: readonly Member[]): NotFoundError {
  const names = members.flatMap((member) => [...idsOf(member), ...(member.entity.title ?? '').split('\0')])
  const near = suggest(
    name,
    names.filter((one) => one !== ''),
  )
  return new NotFoundError(`There is nothing named "${short(name)}".`, {
    hint:
      near.length === 0 ? 'List the collection to see what is there.' : `Did you mean ${near.join(' or ')}?`,
    at: short(name),
    facts: { name: short(name), suggestions: near },
  })
}

/** A UUID, with or without `urn:uuid:`, or a number (Synnefo). */
function looksLikeId(name: string): boolean {
  const bare = withoutUrn(name)
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(bare) || /^\d{1,20}$/.test(bare)
}

function short(name: string): string {
  return name.length > 80 ? `${name.slice(0, 79)}…` : name
}
