/** Finds the entity to which a reference refers: an id, unique id prefix, title, path or URL. */
import { alternatives } from '../../basics/nearest.js'
import { omitUndefined } from '../../basics/objects.js'
import {
  AmbiguousError,
  CancelledError,
  NetworkError,
  NotFoundError,
  OcciError,
  PartialError,
  TimeoutError,
} from '../../errors/errors.js'
import { CORE_SCHEME, type Entity, type LocatedEntity, suggest } from '../../model/index.js'
import { mapInOrder } from '../concurrency.js'
import { isDeleted, statusOf } from '../errors.js'
import { isUrl, lastSegment, memberLocation, resolveUserLocation, withoutUrn } from '../locations.js'
import { isTitled } from '../names.js'
import type { Provider } from '../provider.js'
import { type Collection, collectionOf, isOutdated, mayBeOutdated } from '../resolve.js'
import type { Session } from '../session.js'
import type { CollectionRef, RequestOptions } from '../types.js'
import { itemErrorOrRethrow, type ListingOptions, type UnreadPart } from '../unread.js'
import { describeAt } from './describe.js'
import { locationsAt } from './list-locations.js'
import { membersAt, noteStillListed, rendersWholeEntities } from './list-members.js'

/** The entity to which a reference refers. */
export interface Found {
  /** Absolute URL. */
  readonly location: string
  /** Present if the entity had to be read to identify it. */
  readonly entity?: LocatedEntity
}

/** The minimum length of an id prefix, in characters. Shorter prefixes would match by accident. */
const minPrefixLength = 3

/**
 * Finds an entity by a reference (see OcciClient.find). A URL or path needs no request. A whole id is first requested
 * at the location that it would have in each collection. Otherwise sends one request for each collection, and one for
 * each member if a listing contains only locations; the search of a collection stops as soon as an id matches. Throws
 * NotFoundError, AmbiguousError with facts.candidates, or PartialError if the entity may be in a part of the listings
 * that could not be read.
 */
export async function find(
  session: Session,
  reference: string,
  scope?: CollectionRef | readonly CollectionRef[],
  options: RequestOptions = {},
): Promise<Found> {
  const name = reference.trim()
  if (isUrl(name) || name.includes('/')) return { location: resolveUserLocation(session.endpoint, name) }
  const provider = await session.provider.get(options.signal)
  const refusals: unknown[] = []
  try {
    return await findIn(session, name, scope, options, refusals)
  } catch (error) {
    const isInconclusive = error instanceof NotFoundError || error instanceof PartialError
    const mayHaveOutdatedModel = mayBeOutdated(error) || (isInconclusive && refusals.some(mayBeOutdated))
    if (!mayHaveOutdatedModel || !(await isOutdated(session, provider, options.signal))) throw error
    return findIn(session, name, scope, options, [])
  }
}

/** Searches the collections once. Adds the errors of collections that could not be searched to `refusals`. */
async function findIn(
  session: Session,
  name: string,
  scope: CollectionRef | readonly CollectionRef[] | undefined,
  options: RequestOptions,
  refusals: unknown[],
): Promise<Found> {
  const { provider, collections } = await collectionsToSearch(session, scope, options)
  const { found, deletedAt, lastError } = looksLikeId(name)
    ? await readById(session, name, collections, options)
    : {}
  if (found !== undefined) return found
  const members: Member[] = []
  const failures: UnreadPart[] = []
  const tolerant = collections.length > 1
  const searchResults = mapInOrder(collections, session.concurrency, ({ url }) =>
    searchCollection(session, provider, url, name, { tolerant, refusals }, options),
  )
  for await (const result of searchResults) {
    members.push(...result.members)
    failures.push(...result.failures)
  }
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
    return choose(name, members, namesOf(scope, collections))
  } catch (error) {
    if (deletedAt !== undefined && error instanceof NotFoundError) {
      throw new NotFoundError(`${deletedAt} was deleted.`, {
        at: shortened(name),
        http: { method: 'GET', url: deletedAt, status: 410 },
      })
    }
    if (!(error instanceof NotFoundError)) throw error
    // The entity may be in a part that could not be read, so it is not known to be absent.
    if (failures.length > 0) throw inconclusiveError(name, error, failures)
    throw collections.length === 1 ? (lastError ?? error) : error
  }
}

