/** A transport to a server other than the endpoint, which hints are to call by its own name. */
import type { TlsMaterial, Transport } from '../transport/index.js'
import type { AuthContext } from './types.js'

export function transportTo(
  context: AuthContext,
  server: 'issuer' | 'identity service',
  tls?: TlsMaterial,
): Transport {
  const inner = context.transport(tls)
  return {
    send: (request) => inner.send({ ...request, server }),
    stream: (request) => inner.stream({ ...request, server }),
    close: () => inner.close(),
  }
}
