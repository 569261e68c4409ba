/** Decides at which sites a command runs, from the names in its arguments, and which names each site gets. */
import { alternatives, nearest } from '../../basics/nearest.js'
import type { Context } from '../../config/types.js'
import {
  ConfigError,
  NotFoundError,
  type OcciError,
  PartialError,
  SitesError,
  UsageError,
} from '../../errors/errors.js'
import { addressOf } from './address.js'

/** The words of an argument that names entities. */
export interface NameWords {
  readonly argument: string
  readonly words: readonly string[]
  /** Whether a word is an attribute (`cores=2`) instead of a name. Every site gets these words. */
  readonly isShared: (word: string) => boolean
}

/** The result of looking up names at a site. */
export interface SiteLookup {
  readonly site: string
  /** The errors for names that the site does not have, by `keyOf`. */
  readonly missing: ReadonlyMap<string, OcciError>
  /** Set if the look-up failed, so that `missing` is empty. */
  readonly error?: OcciError
}

export interface NamesRequest {
  readonly names: readonly NameWords[]
  /** The sites to search, in order; empty if no context is in use. */
  readonly sites: readonly string[]
  /** Whether the user named several sites, so that a name without a context may be at any of them. */
  readonly several: boolean
  readonly contexts: readonly Context[]
  /** Whether the command changes something. */
  readonly writes: boolean
  /** Looks up names at all `sites`. Errors of a site are part of its result. */
  readonly lookUp: (
    wanted: readonly Pick<NameWords, 'argument' | 'words'>[],
  ) => Promise<readonly SiteLookup[]>
}

export interface Placement {
  /** The words of each argument by site, in the order of the sites. */
  readonly wordsBySite: ReadonlyMap<string, ReadonlyMap<string, readonly string[]>>
  /** Whether the site of a name is fixed. If not, and `several` is false, the command runs without a placement. */
  readonly siteIsFixed: boolean
  /** The number of names. */
  readonly count: number
  /** Sites whose look-up failed. */
  readonly failures: readonly { readonly site: string; readonly error: OcciError }[]
}

/** A name and the sites where it may be. */
interface NameLocation {
  readonly argument: string
  readonly word: string
  /** The name without its context. */
  readonly name: string
  readonly sites: readonly string[]
  /** Whether `@CONTEXT`, the URL, or the other end of a link determines the site. */
  readonly siteIsFixed: boolean
}

export function keyOf(argument: string, word: string): string {
  return `${argument}\0${word}`
}

/**
 * Finds the site of each name. Throws UsageError for a name that exists at two sites and for a link between two
 * sites, ConfigError for a context that does not exist, NotFoundError for a name that no site has, PartialError if the command changes something
 * and a site that may also have the name did not answer, and SitesError if a name was not found and some site did not
 * answer.
 */
export async function locateNames(request: NamesRequest): Promise<Placement> {
  const { names, sites, several, contexts } = request
  const toLookUp = names.map(({ argument, words, isShared }) => ({
    argument,
    words: words.filter((word) => {
      if (isShared(word)) return false
      const { location } = addressOf(word, contexts)
      // The context of NAME@CONTEXT may be part of a title; a URL needs no look-up.
      return location === 'context' || (several && location !== 'url')
    }),
  }))
  const needsLookUp = sites.length > 0 && toLookUp.some(({ words }) => words.length > 0)
  const lookups = needsLookUp ? await request.lookUp(toLookUp) : []
  const located = names.flatMap(({ argument, words, isShared }) =>
    words.filter((word) => !isShared(word)).map((word) => locateName(argument, word, request, lookups)),
  )
  const resolved =
    names.length > 1
      ? requireSameSite(located, request)
      : located.map((each) => requireOneSite(each, request))
  const siteIsFixed = resolved.some((each) => each.siteIsFixed)
  if (siteIsFixed) for (const each of resolved) requireSite(each)
  const failures = lookups.flatMap(({ site, error }) => (error === undefined ? [] : [{ site, error }]))
  const order = new Set([...sites, ...resolved.flatMap((each) => each.sites)])
  const wordsBySite = new Map(
    [...order].flatMap((site) => {
      const atSite = resolved.filter((each) => each.sites[0] === site)
      return atSite.length === 0 ? [] : [[site, wordsFor(names, atSite)] as const]
    }),
  )
  return { wordsBySite, siteIsFixed: siteIsFixed, count: resolved.length, failures }
}

function locateName(
  argument: string,
  word: string,
  { sites, several, contexts, writes }: NamesRequest,
  lookups: readonly SiteLookup[],
): NameLocation {
  const address = addressOf(word, contexts)
  const unaddressed = { argument, word, name: word, siteIsFixed: false }
  const key = keyOf(argument, word)
  const answered = lookups.filter(({ error }) => error === undefined)
  const found = answered.filter(({ missing }) => !missing.has(key)).map(({ site }) => site)
  if (address.location === 'context') {
    if (found.length > 0) return { ...unaddressed, sites: found }
    return { argument, word, name: address.name, sites: [address.site], siteIsFixed: true }
  }
  if (address.location === 'url') {
    const searched = address.sites.filter((site) => sites.includes(site))
    if (searched.length > 0) return { ...unaddressed, sites: searched }
    return { ...unaddressed, sites: address.sites, siteIsFixed: true }
  }
  if (!several) return { ...unaddressed, sites }
  const failed = lookups.filter(({ error }) => error !== undefined)
  if (found.length > 0) {
    if (writes && failed.length > 0) throw maybeElsewhereError(word, found, failed)
    return { ...unaddressed, sites: found }
  }
  if (failed.length > 0) throw notFoundAtSites(word, lookups, key)
  if (address.location === 'unknown') throw unknownContext(address.name, address.site, contexts)
  throw notFoundError(word, answered, key)
}

