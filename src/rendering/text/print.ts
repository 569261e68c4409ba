/** Prints models, entities and so on as text fields, in the order of GFD.229's grammar. */
import type { HeaderPair } from '../../basics/http.js'
import {
  type AttributeValue,
  type Category,
  type CategoryClass,
  type Entity,
  type Link,
  parseIdentifier,
  RESOURCE,
  type TypeId,
} from '../../model/index.js'
import { endsTerm, findControl } from '../characters.js'
import { checkedAttributeName, failToPrint, quotedExcerpt } from '../error.js'
import { writeJson } from '../json/write.js'
import { numberText } from '../numbers.js'
import { isAbstract } from '../parse-result.js'
import type { Printable, PrintOptions } from '../types.js'
import { quote } from './quoted.js'

/** Prints fields with one value each, as pairs of name and value. Throws ParseError E_RENDER or E_ATTR_NAME. */
export function printFields(printable: Printable, options: PrintOptions = {}): HeaderPair[] {
  const describe = options.describe ?? (() => undefined)
  switch (printable.what) {
    case 'model':
      return printable.categories.map((category) => ['Category', definitionText(category)])
    case 'entity':
      return entityFields(printable.entity, describe)
    case 'collection':
      return locationFields(printable.entities.map(locationOf))
    case 'locations':
      return locationFields(printable.locations)
    case 'action':
      return [
        ['Category', referenceText(printable.invocation.action, 'action')],
        ...attributeFields(printable.invocation.attributes, {
          describe,
          types: [printable.invocation.action],
        }),
      ]
    case 'update': {
      const types = [...(printable.kind === undefined ? [] : [printable.kind]), ...printable.mixins]
      return [
        ...(printable.kind === undefined ? [] : [categoryField(printable.kind, 'kind')]),
        ...printable.mixins.map((id) => categoryField(id, 'mixin')),
        ...textAttributeFields('occi.core.title', printable.title),
        ...textAttributeFields('occi.core.summary', printable.summary),
        ...attributeFields(printable.attributes, { describe, types }),
      ]
    }
    case 'references':
      return [
        ...printable.categories.map(({ id, class: categoryClass }) =>
          categoryField(id, categoryClass ?? describe(id)?.class),
        ),
        ...attributeFields(printable.attributes, {
          describe,
          types: printable.categories.map(({ id }) => id),
        }),
      ]
  }
}

type Describe = (id: TypeId) => Category | undefined

/** What decides how the numbers among some attributes are printed. */
interface NumberFormat {
  readonly describe: Describe
  /** The categories that define the attributes. */
  readonly types: readonly TypeId[]
  /** The numbers as the provider wrote them. */
  readonly lexemes?: ReadonlyMap<string, string> | undefined
}

function entityFields(entity: Entity, describe: Describe): HeaderPair[] {
  const format = { describe, types: [entity.kind, ...entity.mixins], lexemes: entity.lexemes }
  const fields: HeaderPair[] = [
    categoryField(entity.kind, 'kind'),
    ...entity.mixins.map((id) => categoryField(id, 'mixin')),
  ]
  if (entity.type === 'resource')
    for (const link of entity.links) fields.push(['Link', linkText(link, describe)])
  for (const action of entity.actions) {
    // In the grammar an action is a link, so one without a location cannot be printed.
    const href =
      action.href ?? (entity.location === undefined ? undefined : actionHref(entity.location, action.id))
    if (href !== undefined) fields.push(['Link', `<${checkedUri(href)}>; rel=${quoted(action.id)}`])
  }
  for (const [name, value] of coreAttributes(entity))
    fields.push(['X-OCCI-Attribute', `${name}=${quoted(value)}`])
  fields.push(...attributeFields(entity.attributes, format))
  return fields
}

function actionHref(location: string, id: TypeId): string {
  return `${location}?action=${parseIdentifier(id)?.term ?? id}`
}

function coreAttributes(entity: Entity): [string, string][] {
  const pairs: [string, string][] = []
  const add = (name: string, value: string | undefined) => {
    if (value !== undefined) pairs.push([name, value])
  }
  add('occi.core.id', entity.id)
  add('occi.core.title', entity.title)
  if (entity.type === 'resource') add('occi.core.summary', entity.summary)
  else {
    add('occi.core.source', entity.source?.location)
    add('occi.core.source.kind', entity.source?.kind)
    add('occi.core.target', entity.target?.location)
    add('occi.core.target.kind', entity.target?.kind)
  }
  return pairs
}

