/** The provider at the endpoint: its model, its software, and how to communicate with it. */
import { headerValue, headerValues } from '../basics/http.js'
import { printable } from '../basics/json.js'
import { omitUndefined } from '../basics/objects.js'
import { onAbort } from '../basics/signals.js'
import { NotFoundError, OcciError, ProtocolError } from '../errors/errors.js'
import { interrupted, isInterruption } from '../errors/interruption.js'
import { type AttributeDefinition, type Category, type Kind, Model } from '../model/index.js'
import { type RenderingName, renderings } from '../rendering/index.js'
import type { HttpResponse } from '../transport/index.js'
import { type JsonDialect, jsonDialect } from './codec.js'
import { isUnusableResponse, refusal } from './errors.js'
import { type ClientConnection, type ClientRequest, isSuccess, read, send } from './exchange.js'
import { type Endpoint, locationKey, resolveLocation } from './locations.js'
import { categoriesFromJson, categoriesToJson, loadNotes, remember, timeToLive } from './memory.js'
import { effectsOf } from './quirks/effects.js'
import { profileNamed, recognise } from './quirks/recognise.js'
import type { Effects, ProviderProfile } from './quirks/types.js'
import type { ClientSettings, ProviderNotes } from './types.js'

export interface Provider {
  /** Locations are absolute URLs below the endpoint. */
  readonly model: Model
  readonly profile: ProviderProfile
  readonly recognisedBy: string
  readonly effects: Effects
  readonly read: RenderingName
  readonly write: RenderingName
  /** The rendering for listings of locations. */
  readonly listing: RenderingName
  readonly queryUrl: string
  readonly server: string | undefined
  readonly versions: readonly string[]
  /** Whether the model was remembered, so that newer categories may be missing. */
  readonly remembered: boolean
  /** Kinds by location, the longest first: `/network/interface/` lies under `/network/` (pyssf). */
  readonly kindLocations: readonly { readonly key: string; readonly kind: Kind }[]
}

export interface ProviderSource {
  get(signal?: AbortSignal): Promise<Provider>
  /** Fetches the model even if one is cached. */
  refresh(signal?: AbortSignal): Promise<Provider>
  /**
   * Fetches the model if decisions so far are based on a remembered one. Returns true, once, when there
   * is a newer model than the one used.
   */
  recheck(signal?: AbortSignal): Promise<boolean>
  /**
   * Fetches the model if `used` is a remembered one, once for all operations that used it. Returns true
   * when categories, locations or renderings have changed.
   */
  renewIfRemembered(used: Provider, signal?: AbortSignal): Promise<boolean>
  /**
   * Drops the model, which has changed at the provider. It is fetched when it is needed again, by this
   * process or another.
   */
  forget(): Promise<void>
  learn(change: Partial<Pick<ProviderNotes, 'read' | 'write'>>): Promise<void>
}

type ProviderChoices = Pick<ClientSettings, 'mediaType' | 'provider' | 'memory'>

