/** Lists the locations of a collection, in the rendering and the pages that the provider requires. */
import { type Batched, fromBatches } from '../../basics/batched.js'
import { type HeaderPair, headerValue, headerValues } from '../../basics/http.js'
import { ProtocolError } from '../../errors/errors.js'
import { termOf } from '../../model/index.js'
import { locationReader, type Parsed } from '../../rendering/index.js'
import type { HttpResponse, StreamedResponse } from '../../transport/index.js'
import { mediaTypeOf } from '../codec.js'
import { locationOf } from '../entities.js'
import { refusal } from '../errors.js'
import { type ClientRequest, isSuccess, type ParsedResponse, read, unreadableResponse } from '../exchange.js'
import { filterContent } from '../filter.js'
import { getWithFallback } from '../get-with-fallback.js'
import { resolveLocation } from '../locations.js'
import { effectivePageSize, paged } from '../pages.js'
import type { Provider } from '../provider.js'
import type { Session } from '../session.js'
import { hasLocation, readWhole, sendStreamed } from '../streamed-response.js'
import { type ListingOptions, notePartialListing, type UnreadPart, unreadPartsOf } from '../unread.js'
import { normalizationContext } from './describe.js'

/** Items as they arrive, several at a time. */
export type Batches<T> = AsyncGenerator<readonly T[], void, undefined>

/** Yields the absolute URLs of a collection's members as they arrive. */
export function locationsAt(
  session: Session,
  provider: Provider,
  url: string,
  options: ListingOptions,
): Batched<string> {
  return fromBatches(() => locationBatchesAt(session, provider, url, options))
}

/** Yields the locations of a collection in batches. Adds the parts that cannot be read to `options.unread`. */
export async function* locationBatchesAt(
  session: Session,
  provider: Provider,
  url: string,
  options: ListingOptions,
): Batches<string> {
  const size = effectivePageSize(provider, options)
  if (size === undefined) {
    const visited = new Set<string>()
    let page: string | undefined = url
    while (page !== undefined && !visited.has(page)) {
      visited.add(page)
      page = yield* streamLocations(session, provider, page, options)
    }
    return
  }
  const locations = paged(
    provider,
    url,
    options,
    async (page) => {
      const members: string[] = []
      for await (const batch of streamLocations(session, provider, page, options)) members.push(...batch)
      return { members }
    },
    (location) => location,
  )
  for await (const location of locations) yield [location]
}

/**
 * Requests one page and yields the locations in each chunk of the response, so that memory stays bounded. Returns the
 * URL of the next page, if the response has one.
 */
async function* streamLocations(
  session: Session,
  provider: Provider,
  url: string,
  options: ListingOptions,
): AsyncGenerator<readonly string[], string | undefined, undefined> {
  const { signal, filter, unread } = options
  const accept = provider.listing
  const request: ClientRequest = { method: 'GET', url, accept, signal, ...filterContent(provider, filter) }
  const { response: streamed, start } = await sendStreamed(session, request)
  if (isSuccess(streamed) && isListing(streamed, start)) {
    const reader = locationReader({ recover: true, limits: { lineLength: 1024 * 1024 } })
    const withoutRepetitions = createDeduplicator(session, url, unread)
    let hasAny = false
    for await (const chunk of streamed.chunks) {
      const batch = withoutRepetitions(reader.push(chunk))
      hasAny ||= batch.length > 0
      yield* nonEmpty(batch)
    }
    const last = withoutRepetitions(reader.end())
    yield* nonEmpty(last)
    for (const deviation of reader.deviations) session.onDeviation(deviation, request)
    const lost = unreadPartsOf(reader, request)
    if (lost.length > 0 && !hasAny && last.length === 0) throw unreadableResponse(request, streamed, reader)
    unread.push(...lost)
    notePartialListing(unread, request, streamed)
    return nextPage(session, streamed.headers)
  }
  const response = await readWhole(streamed)
  if (isSuccess(response)) {
    const parsed = read(session, request, response, 'collection')
    yield* nonEmpty(locationsFrom(session, provider, url, parsed, options))
    notePartialListing(unread, request, response, parsed.error?.message)
    return nextPage(session, response.headers)
  }
  const fallback =
    accept === provider.read
      ? undefined
      : await retryWithEntities(session, { ...request, accept: provider.read }, response)
  if (fallback === undefined) throw refusal(request, response, session.credentials)
  yield* nonEmpty(locationsFrom(session, provider, url, fallback.parsed, options))
  notePartialListing(unread, request, fallback.response, fallback.parsed.error?.message)
  return nextPage(session, fallback.response.headers)
}

