/** Finds the entity that a reference means: an id, unique id prefix, title, path or URL. */
import { alternatives } from '../basics/nearest.js'
import { omitUndefined } from '../basics/objects.js'
import {
  AmbiguousError,
  CancelledError,
  NetworkError,
  NotFoundError,
  OcciError,
  PartialError,
  TimeoutError,
} from '../errors/errors.js'
import { CORE_SCHEME, type Entity, type LocatedEntity, suggest } from '../model/index.js'
import { mapInOrder } from './concurrency.js'
import { isDeleted, statusOf } from './errors.js'
import { isUrl, lastSegment, memberLocation, resolveUserLocation, withoutUrn } from './locations.js'
import { isTitled } from './names.js'
import { describeAt } from './operations/describe.js'
import { locationsAt } from './operations/listing.js'
import { members, noteStillListed, rendersWhole } from './operations/members.js'
import type { Provider } from './provider.js'
import { type Collection, collectionOf, isOutdated, mayBeOutdated } from './resolve.js'
import type { Session } from './session.js'
import type { CollectionRef, RequestOptions } from './types.js'
import { failureOfItem, type ListingOptions, type Unread } from './unread.js'

/** An entity that was found by a reference. */
export interface Found {
  readonly location: string
  /** Present if it had to be read to identify it. */
  readonly entity?: LocatedEntity
}

/** Characters; shorter prefixes would match by accident. */
const minPrefixLength = 3

/**
 * Sends one request for each collection, and one for each member if a listing contains only locations. It stops when
 * an id matches. Throws NotFoundError, or AmbiguousError with facts.candidates.
 */
export async function find(
  session: Session,
  typed: string,
  where?: CollectionRef | readonly CollectionRef[],
  options: RequestOptions = {},
): Promise<Found> {
  const name = typed.trim()
  if (isUrl(name) || name.includes('/')) return { location: resolveUserLocation(session.endpoint, name) }
  const used = await session.provider.get(options.signal)
  const refusals: unknown[] = []
  try {
    return await findIn(session, name, where, options, refusals)
  } catch (error) {
    const isInconclusive = error instanceof NotFoundError || error instanceof PartialError
    const refused = mayBeOutdated(error) || (isInconclusive && refusals.some(mayBeOutdated))
    if (!refused || !(await isOutdated(session, used, options.signal))) throw error
    return findIn(session, name, where, options, [])
  }
}

/** `refusals` collects the errors of collections that could not be searched. */
async function findIn(
  session: Session,
  name: string,
  where: CollectionRef | readonly CollectionRef[] | undefined,
  options: RequestOptions,
  refusals: unknown[],
): Promise<Found> {
  const { provider, collections } = await collectionsToSearch(session, where, options)
  let failed: OcciError | undefined
  let deletedAt: string | undefined
  if (looksLikeId(name)) {
    for (const { url } of collections) {
      const location = memberLocation(url, name)
      try {
        const answer = await tryDirectly(session, location, options)
        if (answer === 'deleted') deletedAt ??= location
        else if (answer?.location !== undefined) return { location: answer.location, entity: answer }
      } catch (error) {
        if (error instanceof NetworkError || error instanceof TimeoutError) throw error
        // The entity may be of another kind, or may be listed although it cannot be read.
        failed = failureOfItem(error)
      }
    }
  }
  const searches: SearchResult[] = []
  const tolerant = collections.length > 1
  const running = mapInOrder(collections, session.concurrency, ({ url }) =>
    searchCollection(session, provider, url, name, { tolerant, refusals }, options),
  )
  for await (const search of running) searches.push(search)
  const members = searches.flatMap((search) => search.members)
  const failures = searches.flatMap((search) => search.failures)
  for (const { error } of failures) {
    const { message, http } = error
    session.onDeviation(
      {
        code: 'not-looked-at',
        message: `not searched: ${message}`,
        place: { part: 'answer' },
        lost: true,
      },
      { method: http?.method ?? 'GET', url: http?.url ?? session.endpoint.url },
    )
  }
  try {
    return choose(name, members, namesOf(where, collections))
  } catch (error) {
    if (deletedAt !== undefined && error instanceof NotFoundError) {
      throw new NotFoundError(`${deletedAt} was deleted.`, {
        at: shortened(name),
        http: { method: 'GET', url: deletedAt, status: 410 },
      })
    }
    // The wanted entity may be in a part that could not be read, so it is not known to be absent.
    if (!(error instanceof NotFoundError)) throw error
    if (failures.length > 0) throw inconclusiveError(name, error, failures)
    throw collections.length === 1 ? (failed ?? error) : error
  }
}

