/** The transport that is used when the caller passes none. */
import { createTransport, type Transport, type TransportSettings } from '../transport/index.js'
import { connectionsFor } from './concurrency.js'

/** Servers answer 501 to a version above their own (GFD.223 §4.3), and all servers of OCCI 1.2 accept 1.1. */
const userAgent = 'occi-cli OCCI/1.1'

export function defaultTransport(
  concurrency: number | undefined,
  settings: Partial<TransportSettings>,
): Transport {
  return createTransport({ userAgent, connections: connectionsFor(concurrency), ...settings })
}
