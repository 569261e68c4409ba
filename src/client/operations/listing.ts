/** Where the members of a collection are: as uri-list or as text, page by page where the provider wants it so. */
import { locationReader, type Parsed } from '../../rendering/index.js'
import { type HttpResponse, headerValue, type StreamedResponse } from '../../transport/index.js'
import { hasLocation, sendArriving, whole } from '../arriving.js'
import { type Batched, batched } from '../batched.js'
import { mediaTypeOf } from '../codec.js'
import { locationOf } from '../entities.js'
import { refusal } from '../errors.js'
import { type Ask, askSafely, isSuccess, read } from '../exchange.js'
import { withFilter } from '../filter.js'
import { resolveLocation } from '../locations.js'
import { paged } from '../pages.js'
import type { Provider } from '../provider.js'
import type { Session } from '../session.js'
import type { ListOptions } from '../types.js'
import { finishing } from './describe.js'

export type Batches<T> = AsyncGenerator<readonly T[], void, undefined>

/** Absolute URLs of a collection's members, as they arrive. */
export function locationsAt(
  session: Session,
  provider: Provider,
  url: string,
  options: ListOptions,
): Batched<string> {
  return batched(() => batchesAt(session, provider, url, options))
}

export async function* batchesAt(
  session: Session,
  provider: Provider,
  url: string,
  options: ListOptions,
): Batches<string> {
  const size = options.pageSize ?? provider.effects.pageSize
  if (size === undefined) {
    yield* streamed(session, provider, url, options)
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

/** The locations of each piece of the answer, so that long collections need no memory. */
async function* streamed(
  session: Session,
  provider: Provider,
  url: string,
  { signal, filter }: ListOptions,
): Batches<string> {
  const accept = provider.listing
  const request: Ask = { method: 'GET', url, accept, signal, ...withFilter(provider, filter) }
  const { answer, start } = await sendArriving(session, request)
  if (isSuccess(answer) && isListing(answer, start)) {
    const reader = locationReader({ limits: { lineLength: 1024 * 1024 } })
    const fresh = freshAmong(session, url)
    for await (const chunk of answer.chunks) yield* unlessEmpty(fresh(reader.push(chunk)))
    yield* unlessEmpty(fresh(reader.end()))
    return
  }
  const response = await whole(answer)
  if (isSuccess(response)) {
    yield* unlessEmpty(listed(session, provider, url, read(session, request, response, 'collection')))
    return
  }
  const again =
    accept === provider.read
      ? undefined
      : await insteadOf(session, { ...request, accept: provider.read }, response)
  if (again === undefined) throw refusal(request, response, session.credentials)
  yield* unlessEmpty(listed(session, provider, url, again))
}

/** Absolute, and without what only repeats the one before: some servers list a link once per end. */
function freshAmong(session: Session, url: string) {
  let last = ''
  return (found: readonly string[]): readonly string[] => {
    const fresh: string[] = []
    for (const location of absolute(session, found, url)) {
      if (location !== last) fresh.push(location)
      last = location
    }
    return fresh
  }
}

function unlessEmpty<T>(batch: readonly T[]): readonly (readonly T[])[] {
  return batch.length === 0 ? [] : [batch]
}

/** A listing that is refused as uri-list is asked for in the rendering that entities are read in. */
async function insteadOf(
  session: Session,
  request: Ask,
  { status }: HttpResponse,
): Promise<Parsed | undefined> {
  if (![400, 405, 406, 415, 500, 501].includes(status)) return undefined
  const { parsed } = await askSafely(session, request, 'collection')
  return parsed
}

function listed(session: Session, provider: Provider, url: string, parsed: Parsed): readonly string[] {
  if (parsed.locations.length > 0) return absolute(session, parsed.locations, url)
  const context = finishing(session, provider, 'GET', url)
  return parsed.entities.flatMap((entity) => locationOf(entity, context) ?? [])
}

export function absolute(session: Session, found: readonly string[], url: string): readonly string[] {
  return found.flatMap((location) => {
    const resolved = resolveLocation(session.endpoint, location)
    if (resolved?.deviation) session.onDeviation(resolved.deviation, { method: 'GET', url })
    return resolved?.url ?? []
  })
}

/** What can be read line by line: a uri-list, or text that begins as a listing, without data in headers. */
function isListing({ headers, status }: StreamedResponse, start: string): boolean {
  if (status === 204 || hasLocation(headers)) return false
  const type = headerValue(headers, 'content-type')?.trim().toLowerCase() ?? ''
  if (type.startsWith(mediaTypeOf('text/uri-list'))) return true
  return type.startsWith(mediaTypeOf('text/plain')) && /^\s{0,16}x-occi-location:/i.test(start)
}
