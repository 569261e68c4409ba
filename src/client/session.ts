/** What every operation works with: one endpoint, one signed transport, one provider. */
import type { Credentials } from '../auth/index.js'
import type { Entity } from '../model/index.js'
import type { Deviation } from '../rendering/index.js'
import type { Transport } from '../transport/index.js'
import type { Endpoint } from './locations.js'
import type { Provider, ProviderSource } from './provider.js'
import type { Clock } from './types.js'

export interface Session {
  readonly endpoint: Endpoint
  /** Signs what goes to the endpoint. */
  readonly transport: Transport
  readonly credentials: Credentials | undefined
  /** When this client created what, by the key of its location. */
  readonly created: Map<string, number>
  /** Whether a request that may change something has been sent. */
  readonly hasWritten: () => boolean
  /** How many requests that may change something were answered by anything but a refusal. */
  readonly accepted: () => number
  readonly headers: readonly (readonly [string, string])[]
  readonly concurrency: number
  readonly validate: boolean
  readonly clock: Clock
  readonly uuid: () => string
  readonly provider: ProviderSource
  /** What was created here and not read since, by location. */
  readonly asked: Map<string, Entity>
  readonly onDeviation: (deviation: Deviation, where: { method: string; url: string }) => void
}

/** The provider with its model; one request the first time, none when it is remembered. */
export function providerOf(session: Session, signal?: AbortSignal): Promise<Provider> {
  return session.provider.get(signal)
}
