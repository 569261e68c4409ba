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
  /**
   * Whether several entities are distributed: each is first tried at another site than the previous one. Default false.
   */
  readonly spread?: boolean
  /** The state to wait for. If the entity goes to an error state, it is deleted, and the next site is tried. */
  readonly waitFor?: string
  /** Time limit of the wait in milliseconds. Default 600,000. After a TimeoutError the created entity is kept. */
  readonly waitTimeout?: number
}

/** The entity to create, or a function that returns it for the name of a site, whose names of images may differ. */
export type NewAtSite = NewEntity | ((site: string) => NewEntity | Promise<NewEntity>)

/** A site that did not accept the entity. */
interface SiteRefusal<S extends Named> {
  readonly site: S
  readonly error: OcciError
}

/**
 * Creates the entities and yields them. Calls `onRefusal` for each site that did not accept one. Throws UsageError for
 * invalid options, and the errors of firstThatAccepts.
 */
export async function* createAtSites<S extends Named>(
  sites: readonly S[],
  newEntity: NewAtSite,
  clientOf: (site: S) => Promise<Client>,
  options: CreateAtSitesOptions,
  onRefusal: (refusal: SiteRefusal<S>) => void,
): AsyncGenerator<{ readonly site: S; readonly entity: LocatedEntity }, void, undefined> {
  const { count = 1, spread = false, signal } = options
  if (!Number.isInteger(count) || count < 1)
    throw new UsageError(`The count is not a positive whole number: ${count}`)
  if (sites.length === 0) throw new UsageError('There is no site to create anything at')
  for (const [index, order] of siteOrders(sites, count, spread).entries()) {
    const { site, result } = await firstThatAccepts(order, {
      attempt: async (attemptedSite, onCreated) => {
        const siteClient = await clientOf(attemptedSite)
        const entity = typeof newEntity === 'function' ? await newEntity(attemptedSite.name) : newEntity
        const title =
          count === 1 || entity.title === undefined ? {} : { title: `${entity.title}-${index + 1}` }
        const created = await siteClient.create({ ...entity, ...title }, { ...(signal && { signal }) })
        onCreated(created.location)
        return waitAndRead(siteClient, created.location, created.entity, options)
      },
      remove: async (attemptedSite, location) => (await clientOf(attemptedSite)).delete(location),
      onRefusal,
    })
    yield { site, entity: result }
  }
}

/** Waits for the state in the options, and returns the entity. Adds the location to facts.created of its errors. */
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
