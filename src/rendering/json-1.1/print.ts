/** Prints rOCCI's JSON of OCCI 1.1: nested attributes, entities in lists, link ends as strings. */
import { type AttributeValue, type Category, type Entity, type Link, RESOURCE } from '../../model/index.js'
import { failToPrint } from '../error.js'
import {
  type Dialect,
  entityTypeMembers,
  locationIfOnlyLocation,
  nonEmptyList,
  nonEmptyMap,
  printAttributeDefinition,
  printAttributes,
  printCollection,
  printDialect,
  printEntityAttributes,
} from '../json/print.js'
import { members, type Writable } from '../json/write.js'
import type { Message, Printable, PrintOptions } from '../types.js'

/**
 * Prints rOCCI's JSON. Throws ParseError (also used for printing) E_RENDER, E_ATTR_NAME, or E_CONFLICT for names that
 * cannot be nested.
 */
export function printNested(printable: Printable, options: PrintOptions = {}): Message {
  return printDialect(nestedDialect, printable, options)
}

const nestedDialect: Dialect = {
  definition: printCategory,
  entity: printEntity,
  entityMessage: (entity, options) => printCollection([entity], () => printEntity(entity, options)),
  update: printUpdate,
  attributes: (values) => nest(printAttributes(values)),
  // Unlike other attributes, these are printed even if there are none.
  actionAttributes: (values) => nest(printAttributes(values)),
}

function printUpdate(printable: Extract<Printable, { what: 'update' }>): Writable {
  const values = new Map<string, AttributeValue>(printable.attributes)
  if (printable.title !== undefined) values.set('occi.core.title', printable.title)
  if (printable.summary !== undefined) values.set('occi.core.summary', printable.summary)
  return members({
    kind: printable.kind,
    mixins: nonEmptyList(printable.mixins),
    attributes: nonEmptyMap(nest(printAttributes(values))),
  })
}

function printEntity(entity: Entity, options: PrintOptions): Writable {
  const values = new Map<string, Writable>()
  const add = (name: string, value: string | undefined) => {
    if (value !== undefined) values.set(name, value)
  }
  add('occi.core.id', entity.id)
  add('occi.core.title', entity.title)
  if (entity.type === 'resource') add('occi.core.summary', entity.summary)
  for (const [name, value] of printEntityAttributes(entity, options)) values.set(name, value)
  return members({
    kind: entity.kind,
    mixins: nonEmptyList(entity.mixins),
    attributes: nest(values),
    id: entity.id,
    ...(entity.type === 'resource'
      ? {
          links: nonEmptyList(
            entity.links.map((link) => locationIfOnlyLocation(link) ?? printEntity(link, options)),
          ),
        }
      : printLinkEnds(entity)),
    actions: nonEmptyList(entity.actions.map(({ id }) => id)),
    location: entity.location,
  })
}

function printLinkEnds(link: Link): Record<string, Writable | undefined> {
  return {
    // rOCCI-server 1.1 answers 500 to a link without rel.
    rel: link.target === undefined ? undefined : (link.target.kind ?? RESOURCE),
    source: link.source?.location,
    target: link.target?.location,
  }
}

function printCategory(category: Category): Writable {
  const definitions = new Map<string, Writable>()
  for (const [name, attribute] of category.attributes)
    definitions.set(name, printAttributeDefinition(attribute))
  return members({
    term: category.term,
    scheme: category.scheme,
    title: category.title,
    ...entityTypeMembers(category),
    related: relatedTypes(category),
    attributes: nonEmptyMap(nest(definitions)),
  })
}

/** Returns the parent of a kind, or the mixins that a mixin depends on. */
function relatedTypes(category: Category): Writable | undefined {
  if (category.class === 'kind') return category.parent === undefined ? undefined : [category.parent]
  return category.class === 'mixin' ? nonEmptyList(category.depends) : undefined
}

/** An attribute. The value is wrapped, since it may be a Map itself, and Maps in the tree stand for parts of names. */
interface Leaf {
  readonly leaf: Writable
}
/** Attributes by the parts of their names. */
type Tree = Map<string, Tree | Leaf>

/** Nests attributes by the parts of their names. Throws if the parts of one name are the first parts of another. */
function nest(values: ReadonlyMap<string, Writable>): Map<string, Writable> {
  const root: Tree = new Map()
  for (const [name, value] of values) {
    const parts = name.split('.')
    const last = parts.pop() ?? name
    let level = root
    for (const part of parts) {
      const next = level.get(part) ?? new Map()
      if (!(next instanceof Map)) failForConflict(name)
      level.set(part, next)
      level = next
    }
    if (level.has(last)) failForConflict(name)
    level.set(last, { leaf: value })
  }
  return unwrap(root)
}

/** Converts a tree to nested objects. */
function unwrap(tree: Tree): Map<string, Writable> {
  const nested = new Map<string, Writable>()
  for (const [name, node] of tree) nested.set(name, node instanceof Map ? unwrap(node) : node.leaf)
  return nested
}

function failForConflict(name: string): never {
  failToPrint(
    'E_CONFLICT',
    `Nested JSON cannot contain both an attribute and another whose name begins with its name and a dot: ${name}`,
    'Use the JSON of OCCI 1.2 or a text rendering.',
  )
}
