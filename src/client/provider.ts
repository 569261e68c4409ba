/** Recognises the provider at the endpoint: its model, its software, and how to communicate with it. */
import { headerValue, headerValues } from '../basics/http.js'
import { makePrintable } from '../basics/json.js'
import { omitUndefined } from '../basics/objects.js'
import { onAbort } from '../basics/signals.js'
import { NotFoundError, OcciError, ProtocolError } from '../errors/errors.js'
import { interruptionError, isInterruption } from '../errors/interruption.js'
import { type AttributeDefinition, type Category, type Kind, Model } from '../model/index.js'
import { type RenderingName, renderings } from '../rendering/index.js'
import type { HttpResponse } from '../transport/index.js'
import { type JsonDialect, jsonDialect } from './codec.js'
import { isUnusableResponse, refusal } from './errors.js'
import { type ClientConnection, type ClientRequest, isSuccess, read, send } from './exchange.js'
import { type Endpoint, locationKey, resolveLocation } from './locations.js'
import { categoriesFromJson, categoriesToJson, loadNotes, saveNotes, timeToLive } from './memory.js'
import { effectsOf } from './quirks/effects.js'
import { profileNamed, recognise } from './quirks/recognise.js'
import type { Effects, ProviderProfile } from './quirks/types.js'
import type { ClientSettings, ProviderNotes } from './types.js'

/** What the client knows about the provider. */
export interface Provider {
  /** Its locations are absolute URLs below the endpoint. */
  readonly model: Model
  readonly profile: ProviderProfile
  /** The sign by which the profile was recognised, or `--provider` if the caller set it. */
  readonly recognisedBy: string
  /** The effects of all quirks in the profile. */
  readonly effects: Effects
  /** The rendering in which entities are read. */
  readonly read: RenderingName
  /** The rendering in which entities, updates and actions are written. */
  readonly write: RenderingName
  /** The rendering in which locations are listed. */
  readonly listing: RenderingName
  /** URL of the query interface. */
  readonly queryUrl: string
  /** The value of its `Server` header. */
  readonly server: string | undefined
  /** The OCCI versions that its `Server` header names. */
  readonly versions: readonly string[]
  /** Whether the model comes from memory, so that newer categories may be missing. */
  readonly remembered: boolean
  /**
   * Kinds by the start of their entities' locations, the longest first: `/network/interface/` is below `/network/`
   * (Q34).
   */
  readonly kindLocations: readonly { readonly key: string; readonly kind: Kind }[]
}

/** Loads the provider, and keeps it for all operations of a client. */
export interface ProviderSource {
  /** Returns the provider, loading it at the first call. */
  get(signal?: AbortSignal): Promise<Provider>
  /** Fetches the model even if one is cached. */
  refresh(signal?: AbortSignal): Promise<Provider>
  /**
   * Fetches the model again if the client started with a remembered one. Returns true if so, at the first call only,
   * which means that decisions so far may be based on an outdated model.
   */
  recheck(signal?: AbortSignal): Promise<boolean>
  /**
   * Fetches the model again if `used` comes from memory, once for all operations that used it. Returns true if
   * categories, locations or renderings have changed.
   */
  renewIfRemembered(used: Provider, signal?: AbortSignal): Promise<boolean>
  /**
   * Drops the model, because it has changed at the provider. The next operation of this process or another fetches it
   * again.
   */
  forget(): Promise<void>
  /** Uses another rendering from now on, also in later processes. Has no effect if the caller set the rendering. */
  learn(change: Partial<Pick<ProviderNotes, 'read' | 'write'>>): Promise<void>
}

/** The settings of the caller that decide how the provider is used. */
type ProviderChoices = Pick<ClientSettings, 'mediaType' | 'provider' | 'memory'>

/** Where the model comes from: from memory if possible, or in any case from the provider. */
type LoadMode = 'use-memory' | 'refresh'