export function providerSource(connection: ClientConnection, choices: ProviderChoices): ProviderSource {
  const fixed = choices.provider === undefined ? undefined : profileNamed(choices.provider)
  let current: Promise<Provider> | undefined
  /** The result of `current`, once it is loaded. */
  let loaded: Provider | undefined
  let notes: ProviderNotes | undefined
  let startedFromMemory: boolean | undefined
  let renewal: Promise<boolean> | undefined

  const build = (from: ProviderNotes, remembered: boolean): Provider | undefined => {
    const categories = categoriesFromJson(from.categories)
    if (categories === undefined) return undefined
    notes = from
    startedFromMemory ??= remembered
    return provider(connection.endpoint, from, categories, {
      fixed,
      mediaType: choices.mediaType,
      remembered,
    })
  }

  async function load(signal: AbortSignal | undefined, mode: 'use-memory' | 'refresh'): Promise<Provider> {
    const cached = mode === 'refresh' ? undefined : await loadNotes(choices.memory)
    // A time of fetching in the future means that the clock was set back.
    if (cached !== undefined && Math.abs(connection.clock.now() - (cached.fetched ?? 0)) < timeToLive) {
      const found = build(cached, true)
      if (found !== undefined) return found
    }
    const fetched = await fetchNotes(connection, { ...choices, fixed, cached, signal })
    const found = build(fetched, false)
    if (found === undefined) throw new ProtocolError('The model of the provider is malformed')
    await remember(choices.memory, fetched)
    return found
  }

  function start(signal: AbortSignal | undefined, mode: 'use-memory' | 'refresh'): Promise<Provider> {
    const started = load(signal, mode)
    current = started
    loaded = undefined
    started.then(
      (found) => {
        if (current === started) loaded = found
      },
      // A failure is not cached: the next operation may succeed.
      () => {
        if (current === started) current = undefined
      },
    )
    return started
  }

  return {
    async get(signal) {
      connection.closing.throwIfAborted()
      while (loaded === undefined && current !== undefined) {
        try {
          return await untilAborted(current, signal)
        } catch (error) {
          // The operation that began to fetch the model was interrupted, and this one was not.
          if (!isInterruption(error) || signal?.aborted || connection.closing.aborted) throw error
        }
      }
      return loaded ?? start(signal, 'use-memory')
    },
    refresh: (signal) => start(signal, 'refresh'),
    async recheck(signal) {
      const before = await current
      if (before === undefined || startedFromMemory !== true) return false
      startedFromMemory = false
      if (before.remembered) await start(signal, 'refresh')
      return true
    },
    renewIfRemembered(used, signal) {
      if (!used.remembered) return Promise.resolve(false)
      renewal ??= (async () => {
        const before = notes
        await start(signal, 'refresh')
        return before === undefined || notes === undefined || hasChanged(before, notes)
      })()
      return renewal
    },
    async forget() {
      current = undefined
      loaded = undefined
      const known = notes ?? (await loadNotes(choices.memory))
      if (known !== undefined) await remember(choices.memory, { ...known, fetched: 0 })
    },
    async learn(change) {
      if (notes === undefined || choices.mediaType !== undefined) return
      const learnt = { ...notes, ...change }
      const found = build(learnt, (await current)?.remembered ?? true)
      if (found === undefined) return
      current = Promise.resolve(found)
      loaded = found
      await remember(choices.memory, learnt)
    },
  }
}

/** Waits for shared work until the signal is aborted; the work itself continues. */
async function untilAborted<T>(shared: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return shared
  let release = () => {}
  const interruption = new Promise<never>((_, reject) => {
    const stop = () => reject(interrupted(signal.reason, 'The request', { facts: { sent: 'no' } }))
    if (signal.aborted) stop()
    else release = onAbort(signal, stop)
  })
  try {
    return await Promise.race([shared, interruption])
  } finally {
    release()
  }
}

function hasChanged(before: ProviderNotes, after: ProviderNotes): boolean {
  const decisive = ({ provider, queryPath, read, write, categories }: ProviderNotes) =>
    JSON.stringify([provider, queryPath, read, write, categories])
  return decisive(before) !== decisive(after)
}

/** Whether the client sends an id with an entity whose location it chooses. Typed renderings have a member for it. */
export function sendsChosenId({ effects, write }: Provider): boolean {
  return effects.createId === 'client' || renderings[write].entities === 'typed'
}

/** The kind whose collection contains a URL. */
export function kindAt({ kindLocations }: Provider, url: string): Kind | undefined {
  const key = locationKey(url)
  return kindLocations.find((entry) => key.startsWith(entry.key))?.kind
}

/**
 * Requests a response in the family of the request: servers mishandle mixed renderings, and errors in
 * text/occi have no message (ooi-3).
 */
