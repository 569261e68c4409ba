/** Uses several providers as one cloud. */
import type { Client, CollectionRef, ListOptions, RequestOptions } from '../client/index.js'
import { NotFoundError, UsageError } from '../errors/errors.js'
import type { LocatedEntity } from '../model/index.js'
import { type AtSites, type AtSitesOptions, atSites, type Named, type SiteTime } from './at-sites.js'
import { type CreateAtSitesOptions, createAtSites, type NewAtSite } from './create.js'

/** A provider with a name. */
export interface Site extends Named {
  /** Connects to the provider. Called at the first use of the site, and again only after a failure. */
  open(): Promise<Client>
}

/** Settings of a Federation. */
export type FederationSettings = Pick<AtSitesOptions, 'siteTimeout' | 'concurrency'>

/** Options of operations at all sites. */
export interface FederationOptions extends RequestOptions, Pick<AtSitesOptions, 'order'> {}

/** An entity and its site. */
export interface SiteEntity {
  /** The name of its site. */
  readonly site: string
  readonly entity: LocatedEntity
}

/** A site that failed, possibly after some results. */
export interface FailedSite {
  /** The name of the site. */
  readonly site: string
  readonly error: AtSites<Named, unknown>['failures'][number]['error']
}

/** Entities of several sites. */
export interface SiteEntities extends AsyncIterable<SiteEntity> {
  /** The sites that failed, in the order of the sites; complete when the iteration has ended. */
  readonly failures: readonly FailedSite[]
}

/**
 * Several named clients. Operations run at all sites in parallel. A site that fails or takes too long is added to the
 * `failures` and does not affect the others.
 */
export class Federation {
  readonly #sites: readonly Site[]
  readonly #settings: FederationSettings
  readonly #clients = new Map<string, Promise<Client>>()

  /** Sends nothing. Throws UsageError for two sites with the same name. */
  constructor(sites: Iterable<Site>, settings: FederationSettings = {}) {
    this.#sites = [...sites]
    this.#settings = settings
    const names = this.names
    const duplicate = names.find((name, index) => names.indexOf(name) !== index)
    if (duplicate !== undefined) throw new UsageError(`There are two sites named "${duplicate}"`)
  }

  /** The names of the sites, in their order. */
  get names(): readonly string[] {
    return this.#sites.map(({ name }) => name)
  }

  /** The client of a site, connected at the first call. Throws NotFoundError, and the errors of `open`. */
  client(name: string): Promise<Client> {
    const existing = this.#clients.get(name)
    if (existing !== undefined) return existing
    const site = this.#sites.find((each) => each.name === name)
    if (site === undefined) return Promise.reject(new NotFoundError(`There is no site "${name}"`))
    const opened = site.open()
    this.#clients.set(name, opened)
    // If the site cannot be opened, the next call opens it again.
    opened.catch(() => this.#clients.delete(name))
    return opened
  }

  /** Lists the members of a collection at every site. */
  list(collection: CollectionRef, options: ListOptions & FederationOptions = {}): SiteEntities {
    return this.#entities(options, (client, signal) => client.list(collection, { ...options, signal }))
  }

  /**
   * Finds the entities to which a reference refers (see OcciClient.find), at most one at each site. A site without such
   * an entity is not a failure. A URL is looked up only at the site with that server.
   */
  find(
    name: string,
    scope?: CollectionRef | readonly CollectionRef[],
    options: FederationOptions = {},
  ): SiteEntities {
    return this.#entities(options, async function* (client, signal) {
      if (isAtOtherServer(name, client)) return
      try {
        const { location, entity } = await client.find(name, scope, { signal })
        yield entity ?? (await client.describe(location, { signal }))
      } catch (error) {
        if (!(error instanceof NotFoundError)) throw error
      }
    })
  }

  /**
   * Creates an entity at the first site that accepts it. A site does not accept it if its model lacks a category, if it
   * refuses (a 4xx, or a 5xx after which nothing was created), if it cannot be reached or, with `waitFor`, if the
   * entity goes to an error state, after which the entity is deleted. The error is then added to the `failures`, and
   * the next site is tried. The iteration throws SitesError if no site accepts. If an entity may exist at a site (after
   * an OutcomeUnknownError, or the TimeoutError of the wait), it throws that error with facts.context, and no further
   * site is tried.
   */
  create(newEntity: NewAtSite, options: CreateAtSitesOptions = {}): SiteEntities {
    const failures: FailedSite[] = []
    const { anyOf = this.names } = options
    const sites = [...new Set(anyOf)].map((name) => ({ name }))
    const created = createAtSites(
      sites,
      newEntity,
      ({ name }) => this.client(name),
      options,
      ({ site, error }) => {
        failures.push({ site: site.name, error })
      },
    )
    return {
      failures,
      async *[Symbol.asyncIterator]() {
        for await (const { site, entity } of created) yield { site: site.name, entity }
      },
    }
  }

  /**
   * Runs any operation at every site. `work` yields the items to deliver. It should end when `time.signal` is aborted.
   */
  each<T>(
    work: (client: Client, time: SiteTime, site: Site) => AsyncIterable<T>,
    options: FederationOptions = {},
  ): AtSites<Site, T> {
    const open = (name: string) => this.client(name)
    return atSites(
      this.#sites,
      async function* (site, time) {
        yield* work(await open(site.name), time, site)
      },
      { ...this.#settings, order: options.order, signal: options.signal },
    )
  }

  /** Closes the connections of all sites that were used. */
  async close(): Promise<void> {
    const openedClients = [...this.#clients.values()]
    this.#clients.clear()
    const clients = await Promise.all(openedClients.map((each) => each.catch(() => undefined)))
    await Promise.all(clients.map((client) => client?.close()))
  }

  #entities(
    options: FederationOptions,
    work: (client: Client, signal: AbortSignal) => AsyncIterable<LocatedEntity>,
  ): SiteEntities {
    const items = this.each((client, { signal }) => work(client, signal), options)
    return {
      get failures() {
        return items.failures.map(({ site, error }) => ({ site: site.name, error }))
      },
      async *[Symbol.asyncIterator]() {
        for await (const { site, item } of items) yield { site: site.name, entity: item }
      },
    }
  }
}

/** Whether a reference is a URL of another server than the endpoint of this client. */
function isAtOtherServer(name: string, { endpoint }: Client): boolean {
  const text = name.trim()
  return /^https?:\/\//i.test(text) && URL.canParse(text) && new URL(text).origin !== new URL(endpoint).origin
}