/** Creates the source of the provider at this endpoint. Nothing is sent before its first use. */
export function providerSource(connection: ClientConnection, choices: ProviderChoices): ProviderSource {
  const chosenProfile = choices.provider === undefined ? undefined : profileNamed(choices.provider)
  /** The latest attempt to load the provider; undefined before the first, and after a failed one. */
  let loading: Promise<Provider> | undefined
  /** The result of `loading`, as soon as it is available. */
  let loaded: Provider | undefined
  /** The notes from which the latest provider was built. */
  let notes: ProviderNotes | undefined
  let startedFromMemory: boolean | undefined
  let renewal: Promise<boolean> | undefined

  /** Returns undefined if the notes contain no usable model. */
  const providerFrom = (source: ProviderNotes, remembered: boolean): Provider | undefined => {
    const categories = categoriesFromJson(source.categories)
    if (categories === undefined) return undefined
    notes = source
    startedFromMemory ??= remembered
    return buildProvider(connection.endpoint, source, categories, {
      chosenProfile,
      mediaType: choices.mediaType,
      remembered,
    })
  }

  async function load(signal: AbortSignal | undefined, mode: LoadMode): Promise<Provider> {
    const cached = mode === 'refresh' ? undefined : await loadNotes(choices.memory)
    // A time of fetching in the future means that the clock was set back.
    if (cached !== undefined && Math.abs(connection.clock.now() - (cached.fetched ?? 0)) < timeToLive) {
      const rememberedProvider = providerFrom(cached, true)
      if (rememberedProvider !== undefined) return rememberedProvider
    }
    const fetched = await fetchNotes(connection, { ...choices, chosenProfile, cached, signal })
    const provider = providerFrom(fetched, false)
    if (provider === undefined) throw new ProtocolError('The model of the provider is malformed')
    await saveNotes(choices.memory, fetched)
    return provider
  }

  function startLoading(signal: AbortSignal | undefined, mode: LoadMode): Promise<Provider> {
    const started = load(signal, mode)
    loading = started
    loaded = undefined
    started.then(
      (provider) => {
        if (loading === started) loaded = provider
      },
      // A failure is not kept: the next operation may succeed.
      () => {
        if (loading === started) loading = undefined
      },
    )
    return started
  }

  return {
    async get(signal) {
      connection.closing.throwIfAborted()
      while (loaded === undefined && loading !== undefined) {
        try {
          return await untilAborted(loading, signal)
        } catch (error) {
          // If only the operation that began to fetch the model was interrupted, this one tries again.
          if (!isInterruption(error) || signal?.aborted || connection.closing.aborted) throw error
        }
      }
      return loaded ?? startLoading(signal, 'use-memory')
    },
    refresh: (signal) => startLoading(signal, 'refresh'),
    async recheck(signal) {
      const current = await loading
      if (current === undefined || startedFromMemory !== true) return false
      startedFromMemory = false
      if (current.remembered) await startLoading(signal, 'refresh')
      return true
    },
    renewIfRemembered(used, signal) {
      if (!used.remembered) return Promise.resolve(false)
      renewal ??= (async () => {
        const previousNotes = notes
        await startLoading(signal, 'refresh')
        return previousNotes === undefined || notes === undefined || hasChanged(previousNotes, notes)
      })()
      return renewal
    },
    async forget() {
      loading = undefined
      loaded = undefined
      const savedNotes = notes ?? (await loadNotes(choices.memory))
      // The time 0 makes the model count as expired.
      if (savedNotes !== undefined) await saveNotes(choices.memory, { ...savedNotes, fetched: 0 })
    },
    async learn(change) {
      if (notes === undefined || choices.mediaType !== undefined) return
      const changedNotes = { ...notes, ...change }
      const provider = providerFrom(changedNotes, (await loading)?.remembered ?? true)
      if (provider === undefined) return
      loading = Promise.resolve(provider)
      loaded = provider
      await saveNotes(choices.memory, changedNotes)
    },
  }
}

/**
 * Waits for shared work until the signal is aborted. The work itself continues. Throws the error of an interruption.
 */
async function untilAborted<T>(shared: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return shared
  let release = () => {}
  const interruption = new Promise<never>((_, reject) => {
    const stop = () => reject(interruptionError(signal.reason, 'The request', { facts: { sent: 'no' } }))
    if (signal.aborted) stop()
    else release = onAbort(signal, stop)
  })
  try {
    return await Promise.race([shared, interruption])
  } finally {
    release()
  }
}

/** Whether anything that affects requests differs between the notes. */
function hasChanged(before: ProviderNotes, after: ProviderNotes): boolean {
  const relevantParts = ({ provider, queryPath, read, write, categories }: ProviderNotes) =>
    JSON.stringify([provider, queryPath, read, write, categories])
  return relevantParts(before) !== relevantParts(after)
}

/** Whether the client sends an id with an entity whose location it chooses. In JSON there is a member for it. */
export function sendsChosenId({ effects, write }: Provider): boolean {
  return effects.createId === 'client' || renderings[write].entities === 'typed'
}

