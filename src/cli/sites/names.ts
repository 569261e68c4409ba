/** Decides at which sites a command runs, from the names in its arguments, and which names each site gets. */
import { alternatives, nearestName } from '../../basics/nearest.js'
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

/** An argument that takes names of entities, with its words. */
export interface NameWords {
  readonly argument: string
  readonly words: readonly string[]
  /** Whether a word is an attribute (`cores=2`), which every site gets, instead of a name. */
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
  /** Whether the user named several sites. A name without a context may then be at any of them. */
  readonly isMultiSite: boolean
  readonly contexts: readonly Context[]
  /** Whether the command changes something. */
  readonly writes: boolean
  /** Looks up names at all `sites`. Errors of a site are part of its result. */
  readonly lookUp: (names: readonly Pick<NameWords, 'argument' | 'words'>[]) => Promise<readonly SiteLookup[]>
}

/** The sites at which the command runs, with the words for each. */
export interface Placement {
  /** The words of each argument by site, in the order of the sites. */
  readonly wordsBySite: ReadonlyMap<string, ReadonlyMap<string, readonly string[]>>
  /** Whether the site of some name is fixed. If not, and `isMultiSite` is false, the placement is not used. */
  readonly siteIsFixed: boolean
  readonly nameCount: number
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

/** The key of a word in `SiteLookup.missing`. */
export function keyOf(argument: string, word: string): string {
  return `${argument}\0${word}`
}

/**
 * Finds the site of each name. Throws
 * - UsageError for a name that exists at two sites, and for a link between two sites;
 * - ConfigError for a context that does not exist;
 * - NotFoundError for a name that no site has;
 * - PartialError if the command changes something and a site that may also have the name did not answer;
 * - SitesError if a name was not found and a site did not answer.
 */
export async function locateNames(request: NamesRequest): Promise<Placement> {
  const { names, sites, isMultiSite, contexts } = request
  const namesToFind = names.map(({ argument, words, isShared }) => ({
    argument,
    words: words.filter((word) => {
      if (isShared(word)) return false
      const { location } = addressOf(word, contexts)
      // The context of NAME@CONTEXT may be part of a title; a URL needs no look-up.
      return location === 'context' || (isMultiSite && location !== 'url')
    }),
  }))
  const needsLookUp = sites.length > 0 && namesToFind.some(({ words }) => words.length > 0)
  const lookups = needsLookUp ? await request.lookUp(namesToFind) : []
  const candidates = names.flatMap(({ argument, words, isShared }) =>
    words.filter((word) => !isShared(word)).map((word) => locateName(argument, word, request, lookups)),
  )
  const locations =
    names.length > 1
      ? requireSameSite(candidates, request)
      : candidates.map((location) => requireOneSite(location, request))
  const siteIsFixed = locations.some((location) => location.siteIsFixed)
  if (siteIsFixed) for (const location of locations) requireSite(location)
  const failures = lookups.flatMap(({ site, error }) => (error === undefined ? [] : [{ site, error }]))
  const wordsBySite = new Map<string, ReadonlyMap<string, readonly string[]>>()
  for (const site of new Set([...sites, ...locations.flatMap((location) => location.sites)])) {
    const locationsAtSite = locations.filter((location) => location.sites[0] === site)
    if (locationsAtSite.length > 0) wordsBySite.set(site, wordsFor(names, locationsAtSite))
  }
  return { wordsBySite, siteIsFixed, nameCount: locations.length, failures }
}

function locateName(
  argument: string,
  word: string,
  { sites, isMultiSite, contexts, writes }: NamesRequest,
  lookups: readonly SiteLookup[],
): NameLocation {
  const address = addressOf(word, contexts)
  const wholeWord = { argument, word, name: word, siteIsFixed: false }
  const key = keyOf(argument, word)
  const successful = lookups.filter(({ error }) => error === undefined)
  const sitesWithName = successful.filter(({ missing }) => !missing.has(key)).map(({ site }) => site)
  if (address.location === 'context') {
    // An entity whose title contains the @ takes precedence.
    if (sitesWithName.length > 0) return { ...wholeWord, sites: sitesWithName }
    return { argument, word, name: address.name, sites: [address.site], siteIsFixed: true }
  }
  if (address.location === 'url') {
    const searchedSites = address.sites.filter((site) => sites.includes(site))
    if (searchedSites.length > 0) return { ...wholeWord, sites: searchedSites }
    return { ...wholeWord, sites: address.sites, siteIsFixed: true }
  }
  if (!isMultiSite) return { ...wholeWord, sites }
  const failed = lookups.filter(({ error }) => error !== undefined)
  if (sitesWithName.length > 0) {
    if (writes && failed.length > 0) throw maybeElsewhereError(word, sitesWithName, failed)
    return { ...wholeWord, sites: sitesWithName }
  }
  if (failed.length > 0) throw maybeUnansweredError(word, lookups, key)
  if (address.location === 'unknown') throw unknownContextError(address.name, address.site, contexts)
  throw notFoundError(word, successful, key)
}

/** Throws UsageError for a name that several sites have. */
function requireOneSite(location: NameLocation, { isMultiSite }: NamesRequest): NameLocation {
  const { word, sites, argument } = location
  if (sites.length < 2) return location
  const candidates = sites.map((site) => ({ context: site, name: `${word}@${site}` }))
  throw new UsageError(
    isMultiSite
      ? `"${word}" exists at ${enumerate(sites)}`
      : `"${word}" belongs to several contexts: ${enumerate(sites)}`,
    {
      hint: `Use ${alternatives(candidates.map(({ name }) => name))}.`,
      at: argument,
      facts: { candidates },
    },
  )
}

/** Finds the site that both resources of a link share. Throws UsageError if they share no site, or several. */
function requireSameSite(locations: readonly NameLocation[], request: NamesRequest): readonly NameLocation[] {
  const candidates = locations.filter(({ siteIsFixed }) => siteIsFixed || request.isMultiSite)
  const [first] = candidates
  if (first === undefined) return locations
  const common = first.sites.filter((site) => candidates.every(({ sites }) => sites.includes(site)))
  if (common.length === 0) {
    const descriptions = candidates.map(({ name, sites }) => `"${name}" is at ${enumerate(sites)}`).join(', ')
    throw new UsageError(`${descriptions}: resources of different sites cannot be linked`, {
      hint: 'Name two resources of the same context.',
      at: locations.at(-1)?.argument ?? 'TARGET',
    })
  }
  if (common.length > 1) requireOneSite({ ...first, sites: common }, request)
  return locations.map((location) => ({ ...location, sites: common, siteIsFixed: true }))
}

/** Throws UsageError for a name without a context if no context is in use and the user named no sites. */
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
        const location = locations.find((each) => each.argument === argument && each.word === word)
        return location === undefined ? [] : [location.name]
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

/** The error for a name that was not found at the sites that answered; others did not answer. */
function maybeUnansweredError(word: string, lookups: readonly SiteLookup[], key: string): OcciError {
  const errors = lookups.flatMap(({ site, error, missing }) => {
    const siteError = error ?? missing.get(key)
    return siteError === undefined ? [] : [{ site, error: siteError }]
  })
  return new SitesError(`"${word}" was not found, and not every site answered`, errors, {
    allFailed: lookups.every(({ error }) => error !== undefined),
  })
}

/** The error for a name that was found, but may also exist at a site that did not answer. */
function maybeElsewhereError(
  word: string,
  sitesWithName: readonly string[],
  failed: readonly SiteLookup[],
): OcciError {
  const failedSites = enumerate(failed.map(({ site }) => site))
  return new PartialError(
    `"${word}" exists at ${enumerate(sitesWithName)}, and may also exist at ${failedSites}, which did not answer`,
    failed.flatMap(({ site, error }) => (error === undefined ? [] : [{ target: site, error }])),
    {
      hint: `Nothing was changed. Use ${alternatives(sitesWithName.map((site) => `${word}@${site}`))}.`,
    },
  )
}

/** The error for `web@cesnte` if there is neither such a context nor an entity with this title. */
export function unknownContextError(name: string, site: string, contexts: readonly Context[]): ConfigError {
  const existingNames = contexts.map((context) => context.name)
  const similarName = nearestName(site, existingNames)
  return new ConfigError(`There is no context "${site}", and nothing is named "${name}@${site}".`, {
    hint:
      similarName === undefined
        ? `Available: ${existingNames.join(', ')}.`
        : `Did you mean ${name}@${similarName}?`,
    at: `${name}@${site}`,
    facts: { name: site, contexts: existingNames },
  })
}

function enumerate(names: readonly string[]): string {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`
}
