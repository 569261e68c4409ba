/** Reads all JSON dialects. The members of an object decide what it is. */
import { omitUndefined } from '../../basics/objects.js'
import type {
  ActionInvocation,
  Attributes,
  Category,
  CategoryClass,
  Entity,
  TypeId,
} from '../../model/index.js'
import { Diagnostics } from '../diagnostics.js'
import { emptyParsed } from '../parse-result.js'
import type { Message, Parsed, ParseOptions } from '../types.js'
import { readAttributes } from './attributes.js'
import { readCategory, readTypeId } from './category.js'
import { readEntity } from './entity.js'
import { JsonArray, type JsonNode, JsonNumber, JsonObject, parseJson } from './parse.js'
import { JsonReader } from './reader.js'

/** Reads a whole message. Throws ParseError. */
export function readJson(message: Message, options: ParseOptions = {}): Parsed {
  const diagnostics = new Diagnostics(options)
  if (message.body.trim() === '') return emptyParsed(diagnostics.deviations)
  const root = parseJson(message.body, diagnostics)
  const reader = new JsonReader(message.body, diagnostics)
  const { action, error, listedLocations, total, ...content } = readRoot(reader, root)
  const locations = [...content.locations, ...listedLocations]
  checkTotal(reader, total, content.entities.length + locations.length)
  return {
    ...content,
    locations,
    ...omitUndefined({ action, error }),
    deviations: diagnostics.deviations,
  }
}

/** Reads the content of a whole JSON text. Throws ParseError. */
export function readRoot(reader: JsonReader, root: JsonNode): ReadResult {
  const result = emptyResult()
  if (root instanceof JsonArray) for (const item of root.items) readArrayItem(reader, item, root, result)
  else if (root instanceof JsonObject) readObject(reader, root, result)
  else reader.fail('E_TYPE', 'The JSON text is neither an object nor a list', root)
  return result
}

/** Reads one item of the list with the name `list`, which is `''` if the whole text is the list. Throws ParseError. */
export function readItem(reader: JsonReader, item: JsonNode, list: string): ReadResult {
  const result = emptyResult()
  if (list === '') readArrayItem(reader, item, item, result)
  else readEntityItem(reader, item, list, item, result)
  return result
}

/** Records a loss if the text declares that there are more members than `count`. */
export function checkTotal(reader: JsonReader, total: number | undefined, count: number): void {
  if (total === undefined || total <= count) return
  reader.tolerateIncomplete(
    'not-whole',
    'E_TYPE',
    `The answer declares ${total} members and contains ${count}`,
    undefined,
  )
}

function emptyResult(): ReadResult {
  return {
    categories: [],
    entities: [],
    locations: [],
    listedLocations: [],
    references: [],
    attributes: new Map(),
  }
}

/** What was read so far. */
interface ReadResult {
  readonly categories: Category[]
  readonly entities: Entity[]
  /** Locations in a list of entities. */
  readonly locations: string[]
  /** Locations in the member `locations`. */
  readonly listedLocations: string[]
  readonly references: TypeId[]
  attributes: Attributes
  action?: ActionInvocation
  error?: { readonly code?: string; readonly message: string }
  /** The number of members that the text declares. */
  total?: number
}

/** Reads an item of a text that is an array: a location (rOCCI-core 5), an entity or a category (pyssf, Q42). */
function readArrayItem(reader: JsonReader, item: JsonNode, errorNode: JsonNode, result: ReadResult): void {
  if (typeof item === 'string') result.locations.push(item)
  else if (item instanceof JsonObject) readOrSkip(reader, () => readObject(reader, item, result))
  else reader.tolerateIncomplete('wrong-type', 'E_TYPE', 'A list holds something that is not OCCI', errorNode)
}

/** Reads one of several items, and skips it if it cannot be read. */
function readOrSkip(reader: JsonReader, read: () => void): void {
  try {
    read()
  } catch (error) {
    reader.diagnostics.recoverFrom(error)
  }
}

