/** From the library's entities and categories to rOCCI's view of them. */
import {
  type AttributeValue,
  type Category,
  type Entity,
  type Link,
  type Model,
  type TypeId,
  termOf,
} from '../../model/index.js'
import type { RocciCategory, RocciEntity, RocciLink, RocciScalar } from './record.js'

export function toRocciEntity(entity: Entity): RocciEntity {
  const shared = {
    kind: entity.kind,
    mixins: entity.mixins,
    // rOCCI never printed an entity's actions: it dropped them while parsing.
    actions: [],
    attributes: attributesOf(entity),
  }
  if (entity.type === 'link') return { ...shared, location: guessedLocation(entity), link: endsOf(entity) }
  return {
    ...shared,
    location: guessedLocation(entity),
    links: entity.links.map(
      (link): RocciLink => ({
        kind: link.kind,
        mixins: link.mixins,
        actions: [],
        attributes: attributesOf(link),
        location: link.location === undefined ? guessedLocation(link) : pathname(link.location),
        link: endsOf(link),
      }),
    ),
  }
}

export function toRocciCategory(category: Category, model: Model): RocciCategory {
  const related: readonly TypeId[] =
    category.class === 'kind'
      ? category.parent === undefined
        ? []
        : [category.parent]
      : category.class === 'mixin'
        ? category.depends.filter((id) => model.get(id) !== undefined)
        : []
  return {
    class: category.class,
    id: category.id,
    scheme: category.scheme,
    term: category.term,
    title: category.title ?? '',
    ...(category.class !== 'action' && category.location !== undefined
      ? { location: pathname(category.location) }
      : {}),
    ...(category.class === 'kind' && category.parent !== undefined ? { parent: category.parent } : {}),
    related,
    actions: category.class === 'action' ? [] : category.actions,
    attributes: [...category.attributes.values()],
  }
}

/** `/compute/<id>`: rOCCI built it from the kind's term, whatever the server's own path. */
function guessedLocation(entity: Entity): string {
  const id = entity.id ?? lastSegment(entity.location)
  return `/${termOf(entity.kind)}/${(id ?? '').replace(/^urn:uuid:/, '')}`
}

function endsOf(link: Link): RocciLink['link'] {
  return {
    rel: link.target?.kind ?? 'http://schemas.ogf.org/occi/core#link',
    ...(link.source === undefined ? {} : { source: pathname(link.source.location) }),
    ...(link.target === undefined ? {} : { target: pathname(link.target.location) }),
  }
}

function attributesOf(entity: Entity): RocciEntity['attributes'] {
  const attributes: [string, RocciScalar][] = []
  if (entity.id !== undefined) attributes.push(['occi.core.id', entity.id])
  if (entity.title !== undefined) attributes.push(['occi.core.title', entity.title])
  if (entity.type === 'resource') {
    if (entity.summary !== undefined) attributes.push(['occi.core.summary', entity.summary])
  } else {
    if (entity.target !== undefined) attributes.push(['occi.core.target', pathname(entity.target.location)])
    if (entity.source !== undefined) attributes.push(['occi.core.source', pathname(entity.source.location)])
  }
  for (const [name, value] of entity.attributes)
    attributes.push([name, scalar(value, entity.lexemes?.get(name))])
  return attributes
}

function scalar(value: AttributeValue, lexeme: string | undefined): RocciScalar {
  if (typeof value === 'string' || typeof value === 'boolean') return value
  if (typeof value === 'number' || typeof value === 'bigint') return { number: lexeme ?? String(value) }
  return { json: value }
}

/** rOCCI printed paths; the library has absolute URLs. */
function pathname(location: string): string {
  return /^https?:\/\//i.test(location) && URL.canParse(location) ? new URL(location).pathname : location
}

function lastSegment(location: string | undefined): string | undefined {
  return location?.split('/').filter(Boolean).at(-1)
}
