/**
 * Reads resources and links: OCCI 1.2 (GFD.226 §4), rOCCI's JSON of OCCI 1.1 and the dialects of other
 * servers.
 */
import { omitUndefined } from '../../basics/objects.js'
import type { ActionReference, Entity, Link, LinkEnd, TypeId } from '../../model/index.js'
import { coreEntity, coreLink, guessLinkKind, isAbstract, makeEntity } from '../parse-result.js'
import { type JsonAttributes, readAttributes, readAttributesBeside } from './attributes.js'
import { readTypeId, typeIds } from './category.js'
import { JsonArray, type JsonNode, JsonObject } from './parse.js'
import type { JsonReader } from './reader.js'

/** `listedAs` is `link` if the object was in a list of links. */
export function readEntity(reader: JsonReader, object: JsonObject, listedAs?: 'link'): Entity {
  const attributes = readAttributes(reader, object.members.get('attributes'))
  readAttributesBeside(reader, object, attributes)
  const rel = reader.string(object, 'rel')
  const target = linkEnd(reader, object, 'target', rel)
  const kind = readTypeId(reader, object.members.get('kind'))
  if (kind === undefined) reader.tolerateLoss('missing-kind', 'E_TYPE', 'An entity has no kind', object)
  const source = linkEnd(reader, object, 'source', undefined)
  const isLink = listedAs === 'link' || target !== undefined || source !== undefined
  return makeEntity({
    kind: kind ?? (isLink ? guessLinkKind(rel, attributes.values) : coreEntity),
    mixins: typeIds(reader, object, 'mixins'),
    values: attributes.values,
    lexemes: attributes.lexemes,
    actions: actions(reader, object),
    links: links(reader, object),
    location: reader.string(object, 'location') ?? reader.string(object, 'self'),
    id: member(reader, object, 'id', attributes),
    title: member(reader, object, 'title', attributes),
    summary: member(reader, object, 'summary', attributes),
    source,
    target,
    type:
      listedAs ??
      (target !== undefined || source !== undefined || relatesToLink(object) ? 'link' : undefined),
  })
}

/** pyssf renders the whole kind, whose parent shows whether the entity is a link. */
function relatesToLink(object: JsonObject): boolean {
  const kind = object.members.get('kind')
  const related = kind instanceof JsonObject ? kind.members.get('related') : undefined
  return related instanceof JsonArray && related.items.includes(coreLink)
}

/** The member takes precedence over `occi.core.…` among the attributes. */
function member(
  reader: JsonReader,
  object: JsonObject,
  name: 'id' | 'title' | 'summary',
  attributes: JsonAttributes,
): string | undefined {
  const own = reader.string(object, name)
  const other = attributes.values.get(`occi.core.${name}`)
  if (own !== undefined && other !== undefined && other !== own) {
    reader.tolerate(
      'member-conflict',
      'E_CONFLICT',
      `The member ${name} and occi.core.${name} differ`,
      object,
    )
  }
  return own
}

/** An object (GFD.226) or a string (rOCCI). */
function linkEnd(
  reader: JsonReader,
  object: JsonObject,
  name: 'source' | 'target',
  rel: string | undefined,
): LinkEnd | undefined {
  const node = object.members.get(name)
  if (node === undefined || node === null) return undefined
  const fromRel = rel === undefined || isAbstract(rel) ? undefined : (rel as TypeId)
  if (typeof node === 'string')
    return node === '' ? undefined : { location: node, ...omitUndefined({ kind: fromRel }) }
  if (!(node instanceof JsonObject)) {
    reader.tolerateLoss('wrong-type', 'E_TYPE', `The member ${name} is not an object`, object)
    return undefined
  }
  const location = reader.string(node, 'location') ?? reader.string(node, 'id')
  if (location === undefined) {
    reader.tolerateLoss('missing-location', 'E_LOCATION', `The ${name} of a link has no location`, node)
    return undefined
  }
  return {
    location,
    ...omitUndefined({ kind: (reader.string(node, 'kind') as TypeId | undefined) ?? fromRel }),
  }
}

function actions(reader: JsonReader, object: JsonObject): ActionReference[] {
  const found: ActionReference[] = []
  const node = object.members.get('actions')
  if (typeof node === 'string') return reader.strings(object, 'actions').map((id) => ({ id: id as TypeId }))
  for (const item of reader.items(object, 'actions')) {
    const made = action(reader, item)
    if (made === undefined) reader.tolerateLoss('wrong-type', 'E_TYPE', 'An action has no identifier', object)
    else found.push(made)
  }
  return found
}

function action(reader: JsonReader, node: JsonNode): ActionReference | undefined {
  if (typeof node === 'string') return { id: node as TypeId }
  if (!(node instanceof JsonObject)) return undefined
  // pyssf: { kind: {…}, link: "/compute/1?action=start" }. Drafts of OCCI's JSON: { category: "…#start", uri: "…" }
  const named = ['kind', 'action', 'category'].find((name) => node.members.has(name))
  const id = readTypeId(reader, named === undefined ? node : node.members.get(named))
  if (id === undefined) return undefined
  const [href] = ['link', 'href', 'uri'].flatMap((name) => reader.string(node, name) ?? [])
  return { id, ...omitUndefined({ href }) }
}

function links(reader: JsonReader, object: JsonObject): Link[] {
  const found: Link[] = []
  for (const item of reader.items(object, 'links')) {
    if (typeof item === 'string') found.push(reference(item))
    else if (item instanceof JsonObject) found.push(readEntity(reader, item, 'link') as Link)
    else reader.tolerateLoss('wrong-type', 'E_TYPE', 'A link is neither an object nor a location', object)
  }
  return found
}

/** A link of which only the location is known (rOCCI); its kind has to be read from the provider. */
function reference(location: string): Link {
  return { type: 'link', kind: coreLink, mixins: [], location, attributes: new Map(), actions: [] }
}
