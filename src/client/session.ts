/** The state that all operations share: endpoint, authenticated transport and provider. */
import type { Entity } from '../model/index.js'
import type { ClientConnection } from './exchange.js'
import type { ProviderSource } from './provider.js'

export interface Session extends ClientConnection {
  /** Time at which this client created an entity, by the key of its location. */
  readonly created: Map<string, number>
  /** Whether a request that may change something has been sent. */
  readonly hasWritten: () => boolean
  /** The number of writes that were not refused. */
  readonly accepted: () => number
  readonly close: () => Promise<void>
  readonly concurrency: number
  readonly validate: boolean
  readonly uuid: () => string
  /** The provider with its model. The first call sends one request, unless the model is remembered. */
  readonly provider: ProviderSource
  /** Entities that this client created and has not read since, by location. */
  readonly createdUnread: Map<string, Entity>
}
