/** The state that all operations share: endpoint, authenticated transport and provider. */
import type { Credentials } from '../auth/index.js'
import type { Entity } from '../model/index.js'
import type { Deviation } from '../rendering/index.js'
import type { Transport } from '../transport/index.js'
import type { Endpoint } from './locations.js'
import type { Provider, ProviderSource } from './provider.js'
import type { Clock } from './types.js'

export interface Session {
  readonly endpoint: Endpoint
  /** Adds credentials to requests to the endpoint. */
  readonly transport: Transport
  readonly credentials: Credentials | undefined
  /** Time at which this client created an entity, by the key of its location. */
  readonly created: Map<string, number>
  /** Whether a request that may change something has been sent. */
  readonly hasWritten: () => boolean
  /** The number of writes that were not refused. */
  readonly accepted: () => number
  readonly headers: readonly (readonly [string, string])[]
  readonly concurrency: number
  readonly validate: boolean
  readonly clock: Clock
  readonly uuid: () => string
  readonly provider: ProviderSource
  /** Entities that this client created and has not read since, by location. */
  readonly asked: Map<string, Entity>
  readonly onDeviation: (deviation: Deviation, where: { method: string; url: string }) => void
}

/** Returns the provider with its model: by one request at first, by none when it is remembered. */
export function providerOf(session: Session, signal?: AbortSignal): Promise<Provider> {
  return session.provider.get(signal)
}