/** Returns the kind whose collection contains a URL. */
export function kindAt({ kindLocations }: Provider, url: string): Kind | undefined {
  const key = locationKey(url)
  return kindLocations.find((entry) => key.startsWith(entry.key))?.kind
}

/**
 * Returns the rendering to request for the response to a write: that of the request, since servers mishandle mixed
 * ones. It is text/plain if the request is text/occi, in which errors have no message (ooi-3), or a list of locations.
 */
export function acceptFor(provider: Provider): Provider['write'] {
  const { carrier, entities } = renderings[provider.write]
  return carrier === 'headers' || entities === 'locations' ? 'text/plain' : provider.write
}

interface BuildOptions {
  /** The profile that the caller set. */
  readonly chosenProfile: ProviderProfile | undefined
  /** The rendering that the caller set. */
  readonly mediaType: RenderingName | undefined
  readonly remembered: boolean
}

function buildProvider(
  endpoint: Endpoint,
  notes: ProviderNotes,
  categories: readonly Category[],
  { chosenProfile, mediaType, remembered }: BuildOptions,
): Provider {
  const profile = chosenProfile ?? profileNamed(notes.provider ?? 'unknown')
  const effects = effectsOf(profile)
  const model = new Model(
    categories.map((category) => adaptDefinitions(withAbsoluteLocation(endpoint, category), effects)),
  )
  // A rendering that cannot express entities applies to listings only.
  const forEntities = mediaType !== undefined && isForListings(mediaType) ? undefined : mediaType
  // The JSON of OCCI 1.2 replaces rOCCI's; the media type is the same.
  const chosenRendering = forEntities === 'json-1.1' && effects.rocciJson === 'misread' ? 'json' : forEntities
  const write = chosenRendering ?? notes.write ?? profile.write
  return {
    model,
    profile,
    recognisedBy: chosenProfile === undefined ? (notes.recognisedBy ?? 'memory') : '--provider',
    effects,
    read: chosenRendering ?? notes.read ?? profile.read,
    write: write === 'text/plain' && effects.requests === 'headers' ? 'text/occi' : write,
    listing: mediaType ?? effects.listing,
    queryUrl: endpoint.url + (notes.queryPath ?? queryPaths[0]),
    server: notes.server,
    versions: notes.versions ?? [],
    remembered,
    kindLocations: kindLocationsOf(model),
  }
}

function kindLocationsOf(model: Model): Provider['kindLocations'] {
  const kindLocations = []
  for (const kind of model.kinds) {
    if (kind.location === undefined) continue
    kindLocations.push({ key: `${locationKey(kind.location)}/`, kind })
  }
  return kindLocations.sort((a, b) => b.key.length - a.key.length)
}

/** Makes the location of a category absolute, and removes one that is not usable. */
function withAbsoluteLocation(endpoint: Endpoint, category: Category): Category {
  if (category.class === 'action' || category.location === undefined) return category
  const resolved = resolveLocation(endpoint, category.location)
  if (resolved !== undefined) return { ...category, location: resolved.url }
  const { location: _, ...withoutLocation } = category
  return withoutLocation
}

/** Adapts the attributes of a category to what this provider really reads: names, units and types. */
function adaptDefinitions(category: Category, effects: Effects): Category {
  const attributes = new Map<string, AttributeDefinition>()
  for (const [advertisedName, definition] of category.attributes) {
    const readName = effects.attributeNames[advertisedName]
    if (readName === undefined) {
      attributes.set(advertisedName, adaptDefinition(definition, effects))
      continue
    }
    // Users may give either name. Only the name that the provider reads can be required, since it is what is sent.
    if (!category.attributes.has(readName))
      attributes.set(readName, adaptDefinition({ ...definition, name: readName }, effects))
    attributes.set(advertisedName, { ...adaptDefinition(definition, effects), required: false })
  }
  return { ...category, attributes: makePrintable(attributes) }
}

/** Adapts one definition: erocci's enumerations have no type, memory is in GiB, and required may mean nothing. */
function adaptDefinition(definition: AttributeDefinition, effects: Effects): AttributeDefinition {
  const { type, default: defaultValue, ...otherMembers } = definition
  const isEnumeration = effects.arrayTypes === 'enums' && type === 'array'
  const isInMebibytes = effects.memoryUnit === 'MiB' && definition.name === 'occi.compute.memory'
  const standardDefault =
    isInMebibytes && typeof defaultValue === 'number' ? defaultValue / 1024 : defaultValue
  return {
    ...otherMembers,
    ...(effects.requiredAttributes === 'ignored' ? { required: false } : {}),
    ...(type === undefined || isEnumeration ? {} : { type }),
    ...omitUndefined({ default: standardDefault }),
  }
}

