/** Creates something at the first of several sites that accepts it, and never at two. */
import { OcciError, OutcomeUnknownError, PartialError, SitesError, withFacts } from '../errors/errors.js'
import type { Named } from './at-sites.js'

/**
 * How to continue after a failed attempt. `next`: nothing was created; try the next site. `remove`: an entity was
 * left at the site; delete it, then try the next site. `stop`: an entity may exist or may still become ready, so that
 * another attempt could create two; or the next site would fail in the same way.
 */
type Verdict = 'next' | 'remove' | 'stop'

/** Returns how to continue after an error. `isCreated`: whether an entity is known to exist at the site. */
export function verdictFor(error: unknown, isCreated: boolean): Verdict {
  if (!(error instanceof OcciError) || stoppingCodes.has(error.code)) return 'stop'
  // The entity exists, but its location is unknown.
  if (error.facts?.['created'] === true) return 'stop'
  // The provider answered with an error after it had created it.
  if (typeof error.facts?.['created'] === 'string') return isCreated ? verdictAfterCreate(error) : 'remove'
  return isCreated ? verdictAfterCreate(error) : 'next'
}

/**
 * Returns the verdict for an entity that was created. Only a failed wait means that it will never become ready; after a
 * timeout or a broken connection, it may still become ready.
 */
function verdictAfterCreate({ code }: OcciError): Verdict {
  return code === 'wait-failed' ? 'remove' : 'stop'
}

/** Codes of errors after which no other site is tried: an entity may exist, or the next site would fail as well. */
const stoppingCodes: ReadonlySet<OcciError['code']> = new Set(['usage', 'cancelled', 'outcome-unknown'])

/** What firstThatAccepts does at each site. */
interface Attempts<S extends Named, T> {
  /**
   * Attempts one site. Calls `onCreated` with the location as soon as an entity exists there. Throws the client's
   * errors.
   */
  readonly attempt: (site: S, onCreated: (location: string) => void) => Promise<T>
  /** Deletes the entity that a failed attempt left. */
  readonly remove: (site: S, location: string) => Promise<void>
  /** Called for each site that did not accept, before the next site is tried. */
  readonly onRefusal?: ((refusal: Refusal<S>) => void | Promise<void>) | undefined
}

/** A site that did not accept. */
export interface Refusal<S extends Named> {
  readonly site: S
  readonly error: OcciError
  /** The location of an entity that the attempt created and that was deleted again. */
  readonly removed: string | undefined
}

/**
 * Attempts the sites one after the other, until one accepts. Throws SitesError if all of them fail, PartialError if an
 * entity that a failed attempt left cannot be deleted, and the error of `attempt` if the verdict is `stop`. The latter
 * two have the name of the site in facts.context.
 */
export async function firstThatAccepts<S extends Named, T>(
  sites: readonly S[],
  { attempt, remove, onRefusal }: Attempts<S, T>,
): Promise<{ readonly site: S; readonly result: T }> {
  const refusals: Refusal<S>[] = []
  for (const site of sites) {
    let createdLocation: string | undefined
    try {
      const result = await attempt(site, (location) => {
        createdLocation = location
      })
      return { site, result }
    } catch (error) {
      const verdict = verdictFor(error, createdLocation !== undefined)
      if (verdict === 'stop' || !(error instanceof OcciError)) throw withSiteName(site, error)
      const reportedLocation = error.facts?.['created']
      const leftover = verdict === 'remove' ? (createdLocation ?? String(reportedLocation)) : undefined
      if (leftover !== undefined) await removeLeftover(site, leftover, error, remove)
      const refusal = {
        site,
        error: leftover === undefined ? error : withRemoval(error, leftover),
        removed: leftover,
      }
      refusals.push(refusal)
      await onRefusal?.(refusal)
    }
  }
  const errors = refusals.map(({ site: { name }, error }) => ({ site: name, error }))
  const messages = errors.map(({ site, error }) => `${site}: ${error.message.replace(/\.$/, '')}`).join('; ')
  throw new SitesError(`No site accepted it: ${messages}`, errors, { allFailed: true })
}

/** Adds to an error that the entity which the attempt left was deleted. */
function withRemoval(error: OcciError, location: string): OcciError {
  const message = error.message.endsWith('.') ? error.message.slice(0, -1) : error.message
  return withFacts(
    error,
    { removed: location },
    `${message} — the entity that it created was deleted: ${location}`,
  )
}

/** Deletes the entity that a failed attempt left. Throws if it still exists or may still exist. */
async function removeLeftover<S extends Named>(
  site: S,
  location: string,
  cause: OcciError,
  remove: (site: S, location: string) => Promise<void>,
): Promise<void> {
  try {
    await remove(site, location)
  } catch (error) {
    if (!(error instanceof OcciError)) throw error
    if (error.code === 'not-found') return
    const facts = { context: site.name, created: location }
    if (error instanceof OutcomeUnknownError) throw withFacts(error, facts)
    throw new PartialError(
      `${site.name}: ${cause.message} — and ${location} could not be deleted again: ${error.message}`,
      [{ target: location, error }],
      { hint: 'It still exists, so no further site is tried.', facts, cause },
    )
  }
}

/** Adds the name of the site to the message and to facts.context. */
function withSiteName({ name }: Named, error: unknown): unknown {
  if (!(error instanceof OcciError)) return error
  const message = error.message.startsWith(`${name}: `) ? error.message : `${name}: ${error.message}`
  return withFacts(error, { context: name }, message)
}

/**
 * Returns the order in which to try the sites for each of `count` entities. Each begins with the first site or, with
 * `spread`, with the site after the one with which the previous entity began.
 */
export function siteOrders<S>(
  sites: readonly S[],
  count: number,
  spread: boolean,
): readonly (readonly S[])[] {
  return Array.from({ length: count }, (_, number) => {
    const first = spread ? number % sites.length : 0
    return [...sites.slice(first), ...sites.slice(0, first)]
  })
}
