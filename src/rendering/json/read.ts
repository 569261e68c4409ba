/** One tolerant reader for all JSON dialects: what a document is, is told by its shape. */
import type {
  ActionInvocation,
  Attributes,
  Category,
  CategoryClass,
  Entity,
  TypeId,
} from '../../model/index.js'
import { Diagnostics } from '../diagnostics.js'
import { emptyParsed, optional } from '../parsed.js'
import type { Message, Parsed, ParseOptions } from '../types.js'
import { readAttributes } from './attributes.js'
import { readCategory, readTypeId } from './category.js'
import { readEntity } from './entity.js'
import { JsonArray, type JsonNode, JsonNumber, JsonObject, parseJson } from './parse.js'
import { JsonReader } from './reader.js'

/** Throws ParseError. */
export function readJson(message: Message, options: ParseOptions = {}): Parsed {
  const diagnostics = new Diagnostics(options)
  if (message.body.trim() === '') return emptyParsed(diagnostics.deviations)
  const root = parseJson(message.body, diagnostics)
  const { action, error, beside, ...rest } = readRoot(new JsonReader(message.body, diagnostics), root)
  return {
    ...rest,
    locations: [...rest.locations, ...beside],
    ...optional('action', action),
    ...optional('error', error),
    deviations: diagnostics.deviations,
  }
}

/** Throws ParseError. */
export function readRoot(reader: JsonReader, root: JsonNode): Found {
  const found = nothing()
  if (root instanceof JsonArray) for (const item of root.items) ofBareArray(reader, item, root, found)
  else if (root instanceof JsonObject) document(reader, root, found)
  else reader.fail('E_TYPE', 'The JSON text is neither an object nor a list', root)
  return found
}

/** One item of the list of that name, or of a text that is a list (`''`). Throws ParseError. */
export function readItem(reader: JsonReader, item: JsonNode, list: string): Found {
  const found = nothing()
  if (list === '') ofBareArray(reader, item, item, found)
  else ofEntities(reader, item, list, item, found)
  return found
}

function nothing(): Found {
  return { categories: [], entities: [], locations: [], beside: [], references: [], attributes: new Map() }
}

export interface Found {
  readonly categories: Category[]
  readonly entities: Entity[]
  /** Where an entity might stand. */
  readonly locations: string[]
  /** In a list of their own. */
  readonly beside: string[]
  readonly references: TypeId[]
  attributes: Attributes
  action?: ActionInvocation
  error?: { readonly code?: string; readonly message: string }
}

/** rOCCI-core 5: locations. pyssf: entities, or the categories of the query interface. */
function ofBareArray(reader: JsonReader, item: JsonNode, at: JsonNode, found: Found): void {
  if (typeof item === 'string') found.locations.push(item)
  else if (item instanceof JsonObject) document(reader, item, found)
  else reader.tolerate('wrong-type', 'E_TYPE', 'A list holds something that is not OCCI', at)
}

function document(reader: JsonReader, object: JsonObject, found: Found): void {
  const { members } = object
  const is = (name: string) => members.has(name)
  if (is('term') && is('scheme')) addCategory(reader, object, found)
  else if (is('kind')) kindDocument(reader, object, found)
  else if (typeof members.get('action') === 'string') found.action = invocation(reader, object)
  else if (isError(object) && !holdsSomething(object)) found.error = errorOf(object)
  else collection(reader, object, found)
}

/** An entity; or a partial update, which may name the kind and has no id. */
function kindDocument(reader: JsonReader, object: JsonObject, found: Found): void {
  found.entities.push(readEntity(reader, object))
}

function addCategory(reader: JsonReader, object: JsonObject, found: Found, known?: CategoryClass): void {
  const category = readCategory(reader, object, known)
  if (category !== undefined) found.categories.push(category)
}

function collection(reader: JsonReader, object: JsonObject, found: Found): void {
  for (const [name, node] of object.members) {
    const read = Object.hasOwn(lists, name) ? lists[name] : undefined
    if (read !== undefined) read(reader, object, found)
    else if (!Object.hasOwn(loose, name)) {
      reader.tolerate('unknown-member', 'E_TYPE', `The member "${name.slice(0, 40)}" is not known`, node)
    }
  }
  const values = readAttributes(reader, object.members.get('attributes')).values
  // A partial update without a kind: title and summary go where text renderings have them.
  for (const name of ['title', 'summary'] as const) {
    const value = object.members.get(name)
    if (typeof value === 'string') values.set(`occi.core.${name}`, value)
  }
  if (values.size > 0) found.attributes = values
}

type ReadList = (reader: JsonReader, object: JsonObject, found: Found) => void

const lists: Readonly<Record<string, ReadList>> = {
  kinds: categories('kinds', 'kind'),
  mixins: categories('mixins', 'mixin'),
  actions: categories('actions', 'action'),
  resources: entities('resources'),
  links: entities('links'),
  entities: entities('entities'),
  locations: (reader, object, found) => found.beside.push(...reader.strings(object, 'locations')),
  // MartServer wraps each extension (M13).
  model: (reader, object, found) => {
    for (const item of reader.items(object, 'model')) {
      if (item instanceof JsonObject) collection(reader, item, found)
    }
  },
}

const loose: Readonly<Record<string, true>> = { attributes: true, title: true, summary: true, id: true }

function categories(name: string, known: CategoryClass): ReadList {
  return (reader, object, found) => {
    for (const item of listed(reader, object, name)) {
      if (item instanceof JsonObject) {
        // MartServer takes invocations as {"actions":[{"action":…}]}.
        if (item.members.has('action')) found.action = invocation(reader, item)
        else addCategory(reader, item, found, known)
      } else {
        const id = readTypeId(reader, item)
        if (id === undefined)
          reader.tolerate('wrong-type', 'E_TYPE', `The member ${name} holds no category`, object)
        else found.references.push(id)
      }
    }
  }
}

function entities(name: 'resources' | 'links' | 'entities'): ReadList {
  return (reader, object, found) => {
    for (const item of reader.items(object, name)) ofEntities(reader, item, name, object, found)
  }
}

function ofEntities(reader: JsonReader, item: JsonNode, name: string, at: JsonNode, found: Found): void {
  if (typeof item === 'string') found.locations.push(item)
  else if (item instanceof JsonObject) member(reader, item, name, found)
  else reader.tolerate('wrong-type', 'E_TYPE', `The member ${name} holds something that is no entity`, at)
}

function member(reader: JsonReader, item: JsonObject, name: string, found: Found): void {
  const location = item.members.get('location')
  // erocci lists what it has not loaded by location alone.
  if (!item.members.has('kind') && typeof location === 'string') found.locations.push(location)
  else found.entities.push(readEntity(reader, item, name === 'links' ? 'link' : undefined))
}

function listed(reader: JsonReader, object: JsonObject, name: string): readonly JsonNode[] {
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
  if (members.has('error')) return true
  return typeof members.get('message') === 'string' && !members.has('attributes')
}

/** A message beside entities or categories is no reason to pass over them. */
function holdsSomething({ members }: JsonObject): boolean {
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
  const words = members.get('message') ?? members.get('error') ?? members.get('title')
  const message = typeof words === 'string' ? words : ''
  if (typeof code === 'string') return { code, message }
  return code instanceof JsonNumber ? { code: String(code.value), message } : { message }
}
