/**
 * Finds the location of a created entity in a response. The standard defines 201 with Location, or 200 with a rendering
 * of the entity (GFD.223 §5.3). Some servers send X-OCCI-Location (as a header or in the body), a JSON member, only an
 * id, or nothing.
 */
import { headerValues } from '../basics/http.js'
import type { Entity } from '../model/index.js'
import type { Parsed } from '../rendering/index.js'
import type { HttpResponse } from '../transport/index.js'
import { locationOf, type NormalizationContext, normalizeEntity } from './entities.js'
import { memberLocation, resolveLocation, sameLocation } from './locations.js'

/** The request of a creation, and what is needed to read its response. */
export interface CreateContext extends NormalizationContext {
  /** URL of the POST or PUT. */
  readonly url: string
  /** Whether `url` is the instance itself (PUT) rather than a collection. */
  readonly isEntityUrl: boolean
  /** The entity that was sent. */
  readonly sent: Entity
  /** URL of the kind's collection. */
  readonly collection: string | undefined
}

interface ReadCreateResponse {
  readonly location: string | undefined
  readonly entity: Entity | undefined
}

/** Returns what the response to a creation shows: the location, and the entity if it is complete. */
export function readCreateResponse(
  response: HttpResponse,
  parsed: Parsed,
  context: CreateContext,
): ReadCreateResponse {
  const renderedEntity =
    parsed.entities.find((entity) => entity.kind === context.sent.kind) ?? parsed.entities[0]
  const location =
    firstUsable(headerValues(response.headers, 'location'), context) ??
    firstUsable(parsed.locations, context) ??
    (renderedEntity === undefined ? undefined : locationOf(renderedEntity, context)) ??
    (context.isEntityUrl ? context.url : undefined) ??
    locationBySentId(context)
  const entity =
    renderedEntity === undefined || isIncomplete(renderedEntity)
      ? undefined
      : normalizeEntity(renderedEntity, context, location)
  return { location, entity }
}

/** Returns the first location that can be that of the entity, as an absolute URL. */
function firstUsable(locations: readonly string[], context: CreateContext): string | undefined {
  for (const location of locations) {
    const resolved = resolveLocation(context.endpoint, location)
    if (resolved === undefined || !isInstance(resolved.url, context)) continue
    if (resolved.deviation !== undefined) context.report(resolved.deviation)
    return resolved.url
  }
  return undefined
}

/** Whether a URL can be the location of an instance: the URL of a collection or an action cannot. */
function isInstance(url: string, { collection }: CreateContext): boolean {
  if (url.includes('?action=')) return false
  return collection === undefined || !sameLocation(url, collection)
}

/** Returns the location that an id chosen by the client leads to; undefined if none was sent. */
export function locationBySentId({ sent, collection }: CreateContext): string | undefined {
  return sent.id === undefined || collection === undefined ? undefined : memberLocation(collection, sent.id)
}

/** Whether a rendered entity lacks its values: ooi's JSON response to a creation has only id, title and actions. */
function isIncomplete(renderedEntity: Entity): boolean {
  return renderedEntity.attributes.size === 0 && renderedEntity.mixins.length === 0
}