/**
 * Paths of the query interface, relative to the endpoint. `/-/` is mandatory. The well-known path is an alias, and the
 * only path in some builds of erocci (E1).
 */
const queryPaths = ['-/', '.well-known/org/ogf/occi/-/'] as const

interface FetchOptions extends ProviderChoices {
  readonly chosenProfile: ProviderProfile | undefined
  readonly cached: ProviderNotes | undefined
  readonly signal: AbortSignal | undefined
}

/** The query interface as it was read. */
interface QueryInterface {
  /** One of `queryPaths`. */
  readonly path: string
  readonly response: HttpResponse
  readonly categories: readonly Category[]
  /** The rendering that was requested. */
  readonly accept: RenderingName
}

/** Fetches the query interface and recognises the software. Throws the most informative refusal. */
async function fetchNotes(connection: ClientConnection, options: FetchOptions): Promise<ProviderNotes> {
  const validated = await validateCached(connection, options)
  if (validated !== undefined) return validated
  const first = await findQueryInterface(connection, renderingsToTry(options), options.signal)
  const notes = notesFrom(connection, first, options)
  const better = betterModelRendering(options, notes, first)
  if (better === undefined) return notes
  try {
    const second = await findQueryInterface(connection, [better], options.signal, [first.path])
    return notesFrom(connection, second, options)
  } catch (error) {
    if (!isUnusableResponse(error)) throw error
    return notes
  }
}

/**
 * Validates cached notes by their ETag (RFC 9110 §13.1.2). Undefined if there is none, or if the request is refused.
 */
async function validateCached(
  connection: ClientConnection,
  options: FetchOptions,
): Promise<ProviderNotes | undefined> {
  const { cached, signal } = options
  if (cached?.etag === undefined || cached.queryPath === undefined || cached.model === undefined)
    return undefined
  const { etag, queryPath, model } = cached
  const request: ClientRequest = {
    method: 'GET',
    url: connection.endpoint.url + queryPath,
    accept: model,
    headers: [['If-None-Match', etag]],
    signal,
  }
  const response = await send(connection, request)
  if (response.status === 304) return { ...cached, fetched: connection.clock.now() }
  if (!isSuccess(response)) return undefined
  const { categories } = read(connection, request, response, 'model')
  if (categories.length === 0) return undefined
  return notesFrom(connection, { path: queryPath, response, categories, accept: model }, options)
}

/**
 * Returns the renderings of the query interface to request, one after the other. JSON contains types and defaults,
 * which text cannot express; text follows for providers without JSON.
 */
function renderingsToTry({ mediaType, chosenProfile, cached }: FetchOptions): readonly RenderingName[] {
  // A whole model in headers breaks proxies and clients (Q2, ooi-23), so a body is requested first.
  if (mediaType !== undefined && renderings[mediaType].carrier === 'headers') return ['text/plain', mediaType]
  if (mediaType !== undefined && !isForListings(mediaType)) return [mediaType]
  const first = chosenProfile?.model ?? cached?.model ?? 'json'
  return first === 'text/plain' ? [first] : [first, 'text/plain']
}

/**
 * Returns text/plain if the provider's model is more complete in it than in the JSON that was read first: by its
 * profile, or because the JSON is that of pyssf (Q42).
 */
function betterModelRendering(
  { mediaType, chosenProfile }: FetchOptions,
  notes: ProviderNotes,
  first: QueryInterface,
): RenderingName | undefined {
  if (mediaType !== undefined || first.accept === 'text/plain') return undefined
  const dialect = jsonDialect(first.response.body)
  if (dialect === undefined) return undefined
  const { model } = chosenProfile ?? profileNamed(notes.provider ?? 'unknown')
  return model === 'text/plain' || dialect === 'other' ? 'text/plain' : undefined
}

