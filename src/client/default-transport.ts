/** The transport that is used when the caller passes none. */
import { createTransport, type Transport, type TransportSettings } from '../transport/index.js'
import { connectionsFor } from './concurrency.js'

/** Creates a transport with enough connections for this concurrency. */
export function defaultTransport(
  concurrency: number | undefined,
  settings: Partial<TransportSettings>,
): Transport {
  return createTransport({ connections: connectionsFor(concurrency), ...settings })
}
