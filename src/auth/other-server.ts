import { type TlsMaterial, type Transport, wrapTransport } from '../transport/index.js'
import type { AuthContext } from './types.js'

/** Returns a transport to a server other than the endpoint. The hints of its errors name that server. */
export function transportTo(
  context: AuthContext,
  server: 'issuer' | 'identity service',
  tls?: TlsMaterial,
): Transport {
  return wrapTransport(context.transport(tls), (request, send) => send({ ...request, server }))
}
