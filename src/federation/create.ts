/** Creates things at the first of several sites that accepts. */
import type { Client, NewEntity, RequestOptions } from '../client/index.js'
import { OcciError, UsageError, withFacts } from '../errors/errors.js'
import type { LocatedEntity } from '../model/index.js'
import { firstThatAccepts, shares } from './any-of.js'
import type { Named } from './at-sites.js'

/** At which sites, how many, and what to wait for. */
export interface CreateAtSitesOptions extends RequestOptions {
  /** The names of the sites that are tried, in this order; default: all. */
  readonly anyOf?: readonly string[]
  /** How many are created; the titles of several are numbered: web-1, web-2. Default 1. */
  readonly count?: number
  /** Each begins with the site after that of the one before, so that they are shared out. Default false. */
  readonly spread?: boolean
  /** The state to wait for. What goes to an error state instead is deleted, and the next site is tried. */
  readonly waitFor?: string
  /** Milliseconds; default 600,000. TimeoutError afterwards; what was created stays. */
  readonly waitTimeout?: number
}

/** What is created; a function where names differ between the sites. */
export type NewAtSite = NewEntity | ((site: string) => NewEntity | Promise<NewEntity>)

interface Refused<S extends Named> {
  readonly site: S
  readonly error: OcciError
}

/** Calls `refused` for each site that did not take a thing. Throws as firstThatAccepts, and UsageError. */
export async function* createAtSites<S extends Named>(
  sites: readonly S[],
  wanted: NewAtSite,
  client: (site: S) => Promise<Client>,
  options: CreateAtSitesOptions,
  refused: (refusal: Refused<S>) => void,
): AsyncGenerator<{ readonly site: S; readonly entity: LocatedEntity }, void, undefined> {
  const { count = 1, spread = false, signal } = options
  if (!Number.isInteger(count) || count < 1)
    throw new UsageError(`The count is not a positive number: ${count}`)
  if (sites.length === 0) throw new UsageError('There is no site to create anything at')
  for (const [index, order] of shares(sites, count, spread).entries()) {
    const { site, result } = await firstThatAccepts(order, {
      attempt: async (one, made) => {
        const there = await client(one)
        const entity = typeof wanted === 'function' ? await wanted(one.name) : wanted
        const title =
          count === 1 || entity.title === undefined ? {} : { title: `${entity.title}-${index + 1}` }
        const created = await there.create({ ...entity, ...title }, { ...(signal && { signal }) })
        made(created.location)
        return afterwards(there, created.location, created.entity, options)
      },
      remove: async (one, location) => (await client(one)).delete(location),
      onRefusal: refused,
    })
    yield { site, entity: result }
  }
}

async function afterwards(
  client: Client,
  location: string,
  entity: LocatedEntity | undefined,
  { waitFor, waitTimeout, signal }: CreateAtSitesOptions,
): Promise<LocatedEntity> {
  const asked = signal === undefined ? {} : { signal }
  try {
    const waited =
      waitFor === undefined
        ? entity
        : await client.wait(
            location,
            { for: 'state', state: waitFor },
            { ...asked, ...(waitTimeout === undefined ? {} : { timeout: waitTimeout }) },
          )
    return waited ?? (await client.describe(location, asked))
  } catch (error) {
    throw error instanceof OcciError ? withFacts(error, { created: location }) : error
  }
}
