/** From settings to a client that is connected: endpoint, transport, credentials, memory. */
import { type Credentials, memoryCache } from '../../auth/index.js'
import { OcciClient } from '../../client/index.js'
import { openCaches } from '../../config/index.js'
import { UsageError } from '../../errors/errors.js'
import type { RenderingName } from '../../rendering/index.js'
import type { HeaderPair, TlsMaterial, Transport, TransportSettings } from '../../transport/index.js'
import { sandboxState } from '../commands/sandbox.js'
import { completionMemory, remembering } from '../completion/index.js'
import type { CommandContext } from '../context.js'
import { parseDuration } from '../values/duration.js'
import { logIn } from './authentication.js'
import { endpointOf } from './endpoint.js'
import type { Connection, Login } from './runtime.js'
import { fullObserver, type Observer, traceFile, verboseObserver } from './trace.js'

/** Throws UsageError, AuthError, ConfigError, NetworkError. */
export async function connect(context: CommandContext): Promise<Connection> {
  const endpoint = endpointOf(context.settings)
  const headers = headersOf(context)
  const connection =
    endpoint.at === 'sandbox'
      ? await connectToSandbox(context, headers)
      : await connectTo(endpoint.url, context, headers)
  return isOn(context.settings.get('no-cache')) ? connection : noting(connection, context)
}

/** What passes by is noted for the shell's completion. */
function noting(connection: Connection, context: CommandContext): Connection {
  const { folders, clock } = context.runtime
  const memory = completionMemory(folders.cache, context.settings.get('endpoint') ?? '')
  const { client, save } = remembering(connection.client, memory, clock.now)
  return {
    client,
    close: async () => {
      await save()
      await connection.close()
    },
  }
}

async function connectToSandbox(
  context: CommandContext,
  headers: readonly HeaderPair[],
): Promise<Connection> {
  const { openSandbox, sandboxOrigin, sandboxTransport } = await import('../../sandbox/index.js')
  const { sandbox, basePath } = openSandbox({
    state: sandboxState(context.runtime.folders.state),
    clock: () => context.runtime.clock.now(),
  })
  const transport = sandboxTransport(sandbox)
  const client = new OcciClient({
    ...clientSettings(context, headers),
    endpoint: `${sandboxOrigin}${basePath}/`,
    transport,
  })
  return { client, close: () => closeAll(client, [transport]) }
}

async function connectTo(
  endpoint: string,
  context: CommandContext,
  headers: readonly HeaderPair[],
): Promise<Connection> {
  const session = await openSession(context, endpoint, () => {})
  const { credentials, caches } = session
  const url = credentials.endpoint ?? endpoint
  const client = new OcciClient({
    ...clientSettings(context, headers),
    endpoint: url,
    transport: session.transport(credentials.tls),
    credentials,
    ...(caches === undefined ? {} : { memory: caches.notes(url, credentials.identity, 1) }),
  })
  return {
    client,
    close: async () => {
      await client.close()
      await session.close()
    },
  }
}

/** Logged in, for `occi auth`: the credentials, without a client. Throws as connect does. */
export async function login(context: CommandContext, trail: (step: string) => void): Promise<Login> {
  const endpoint = endpointOf(context.settings)
  if (endpoint.at === 'sandbox') {
    throw new UsageError('The practice cloud needs no login', {
      hint: 'Name a provider with --endpoint.',
      at: '--endpoint',
    })
  }
  const session = await openSession(context, endpoint.url, trail)
  return { credentials: session.credentials, endpoint: endpoint.url, close: session.close }
}

interface Session {
  readonly credentials: Credentials
  readonly caches: ReturnType<typeof openCaches> | undefined
  readonly transport: (tls?: TlsMaterial) => Transport
  close(): Promise<void>
}

async function openSession(
  context: CommandContext,
  endpoint: string,
  trail: (step: string) => void,
): Promise<Session> {
  const { createTransport } = await import('../../transport/index.js')
  const opened: Transport[] = []
  const trust = await trustOf(context)
  const settings = transportSettings(context)
  const now = () => new Date(context.runtime.clock.now())
  const caches = isOn(context.settings.get('no-cache'))
    ? undefined
    : openCaches(context.runtime.folders.cache, now)
  const transport = (tls?: TlsMaterial) => {
    const made = createTransport({ ...settings, tls: { ...trust, ...tls } })
    opened.push(made)
    return made
  }
  const close = async () => {
    await Promise.all(opened.map((each) => each.close()))
  }
  try {
    const cache = caches?.expiring() ?? memoryCache(now)
    const credentials = await logIn(context, { endpoint, transport, cache, trail })
    return { credentials, caches, transport, close }
  } catch (error) {
    await close()
    throw error
  }
}

