/** Converts entities and categories to rOCCI's records. */
import {
  type AttributeDefinition,
  type AttributeValue,
  type Category,
  type Entity,
  type Link,
  type Model,
  type TypeId,
  termOf,
} from '../../model/index.js'
import { bareMixin } from './received.js'
import {
  inRocciOrder,
  type RocciCategory,
  type RocciEntity,
  type RocciLink,
  type RocciScalar,
  wireForm,
} from './record.js'

interface Conversion {
  readonly model: Model
  /** Whether links are sorted, since rOCCI sorted the header lines of text/occi. */
  readonly sorted: boolean
}

export function toRocciEntity(entity: Entity, conversion: Conversion): RocciEntity {
  const { model } = conversion
  const shared = {
    kind: entity.kind,
    mixins: entity.mixins.map(bareMixin),
    actions: entity.actions.map(({ id }) => id),
    attributes: attributesOf(entity, model),
  }
  if (entity.type === 'link') {
    return { ...shared, location: derivedLocation(entity), link: { ...linkEnds(entity), rel: coreLink } }
  }
  const links = entity.links.map(
    (link): RocciLink => ({
      kind: link.kind,
      mixins: link.mixins.map(bareMixin),
      actions: [],
      attributes: attributesOf(link, model),
      location: link.location === undefined ? derivedLocation(link) : pathname(link.location),
      link: linkEnds(link),
    }),
  )
  return {
    ...shared,
    location: derivedLocation(entity),
    links: conversion.sorted ? links.sort(byLine) : links,
  }
}

function byLine(a: RocciLink, b: RocciLink): number {
  const key = ({ link, location }: RocciLink) => `${link.target};${link.rel};${location}`
  return key(a) < key(b) ? -1 : 1
}

/** `lowerCaseTerms`: rOCCI converts the terms of a text model to lower case. */
export function toRocciCategory(
  category: Category,
  model: Model,
  { lowerCaseTerms }: { readonly lowerCaseTerms: boolean },
): RocciCategory {
  const builtIn = coreKinds.find(({ id }) => id === category.id)
  if (builtIn !== undefined) return builtIn
  const term = lowerCaseTerms ? category.term.toLowerCase() : category.term
  return {
    class: category.class,
    id: `${category.scheme}${term}`,
    scheme: category.scheme,
    term,
    ...(category.title === undefined ? {} : { title: wireForm(category.title) }),
    ...locationOf(category, term),
    ...(category.class === 'kind' && category.parent !== undefined ? { parent: category.parent } : {}),
    related: relatedOf(category, model),
    actions: category.class === 'action' ? [] : category.actions,
    attributes: attributesInRocciOrder(category),
  }
}

/** The definitions of attributes in rOCCI's order. */
function attributesInRocciOrder({ attributes }: Category): readonly AttributeDefinition[] {
  const names = inRocciOrder([...attributes.keys()].map((name) => [name, true]))
  return names.flatMap(([name]) => attributes.get(name) ?? [])
}

function relatedOf(category: Category, model: Model): readonly TypeId[] {
  if (category.class === 'kind') return category.parent === undefined ? [] : [category.parent]
  if (category.class === 'mixin') return category.depends.filter((id) => model.get(id) !== undefined)
  return []
}

/** The location of a category. rOCCI generates one if it is missing. */
function locationOf(category: Category, term: string): { readonly location?: string } {
  if (category.class === 'action') return {}
  if (category.location !== undefined) return { location: pathname(category.location) }
  return { location: category.class === 'kind' ? `/${term}/` : `/mixin/${term}/` }
}

const coreScheme = 'http://schemas.ogf.org/occi/core#'
const coreLink = `${coreScheme}link`

const entityAttributes: readonly AttributeDefinition[] = [
  {
    name: 'occi.core.id',
    type: 'string',
    required: true,
    mutable: false,
    pattern: { form: 'regex', source: '[a-f0-9]{8}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{12}' },
  },
  { name: 'occi.core.title', type: 'string', required: false, mutable: true },
]

/** rOCCI's own definitions of the core kinds, which it prints instead of the provider's. */
export const coreKinds: readonly RocciCategory[] = [
  coreKind('entity', undefined, []),
  coreKind('resource', 'entity', [
    { name: 'occi.core.summary', type: 'string', required: false, mutable: true },
  ]),
  coreKind('link', 'entity', [
    { name: 'occi.core.target', type: 'string', required: false, mutable: true },
    { name: 'occi.core.source', type: 'string', required: true, mutable: true },
  ]),
]

function coreKind(
  term: string,
  parent: string | undefined,
  attributes: readonly AttributeDefinition[],
): RocciCategory {
  return {
    class: 'kind',
    id: `${coreScheme}${term}`,
    scheme: coreScheme,
    term,
    title: term,
    location: `/${term}/`,
    ...(parent === undefined ? {} : { parent: `${coreScheme}${parent}` }),
    related: parent === undefined ? [] : [`${coreScheme}${parent}`],
    actions: [],
    attributes: [...entityAttributes, ...attributes],
  }
}

/** The order in which rOCCI prints the attributes of occi.core. */
const coreOrder = ['id', 'title', 'summary', 'target', 'source'].map((name) => `occi.core.${name}`)

/** `/compute/<id>`: rOCCI derived the path from the kind's term and ignored the server's own path. */
function derivedLocation(entity: Entity): string {
  const id = entity.id ?? lastSegment(entity.location)
  return `/${termOf(entity.kind)}/${(id ?? '').replace(/^urn:uuid:/, '')}`
}

function linkEnds(link: Link): RocciLink['link'] {
  return {
    rel: link.rel ?? link.target?.kind ?? coreLink,
    ...(link.source === undefined ? {} : { source: pathname(link.source.location) }),
    ...(link.target === undefined ? {} : { target: pathname(link.target.location) }),
  }
}

/** Attributes in rOCCI's order: core, those of the kind, those of each mixin, then undefined ones. */
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
  const addText = (name: string, value: string | undefined) => {
    if (value !== undefined) attributes.push([name, wireForm(value)])
  }
  addText('occi.core.id', entity.id)
  addText('occi.core.title', entity.title)
  if (entity.type === 'resource') {
    addText('occi.core.summary', entity.summary)
  } else {
    addText('occi.core.target', entity.target && pathname(entity.target.location))
    addText('occi.core.source', entity.source && pathname(entity.source.location))
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

/** The path of an absolute URL; a path unchanged. rOCCI printed paths. */
function pathname(location: string): string {
  return /^https?:\/\//i.test(location) && URL.canParse(location) ? new URL(location).pathname : location
}

function lastSegment(location: string | undefined): string | undefined {
  return location?.split('/').filter(Boolean).at(-1)
}
