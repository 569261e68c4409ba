/** Lists members of a collection or below a path: their locations, or whole entities (GFD.223 §5.3). */
import { type Batched, fromBatches } from '../../basics/batched.js'
import type { LocatedEntity } from '../../model/index.js'
import { isFilteredByProvider, matchesFilter, type ResolvedFilter, resolveFilter } from '../filter.js'
import type { Provider } from '../provider.js'
import { collectionOf, isOutdated, mayBeOutdated } from '../resolve.js'
import type { Session } from '../session.js'
import type { CollectionRef, ListOptions } from '../types.js'
import { throwIfIncomplete, type UnreadPart } from '../unread.js'
import { type Batches, locationBatchesAt } from './list-locations.js'
import { membersAt } from './list-members.js'

/** Yields the absolute URLs of members as they arrive. Throws PartialError at the end if the listing is incomplete. */
export function locations(session: Session, ref: CollectionRef, options: ListOptions = {}): Batched<string> {
  return fromBatches(() => locationBatches(session, ref, options))
}

async function* locationBatches(session: Session, ref: CollectionRef, options: ListOptions): Batches<string> {
  yield* withCurrentCollection(session, ref, options, async function* (provider, url, filter) {
    if (!isFilteredByProvider(provider, filter)) {
      for await (const { location } of list(session, ref, options)) {
        yield [location]
      }
      return
    }
    const unread: UnreadPart[] = []
    yield* locationBatchesAt(session, provider, url, { ...options, filter, unread })
    throwIfIncomplete(unread, url)
  })
}

/**
 * Yields whole members: with one request if the provider renders them, otherwise with one request for each, in
 * parallel. Members that cannot be read are omitted; a PartialError at the end names them.
 */
export async function* list(
  session: Session,
  ref: CollectionRef,
  options: ListOptions = {},
): AsyncGenerator<LocatedEntity, void, undefined> {
  yield* withCurrentCollection(session, ref, options, async function* (provider, url, filter) {
    const unread: UnreadPart[] = []
    for await (const entity of membersAt(session, provider, url, { ...options, filter, unread })) {
      if (matchesFilter(entity, filter, provider.model)) yield entity
    }
    throwIfIncomplete(unread, url)
  })
}

/**
 * Resolves a collection and yields what `iterateCollection` yields for it. If the provider refuses the location from a
 * remembered model before the first item, fetches the model and starts again.
 */
async function* withCurrentCollection<T>(
  session: Session,
  ref: CollectionRef,
  { signal, filter }: ListOptions,
  iterateCollection: (
    provider: Provider,
    url: string,
    filter: ResolvedFilter | undefined,
  ) => AsyncGenerator<T, void, undefined>,
): AsyncGenerator<T, void, undefined> {
  const { provider, collection } = await collectionOf(session, ref, signal)
  const filterFor = (current: Provider) => (filter === undefined ? undefined : resolveFilter(current, filter))
  const iterator = iterateCollection(provider, collection.url, filterFor(provider))
  let first: IteratorResult<T, void>
  try {
    first = await iterator.next()
  } catch (error) {
    if (!mayBeOutdated(error) || !(await isOutdated(session, provider, signal))) throw error
    const current = await collectionOf(session, ref, signal)
    yield* iterateCollection(current.provider, current.collection.url, filterFor(current.provider))
    return
  }
  if (first.done === true) return
  try {
    yield first.value
    yield* iterator
  } finally {
    await iterator.return()
  }
}