/** Returns the URL of the next page by `Link: <…>; rel="next"` (RFC 8288). */
export function nextPage({ endpoint }: Session, headers: readonly HeaderPair[]): string | undefined {
  for (const value of headerValues(headers, 'link')) {
    if (value.length > 8192) continue
    const end = value.indexOf('>')
    if (!value.startsWith('<') || end < 0 || !/;\s*rel="?next\b/.test(value.slice(end))) continue
    return resolveLocation(endpoint, value.slice(1, end))?.url
  }
  return undefined
}

/**
 * Returns a function that makes locations absolute and removes immediate repetitions: some servers list a link once for
 * each of its ends (E26).
 */
function createDeduplicator(session: Session, url: string, unread: UnreadPart[]) {
  let last = ''
  return (locations: readonly string[]): readonly string[] => {
    const newLocations: string[] = []
    for (const location of toAbsoluteLocations(session, locations, url, unread)) {
      if (location !== last) newLocations.push(location)
      last = location
    }
    return newLocations
  }
}

/** Returns the batch for `yield*`, or nothing if it is empty. */
function nonEmpty<T>(batch: readonly T[]): readonly (readonly T[])[] {
  return batch.length === 0 ? [] : [batch]
}

/** Requests a listing in the rendering of entities after its refusal as uri-list; undefined if that would not help. */
async function retryWithEntities(
  session: Session,
  request: ClientRequest,
  { status }: HttpResponse,
): Promise<ParsedResponse | undefined> {
  if (![400, 405, 406, 415, 500, 501].includes(status)) return undefined
  return getWithFallback(session, request, 'collection')
}

/** Returns the locations in a response that was read whole, also those of rendered entities. */
function locationsFrom(
  session: Session,
  provider: Provider,
  url: string,
  parsed: Parsed,
  options: ListingOptions,
): readonly string[] {
  const { unread } = options
  unread.push(...unreadPartsOf(parsed, { url }, effectivePageSize(provider, options)))
  const locations = [...toAbsoluteLocations(session, parsed.locations, url, unread)]
  const context = normalizationContext(session, provider, 'GET', url)
  for (const entity of parsed.entities) {
    const location = locationOf(entity, context)
    if (location !== undefined) locations.push(location)
    else if (locations.length === 0 || parsed.locations.length === 0) {
      unread.push({
        target: entity.title ?? entity.id ?? termOf(entity.kind),
        error: new ProtocolError('The listing does not contain its location.', {
          http: { method: 'GET', url },
        }),
      })
    }
  }
  return [...new Set(locations)]
}

/** Makes locations absolute. Adds those that cannot be requested to `unread`. */
export function toAbsoluteLocations(
  session: Session,
  locations: readonly string[],
  url: string,
  unread: UnreadPart[],
): readonly string[] {
  return locations.flatMap((location) => {
    const resolved = resolveLocation(session.endpoint, location)
    if (resolved?.deviation) session.onDeviation(resolved.deviation, { method: 'GET', url })
    if (resolved === undefined) {
      unread.push({
        target: location.slice(0, 200),
        error: new ProtocolError('The listing contains a location that cannot be requested.', {
          http: { method: 'GET', url },
        }),
      })
    }
    return resolved?.url ?? []
  })
}

/**
 * Whether a response can be read line by line: a uri-list, or text that begins as a listing. Its headers must not
 * contain locations as well.
 */
function isListing({ headers, status }: StreamedResponse, start: string): boolean {
  if (status === 204 || hasLocation(headers)) return false
  const type = headerValue(headers, 'content-type')?.trim().toLowerCase() ?? ''
  if (type.startsWith(mediaTypeOf('text/uri-list'))) return true
  return type.startsWith(mediaTypeOf('text/plain')) && /^\s{0,16}x-occi-location:/i.test(start)
}
