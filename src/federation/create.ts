/** Creates entities at the first of several sites that accepts them. */
import type { Client, NewEntity, RequestOptions } from '../client/index.js'
import { OcciError, UsageError, withFacts } from '../errors/errors.js'
import type { LocatedEntity } from '../model/index.js'
import { firstThatAccepts, siteOrders } from './any-of.js'
import type { Named } from './at-sites.js'

/** Options of Federation.create. */
export interface CreateAtSitesOptions extends RequestOptions {
  /** The names of the sites to try, in this order. Default: all. */
  readonly anyOf?: readonly string[]
  /** The number of entities to create; the titles of several are numbered: web-1, web-2. Default 1. */
  readonly count?: number
  /** Distributes several entities: each begins with the site after that of the previous one. Default false. */
  readonly spread?: boolean
  /** The state to wait for. An entity that goes to an error state is deleted, and the next site is tried. */
  readonly waitFor?: string
  /** Milliseconds to wait for the state. Default 600,000. After a TimeoutError the created entity is kept. */
  readonly waitTimeout?: number
}

/** The entity to create; a function of the site's name if names differ between the sites. */
export type NewAtSite = NewEntity | ((site: string) => NewEntity | Promise<NewEntity>)

interface SiteRefusal<S extends Named> {
  readonly site: S
  readonly error: OcciError
}

/** Yields the created entities. Calls `refused` for each site that failed. Throws like firstThatAccepts, and UsageError. */
export async function* createAtSites<S extends Named>(
  sites: readonly S[],
  newEntity: NewAtSite,
  client: (site: S) => Promise<Client>,
  options: CreateAtSitesOptions,
  onRefusal: (refusal: SiteRefusal<S>) => void,
): AsyncGenerator<{ readonly site: S; readonly entity: LocatedEntity }, void, undefined> {
  const { count = 1, spread = false, signal } = options
  if (!Number.isInteger(count) || count < 1)
    throw new UsageError(`The count is not a positive number: ${count}`)
  if (sites.length === 0) throw new UsageError('There is no site to create anything at')
  for (const [index, order] of siteOrders(sites, count, spread).entries()) {
    const { site, result } = await firstThatAccepts(order, {
      attempt: async (attemptedSite, onCreated) => {
        const siteClient = await client(attemptedSite)
        const entity = typeof newEntity === 'function' ? await newEntity(attemptedSite.name) : newEntity
        const title =
          count === 1 || entity.title === undefined ? {} : { title: `${entity.title}-${index + 1}` }
        const created = await siteClient.create({ ...entity, ...title }, { ...(signal && { signal }) })
        onCreated(created.location)
        return waitAndRead(siteClient, created.location, created.entity, options)
      },
      remove: async (attemptedSite, location) => (await client(attemptedSite)).delete(location),
      onRefusal,
    })
    yield { site, entity: result }
  }
}

async function waitAndRead(
  client: Client,
  location: string,
  entity: LocatedEntity | undefined,
  { waitFor, waitTimeout, signal }: CreateAtSitesOptions,
): Promise<LocatedEntity> {
  const requestOptions = signal === undefined ? {} : { signal }
  try {
    const waited =
      waitFor === undefined
        ? entity
        : await client.wait(
            location,
            { for: 'state', state: waitFor },
            { ...requestOptions, ...(waitTimeout === undefined ? {} : { timeout: waitTimeout }) },
          )
    return waited ?? (await client.describe(location, requestOptions))
  } catch (error) {
    throw error instanceof OcciError ? withFacts(error, { created: location }) : error
  }
}
