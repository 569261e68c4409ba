/** Reads attribute definitions of categories: flat (GFD.226), nested (rOCCI) or as single words (pyssf, Q42). */
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
 * Reads the `attributes` object of a category. An absent `mutable` means false in GFD.226 and true in rOCCI's nested
 * form, which is recognised by a single nested definition.
 */
export function readDefinitions(reader: JsonReader, node: JsonNode | undefined): AttributeDefinitions {
  const definitions = new Map<string, AttributeDefinition>()
  if (node === undefined || node === null) return definitions
  if (node instanceof JsonArray) {
    // Drafts of OCCI 1.1's JSON list the names only.
    for (const item of node.items) {
      if (typeof item === 'string') definitions.set(item, { name: item, mutable: true, required: false })
    }
    return definitions
  }
  if (!(node instanceof JsonObject)) {
    reader.tolerateIncomplete('wrong-type', 'E_TYPE', 'The attributes are not an object', node)
    return definitions
  }
  readLevel({ reader, defaultMutable: isNested(node), definitions }, node, '')
  return definitions
}

/** What the functions that read definitions share. */
interface DefinitionContext {
  readonly reader: JsonReader
  /** What an absent `mutable` means. */
  readonly defaultMutable: boolean
  /** The definitions read so far. */
  readonly definitions: Map<string, AttributeDefinition>
}

/** Whether an object contains name spaces, as rOCCI writes it. */
function isNested(object: JsonObject): boolean {
  for (const [key, node] of object.members) {
    if (!key.includes('.') && node instanceof JsonObject && !isDefinition(node)) return true
  }
  return false
}

/** Reads the members of an object whose attribute names begin with `prefix`. */
function readLevel(context: DefinitionContext, object: JsonObject, prefix: string): void {
  for (const [key, node] of object.members) {
    const name = prefix + key
    try {
      checkName(context.reader, name, key, object)
      if (node instanceof JsonObject) {
        if (key.includes('.') || isDefinition(node))
          context.definitions.set(name, definitionFromObject(context, name, node))
        else readLevel(context, node, `${name}.`)
      } else context.definitions.set(name, definitionFromWord(context.reader, name, node, object))
    } catch (error) {
      context.reader.diagnostics.recoverFrom(error)
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

/** Whether an object is a definition and not a name space: it is empty, or has a property of definitions. */
function isDefinition(object: JsonObject): boolean {
  if (object.members.size === 0) return true
  for (const [key, node] of object.members) {
    if (definitionProperties.has(key.toLowerCase()) && !(node instanceof JsonObject)) return true
  }
  return false
}

function definitionFromObject(
  context: DefinitionContext,
  name: string,
  object: JsonObject,
): AttributeDefinition {
  const { reader } = context
  // rOCCI capitalizes the property names: Type, Required.
  const properties = new Map([...object.members].map(([key, node]) => [key.toLowerCase(), node]))
  const defaultValue = properties.get('default')
  const description = properties.get('description')
  return {
    name,
    ...omitUndefined({ type: readType(properties.get('type')) }),
    ...(isFloat(properties.get('type')) ? { float: true as const } : {}),
    mutable: readBoolean(properties.get('mutable')) ?? context.defaultMutable,
    required: readBoolean(properties.get('required')) ?? false,
    ...omitUndefined({
      default:
        defaultValue === undefined || defaultValue === null ? undefined : reader.value(defaultValue, name),
      pattern: readPattern(reader, properties.get('pattern'), name),
      description: typeof description === 'string' ? description : undefined,
    }),
  }
}

/** Reads pyssf's form of a definition: `required`, `immutable` or `muttable` (sic, Q42). */
function definitionFromWord(
  reader: JsonReader,
  name: string,
  node: JsonNode,
  object: JsonObject,
): AttributeDefinition {
  if (typeof node !== 'string') {
    reader.tolerate('wrong-type', 'E_TYPE', `The definition of ${name} is not an object`, object)
    return { name, mutable: true, required: false }
  }
  return { name, mutable: !node.includes('immutable'), required: node.includes('required') }
}

function readBoolean(node: JsonNode | undefined): boolean | undefined {
  if (typeof node === 'boolean') return node
  if (node === 'true') return true
  if (node === 'false') return false
  return undefined
}

const attributeTypes = new Set<string>(['string', 'number', 'boolean', 'array', 'object'])
const typeAliases: Readonly<Record<string, AttributeType>> = {
  integer: 'number',
  float: 'number',
  list: 'array',
  hash: 'object',
}

function readType(node: JsonNode | undefined): AttributeType | undefined {
  if (typeof node !== 'string') return undefined
  const name = node.toLowerCase()
  if (attributeTypes.has(name)) return name as AttributeType
  return Object.hasOwn(typeAliases, name) ? typeAliases[name] : undefined
}

function isFloat(node: JsonNode | undefined): boolean {
  return typeof node === 'string' && node.toLowerCase() === 'float'
}

function readPattern(
  reader: JsonReader,
  node: JsonNode | undefined,
  name: string,
): AttributePattern | undefined {
  if (typeof node === 'string') return { form: 'regex', source: node }
  if (!(node instanceof JsonObject) || node.members.size === 0) return undefined
  const schema = reader.value(node, name) as { readonly [key: string]: AttributeValue }
  return { form: 'schema', schema }
}
