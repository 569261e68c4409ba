/** Converts what the readers have read to entities. Shared by all readers. */

import { omitUndefined } from '../basics/objects.js'
import type { Attributes, AttributeValue, Entity } from '../model/index.js'
import { type Link, type LinkEnd, type Resource, type TypeId, termOf } from '../model/index.js'
import type { Deviation, Parsed } from './types.js'

const core = 'http://schemas.ogf.org/occi/core#'
const infrastructure = 'http://schemas.ogf.org/occi/infrastructure#'

export const coreResource = `${core}resource` as TypeId
export const coreLink = `${core}link` as TypeId
export const coreEntity = `${core}entity` as TypeId

export function emptyParsed(deviations: readonly Deviation[]): Parsed {
  return { categories: [], entities: [], locations: [], references: [], attributes: new Map(), deviations }
}

/** Whether a kind is abstract, and so says nothing about a link's target (E11, `core#link` of rOCCI). */
export function isAbstract(id: string): boolean {
  return id === coreEntity || id === coreLink || id === coreResource
}

/** Attributes that are members of Entity, by their names in the text renderings (GFD.229 §5). */
interface EntityDraft {
  readonly kind: TypeId
  readonly mixins: readonly TypeId[]
  readonly values: ReadonlyMap<string, AttributeValue>
  readonly lexemes: ReadonlyMap<string, string>
  readonly actions: Entity['actions']
  readonly links: readonly Link[]
  readonly location: string | undefined
  readonly id?: string | undefined
  readonly title?: string | undefined
  readonly summary?: string | undefined
  readonly source?: LinkEnd | undefined
  readonly target?: LinkEnd | undefined
  /** The type, if the document shows it: by a `links` list, or a kind whose parent is core#link. */
  readonly type?: Entity['type'] | undefined
}

const members = new Set([
  'occi.core.id',
  'occi.core.title',
  'occi.core.summary',
  'occi.core.source',
  'occi.core.source.kind',
  'occi.core.target',
  'occi.core.target.kind',
])

/** Creates a Resource or Link from a draft, and moves the core attributes to its members. */
export function makeEntity(draft: EntityDraft): Entity {
  const source = draft.source ?? linkEnd(draft.values, 'occi.core.source')
  const target = draft.target ?? linkEnd(draft.values, 'occi.core.target')
  const type = draft.type ?? (source || target || isLinkKind(draft.kind) ? 'link' : 'resource')
  const attributes = withoutMembers(draft.values)
  const lexemes = new Map([...draft.lexemes].filter(([name]) => attributes.has(name)))
  const base = {
    kind: draft.kind,
    mixins: draft.mixins,
    ...omitUndefined({
      id: draft.id ?? stringValue(draft.values, 'occi.core.id'),
      title: draft.title ?? stringValue(draft.values, 'occi.core.title'),
      location: draft.location,
    }),
    attributes,
    ...(lexemes.size === 0 ? {} : { lexemes }),
    actions: draft.actions,
  }
  if (type === 'link') {
    const result: Link = { type, ...base, ...omitUndefined({ source, target }) }
    return result
  }
  const result: Resource = {
    type,
    ...base,
    ...omitUndefined({ summary: draft.summary ?? stringValue(draft.values, 'occi.core.summary') }),
    links: draft.links,
  }
  return result
}

/** Whether a kind is a link, judging by its name. */
function isLinkKind(kind: string): boolean {
  const term = termOf(kind)
  return term === 'networkinterface' || term === 'link' || term.endsWith('link')
}

/**
 * Guesses the kind of a link from its attributes or its target's kind. ooi's inline links have no category (Q33).
 */
export function guessLinkKind(targetKind: string | undefined, attributes: Attributes): TypeId {
  for (const name of attributes.keys()) {
    for (const kind of ['networkinterface', 'storagelink', 'securitygrouplink']) {
      if (name.startsWith(`occi.${kind}.`)) return `${infrastructure}${kind}` as TypeId
    }
  }
  switch (targetKind === undefined ? '' : termOf(targetKind)) {
    case 'network':
    case 'ipreservation':
      return `${infrastructure}networkinterface` as TypeId
    case 'storage':
      return `${infrastructure}storagelink` as TypeId
    case 'securitygroup':
      return `${infrastructure}securitygrouplink` as TypeId
    default:
      return coreLink
  }
}

function withoutMembers(values: ReadonlyMap<string, AttributeValue>): Map<string, AttributeValue> {
  const kept = new Map<string, AttributeValue>()
  for (const [name, value] of values) if (!members.has(name)) kept.set(name, value)
  return kept
}

export function linkEnd(values: ReadonlyMap<string, AttributeValue>, name: string): LinkEnd | undefined {
  const location = stringValue(values, name)
  if (location === undefined || location === '') return undefined
  return { location, ...omitUndefined({ kind: stringValue(values, `${name}.kind`) as TypeId | undefined }) }
}

function stringValue(values: ReadonlyMap<string, AttributeValue>, name: string): string | undefined {
  const value = values.get(name)
  if (value === undefined) return undefined
  // Ids of snf-occi are integers, which some servers print without quotes.
  return typeof value === 'object' ? undefined : String(value)
}