/** The result of `readById`. */
interface ReadByIdResult {
  /** The entity, if one of the locations exists. */
  readonly found?: Found
  /** The first location at which the provider answered 410. */
  readonly deletedAt?: string
  /** The error of the last location that could not be read. */
  readonly lastError?: OcciError
}

/** Reads the location that an entity with this id has in each collection, until one of them exists. */
async function readById(
  session: Session,
  id: string,
  collections: readonly Collection[],
  { signal }: RequestOptions,
): Promise<ReadByIdResult> {
  let deletedAt: string | undefined
  let lastError: OcciError | undefined
  for (const { url } of collections) {
    const location = memberLocation(url, id)
    try {
      const entity = await describeAt(session, location, signal)
      return { found: { location: entity.location, entity } }
    } catch (error) {
      if (isDeleted(error)) deletedAt ??= location
      // Some servers answer 400 or 405 for an unknown id (Q16).
      if (error instanceof NotFoundError || [400, 405].includes(statusOf(error) ?? 0)) continue
      if (error instanceof NetworkError || error instanceof TimeoutError) throw error
      // The entity may be of another kind, or may be listed although it cannot be read.
      lastError = itemErrorOrRethrow(error)
    }
  }
  return omitUndefined({ deletedAt, lastError })
}

/** Replaces a NotFoundError if a part could not be read, because callers delete or create entities after it. */
function inconclusiveError(
  name: string,
  error: NotFoundError,
  failures: readonly UnreadPart[],
): PartialError {
  const parts = failures.length === 1 ? 'one part' : `${failures.length} parts`
  return new PartialError(`${error.message} But ${parts} of what is listed could not be read.`, failures, {
    hint: 'Name it by its location, if you know it.',
    at: shortened(name),
    facts: { incomplete: true },
  })
}

/** The members of one collection, and what could not be read. */
interface SearchResult {
  readonly members: readonly Member[]
  readonly failures: readonly UnreadPart[]
}

/**
 * Searches one collection, and also returns the parts that could not be read. If `tolerant`, the collection itself may
 * be missing or refused; its error is then added to `refusals`.
 */
async function searchCollection(
  session: Session,
  provider: Provider,
  url: string,
  name: string,
  { tolerant, refusals }: { readonly tolerant: boolean; readonly refusals: unknown[] },
  options: RequestOptions,
): Promise<SearchResult> {
  const members: Member[] = []
  const failures: UnreadPart[] = []
  const listingOptions: ListingOptions = { ...options, unread: failures }
  const addFailure = (target: string, error: unknown) => {
    if (!(error instanceof OcciError) || error instanceof CancelledError) throw error
    failures.push({ target, error })
  }
  try {
    if (rendersWholeEntities(provider)) {
      for await (const entity of membersAt(session, provider, url, listingOptions)) {
        if (entity.location !== undefined) members.push({ location: entity.location, entity })
      }
      return { members, failures }
    }
    const id = withoutUrn(name)
    const listed: string[] = []
    for await (const location of locationsAt(session, provider, url, listingOptions)) {
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
      members.push(member)
    }
    if (absent.length > 0) await noteStillListed(session, provider, url, listingOptions, absent)
  } catch (error) {
    // One of several collections may be missing (links of rOCCI-server, rocci1-8); a single one must exist.
    if (!tolerant) throw error
    refusals.push(error)
    if (!(error instanceof NotFoundError || [405, 501].includes(statusOf(error) ?? 0))) addFailure(url, error)
  }
  return { members, failures }
}

/** Returns the terms of the searched collections for a message; undefined if all were searched, or too many to name. */
function namesOf(scope: unknown, collections: readonly Collection[]): string | undefined {
  const terms = collections.flatMap(({ category }) => category?.term ?? [])
  if (scope === undefined || terms.length === 0 || terms.length > maxNamed) return undefined
  return terms.length === 1 ? terms[0] : `${terms.slice(0, -1).join(', ')} or ${terms.at(-1)}`
}

/** How many collections a message names. */
const maxNamed = 4

/**
 * Finds an entity by a reference among entities that were already listed. Suits references for which `needsListing` is
 * true. Throws NotFoundError, AmbiguousError with facts.candidates, or PartialError if the entity may be among the
 * `unread` parts.
 */
