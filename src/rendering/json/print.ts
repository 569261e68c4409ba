/** Prints the JSON of OCCI 1.2 (GFD.226): flat attributes, entities without a wrapper, explicit definitions. */
import type {
  AttributeDefinition,
  AttributeValue,
  Category,
  Entity,
  Link,
  LinkEnd,
} from '../../model/index.js'
import { checkedAttributeName, failToPrint } from '../error.js'
import { numberText } from '../numbers.js'
import type { Message, Printable, PrintOptions } from '../types.js'
import { Lexeme, members, type Writable, writeJson } from './write.js'

/** Prints the JSON of OCCI 1.2. Throws ParseError (also used for printing) E_RENDER or E_ATTR_NAME. */
export function printJson(printable: Printable, options: PrintOptions = {}): Message {
  return printDialect(flatDialect, printable, options)
}

/** The parts in which the two JSON dialects (OCCI 1.2, rOCCI's 1.1) differ. */
export interface Dialect {
  /** A category with its definition. */
  definition(category: Category): Writable
  /** An entity in a list. */
  entity(entity: Entity, options: PrintOptions): Writable
  /** A whole message with one entity. */
  entityMessage(entity: Entity, options: PrintOptions): Writable
  /** A partial update. */
  update(printable: Extract<Printable, { what: 'update' }>): Writable
  /** Attributes in a message that references categories, such as a filter. */
  attributes(attributes: ReadonlyMap<string, AttributeValue>): Map<string, Writable>
  /** The attributes of an action; undefined to omit the member. */
  actionAttributes(attributes: ReadonlyMap<string, AttributeValue>): Map<string, Writable> | undefined
}

/** Prints a message in one of the dialects. */
export function printDialect(dialect: Dialect, printable: Printable, options: PrintOptions): Message {
  return { headers: [], body: writeJson(toDocument(dialect, printable, options)) }
}

function toDocument(dialect: Dialect, printable: Printable, options: PrintOptions): Writable {
  switch (printable.what) {
    case 'model':
      return printModel(printable.categories, dialect.definition)
    case 'entity':
      return dialect.entityMessage(printable.entity, options)
    case 'collection':
      return printCollection(printable.entities, (entity) => dialect.entity(entity, options))
    case 'locations':
      return printable.locations
    case 'action':
      return members({
        action: printable.invocation.action,
        attributes: dialect.actionAttributes(printable.invocation.attributes),
      })
    case 'update':
      return dialect.update(printable)
    case 'references':
      return printReferences(printable, options, dialect.attributes(printable.attributes))
  }
}

const flatDialect: Dialect = {
  definition: printCategory,
  entity: printEntity,
  entityMessage: printEntity,
  update: (printable) =>
    members({
      kind: printable.kind,
      mixins: nonEmptyList(printable.mixins),
      attributes: nonEmptyMap(printAttributes(printable.attributes)),
      title: printable.title,
      summary: printable.summary,
    }),
  attributes: printAttributes,
  actionAttributes: (values) => nonEmptyMap(printAttributes(values)),
}

/** Prints references to categories as lists of identifiers, as rOCCI-core 5 does. */
function printReferences(
  printable: Extract<Printable, { what: 'references' }>,
  options: PrintOptions,
  values: Map<string, Writable>,
): Writable {
  const idsOf = (categoryClass: string) => {
    const ofClass = printable.categories.filter(
      (reference) =>
        (reference.class ?? options.describe?.(reference.id)?.class ?? 'mixin') === categoryClass,
    )
    return nonEmptyList(ofClass.map(({ id }) => id))
  }
  return members({
    kinds: idsOf('kind'),
    mixins: idsOf('mixin'),
    actions: idsOf('action'),
    attributes: nonEmptyMap(values),
  })
}

/** Prints entities in lists of resources and links. A collection without entities has an empty list of resources. */
export function printCollection(entities: readonly Entity[], write: (entity: Entity) => Writable): Writable {
  const resources = entities.filter((entity) => entity.type === 'resource')
  const links = entities.filter((entity) => entity.type === 'link')
  return members({
    resources: resources.length > 0 || links.length === 0 ? resources.map(write) : undefined,
    links: links.length > 0 ? links.map(write) : undefined,
  })
}

