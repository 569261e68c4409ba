/** A collection as the provider renders it whole, in one answer. */
import type { Entity } from '../../model/index.js'
import { collectionReader, renderingFor } from '../../rendering/index.js'
import type { HeaderPair, StreamedResponse } from '../../transport/index.js'
import { begun, whole } from '../arriving.js'
import { answerLimits } from '../codec.js'
import { type Finishing, finished } from '../entities.js'
import { errorInstead } from '../errors.js'
import { type Ask, isSuccess, readSafely, reportTolerated, requestOf } from '../exchange.js'
import { withFilter } from '../filter.js'
import { resolveLocation } from '../locations.js'
import type { Provider } from '../provider.js'
import type { Session } from '../session.js'
import type { ListOptions } from '../types.js'
import { finishing } from './describe.js'
import { absolute } from './listing.js'

/** An entity, or the URL of one that is still to be described (erocci). */
export type Found = Entity | string

export interface Rendered {
  /** Some may not say where they are. */
  readonly members: AsyncIterable<Found>
  readonly next: string | undefined
}

export async function rendered(
  session: Session,
  provider: Provider,
  url: string,
  { signal, filter }: ListOptions,
): Promise<Rendered> {
  const ask: Ask = { method: 'GET', url, accept: provider.read, signal, ...withFilter(provider, filter) }
  const answer = await session.transport.stream(requestOf(session, ask))
  reportTolerated(session, ask, answer.tolerated)
  const context = finishing(session, provider, 'GET', url)
  const { start, chunks } = await begun(answer.chunks)
  if (isSuccess(answer) && isCollection(answer.headers, start)) {
    const members = arriving(session, context, ask, { ...answer, chunks })
    return { members, next: nextOf(session, answer.headers) }
  }
  const { parsed, response } = await readSafely(
    session,
    ask,
    await whole({ ...answer, chunks }),
    'collection',
  )
  const { entities, locations } = parsed
  const found: readonly Found[] =
    entities.length > 0
      ? entities.map((entity) => finished(entity, context))
      : absolute(session, locations, url)
  return { members: asArriving(found), next: nextOf(session, response.headers) }
}

async function* asArriving<T>(members: Iterable<T>): AsyncGenerator<T> {
  yield* members
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

/** JSON that has its data in the body alone: a location in a header belongs to what is read. */
function isCollection(headers: readonly HeaderPair[], start: string): boolean {
  let type: string | undefined
  for (const [name, value] of headers) {
    const lower = name.toLowerCase()
    if (lower === 'location' || lower === 'x-occi-location') return false
    if (lower === 'content-type') type ??= value
  }
  const declared = renderingFor(type)?.name ?? 'json'
  return (declared === 'json' || declared === 'json-1.1') && /^\ufeff?\s{0,64}[[{]/.test(start)
}

/** RFC 8288. */
function nextOf({ endpoint }: Session, headers: readonly HeaderPair[]): string | undefined {
  for (const [name, value] of headers) {
    if (name.toLowerCase() !== 'link' || value.length > 8192) continue
    const end = value.indexOf('>')
    if (!value.startsWith('<') || end < 0 || !/;\s*rel="?next\b/.test(value.slice(end))) continue
    return resolveLocation(endpoint, value.slice(1, end))?.url
  }
  return undefined
}
