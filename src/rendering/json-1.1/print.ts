/** rOCCI's JSON of OCCI 1.1: nested attributes, wrapped entities, link ends as strings. */
import type { AttributeValue, Category, Entity, Link } from '../../model/index.js'
import { refuse } from '../error.js'
import {
  attributeDefinition,
  attributes,
  collection,
  type Dialect,
  entityAttributes,
  hierarchy,
  nonEmptyList,
  nonEmptyMap,
  onlyLocation,
  printDialect,
} from '../json/print.js'
import { members, type Writable } from '../json/write.js'
import { coreResource } from '../parse-result.js'
import type { Message, Printable, PrintOptions } from '../types.js'

/** Throws ParseError E_RENDER, E_ATTR_NAME, and E_CONFLICT for names that cannot be nested. */
export function printNested(printable: Printable, options: PrintOptions = {}): Message {
  return printDialect(nestedDialect, printable, options)
}

const nestedDialect: Dialect = {
  definition,
  entity: printEntity,
  oneEntity: (one, options) => collection([one], (each) => printEntity(each, options)),
  update,
  values: (values) => nest(attributes(values)),
  // Written even when it is empty.
  parameters: (values) => nest(attributes(values)),
}

function update(printable: Extract<Printable, { what: 'update' }>): Writable {
  const values = new Map<string, AttributeValue>(printable.attributes)
  if (printable.title !== undefined) values.set('occi.core.title', printable.title)
  if (printable.summary !== undefined) values.set('occi.core.summary', printable.summary)
  return members({
    kind: printable.kind,
    mixins: nonEmptyList(printable.mixins),
    attributes: nonEmptyMap(nest(attributes(values))),
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
  for (const [name, value] of entityAttributes(entity, options)) values.set(name, value)
  return members({
    kind: entity.kind,
    mixins: nonEmptyList(entity.mixins),
    attributes: nest(values),
    id: entity.id,
    ...(entity.type === 'resource'
      ? { links: nonEmptyList(entity.links.map((link) => onlyLocation(link) ?? printEntity(link, options))) }
      : ends(entity)),
    actions: nonEmptyList(entity.actions.map(({ id }) => id)),
    location: entity.location,
  })
}

function ends(link: Link): Record<string, Writable | undefined> {
  return {
    // rOCCI-server 1.1 answers 500 to a link without rel.
    rel: link.target === undefined ? undefined : (link.target.kind ?? coreResource),
    source: link.source?.location,
    target: link.target?.location,
  }
}

function definition(category: Category): Writable {
  const definitions = new Map<string, Writable>()
  for (const [name, one] of category.attributes) definitions.set(name, attributeDefinition(one))
  return members({
    term: category.term,
    scheme: category.scheme,
    title: category.title,
    ...hierarchy(category),
    related: related(category),
    attributes: nonEmptyMap(nest(definitions)),
  })
}

function related(category: Category): Writable | undefined {
  if (category.class === 'kind') return category.parent === undefined ? undefined : [category.parent]
  return category.class === 'mixin' ? nonEmptyList(category.depends) : undefined
}

/** A leaf of the tree. It wraps the value, because a Map is always a name space. */
interface Leaf {
  readonly leaf: Writable
}
type Tree = Map<string, Tree | Leaf>

/** Splits names at their dots. Throws for a name that is also a prefix of another, which cannot be nested. */
function nest(values: ReadonlyMap<string, Writable>): Map<string, Writable> {
  const root: Tree = new Map()
  for (const [name, value] of values) {
    const parts = name.split('.')
    const last = parts.pop() ?? name
    let space = root
    for (const part of parts) {
      const next = space.get(part) ?? new Map()
      if (!(next instanceof Map)) conflict(name)
      space.set(part, next)
      space = next
    }
    if (space.has(last)) conflict(name)
    space.set(last, { leaf: value })
  }
  return unwrap(root)
}

function unwrap(tree: Tree): Map<string, Writable> {
  const written = new Map<string, Writable>()
  for (const [name, node] of tree) written.set(name, node instanceof Map ? unwrap(node) : node.leaf)
  return written
}

function conflict(name: string): never {
  refuse(
    'E_CONFLICT',
    `Nested JSON cannot hold ${name} together with an attribute whose name begins or ends there`,
    'Use the JSON of OCCI 1.2 or a text rendering.',
  )
}
