/** Logs in by any method and returns a client: the entry point for programs. */
import {
  type AuthMethod,
  type AuthPlugin,
  authContext,
  type Credentials,
  loadAuthPlugin,
} from '../auth/index.js'
import { UsageError } from '../errors/errors.js'
import {
  type RetrySettings,
  type TlsMaterial,
  type Transport,
  type TransportSettings,
  withRetries,
} from '../transport/index.js'
import { withOcciErrors } from './caller-transport.js'
import { OcciClient } from './client.js'
import { defaultTransport } from './default-transport.js'
import { endpointOf } from './locations.js'
import type { ClientSettings } from './types.js'

/** Settings of `connect`. */
export interface ConnectSettings extends Omit<ClientSettings, 'transport' | 'credentials'> {
  /** How to log in: the name of a method, or a plugin. Default `none`. */
  readonly auth?: AuthMethod | AuthPlugin | undefined
  /** The options of the method by name, including secrets: `{ username: 'ada', password: '…' }`. */
  readonly authOptions?: Readonly<Record<string, string | undefined>> | undefined
  /** Existing credentials, instead of `auth`. */
  readonly credentials?: Credentials | undefined
  /** CA certificates, TLS versions, `insecure`. The client certificate comes from the login method, such as `x509`. */
  readonly tls?: TlsMaterial | undefined
  /** Timeouts, proxy, limits, tracing. */
  readonly http?: Partial<Omit<TransportSettings, 'tls'>> | undefined
  /** Settings of retries; false disables them. Default: two retries. Creations are never repeated. */
  readonly retry?: RetrySettings | false | undefined
  /**
   * The transport for the requests of the client and of the login. Cannot be combined with `tls`, `http` and `retry`. A
   * method with a client certificate (x509) needs a function that creates a transport with it.
   */
  readonly transport?: Transport | ((tls: TlsMaterial | undefined) => Transport) | undefined
}

/**
 * Logs in and returns a client that owns its connections; call `close()` at the end, or use `await using`. With
 * `none` or `credentials`, nothing is sent before the first operation.
 *
 * Throws AuthError (missing or wrong credentials), ConfigError (an unusable plugin or file), UsageError
 * (contradictory settings), and the transport's errors.
 *
 * ```ts
 * await using client = await connect({
 *   endpoint: 'https://cloud.example.org:8787/',
 *   auth: 'keystone',
 *   authOptions: { 'auth-url': 'https://keystone.example.org/v3', username: 'ada', password, project: 'demo' },
 * })
 * ```
 */
export async function connect(settings: ConnectSettings): Promise<OcciClient> {
  const {
    auth = 'none',
    authOptions = {},
    credentials,
    tls,
    http,
    retry,
    transport,
    ...clientSettings
  } = settings
  if (credentials !== undefined && settings.auth !== undefined) {
    throw new UsageError('`auth` and `credentials` cannot be used together.', { at: 'credentials' })
  }
  const transportSettings = { tls, http, retry }
  const conflicting = Object.entries(transportSettings).filter(([, value]) => value !== undefined)
  if (transport !== undefined && conflicting.length > 0) {
    const names = conflicting.map(([name]) => `\`${name}\``).join(', ')
    throw new UsageError(`${names} cannot be used together with \`transport\`.`, { at: 'transport' })
  }
  // Throws for an invalid endpoint before the login.
  endpointOf(settings.endpoint)
  const openTransports: Transport[] = []
  const openTransport = (clientTls?: TlsMaterial): Transport => {
    const created =
      transport === undefined
        ? createOwnTransport(settings, clientTls)
        : transportOfCaller(transport, clientTls)
    if (!openTransports.includes(created)) openTransports.push(created)
    return created
  }
  const close = async () => {
    await Promise.all(openTransports.map((each) => each.close()))
  }
  try {
    const loginCredentials = credentials ?? (await logIn(settings.endpoint, auth, authOptions, openTransport))
    const clientTransport = openTransport(loginCredentials.tls)
    return new OcciClient({
      ...clientSettings,
      endpoint: loginCredentials.endpoint ?? settings.endpoint,
      transport: {
        send: (request) => clientTransport.send(request),
        stream: (request) => clientTransport.stream(request),
        close,
      },
      credentials: loginCredentials,
    })
  } catch (error) {
    await close()
    throw error
  }
}

/** Logs in by a method. `transport` opens the transport for its requests. */
async function logIn(
  endpoint: string,
  auth: AuthMethod | AuthPlugin,
  options: NonNullable<ConnectSettings['authOptions']>,
  transport: (tls?: TlsMaterial) => Transport,
): Promise<Credentials> {
  const plugin = typeof auth === 'string' ? await loadAuthPlugin(auth) : auth
  const loginTransport = (tls?: TlsMaterial) => withOcciErrors(transport(tls))
  return plugin.authenticate(authContext({ endpoint, options, transport: loginTransport }))
}

function createOwnTransport(
  { clock, concurrency, http, tls, retry }: ConnectSettings,
  clientTls?: TlsMaterial,
): Transport {
  const created = defaultTransport(concurrency, { ...http, tls: { ...tls, ...clientTls } })
  return retry === false ? created : withRetries(created, { clock, ...retry })
}

function transportOfCaller(
  transport: NonNullable<ConnectSettings['transport']>,
  clientTls: TlsMaterial | undefined,
): Transport {
  if (typeof transport === 'function') return transport(clientTls)
  if (clientTls === undefined || Object.keys(clientTls).length === 0) return transport
  throw new UsageError('This login uses a client certificate, which an existing transport cannot send.', {
    hint: 'Pass a function as `transport`; it is called with the certificate.',
    at: 'transport',
  })
}