function linkText(link: Link, describe: Describe): string {
  const target = link.target?.location
  if (target === undefined)
    failToPrint('E_RENDER', 'A link without a target cannot be written in text', 'Give its target.')
  const rel = link.target?.kind
  const parts = [
    `<${checkedUri(target)}>`,
    `rel=${quoted(rel === undefined || isAbstract(rel) ? RESOURCE : rel)}`,
    ...(link.location === undefined ? [] : [`self=${quoted(link.location)}`]),
    `category=${quoted([link.kind, ...link.mixins].join(' '))}`,
  ]
  for (const [name, value] of coreAttributes(link)) {
    // `<>` and rel already contain the target. ooi would use occi.core.target instead of them.
    if (name === 'occi.core.target' || name === 'occi.core.target.kind') continue
    parts.push(`${name}=${quoted(value)}`)
  }
  const format = { describe, types: [link.kind, ...link.mixins], lexemes: link.lexemes }
  for (const [, text] of attributeFields(link.attributes, format)) parts.push(text)
  return parts.join('; ')
}

function locationOf(entity: Entity): string {
  return entity.location ?? failToPrint('E_RENDER', 'An entity without a location cannot be listed in text')
}

function locationFields(values: readonly string[]): HeaderPair[] {
  return values.map((value) => ['X-OCCI-Location', checkedText(value)])
}

function textAttributeFields(name: string, value: string | undefined): HeaderPair[] {
  return value === undefined ? [] : [['X-OCCI-Attribute', `${name}=${quoted(value)}`]]
}

function attributeFields(values: ReadonlyMap<string, AttributeValue>, format: NumberFormat): HeaderPair[] {
  const fields: HeaderPair[] = []
  for (const [name, value] of values) {
    fields.push(['X-OCCI-Attribute', `${checkedAttributeName(name)}=${attributeText(name, value, format)}`])
  }
  return fields
}

function attributeText(
  name: string,
  value: AttributeValue,
  { describe, types, lexemes }: NumberFormat,
): string {
  switch (typeof value) {
    case 'string':
      return quoted(value)
    case 'boolean':
      return String(value)
    case 'number':
    case 'bigint':
      return numberText(value, lexemes?.get(name), () =>
        types.map((id) => describe(id)?.attributes.get(name)),
      )
    default:
      // Arrays and objects in the form of rOCCI-core 5: JSON inside a quoted string.
      return quoted(writeJson(value))
  }
}

function categoryField(id: TypeId, categoryClass: CategoryClass | undefined): HeaderPair {
  return ['Category', referenceText(id, categoryClass)]
}

function referenceText(id: TypeId, categoryClass: CategoryClass | undefined): string {
  const identifier = parseIdentifier(id)
  if (identifier === undefined) failToPrint('E_RENDER', `${quotedExcerpt(id)} is not a type identifier`)
  const text = `${checkedTerm(identifier.term)}; scheme=${quoted(identifier.scheme)}`
  return categoryClass === undefined ? text : `${text}; class="${categoryClass}"`
}

function definitionText(category: Category): string {
  const parts = [checkedTerm(category.term), `scheme=${quoted(category.scheme)}`, `class="${category.class}"`]
  const add = (name: string, value: string | undefined) => {
    if (value !== undefined) parts.push(`${name}=${quoted(value)}`)
  }
  add('title', category.title)
  if (category.class === 'kind') add('rel', category.parent)
  // The grammar allows one identifier (GFD.185 §3.3, GFD.229 §4). jOCCI and pOCCI refuse a list, and the kinds that a
  // mixin applies to.
  if (category.class === 'mixin') add('rel', category.depends[0])
  if (category.class !== 'action') add('location', category.location)
  add('attributes', blankSeparated(attributeDefinitions(category)))
  if (category.class !== 'action') add('actions', blankSeparated(category.actions))
  return parts.join('; ')
}

function blankSeparated(words: readonly string[]): string | undefined {
  return words.length === 0 ? undefined : words.join(' ')
}

function attributeDefinitions(category: Category): readonly string[] {
  const parts: string[] = []
  for (const [name, { mutable, required }] of category.attributes) {
    const properties = [...(mutable ? [] : ['immutable']), ...(required ? ['required'] : [])]
    parts.push(checkedAttributeName(name) + (properties.length === 0 ? '' : `{${properties.join(' ')}}`))
  }
  return parts
}

function checkedTerm(text: string): string {
  for (let i = 0; i < text.length; i++) {
    if (endsTerm(text.charCodeAt(i)))
      failToPrint('E_RENDER', `${quotedExcerpt(text)} cannot be written as a term`)
  }
  if (text.trim() !== text || text === '')
    failToPrint('E_RENDER', `${quotedExcerpt(text)} cannot be written as a term`)
  return checkedText(text)
}

function checkedUri(text: string): string {
  if (text.includes('>')) failToPrint('E_RENDER', `${quotedExcerpt(text)} cannot be written as a link target`)
  return checkedText(text)
}

function quoted(value: string): string {
  return quote(checkedText(value))
}

/** Returns the value if it has no control characters: a line end would begin another header. Throws otherwise. */
function checkedText(value: string): string {
  if (findControl(value) >= 0) {
    failToPrint(
      'E_RENDER',
      `The value ${quotedExcerpt(value)} contains a control character, which text renderings cannot contain`,
      'Encode it (user data: Base64), or use a JSON rendering.',
    )
  }
  return value
}
