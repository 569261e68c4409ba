/** Builds a connected client from settings: endpoint, transport, credentials, caches. */

import { anonymous, type Credentials, memoryCache, pathVariable } from '../../auth/index.js'
import { createOnce } from '../../basics/create-once.js'
import type { HeaderPair } from '../../basics/http.js'
import { omitUndefined } from '../../basics/objects.js'
import { OcciClient, type ProviderMemory, type ProviderNotes } from '../../client/index.js'
import { type Caches, openCaches } from '../../config/index.js'
import { AuthError } from '../../errors/errors.js'
import {
  createTransport,
  type TlsMaterial,
  type Transport,
  traceTransport,
  withRetries,
} from '../../transport/index.js'
import type { Connection, ConnectionContext, Login, LoginOptions } from '../context.js'
import { allDefinitions } from '../options/definitions.js'
import { logIn, type Login as Wanted } from './authentication.js'
import { clientSettings } from './client-settings.js'
import { withCloud } from './cloud.js'
import { completionMemory } from './completion-memory.js'
import { endpointFor, noEndpointInCatalogue } from './endpoint.js'
import { withLayers, withPreview } from './layers.js'
import { memoryKey } from './memory-key.js'
import { headersOf, retrySettings, transportSettings, trustOf } from './network.js'
import { remembering } from './remembering-client.js'
import { sandboxState } from './sandbox-state.js'
import { secretWatch } from './secret-watch.js'
import { showAwaited } from './show-awaited.js'
import { withheldMessage } from './withheld.js'

/** Throws UsageError, AuthError, ConfigError, NetworkError. */
export async function connect(given: ConnectionContext): Promise<Connection> {
  const context = await withAllSettings(given, () => {})
  await reportWithheld(context)
  const endpoint = await endpointFor(context)
  const headers = headersOf(context)
  if (endpoint.type === 'recording') return connectToRecording(context, endpoint.file, headers)
  const connection =
    endpoint.type === 'sandbox'
      ? await connectToSandbox(context, headers)
      : await connectTo(endpoint.type === 'network' ? endpoint.url : undefined, context, headers)
  return context.settings.isOn('no-cache') ? connection : withSeenEntities(connection, context)
}

/** Records the entities that the client sees, for shell completion. */
function withSeenEntities(connection: Connection, context: ConnectionContext): Connection {
  const { folders, clock } = context.runtime
  const memory = completionMemory(folders.cache, memoryKey(context.settings, context.runtime.environment))
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
  context: ConnectionContext,
  headers: readonly HeaderPair[],
): Promise<Connection> {
  const { openSandbox, sandboxOrigin, sandboxTransport } = await import('../../sandbox/index.js')
  const { sandbox, basePath } = openSandbox({
    state: sandboxState(context.runtime.folders.state),
    clock: () => context.runtime.clock.now(),
  })
  const opened = traceTransport(sandboxTransport(sandbox), transportSettings(context))
  const recorder = await recorderFor(context)
  const transport = recorder?.wrap(opened, 'client') ?? opened
  const endpoint = `${sandboxOrigin}${basePath}/`
  recorder?.note({ endpoint, retries: 0 })
  const client = new OcciClient({
    ...clientSettings(context, headers),
    ...(recorder === undefined ? {} : { uuid: recorder.uuid }),
    endpoint,
    transport: withPreview(withLayers(transport, context), context),
  })
  return { client, close: () => closeAll(client, [transport]) }
}

/** Replaying a recording uses no network, login, caches or journal. */
async function connectToRecording(
  context: ConnectionContext,
  file: string,
  headers: readonly HeaderPair[],
): Promise<Connection> {
  const { openRecording } = await import('./replay.js')
  const { client } = await openRecording(context, file, headers)
  return { client, close: () => client.close() }
}

/** Undefined without --record. The module is loaded only when needed. */
async function recorderFor(context: ConnectionContext) {
  if ((context.settings.get('record') ?? '') === '') return undefined
  const { recorderOf } = await import('./recording.js')
  return recorderOf(context)
}

/** If `endpoint` is undefined, Keystone's catalogue provides it. */
async function connectTo(
  endpoint: string | undefined,
  context: ConnectionContext,
  headers: readonly HeaderPair[],
): Promise<Connection> {
  const session = await openSession(context, endpoint, { log: () => {}, negotiate: 'at-first-refusal' })
  const { credentials, caches } = session
  const url = endpoint ?? credentials.endpoint
  if (url === undefined) {
    await session.close()
    throw credentials.noEndpoint ?? noEndpointInCatalogue()
  }
  const recorder = await recorderFor(context)
  recorder?.note({ endpoint: url, retries: retrySettings(context).retries })
  // A recording contains the model, so that it can be replayed without caches.
  const memory = caches === undefined || recorder !== undefined ? undefined : caches
  const client = new OcciClient({
    ...clientSettings(context, headers),
    ...(recorder === undefined ? {} : { uuid: recorder.uuid }),
    endpoint: url,
    transport: withPreview(withLayers(session.transport(credentials.tls), context), context),
    credentials,
    ...(memory === undefined ? {} : { memory: memoryOf(memory, url, credentials) }),
  })
  return {
    client,
    close: async () => {
      await client.close()
      await session.close()
    },
  }
}

