/** Sends a new entity and finds out where it is, also where the answer does not tell. */

import { OcciError, ProtocolError } from '../../errors/errors.js'
import type { Entity, Kind } from '../../model/index.js'
import type { Deviation, Parsed } from '../../rendering/index.js'
import type { HttpResponse } from '../../transport/index.js'
import { type CreateContext, readCreateAnswer } from '../create-answer.js'
import { differences, rememberCreated } from '../differences.js'
import { type Ask, read } from '../exchange.js'
import { memberLocation, sameLocation } from '../locations.js'
import { isTitled } from '../names.js'
import { entityContent } from '../outgoing-entity.js'
import { acceptFor, type Provider } from '../provider.js'
import type { Session } from '../session.js'
import { noteCreated } from '../settling.js'
import type { Created, RequestOptions } from '../types.js'
import {
  adopted,
  carriedOutError,
  look,
  notSeen,
  onceDone,
  outcomeUnknownError,
  type UncertainOutcome,
  write,
} from '../uncertain.js'
import { describeAt } from './describe.js'
import { list } from './list.js'

export interface NewPlace {
  readonly method: 'POST' | 'PUT'
  readonly url: string
}

interface Sending extends NewPlace {
  readonly entity: Entity
  readonly kind: Kind
}

/** Sends an entity and finds its location. Throws ServerError or OutcomeUnknownError with facts.created. */
export async function sendNew(
  session: Session,
  provider: Provider,
  { entity, kind, method, url }: Sending,
  options: RequestOptions,
): Promise<Created> {
  const request: Ask = {
    method,
    url,
    accept: acceptFor(provider),
    content: entityContent(provider, entity),
    signal: options.signal,
    // Where the provider ignores the path of a PUT, a repeated one would create a second entity.
    repeatable: false,
  }
  const deviations: Deviation[] = []
  const report = (deviation: Deviation) => {
    deviations.push(deviation)
    session.onDeviation(deviation, request)
  }
  const context: CreateContext = {
    endpoint: session.endpoint,
    provider,
    report,
    url,
    chosen: method === 'PUT',
    sent: entity,
    collection: kind.location,
  }
  const result = await write(session, request)
  if (result.state === 'uncertain') {
    const seen = await resolveUncertainCreate(session, context, result, kind)
    if (seen instanceof OcciError) throw seen
    adopted({ onDeviation: report }, request, result.error)
    return { ...seen, deviations }
  }
  const parsed = readLeniently(session, request, result.response, report)
  const answer = readCreateAnswer(result.response, parsed, context)
  const location = answer.location ?? (await searchCreated(session, context, kind, options))
  noteCreated(session, location)
  if (answer.entity === undefined) rememberCreated(session, location, entity)
  else for (const note of differences(provider, entity, answer.entity)) report(note)
  const shown = answer.entity === undefined ? {} : { entity: { ...answer.entity, location } }
  return { location, ...shown, deviations }
}

/** The entity exists now; a response that cannot be read must not hide that. */
function readLeniently(
  session: Session,
  request: Ask,
  response: HttpResponse,
  report: (deviation: Deviation) => void,
): Parsed {
  try {
    return read(session, request, response, 'any')
  } catch (error) {
    report({
      code: 'unreadable-answer',
      message: `the answer cannot be read: ${String(error)}`,
      place: { part: 'body' },
    })
    return {
      categories: [],
      entities: [],
      locations: [],
      references: [],
      attributes: new Map(),
      deviations: [],
    }
  }
}

/** Searches for a created entity whose location the response does not tell. Throws if it is not found. */
async function searchCreated(
  session: Session,
  { sent, report }: CreateContext,
  kind: Kind,
  options: RequestOptions,
): Promise<string> {
  const found = await onceDone(`the ${kind.term} was created`, { created: true }, () =>
    similarInstances(session, sent, kind, options),
  )
  const [only] = found
  if (only !== undefined && found.length === 1) {
    report({
      code: 'no-location',
      message: `the provider did not say where; found again by what was sent: ${only}`,
      place: { part: 'answer' },
    })
    return only
  }
  throw new ProtocolError(`The ${kind.term} was created, but the provider did not say where.`, {
    hint:
      found.length === 0
        ? `List the ${kind.term} collection to find it.`
        : `It is one of: ${found.slice(0, 5).join(', ')}.`,
    facts: { created: true, candidates: found },
  })
}

async function resolveUncertainCreate(
  session: Session,
  context: CreateContext,
  doubt: UncertainOutcome,
  kind: Kind,
): Promise<OcciError | Omit<Created, 'deviations'>> {
  const { sent, chosen, url } = context
  const { error } = doubt
  const noun = kind.term
  const place = chosen ? url : (resultPlace(context, doubt) ?? chosenLocation(context))
  if (place !== undefined) {
    const seen = await look(() => describeAt(session, place))
    if (seen === 'absent') return notSeen(doubt, `${place} does not exist, but may still be created`)
    if (seen === 'unknown') return outcomeUnknownError(error, `whether ${place} was created is unknown`)
    if (doubt.ended) return carriedOutError(error, `${place} exists`, { created: place })
    // Another entity may have existed under the same name, so that the one sent is not there.
    if (differences(context.provider, sent, seen.entity).length > 0)
      return outcomeUnknownError(error, `${place} exists, but not with the requested values`, {
        candidates: [place],
      })
    return { location: place, entity: seen.entity }
  }
  if (sent.title === undefined) {
    return outcomeUnknownError(error, `whether a ${noun} was created is unknown: it had no title to look for`)
  }
  let found: readonly string[]
  try {
    found = await similarInstances(session, sent, kind, {})
  } catch {
    return outcomeUnknownError(error, `whether a ${noun} was created is unknown: listing failed too`)
  }
  if (found.length === 0)
    return notSeen(doubt, `no ${noun} titled "${sent.title}" exists, but it may still be created`)
  return outcomeUnknownError(error, `a ${noun} titled "${sent.title}" exists: ${found.join(', ')}`, {
    candidates: found,
  })
}

/** The target of a redirect, which may be the created entity unless it is the collection. */
function resultPlace({ collection }: CreateContext, { place }: UncertainOutcome): string | undefined {
  return place === undefined || (collection !== undefined && sameLocation(place, collection))
    ? undefined
    : place
}

function chosenLocation({ sent, collection }: CreateContext): string | undefined {
  return sent.id === undefined || collection === undefined ? undefined : memberLocation(collection, sent.id)
}

/** Instances with the title and mixins that were sent. */
async function similarInstances(
  session: Session,
  sent: Entity,
  kind: Kind,
  options: RequestOptions,
): Promise<readonly string[]> {
  if (sent.title === undefined && sent.id === undefined) return []
  const found: string[] = []
  for await (const entity of list(session, kind, options)) {
    const same =
      sent.id === undefined ? sent.title !== undefined && isTitled(entity, sent.title) : entity.id === sent.id
    if (same && entity.location !== undefined) found.push(entity.location)
  }
  return found
}
