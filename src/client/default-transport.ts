/** The transport of who brings none. */
import { createTransport, type Transport, type TransportSettings } from '../transport/index.js'
import { connectionsFor } from './concurrency.js'

/** OCCI/1.1: servers answer 501 to a version above their own (GFD.223 §4.3), and all of 1.2 know 1.1. */
const userAgent = 'occi-cli OCCI/1.1'

export function ownTransport(
  concurrency: number | undefined,
  settings: Partial<TransportSettings>,
): Transport {
  return createTransport({ userAgent, connections: connectionsFor(concurrency), ...settings })
}
