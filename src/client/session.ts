/** The state that all operations share: endpoint, authenticated transport and provider. */
import type { Entity } from '../model/index.js'
import type { ClientConnection } from './exchange.js'
import type { ProviderSource } from './provider.js'

/** The state of one client, which every operation receives. */
export interface Session extends ClientConnection {
  /** When this client created an entity (milliseconds since the epoch), by its path (see locationKey). */
  readonly creationTimes: Map<string, number>
  /** Whether a request that may change something has been sent. */
  readonly hasWritten: () => boolean
  /**
   * Returns the number of writes that were not refused with a 4xx. A write that failed with a 5xx may have been carried
   * out.
   */
  readonly acceptedWrites: () => number
  readonly close: () => Promise<void>
  /** The maximum number of requests that an operation sends in parallel. */
  readonly concurrency: number
  /** Whether entities and actions are checked against the model before they are sent. */
  readonly validate: boolean
  /** Generates ids for new entities. */
  readonly uuid: () => string
  /** Loads the provider with its model. The first call sends one request, unless the model is cached. */
  readonly provider: ProviderSource
  /** What was sent for entities that this client created and has not read since, by URL. */
  readonly unreadCreations: Map<string, Entity>
}
