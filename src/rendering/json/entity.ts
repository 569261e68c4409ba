/** Reads resources and links: of OCCI 1.2 (GFD.226 §4), rOCCI's JSON of OCCI 1.1, and the dialects of other servers. */
import { omitUndefined } from '../../basics/objects.js'
import {
  type ActionReference,
  ENTITY,
  type Entity,
  LINK,
  type Link,
  type LinkEnd,
  type TypeId,
} from '../../model/index.js'
import { guessLinkKind, isAbstract, makeEntity } from '../parse-result.js'
import { type JsonAttributes, readAttributes, readMisplacedAttributes } from './attributes.js'
import { readTypeId, readTypeIds } from './category.js'
import { JsonArray, type JsonNode, JsonObject } from './parse.js'
import type { JsonReader } from './reader.js'

/** Reads an entity. `listedAs` is `link` if the entity is in a list of links. */
export function readEntity(reader: JsonReader, object: JsonObject, listedAs?: 'link'): Entity {
  const attributes = readAttributes(reader, object.members.get('attributes'))
  readMisplacedAttributes(reader, object, attributes)
  const rel = reader.string(object, 'rel')
  const target = readLinkEnd(reader, object, 'target', rel)
  const kind = readTypeId(reader, object.members.get('kind'))
  if (kind === undefined) reader.tolerateIncomplete('missing-kind', 'E_TYPE', 'An entity has no kind', object)
  const source = readLinkEnd(reader, object, 'source', undefined)
  const isLink = listedAs === 'link' || target !== undefined || source !== undefined
  return makeEntity({
    kind: kind ?? (isLink ? guessLinkKind(rel, attributes.values) : ENTITY),
    mixins: readTypeIds(reader, object, 'mixins'),
    values: attributes.values,
    lexemes: attributes.lexemes,
    actions: readActions(reader, object),
    links: readLinks(reader, object),
    location: reader.string(object, 'location') ?? reader.string(object, 'self'),
    id: readCoreMember(reader, object, 'id', attributes),
    title: readCoreMember(reader, object, 'title', attributes),
    summary: readCoreMember(reader, object, 'summary', attributes),
    source,
    target,
    type: isLink || descendsFromLink(object) ? 'link' : undefined,
  })
}

/** Whether the kind descends from core#link. Only pyssf renders the whole kind, with its parent (Q42). */
function descendsFromLink(object: JsonObject): boolean {
  const kind = object.members.get('kind')
  const related = kind instanceof JsonObject ? kind.members.get('related') : undefined
  return related instanceof JsonArray && related.items.includes(LINK)
}

/**
 * Reads a member, and reports it if the attribute `occi.core.NAME` differs. Undefined if there is no member; makeEntity
 * then uses the attribute.
 */
function readCoreMember(
  reader: JsonReader,
  object: JsonObject,
  name: 'id' | 'title' | 'summary',
  attributes: JsonAttributes,
): string | undefined {
  const memberValue = reader.string(object, name)
  const attributeValue = attributes.values.get(`occi.core.${name}`)
  if (memberValue !== undefined && attributeValue !== undefined && attributeValue !== memberValue) {
    reader.tolerate(
      'member-conflict',
      'E_CONFLICT',
      `The member ${name} and occi.core.${name} differ`,
      object,
    )
  }
  return memberValue
}

/** Reads a source or target: an object (GFD.226) or a string (rOCCI). `rel` is the kind of the target, if known. */
function readLinkEnd(
  reader: JsonReader,
  object: JsonObject,
  name: 'source' | 'target',
  rel: string | undefined,
): LinkEnd | undefined {
  const node = object.members.get(name)
  if (node === undefined || node === null) return undefined
  const kindFromRel = rel === undefined || isAbstract(rel) ? undefined : (rel as TypeId)
  if (typeof node === 'string')
    return node === '' ? undefined : { location: node, ...omitUndefined({ kind: kindFromRel }) }
  if (!(node instanceof JsonObject)) {
    reader.tolerateIncomplete('wrong-type', 'E_TYPE', `The member ${name} is not an object`, object)
    return undefined
  }
  const location = reader.string(node, 'location') ?? reader.string(node, 'id')
  if (location === undefined) {
    reader.tolerateIncomplete('missing-location', 'E_LOCATION', `The ${name} of a link has no location`, node)
    return undefined
  }
  return {
    location,
    ...omitUndefined({ kind: (reader.string(node, 'kind') as TypeId | undefined) ?? kindFromRel }),
  }
}

/** Reads the actions that are applicable to an entity. */
function readActions(reader: JsonReader, object: JsonObject): ActionReference[] {
  const actions: ActionReference[] = []
  const node = object.members.get('actions')
  if (typeof node === 'string') return reader.strings(object, 'actions').map((id) => ({ id: id as TypeId }))
  for (const item of reader.items(object, 'actions')) {
    const action = readAction(reader, item)
    if (action === undefined)
      reader.tolerateIncomplete('wrong-type', 'E_TYPE', 'An action has no identifier', object)
    else actions.push(action)
  }
  return actions
}

function readAction(reader: JsonReader, node: JsonNode): ActionReference | undefined {
  if (typeof node === 'string') return { id: node as TypeId }
  if (!(node instanceof JsonObject)) return undefined
  // pyssf writes { kind: {…}, link: "/compute/1?action=start" } (Q42), and drafts of OCCI's JSON have
  // { category: "…#start", uri: "…" }.
  const idMember = ['kind', 'action', 'category'].find((name) => node.members.has(name))
  const id = readTypeId(reader, idMember === undefined ? node : node.members.get(idMember))
  if (id === undefined) return undefined
  const [href] = ['link', 'href', 'uri'].flatMap((name) => reader.string(node, name) ?? [])
  return { id, ...omitUndefined({ href }) }
}

/** Reads the links of a resource: whole links, or their locations. */
function readLinks(reader: JsonReader, object: JsonObject): Link[] {
  const links: Link[] = []
  for (const item of reader.items(object, 'links')) {
    if (typeof item === 'string') links.push(linkWithLocationOnly(item))
    else if (item instanceof JsonObject) links.push(readEntity(reader, item, 'link') as Link)
    else
      reader.tolerateIncomplete('wrong-type', 'E_TYPE', 'A link is neither an object nor a location', object)
  }
  return links
}

/** Returns a link of which only the location is known (rOCCI). The client reads its kind from the provider. */
function linkWithLocationOnly(location: string): Link {
  return { type: 'link', kind: LINK, mixins: [], location, attributes: new Map(), actions: [] }
}
