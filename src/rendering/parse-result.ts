/** Builds the results of all readers: an empty one, and entities from the members and attributes that were read. */

import { omitUndefined } from '../basics/objects.js'
import {
  type Attributes,
  type AttributeValue,
  ENTITY,
  type Entity,
  LINK,
  type Link,
  type LinkEnd,
  NETWORK_INTERFACE,
  RESOURCE,
  type Resource,
  SECURITY_GROUP_LINK,
  STORAGE_LINK,
  type TypeId,
  termOf,
} from '../model/index.js'
import type { Deviation, Parsed } from './types.js'

/** Returns the result of a message without content. */
export function emptyParsed(deviations: readonly Deviation[]): Parsed {
  return { categories: [], entities: [], locations: [], references: [], attributes: new Map(), deviations }
}

/**
 * Whether a kind is one of the core, from which all others descend. erocci (E11) and rOCCI write such a kind as the
 * `rel` of a link, where it does not tell the kind of the target.
 */
export function isAbstract(id: string): boolean {
  return id === ENTITY || id === LINK || id === RESOURCE
}

/** What a reader has read of an entity. Members that are absent are taken from `values`. */
interface EntityParts {
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
  /** The type, if the message shows it: by a list named `links`, or a kind whose parent is core#link. */
  readonly type?: Entity['type'] | undefined
}

/** Attributes that are members of an entity, by their names in the text renderings (GFD.229 §5). */
const memberAttributes = new Set([
  'occi.core.id',
  'occi.core.title',
  'occi.core.summary',
  'occi.core.source',
  'occi.core.source.kind',
  'occi.core.target',
  'occi.core.target.kind',
])

/** Creates a resource or link, and moves the core attributes among `values` to its members. */
export function makeEntity(parts: EntityParts): Entity {
  const source = parts.source ?? readLinkEnd(parts.values, 'occi.core.source')
  const target = parts.target ?? readLinkEnd(parts.values, 'occi.core.target')
  const type = parts.type ?? (source || target || isLinkKind(parts.kind) ? 'link' : 'resource')
  const attributes = withoutMemberAttributes(parts.values)
  const lexemes = new Map([...parts.lexemes].filter(([name]) => attributes.has(name)))
  const common = {
    kind: parts.kind,
    mixins: parts.mixins,
    ...omitUndefined({
      id: parts.id ?? stringValue(parts.values, 'occi.core.id'),
      title: parts.title ?? stringValue(parts.values, 'occi.core.title'),
      location: parts.location,
    }),
    attributes,
    ...(lexemes.size === 0 ? {} : { lexemes }),
    actions: parts.actions,
  }
  if (type === 'link') {
    const result: Link = { type, ...common, ...omitUndefined({ source, target }) }
    return result
  }
  const result: Resource = {
    type,
    ...common,
    ...omitUndefined({ summary: parts.summary ?? stringValue(parts.values, 'occi.core.summary') }),
    links: parts.links,
  }
  return result
}

/** Whether the term of a kind is that of a link. */
function isLinkKind(kind: string): boolean {
  const term = termOf(kind)
  return term === 'networkinterface' || term === 'link' || term.endsWith('link')
}

/**
 * Guesses the kind of a link from its attributes or from its target's kind, because ooi's inline links name no kind
 * (Q33).
 */
export function guessLinkKind(targetKind: string | undefined, attributes: Attributes): TypeId {
  for (const name of attributes.keys()) {
    for (const kind of [NETWORK_INTERFACE, STORAGE_LINK, SECURITY_GROUP_LINK]) {
      if (name.startsWith(`occi.${termOf(kind)}.`)) return kind
    }
  }
  switch (targetKind === undefined ? '' : termOf(targetKind)) {
    case 'network':
    case 'ipreservation':
      return NETWORK_INTERFACE
    case 'storage':
      return STORAGE_LINK
    case 'securitygroup':
      return SECURITY_GROUP_LINK
    default:
      return LINK
  }
}

function withoutMemberAttributes(values: ReadonlyMap<string, AttributeValue>): Map<string, AttributeValue> {
  const attributes = new Map<string, AttributeValue>()
  for (const [name, value] of values) if (!memberAttributes.has(name)) attributes.set(name, value)
  return attributes
}

/** Returns the source or target that the attributes `NAME` and `NAME.kind` describe. */
export function readLinkEnd(values: ReadonlyMap<string, AttributeValue>, name: string): LinkEnd | undefined {
  const location = stringValue(values, name)
  if (location === undefined || location === '') return undefined
  return { location, ...omitUndefined({ kind: stringValue(values, `${name}.kind`) as TypeId | undefined }) }
}

function stringValue(values: ReadonlyMap<string, AttributeValue>, name: string): string | undefined {
  const value = values.get(name)
  if (value === undefined) return undefined
  // Some servers print ids that are integers (snf-occi's) without quotes.
  return typeof value === 'object' ? undefined : String(value)
}
