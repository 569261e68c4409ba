/** Reads attributes of entities: flat names (GFD.226) or nested objects (rOCCI). */
import type { AttributeValue } from '../../model/index.js'
import { isAttributeName12 } from '../characters.js'
import { quotedExcerpt } from '../error.js'
import { type JsonNode, JsonNumber, JsonObject } from './parse.js'
import type { JsonReader } from './reader.js'

/** Attribute values, and the numbers as the server wrote them if JavaScript would print them differently. */
export interface JsonAttributes {
  readonly values: Map<string, AttributeValue>
  readonly lexemes: Map<string, string>
}

/**
 * Reads an `attributes` object. A member whose name has no dot and whose value is an object is a name space: a part of
 * the names of the attributes inside it. In strict mode (GFD.226) there are no name spaces.
 */
export function readAttributes(reader: JsonReader, node: JsonNode | undefined): JsonAttributes {
  const attributes: JsonAttributes = { values: new Map(), lexemes: new Map() }
  if (node === undefined || node === null) return attributes
  if (!(node instanceof JsonObject)) {
    reader.tolerateIncomplete('wrong-type', 'E_TYPE', 'The attributes are not an object', node)
    return attributes
  }
  readLevel(reader, node, '', attributes)
  return attributes
}

/** Reads attributes that a server wrote beside `attributes`: members of the entity with a dot in their names. */
export function readMisplacedAttributes(
  reader: JsonReader,
  entity: JsonObject,
  attributes: JsonAttributes,
): void {
  for (const [name, node] of entity.members) {
    if (!name.includes('.') || attributes.values.has(name) || !isAttributeName12(name)) continue
    const message = `The attribute ${quotedExcerpt(name)} is outside "attributes"`
    reader.tolerate('attribute-outside', 'E_ATTR_NAME', message, entity)
    addAttribute(reader, name, node, entity, attributes)
  }
}

/** Reads the members of an object whose attribute names begin with `prefix`. */
function readLevel(reader: JsonReader, object: JsonObject, prefix: string, attributes: JsonAttributes): void {
  for (const [key, node] of object.members) {
    const name = prefix + key
    try {
      checkName(reader, name, key, object)
      const isNameSpace = node instanceof JsonObject && !key.includes('.') && !reader.diagnostics.strict
      if (isNameSpace) readLevel(reader, node, `${name}.`, attributes)
      else addAttribute(reader, name, node, object, attributes)
    } catch (error) {
      reader.diagnostics.recoverFrom(error)
    }
  }
}

function addAttribute(
  reader: JsonReader,
  name: string,
  node: JsonNode,
  object: JsonObject,
  attributes: JsonAttributes,
): void {
  if (node === null) {
    reader.tolerate('null-value', 'E_TYPE', `The attribute ${name} is null`, object)
    return
  }
  const value = reader.value(node, name)
  if (value === undefined) return
  if (attributes.values.has(name)) {
    reader.tolerate('duplicate-attribute', 'E_DUP_ATTR', `The attribute ${name} is given twice`, object)
    attributes.lexemes.delete(name)
  }
  attributes.values.set(name, value)
  if (node instanceof JsonNumber && node.lexeme !== undefined) attributes.lexemes.set(name, node.lexeme)
}

/** Throws for an attribute name that is too long or malformed. `key` is the member of `object` that ends the name. */
export function checkName(reader: JsonReader, name: string, key: string, object: JsonObject): void {
  if (name.length > reader.diagnostics.limits.nameLength)
    reader.fail('E_LIMIT', 'An attribute name is too long', object)
  if (key === '__proto__' || !isAttributeName12(name)) {
    reader.fail('E_ATTR_NAME', `${quotedExcerpt(name)} is not an attribute name`, object)
  }
}
