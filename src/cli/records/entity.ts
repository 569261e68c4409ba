/** Converts entities to output records in the documented JSON form. */
import { omitUndefined } from '../../basics/objects.js'
import {
  type Entity,
  ipAddressesOf,
  type Link,
  type LinkEnd,
  type Model,
  stateOf,
  termOf,
} from '../../model/index.js'
import type { OutputRecord } from '../output/types.js'

/**
 * The record of an entity. Its data always has the same members, with null for unknown values: `{id, name, url, kind,
 * kindTerm, title, summary, state, ips, mixins, attributes, links, actions}`. A link has `source` and `target` instead
 * of `summary` and `links`.
 */
export function entityRecord(entity: Entity, model?: Model): OutputRecord {
  const reference = lastSegment(entity.location) ?? entity.id
  const id = entity.id ?? reference ?? null
  const data = {
    id,
    name: entity.title ?? reference ?? null,
    url: entity.location ?? null,
    kind: entity.kind,
    kindTerm: termOf(entity.kind),
    title: entity.title ?? null,
    ...(entity.type === 'resource' ? { summary: entity.summary ?? null } : {}),
    state: stateOf(entity, model) ?? null,
    ips: entity.type === 'resource' ? ipAddressesOf(entity) : addressesOfLink(entity),
    ...(entity.type === 'link' ? { source: endData(entity.source), target: endData(entity.target) } : {}),
    mixins: entity.mixins,
    // fromEntries creates own members, even for `__proto__`, which is a legal attribute name.
    attributes: Object.fromEntries(entity.attributes),
    ...(entity.type === 'resource' ? { links: entity.links.map(linkData) } : {}),
    actions: entity.actions.map((action) => termOf(action.id)),
  }
  return {
    data,
    entity,
    ...omitUndefined({ name: data.name ?? undefined, id: reference, url: entity.location }),
  }
}

/** The record of an entity of which only the location is known, e.g. after a deletion. `data` are further members. */
export function locationRecord(location: string, data: Readonly<Record<string, unknown>> = {}): OutputRecord {
  const reference = lastSegment(location) ?? location
  return {
    data: { id: reference, name: reference, url: location, ...data },
    name: typeof data['name'] === 'string' ? data['name'] : reference,
    id: reference,
    url: location,
  }
}

/** The last segment of a location's path, decoded: the short name that commands accept. */
export function lastSegment(location: string | undefined): string | undefined {
  if (location === undefined) return undefined
  if (simpleLocation.test(location)) return location.slice(location.lastIndexOf('/') + 1)
  const path = /[?#]/.test(location) ? (location.split(/[?#]/, 1)[0] ?? '') : location
  const end = path.endsWith('/') ? path.length - 1 : path.length
  const segment = path.slice(path.lastIndexOf('/', end - 1) + 1, end)
  if (segment === '') return undefined
  if (!segment.includes('%')) return segment
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}

/** Matches locations that end with a segment and have no query, fragment or escapes. */
const simpleLocation = /^[A-Za-z0-9_~.:/-]*[A-Za-z0-9_~.:-]$/

/** The title, or the short name if there is none, for messages. */
export function displayName(record: OutputRecord): string {
  const name = record.data['name']
  return typeof name === 'string' ? name : (record.name ?? '?')
}

function linkData(link: Link): Readonly<Record<string, unknown>> {
  return {
    id: link.id ?? lastSegment(link.location) ?? null,
    url: link.location ?? null,
    kind: link.kind,
    kindTerm: termOf(link.kind),
    state: stateOf(link) ?? null,
    target: endData(link.target),
    ips: addressesOfLink(link),
    mixins: link.mixins,
    attributes: Object.fromEntries(link.attributes),
  }
}

function endData(end: LinkEnd | undefined): Readonly<Record<string, unknown>> | null {
  if (end === undefined) return null
  return {
    name: end.title ?? lastSegment(end.location) ?? null,
    url: end.location,
    kindTerm: end.kind === undefined ? null : termOf(end.kind),
  }
}

/** The addresses in the attributes of a link. */
export function addressesOfLink(link: Link): readonly string[] {
  return ipAddressesOf({
    type: 'resource',
    kind: link.kind,
    mixins: [],
    attributes: new Map(),
    actions: [],
    links: [link],
  })
}