/** Prints categories in a list for each class. */
function printModel(categories: readonly Category[], write: (category: Category) => Writable): Writable {
  const ofClass = (categoryClass: Category['class']) =>
    categories.filter((category) => category.class === categoryClass).map((category) => write(category))
  return members({ kinds: ofClass('kind'), mixins: ofClass('mixin'), actions: ofClass('action') })
}

function printCategory(category: Category): Writable {
  const definitions = new Map<string, Writable>()
  for (const [name, attribute] of category.attributes)
    definitions.set(checkedAttributeName(name), printAttributeDefinition(attribute))
  return members({
    term: category.term,
    scheme: category.scheme,
    title: category.title,
    ...entityTypeMembers(category),
    attributes: nonEmptyMap(definitions),
  })
}

/** Returns the members of kinds and mixins that are the same in both dialects. */
export function entityTypeMembers(category: Category): Record<string, Writable | undefined> {
  if (category.class === 'action') return {}
  const shared = { actions: nonEmptyList(category.actions), location: category.location }
  return category.class === 'kind'
    ? { parent: category.parent, ...shared }
    : { depends: nonEmptyList(category.depends), applies: nonEmptyList(category.applies), ...shared }
}

/** Prints a definition, always with `mutable` and `required`, because readers disagree on what their absence means. */
export function printAttributeDefinition(definition: AttributeDefinition): Map<string, Writable> {
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
    attributes: nonEmptyMap(printEntityAttributes(entity, options)),
    id: entity.id,
    title: entity.title,
    ...(entity.type === 'resource'
      ? {
          summary: entity.summary,
          links: nonEmptyList(
            entity.links.map((link) => locationIfOnlyLocation(link) ?? printEntity(link, options)),
          ),
        }
      : { source: printLinkEnd(entity.source), target: printLinkEnd(entity.target) }),
    actions: nonEmptyList(entity.actions.map(({ id }) => id)),
    location: entity.location,
  })
}

/** Returns the location of a link of which nothing else is known; undefined for other links. */
export function locationIfOnlyLocation({ target, location, attributes }: Link): string | undefined {
  return target === undefined && attributes.size === 0 ? location : undefined
}

function printLinkEnd(end: LinkEnd | undefined): Writable | undefined {
  return end === undefined ? undefined : members({ location: end.location, kind: end.kind })
}

/** Prints the attributes of an entity, with numbers as the provider wrote or defined them. */
export function printEntityAttributes(entity: Entity, options: PrintOptions): Map<string, Writable> {
  const types = [entity.kind, ...entity.mixins]
  const attributes = new Map<string, Writable>()
  for (const [name, value] of entity.attributes) {
    attributes.set(
      checkedAttributeName(name),
      printAttributeValue(name, value, entity.lexemes?.get(name), types, options),
    )
  }
  return attributes
}

function printAttributeValue(
  name: string,
  value: AttributeValue,
  lexeme: string | undefined,
  types: readonly Entity['kind'][],
  options: PrintOptions,
): Writable {
  if (typeof value !== 'number') return value
  if (!Number.isFinite(value)) return failToPrint('E_RENDER', `${name} is not a number that JSON can express`)
  const definitions = () => types.map((id) => options.describe?.(id)?.attributes.get(name))
  return new Lexeme(
    numberText(value, lexeme === undefined || isJsonNumber(lexeme) ? lexeme : undefined, definitions),
  )
}

/** Whether a number is written as JSON requires. Text renderings tolerate `+2`, `.5` and `3.`, which are not. */
function isJsonNumber(lexeme: string): boolean {
  try {
    return typeof JSON.parse(lexeme) === 'number'
  } catch {
    return false
  }
}

/** Prints attributes that belong to no entity. */
export function printAttributes(values: ReadonlyMap<string, AttributeValue>): Map<string, Writable> {
  const printed = new Map<string, Writable>()
  for (const [name, value] of values) printed.set(checkedAttributeName(name), value)
  return printed
}

/** Returns the map, or undefined if it is empty, so that its member is omitted. */
export function nonEmptyMap(map: Map<string, Writable>): Map<string, Writable> | undefined {
  return map.size === 0 ? undefined : map
}

/** Returns the list, or undefined if it is empty, so that its member is omitted. */
export function nonEmptyList<T extends Writable>(list: readonly T[]): readonly T[] | undefined {
  return list.length === 0 ? undefined : list
}
