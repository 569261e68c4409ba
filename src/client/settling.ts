/** What this client has just created: a provider of several servers may not know it everywhere yet. */
import { locationKey } from './locations.js'
import type { Session } from './session.js'

/** Milliseconds for which a 404 of something just created is taken to mean "not yet". */
const settlingTime = 10_000
/** So many are remembered; who creates more at once waits for none of the rest. */
const most = 1000

export function noteCreated({ created, clock }: Session, location: string): void {
  if (created.size < most) created.set(locationKey(location), clock.now())
}

export function noteDeleted({ created }: Session, location: string): void {
  created.delete(locationKey(location))
}

export function isSettling({ created, clock }: Session, location: string): boolean {
  const since = created.get(locationKey(location))
  return since !== undefined && clock.now() - since < settlingTime
}
