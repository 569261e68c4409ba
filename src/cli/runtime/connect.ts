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
import { type LoginRequest, logIn } from './authentication.js'
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

/** Connects a command to its provider. Throws UsageError, AuthError, ConfigError, NetworkError. */
export async function connect(commandContext: ConnectionContext): Promise<Connection> {
  const context = await withAllSettings(commandContext, () => {})
  await reportWithheld(context)
  const endpoint = await endpointFor(context)
  const headers = headersOf(context)
  if (endpoint.type === 'recording') return connectToRecording(context, endpoint.file, headers)
  const connection =
    endpoint.type === 'sandbox'
      ? await connectToSandbox(context, headers)
      : await connectToProvider(endpoint.type === 'network' ? endpoint.url : undefined, context, headers)
  return context.settings.isOn('no-cache') ? connection : rememberEntities(connection, context)
}

/** Stores the entities that the client receives, for shell completion. */
function rememberEntities(connection: Connection, context: ConnectionContext): Connection {
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
  const traced = traceTransport(sandboxTransport(sandbox), transportSettings(context))
  const recorder = await recorderFor(context)
  const transport = recorder?.wrap(traced, 'client') ?? traced
  const endpoint = `${sandboxOrigin}${basePath}/`
  recorder?.addFacts({ endpoint, retries: 0 })
  const client = new OcciClient({
    ...clientSettings(context, headers),
    ...(recorder === undefined ? {} : { uuid: recorder.uuid }),
    endpoint,
    transport: withPreview(withLayers(transport, context), context),
  })
  return { client, close: () => closeAll(client, [transport]) }
}

async function connectToRecording(
  context: ConnectionContext,
  file: string,
  headers: readonly HeaderPair[],
): Promise<Connection> {
  const { openRecording } = await import('./replay.js')
  const { client } = await openRecording(context, file, headers)
  return { client, close: () => client.close() }
}

/** The recorder of --record; undefined without it. Loads the module only if it is needed. */
async function recorderFor(context: ConnectionContext) {
  if ((context.settings.get('record') ?? '') === '') return undefined
  const { recorderOf } = await import('./recording.js')
  return recorderOf(context)
}

/** If `endpoint` is undefined, Keystone's catalogue provides it. */
async function connectToProvider(
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
  recorder?.addFacts({ endpoint: url, retries: retrySettings(context).retries })
  // With --record no cached model is used, so that the recording contains the model.
  const modelCaches = recorder === undefined ? caches : undefined
  const client = new OcciClient({
    ...clientSettings(context, headers),
    ...(recorder === undefined ? {} : { uuid: recorder.uuid }),
    endpoint: url,
    transport: withPreview(withLayers(session.transport(credentials.tls), context), context),
    credentials,
    ...(modelCaches === undefined ? {} : { memory: memoryOf(modelCaches, url, credentials) }),
  })
  return {
    client,
    close: async () => {
      await client.close()
      await session.close()
    },
  }
}

/** The provider's cached model. Opens it at each call, since the identity may be unknown before the first 401. */
function memoryOf(caches: Caches, url: string, credentials: Credentials): ProviderMemory {
  const notes = () => caches.notes<ProviderNotes>(url, credentials.identity, 1)
  return { load: () => notes().load(), save: (entry) => notes().save(entry) }
}

/** Reads all settings, including those of a cloud, since some settings decide which others may be used. */
async function withAllSettings(
  context: ConnectionContext,
  log: (step: string) => void,
): Promise<ConnectionContext> {
  const settings = await context.settingsFor(await allDefinitions())
  return withCloud({ ...context, settings }, log)
}

async function reportWithheld({ settings, warn }: ConnectionContext): Promise<void> {
  const message = withheldMessage(settings)
  if (message !== undefined) await warn(message)
}

/** Logs in for `occi auth` and returns the credentials without a client. Throws like connect. */
export async function login(
  commandContext: ConnectionContext,
  log: (step: string) => void,
  options: LoginOptions = {},
): Promise<Login> {
  const context = await withAllSettings(commandContext, log)
  await reportWithheld(context)
  const endpoint = await endpointFor(context)
  if (endpoint.type === 'sandbox') {
    const { client, close } = await connectToSandbox(context, headersOf(context))
    return { credentials: anonymous, endpoint: 'sandbox:', client, verify: async () => {}, close }
  }
  if (endpoint.type === 'recording') {
    const { openRecording } = await import('./replay.js')
    const recording = await openRecording(context, endpoint.file, headersOf(context))
    if (recording.credentials === undefined) {
      throw new AuthError('The recorded command did not log in', { facts: { missing: 'login' } })
    }
    return {
      credentials: recording.credentials,
      endpoint: recording.endpoint,
      client: recording.client,
      verify: async () => void (await recording.client.discover({ signal: context.signal })),
      close: () => recording.client.close(),
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
  readonly caches: Caches | undefined
  readonly transport: (tls?: TlsMaterial) => Transport
  close(): Promise<void>
}

async function openSession(
  context: ConnectionContext,
  endpoint: string | undefined,
  options: Pick<LoginRequest, 'log' | 'negotiate' | keyof LoginOptions>,
): Promise<Session> {
  const transports: Transport[] = []
  const trust = createOnce(() => trustOf(context))
  // Files that the user names are checked even if no TLS is used.
  const checkedOptions = ['ca-file', 'ca-path', 'tls-min-version', 'tls-max-version', 'insecure']
  if (checkedOptions.some((name) => context.settings.get(name) !== undefined)) await trust()
  // Throws if one of these variables is invalid.
  for (const name of ['SSL_CERT_FILE', 'X509_CERT_DIR']) pathVariable(context.runtime.environment, name)
  const settings = transportSettings(context)
  const now = () => new Date(context.runtime.clock.now())
  const caches = context.settings.isOn('no-cache')
    ? undefined
    : openCaches(context.runtime.folders.cache, now)
  const watchSecrets = secretWatch(context)
  const recorder = await recorderFor(context)
  const transport = (tls?: TlsMaterial, by: 'login' | 'client' = 'client') => {
    const base = createTransport({ ...settings, ...omitUndefined({ tls }), trust })
    transports.push(base)
    return showAwaited(
      withRetries(watchSecrets(recorder?.wrap(base, by) ?? base, by), retrySettings(context)),
      context,
    )
  }
  const close = async () => {
    await Promise.all(transports.map((each) => each.close()))
  }
  try {
    const cache = caches?.expiring() ?? memoryCache(now)
    const credentials = await logIn(context, {
      endpoint,
      transport: (tls) => transport(tls, 'login'),
      cache,
      ...options,
    })
    return { credentials: recorder?.recordCredentials(credentials) ?? credentials, caches, transport, close }
  } catch (error) {
    recorder?.recordLoginError(error)
    await close()
    throw error
  }
}

async function closeAll(client: OcciClient, transports: readonly Transport[]): Promise<void> {
  await client.close()
  await Promise.all(transports.map((each) => each.close()))
}
