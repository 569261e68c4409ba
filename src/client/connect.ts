/** The entry point for programs: logs in by any method and returns a client. */
import { authContext, loadAuthPlugin } from '../auth/index.js'
import type { TlsMaterial, TransportSettings } from '../transport/index.js'
import { OcciClient } from './client.js'
import { defaultTransport } from './default-transport.js'
import type { ClientSettings } from './types.js'

export interface ConnectSettings extends Omit<ClientSettings, 'transport' | 'credentials'> {
  /** `none` (default), `auto`, `basic`, `digest`, `token`, `x509`, `keystone`, `oidc`, or `npm:package`. */
  readonly auth?: string
  /** The method's options by name, secrets included: `{ username: 'ada', password: '…' }`. */
  readonly authOptions?: Readonly<Record<string, string>>
  /** CA certificates, TLS versions, `insecure`. The client certificate comes from the method. */
  readonly tls?: TlsMaterial
  /** Timeouts, proxy, limits, tracing. */
  readonly http?: Partial<Omit<TransportSettings, 'tls'>>
}

/**
 * Logs in and returns a client that owns its connections; call `close()` at the end. Throws AuthError,
 * NetworkError and UsageError. With `none`, nothing is sent before the first operation.
 */
export async function connect(settings: ConnectSettings): Promise<OcciClient> {
  const { auth = 'none', authOptions = {}, tls, http, ...rest } = settings
  const transport = (extra?: TlsMaterial) =>
    defaultTransport(settings.concurrency, { ...http, tls: { ...tls, ...extra } })
  const plugin = await loadAuthPlugin(auth)
  const context = authContext({ endpoint: settings.endpoint, options: authOptions, transport })
  const credentials = await plugin.authenticate(context)
  return new OcciClient({
    ...rest,
    endpoint: credentials.endpoint ?? settings.endpoint,
    transport: transport(credentials.tls),
    credentials,
  })
}