async function closeAll(client: OcciClient, transports: readonly Transport[]): Promise<void> {
  await client.close()
  await Promise.all(transports.map((each) => each.close()))
}

function clientSettings(context: CommandContext, headers: readonly HeaderPair[]) {
  const { settings, runtime, options } = context
  const mediaType = settings.get('media-type')
  const provider = settings.get('provider')
  return {
    headers,
    clock: runtime.clock,
    ...(mediaType === undefined ? {} : { mediaType: mediaType as RenderingName }),
    ...(provider === undefined ? {} : { provider }),
    ...(options.on('verbose')
      ? {
          onDeviation: (
            deviation: { readonly message: string },
            where: { readonly method: string; readonly url: string },
          ) => {
            void context.progress.note(
              `tolerated in the answer to ${where.method} ${where.url}: ${deviation.message}`,
            )
          },
        }
      : {}),
  }
}

function transportSettings(context: CommandContext): TransportSettings {
  const { settings, runtime } = context
  const timeout = settings.get('timeout')
  const milliseconds = timeout === undefined ? undefined : parseDuration(timeout, '--timeout')
  const observers = observersOf(context)
  return {
    userAgent: `occi-cli/${runtime.version} OCCI/1.1`,
    ...(milliseconds === undefined
      ? {}
      : {
          headersTimeout: milliseconds,
          bodyTimeout: milliseconds,
          connectTimeout: Math.min(milliseconds, 10_000),
        }),
    proxy: proxyOf(runtime.environment),
    now: runtime.clock.now,
    ...(observers.length === 0
      ? {}
      : {
          trace: (event) => {
            for (const observe of observers) observe(event)
          },
        }),
  }
}

function observersOf(context: CommandContext): readonly Observer[] {
  const observers: Observer[] = []
  const toStderr = (line: string) => {
    void context.progress.note(line)
  }
  if (context.options.on('verbose')) observers.push(verboseObserver(toStderr))
  const trace = context.options.text('trace')
  if (trace !== undefined) observers.push(fullObserver(trace === '-' ? toStderr : traceFile(trace)))
  return observers
}

/** Lower case first, as curl has it; HTTP_PROXY in capitals can come from a CGI request, but this is no CGI. */
function proxyOf(environment: (name: string) => string | undefined): NonNullable<TransportSettings['proxy']> {
  const find = (name: string) => environment(name.toLowerCase()) || environment(name) || undefined
  const http = find('HTTP_PROXY') ?? find('ALL_PROXY')
  const https = find('HTTPS_PROXY') ?? find('ALL_PROXY')
  const no = find('NO_PROXY')
  return {
    ...(http === undefined ? {} : { http }),
    ...(https === undefined ? {} : { https }),
    ...(no === undefined ? {} : { no }),
  }
}

async function trustOf(context: CommandContext): Promise<TlsMaterial> {
  const { settings, runtime } = context
  const { loadTrust, nodeMachine } = await import('../../auth/index.js')
  const caFile = settings.get('ca-file')
  const caPath = settings.get('ca-path')
  const { ca, systemCa } = await loadTrust({
    ...(caFile === undefined ? {} : { caFile }),
    ...(caPath === undefined ? {} : { caPath }),
    caSystem: context.options.on('ca-system'),
    env: runtime.environment,
    readFile: runtime.readFile,
    readDirectory: nodeMachine().readDirectory,
  })
  return {
    ...(ca.length === 0 ? {} : { ca }),
    systemCa,
    ...(isOn(settings.get('insecure')) ? { insecure: true } : {}),
    ...maxVersion(settings.get('tls-max-version')),
  }
}

function maxVersion(text: string | undefined): Pick<TlsMaterial, 'maxVersion'> {
  if (text === undefined) return {}
  if (text === 'TLSv1.2' || text === 'TLSv1.3') return { maxVersion: text }
  throw new UsageError(`"${text}" is no version of TLS that is known here`, {
    hint: 'Use TLSv1.2 or TLSv1.3.',
    at: '--tls-max-version',
  })
}

function headersOf(context: CommandContext): readonly HeaderPair[] {
  return context.options.all('header').map((text) => {
    const colon = text.indexOf(':')
    const name = text.slice(0, Math.max(colon, 0)).trim()
    if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name)) {
      throw new UsageError(`--header "${colon < 0 ? text : name}" is not of the form "Name: value"`, {
        hint: 'For example --header "X-Project: demo".',
        at: '--header',
      })
    }
    return [name, text.slice(colon + 1).trim()]
  })
}

function isOn(value: string | undefined): boolean {
  return value !== undefined && !['', '0', 'false', 'no', 'off'].includes(value.toLowerCase())
}
