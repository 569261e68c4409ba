/** A collection as the provider renders it whole, in one answer. */
import type { Entity } from '../../model/index.js'
import { collectionReader, renderingFor } from '../../rendering/index.js'
import { type HeaderPair, headerValue, headerValues, type StreamedResponse } from '../../transport/index.js'
import { hasLocation, sendArriving, whole } from '../arriving.js'
import { answerLimits } from '../codec.js'
import { type Finishing, finished } from '../entities.js'
import { errorInstead } from '../errors.js'
import { type Ask, isSuccess, readSafely } from '../exchange.js'
import { withFilter } from '../filter.js'
import { resolveLocation } from '../locations.js'
import type { Page } from '../pages.js'
import type { Provider } from '../provider.js'
import type { Session } from '../session.js'
import type { ListOptions } from '../types.js'
import { finishing } from './describe.js'
import { absolute } from './listing.js'

/** An entity, or the URL of one that is still to be described (erocci). */
export type Found = Entity | string

/** Some of its members may not say where they are. */
export async function rendered(
  session: Session,
  provider: Provider,
  url: string,
  { signal, filter }: ListOptions,
): Promise<Page<Found>> {
  const ask: Ask = { method: 'GET', url, accept: provider.read, signal, ...withFilter(provider, filter) }
  const { answer, start } = await sendArriving(session, ask)
  const context = finishing(session, provider, 'GET', url)
  if (isSuccess(answer) && isCollection(answer.headers, start)) {
    return { members: arriving(session, context, ask, answer), next: nextOf(session, answer.headers) }
  }
  const { parsed, response } = await readSafely(session, ask, await whole(answer), 'collection')
  const { entities, locations } = parsed
  const members: readonly Found[] =
    entities.length > 0
      ? entities.map((entity) => finished(entity, context))
      : absolute(session, locations, url)
  return { members, next: nextOf(session, response.headers) }
}

/** Each entity as soon as it is there, so that a hundred thousand need no memory. */
async function* arriving(
  session: Session,
  context: Finishing,
  ask: Ask,
  { chunks, ...head }: StreamedResponse,
): AsyncGenerator<Found> {
  const reader = collectionReader({ limits: answerLimits })
  let told = 0
  const report = () => {
    for (const deviation of reader.deviations.slice(told)) session.onDeviation(deviation, ask)
    told = reader.deviations.length
  }
  function* finishedOf(members: readonly Found[]): Generator<Found> {
    report()
    for (const member of members) {
      if (typeof member !== 'string') yield finished(member, context)
      else yield* absolute(session, [member], ask.url)
    }
  }
  for await (const chunk of chunks) yield* finishedOf(reader.push(chunk))
  yield* finishedOf(reader.end())
  if (reader.error !== undefined) throw errorInstead(ask, { ...head, body: reader.error.message })
}

/** JSON that has its data in the body alone. */
function isCollection(headers: readonly HeaderPair[], start: string): boolean {
  if (hasLocation(headers)) return false
  const declared = renderingFor(headerValue(headers, 'content-type'))?.name ?? 'json'
  return (declared === 'json' || declared === 'json-1.1') && /^\ufeff?\s{0,64}[[{]/.test(start)
}

/** RFC 8288. */
function nextOf({ endpoint }: Session, headers: readonly HeaderPair[]): string | undefined {
  for (const value of headerValues(headers, 'link')) {
    if (value.length > 8192) continue
    const end = value.indexOf('>')
    if (!value.startsWith('<') || end < 0 || !/;\s*rel="?next\b/.test(value.slice(end))) continue
    return resolveLocation(endpoint, value.slice(1, end))?.url
  }
  return undefined
}
