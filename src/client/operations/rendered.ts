/** Reads a collection that the provider renders whole, in one response. */
import { type HeaderPair, headerValue } from '../../basics/http.js'
import type { Entity } from '../../model/index.js'
import { collectionReader, renderingFor } from '../../rendering/index.js'
import type { StreamedResponse } from '../../transport/index.js'
import { answerLimits } from '../codec.js'
import { type Normalization, normalizeEntity } from '../entities.js'
import { errorInstead } from '../errors.js'
import { type Ask, isSuccess, notUnderstood } from '../exchange.js'
import { withFilter } from '../filter.js'
import { type Page, pagesBy } from '../pages.js'
import type { Provider } from '../provider.js'
import { readSafely } from '../safe-exchange.js'
import type { Session } from '../session.js'
import { hasLocation, sendArriving, whole } from '../streamed-answer.js'
import { lossesOf, noteLeftOut, type Walk } from '../unread.js'
import { normalization } from './describe.js'
import { absolute, nextPage } from './listing.js'

/** An entity, or the URL of one that must be described (erocci). */
export type Found = Entity | string

/** Some of the members may not tell their location. */
export async function rendered(
  session: Session,
  provider: Provider,
  url: string,
  walk: Walk,
): Promise<Page<Found>> {
  const { signal, filter, unread } = walk
  const ask: Ask = { method: 'GET', url, accept: provider.read, signal, ...withFilter(provider, filter) }
  const { answer, start } = await sendArriving(session, ask)
  const context = normalization(session, provider, 'GET', url)
  if (isSuccess(answer) && isCollection(answer.headers, start)) {
    return { members: arriving(session, context, ask, answer, walk), next: nextPage(session, answer.headers) }
  }
  const { parsed, response } = await readSafely(session, ask, await whole(answer), 'collection')
  unread.push(...lossesOf(parsed, ask, pagesBy(provider, walk)))
  noteLeftOut(unread, ask, response, parsed.error?.message)
  const entities = parsed.entities.map((entity) => normalizeEntity(entity, context))
  const told = new Set(entities.map(({ location }) => location))
  const others = absolute(session, parsed.locations, url, unread).filter((location) => !told.has(location))
  return { members: [...entities, ...others], next: nextPage(session, response.headers) }
}

/** Yields each entity as soon as it arrives, which bounds memory. */
async function* arriving(
  session: Session,
  context: Normalization,
  ask: Ask,
  { chunks, ...head }: StreamedResponse,
  walk: Walk,
): AsyncGenerator<Found> {
  const { unread } = walk
  const reader = collectionReader({ limits: answerLimits, recover: true })
  let some = false
  let told = 0
  const report = () => {
    for (const deviation of reader.deviations.slice(told)) session.onDeviation(deviation, ask)
    told = reader.deviations.length
  }
  function* normalized(members: readonly Found[]): Generator<Found> {
    report()
    for (const member of members) {
      some = true
      if (typeof member !== 'string') yield normalizeEntity(member, context)
      else yield* absolute(session, [member], ask.url, unread)
    }
  }
  for await (const chunk of chunks) yield* normalized(reader.push(chunk))
  yield* normalized(reader.end())
  report()
  const message = reader.error?.message
  if (message !== undefined && !some) throw errorInstead(ask, { ...head, body: message })
  const lost = lossesOf(reader, ask, pagesBy(context.provider, walk))
  if (lost.length > 0 && !some) throw notUnderstood(ask, head, reader)
  unread.push(...lost)
  noteLeftOut(unread, ask, head, message)
}

/** Whether the response is JSON with all data in the body. */
function isCollection(headers: readonly HeaderPair[], start: string): boolean {
  if (hasLocation(headers)) return false
  const declared = renderingFor(headerValue(headers, 'content-type'))
  return (declared?.collections ?? 'entities') === 'entities' && /^\ufeff?\s{0,64}[[{]/.test(start)
}
