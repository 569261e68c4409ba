/** Reads attribute definitions of categories: flat (GFD.226), nested (rOCCI) or as single words (pyssf). */
import { omitUndefined } from '../../basics/objects.js'
import type {
  AttributeDefinition,
  AttributeDefinitions,
  AttributePattern,
  AttributeType,
  AttributeValue,
} from '../../model/index.js'
import { checkName } from './attributes.js'
import { JsonArray, type JsonNode, JsonObject } from './parse.js'
import type { JsonReader } from './reader.js'

/**
 * An absent `mutable` means false in GFD.226 and true in rOCCI's nested form. A category counts as nested
 * when one of its definitions is nested.
 */
export function readDefinitions(reader: JsonReader, node: JsonNode | undefined): AttributeDefinitions {
  const found = new Map<string, AttributeDefinition>()
  if (node === undefined || node === null) return found
  if (node instanceof JsonArray) {
    // OCCI 1.1 drafts list names only.
    for (const item of node.items) {
      if (typeof item === 'string') found.set(item, { name: item, mutable: true, required: false })
    }
    return found
  }
  if (!(node instanceof JsonObject)) {
    reader.tolerateLoss('wrong-type', 'E_TYPE', 'The attributes are not an object', node)
    return found
  }
  readLevel({ reader, mutable: isNested(node), found }, node, '')
  return found
}

interface Walk {
  readonly reader: JsonReader
  /** The value of an absent `mutable`. */
  readonly mutable: boolean
  readonly found: Map<string, AttributeDefinition>
}

function isNested(object: JsonObject): boolean {
  for (const [key, node] of object.members) {
    if (!key.includes('.') && node instanceof JsonObject && !isLeaf(node)) return true
  }
  return false
}

function readLevel(walk: Walk, object: JsonObject, prefix: string): void {
  for (const [key, node] of object.members) {
    const name = prefix + key
    try {
      checkName(walk.reader, name, key, object)
      if (node instanceof JsonObject) {
        if (key.includes('.') || isLeaf(node)) walk.found.set(name, definitionFromObject(walk, name, node))
        else readLevel(walk, node, `${name}.`)
      } else walk.found.set(name, definitionFromWord(walk.reader, name, node, object))
    } catch (error) {
      walk.reader.diagnostics.recoverFrom(error)
    }
  }
}

const definitionProperties = new Set([
  'type',
  'required',
  'mutable',
  'default',
  'description',
  'pattern',
  'minimum',
  'maximum',
])

/** A leaf is an empty object, or one with a property whose value is not a definition. */
function isLeaf(object: JsonObject): boolean {
  if (object.members.size === 0) return true
  for (const [key, node] of object.members) {
    if (definitionProperties.has(key.toLowerCase()) && !(node instanceof JsonObject)) return true
  }
  return false
}

function definitionFromObject(walk: Walk, name: string, object: JsonObject): AttributeDefinition {
  const { reader } = walk
  // rOCCI writes Type, Required and so on.
  const property = new Map([...object.members].map(([key, node]) => [key.toLowerCase(), node]))
  const fallback = property.get('default')
  const description = property.get('description')
  return {
    name,
    ...omitUndefined({ type: attributeType(property.get('type')) }),
    ...(isFloat(property.get('type')) ? { float: true as const } : {}),
    mutable: booleanValue(property.get('mutable')) ?? walk.mutable,
    required: booleanValue(property.get('required')) ?? false,
    ...omitUndefined({
      default: fallback === undefined || fallback === null ? undefined : reader.value(fallback, name),
      pattern: pattern(reader, property.get('pattern'), name),
      description: typeof description === 'string' ? description : undefined,
    }),
  }
}

/** pyssf: `required`, `immutable` or `muttable` (sic). */
function definitionFromWord(
  reader: JsonReader,
  name: string,
  node: JsonNode,
  at: JsonObject,
): AttributeDefinition {
  if (typeof node !== 'string') {
    reader.tolerate('wrong-type', 'E_TYPE', `The definition of ${name} is not an object`, at)
    return { name, mutable: true, required: false }
  }
  return { name, mutable: !node.includes('immutable'), required: node.includes('required') }
}

function booleanValue(node: JsonNode | undefined): boolean | undefined {
  if (typeof node === 'boolean') return node
  if (node === 'true') return true
  if (node === 'false') return false
  return undefined
}

const types = new Set<string>(['string', 'number', 'boolean', 'array', 'object'])
const aliases: Readonly<Record<string, AttributeType>> = {
  integer: 'number',
  float: 'number',
  list: 'array',
  hash: 'object',
}

function attributeType(node: JsonNode | undefined): AttributeType | undefined {
  if (typeof node !== 'string') return undefined
  const name = node.toLowerCase()
  if (types.has(name)) return name as AttributeType
  return Object.hasOwn(aliases, name) ? aliases[name] : undefined
}

function isFloat(node: JsonNode | undefined): boolean {
  return typeof node === 'string' && node.toLowerCase() === 'float'
}

function pattern(reader: JsonReader, node: JsonNode | undefined, name: string): AttributePattern | undefined {
  if (typeof node === 'string') return { form: 'regex', source: node }
  if (!(node instanceof JsonObject) || node.members.size === 0) return undefined
  const schema = reader.value(node, name) as { readonly [key: string]: AttributeValue }
  return { form: 'schema', schema }
}
