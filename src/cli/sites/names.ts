/** Decides at which sites the things are that a command names, and with which words it runs there. */
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

/** An argument that names things, with its words. */
export interface NameWords {
  readonly argument: string
  readonly words: readonly string[]
  /** Words that are no names, and that every site gets: `cores=2`. */
  readonly isShared: (word: string) => boolean
}

/** What a site answers about names. */
export interface SiteLookup {
  readonly site: string
  /** Why a name is not there, by `keyOf`; a name without an error is there. */
  readonly missing: ReadonlyMap<string, OcciError>
  /** Why nothing is known of this site. */
  readonly error?: OcciError
}

export interface NamesRequest {
  readonly names: readonly NameWords[]
  /** The sites that are asked, in their order; none where no context is in force. */
  readonly sites: readonly string[]
  /** Whether several sites are named, so that a name without a context may be at any of them. */
  readonly several: boolean
  readonly contexts: readonly Context[]
  /** Whether the command changes something. */
  readonly writes: boolean
  /** Looks for names at all `sites`; does not throw what a site answers. */
  readonly lookUp: (
    wanted: readonly Pick<NameWords, 'argument' | 'words'>[],
  ) => Promise<readonly SiteLookup[]>
}

export interface Placement {
  /** The words of each argument, by site, in the order of the sites. */
  readonly at: ReadonlyMap<string, ReadonlyMap<string, readonly string[]>>
  /** Whether a word says where its thing is; otherwise the command runs as it stands, unless `several`. */
  readonly addressed: boolean
  /** How many things are named. */
  readonly count: number
  /** Sites that could not be asked. */
  readonly failures: readonly { readonly site: string; readonly error: OcciError }[]
}

/** A name and the sites where it may be. */
interface NameLocation {
  readonly argument: string
  readonly word: string
  /** The name without its context. */
  readonly name: string
  readonly sites: readonly string[]
  readonly addressed: boolean
}

export function keyOf(argument: string, word: string): string {
  return `${argument}\0${word}`
}

/**
 * Throws UsageError for a name at two sites and for things of two sites that are to be linked, ConfigError for
 * a context that does not exist, NotFoundError, PartialError where a site that may have the thing could not be
 * asked, and SitesError where none could.
 */
export async function locateNames(request: NamesRequest): Promise<Placement> {
  const { names, sites, several, contexts } = request
  const toLookUp = names.map(({ argument, words, isShared }) => ({
    argument,
    words: words.filter((word) => {
      if (isShared(word)) return false
      const { location: at } = addressOf(word, contexts)
      // A title may hold an @; a URL says where it is.
      return at === 'context' || (several && at !== 'url')
    }),
  }))
  const asks = sites.length > 0 && toLookUp.some(({ words }) => words.length > 0)
  const looks = asks ? await request.lookUp(toLookUp) : []
  const places = names.flatMap(({ argument, words, isShared }) =>
    words.filter((word) => !isShared(word)).map((word) => locateName(argument, word, request, looks)),
  )
  const chosen =
    names.length > 1
      ? requireSameSite(places, request)
      : places.map((place) => requireOneSite(place, request))
  const addressed = chosen.some((place) => place.addressed)
  if (addressed) for (const place of chosen) requireSite(place)
  const failures = looks.flatMap(({ site, error }) => (error === undefined ? [] : [{ site, error }]))
  const order = new Set([...sites, ...chosen.flatMap((place) => place.sites)])
  const at = new Map(
    [...order].flatMap((site) => {
      const here = chosen.filter((place) => place.sites[0] === site)
      return here.length === 0 ? [] : [[site, wordsFor(names, here)] as const]
    }),
  )
  return { at, addressed, count: chosen.length, failures }
}

function locateName(
  argument: string,
  word: string,
  { sites, several, contexts, writes }: NamesRequest,
  looks: readonly SiteLookup[],
): NameLocation {
  const address = addressOf(word, contexts)
  const unaddressed = { argument, word, name: word, addressed: false }
  const key = keyOf(argument, word)
  const answered = looks.filter(({ error }) => error === undefined)
  const found = answered.filter(({ missing }) => !missing.has(key)).map(({ site }) => site)
  if (address.location === 'context') {
    if (found.length > 0) return { ...unaddressed, sites: found }
    return { argument, word, name: address.name, sites: [address.site], addressed: true }
  }
  if (address.location === 'url') {
    const asked = address.sites.filter((site) => sites.includes(site))
    if (asked.length > 0) return { ...unaddressed, sites: asked }
    return { ...unaddressed, sites: address.sites, addressed: true }
  }
  if (!several) return { ...unaddressed, sites }
  const silent = looks.filter(({ error }) => error !== undefined)
  if (found.length > 0) {
    if (writes && silent.length > 0) throw maybeElsewhereError(word, found, silent)
    return { ...unaddressed, sites: found }
  }
  if (silent.length > 0) throw notFoundAtSites(word, looks, key)
  if (address.location === 'unknown') throw unknownContext(address.name, address.site, contexts)
  throw notFoundError(word, answered, key)
}

