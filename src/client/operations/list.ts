/** Members of a collection or below a path: their locations, or whole (GFD.223 §5.3). */
import type { Entity } from '../../model/index.js'
import { type Batched, batched } from '../batches.js'
import { filteredThere, matches } from '../filter.js'
import { collectionOf } from '../resolve.js'
import type { Session } from '../session.js'
import type { CollectionRef, ListOptions } from '../types.js'
import { throwUnread, type Unread } from '../unread.js'
import { type Batches, batchesAt } from './listing.js'
import { members } from './members.js'

/** Absolute URLs, as they arrive. Throws PartialError at the end when the listing is not whole. */
export function locations(session: Session, ref: CollectionRef, options: ListOptions = {}): Batched<string> {
  return batched(() => locationBatches(session, ref, options))
}

async function* locationBatches(session: Session, ref: CollectionRef, options: ListOptions): Batches<string> {
  const { provider, collection } = await collectionOf(session, ref, options.signal)
  if (!filteredThere(provider, options.filter)) {
    for await (const { location } of list(session, ref, options)) if (location !== undefined) yield [location]
    return
  }
  const unread: Unread[] = []
  yield* batchesAt(session, provider, collection.url, { ...options, unread })
  throwUnread(unread, collection.url)
}

/**
 * Whole members: in one request where the provider renders them so, else each by itself, in parallel. What
 * cannot be read costs itself alone: PartialError names it when all others have been given.
 */
export async function* list(
  session: Session,
  ref: CollectionRef,
  options: ListOptions = {},
): AsyncGenerator<Entity, void, undefined> {
  const { provider, collection } = await collectionOf(session, ref, options.signal)
  const unread: Unread[] = []
  for await (const entity of members(session, provider, collection.url, { ...options, unread })) {
    if (matches(entity, options.filter, provider.model)) yield entity
  }
  throwUnread(unread, collection.url)
}
