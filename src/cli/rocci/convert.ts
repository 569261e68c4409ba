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

export interface Conversion {
  readonly model: Model
  /** rOCCI sorted the header lines of text/occi, and with them the links. */
  readonly sorted: boolean
}

export function toRocciEntity(entity: Entity, conversion: Conversion): RocciEntity {
  const { model } = conversion
  const shared = {
    kind: entity.kind,
    mixins: entity.mixins,
    actions: entity.actions.map(({ id }) => id),
    attributes: attributesOf(entity, model),
  }
  if (entity.type === 'link') {
    return { ...shared, location: guessedLocation(entity), link: { ...endsOf(entity), rel: coreLink } }
  }
  const links = entity.links.map(
    (link): RocciLink => ({
      kind: link.kind,
      mixins: link.mixins,
      actions: [],
      attributes: attributesOf(link, model),
      location: link.location === undefined ? guessedLocation(link) : pathname(link.location),
      link: endsOf(link),
    }),
  )
  return {
    ...shared,
    location: guessedLocation(entity),
    links: conversion.sorted ? links.sort(byLine) : links,
  }
}

function byLine(a: RocciLink, b: RocciLink): number {
  const key = ({ link, location }: RocciLink) => `${link.target};${link.rel};${location}`
  return key(a) < key(b) ? -1 : 1
}

/** rOCCI reads the terms of a text model in lower case. */
export function toRocciCategory(
  category: Category,
  model: Model,
  { lowerCase }: { readonly lowerCase: boolean },
): RocciCategory {
  const term = lowerCase ? category.term.toLowerCase() : category.term
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
    id: `${category.scheme}${term}`,
    scheme: category.scheme,
    term,
    ...(category.title === undefined ? {} : { title: category.title }),
    ...(category.class !== 'action' && category.location !== undefined
      ? { location: pathname(category.location) }
      : {}),
    ...(category.class === 'kind' && category.parent !== undefined ? { parent: category.parent } : {}),
    related,
    actions: category.class === 'action' ? [] : category.actions,
    attributes: [...category.attributes.values()].map((definition) =>
      category.scheme === coreScheme && definition.name === 'occi.core.id'
        ? { ...definition, pattern: { form: 'regex', source: uuidPattern } }
        : definition,
    ),
  }
}

const coreOrder = ['id', 'title', 'summary', 'target', 'source'].map((name) => `occi.core.${name}`)
const coreScheme = 'http://schemas.ogf.org/occi/core#'
const coreLink = `${coreScheme}link`
/** rOCCI printed its own definition of the core kinds, whatever the server said. */
const uuidPattern = '[a-f0-9]{8}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{12}'

/** `/compute/<id>`: rOCCI built it from the kind's term, whatever the server's own path. */
function guessedLocation(entity: Entity): string {
  const id = entity.id ?? lastSegment(entity.location)
  return `/${termOf(entity.kind)}/${(id ?? '').replace(/^urn:uuid:/, '')}`
}

function endsOf(link: Link): RocciLink['link'] {
  return {
    rel: link.rel ?? link.target?.kind ?? coreLink,
    ...(link.source === undefined ? {} : { source: pathname(link.source.location) }),
    ...(link.target === undefined ? {} : { target: pathname(link.target.location) }),
  }
}

/** Core's first, then in the order of the definitions: the kind's, then each mixin's, then what nobody defines. */
function attributesOf(entity: Entity, model: Model): RocciEntity['attributes'] {
  const values = new Map(rawAttributesOf(entity))
  const ordered: (readonly [string, RocciScalar])[] = []
  const defined = [entity.kind, ...entity.mixins].map((id) => model.get(id)?.attributes.keys() ?? [])
  for (const names of [coreOrder, ...defined]) {
    for (const name of names) {
      const value = values.get(name)
      if (value === undefined) continue
      ordered.push([name, value])
      values.delete(name)
    }
  }
  return [...ordered, ...values]
}

function rawAttributesOf(entity: Entity): RocciEntity['attributes'] {
  const attributes: [string, RocciScalar][] = []
  const text = (name: string, value: string | undefined) => {
    if (value !== undefined) attributes.push([name, wireForm(value)])
  }
  text('occi.core.id', entity.id)
  text('occi.core.title', entity.title)
  if (entity.type === 'resource') {
    text('occi.core.summary', entity.summary)
  } else {
    text('occi.core.target', entity.target && pathname(entity.target.location))
    text('occi.core.source', entity.source && pathname(entity.source.location))
  }
  for (const [name, value] of entity.attributes)
    attributes.push([name, scalar(value, entity.lexemes?.get(name))])
  return attributes
}

function scalar(value: AttributeValue, lexeme: string | undefined): RocciScalar {
  if (typeof value === 'string') return wireForm(value)
  if (typeof value === 'boolean') return value
  if (typeof value === 'number' || typeof value === 'bigint') return { number: lexeme ?? String(value) }
  return { json: value }
}

/**
 * rOCCI never undid the escapes of the text renderings; scripts have only seen `\\"`. rOCCI-server writes
 * bytes outside ASCII as `\\xC3`, with a single backslash.
 */
function wireForm(text: string): string {
  return text.replace(/"|\\(?!x[0-9A-F]{2})/g, '\\$&')
}

/** rOCCI printed paths; the library has absolute URLs. */
function pathname(location: string): string {
  return /^https?:\/\//i.test(location) && URL.canParse(location) ? new URL(location).pathname : location
}

function lastSegment(location: string | undefined): string | undefined {
  return location?.split('/').filter(Boolean).at(-1)
}
