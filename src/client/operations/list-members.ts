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
/** A member whose location is known. */
type LocatedMember = LocatedEntity | string

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
  const found = paged(provider, url, options, (page) => pageAt(session, provider, page, options), identityOf)
  for await (const member of found) {
    if (typeof member !== 'string') yield member
    else {
      // From here on, each member may have to be described.
      yield* describeMembers(session, provider, url, startingWith(member, found), options)
      return
    }
  }
}

async function* startingWith(first: LocatedMember, rest: Members<LocatedMember>): Members<LocatedMember> {
  yield first
  yield* rest
}

/** Whether one response holds whole members of a collection. */
export function rendersWholeEntities({ read: rendering, profile }: Provider): boolean {
  return profile.collections === 'entities' && renderings[rendering].collections === 'entities'
}

function identityOf(member: CollectionMember): string | undefined {
  return typeof member === 'string' ? member : member.location
}

function hasLocation(member: CollectionMember): member is LocatedMember {
  return identityOf(member) !== undefined
}

/** Describes members in parallel, in order. Members that cannot be read are omitted and added to `unread`. */
async function* describeMembers(
  session: Session,
  provider: Provider,
  url: string,
  found: AsyncIterable<LocatedMember>,
  options: ListingOptions,
): Members<LocatedEntity> {
  const absent: string[] = []
  let failures = 0
  const results = mapInOrder(found, session.concurrency, async (member, release) => {
    if (typeof member !== 'string') return member
    try {
      return await describeAt(withDelayedParsing(session, release), member, options.signal)
    } catch (error) {
      return { location: member, failed: itemErrorOrRethrow(error) }
    }
  })
  for await (const result of results) {
    if (!('failed' in result)) {
      failures = 0
      yield result
      continue
    }
    const { location, failed } = result
    if (failed instanceof NotFoundError) absent.push(location)
    else {
      // Ends the listing when the provider itself no longer responds.
      const responded = !(failed instanceof NetworkError || failed instanceof TimeoutError)
      failures = responded ? 0 : failures + 1
      if (failures > maxFailures) throw failed
      options.unread.push({ target: location, error: failed })
    }
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
 * When ten responses arrive together, the tenth would be parsed last and its connection would be idle until
 * then. So `answered` is called first, and parsing happens when the next requests have been sent.
 */
function withDelayedParsing(session: Session, answered: () => void): Session {
  const { transport } = session
  return {
    ...session,
    transport: {
      stream: (request) => transport.stream(request),
      close: () => transport.close(),
      async send(request) {
        const response = await transport.send(request)
        answered()
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

async function pageAt(
  session: Session,
  provider: Provider,
  url: string,
  options: ListingOptions,
): Promise<Page<LocatedMember>> {
  const { members, next } = await readCollection(session, provider, url, options)
  return { members: withLocations(session, provider, url, options, members), next }
}

/** Lists by location and describes each member where the first entity does not tell its location (pyssf). */
async function* withLocations(
  session: Session,
  provider: Provider,
  url: string,
  options: ListingOptions,
  found: Page<CollectionMember>['members'],
): Members<LocatedMember> {
  let hasAny = false
  let isMissing = false
  for await (const member of found) {
    if (hasLocation(member)) {
      hasAny = true
      yield member
    } else {
      isMissing = true
      if (!hasAny) break
    }
  }
  if (!isMissing) return
  const yielded = new Set<string | undefined>()
  if (hasAny) {
    // This is rare, so the listing is requested again rather than keeping all locations of every listing.
    const { members } = await readCollection(session, provider, url, { ...options, unread: [] })
    for await (const member of members) yielded.add(identityOf(member))
  }
  for await (const location of locationsAt(session, provider, url, options)) {
    if (!yielded.has(location)) yield location
  }
}
