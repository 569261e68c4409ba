/** Creates something at the first of several sites that accepts it, and never at two. */
import { OcciError, OutcomeUnknownError, PartialError, SitesError, withFacts } from '../errors/errors.js'
import type { Named } from './at-sites.js'

/**
 * What a failed try means. `next`: nothing was made there. `remove`: something is left there, and the next
 * site is tried after it was deleted. `stop`: something may exist there, or may be on its way to what is
 * wanted, so that going on could make two; or the next site would not do better.
 */
export type Verdict = 'next' | 'remove' | 'stop'

/** `made`: whether something is known to exist at the site. */
export function verdictOn(error: unknown, made: boolean): Verdict {
  if (!(error instanceof OcciError) || stops.has(error.code)) return 'stop'
  // It exists, and the provider did not say where.
  if (error.facts?.['created'] === true) return 'stop'
  // The provider answered with an error after it had created it.
  if (typeof error.facts?.['created'] === 'string') return made ? afterwards(error) : 'remove'
  return made ? afterwards(error) : 'next'
}

/**
 * Of a thing that was created: it failed for good. A wait that took too long, a connection that broke and a
 * provider that does not show it yet leave a thing that may still become what is wanted.
 */
function afterwards({ code }: OcciError): Verdict {
  return code === 'wait-failed' ? 'remove' : 'stop'
}

const stops: ReadonlySet<OcciError['code']> = new Set(['usage', 'cancelled', 'outcome-unknown'])

interface Tries<S extends Named, T> {
  /**
   * Tries one site. Calls `made` with the location as soon as something exists there. Throws what the client
   * throws.
   */
  readonly attempt: (site: S, made: (location: string) => void) => Promise<T>
  /** Deletes what a failed try left. */
  readonly remove: (site: S, location: string) => Promise<void>
  /** Called before the next site is tried; `removed` is the location of what was left and deleted. */
  readonly onRefusal?: ((refusal: Refusal<S>) => void | Promise<void>) | undefined
}

export interface Refusal<S extends Named> {
  readonly site: S
  readonly error: OcciError
  readonly removed: string | undefined
}

/**
 * Tries the sites one after the other. Throws SitesError when all refuse; OutcomeUnknownError when something
 * may have been made at a site, PartialError when what a try left cannot be deleted, and what `attempt` throws
 * where the verdict is `stop`. These have the name of the site in facts.context.
 */
export async function firstThatAccepts<S extends Named, T>(
  sites: readonly S[],
  { attempt, remove, onRefusal }: Tries<S, T>,
): Promise<{ readonly site: S; readonly result: T }> {
  const refusals: Refusal<S>[] = []
  for (const site of sites) {
    let place: string | undefined
    try {
      const result = await attempt(site, (location) => {
        place = location
      })
      return { site, result }
    } catch (error) {
      const verdict = verdictOn(error, place !== undefined)
      if (verdict === 'stop' || !(error instanceof OcciError)) throw named(site, error)
      const created = error.facts?.['created']
      const left = verdict === 'remove' ? (place ?? String(created)) : undefined
      if (left !== undefined) await removeLeft(site, left, error, remove)
      const refusal = { site, error: left === undefined ? error : deletedAgain(error, left), removed: left }
      refusals.push(refusal)
      await onRefusal?.(refusal)
    }
  }
  const errors = refusals.map(({ site: { name }, error }) => ({ site: name, error }))
  const each = errors.map(({ site, error }) => `${site}: ${error.message.replace(/\.$/, '')}`).join('; ')
  throw new SitesError(`No site accepted it: ${each}`, errors, { allFailed: true })
}

function deletedAgain(error: OcciError, location: string): OcciError {
  const message = error.message.endsWith('.') ? error.message.slice(0, -1) : error.message
  return withFacts(error, { removed: location }, `${message} — what it left was deleted: ${location}`)
}

/** Throws unless it is gone. */
async function removeLeft<S extends Named>(
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
      { hint: 'It is still there, so no other site was tried.', facts, cause },
    )
  }
}

function named({ name }: Named, error: unknown): unknown {
  if (!(error instanceof OcciError)) return error
  const message = error.message.startsWith(`${name}: `) ? error.message : `${name}: ${error.message}`
  return withFacts(error, { context: name }, message)
}

/**
 * Each number's sites, in the order in which they are tried: all begin with the first site, or, where they are
 * spread, each with the site after that of the number before.
 */
export function shares<S>(sites: readonly S[], count: number, spread: boolean): readonly (readonly S[])[] {
  return Array.from({ length: count }, (_, number) => {
    const first = spread ? number % sites.length : 0
    return [...sites.slice(first), ...sites.slice(0, first)]
  })
}
