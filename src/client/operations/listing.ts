/** Lists the locations of a collection as uri-list or text, page by page where the provider requires it. */
import { type Batched, batched } from '../../basics/batched.js'
import { type HeaderPair, headerValue, headerValues } from '../../basics/http.js'
import { ProtocolError } from '../../errors/errors.js'
import { termOf } from '../../model/index.js'
import { locationReader, type Parsed } from '../../rendering/index.js'
import type { HttpResponse, StreamedResponse } from '../../transport/index.js'
import { mediaTypeOf } from '../codec.js'
import { locationOf } from '../entities.js'
import { refusal } from '../errors.js'
import { type Ask, isSuccess, notUnderstood, read } from '../exchange.js'
import { withFilter } from '../filter.js'
import { resolveLocation } from '../locations.js'
import { paged, pagesBy } from '../pages.js'
import type { Provider } from '../provider.js'
import { askSafely } from '../safe-exchange.js'
import type { Session } from '../session.js'
import { hasLocation, sendArriving, whole } from '../streamed-answer.js'
import { lossesOf, noteLeftOut, type Unread, type Walk } from '../unread.js'
import { normalization } from './describe.js'

export type Batches<T> = AsyncGenerator<readonly T[], void, undefined>

/** Yields absolute URLs of a collection's members while they arrive. */
export function locationsAt(session: Session, provider: Provider, url: string, walk: Walk): Batched<string> {
  return batched(() => batchesAt(session, provider, url, walk))
}

export async function* batchesAt(
  session: Session,
  provider: Provider,
  url: string,
  options: Walk,
): Batches<string> {
  const size = pagesBy(provider, options)
  if (size === undefined) {
    const visited = new Set<string>()
    let page: string | undefined = url
    while (page !== undefined && !visited.has(page)) {
      visited.add(page)
      page = yield* streamed(session, provider, page, options)
    }
    return
  }
  const found = paged(
    provider,
    url,
    options,
    async (page) => {
      const members: string[] = []
      for await (const batch of streamed(session, provider, page, options)) members.push(...batch)
      return { members }
    },
    (location) => location,
  )
  for await (const location of found) yield [location]
}

/** Yields the locations of each chunk of the response, which bounds memory. Returns the next page. */
async function* streamed(
  session: Session,
  provider: Provider,
  url: string,
  walk: Walk,
): AsyncGenerator<readonly string[], string | undefined, undefined> {
  const { signal, filter, unread } = walk
  const accept = provider.listing
  const request: Ask = { method: 'GET', url, accept, signal, ...withFilter(provider, filter) }
  const { answer, start } = await sendArriving(session, request)
  if (isSuccess(answer) && isListing(answer, start)) {
    const reader = locationReader({ recover: true, limits: { lineLength: 1024 * 1024 } })
    const fresh = freshAmong(session, url, unread)
    let some = false
    for await (const chunk of answer.chunks) {
      const found = fresh(reader.push(chunk))
      some ||= found.length > 0
      yield* unlessEmpty(found)
    }
    const last = fresh(reader.end())
    yield* unlessEmpty(last)
    for (const deviation of reader.deviations) session.onDeviation(deviation, request)
    const lost = lossesOf(reader, request)
    if (lost.length > 0 && !some && last.length === 0) throw notUnderstood(request, answer, reader)
    unread.push(...lost)
    noteLeftOut(unread, request, answer)
    return nextPage(session, answer.headers)
  }
  const response = await whole(answer)
  if (isSuccess(response)) {
    const parsed = read(session, request, response, 'collection')
    yield* unlessEmpty(listed(session, provider, url, parsed, walk))
    noteLeftOut(unread, request, response, parsed.error?.message)
    return nextPage(session, response.headers)
  }
  const again =
    accept === provider.read
      ? undefined
      : await insteadOf(session, { ...request, accept: provider.read }, response)
  if (again === undefined) throw refusal(request, response, session.credentials)
  yield* unlessEmpty(listed(session, provider, url, again, walk))
  return undefined
}

/** The next page by `Link: <…>; rel="next"` (RFC 8288). */
export function nextPage({ endpoint }: Session, headers: readonly HeaderPair[]): string | undefined {
  for (const value of headerValues(headers, 'link')) {
    if (value.length > 8192) continue
    const end = value.indexOf('>')
    if (!value.startsWith('<') || end < 0 || !/;\s*rel="?next\b/.test(value.slice(end))) continue
    return resolveLocation(endpoint, value.slice(1, end))?.url
  }
  return undefined
}

/** Makes locations absolute and removes immediate repetitions: some servers list a link once per end. */
function freshAmong(session: Session, url: string, unread: Unread[]) {
  let last = ''
  return (found: readonly string[]): readonly string[] => {
    const fresh: string[] = []
    for (const location of absolute(session, found, url, unread)) {
      if (location !== last) fresh.push(location)
      last = location
    }
    return fresh
  }
}

function unlessEmpty<T>(batch: readonly T[]): readonly (readonly T[])[] {
  return batch.length === 0 ? [] : [batch]
}

/** Requests a listing that is refused as uri-list in the rendering of entities. */
async function insteadOf(
  session: Session,
  request: Ask,
  { status }: HttpResponse,
): Promise<Parsed | undefined> {
  if (![400, 405, 406, 415, 500, 501].includes(status)) return undefined
  const { parsed } = await askSafely(session, request, 'collection')
  return parsed
}

function listed(
  session: Session,
  provider: Provider,
  url: string,
  parsed: Parsed,
  walk: Walk,
): readonly string[] {
  const { unread } = walk
  unread.push(...lossesOf(parsed, { url }, pagesBy(provider, walk)))
  const locations = [...absolute(session, parsed.locations, url, unread)]
  const context = normalization(session, provider, 'GET', url)
  for (const entity of parsed.entities) {
    const location = locationOf(entity, context)
    if (location !== undefined) locations.push(location)
    else if (locations.length === 0 || parsed.locations.length === 0) {
      unread.push({
        target: entity.title ?? entity.id ?? termOf(entity.kind),
        error: new ProtocolError('The listing does not say where it is.', { http: { method: 'GET', url } }),
      })
    }
  }
  return [...new Set(locations)]
}

export function absolute(
  session: Session,
  found: readonly string[],
  url: string,
  unread: Unread[],
): readonly string[] {
  return found.flatMap((location) => {
    const resolved = resolveLocation(session.endpoint, location)
    if (resolved?.deviation) session.onDeviation(resolved.deviation, { method: 'GET', url })
    if (resolved === undefined) {
      unread.push({
        target: location.slice(0, 200),
        error: new ProtocolError('The listing names a location that cannot be asked.', {
          http: { method: 'GET', url },
        }),
      })
    }
    return resolved?.url ?? []
  })
}

/**
 * Whether a response can be read line by line: a uri-list, or text that begins as a listing, without data in
 * headers.
 */
function isListing({ headers, status }: StreamedResponse, start: string): boolean {
  if (status === 204 || hasLocation(headers)) return false
  const type = headerValue(headers, 'content-type')?.trim().toLowerCase() ?? ''
  if (type.startsWith(mediaTypeOf('text/uri-list'))) return true
  return type.startsWith(mediaTypeOf('text/plain')) && /^\s{0,16}x-occi-location:/i.test(start)
}