/** Replaces "not found" if a part could not be read, because callers delete or create entities on "not found". */
function inconclusiveError(name: string, error: NotFoundError, failures: readonly Unread[]): PartialError {
  const parts = failures.length === 1 ? 'one part' : `${failures.length} parts`
  return new PartialError(`${error.message} But ${parts} of what is listed could not be read.`, failures, {
    hint: 'Name it by its location, if you know it.',
    at: shortened(name),
    facts: { incomplete: true },
  })
}

interface SearchResult {
  readonly members: readonly Member[]
  readonly failures: readonly Unread[]
}

/** Searches one collection; also returns the parts that could not be read. */
async function searchCollection(
  session: Session,
  provider: Provider,
  url: string,
  name: string,
  { tolerant, refusals }: { readonly tolerant: boolean; readonly refusals: unknown[] },
  options: RequestOptions,
): Promise<SearchResult> {
  const found: Member[] = []
  const failures: Unread[] = []
  const walk: ListingOptions = { ...options, unread: failures }
  const addFailure = (target: string, error: unknown) => {
    if (!(error instanceof OcciError) || error instanceof CancelledError) throw error
    failures.push({ target, error })
  }
  try {
    if (rendersWhole(provider)) {
      for await (const entity of members(session, provider, url, walk)) {
        if (entity.location !== undefined) found.push({ location: entity.location, entity })
      }
      return { members: found, failures }
    }
    const id = withoutUrn(name)
    const listed: string[] = []
    for await (const location of locationsAt(session, provider, url, walk)) {
      if (lastSegment(location) === id) return { members: [{ location }], failures }
      listed.push(location)
    }
    const absent: string[] = []
    const described = mapInOrder(listed, session.concurrency, async (location) => {
      try {
        return await describeAt(session, location, options.signal)
      } catch (error) {
        if (error instanceof NotFoundError) absent.push(location)
        else addFailure(location, error)
        return undefined
      }
    })
    for await (const entity of described) {
      if (entity?.location === undefined) continue
      const member = { location: entity.location, entity }
      if (idsOf(member).includes(id)) return { members: [member], failures }
      found.push(member)
    }
    if (absent.length > 0) await noteStillListed(session, provider, url, walk, absent)
  } catch (error) {
    // One of several collections may be missing (links of rOCCI-server); a missing single collection is an error.
    if (!tolerant) throw error
    refusals.push(error)
    if (!(error instanceof NotFoundError || [405, 501].includes(statusOf(error) ?? 0))) addFailure(url, error)
  }
  return { members: found, failures }
}

/** Names the searched collections for a message. */
function namesOf(where: unknown, collections: readonly Collection[]): string | undefined {
  const terms = collections.flatMap(({ category }) => category?.term ?? [])
  if (where === undefined || terms.length === 0 || terms.length > maxNamed) return undefined
  return terms.length === 1 ? terms[0] : `${terms.slice(0, -1).join(', ')} or ${terms.at(-1)}`
}

const maxNamed = 4

/**
 * Like `find`, among entities that were already listed; for names for which `needsListing` is true. Throws
 * NotFoundError, AmbiguousError with facts.candidates, or PartialError if the entity may be among the `unread` ones.
 */
export function findAmong(typed: string, entities: readonly Entity[], unread: readonly Unread[] = []): Found {
  const name = typed.trim()
  const members = entities.flatMap((entity): Member[] => {
    const { location } = entity
    return location === undefined ? [] : [{ location, entity: { ...entity, location } }]
  })
  try {
    return choose(name, members)
  } catch (error) {
    if (unread.length === 0 || !(error instanceof NotFoundError)) throw error
    throw inconclusiveError(name, error, unread)
  }
}