export function acceptFor(provider: Provider): Provider['write'] {
  const { carrier, entities } = renderings[provider.write]
  return carrier === 'headers' || entities === 'locations' ? 'text/plain' : provider.write
}

interface BuildOptions {
  readonly fixed: ProviderProfile | undefined
  readonly mediaType: RenderingName | undefined
  readonly remembered: boolean
}

function provider(
  endpoint: Endpoint,
  notes: ProviderNotes,
  categories: readonly Category[],
  { fixed, mediaType, remembered }: BuildOptions,
): Provider {
  const profile = fixed ?? profileNamed(notes.provider ?? 'unknown')
  const effects = effectsOf(profile)
  const model = new Model(
    categories.map((category) => adaptDefinitions(withAbsoluteLocation(endpoint, category), effects)),
  )
  // A rendering that cannot express entities applies to listings only.
  const usable = mediaType !== undefined && isForListings(mediaType) ? undefined : mediaType
  // Both dialects are application/occi+json.
  const chosen = usable === 'json-1.1' && effects.rocciJson === 'misread' ? 'json' : usable
  const write = chosen ?? notes.write ?? profile.write
  return {
    model,
    profile,
    recognisedBy: fixed === undefined ? (notes.recognisedBy ?? 'memory') : '--provider',
    effects,
    read: chosen ?? notes.read ?? profile.read,
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

function withAbsoluteLocation(endpoint: Endpoint, category: Category): Category {
  if (category.class === 'action' || category.location === undefined) return category
  const resolved = resolveLocation(endpoint, category.location)
  if (resolved !== undefined) return { ...category, location: resolved.url }
  const { location: _, ...rest } = category
  return rest
}

/** Adapts names, units and types of definitions to those of the values that are sent. */
function adaptDefinitions(category: Category, effects: Effects): Category {
  const attributes = new Map<string, AttributeDefinition>()
  for (const [advertised, definition] of category.attributes) {
    const name = effects.attributeNames[advertised]
    if (name === undefined) {
      attributes.set(advertised, inStandardTerms(definition, effects))
      continue
    }
    // Keeps the advertised name as optional, since users may give it; the name that is read is required.
    if (!category.attributes.has(name))
      attributes.set(name, inStandardTerms({ ...definition, name }, effects))
    attributes.set(advertised, { ...inStandardTerms(definition, effects), required: false })
  }
  return { ...category, attributes: printable(attributes) }
}

function inStandardTerms(definition: AttributeDefinition, effects: Effects): AttributeDefinition {
  const { type, default: defaultValue, ...rest } = definition
  const enumeration = effects.arrayTypes === 'enums' && type === 'array'
  const scaled =
    effects.memoryUnit === 'MiB' &&
    definition.name === 'occi.compute.memory' &&
    typeof defaultValue === 'number'
      ? defaultValue / 1024
      : defaultValue
  return {
    ...rest,
    ...(effects.required === 'ignored' ? { required: false } : {}),
    ...(type === undefined || enumeration ? {} : { type }),
    ...omitUndefined({ default: scaled }),
  }
}

/** `/-/` is mandatory; the other path is an alias, and the only one in some builds (E1). */
const queryPaths = ['-/', '.well-known/org/ogf/occi/-/'] as const

interface FetchOptions extends ProviderChoices {
  readonly fixed: ProviderProfile | undefined
  readonly cached: ProviderNotes | undefined
  readonly signal: AbortSignal | undefined
}

interface QueryInterface {
  readonly path: string
  readonly response: HttpResponse
  readonly categories: readonly Category[]
  readonly accept: RenderingName
}

/** Fetches the query interface and recognises the software. Throws the most informative refusal. */
async function fetchNotes(connection: ClientConnection, options: FetchOptions): Promise<ProviderNotes> {
  const { cached } = options
  if (cached?.etag !== undefined && cached.queryPath !== undefined && cached.model !== undefined) {
    const request: ClientRequest = {
      method: 'GET',
      url: connection.endpoint.url + cached.queryPath,
      accept: cached.model,
      headers: [['If-None-Match', cached.etag]],
      signal: options.signal,
    }
    const response = await send(connection, request)
    if (response.status === 304) return { ...cached, fetched: connection.clock.now() }
    if (isSuccess(response)) {
      const { categories } = read(connection, request, response, 'model')
      if (categories.length > 0) {
        return notesFrom(
          connection,
          { path: cached.queryPath, response, categories, accept: cached.model },
          options,
        )
      }
    }
  }
  const first = await findQueryInterface(connection, renderingsToTry(options), options.signal)
  const notes = notesFrom(connection, first, options)
  const better = betterModel(options, notes, first)
  if (better === undefined) return notes
  try {
    return notesFrom(
      connection,
      await findQueryInterface(connection, [better], options.signal, [first.path]),
      options,
    )
  } catch (error) {
    if (!isUnusableResponse(error)) throw error
    return notes
  }
}

/**
 * JSON carries types and defaults, which text cannot. Providers without JSON, or with an incomplete one, are
 * asked for text.
 */
function renderingsToTry({ mediaType, fixed, cached }: FetchOptions): readonly RenderingName[] {
  // A whole model in headers breaks proxies and clients (Q2, ooi-23), so a body is requested first.
  if (mediaType !== undefined && renderings[mediaType].carrier === 'headers') return ['text/plain', mediaType]
  if (mediaType !== undefined && !isForListings(mediaType)) return [mediaType]
  const first = fixed?.model ?? cached?.model ?? 'json'
  return first === 'text/plain' ? [first] : [first, 'text/plain']
}

function betterModel(
  { mediaType, fixed }: FetchOptions,
  notes: ProviderNotes,
  first: QueryInterface,
): RenderingName | undefined {
  if (mediaType !== undefined || first.accept === 'text/plain') return undefined
  const dialect = jsonDialect(first.response.body)
  if (dialect === undefined) return undefined
  const { model } = fixed ?? profileNamed(notes.provider ?? 'unknown')
  return model === 'text/plain' || dialect === 'other' ? 'text/plain' : undefined
}

function notesFrom(
  connection: ClientConnection,
  found: QueryInterface,
  { fixed }: FetchOptions,
): ProviderNotes {
  const { response, categories, path } = found
  const recognised = recognise({ headers: response.headers, categories })
  const profile = fixed ?? recognised.profile
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
    model: found.accept,
    ...renderingsToUse(profile, found),
    ...(servers.length === 0 ? {} : { server: servers.join(', ').slice(0, 300) }),
    versions: versionsIn(servers),
  }
}

/**
 * A provider without JSON for its model has none for entities. For an unknown provider, the dialect of its
 * model decides.
 */
function renderingsToUse(
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

function isForListings(name: RenderingName): boolean {
  return renderings[name].entities === 'locations'
}

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
        const found = categoriesIn(connection, request, response)
        if (!(found instanceof OcciError)) return { path, response, categories: found, accept }
        failure = found
        continue
      }
      const refused = refusal(request, response, connection.credentials)
      // A request for credentials shows that the path is right.
      if (response.status === 401 || response.status === 403) throw refused
      failure = moreInformative(failure, refused)
      if (response.status === 404 || response.status === 410) break
    }
  }
  throw noQueryInterface(connection.endpoint, failure)
}

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

/** A refusal of one path is more informative than the absence of the other. */
function moreInformative(before: OcciError | undefined, now: OcciError): OcciError {
  return before === undefined || before instanceof NotFoundError ? now : before
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

function versionsIn(servers: readonly string[]): readonly string[] {
  const found = new Set<string>()
  for (const server of servers) {
    for (const match of server.slice(0, 1000).matchAll(/\bOCCI\/(\d{1,3}\.\d{1,3})\b/g))
      if (match[1]) found.add(match[1])
  }
  return [...found]
}
