/** Reads collections that the provider renders as whole entities. */
import { type HeaderPair, headerValue } from '../../basics/http.js'
import type { Entity } from '../../model/index.js'
import { collectionReader, renderingFor } from '../../rendering/index.js'
import type { StreamedResponse } from '../../transport/index.js'
import { responseLimits } from '../codec.js'
import { type NormalizationContext, normalizeEntity } from '../entities.js'
import { errorInSuccess } from '../errors.js'
import { type ClientRequest, isSuccess, unreadableResponse } from '../exchange.js'
import { filterContent } from '../filter.js'
import { readWithFallback } from '../get-with-fallback.js'
import { effectivePageSize, type Page } from '../pages.js'
import type { Provider } from '../provider.js'
import type { Session } from '../session.js'
import { hasLocation, readWhole, sendStreamed } from '../streamed-response.js'
import { type ListingOptions, notePartialListing, unreadPartsOf } from '../unread.js'
import { normalizationContext } from './describe.js'
import { nextPage, toAbsoluteLocations } from './list-locations.js'

/** An entity, or the URL of one that must be described (erocci). */
export type CollectionMember = Entity | string

/** Requests one page of a collection. Its members may lack their location. */
export async function readCollection(
  session: Session,
  provider: Provider,
  url: string,
  options: ListingOptions,
): Promise<Page<CollectionMember>> {
  const { signal, filter, unread } = options
  const request: ClientRequest = {
    method: 'GET',
    url,
    accept: provider.read,
    signal,
    ...filterContent(provider, filter),
  }
  const { response: streamed, start } = await sendStreamed(session, request)
  const context = normalizationContext(session, provider, 'GET', url)
  if (isSuccess(streamed) && isCollection(streamed.headers, start)) {
    return {
      members: streamEntities(session, context, request, streamed, options),
      next: nextPage(session, streamed.headers),
    }
  }
  const { parsed, response } = await readWithFallback(
    session,
    request,
    await readWhole(streamed),
    'collection',
  )
  unread.push(...unreadPartsOf(parsed, request, effectivePageSize(provider, options)))
  notePartialListing(unread, request, response, parsed.error?.message)
  const entities = parsed.entities.map((entity) => normalizeEntity(entity, context))
  const renderedLocations = new Set(entities.map(({ location }) => location))
  const otherLocations = toAbsoluteLocations(session, parsed.locations, url, unread).filter(
    (location) => !renderedLocations.has(location),
  )
  return { members: [...entities, ...otherLocations], next: nextPage(session, response.headers) }
}

/** Yields each entity as soon as it has arrived, so that memory stays bounded. */
async function* streamEntities(
  session: Session,
  context: NormalizationContext,
  request: ClientRequest,
  { chunks, ...head }: StreamedResponse,
  options: ListingOptions,
): AsyncGenerator<CollectionMember> {
  const { unread } = options
  const reader = collectionReader({ limits: responseLimits, recover: true })
  let hasAny = false
  let reportedCount = 0
  const reportNewDeviations = () => {
    for (const deviation of reader.deviations.slice(reportedCount)) session.onDeviation(deviation, request)
    reportedCount = reader.deviations.length
  }
  function* normalized(members: readonly CollectionMember[]): Generator<CollectionMember> {
    reportNewDeviations()
    for (const member of members) {
      hasAny = true
      if (typeof member !== 'string') yield normalizeEntity(member, context)
      else yield* toAbsoluteLocations(session, [member], request.url, unread)
    }
  }
  for await (const chunk of chunks) yield* normalized(reader.push(chunk))
  yield* normalized(reader.end())
  reportNewDeviations()
  const message = reader.error?.message
  if (message !== undefined && !hasAny) throw errorInSuccess(request, { ...head, body: message })
  const lost = unreadPartsOf(reader, request, effectivePageSize(context.provider, options))
  if (lost.length > 0 && !hasAny) throw unreadableResponse(request, head, reader)
  unread.push(...lost)
  notePartialListing(unread, request, head, message)
}

/** Whether the response can be read while it arrives: JSON with all data in the body. */
function isCollection(headers: readonly HeaderPair[], start: string): boolean {
  if (hasLocation(headers)) return false
  const declared = renderingFor(headerValue(headers, 'content-type'))
  return (declared?.collections ?? 'entities') === 'entities' && /^\ufeff?\s{0,64}[[{]/.test(start)
}
