/** Sends a new entity and determines its location, even if the response does not contain it. */

import { type OcciError, ProtocolError } from '../../errors/errors.js'
import type { Entity, Kind } from '../../model/index.js'
import type { Deviation, Parsed } from '../../rendering/index.js'
import type { HttpResponse } from '../../transport/index.js'
import { type CreateContext, locationBySentId, readCreateResponse } from '../create-response.js'
import { differences, rememberCreated } from '../differences.js'
import { type ClientRequest, read } from '../exchange.js'
import { sameLocation } from '../locations.js'
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

/** Where a new entity is sent: by POST to its collection, or by PUT to its own URL. */
export interface CreateTarget {
  readonly method: 'POST' | 'PUT'
  readonly url: string
}

interface CreateRequest extends CreateTarget {
  readonly entity: Entity
  readonly kind: Kind
}

/**
 * Sends an entity and finds its location. Throws the errors of a refusal; if the entity was created nevertheless, a
 * ServerError or ProtocolError with facts.created; and OutcomeUnknownError if that is unknown.
 */
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
    // A repeated PUT would create a second entity at a provider that ignores its path (Q31).
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
    const created = await lookUpUncertainCreate(session, context, result, kind)
    reportCarriedOut({ onDeviation: report }, request, result.error)
    return { ...created, deviations }
  }
  const parsed = readOrReport(session, request, result.response, report)
  const shown = readCreateResponse(result.response, parsed, context)
  const location = shown.location ?? (await findCreated(session, context, kind, options))
  noteCreated(session, location)
  if (shown.entity === undefined) {
    rememberCreated(session, location, entity)
    return { location, deviations }
  }
  for (const note of differences(provider, entity, shown.entity)) report(note)
  return { location, entity: { ...shown.entity, location }, deviations }
}

/** Reads the response to a creation. An unreadable one is reported as a deviation, since the entity exists now. */
function readOrReport(
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
  const candidates = await readAfterWrite(`the ${kind.term} was created`, { created: true }, () =>
    locationsOfSameIdOrTitle(session, sent, kind, options),
  )
  const [first] = candidates
  if (first !== undefined && candidates.length === 1) {
    report({
      code: 'no-location',
      message: `the answer does not contain the location; found by its title or id: ${first}`,
      place: { part: 'answer' },
    })
    return first
  }
  throw new ProtocolError(`The ${kind.term} was created, but the answer does not contain its location.`, {
    hint:
      candidates.length === 0
        ? `List the ${kind.term} collection to find it.`
        : `It is one of: ${candidates.slice(0, 5).join(', ')}.`,
    facts: { created: true, candidates },
  })
}

/**
 * Determines the outcome of an uncertain creation by reading the entity, or by searching for its title if its location
 * is unknown. Returns the entity if no response of the provider arrived and the entity at the location has the
 * requested values; otherwise throws the error to report.
 */
async function lookUpUncertainCreate(
  session: Session,
  context: CreateContext,
  uncertain: UncertainOutcome,
  kind: Kind,
): Promise<Omit<Created, 'deviations'>> {
  const { sent, isEntityUrl, url } = context
  const namedLocation = isEntityUrl ? url : redirectTarget(context, uncertain)
  const location = namedLocation ?? locationBySentId(context)
  if (location === undefined) throw await errorByTitleSearch(session, sent, uncertain, kind)
  const { error } = uncertain
  const observed = await lookUp(() => describeAt(session, location))
  if (observed === 'absent')
    throw noEffectError(uncertain, `${location} does not exist, but may still be created`)
  if (observed === 'unknown') throw outcomeUnknownError(error, `whether ${location} was created is unknown`)
  const differs = differences(context.provider, sent, observed.entity).length > 0
  // An entity may have existed before at a location that the caller chose, but not at one with a new id.
  const isNewId = namedLocation === undefined
  if (uncertain.answeredByProvider && (isNewId || !differs))
    throw carriedOutError(error, `${location} exists`, { created: location })
  if (differs)
    throw outcomeUnknownError(error, `${location} exists, but not with the requested values`, {
      candidates: [location],
    })
  return { location, entity: observed.entity }
}

/** The error for an uncertain creation at an unknown location. It names the entities with the title that was sent. */
async function errorByTitleSearch(
  session: Session,
  sent: Entity,
  uncertain: UncertainOutcome,
  kind: Kind,
): Promise<OcciError> {
  const { error } = uncertain
  const { term } = kind
  if (sent.title === undefined) {
    return outcomeUnknownError(
      error,
      `whether a ${term} was created is unknown: it has no title to search for`,
    )
  }
  let candidates: readonly string[]
  try {
    candidates = await locationsOfSameIdOrTitle(session, sent, kind, {})
  } catch {
    return outcomeUnknownError(error, `whether a ${term} was created is unknown: listing failed too`)
  }
  if (candidates.length === 0)
    return noEffectError(uncertain, `no ${term} titled "${sent.title}" exists, but it may still be created`)
  return outcomeUnknownError(error, `a ${term} titled "${sent.title}" exists: ${candidates.join(', ')}`, {
    candidates,
  })
}

/** Returns the target of a redirect, which may be the created entity; undefined if it is the collection. */
function redirectTarget(
  { collection }: CreateContext,
  { resultUrl: location }: UncertainOutcome,
): string | undefined {
  return location === undefined || (collection !== undefined && sameLocation(location, collection))
    ? undefined
    : location
}

/** Returns the locations of entities with the id that was sent or, if none was sent, with the title. */
async function locationsOfSameIdOrTitle(
  session: Session,
  sent: Entity,
  kind: Kind,
  options: RequestOptions,
): Promise<readonly string[]> {
  if (sent.title === undefined && sent.id === undefined) return []
  const locations: string[] = []
  for await (const entity of list(session, kind, options)) {
    const isSimilar =
      sent.id === undefined ? sent.title !== undefined && isTitled(entity, sent.title) : entity.id === sent.id
    if (isSimilar && entity.location !== undefined) locations.push(entity.location)
  }
  return locations
}
