/** Prints models, entities and the like as text fields, in the order of the grammar. */
import type { HeaderPair } from '../../basics/http.js'
import {
  type AttributeValue,
  type Category,
  type CategoryClass,
  type Entity,
  type Link,
  parseIdentifier,
  type TypeId,
} from '../../model/index.js'
import { findControl, isTermStop } from '../characters.js'
import { checkedAttributeName, quotedExcerpt, refuse } from '../error.js'
import { valueText } from '../json/write.js'
import { numberText } from '../numbers.js'
import { coreResource, isAbstract } from '../parse-result.js'
import type { Printable, PrintOptions } from '../types.js'
import { quote } from './quoted.js'

/** Returns pairs of field name and value, one value each. Throws ParseError E_RENDER, E_ATTR_NAME. */
export function printFields(printable: Printable, options: PrintOptions = {}): HeaderPair[] {
  const context: Context = { describe: options.describe ?? (() => undefined) }
  switch (printable.what) {
    case 'model':
      return printable.categories.map((category) => ['Category', definition(category)])
    case 'entity':
      return entity(printable.entity, context)
    case 'collection':
      return locations(printable.entities.map(locationOf))
    case 'locations':
      return locations(printable.locations)
    case 'action':
      return [
        ['Category', reference(printable.invocation.action, 'action')],
        ...attributes(printable.invocation.attributes, context, { types: [printable.invocation.action] }),
      ]
    case 'update': {
      const types = [...(printable.kind === undefined ? [] : [printable.kind]), ...printable.mixins]
      return [
        ...(printable.kind === undefined ? [] : [category(printable.kind, 'kind')]),
        ...printable.mixins.map((id) => category(id, 'mixin')),
        ...textAttribute('occi.core.title', printable.title),
        ...textAttribute('occi.core.summary', printable.summary),
        ...attributes(printable.attributes, context, { types }),
      ]
    }
    case 'references':
      return [
        ...printable.categories.map(({ id, class: known }) =>
          category(id, known ?? context.describe(id)?.class),
        ),
        ...attributes(printable.attributes, context, { types: printable.categories.map(({ id }) => id) }),
      ]
  }
}

interface Context {
  readonly describe: (id: TypeId) => Category | undefined
}

/** The types and lexemes that determine how numbers are printed. */
interface NumberContext {
  readonly types: readonly TypeId[]
  readonly lexemes?: ReadonlyMap<string, string> | undefined
}

function entity(entity: Entity, context: Context): HeaderPair[] {
  const numbers = { types: [entity.kind, ...entity.mixins], lexemes: entity.lexemes }
  const fields: HeaderPair[] = [
    category(entity.kind, 'kind'),
    ...entity.mixins.map((id) => category(id, 'mixin')),
  ]
  if (entity.type === 'resource')
    for (const link of entity.links) fields.push(['Link', inlineLink(link, context)])
  for (const action of entity.actions) {
    // In the grammar an action is a link with an address; without an address it cannot be printed.
    const href =
      action.href ?? (entity.location === undefined ? undefined : actionHref(entity.location, action.id))
    if (href !== undefined) fields.push(['Link', `<${uri(href)}>; rel=${parameter(action.id)}`])
  }
  for (const [name, value] of coreAttributes(entity))
    fields.push(['X-OCCI-Attribute', `${name}=${parameter(value)}`])
  fields.push(...attributes(entity.attributes, context, numbers))
  return fields
}

function actionHref(location: string, id: TypeId): string {
  return `${location}?action=${parseIdentifier(id)?.term ?? id}`
}

