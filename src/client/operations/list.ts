/** Members of a collection or below a path: their locations, or whole (GFD.223 §5.3). */
import { UsageError } from '../../errors/errors.js'
import type { Entity } from '../../model/index.js'
import { type LocationBlock, locationReader, locationsOf, type Parsed } from '../../rendering/index.js'
import type { HttpResponse, StreamedResponse } from '../../transport/index.js'
import { type Batch, type Batched, batched } from '../batched.js'
import { type Content, mediaTypeOf } from '../codec.js'
import { finished, locationOf } from '../entities.js'
import { refusal } from '../errors.js'
import { type Ask, askSafely, isSuccess, read, reportTolerated, requestOf } from '../exchange.js'
import { filterContent, filteredThere, matches } from '../filter.js'
import { resolveLocation } from '../locations.js'
import { type Page, pages } from '../pages.js'
import { mapInOrder } from '../pool.js'
import type { Provider } from '../provider.js'
import { collectionOf } from '../resolve.js'
import type { Session } from '../session.js'
import type { CollectionRef, ListOptions } from '../types.js'
import { describeIfThere, finishing } from './describe.js'

type Batches<T> = AsyncGenerator<Batch<T>, void, undefined>

/** Absolute URLs, as they arrive. */
export function locations(session: Session, ref: CollectionRef, options: ListOptions = {}): Batched<string> {
  return batched(() => locationBatches(session, ref, options))
}

async function* locationBatches(session: Session, ref: CollectionRef, options: ListOptions): Batches<string> {
  const { provider, collection } = await collectionOf(session, ref, options.signal)
  if (!filteredThere(provider, options.filter)) {
    for await (const { location } of list(session, ref, options)) if (location !== undefined) yield [location]
    return
  }
  yield* batchesAt(session, provider, collection.url, options)
}

/** Whole members: in one request where the provider renders them so, else each by itself, in parallel. */
export async function* list(
  session: Session,
  ref: CollectionRef,
  options: ListOptions = {},
): AsyncGenerator<Entity, void, undefined> {
  const { provider, collection } = await collectionOf(session, ref, options.signal)
  for await (const entity of members(session, provider, collection.url, options)) {
    if (matches(entity, options.filter, provider.model)) yield entity
  }
}

async function* members(
  session: Session,
  provider: Provider,
  url: string,
  options: ListOptions,
): AsyncGenerator<Entity, void, undefined> {
  if (!rendersWhole(provider)) {
    yield* described(session, locationsAt(session, provider, url, options), options)
    return
  }
  const found = paged(
    provider,
    url,
    options,
    (page) => entitiesAt(session, provider, page, options),
    identityOf,
  )
  for await (const member of found) {
    if (typeof member !== 'string') yield member
    else {
      const entity = await describeIfThere(session, member, options.signal)
      if (entity !== undefined) yield entity
    }
  }
}

function rendersWhole({ read: rendering, profile }: Provider): boolean {
  return profile.collections === 'entities' && (rendering === 'json' || rendering === 'json-1.1')
}

function described(
  session: Session,
  found: AsyncIterable<string>,
  { signal }: ListOptions,
): AsyncGenerator<Entity, void, undefined> {
  const entities = mapInOrder(found, session.concurrency, (location, over) =>
    describeIfThere(readingLater(session, over), location, signal),
  )
  return present(entities)
}

/**
 * Of ten answers that come together the tenth would wait until nine are parsed before its connection is used
 * again: so it is told that an answer is here, and the answer is read when the next requests are on their way.
 */
