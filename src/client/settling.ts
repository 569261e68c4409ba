/**
 * Entities that this client has just created, which a provider with several servers may not know everywhere
 * yet.
 */
import { locationKey } from './locations.js'
import type { Session } from './session.js'

/** Milliseconds for which a 404 of a new entity counts as "not yet". */
const settlingTime = 10_000
/** Limit of remembered entities. A 404 of any further one counts as final. */
const maxEntities = 1000

/** Remembers that this client has just created an entity. */
export function noteCreated({ creationTimes, clock }: Session, location: string): void {
  if (creationTimes.size < maxEntities) creationTimes.set(locationKey(location), clock.now())
}

/** Forgets an entity that this client deletes: a 404 is then final. */
export function noteDeleted({ creationTimes }: Session, location: string): void {
  creationTimes.delete(locationKey(location))
}

/** Whether a 404 of this entity may be temporary, because this client created it a short while ago. */
export function isSettling({ creationTimes, clock }: Session, location: string): boolean {
  const since = creationTimes.get(locationKey(location))
  return since !== undefined && clock.now() - since < settlingTime
}
