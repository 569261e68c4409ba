/** Normalizes entities that a provider rendered: absolute locations, link ends, typed values and units. */
import { makePrintable } from '../basics/json.js'
import { omitUndefined } from '../basics/objects.js'
import {
  type ActionReference,
  type Attributes,
  type AttributeValue,
  coerce,
  type Entity,
  type Link,
  type LinkEnd,
  type LocatedEntity,
  type Resource,
  type TypeId,
  termOf,
} from '../model/index.js'
import type { Deviation } from '../rendering/index.js'
import { isUrl, memberLocation, resolveLocation, sameLocation } from './locations.js'
import { shownTitle } from './names.js'
import { kindAt, type Provider } from './provider.js'
import type { Session } from './session.js'

export interface NormalizationContext {
  readonly endpoint: Session['endpoint']
  readonly provider: Provider
  readonly report: (deviation: Deviation) => void
}

/** `known` is the URL from which the entity was read. It takes precedence over the location in the entity. */
export function normalizeEntity(entity: Entity, context: NormalizationContext, url: string): LocatedEntity
export function normalizeEntity(entity: Entity, context: NormalizationContext, url?: string): Entity
export function normalizeEntity(entity: Entity, context: NormalizationContext, url?: string): Entity {
  const location = url ?? locationOf(entity, context)
  return entity.type === 'link'
    ? normalizeLink(entity, context, location)
    : normalizeResource(entity, context, location)
}

/** The location of an entity: as rendered, or from its kind and id. Undefined if neither is sufficient. */
export function locationOf(
  entity: Entity,
  { endpoint, provider, report }: NormalizationContext,
): string | undefined {
  if (entity.location !== undefined) {
    const resolved = resolveLocation(endpoint, entity.location)
    if (resolved?.deviation) report(resolved.deviation)
    if (resolved !== undefined) return resolved.url
  }
  const { id } = entity
  if (id === undefined || id === '') return undefined
  // Ids are paths at pyssf, and URLs at other servers.
  if (id.startsWith('/') || isUrl(id)) return resolveLocation(endpoint, id)?.url
  const collection = provider.model.kind(entity.kind)?.location
  return collection === undefined ? undefined : memberLocation(collection, id)
}

function normalizeResource(
  entity: Resource,
  context: NormalizationContext,
  location: string | undefined,
): Resource {
  return {
    ...entity,
    ...commonMembers(entity, context, location),
    links: entity.links.map((link) => {
      const normalized = normalizeLink(link, context, locationOf(link, context))
      return normalized.source !== undefined || location === undefined
        ? normalized
        : { ...normalized, source: { location, kind: entity.kind } }
    }),
  }
}

function normalizeLink(entity: Link, context: NormalizationContext, location: string | undefined): Link {
  const { source, target } = entity
  return {
    ...entity,
    ...commonMembers(entity, context, location),
    ...(source === undefined ? {} : { source: normalizeEnd(source, context) }),
    ...(target === undefined ? {} : { target: normalizeEnd(target, context) }),
  }
}

function commonMembers(entity: Entity, context: NormalizationContext, location: string | undefined) {
  const attributes = normalizeAttributes(entity, context)
  const title = shownTitle(context.provider, { ...entity, attributes })
  const state = stateByOtherAttribute(context.provider, entity.kind, attributes)
  // If the kind could not be read, it follows from the location.
  const kindAtLocation =
    isAbstract(entity.kind) && location !== undefined ? kindAt(context.provider, location)?.id : undefined
  return {
    ...omitUndefined({ location, kind: kindAtLocation, title, state }),
    ...(entity.lexemes === undefined ? {} : { lexemes: makePrintable(entity.lexemes) }),
    attributes,
    actions: entity.actions.map((action) => normalizeAction(action, context)),
  }
}

/** The standard state that corresponds to another attribute (nova's own state at OCCI-OS). */
function stateByOtherAttribute(
  { effects }: Provider,
  kind: TypeId,
  attributes: Attributes,
): string | undefined {
  const term = termOf(kind)
  const preciseState = Object.hasOwn(effects.states, term) ? effects.states[term]?.preciseState : undefined
  if (preciseState === undefined) return undefined
  const value = String(attributes.get(preciseState.attribute) ?? '')
  return Object.hasOwn(preciseState.values, value) ? preciseState.values[value] : undefined
}

function normalizeAction(action: ActionReference, { endpoint }: NormalizationContext): ActionReference {
  if (action.href === undefined) return action
  const resolved = resolveLocation(endpoint, action.href)
  return resolved === undefined ? { id: action.id } : { id: action.id, href: resolved.url }
}

/**
 * Makes the location of an end absolute. A target may be at another server (GFD.221 §4.8), so a foreign host is
 * replaced only if the path belongs to this provider.
 */
function normalizeEnd(end: LinkEnd, { endpoint, provider, report }: NormalizationContext): LinkEnd {
  const resolved = resolveLocation(endpoint, end.location)
  if (resolved === undefined) return end
  const kind = kindAt(provider, resolved.url)
  if (resolved.deviation !== undefined) {
    if (kind === undefined) return end
    report(resolved.deviation)
  }
  const url = end.kind !== undefined && !isAbstract(end.kind) ? end.kind : (kind?.id ?? end.kind)
  return { location: resolved.url, ...omitUndefined({ kind: url }) }
}

function isAbstract(id: TypeId): boolean {
  return /\/core#(entity|resource|link)$/.test(id)
}

/**
 * Converts values to the types in the model or in OCCI's definitions, because text renderings may quote numbers
 * (pyssf, ooi, MartServer).
 */
function normalizeAttributes(entity: Entity, { provider, report }: NormalizationContext): Attributes {
  const { model, effects } = provider
  let definitions: ReturnType<typeof model.attributesOf> | undefined
  let changed: Map<string, AttributeValue> | undefined
  for (const [name, value] of entity.attributes) {
    let next = value
    if (typeof value === 'string' && value !== '') {
      definitions ??= model.attributesOf(entity.kind, entity.mixins)
      const { type } = definitions.get(name) ?? {}
      // Arrays and objects may be JSON in a string (security group rules of rOCCI-server 2).
      next = coerce({ name, ...omitUndefined({ type }) }, value)
    }
    if (effects.memoryUnit === 'MiB' && name === 'occi.compute.memory' && typeof next === 'number') {
      report({
        code: 'memory-in-mib',
        message: `occi.compute.memory ${next} is taken as MiB`,
        place: { part: name },
      })
      next /= 1024
    }
    if (next !== value) {
      changed ??= new Map(entity.attributes)
      changed.set(name, next)
    }
  }
  return makePrintable(changed ?? entity.attributes)
}

/** Whether two locations are the same instance. */
export function sameEntity(a: string | undefined, b: string | undefined): boolean {
  return a !== undefined && b !== undefined && sameLocation(a, b)
}