/** Reads a category, an entity or partial update, an action, or an object with lists or an error. */
function readObject(reader: JsonReader, object: JsonObject, result: ReadResult): void {
  const { members } = object
  const hasMember = (name: string) => members.has(name)
  if (hasMember('term') && hasMember('scheme')) addCategory(reader, object, result)
  else if (hasMember('kind') || hasLostKind(reader, object)) result.entities.push(readEntity(reader, object))
  else if (typeof members.get('action') === 'string') result.action = readInvocation(reader, object)
  else {
    // A message beside entities or categories is ignored, while an error there means that others are missing.
    const hasContent = hasListMembers(object)
    const hasError = isError(object)
    if (hasError && (!hasContent || members.has('error'))) result.error = errorOf(object)
    if (!hasError || hasContent) readMembers(reader, object, result)
  }
}

/** Whether an object is an entity whose kind could not be read. */
function hasLostKind({ diagnostics }: JsonReader, { members }: JsonObject): boolean {
  return diagnostics.hasLosses && members.has('id') && members.has('attributes')
}

function addCategory(
  reader: JsonReader,
  object: JsonObject,
  result: ReadResult,
  listedClass?: CategoryClass,
): void {
  const category = readCategory(reader, object, listedClass)
  if (category !== undefined) result.categories.push(category)
}

/** Reads the lists and other members of an object that is not itself an entity or category. */
function readMembers(reader: JsonReader, object: JsonObject, result: ReadResult): void {
  for (const [name, node] of object.members) {
    const readList = Object.hasOwn(listReaders, name) ? listReaders[name] : undefined
    if (readList !== undefined) readList(reader, object, result)
    else if (isTotal(name) && node instanceof JsonNumber) result.total = Number(node.value)
    else if (!otherMembers.has(name)) recordUnknownMember(reader, name, node)
  }
  const values = readAttributes(reader, object.members.get('attributes')).values
  // In a partial update without a kind, title and summary become attributes, as in text renderings.
  for (const name of ['title', 'summary'] as const) {
    const value = object.members.get(name)
    if (typeof value === 'string') values.set(`occi.core.${name}`, value)
  }
  if (values.size > 0) result.attributes = values
}

/** Records an unknown member as a deviation, and as a loss if it contains data or announces further pages. */
function recordUnknownMember(reader: JsonReader, name: string, node: JsonNode): void {
  const quotedName = `"${name.slice(0, 40)}"`
  const hasContent = (node instanceof JsonArray && node.items.length > 0) || node instanceof JsonObject
  if (announcesMore(name, node)) {
    reader.tolerateIncomplete(
      'not-whole',
      'E_TYPE',
      `The member ${quotedName} declares that the listing is incomplete`,
      node,
    )
  } else if (hasContent)
    reader.tolerateIncomplete('unknown-member', 'E_TYPE', `The member ${quotedName} is not known`, node)
  else reader.tolerate('unknown-member', 'E_TYPE', `The member ${quotedName} is not known`, node)
}

/** Whether a member declares the number of members of a listing. */
function isTotal(name: string): boolean {
  return /^total([_-]?(count|results|items|elements))?$/i.test(name)
}

/** Whether a member announces further pages, under one of the names that services outside OCCI use. */
function announcesMore(name: string, node: JsonNode): boolean {
  const normalized = name.toLowerCase().replaceAll(/[_-]/g, '')
  if (/^(truncated|istruncated|partial|incomplete|more|hasmore|hasnext)$/.test(normalized))
    return node === true
  return (
    /^(next|nextpage|nextlink|nextmarker|nexttoken|nextpagetoken|marker)$/.test(normalized) &&
    typeof node === 'string'
  )
}

/** Reads the list that is a certain member of an object. */
type ListReader = (reader: JsonReader, object: JsonObject, result: ReadResult) => void

const listReaders: Readonly<Record<string, ListReader>> = {
  kinds: categoryListReader('kinds', 'kind'),
  mixins: categoryListReader('mixins', 'mixin'),
  actions: categoryListReader('actions', 'action'),
  resources: entityListReader('resources'),
  links: entityListReader('links'),
  entities: entityListReader('entities'),
  locations: (reader, object, result) => result.listedLocations.push(...reader.strings(object, 'locations')),
  // MartServer wraps each extension (M13).
  model: (reader, object, result) => {
    for (const item of reader.items(object, 'model')) {
      if (item instanceof JsonObject) readMembers(reader, item, result)
    }
  },
}

