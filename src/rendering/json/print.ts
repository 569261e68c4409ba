/** Prints the JSON of OCCI 1.2 (GFD.226): flat attributes, entities without a wrapper, explicit definitions. */
import type {
  AttributeDefinition,
  AttributeValue,
  Category,
  Entity,
  Link,
  LinkEnd,
} from '../../model/index.js'
import { checkedAttributeName, refuse } from '../error.js'
import { numberText } from '../numbers.js'
import type { Message, Printable, PrintOptions } from '../types.js'
import { Lexeme, members, type Writable, writeJson } from './write.js'

/** Throws ParseError E_RENDER, E_ATTR_NAME. */
export function printJson(what: Printable, options: PrintOptions = {}): Message {
  return printDialect(flatDialect, what, options)
}

/** The parts in which the two JSON dialects (OCCI 1.2, rOCCI's 1.1) differ. */
export interface Dialect {
  definition(category: Category): Writable
  entity(entity: Entity, options: PrintOptions): Writable
  /** A message with one entity. */
  oneEntity(entity: Entity, options: PrintOptions): Writable
  update(what: Extract<Printable, { what: 'update' }>): Writable
  /** Attributes that accompany a list of category references. */
  values(attributes: ReadonlyMap<string, AttributeValue>): Map<string, Writable>
  /** The attributes of an action; undefined when the member is left out. */
  parameters(attributes: ReadonlyMap<string, AttributeValue>): Map<string, Writable> | undefined
}

export function printDialect(dialect: Dialect, what: Printable, options: PrintOptions): Message {
  return { headers: [], body: writeJson(document(dialect, what, options)) }
}

function document(dialect: Dialect, what: Printable, options: PrintOptions): Writable {
  switch (what.what) {
    case 'model':
      return model(what.categories, dialect.definition)
    case 'entity':
      return dialect.oneEntity(what.entity, options)
    case 'collection':
      return collection(what.entities, (entity) => dialect.entity(entity, options))
    case 'locations':
      return what.locations
    case 'action':
      return members({
        action: what.invocation.action,
        attributes: dialect.parameters(what.invocation.attributes),
      })
    case 'update':
      return dialect.update(what)
    case 'references':
      return references(what, options, dialect.values(what.attributes))
  }
}

const flatDialect: Dialect = {
  definition,
  entity: printEntity,
  oneEntity: printEntity,
  update: (what) =>
    members({
      kind: what.kind,
      mixins: nonEmptyList(what.mixins),
      attributes: nonEmptyMap(attributes(what.attributes)),
      title: what.title,
      summary: what.summary,
    }),
  values: attributes,
  parameters: (values) => nonEmptyMap(attributes(values)),
}

/** References to categories as lists of identifiers, as rOCCI-core 5 writes them. */
function references(
  what: Extract<Printable, { what: 'references' }>,
  options: PrintOptions,
  values: Map<string, Writable>,
): Writable {
  const idsOf = (known: string) => {
    const ids = what.categories.filter(
      ({ id, class: given }) => (given ?? options.describe?.(id)?.class ?? 'mixin') === known,
    )
    return nonEmptyList(ids.map(({ id }) => id))
  }
  return members({
    kinds: idsOf('kind'),
    mixins: idsOf('mixin'),
    actions: idsOf('action'),
    attributes: nonEmptyMap(values),
  })
}

/** Entities in lists of resources and links. A collection without entities has empty lists. */
export function collection(entities: readonly Entity[], write: (entity: Entity) => Writable): Writable {
  const resources = entities.filter((one) => one.type === 'resource')
  const links = entities.filter((one) => one.type === 'link')
  return members({
    resources: resources.length > 0 || links.length === 0 ? resources.map(write) : undefined,
    links: links.length > 0 ? links.map(write) : undefined,
  })
}

/** All categories, in a list for each class. */
function model(categories: readonly Category[], write: (category: Category) => Writable): Writable {
  const ofClass = (known: Category['class']) =>
    categories.filter((category) => category.class === known).map((category) => write(category))
  return members({ kinds: ofClass('kind'), mixins: ofClass('mixin'), actions: ofClass('action') })
}

