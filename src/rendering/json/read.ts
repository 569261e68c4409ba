/** A tolerant reader for all JSON dialects. The members of a document decide what it is. */
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
  const { action, error, listedLocations, total, ...rest } = readRoot(reader, root)
  const locations = [...rest.locations, ...listedLocations]
  checkTotal(reader, total, rest.entities.length + locations.length)
  return {
    ...rest,
    locations,
    ...omitUndefined({ action, error }),
    deviations: diagnostics.deviations,
  }
}

/** Reads the root of a document. Throws ParseError. */
export function readRoot(reader: JsonReader, root: JsonNode): ReadResult {
  const found = emptyResult()
  if (root instanceof JsonArray) for (const item of root.items) readArrayItem(reader, item, root, found)
  else if (root instanceof JsonObject) document(reader, root, found)
  else reader.fail('E_TYPE', 'The JSON text is neither an object nor a list', root)
  return found
}

/** Reads one item of the list of that name; `''` is a text that is itself a list. Throws ParseError. */
export function readItem(reader: JsonReader, item: JsonNode, list: string): ReadResult {
  const found = emptyResult()
  if (list === '') readArrayItem(reader, item, item, found)
  else readEntityItem(reader, item, list, item, found)
  return found
}

/** Records a loss if a listing claims to have more members than it contains. */
export function checkTotal(reader: JsonReader, total: number | undefined, count: number): void {
  if (total === undefined || total <= count) return
  reader.tolerateLoss(
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
  /** The number of members that the document claims. */
  total?: number
}

/** A bare array holds locations (rOCCI-core 5), entities or categories (pyssf). */
function readArrayItem(reader: JsonReader, item: JsonNode, at: JsonNode, found: ReadResult): void {
  if (typeof item === 'string') found.locations.push(item)
  else if (item instanceof JsonObject) readOrSkip(reader, () => document(reader, item, found))
  else reader.tolerateLoss('wrong-type', 'E_TYPE', 'A list holds something that is not OCCI', at)
}

/** Reads one of several items, and skips it if it cannot be read. */
function readOrSkip(reader: JsonReader, read: () => void): void {
  try {
    read()
  } catch (error) {
    reader.diagnostics.recoverFrom(error)
  }
}

function document(reader: JsonReader, object: JsonObject, found: ReadResult): void {
  const { members } = object
  const hasMember = (name: string) => members.has(name)
  if (hasMember('term') && hasMember('scheme')) addCategory(reader, object, found)
  else if (hasMember('kind') || hasLostKind(reader, object)) kindDocument(reader, object, found)
  else if (typeof members.get('action') === 'string') found.action = invocation(reader, object)
  else {
    // A message beside entities or categories is ignored, while an error means that others are missing.
    const hasContent = hasListMembers(object)
    const error = isError(object)
    if (error && (!hasContent || members.has('error'))) found.error = errorOf(object)
    if (!error || hasContent) collection(reader, object, found)
  }
}

/** An entity, or a partial update, which has no id and may name the kind. */
function kindDocument(reader: JsonReader, object: JsonObject, found: ReadResult): void {
  found.entities.push(readEntity(reader, object))
}

/** Whether an object is an entity whose kind could not be read. */
function hasLostKind({ diagnostics }: JsonReader, { members }: JsonObject): boolean {
  return diagnostics.hasLosses && members.has('id') && members.has('attributes')
}

function addCategory(
  reader: JsonReader,
  object: JsonObject,
  found: ReadResult,
  listedClass?: CategoryClass,
): void {
  const category = readCategory(reader, object, listedClass)
  if (category !== undefined) found.categories.push(category)
}

function collection(reader: JsonReader, object: JsonObject, found: ReadResult): void {
  for (const [name, node] of object.members) {
    const read = Object.hasOwn(lists, name) ? lists[name] : undefined
    if (read !== undefined) read(reader, object, found)
    else if (isTotal(name) && node instanceof JsonNumber) found.total = Number(node.value)
    else if (!Object.hasOwn(otherMembers, name)) unknownMember(reader, name, node)
  }
  const values = readAttributes(reader, object.members.get('attributes')).values
  // In a partial update without a kind, title and summary become attributes, as in text renderings.
  for (const name of ['title', 'summary'] as const) {
    const value = object.members.get(name)
    if (typeof value === 'string') values.set(`occi.core.${name}`, value)
  }
  if (values.size > 0) found.attributes = values
}

/** Tolerates an unknown member; it counts as lost if it contains data or announces further members. */
function unknownMember(reader: JsonReader, name: string, node: JsonNode): void {
  const shown = `"${name.slice(0, 40)}"`
  const hasContent = (node instanceof JsonArray && node.items.length > 0) || node instanceof JsonObject
  if (announcesMore(name, node)) {
    reader.tolerateLoss(
      'not-whole',
      'E_TYPE',
      `The member ${shown} declares that the listing is incomplete`,
      node,
    )
  } else if (hasContent)
    reader.tolerateLoss('unknown-member', 'E_TYPE', `The member ${shown} is not known`, node)
  else reader.tolerate('unknown-member', 'E_TYPE', `The member ${shown} is not known`, node)
}

function isTotal(name: string): boolean {
  return /^total([_-]?(count|results|items|elements))?$/i.test(name)
}

/** Whether a member announces further pages, by the names that services outside OCCI use. */
function announcesMore(name: string, node: JsonNode): boolean {
  const normalized = name.toLowerCase().replaceAll(/[_-]/g, '')
  if (/^(truncated|istruncated|partial|incomplete|more|hasmore|hasnext)$/.test(normalized))
    return node === true
  return (
    /^(next|nextpage|nextlink|nextmarker|nexttoken|nextpagetoken|marker)$/.test(normalized) &&
    typeof node === 'string'
  )
}

type ReadList = (reader: JsonReader, object: JsonObject, found: ReadResult) => void

const lists: Readonly<Record<string, ReadList>> = {
  kinds: categories('kinds', 'kind'),
  mixins: categories('mixins', 'mixin'),
  actions: categories('actions', 'action'),
  resources: entities('resources'),
  links: entities('links'),
  entities: entities('entities'),
  locations: (reader, object, found) => found.listedLocations.push(...reader.strings(object, 'locations')),
  // MartServer wraps each extension (M13).
  model: (reader, object, found) => {
    for (const item of reader.items(object, 'model')) {
      if (item instanceof JsonObject) collection(reader, item, found)
    }
  },
}

const otherMembers: Readonly<Record<string, true>> = {
  attributes: true,
  title: true,
  summary: true,
  id: true,
}

function categories(name: string, listedClass: CategoryClass): ReadList {
  return (reader, object, found) => {
    for (const item of listItems(reader, object, name)) {
      if (item instanceof JsonObject) {
        // MartServer takes invocations as {"actions":[{"action":…}]}.
        if (item.members.has('action')) found.action = invocation(reader, item)
        else readOrSkip(reader, () => addCategory(reader, item, found, listedClass))
      } else {
        const id = readTypeId(reader, item)
        if (id === undefined)
          reader.tolerateLoss('wrong-type', 'E_TYPE', `The member ${name} contains no category`, object)
        else found.references.push(id)
      }
    }
  }
}

function entities(name: 'resources' | 'links' | 'entities'): ReadList {
  return (reader, object, found) => {
    for (const item of reader.items(object, name)) readEntityItem(reader, item, name, object, found)
  }
}

function readEntityItem(
  reader: JsonReader,
  item: JsonNode,
  name: string,
  at: JsonNode,
  found: ReadResult,
): void {
  if (typeof item === 'string') found.locations.push(item)
  else if (item instanceof JsonObject) readOrSkip(reader, () => member(reader, item, name, found))
  else
    reader.tolerateLoss(
      'wrong-type',
      'E_TYPE',
      `The member ${name} holds something that is not an entity`,
      at,
    )
}

function member(reader: JsonReader, item: JsonObject, name: string, found: ReadResult): void {
  const location = item.members.get('location')
  // erocci lists what it has not loaded by location alone.
  if (!item.members.has('kind') && typeof location === 'string') found.locations.push(location)
  else found.entities.push(readEntity(reader, item, name === 'links' ? 'link' : undefined))
}

function listItems(reader: JsonReader, object: JsonObject, name: string): readonly JsonNode[] {
  const node = object.members.get(name)
  return typeof node === 'string' ? reader.strings(object, name) : reader.items(object, name)
}

function invocation(reader: JsonReader, object: JsonObject): ActionInvocation {
  const action = readTypeId(reader, object.members.get('action'))
  if (action === undefined) reader.fail('E_TYPE', 'An action invocation has no action', object)
  return { action, attributes: readAttributes(reader, object.members.get('attributes')).values }
}

/** ooi {code, message}; rOCCI 2.0 {status, error}; {error: {message}} (Keystone); MartServer {message}. */
function isError(object: JsonObject): boolean {
  const { members } = object
  if (members.has('error')) return members.get('error') !== null
  const message = members.get('message')
  // MartServer acknowledges a write with {"message": "ok"}.
  if (message === 'ok') return false
  return typeof message === 'string' && !members.has('attributes')
}

function hasListMembers({ members }: JsonObject): boolean {
  for (const [name, node] of members) {
    if (Object.hasOwn(lists, name) && node instanceof JsonArray && node.items.length > 0) return true
  }
  return false
}

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
