/** A transport to a server other than the endpoint. It changes hints so that they name that server. */
import { type TlsMaterial, type Transport, wrapTransport } from '../transport/index.js'
import type { AuthContext } from './types.js'

export function transportTo(
  context: AuthContext,
  server: 'issuer' | 'identity service',
  tls?: TlsMaterial,
): Transport {
  return wrapTransport(context.transport(tls), (request, send) => send({ ...request, server }))
}