/** Throws UsageError for a name that several sites have. */
function requireOneSite(location: NameLocation, { several }: NamesRequest): NameLocation {
  const { word, sites, argument } = location
  if (sites.length < 2) return location
  const candidates = sites.map((site) => ({ context: site, name: `${word}@${site}` }))
  throw new UsageError(
    several
      ? `"${word}" exists at ${enumerate(sites)}`
      : `"${word}" belongs to several contexts: ${enumerate(sites)}`,
    {
      hint: `Use ${alternatives(candidates.map(({ name }) => name))}.`,
      at: argument,
      facts: { candidates },
    },
  )
}

/** Reduces the sites of a link's resources to those that they share. Throws UsageError if that is not one site. */
function requireSameSite(locations: readonly NameLocation[], request: NamesRequest): readonly NameLocation[] {
  const located = locations.filter(({ siteIsFixed }) => siteIsFixed || request.several)
  const [first] = located
  if (first === undefined) return locations
  const common = first.sites.filter((site) => located.every(({ sites }) => sites.includes(site)))
  if (common.length === 0) {
    const list = located.map(({ name, sites }) => `"${name}" is at ${enumerate(sites)}`).join(', ')
    throw new UsageError(`${list}: resources of different sites cannot be linked`, {
      hint: 'Name two resources of the same context.',
      at: locations.at(-1)?.argument ?? 'TARGET',
    })
  }
  if (common.length > 1) requireOneSite({ ...first, sites: common }, request)
  return locations.map((location) => ({ ...location, sites: common, siteIsFixed: true }))
}

/** Throws UsageError for a name without a context, if there is neither a context in use nor a search at several sites. */
function requireSite({ word, sites, argument }: NameLocation): void {
  if (sites.length > 0) return
  throw new UsageError(`"${word}" names no context, but other names do`, {
    hint: `Use ${word}@CONTEXT.`,
    at: argument,
  })
}

/** The words of each argument at one site. */
function wordsFor(
  names: readonly NameWords[],
  locations: readonly NameLocation[],
): ReadonlyMap<string, readonly string[]> {
  return new Map(
    names.map(({ argument, words, isShared }) => [
      argument,
      words.flatMap((word) => {
        if (isShared(word)) return [word]
        const found = locations.find((each) => each.argument === argument && each.word === word)
        return found === undefined ? [] : [found.name]
      }),
    ]),
  )
}

function notFoundError(word: string, lookups: readonly SiteLookup[], key: string): OcciError {
  const near = lookups.flatMap(({ site, missing }) => {
    const suggestions = missing.get(key)?.facts?.['suggestions']
    return Array.isArray(suggestions) ? suggestions.map((name) => `${String(name)}@${site}`) : []
  })
  return new NotFoundError(`There is no "${word}" at ${enumerate(lookups.map(({ site }) => site))}.`, {
    hint:
      near.length === 0
        ? 'List the collection to see the existing entities.'
        : `Did you mean ${alternatives(near.slice(0, 3))}?`,
    at: word,
    facts: { name: word, suggestions: near },
  })
}

/** The error for a name that was not found, while some sites did not answer. */
function notFoundAtSites(word: string, lookups: readonly SiteLookup[], key: string): OcciError {
  const errors = lookups.flatMap(({ site, error, missing }) => {
    const siteError = error ?? missing.get(key)
    return siteError === undefined ? [] : [{ site, error: siteError }]
  })
  return new SitesError(`"${word}" was not found, and not every site answered`, errors, {
    allFailed: lookups.every(({ error }) => error !== undefined),
  })
}

/** The error for a name that was found at a site, but may exist at a site that did not answer, too. */
function maybeElsewhereError(
  word: string,
  found: readonly string[],
  failed: readonly SiteLookup[],
): OcciError {
  const others = enumerate(failed.map(({ site }) => site))
  return new PartialError(
    `"${word}" exists at ${enumerate(found)}, and may also exist at ${others}, which did not answer`,
    failed.flatMap(({ site, error }) => (error === undefined ? [] : [{ target: site, error }])),
    {
      hint: `Nothing was changed. Use ${alternatives(found.map((site) => `${word}@${site}`))}.`,
    },
  )
}

/** The error for `web@cesnte`, if there is neither such a context nor an entity with this title. */
export function unknownContext(name: string, site: string, contexts: readonly Context[]): ConfigError {
  const existing = contexts.map((context) => context.name)
  const near = nearest(site, existing)
  return new ConfigError(`There is no context "${site}", and nothing is named "${name}@${site}".`, {
    hint: near === undefined ? `Available: ${existing.join(', ')}.` : `Did you mean ${name}@${near}?`,
    at: `${name}@${site}`,
    facts: { name: site, contexts: existing },
  })
}

function enumerate(names: readonly string[]): string {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`
}