function readingLater(session: Session, answered: () => void): Session {
  const { transport } = session
  return {
    ...session,
    transport: {
      stream: (request) => transport.stream(request),
      close: () => transport.close(),
      async send(request) {
        const response = await transport.send(request)
        answered()
        // A connection is free in the turn after its answer.
        await nextTurn()
        await nextTurn()
        return response
      },
    },
  }
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

/** What was deleted since it was listed is left out. */
async function* present(
  entities: AsyncIterable<Entity | undefined>,
): AsyncGenerator<Entity, void, undefined> {
  for await (const entity of entities) if (entity !== undefined) yield entity
}

/** Entities with their locations; or locations, where the answer is only those (erocci), to be described. */
async function entitiesAt(
  session: Session,
  provider: Provider,
  url: string,
  options: ListOptions,
): Promise<Page<Entity | string>> {
  const content = filterContent(provider, options.filter)
  const answer = await askSafely(
    session,
    { url, signal: options.signal, ...withContent(content) },
    'collection',
  )
  const { entities } = answer.parsed
  const context = finishing(session, provider, 'GET', url)
  const placed = entities.map((entity) => finished(entity, context, locationOf(entity, context)))
  const next = nextOf(session, answer.response)
  if (placed.length > 0 && placed.some(({ location }) => location === undefined)) {
    // pyssf's JSON says of no entity which one it is: the locations are listed and each is described.
    const listed: Entity[] = []
    const found = described(session, locationsAt(session, provider, url, options), options)
    for await (const entity of found) listed.push(entity)
    return { members: listed, next }
  }
  if (placed.length > 0) return { members: placed, next }
  return { members: absolute(session, answer.parsed.locations, url), next }
}

function identityOf(member: Entity | string): string | undefined {
  return typeof member === 'string' ? member : member.location
}

function locationsAt(
  session: Session,
  provider: Provider,
  url: string,
  options: ListOptions,
): Batched<string> {
  return batched(() => batchesAt(session, provider, url, options))
}

async function* batchesAt(
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

function paged<T>(
  { effects }: Provider,
  url: string,
  { pageSize }: ListOptions,
  fetch: (url: string) => Promise<Page<T>>,
  identity: (member: T) => string | undefined,
): AsyncGenerator<T, void, undefined> {
  if (pageSize !== undefined && !(Number.isInteger(pageSize) && pageSize > 0)) {
    throw new UsageError(`The page size is not a positive number: ${pageSize}`)
  }
  return pages(
    url,
    pageSize ?? effects.pageSize,
    pageSize === undefined ? 'when-full' : 'from-start',
    fetch,
    identity,
  )
}

/** Locations as the answer arrives, so that a hundred thousand need no memory. */
async function* streamed(
  session: Session,
  provider: Provider,
  url: string,
  { signal, filter }: ListOptions,
): Batches<string> {
  const accept = provider.listing
  const request: Ask = { method: 'GET', url, accept, signal, ...withContent(filterContent(provider, filter)) }
  const answer = await session.transport.stream(requestOf(session, request))
  reportTolerated(session, request, answer.tolerated)
  const { start, chunks } = await begun(answer.chunks)
  if (isSuccess(answer) && isListing(answer, start)) {
    const reader = locationReader({ base: session.endpoint.url, limits: { lineLength: 1024 * 1024 } })
    const fresh = freshAmong(session, url)
    for await (const chunk of chunks) yield* fresh(reader.block(chunk))
    yield* fresh(reader.block())
    return
  }
  const response = await whole({ ...answer, chunks })
  if (isSuccess(response)) {
    yield* some(listed(session, provider, url, read(session, request, response, 'collection')))
    return
  }
  const again =
    accept === provider.read ? undefined : await insteadOf(session, request, response, url, signal)
  if (again === undefined) throw refusal(request, response, session.credentials)
  yield* some(listed(session, provider, url, again))
}

/** Absolute, and without what only repeats the one before: some servers list a link once per end. */
function freshAmong(session: Session, url: string) {
  let last = ''
  return (block: LocationBlock): readonly Batch<string>[] => {
    if ('lines' in block && block.lines !== '') {
      const { lines } = block
      const before = last
      last = lines.slice(lines.lastIndexOf('\n', lines.length - 2) + 1).trimEnd()
      const first = lines.slice(0, lines.indexOf('\n')).trimEnd()
      if (first !== before) return [{ lines, [Symbol.iterator]: () => locationsOf(block)[Symbol.iterator]() }]
      return some(locationsOf(block).slice(1))
    }
    const found: string[] = []
    for (const location of absolute(session, locationsOf(block), url)) {
      if (location !== last) found.push(location)
      last = location
    }
    return some(found)
  }
}

function some<T>(batch: readonly T[]): readonly (readonly T[])[] {
  return batch.length === 0 ? [] : [batch]
}

/** A listing that is refused as uri-list is asked for in the rendering that entities are read in. */
async function insteadOf(
  session: Session,
  { content }: Ask,
  { status }: HttpResponse,
  url: string,
  signal: AbortSignal | undefined,
): Promise<Parsed | undefined> {
  if (![400, 405, 406, 415, 500, 501].includes(status)) return undefined
  const answer = await askSafely(session, { url, signal, ...withContent(content) }, 'collection')
  return answer.parsed
}

function listed(session: Session, provider: Provider, url: string, parsed: Parsed): readonly string[] {
  if (parsed.locations.length > 0) return absolute(session, parsed.locations, url)
  const context = finishing(session, provider, 'GET', url)
  return parsed.entities.flatMap((entity) => locationOf(entity, context) ?? [])
}

function absolute(session: Session, found: readonly string[], url: string): readonly string[] {
  return found.flatMap((location) => {
    const resolved = resolveLocation(session.endpoint, location)
    if (resolved?.deviation) session.onDeviation(resolved.deviation, { method: 'GET', url })
    return resolved?.url ?? []
  })
}

/** What can be read line by line: a uri-list, or text that begins as a listing, without data in headers. */
function isListing({ headers, status }: StreamedResponse, start: string): boolean {
  if (status === 204) return false
  let type = ''
  for (const [name, value] of headers) {
    const lower = name.toLowerCase()
    if (lower === 'content-type') type = value.trim().toLowerCase()
    if (lower === 'x-occi-location' || lower === 'location') return false
  }
  if (type.startsWith(mediaTypeOf('text/uri-list'))) return true
  return type.startsWith(mediaTypeOf('text/plain')) && /^\s{0,16}x-occi-location:/i.test(start)
}

/** Enough of the beginning to tell what it is, and all of it. */
async function begun(
  source: AsyncIterable<string>,
): Promise<{ readonly start: string; readonly chunks: AsyncIterable<string> }> {
  const iterator = source[Symbol.asyncIterator]()
  let start = ''
  // A line that is there must not wait for the next.
  while (start.length < 64 && !start.includes('\n')) {
    const next = await iterator.next()
    if (next.done === true) break
    start += next.value
  }
  async function* all() {
    try {
      if (start !== '') yield start
      for (;;) {
        const next = await iterator.next()
        if (next.done === true) return
        yield next.value
      }
    } finally {
      await iterator.return?.()
    }
  }
  return { start, chunks: all() }
}

async function whole({ chunks, ...head }: StreamedResponse): Promise<HttpResponse> {
  const parts: string[] = []
  for await (const chunk of chunks) parts.push(chunk)
  return { ...head, body: parts.join('') }
}

function withContent(content: Content | undefined): { readonly content?: Content } {
  return content === undefined ? {} : { content }
}

/** RFC 8288. */
function nextOf({ endpoint }: Session, { headers }: HttpResponse): string | undefined {
  for (const [name, value] of headers) {
    if (name.toLowerCase() !== 'link' || value.length > 8192) continue
    const end = value.indexOf('>')
    if (!value.startsWith('<') || end < 0 || !/;\s*rel="?next\b/.test(value.slice(end))) continue
    return resolveLocation(endpoint, value.slice(1, end))?.url
  }
  return undefined
}