function notesFrom(
  connection: ClientConnection,
  queryInterface: QueryInterface,
  { chosenProfile }: FetchOptions,
): ProviderNotes {
  const { response, categories, path, accept } = queryInterface
  const recognised = recognise({ headers: response.headers, categories })
  const profile = chosenProfile ?? recognised.profile
  const etag = headerValue(response.headers, 'etag')
  const servers = headerValues(response.headers, 'server')
  return {
    version: 1,
    categories: categoriesToJson(categories),
    ...omitUndefined({ etag }),
    fetched: connection.clock.now(),
    provider: recognised.profile.name,
    recognisedBy: recognised.by,
    queryPath: path,
    model: accept,
    ...entityRenderings(profile, queryInterface),
    ...(servers.length === 0 ? {} : { server: servers.join(', ').slice(0, 300) }),
    versions: versionsIn(servers),
  }
}

/**
 * Returns the renderings for entities. A provider that has no JSON for its model has none for entities. The renderings
 * of an unknown provider follow from the JSON dialect of its model.
 */
function entityRenderings(
  profile: ProviderProfile,
  { response, accept }: QueryInterface,
): Pick<ProviderNotes, 'read' | 'write'> {
  const text = 'text/plain'
  if (accept === text && profile.model !== text) {
    return { read: text, write: renderings[profile.write].entities === 'typed' ? text : profile.write }
  }
  if (profile.name !== 'unknown') return { read: profile.read, write: profile.write }
  const dialect: JsonDialect | undefined = jsonDialect(response.body)
  if (dialect === 'json') return { read: 'json', write: 'json' }
  return dialect === 'json-1.1' ? { read: 'json-1.1', write: text } : { read: text, write: text }
}

/** Whether a rendering can express only locations (text/uri-list). */
function isForListings(name: RenderingName): boolean {
  return renderings[name].entities === 'locations'
}

/** Tries the paths in each of the renderings until one has categories. Throws the most informative refusal. */
async function findQueryInterface(
  connection: ClientConnection,
  accepts: readonly RenderingName[],
  signal: AbortSignal | undefined,
  paths: readonly string[] = queryPaths,
): Promise<QueryInterface> {
  let failure: OcciError | undefined
  for (const path of paths) {
    for (const accept of accepts) {
      const request: ClientRequest = { method: 'GET', url: connection.endpoint.url + path, accept, signal }
      const response = await send(connection, request)
      if (isSuccess(response)) {
        const categories = categoriesIn(connection, request, response)
        if (!(categories instanceof OcciError)) return { path, response, categories, accept }
        failure = categories
        continue
      }
      const refused = refusal(request, response, connection.credentials)
      // A 401 or 403 shows that the path is right.
      if (response.status === 401 || response.status === 403) throw refused
      failure = moreInformativeError(failure, refused)
      if (response.status === 404 || response.status === 410) break
    }
  }
  throw noQueryInterface(connection.endpoint, failure)
}

/** Returns the categories in a response, or the error if it is not a query interface. */
function categoriesIn(
  connection: ClientConnection,
  request: ClientRequest,
  response: HttpResponse,
): readonly Category[] | OcciError {
  try {
    const parsed = read(connection, request, response, 'model')
    if (parsed.categories.length > 0) return parsed.categories
    const type = headerValue(response.headers, 'content-type')
    return new ProtocolError(`The answer contains no OCCI category (${type ?? 'no Content-Type'})`)
  } catch (error) {
    if (!isUnusableResponse(error)) throw error
    return error
  }
}

/**
 * Keeps the first error unless it is a 404: the refusal of one path is more informative than the absence of another.
 */
function moreInformativeError(first: OcciError | undefined, second: OcciError): OcciError {
  return first === undefined || first instanceof NotFoundError ? second : first
}

function noQueryInterface({ url }: Endpoint, failure: OcciError | undefined): OcciError {
  const hint = 'Check the endpoint: it is the URL under which /-/ lies, often with a port or a path.'
  const { http } = failure ?? {}
  const details = { hint, cause: failure, ...omitUndefined({ http }) }
  if (failure instanceof NotFoundError)
    return new NotFoundError(`There is no OCCI provider at ${url}`, details)
  if (failure instanceof ProtocolError) {
    return new ProtocolError(`${url} is not an OCCI provider: ${failure.message}`, details)
  }
  return failure ?? new ProtocolError(`${url} is not an OCCI provider`, details)
}

/** Returns the OCCI versions that Server headers name: `OCCI/1.2`. */
function versionsIn(servers: readonly string[]): readonly string[] {
  const versions = new Set<string>()
  for (const server of servers) {
    for (const match of server.slice(0, 1000).matchAll(/\bOCCI\/(\d{1,3}\.\d{1,3})\b/g))
      if (match[1]) versions.add(match[1])
  }
  return [...versions]
}
