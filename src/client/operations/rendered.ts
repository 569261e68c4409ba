/** Reads a collection that the provider renders whole, in one response. */
import { type HeaderPair, headerValue } from '../../basics/http.js'
import type { Entity } from '../../model/index.js'
import { collectionReader, renderingFor } from '../../rendering/index.js'
import type { StreamedResponse } from '../../transport/index.js'
import { responseLimits } from '../codec.js'
import { type Normalization, normalizeEntity } from '../entities.js'
import { errorInSuccess } from '../errors.js'
import { type ClientRequest, isSuccess, unreadableResponse } from '../exchange.js'
import { withFilter } from '../filter.js'
import { type Page, pagesBy } from '../pages.js'
import type { Provider } from '../provider.js'
import { readWithFallback } from '../safe-exchange.js'
import type { Session } from '../session.js'
import { hasLocation, readWhole, sendStreamed } from '../streamed-answer.js'
import { type ListingOptions, lossesOf, notePartialListing } from '../unread.js'
import { normalization } from './describe.js'
import { nextPage, toAbsolute } from './listing.js'

/** An entity, or the URL of one that must be described (erocci). */
export type CollectionMember = Entity | string

/** Some of the members may not tell their location. */
export async function readCollection(
  session: Session,
  provider: Provider,
  url: string,
  walk: ListingOptions,
): Promise<Page<CollectionMember>> {
  const { signal, filter, unread } = walk
  const ask: ClientRequest = {
    method: 'GET',
    url,
    accept: provider.read,
    signal,
    ...withFilter(provider, filter),
  }
  const { response: answer, start } = await sendStreamed(session, ask)
  const context = normalization(session, provider, 'GET', url)
  if (isSuccess(answer) && isCollection(answer.headers, start)) {
    return {
      members: streamEntities(session, context, ask, answer, walk),
      next: nextPage(session, answer.headers),
    }
  }
  const { parsed, response } = await readWithFallback(session, ask, await readWhole(answer), 'collection')
  unread.push(...lossesOf(parsed, ask, pagesBy(provider, walk)))
  notePartialListing(unread, ask, response, parsed.error?.message)
  const entities = parsed.entities.map((entity) => normalizeEntity(entity, context))
  const reported = new Set(entities.map(({ location }) => location))
  const others = toAbsolute(session, parsed.locations, url, unread).filter(
    (location) => !reported.has(location),
  )
  return { members: [...entities, ...others], next: nextPage(session, response.headers) }
}

/** Yields each entity as soon as it arrives, which bounds memory. */
async function* streamEntities(
  session: Session,
  context: Normalization,
  ask: ClientRequest,
  { chunks, ...head }: StreamedResponse,
  walk: ListingOptions,
): AsyncGenerator<CollectionMember> {
  const { unread } = walk
  const reader = collectionReader({ limits: responseLimits, recover: true })
  let hasAny = false
  let reported = 0
  const report = () => {
    for (const deviation of reader.deviations.slice(reported)) session.onDeviation(deviation, ask)
    reported = reader.deviations.length
  }
  function* normalized(members: readonly CollectionMember[]): Generator<CollectionMember> {
    report()
    for (const member of members) {
      hasAny = true
      if (typeof member !== 'string') yield normalizeEntity(member, context)
      else yield* toAbsolute(session, [member], ask.url, unread)
    }
  }
  for await (const chunk of chunks) yield* normalized(reader.push(chunk))
  yield* normalized(reader.end())
  report()
  const message = reader.error?.message
  if (message !== undefined && !hasAny) throw errorInSuccess(ask, { ...head, body: message })
  const lost = lossesOf(reader, ask, pagesBy(context.provider, walk))
  if (lost.length > 0 && !hasAny) throw unreadableResponse(ask, head, reader)
  unread.push(...lost)
  notePartialListing(unread, ask, head, message)
}

/** Whether the response is JSON with all data in the body. */
function isCollection(headers: readonly HeaderPair[], start: string): boolean {
  if (hasLocation(headers)) return false
  const declared = renderingFor(headerValue(headers, 'content-type'))
  return (declared?.collections ?? 'entities') === 'entities' && /^\ufeff?\s{0,64}[[{]/.test(start)
}
