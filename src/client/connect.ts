/** The entry point for programs: logs in by any method and returns a client. */
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
  /** The method's options by name, secrets included: `{ username: 'ada', password: '…' }`. */
  readonly authOptions?: Readonly<Record<string, string | undefined>> | undefined
  /** Existing credentials, instead of `auth`. */
  readonly credentials?: Credentials | undefined
  /** CA certificates, TLS versions, `insecure`. The client certificate comes from the method. */
  readonly tls?: TlsMaterial | undefined
  /** Timeouts, proxy, limits, tracing. */
  readonly http?: Partial<Omit<TransportSettings, 'tls'>> | undefined
  /** Settings of retries; false disables them. Default: two retries. Creates are never repeated. */
  readonly retry?: RetrySettings | false | undefined
  /**
   * Sends the requests of the client and of the login; cannot be combined with `tls`, `http` and `retry`. A method
   * with a client certificate (x509) needs a function that creates a transport with it.
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
  const { auth = 'none', authOptions = {}, credentials, tls, http, retry, transport, ...rest } = settings
  if (credentials !== undefined && settings.auth !== undefined) {
    throw new UsageError('`auth` and `credentials` cannot be used together.', { at: 'credentials' })
  }
  const ownSettings = { tls, http, retry }
  const conflicting = Object.entries(ownSettings).filter(([, value]) => value !== undefined)
  if (transport !== undefined && conflicting.length > 0) {
    const names = conflicting.map(([name]) => `\`${name}\``).join(', ')
    throw new UsageError(`${names} cannot be used together with \`transport\`.`, { at: 'transport' })
  }
  endpointOf(settings.endpoint)
  const opened: Transport[] = []
  const open = (extra?: TlsMaterial): Transport => {
    const created =
      transport === undefined ? createOwnTransport(settings, extra) : transportOfCaller(transport, extra)
    if (!opened.includes(created)) opened.push(created)
    return created
  }
  const close = async () => {
    await Promise.all(opened.map((each) => each.close()))
  }
  try {
    const login = credentials ?? (await logIn(settings.endpoint, auth, authOptions, open))
    const requests = open(login.tls)
    return new OcciClient({
      ...rest,
      endpoint: login.endpoint ?? settings.endpoint,
      transport: {
        send: (request) => requests.send(request),
        stream: (request) => requests.stream(request),
        close,
      },
      credentials: login,
    })
  } catch (error) {
    await close()
    throw error
  }
}

async function logIn(
  endpoint: string,
  auth: AuthMethod | AuthPlugin,
  options: NonNullable<ConnectSettings['authOptions']>,
  transport: (tls?: TlsMaterial) => Transport,
): Promise<Credentials> {
  const plugin = typeof auth === 'string' ? await loadAuthPlugin(auth) : auth
  const login = (tls?: TlsMaterial) => withOcciErrors(transport(tls))
  return plugin.authenticate(authContext({ endpoint, options, transport: login }))
}

function createOwnTransport(
  { clock, concurrency, http, tls, retry }: ConnectSettings,
  extra?: TlsMaterial,
): Transport {
  const created = defaultTransport(concurrency, { ...http, tls: { ...tls, ...extra } })
  return retry === false ? created : withRetries(created, { clock, ...retry })
}

function transportOfCaller(
  transport: NonNullable<ConnectSettings['transport']>,
  extra: TlsMaterial | undefined,
): Transport {
  if (typeof transport === 'function') return transport(extra)
  if (extra === undefined || Object.keys(extra).length === 0) return transport
  throw new UsageError('This login uses a client certificate, which an existing transport cannot send.', {
    hint: 'Pass a function as `transport`; it is called with the certificate.',
    at: 'transport',
  })
}