/** Members that are not lists. */
const otherMembers = new Set(['attributes', 'title', 'summary', 'id'])

/** Returns the reader of a list of categories, of references to them, or of an action to trigger. */
function categoryListReader(name: string, listedClass: CategoryClass): ListReader {
  return (reader, object, result) => {
    for (const item of listItems(reader, object, name)) {
      if (item instanceof JsonObject) {
        // MartServer's form of an action to trigger is {"actions":[{"action":…}]}.
        if (item.members.has('action')) result.action = readInvocation(reader, item)
        else readOrSkip(reader, () => addCategory(reader, item, result, listedClass))
      } else {
        const id = readTypeId(reader, item)
        if (id === undefined)
          reader.tolerateIncomplete('wrong-type', 'E_TYPE', `The member ${name} contains no category`, object)
        else result.references.push(id)
      }
    }
  }
}

/** Returns the reader of a list of entities or of their locations. */
function entityListReader(name: 'resources' | 'links' | 'entities'): ListReader {
  return (reader, object, result) => {
    for (const item of reader.items(object, name)) readEntityItem(reader, item, name, object, result)
  }
}

function readEntityItem(
  reader: JsonReader,
  item: JsonNode,
  name: string,
  errorNode: JsonNode,
  result: ReadResult,
): void {
  if (typeof item === 'string') result.locations.push(item)
  else if (item instanceof JsonObject)
    readOrSkip(reader, () => readEntityOrLocation(reader, item, name, result))
  else
    reader.tolerateIncomplete(
      'wrong-type',
      'E_TYPE',
      `The member ${name} holds something that is not an entity`,
      errorNode,
    )
}

function readEntityOrLocation(reader: JsonReader, item: JsonObject, name: string, result: ReadResult): void {
  const location = item.members.get('location')
  // erocci lists an entity that it has not loaded as an object with the location alone.
  if (!item.members.has('kind') && typeof location === 'string') result.locations.push(location)
  else result.entities.push(readEntity(reader, item, name === 'links' ? 'link' : undefined))
}

/** Returns the items of a list of categories. erocci writes a single identifier instead of a list. */
function listItems(reader: JsonReader, object: JsonObject, name: string): readonly JsonNode[] {
  const node = object.members.get(name)
  return typeof node === 'string' ? reader.strings(object, name) : reader.items(object, name)
}

function readInvocation(reader: JsonReader, object: JsonObject): ActionInvocation {
  const action = readTypeId(reader, object.members.get('action'))
  if (action === undefined) reader.fail('E_TYPE', 'An action invocation has no action', object)
  return { action, attributes: readAttributes(reader, object.members.get('attributes')).values }
}

/**
 * Whether an object is an error: {code, message} (ooi), {status, error} (rOCCI 2.0), {error: {message}} (Keystone) or
 * {message} (MartServer).
 */
function isError(object: JsonObject): boolean {
  const { members } = object
  if (members.has('error')) return members.get('error') !== null
  const message = members.get('message')
  // MartServer acknowledges a write with {"message": "ok"}.
  if (message === 'ok') return false
  return typeof message === 'string' && !members.has('attributes')
}

/** Whether an object has a list with items. */
function hasListMembers({ members }: JsonObject): boolean {
  for (const [name, node] of members) {
    if (Object.hasOwn(listReaders, name) && node instanceof JsonArray && node.items.length > 0) return true
  }
  return false
}

/** Returns the code and message of an error object. The message is empty if it has none. */
export function errorOf(object: JsonObject): { readonly code?: string; readonly message: string } {
  const { members } = object
  const inner = members.get('error')
  if (inner instanceof JsonObject) return errorOf(inner)
  const code = members.get('code') ?? members.get('status')
  const text = members.get('message') ?? members.get('error') ?? members.get('title')
  const message = typeof text === 'string' ? text : ''
  if (typeof code === 'string') return { code, message }
  return code instanceof JsonNumber ? { code: String(code.value), message } : { message }
}
