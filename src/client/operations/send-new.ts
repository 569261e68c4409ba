/** Sends a new entity and determines its location, even if the response does not contain it. */

import { OcciError, ProtocolError } from '../../errors/errors.js'
import type { Entity, Kind } from '../../model/index.js'
import type { Deviation, Parsed } from '../../rendering/index.js'
import type { HttpResponse } from '../../transport/index.js'
import { type CreateContext, readCreateResponse } from '../create-answer.js'
import { differences, rememberCreated } from '../differences.js'
import { type ClientRequest, read } from '../exchange.js'
import { memberLocation, sameLocation } from '../locations.js'
import { isTitled } from '../names.js'
import { entityContent } from '../outgoing-entity.js'
import { acceptFor, type Provider } from '../provider.js'
import type { Session } from '../session.js'
import { noteCreated } from '../settling.js'
import type { Created, RequestOptions } from '../types.js'
import {
  carriedOutError,
  lookUp,
  noEffectError,
  outcomeUnknownError,
  readAfterWrite,
  reportCarriedOut,
  sendWrite,
  type UncertainOutcome,
} from '../uncertain.js'
import { describeAt } from './describe.js'
import { list } from './list.js'

export interface CreateTarget {
  readonly method: 'POST' | 'PUT'
  readonly url: string
}

interface CreateRequest extends CreateTarget {
  readonly entity: Entity
  readonly kind: Kind
}

/** Sends an entity and finds its location. Throws ServerError or OutcomeUnknownError with facts.created. */
export async function sendNew(
  session: Session,
  provider: Provider,
  { entity, kind, method, url }: CreateRequest,
  options: RequestOptions,
): Promise<Created> {
  const request: ClientRequest = {
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
    isEntityUrl: method === 'PUT',
    sent: entity,
    collection: kind.location,
  }
  const result = await sendWrite(session, request)
  if (result.state === 'uncertain') {
    const observed = await resolveUncertainCreate(session, context, result, kind)
    if (observed instanceof OcciError) throw observed
    reportCarriedOut({ onDeviation: report }, request, result.error)
    return { ...observed, deviations }
  }
  const parsed = readLeniently(session, request, result.response, report)
  const answer = readCreateResponse(result.response, parsed, context)
  const location = answer.location ?? (await findCreated(session, context, kind, options))
  noteCreated(session, location)
  if (answer.entity === undefined) rememberCreated(session, location, entity)
  else for (const note of differences(provider, entity, answer.entity)) report(note)
  const shown = answer.entity === undefined ? {} : { entity: { ...answer.entity, location } }
  return { location, ...shown, deviations }
}

/** Reads the response to a creation. A response that cannot be read is reported, since the entity exists now. */
function readLeniently(
  session: Session,
  request: ClientRequest,
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

/** Searches for a created entity whose location the response does not contain. Throws if it is not found. */
async function findCreated(
  session: Session,
  { sent, report }: CreateContext,
  kind: Kind,
  options: RequestOptions,
): Promise<string> {
  const found = await readAfterWrite(`the ${kind.term} was created`, { created: true }, () =>
    similarInstances(session, sent, kind, options),
  )
  const [only] = found
  if (only !== undefined && found.length === 1) {
    report({
      code: 'no-location',
      message: `the answer does not contain the location; found by its title or id: ${only}`,
      place: { part: 'answer' },
    })
    return only
  }
  throw new ProtocolError(`The ${kind.term} was created, but the answer does not contain its location.`, {
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
  uncertain: UncertainOutcome,
  kind: Kind,
): Promise<OcciError | Omit<Created, 'deviations'>> {
  const { sent, isEntityUrl: chosen, url } = context
  const { error } = uncertain
  const noun = kind.term
  const location = chosen ? url : (redirectTarget(context, uncertain) ?? chosenLocation(context))
  if (location !== undefined) {
    const observed = await lookUp(() => describeAt(session, location))
    if (observed === 'absent')
      return noEffectError(uncertain, `${location} does not exist, but may still be created`)
    if (observed === 'unknown')
      return outcomeUnknownError(error, `whether ${location} was created is unknown`)
    if (uncertain.answeredByProvider)
      return carriedOutError(error, `${location} exists`, { created: location })
    // It may be another entity with the same name.
    if (differences(context.provider, sent, observed.entity).length > 0)
      return outcomeUnknownError(error, `${location} exists, but not with the requested values`, {
        candidates: [location],
      })
    return { location, entity: observed.entity }
  }
  if (sent.title === undefined) {
    return outcomeUnknownError(
      error,
      `whether a ${noun} was created is unknown: it has no title to search for`,
    )
  }
  let found: readonly string[]
  try {
    found = await similarInstances(session, sent, kind, {})
  } catch {
    return outcomeUnknownError(error, `whether a ${noun} was created is unknown: listing failed too`)
  }
  if (found.length === 0)
    return noEffectError(uncertain, `no ${noun} titled "${sent.title}" exists, but it may still be created`)
  return outcomeUnknownError(error, `a ${noun} titled "${sent.title}" exists: ${found.join(', ')}`, {
    candidates: found,
  })
}

/** The target of a redirect, which may be the created entity unless it is the collection. */
function redirectTarget(
  { collection }: CreateContext,
  { resultUrl: location }: UncertainOutcome,
): string | undefined {
  return location === undefined || (collection !== undefined && sameLocation(location, collection))
    ? undefined
    : location
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