/** The provider's cached model. It is opened at each call, since the identity may be unknown before the first 401. */
function memoryOf(caches: Caches, url: string, credentials: Credentials): ProviderMemory {
  const notes = () => caches.notes<ProviderNotes>(url, credentials.identity, 1)
  return { load: () => notes().load(), save: (entry) => notes().save(entry) }
}

/** Reads all settings, including those of a cloud, because which settings may be used depends on others. */
async function withAllSettings(
  context: ConnectionContext,
  log: (step: string) => void,
): Promise<ConnectionContext> {
  const settings = await context.settingsFor(await allDefinitions())
  return withCloud({ ...context, settings }, log)
}

async function reportWithheld({ settings, warn }: ConnectionContext): Promise<void> {
  const words = withheldMessage(settings)
  if (words !== undefined) await warn(words)
}

/** Logs in for `occi auth` and returns the credentials without a client. Throws like connect. */
export async function login(
  given: ConnectionContext,
  log: (step: string) => void,
  options: LoginOptions = {},
): Promise<Login> {
  const context = await withAllSettings(given, log)
  await reportWithheld(context)
  const endpoint = await endpointFor(context)
  if (endpoint.type === 'sandbox') {
    const { client, close } = await connectToSandbox(context, headersOf(context))
    return { credentials: anonymous, endpoint: 'sandbox:', client, verify: async () => {}, close }
  }
  if (endpoint.type === 'recording') {
    const { openRecording } = await import('./replay.js')
    const opened = await openRecording(context, endpoint.file, headersOf(context))
    if (opened.credentials === undefined) {
      throw new AuthError('The recorded command did not log in', { facts: { missing: 'login' } })
    }
    return {
      credentials: opened.credentials,
      endpoint: opened.endpoint,
      client: opened.client,
      verify: async () => void (await opened.client.discover({ signal: context.signal })),
      close: () => opened.client.close(),
    }
  }
  const explicitEndpoint = endpoint.type === 'network' ? endpoint.url : undefined
  const { credentials, close, transport } = await openSession(context, explicitEndpoint, {
    log,
    negotiate: 'now',
    ...options,
  })
  const url = explicitEndpoint ?? credentials.endpoint
  const client =
    url === undefined
      ? undefined
      : new OcciClient({
          ...clientSettings(context, headersOf(context)),
          endpoint: url,
          transport: transport(credentials.tls),
          credentials,
        })
  return {
    credentials,
    endpoint: url ?? '',
    client,
    verify: async () => void (await client?.discover({ signal: context.signal })),
    close,
  }
}

interface Session {
  readonly credentials: Credentials
  readonly caches: ReturnType<typeof openCaches> | undefined
  readonly transport: (tls?: TlsMaterial) => Transport
  close(): Promise<void>
}

async function openSession(
  context: ConnectionContext,
  endpoint: string | undefined,
  options: Pick<Wanted, 'log' | 'negotiate' | keyof LoginOptions>,
): Promise<Session> {
  const opened: Transport[] = []
  const trust = createOnce(() => trustOf(context))
  // Files that the user names are checked even if no TLS is used.
  const named = ['ca-file', 'ca-path', 'tls-min-version', 'tls-max-version', 'insecure']
  if (named.some((name) => context.settings.get(name) !== undefined)) await trust()
  for (const name of ['SSL_CERT_FILE', 'X509_CERT_DIR']) {
    pathVariable(context.runtime.environment, name)
  }
  const settings = transportSettings(context)
  const now = () => new Date(context.runtime.clock.now())
  const caches = context.settings.isOn('no-cache')
    ? undefined
    : openCaches(context.runtime.folders.cache, now)
  const watchSecrets = secretWatch(context)
  const recorder = await recorderFor(context)
  const transport = (tls?: TlsMaterial, by: 'login' | 'client' = 'client') => {
    const made = createTransport({ ...settings, ...omitUndefined({ tls }), trust })
    opened.push(made)
    return showAwaited(
      withRetries(watchSecrets(recorder?.wrap(made, by) ?? made, by), retrySettings(context)),
      context,
    )
  }
  const close = async () => {
    await Promise.all(opened.map((each) => each.close()))
  }
  try {
    const cache = caches?.expiring() ?? memoryCache(now)
    const credentials = await logIn(context, {
      endpoint,
      transport: (tls) => transport(tls, 'login'),
      cache,
      ...options,
    })
    return { credentials: recorder?.credentials(credentials) ?? credentials, caches, transport, close }
  } catch (error) {
    recorder?.loginFailed(error)
    await close()
    throw error
  }
}

async function closeAll(client: OcciClient, transports: readonly Transport[]): Promise<void> {
  await client.close()
  await Promise.all(transports.map((each) => each.close()))
}
