/** Normalizes entities from a provider: makes locations absolute, and adapts link ends, types and units of values. */
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

/** What is needed to normalize an entity. */
export interface NormalizationContext {
  readonly endpoint: Session['endpoint']
  readonly provider: Provider
  readonly report: (deviation: Deviation) => void
}

/** Normalizes an entity. `url`, from which it was read, takes precedence over the location in the entity. */
export function normalizeEntity(entity: Entity, context: NormalizationContext, url: string): LocatedEntity
export function normalizeEntity(entity: Entity, context: NormalizationContext, url?: string): Entity
export function normalizeEntity(entity: Entity, context: NormalizationContext, url?: string): Entity {
  const location = url ?? locationOf(entity, context)
  return entity.type === 'link'
    ? normalizeLink(entity, context, location)
    : normalizeResource(entity, context, location)
}

/** Returns the location of an entity: the rendered one, or by its kind and id. Undefined if neither is sufficient. */
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
  // At pyssf an id is a path (Q29), and at some other servers a URL.
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

/** Returns the normalized members that resources and links have in common. */
function commonMembers(entity: Entity, context: NormalizationContext, location: string | undefined) {
  const attributes = normalizeAttributes(entity, context)
  const title = shownTitle(context.provider, { ...entity, attributes })
  const state = stateByOtherAttribute(context.provider, entity.kind, attributes)
  // A core kind means that the kind could not be read; it then follows from the location.
  const kind =
    isAbstract(entity.kind) && location !== undefined ? kindAt(context.provider, location)?.id : undefined
  return {
    ...omitUndefined({ location, kind, title, state }),
    ...(entity.lexemes === undefined ? {} : { lexemes: makePrintable(entity.lexemes) }),
    attributes,
    actions: entity.actions.map((action) => normalizeAction(action, context)),
  }
}

/** Returns the state by a more precise attribute than the state attribute (nova's own state at OCCI-OS, Q36). */
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

/** Makes the URL of an action absolute, or removes one that is not usable. */
function normalizeAction(action: ActionReference, { endpoint }: NormalizationContext): ActionReference {
  if (action.href === undefined) return action
  const resolved = resolveLocation(endpoint, action.href)
  return resolved === undefined ? { id: action.id } : { id: action.id, href: resolved.url }
}

/**
 * Makes the location of a link's end absolute, and adds its kind. A target may be at another server (GFD.221 §4.8), so
 * a foreign host is replaced only if the path is in a collection of this provider.
 */
function normalizeEnd(end: LinkEnd, { endpoint, provider, report }: NormalizationContext): LinkEnd {
  const resolved = resolveLocation(endpoint, end.location)
  if (resolved === undefined) return end
  const kindAtLocation = kindAt(provider, resolved.url)
  if (resolved.deviation !== undefined) {
    if (kindAtLocation === undefined) return end
    report(resolved.deviation)
  }
  const hasConcreteKind = end.kind !== undefined && !isAbstract(end.kind)
  const kind = hasConcreteKind ? end.kind : (kindAtLocation?.id ?? end.kind)
  return { location: resolved.url, ...omitUndefined({ kind }) }
}

/** Whether a kind is one of OCCI Core, which says nothing about the instance. */
function isAbstract(id: TypeId): boolean {
  return /\/core#(entity|resource|link)$/.test(id)
}

/**
 * Converts values to the types in the model or in OCCI's definitions, because text renderings may quote numbers (Q28),
 * and memory to GiB.
 */
function normalizeAttributes(entity: Entity, { provider, report }: NormalizationContext): Attributes {
  const { model, effects } = provider
  let definitions: ReturnType<typeof model.attributesOf> | undefined
  // Copied only if a value changes, since listings may be long.
  let changed: Map<string, AttributeValue> | undefined
  for (const [name, value] of entity.attributes) {
    let normalized = value
    if (typeof value === 'string' && value !== '') {
      definitions ??= model.attributesOf(entity.kind, entity.mixins)
      const { type } = definitions.get(name) ?? {}
      // Arrays and objects may be JSON in a string (rocci2-9).
      normalized = coerce({ name, ...omitUndefined({ type }) }, value)
    }
    if (effects.memoryUnit === 'MiB' && name === 'occi.compute.memory' && typeof normalized === 'number') {
      report({
        code: 'memory-in-mib',
        message: `occi.compute.memory ${normalized} is taken as MiB`,
        place: { part: name },
      })
      normalized /= 1024
    }
    if (normalized !== value) {
      changed ??= new Map(entity.attributes)
      changed.set(name, normalized)
    }
  }
  return makePrintable(changed ?? entity.attributes)
}

/** Whether both locations are known and are those of the same instance. */
export function sameEntity(a: string | undefined, b: string | undefined): boolean {
  return a !== undefined && b !== undefined && sameLocation(a, b)
}