/** Whether the members must be read to find a name. It is false for URLs, paths and whole ids. */
export function needsListing(typed: string): boolean {
  const name = typed.trim()
  return !isUrl(name) && !name.includes('/') && !looksLikeId(name)
}

interface Member {
  readonly location: string
  /** Absent if the location was sufficient. */
  readonly entity?: LocatedEntity
}

async function collectionsToSearch(
  session: Session,
  where: CollectionRef | readonly CollectionRef[] | undefined,
  options: RequestOptions,
): Promise<{ readonly provider: Provider; readonly collections: readonly Collection[] }> {
  if (where !== undefined && !isList(where)) {
    const { provider, collection } = await collectionOf(session, where, options.signal)
    return { provider, collections: [collection] }
  }
  const provider = await session.provider.get(options.signal)
  const refs = where ?? provider.model.kinds.filter((kind) => kind.scheme !== CORE_SCHEME)
  const collections: Collection[] = []
  for (const ref of refs) {
    // A kind without a location has no members to search.
    if (typeof ref !== 'string' && ref.location === undefined) continue
    collections.push((await collectionOf(session, ref, options.signal)).collection)
  }
  return { provider, collections }
}

function isList(where: CollectionRef | readonly CollectionRef[]): where is readonly CollectionRef[] {
  return Array.isArray(where)
}

/** Reads an entity directly instead of listing. Some servers answer 400 or 405 for an unknown id (Q16). */
async function tryDirectly(
  session: Session,
  url: string,
  { signal }: RequestOptions,
): Promise<LocatedEntity | 'deleted' | undefined> {
  try {
    return await describeAt(session, url, signal)
  } catch (error) {
    if (isDeleted(error)) return 'deleted'
    if (error instanceof NotFoundError || [400, 405].includes(statusOf(error) ?? 0)) return undefined
    throw error
  }
}

/** Chooses the member by the first of these that matches any: id, title, prefix of an id. */
function choose(name: string, members: readonly Member[], what?: string): Found {
  const id = withoutUrn(name)
  const tiers: readonly ((member: Member) => boolean)[] = [
    (member) => idsOf(member).includes(id),
    ({ entity }) => entity !== undefined && isTitled(entity, name),
    (member) => id.length >= minPrefixLength && idsOf(member).some((one) => one.startsWith(id)),
  ]
  for (const tier of tiers) {
    const candidates = members.filter(tier)
    const [only] = candidates
    if (only === undefined) continue
    if (candidates.length > 1) throw ambiguous(name, candidates)
    return only
  }
  throw notFound(name, members, what)
}

function idsOf({ location, entity }: Member): readonly string[] {
  const own = entity?.id === undefined ? [] : [withoutUrn(entity.id)]
  return [lastSegment(location), ...own]
}

function ambiguous(name: string, candidates: readonly Member[]): AmbiguousError {
  const shown = candidates.slice(0, 20)
  return new AmbiguousError(
    `"${shortened(name)}" is the name of ${candidates.length} instances: ${shown.map(({ location }) => location).join(', ')}`,
    {
      hint: 'Name one by its id or location.',
      at: shortened(name),
      facts: {
        candidates: shown.map(({ location, entity }) => ({
          location,
          id: lastSegment(location),
          ...omitUndefined({ title: entity?.title }),
        })),
      },
    },
  )
}

function notFound(name: string, members: readonly Member[], what?: string): NotFoundError {
  const names = members.flatMap((member) => [...idsOf(member), member.entity?.title ?? ''])
  const similar = suggest(
    name,
    names.filter((one) => one !== ''),
  )
  const none = what === undefined ? 'nothing' : `no ${what}`
  return new NotFoundError(`There is ${none} named "${shortened(name)}".`, {
    hint:
      similar.length === 0
        ? 'List the collection to see the existing entities.'
        : `Did you mean ${alternatives(similar)}?`,
    at: shortened(name),
    facts: { name: shortened(name), suggestions: similar },
  })
}

/** Whether the name is a UUID, with or without `urn:uuid:`, or a number (Synnefo). */
function looksLikeId(name: string): boolean {
  const bare = withoutUrn(name)
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(bare) || /^\d{1,20}$/.test(bare)
}

function shortened(name: string): string {
  return name.length > 80 ? `${name.slice(0, 79)}…` : name
}
