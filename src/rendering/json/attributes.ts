/** Attributes of entities: flat keys (GFD.226) or nested objects (rOCCI). */
import type { AttributeValue } from '../../model/index.js'
import { isAttributeName12 } from '../characters.js'
import { quotedExcerpt } from '../error.js'
import { type JsonNode, JsonNumber, JsonObject } from './parse.js'
import type { JsonReader } from './reader.js'

export interface JsonAttributes {
  readonly values: Map<string, AttributeValue>
  readonly lexemes: Map<string, string>
}

/**
 * A key with a dot is a leaf; a key without a dot whose value is an object is a name space. In strict mode
 * (GFD.226) every key is a leaf.
 */
export function readAttributes(reader: JsonReader, node: JsonNode | undefined): JsonAttributes {
  const into: JsonAttributes = { values: new Map(), lexemes: new Map() }
  if (node === undefined || node === null) return into
  if (!(node instanceof JsonObject)) {
    reader.tolerateLoss('wrong-type', 'E_TYPE', 'The attributes are not an object', node)
    return into
  }
  readLevel(reader, node, '', into)
  return into
}

/** Reads attributes that a server put into the entity itself: members with a dot in their names. */
export function readAttributesBeside(reader: JsonReader, object: JsonObject, into: JsonAttributes): void {
  for (const [name, node] of object.members) {
    if (!name.includes('.') || into.values.has(name) || !isAttributeName12(name)) continue
    const message = `The attribute ${quotedExcerpt(name)} is outside "attributes"`
    reader.tolerate('attribute-outside', 'E_ATTR_NAME', message, object)
    addLeaf(reader, name, node, object, into)
  }
}

function readLevel(reader: JsonReader, object: JsonObject, prefix: string, into: JsonAttributes): void {
  for (const [key, node] of object.members) {
    const name = prefix + key
    try {
      checkName(reader, name, key, object)
      const isNameSpace = node instanceof JsonObject && !key.includes('.') && !reader.diagnostics.strict
      if (isNameSpace) readLevel(reader, node, `${name}.`, into)
      else addLeaf(reader, name, node, object, into)
    } catch (error) {
      reader.diagnostics.recoverFrom(error)
    }
  }
}

function addLeaf(
  reader: JsonReader,
  name: string,
  node: JsonNode,
  object: JsonObject,
  into: JsonAttributes,
): void {
  if (node === null) {
    reader.tolerate('null-value', 'E_TYPE', `The attribute ${name} is null`, object)
    return
  }
  const value = reader.value(node, name)
  if (value === undefined) return
  if (into.values.has(name)) {
    reader.tolerate('duplicate-attribute', 'E_DUP_ATTR', `The attribute ${name} is given twice`, object)
    into.lexemes.delete(name)
  }
  into.values.set(name, value)
  if (node instanceof JsonNumber && node.lexeme !== undefined) into.lexemes.set(name, node.lexeme)
}

export function checkName(reader: JsonReader, name: string, key: string, at: JsonObject): void {
  if (name.length > reader.diagnostics.limits.nameLength)
    reader.fail('E_LIMIT', 'An attribute name is too long', at)
  if (key === '__proto__' || !isAttributeName12(name)) {
    reader.fail('E_ATTR_NAME', `${quotedExcerpt(name)} is not an attribute name`, at)
  }
}
