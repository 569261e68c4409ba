/**
 * Entities that this client has just created, which a provider with several servers may not know everywhere
 * yet.
 */
import { locationKey } from './locations.js'
import type { Session } from './session.js'

/** Milliseconds for which a 404 of a new entity counts as "not yet". */
const settlingTime = 10_000
/** Limit of remembered entities. Beyond it, a 404 is not waited for. */
const maxEntities = 1000

export function noteCreated({ created, clock }: Session, location: string): void {
  if (created.size < maxEntities) created.set(locationKey(location), clock.now())
}

export function noteDeleted({ created }: Session, location: string): void {
  created.delete(locationKey(location))
}

export function isSettling({ created, clock }: Session, location: string): boolean {
  const since = created.get(locationKey(location))
  return since !== undefined && clock.now() - since < settlingTime
}
