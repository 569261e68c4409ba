/** Lists whole members of a collection: as the provider renders them, or described one by one. */
import { NetworkError, NotFoundError, TimeoutError } from '../../errors/errors.js'
import type { LocatedEntity } from '../../model/index.js'
import { renderings } from '../../rendering/index.js'
import { mapInOrder } from '../concurrency.js'
import { type Page, paged } from '../pages.js'
import type { Provider } from '../provider.js'
import type { Session } from '../session.js'
import { itemErrorOrRethrow, type ListingOptions } from '../unread.js'
import { describeAt } from './describe.js'
import { locationsAt } from './list-locations.js'
import { type CollectionMember, readCollection } from './read-collection.js'

type Members<T> = AsyncGenerator<T, void, undefined>
/** A member whose location is known: the entity, or only its location. */
type LocatedMember = LocatedEntity | string

/**
 * Yields the members of a collection. Members that cannot be read are omitted and added to `options.unread`.
 */
export async function* membersAt(
  session: Session,
  provider: Provider,
  url: string,
  options: ListingOptions,
): Members<LocatedEntity> {
  if (!rendersWholeEntities(provider)) {
    yield* describeMembers(session, provider, url, locationsAt(session, provider, url, options), options)
    return
  }
  const pagedMembers = paged(
    provider,
    url,
    options,
    (page) => pageAt(session, provider, page, options),
    locationOfMember,
  )
  for await (const member of pagedMembers) {
    if (typeof member !== 'string') {
      yield member
      continue
    }
    // This member and each later one may have to be described.
    yield* describeMembers(session, provider, url, startingWith(member, pagedMembers), options)
    return
  }
}

async function* startingWith(first: LocatedMember, others: Members<LocatedMember>): Members<LocatedMember> {
  yield first
  yield* others
}

/** Whether the provider renders the members of a collection as whole entities. */
export function rendersWholeEntities({ read: rendering, profile }: Provider): boolean {
  return profile.collections === 'entities' && renderings[rendering].collections === 'entities'
}

function locationOfMember(member: CollectionMember): string | undefined {
  return typeof member === 'string' ? member : member.location
}

function hasLocation(member: CollectionMember): member is LocatedMember {
  return locationOfMember(member) !== undefined
}

/**
 * Describes members in parallel and yields them in their order. Members that cannot be read are omitted and added to
 * `options.unread`.
 */
async function* describeMembers(
  session: Session,
  provider: Provider,
  url: string,
  listed: AsyncIterable<LocatedMember>,
  options: ListingOptions,
): Members<LocatedEntity> {
  const absent: string[] = []
  let failures = 0
  const results = mapInOrder(listed, session.concurrency, async (member, release) => {
    if (typeof member !== 'string') return member
    try {
      return await describeAt(withDelayedParsing(session, release), member, options.signal)
    } catch (error) {
      return { location: member, error: itemErrorOrRethrow(error) }
    }
  })
  for await (const result of results) {
    if (!('error' in result)) {
      failures = 0
      yield result
      continue
    }
    const { location, error } = result
    // Ends the listing if the provider itself no longer responds.
    const hasResponded = !(error instanceof NetworkError || error instanceof TimeoutError)
    failures = hasResponded ? 0 : failures + 1
    if (failures > maxFailures) throw error
    if (error instanceof NotFoundError) absent.push(location)
    else options.unread.push({ target: location, error })
  }
  if (absent.length > 0) await noteStillListed(session, provider, url, options, absent)
}

/** How many members in a row may fail without a response before the provider counts as unreachable. */
const maxFailures = 3

/**
 * Adds members that answered 404 to `unread` if the provider still lists them (erocci). Others were deleted after the
 * first listing, and are not missing.
 */
export async function noteStillListed(
  session: Session,
  provider: Provider,
  url: string,
  options: ListingOptions,
  absent: readonly string[],
): Promise<void> {
  const listed = new Set<string>()
  for await (const location of locationsAt(session, provider, url, { ...options, unread: [] }))
    listed.add(location)
  for (const location of absent) {
    if (!listed.has(location)) continue
    const error = new NotFoundError('The provider lists it, but answers that it does not exist.', {
      http: { method: 'GET', url: location, status: 404 },
    })
    options.unread.push({ target: location, error })
  }
}

/**
 * Returns a session whose transport calls `onResponse` as soon as a response arrives, and returns the response only
 * after the next requests have been sent. Without that, parsing of one response would keep the connections of others
 * idle.
 */
function withDelayedParsing(session: Session, onResponse: () => void): Session {
  const { transport } = session
  return {
    ...session,
    transport: {
      stream: (request) => transport.stream(request),
      close: () => transport.close(),
      async send(request) {
        const response = await transport.send(request)
        onResponse()
        // A connection becomes free in the turn after its response.
        await nextTurn()
        await nextTurn()
        return response
      },
    },
  }
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

/** Reads one page of a collection; all its members have a location. */
async function pageAt(
  session: Session,
  provider: Provider,
  url: string,
  options: ListingOptions,
): Promise<Page<LocatedMember>> {
  const { members, next } = await readCollection(session, provider, url, options)
  return { members: withLocations(session, provider, url, options, members), next }
}

/**
 * Yields the rendered members that have a location. If some have none (pyssf), lists the locations as well, and yields
 * those of the other members.
 */
async function* withLocations(
  session: Session,
  provider: Provider,
  url: string,
  options: ListingOptions,
  rendered: Page<CollectionMember>['members'],
): Members<LocatedMember> {
  let hasAny = false
  let lacksLocation = false
  for await (const member of rendered) {
    if (hasLocation(member)) {
      hasAny = true
      yield member
    } else {
      lacksLocation = true
      if (!hasAny) break
    }
  }
  if (!lacksLocation) return
  const yielded = new Set<string | undefined>()
  if (hasAny) {
    // The listing is requested again, since keeping the locations of every listing would cost memory for a rare case.
    const { members } = await readCollection(session, provider, url, { ...options, unread: [] })
    for await (const member of members) yielded.add(locationOfMember(member))
  }
  for await (const location of locationsAt(session, provider, url, options)) {
    if (!yielded.has(location)) yield location
  }
}