function definition(category: Category): Writable {
  const definitions = new Map<string, Writable>()
  for (const [name, one] of category.attributes)
    definitions.set(checkedAttributeName(name), attributeDefinition(one))
  return members({
    term: category.term,
    scheme: category.scheme,
    title: category.title,
    ...hierarchy(category),
    attributes: nonEmptyMap(definitions),
  })
}

/** The members of kinds and mixins that are the same in both dialects. */
export function hierarchy(category: Category): Record<string, Writable | undefined> {
  if (category.class === 'action') return {}
  const shared = { actions: nonEmptyList(category.actions), location: category.location }
  return category.class === 'kind'
    ? { parent: category.parent, ...shared }
    : { depends: nonEmptyList(category.depends), applies: nonEmptyList(category.applies), ...shared }
}

/** Always writes `mutable` and `required`, because readers disagree on the meaning of their absence. */
export function attributeDefinition(definition: AttributeDefinition): Map<string, Writable> {
  return members({
    mutable: definition.mutable,
    required: definition.required,
    type: definition.float === true ? 'float' : definition.type,
    pattern: definition.pattern?.form === 'regex' ? definition.pattern.source : definition.pattern?.schema,
    default: definition.default,
    description: definition.description,
  })
}

function printEntity(entity: Entity, options: PrintOptions): Writable {
  return members({
    kind: entity.kind,
    mixins: nonEmptyList(entity.mixins),
    attributes: nonEmptyMap(entityAttributes(entity, options)),
    id: entity.id,
    title: entity.title,
    ...(entity.type === 'resource'
      ? {
          summary: entity.summary,
          links: nonEmptyList(entity.links.map((link) => onlyLocation(link) ?? printEntity(link, options))),
        }
      : { source: end(entity.source), target: end(entity.target) }),
    actions: nonEmptyList(entity.actions.map(({ id }) => id)),
    location: entity.location,
  })
}

/** The location of a link, if nothing else is known of it. */
export function onlyLocation({ target, location, attributes }: Link): string | undefined {
  return target === undefined && attributes.size === 0 ? location : undefined
}

function end(end: LinkEnd | undefined): Writable | undefined {
  return end === undefined ? undefined : members({ location: end.location, kind: end.kind })
}

export function entityAttributes(entity: Entity, options: PrintOptions): Map<string, Writable> {
  const types = [entity.kind, ...entity.mixins]
  const written = new Map<string, Writable>()
  for (const [name, value] of entity.attributes) {
    written.set(
      checkedAttributeName(name),
      attributeValue(name, value, entity.lexemes?.get(name), types, options),
    )
  }
  return written
}

function attributeValue(
  name: string,
  value: AttributeValue,
  lexeme: string | undefined,
  types: readonly Entity['kind'][],
  options: PrintOptions,
): Writable {
  if (typeof value !== 'number') return value
  if (!Number.isFinite(value)) return refuse('E_RENDER', `${name} is not a number that JSON can express`)
  const definitions = () => types.map((id) => options.describe?.(id)?.attributes.get(name))
  return new Lexeme(
    numberText(value, lexeme === undefined || isJson(lexeme) ? lexeme : undefined, definitions),
  )
}

/** Text renderings tolerate `+2`, `.5` and `3.`, which are not JSON numbers. */
function isJson(lexeme: string): boolean {
  try {
    return typeof JSON.parse(lexeme) === 'number'
  } catch {
    return false
  }
}

export function attributes(values: ReadonlyMap<string, AttributeValue>): Map<string, Writable> {
  const written = new Map<string, Writable>()
  for (const [name, value] of values) written.set(checkedAttributeName(name), value)
  return written
}

export function nonEmptyMap(map: Map<string, Writable>): Map<string, Writable> | undefined {
  return map.size === 0 ? undefined : map
}

export function nonEmptyList<T extends Writable>(list: readonly T[]): readonly T[] | undefined {
  return list.length === 0 ? undefined : list
}
