/** The members of a collection, whole: as the provider renders them, or described one by one. */
import type { Entity } from '../../model/index.js'
import { type Page, paged } from '../pages.js'
import { mapInOrder } from '../pool.js'
import type { Provider } from '../provider.js'
import type { Session } from '../session.js'
import type { ListOptions } from '../types.js'
import { describeIfThere } from './describe.js'
import { locationsAt } from './listing.js'
import { type Found, rendered } from './rendered.js'

type Members<T> = AsyncGenerator<T, void, undefined>

export async function* members(
  session: Session,
  provider: Provider,
  url: string,
  options: ListOptions,
): Members<Entity> {
  if (!rendersWhole(provider)) {
    yield* described(session, locationsAt(session, provider, url, options), options)
    return
  }
  const found = paged(provider, url, options, (page) => pageAt(session, provider, page, options), identityOf)
  for await (const member of found) {
    if (typeof member !== 'string') yield member
    else {
      // From here on they may all have to be described.
      yield* described(session, startingWith(member, found), options)
      return
    }
  }
}

async function* startingWith(first: Found, rest: Members<Found>): Members<Found> {
  yield first
  yield* rest
}

/** Whether one answer holds the members of a collection whole. */
export function rendersWhole({ read: rendering, profile }: Provider): boolean {
  return profile.collections === 'entities' && (rendering === 'json' || rendering === 'json-1.1')
}

function identityOf(member: Found): string | undefined {
  return typeof member === 'string' ? member : member.location
}

/** In parallel, and in order. What was deleted since it was listed is left out. */
async function* described(
  session: Session,
  found: AsyncIterable<Found>,
  { signal }: ListOptions,
): Members<Entity> {
  const entities = mapInOrder(found, session.concurrency, async (member, over) =>
    typeof member === 'string' ? describeIfThere(readingLater(session, over), member, signal) : member,
  )
  for await (const entity of entities) if (entity !== undefined) yield entity
}

/**
 * Of ten answers that come together the tenth would wait until nine are parsed before its connection is used
 * again: so it is told that an answer is here, and the answer is read when the next requests are on their way.
 */
function readingLater(session: Session, answered: () => void): Session {
  const { transport } = session
  return {
    ...session,
    transport: {
      stream: (request) => transport.stream(request),
      close: () => transport.close(),
      async send(request) {
        const response = await transport.send(request)
        answered()
        // A connection is free in the turn after its answer.
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
  options: ListOptions,
): Promise<Page<Found>> {
  const { members, next } = await rendered(session, provider, url, options)
  return { members: located(session, provider, url, options, members), next }
}

/** What does not say where it is comes by its location: all is described where the first does not (pyssf). */
async function* located(
  session: Session,
  provider: Provider,
  url: string,
  options: ListOptions,
  found: Page<Found>['members'],
): Members<Found> {
  let some = false
  let lost = false
  for await (const member of found) {
    if (identityOf(member) !== undefined) {
      some = true
      yield member
    } else {
      lost = true
      if (!some) break
    }
  }
  if (!lost) return
  const told = new Set<string | undefined>()
  if (some) {
    // So odd an answer is asked for again, rather than that each location of any answer be remembered.
    const { members } = await rendered(session, provider, url, options)
    for await (const member of members) told.add(identityOf(member))
  }
  for await (const location of locationsAt(session, provider, url, options)) {
    if (!told.has(location)) yield location
  }
}
