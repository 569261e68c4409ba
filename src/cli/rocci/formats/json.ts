/** rOCCI's json, json_pretty and their extended forms, byte for byte as its Ruby printed them. */
import type { AttributeDefinition } from '../../../model/index.js'
import {
  nest,
  type RocciCategory,
  type RocciEntity,
  type RocciLink,
  type RocciRecord,
  type RocciScalar,
} from '../record.js'

/** Values to print. Maps keep the order of keys, and numbers keep their digits. */
type Value = RocciScalar | null | readonly Value[] | Map<string, Value | undefined>

export interface JsonStyle {
  readonly pretty: boolean
  /** Whether links are full objects. */
  readonly extended: boolean
}

export function jsonRecords(records: readonly RocciRecord[], style: JsonStyle): string {
  const texts = records.map((record) => jsonText(toValue(record, style), style.pretty ? '' : undefined))
  // Each record is rendered separately, so that pretty ones are not indented in the list.
  return style.pretty ? `[\n${texts.join(',\n')}\n]` : `[${texts.join(',')}]`
}

/** Prints identifiers or URLs; on one line for json_extended_pretty, as rOCCI did. */
export function jsonStrings(values: readonly string[], style: JsonStyle): string {
  return jsonText(values, style.pretty && !style.extended ? '' : undefined)
}

function toValue(record: RocciRecord, style: JsonStyle): Value {
  return record.type === 'entity' ? entityValue(record.entity, style) : categoryValue(record.category)
}

function entityValue(entity: RocciEntity, style: JsonStyle): Value {
  const value = new Map<string, Value | undefined>([['kind', entity.kind]])
  if (entity.mixins.length > 0)
    value.set(
      'mixins',
      entity.mixins.map(({ id }) => id),
    )
  if (entity.actions.length > 0) value.set('actions', entity.actions)
  if (entity.attributes.length > 0) value.set('attributes', nest(entity.attributes))
  const id = entity.attributes.find(([name]) => name === 'occi.core.id')?.[1]
  if (id !== undefined) value.set('id', typeof id === 'string' ? id : scalarText(id))
  if (entity.link !== undefined) {
    if (entity.link.rel !== undefined) value.set('rel', entity.link.rel)
    if (entity.link.source !== undefined) value.set('source', entity.link.source)
    if (entity.link.target !== undefined) value.set('target', entity.link.target)
  } else if (entity.links !== undefined && (entity.links.length > 0 || style.extended)) {
    value.set(
      'links',
      entity.links.map((link: RocciLink) => entityValue(link, style)),
    )
  }
  return value
}

function categoryValue(category: RocciCategory): Value {
  const value = new Map<string, Value | undefined>()
  if (category.class === 'kind') {
    if (category.parent !== undefined) value.set('parent', category.parent)
    if (category.related.length > 0) value.set('related', category.related)
    if (category.actions.length > 0) value.set('actions', category.actions)
  }
  if (category.class === 'mixin') {
    if (category.related.length > 0) {
      value.set('depends', category.related)
      value.set('related', category.related)
    }
    if (category.actions.length > 0) value.set('actions', category.actions)
  }
  if (category.location !== undefined) value.set('location', category.location)
  value.set('scheme', category.scheme)
  value.set('term', category.term)
  if (category.title !== undefined) value.set('title', category.title)
  value.set('attributes', definitionsValue(category.attributes))
  return value
}

function definitionsValue(attributes: readonly AttributeDefinition[]): Value {
  const root = new Map<string, Value | undefined>()
  for (const definition of attributes) {
    const prefixes = definition.name.split('.')
    const last = prefixes.pop() ?? definition.name
    let target = root
    for (const prefix of prefixes) {
      const next = target.get(prefix)
      const inner = next instanceof Map ? next : new Map<string, Value | undefined>()
      target.set(prefix, inner)
      target = inner
    }
    target.set(last, definitionValue(definition))
  }
  return root
}

function definitionValue(definition: AttributeDefinition): Value {
  const value = new Map<string, Value | undefined>([
    ['type', definition.type ?? 'string'],
    ['required', definition.required],
    ['mutable', definition.mutable],
  ])
  if (definition.default !== undefined) value.set('default', { json: definition.default })
  if (definition.description !== undefined) value.set('description', definition.description)
  value.set('pattern', definition.pattern?.form === 'regex' ? definition.pattern.source : '.*')
  return value
}

/** The JSON text of a value, as Ruby's generators write it; on one line if `indent` is undefined. */
function jsonText(value: Value, indent: string | undefined): string {
  if (value === null) return 'null'
  if (typeof value === 'string') return JSON.stringify(value)
  if (typeof value === 'boolean') return String(value)
  if (value instanceof Map) {
    const colon = indent === undefined ? ':' : ': '
    return containerText(
      '{',
      '}',
      [...value].flatMap(([key, member]) => (member === undefined ? [] : [[key, member] as const])),
      indent,
      ([key, member], innerIndent) => `${JSON.stringify(key)}${colon}${jsonText(member, innerIndent)}`,
    )
  }
  if (isArray(value)) return containerText('[', ']', value, indent, jsonText)
  return 'number' in value ? value.number : JSON.stringify(value.json)
}

function containerText<T>(
  open: string,
  close: string,
  items: readonly T[],
  indent: string | undefined,
  render: (item: T, indent: string | undefined) => string,
): string {
  // Ruby's pretty printer breaks lines even in an empty list or object.
  if (items.length === 0) {
    if (indent === undefined) return open + close
    return `${open}\n${open === '[' ? '\n' : ''}${indent}${close}`
  }
  if (indent === undefined) return `${open}${items.map((item) => render(item, undefined)).join(',')}${close}`
  const innerIndent = `${indent}  `
  return `${open}\n${items.map((item) => innerIndent + render(item, innerIndent)).join(',\n')}\n${indent}${close}`
}

/** rOCCI prints ids as text, whatever their type. */
function scalarText(value: Exclude<RocciScalar, string>): string {
  if (typeof value === 'boolean') return String(value)
  return 'number' in value ? value.number : JSON.stringify(value.json)
}

function isArray(value: Value): value is readonly Value[] {
  return Array.isArray(value)
}
