/** Several providers that are asked as one cloud. */
import type { Client, CollectionRef, ListOptions, RequestOptions } from '../client/index.js'
import { NotFoundError, UsageError } from '../errors/errors.js'
import type { LocatedEntity } from '../model/index.js'
import { type AtSites, type AtSitesOptions, atSites, type Named, type SiteTime } from './at-sites.js'
import { type CreateAtSitesOptions, createAtSites, type NewAtSite } from './create.js'

/** A provider with a name. It is connected at the first use, once. */
export interface Site extends Named {
  open(): Promise<Client>
}

/** Settings of a Federation. */
export type FederationSettings = Pick<AtSitesOptions, 'siteTimeout' | 'concurrency'>

/** Options of what is asked of all sites. */
export interface AskOptions extends RequestOptions, Pick<AtSitesOptions, 'order'> {}

/** An entity, and where it is. */
export interface SiteEntity {
  /** The name of its site. */
  readonly site: string
  readonly entity: LocatedEntity
}

/** A site that could not be asked, or not to the end. */
export interface FailedSite {
  readonly site: string
  readonly error: AtSites<Named, unknown>['failures'][number]['error']
}

/** Entities of several sites, as they arrive. */
export interface SiteEntities extends AsyncIterable<SiteEntity> {
  /** The sites that failed, in the order of the sites; complete when the iteration has ended. */
  readonly failures: readonly FailedSite[]
}

/**
 * Named clients. The sites are asked at the same time; one that fails or takes too long is among the
 * `failures` and hides no other.
 */
export class Federation {
  readonly #sites: readonly Site[]
  readonly #settings: FederationSettings
  readonly #clients = new Map<string, Promise<Client>>()

  /** Nothing is sent. Throws UsageError for two sites of the same name. */
  constructor(sites: Iterable<Site>, settings: FederationSettings = {}) {
    this.#sites = [...sites]
    this.#settings = settings
    const names = this.names
    const twice = names.find((name, index) => names.indexOf(name) !== index)
    if (twice !== undefined) throw new UsageError(`There are two sites of the name "${twice}"`)
  }

  get names(): readonly string[] {
    return this.#sites.map(({ name }) => name)
  }

  /** The client of a site, connected at the first call. Throws NotFoundError, and what `open` throws. */
  client(name: string): Promise<Client> {
    const known = this.#clients.get(name)
    if (known !== undefined) return known
    const site = this.#sites.find((each) => each.name === name)
    if (site === undefined) return Promise.reject(new NotFoundError(`There is no site "${name}"`))
    const opening = site.open()
    this.#clients.set(name, opening)
    // What could not be opened is tried again at the next call.
    opening.catch(() => this.#clients.delete(name))
    return opening
  }

  /** The members of a collection at every site. */
  list(collection: CollectionRef, options: ListOptions & AskOptions = {}): SiteEntities {
    return this.#entities(options, (client, signal) => client.list(collection, { ...options, signal }))
  }

  /**
   * The things that a user's text refers to, at each site at most one; a site that has none is no failure. A
   * URL belongs to the site whose endpoint has that server. See OcciClient.find.
   */
  find(
    name: string,
    where?: CollectionRef | readonly CollectionRef[],
    options: AskOptions = {},
  ): SiteEntities {
    return this.#entities(options, async function* (client, signal) {
      if (isElsewhere(name, client)) return
      try {
        const { location, entity } = await client.find(name, where, { signal })
        yield entity ?? (await client.describe(location, { signal }))
      } catch (error) {
        if (!(error instanceof NotFoundError)) throw error
      }
    })
  }

  /**
   * Creates something at the first site that accepts it: one whose model lacks what is wanted, that refuses
   * (401, 403, 409, 413, 507, a 5xx that surely did nothing), that cannot be reached or, with `waitFor`, whose
   * thing goes to an error state is among the `failures`, and the next one is tried; what a try left there is
   * deleted. The iteration throws SitesError when no site accepts, and OutcomeUnknownError, with
   * facts.context, when something may have been made at a site: then no other is tried.
   */
  create(wanted: NewAtSite, options: CreateAtSitesOptions = {}): SiteEntities {
    const failures: FailedSite[] = []
    const { anyOf = this.names } = options
    const sites = [...new Set(anyOf)].map((name) => ({ name }))
    const made = createAtSites(
      sites,
      wanted,
      ({ name }) => this.client(name),
      options,
      ({ site, error }) => {
        failures.push({ site: site.name, error })
      },
    )
    return {
      failures,
      async *[Symbol.asyncIterator]() {
        for await (const { site, entity } of made) yield { site: site.name, entity }
      },
    }
  }

  /**
   * Runs any work at every site; what the others are made of. `work` yields what is to be delivered and should
   * end when `time.signal` is aborted.
   */
  each<T>(
    work: (client: Client, time: SiteTime, site: Site) => AsyncIterable<T>,
    options: AskOptions = {},
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
    const opened = [...this.#clients.values()]
    this.#clients.clear()
    const clients = await Promise.all(opened.map((each) => each.catch(() => undefined)))
    await Promise.all(clients.map((client) => client?.close()))
  }

  #entities(
    options: AskOptions,
    work: (client: Client, signal: AbortSignal) => AsyncIterable<LocatedEntity>,
  ): SiteEntities {
    const found = this.each((client, { signal }) => work(client, signal), options)
    return {
      get failures() {
        return found.failures.map(({ site, error }) => ({ site: site.name, error }))
      },
      async *[Symbol.asyncIterator]() {
        for await (const { site, item } of found) yield { site: site.name, entity: item }
      },
    }
  }
}

function isElsewhere(name: string, { endpoint }: Client): boolean {
  const text = name.trim()
  return /^https?:\/\//i.test(text) && URL.canParse(text) && new URL(text).origin !== new URL(endpoint).origin
}