function coreAttributes(entity: Entity): [string, string][] {
  const found: [string, string][] = []
  const add = (name: string, value: string | undefined) => {
    if (value !== undefined) found.push([name, value])
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
  return found
}

function inlineLink(link: Link, context: Context): string {
  const target = link.target?.location
  if (target === undefined)
    refuse('E_RENDER', 'A link without a target cannot be written in text', 'Give its target.')
  const rel = link.target?.kind
  const parts = [
    `<${uri(target)}>`,
    `rel=${parameter(rel === undefined || isAbstract(rel) ? coreResource : rel)}`,
    ...(link.location === undefined ? [] : [`self=${parameter(link.location)}`]),
    `category=${parameter([link.kind, ...link.mixins].join(' '))}`,
  ]
  for (const [name, value] of coreAttributes(link)) {
    // `<>` and rel already contain these. ooi would use occi.core.target instead of them.
    if (name === 'occi.core.target' || name === 'occi.core.target.kind') continue
    parts.push(`${name}=${parameter(value)}`)
  }
  const numbers = { types: [link.kind, ...link.mixins], lexemes: link.lexemes }
  for (const [, text] of attributes(link.attributes, context, numbers)) parts.push(text)
  return parts.join('; ')
}

function locationOf(entity: Entity): string {
  return entity.location ?? refuse('E_RENDER', 'An entity without a location cannot be listed in text')
}

function locations(values: readonly string[]): HeaderPair[] {
  return values.map((value) => ['X-OCCI-Location', checked(value)])
}

function textAttribute(name: string, value: string | undefined): HeaderPair[] {
  return value === undefined ? [] : [['X-OCCI-Attribute', `${name}=${parameter(value)}`]]
}

function attributes(
  values: ReadonlyMap<string, AttributeValue>,
  context: Context,
  numbers: NumberContext,
): HeaderPair[] {
  const fields: HeaderPair[] = []
  for (const [name, value] of values) {
    fields.push([
      'X-OCCI-Attribute',
      `${checkedAttributeName(name)}=${attributeText(name, value, context, numbers)}`,
    ])
  }
  return fields
}

function attributeText(
  name: string,
  value: AttributeValue,
  context: Context,
  numbers: NumberContext,
): string {
  switch (typeof value) {
    case 'string':
      return parameter(value)
    case 'boolean':
      return String(value)
    case 'number':
    case 'bigint':
      return numberText(value, numbers.lexemes?.get(name), () =>
        numbers.types.map((id) => context.describe(id)?.attributes.get(name)),
      )
    default:
      // rOCCI-core 5's form: JSON inside a quoted string.
      return parameter(valueText(value))
  }
}

function category(id: TypeId, known: CategoryClass | undefined): HeaderPair {
  return ['Category', reference(id, known)]
}

function reference(id: TypeId, known: CategoryClass | undefined): string {
  const identifier = parseIdentifier(id)
  if (identifier === undefined) refuse('E_RENDER', `${quotedExcerpt(id)} is not a type identifier`)
  const head = `${term(identifier.term)}; scheme=${parameter(identifier.scheme)}`
  return known === undefined ? head : `${head}; class="${known}"`
}

function definition(category: Category): string {
  const parts = [term(category.term), `scheme=${parameter(category.scheme)}`, `class="${category.class}"`]
  const add = (name: string, value: string | undefined) => {
    if (value !== undefined) parts.push(`${name}=${parameter(value)}`)
  }
  add('title', category.title)
  if (category.class === 'kind') add('rel', category.parent)
  // The grammar has one identifier (GFD.185 §3.3, GFD.229 §4). jOCCI and pOCCI refuse a list, and kinds that
  // a mixin applies to.
  if (category.class === 'mixin') add('rel', category.depends[0])
  if (category.class !== 'action') add('location', category.location)
  add('attributes', list(definitions(category)))
  if (category.class !== 'action') add('actions', list(category.actions))
  return parts.join('; ')
}

function list(words: readonly string[]): string | undefined {
  return words.length === 0 ? undefined : words.join(' ')
}

function definitions(category: Category): readonly string[] {
  const parts: string[] = []
  for (const [name, { mutable, required }] of category.attributes) {
    const properties = [...(mutable ? [] : ['immutable']), ...(required ? ['required'] : [])]
    parts.push(checkedAttributeName(name) + (properties.length === 0 ? '' : `{${properties.join(' ')}}`))
  }
  return parts
}

function term(text: string): string {
  for (let i = 0; i < text.length; i++) {
    if (isTermStop(text.charCodeAt(i)))
      refuse('E_RENDER', `${quotedExcerpt(text)} cannot be written as a term`)
  }
  if (text.trim() !== text || text === '')
    refuse('E_RENDER', `${quotedExcerpt(text)} cannot be written as a term`)
  return checked(text)
}

function uri(text: string): string {
  if (text.includes('>')) refuse('E_RENDER', `${quotedExcerpt(text)} cannot be written as a link target`)
  return checked(text)
}

function parameter(value: string): string {
  return quote(checked(value))
}

/** Throws for control characters, since a line end would begin another header. */
function checked(value: string): string {
  if (findControl(value) >= 0) {
    refuse(
      'E_RENDER',
      `The value ${quotedExcerpt(value)} contains a control character, which text renderings cannot contain`,
      'Encode it (user data: Base64), or use a JSON rendering.',
    )
  }
  return value
}