/** Throws UsageError for a name at two sites. */
function requireOneSite(place: NameLocation, { several }: NamesRequest): NameLocation {
  const { word, sites, argument } = place
  if (sites.length < 2) return place
  const ways = sites.map((site) => `${word}@${site}`)
  throw new UsageError(`"${word}" is ${several ? 'at' : 'of'} ${enumerate(sites)}`, {
    hint: `Say which: ${alternatives(ways)}.`,
    at: argument,
    facts: { candidates: sites.map((site, at) => ({ context: site, name: ways[at] })) },
  })
}

/** Things that one command puts together must be at one site. Throws UsageError. */
function requireSameSite(places: readonly NameLocation[], request: NamesRequest): readonly NameLocation[] {
  const fixed = places.filter(({ addressed }) => addressed || request.several)
  const [first] = fixed
  if (first === undefined) return places
  const common = first.sites.filter((site) => fixed.every(({ sites }) => sites.includes(site)))
  if (common.length === 0) {
    const where = fixed.map(({ name, sites }) => `"${name}" is at ${enumerate(sites)}`)
    throw new UsageError(`${where.join(', ')}: a link joins two things of one site`, {
      hint: 'Name two things of the same context.',
      at: places.at(-1)?.argument ?? 'TARGET',
    })
  }
  if (common.length > 1) requireOneSite({ ...first, sites: common }, request)
  return places.map((place) => ({ ...place, sites: common, addressed: true }))
}

function requireSite({ word, sites, argument }: NameLocation): void {
  if (sites.length > 0) return
  throw new UsageError(`"${word}": at which context?`, {
    hint: `Other names say it, so say it here, too: ${word}@CONTEXT.`,
    at: argument,
  })
}

function wordsFor(
  names: readonly NameWords[],
  here: readonly NameLocation[],
): ReadonlyMap<string, readonly string[]> {
  return new Map(
    names.map(({ argument, words, isShared }) => [
      argument,
      words.flatMap((word) => {
        if (isShared(word)) return [word]
        const place = here.find((each) => each.argument === argument && each.word === word)
        return place === undefined ? [] : [place.name]
      }),
    ]),
  )
}

function notFoundError(word: string, looks: readonly SiteLookup[], key: string): OcciError {
  const near = looks.flatMap(({ site, missing }) => {
    const suggestions = missing.get(key)?.facts?.['suggestions']
    return Array.isArray(suggestions) ? suggestions.map((name) => `${String(name)}@${site}`) : []
  })
  return new NotFoundError(`There is no "${word}" at ${enumerate(looks.map(({ site }) => site))}.`, {
    hint:
      near.length === 0
        ? 'List the collection to see the existing entities.'
        : `Did you mean ${alternatives(near.slice(0, 3))}?`,
    at: word,
    facts: { name: word, suggestions: near },
  })
}

/** A name that no site has, where some could not be asked. */
function notFoundAtSites(word: string, looks: readonly SiteLookup[], key: string): OcciError {
  const errors = looks.flatMap(({ site, error, missing }) => {
    const why = error ?? missing.get(key)
    return why === undefined ? [] : [{ site, error: why }]
  })
  const none = looks.every(({ error }) => error !== undefined)
  return new SitesError(`"${word}" was not found, and not every site could be asked`, errors, {
    allFailed: none,
  })
}

function maybeElsewhereError(
  word: string,
  found: readonly string[],
  silent: readonly SiteLookup[],
): OcciError {
  const others = enumerate(silent.map(({ site }) => site))
  return new PartialError(
    `"${word}" is at ${enumerate(found)}, and may be at ${others} as well, which could not be asked`,
    silent.flatMap(({ site, error }) => (error === undefined ? [] : [{ target: site, error }])),
    {
      hint: `Nothing was changed. Say which is meant: ${alternatives(found.map((site) => `${word}@${site}`))}.`,
    },
  )
}

/** The error for `web@cesnte`, where no site has a thing of this name. */
export function unknownContext(name: string, site: string, contexts: readonly Context[]): ConfigError {
  const there = contexts.map((context) => context.name)
  const near = nearest(site, there)
  return new ConfigError(`There is no context "${site}", and nothing is named "${name}@${site}".`, {
    hint: near === undefined ? `Available: ${there.join(', ')}.` : `Did you mean ${name}@${near}?`,
    at: `${name}@${site}`,
    facts: { name: site, contexts: there },
  })
}

function enumerate(names: readonly string[]): string {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`
}