export function findAmong(
  reference: string,
  entities: readonly Entity[],
  unread: readonly UnreadPart[] = [],
): Found {
  const name = reference.trim()
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

/**
 * Whether a reference can be resolved only by listing: a title or an id prefix, but not a URL, a path or a whole id.
 */
export function needsListing(reference: string): boolean {
  const name = reference.trim()
  return !isUrl(name) && !name.includes('/') && !looksLikeId(name)
}

/** A member of a searched collection. */
interface Member {
  readonly location: string
  /** Absent if the id in the location matched, so that the entity was not read. */
  readonly entity?: LocatedEntity
}

/** Returns the collections in `scope`, by default those of all kinds of the provider. */
async function collectionsToSearch(
  session: Session,
  scope: CollectionRef | readonly CollectionRef[] | undefined,
  options: RequestOptions,
): Promise<{ readonly provider: Provider; readonly collections: readonly Collection[] }> {
  if (scope !== undefined && !isList(scope)) {
    const { provider, collection } = await collectionOf(session, scope, options.signal)
    return { provider, collections: [collection] }
  }
  const provider = await session.provider.get(options.signal)
  const refs = scope ?? provider.model.kinds.filter((kind) => kind.scheme !== CORE_SCHEME)
  const collections: Collection[] = []
  for (const ref of refs) {
    // A kind without a location has no members to search.
    if (typeof ref !== 'string' && ref.location === undefined) continue
    collections.push((await collectionOf(session, ref, options.signal)).collection)
  }
  return { provider, collections }
}

function isList(scope: CollectionRef | readonly CollectionRef[]): scope is readonly CollectionRef[] {
  return Array.isArray(scope)
}

/**
 * Chooses the member with this id; if there is none, the one with this title, or else with this id prefix. Throws
 * AmbiguousError if several match, and NotFoundError if none does; `collectionNames` are for its message.
 */
function choose(name: string, members: readonly Member[], collectionNames?: string): Found {
  const id = withoutUrn(name)
  const matchers: readonly ((member: Member) => boolean)[] = [
    (member) => idsOf(member).includes(id),
    ({ entity }) => entity !== undefined && isTitled(entity, name),
    (member) => id.length >= minPrefixLength && idsOf(member).some((memberId) => memberId.startsWith(id)),
  ]
  for (const matches of matchers) {
    const candidates = members.filter(matches)
    const [first] = candidates
    if (first === undefined) continue
    if (candidates.length > 1) throw ambiguousError(name, candidates)
    return first
  }
  throw notFoundError(name, members, collectionNames)
}

/** Returns the id in the location, and the id that the entity itself states. */
function idsOf({ location, entity }: Member): readonly string[] {
  const statedIds = entity?.id === undefined ? [] : [withoutUrn(entity.id)]
  return [lastSegment(location), ...statedIds]
}

/** The error for a name of several members; at most 20 of them are listed. */
function ambiguousError(name: string, candidates: readonly Member[]): AmbiguousError {
  const listedCandidates = candidates.slice(0, 20)
  return new AmbiguousError(
    `"${shortened(name)}" is the name of ${candidates.length} instances: ${listedCandidates.map(({ location }) => location).join(', ')}`,
    {
      hint: 'Name one by its id or location.',
      at: shortened(name),
      facts: {
        candidates: listedCandidates.map(({ location, entity }) => ({
          location,
          id: lastSegment(location),
          ...omitUndefined({ title: entity?.title }),
        })),
      },
    },
  )
}

/** The error for a name without a member; it suggests similar names. */
function notFoundError(name: string, members: readonly Member[], collectionNames?: string): NotFoundError {
  const names = members.flatMap((member) => [...idsOf(member), member.entity?.title ?? ''])
  const similar = suggest(
    name,
    names.filter((one) => one !== ''),
  )
  const absent = collectionNames === undefined ? 'nothing' : `no ${collectionNames}`
  return new NotFoundError(`There is ${absent} named "${shortened(name)}".`, {
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

/** Returns a name for a message, at most 80 characters. */
function shortened(name: string): string {
  return name.length > 80 ? `${name.slice(0, 79)}…` : name
}
