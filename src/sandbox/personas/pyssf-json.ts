/**
 * The JSON of pyssf, which predates OCCI 1.2 (Q42): arrays without a wrapper, definitions in place of identifiers of
 * categories, and all values as strings.
 */
import { omitUndefined } from '../../basics/objects.js'
import type { AttributeDefinition, Category, Entity, TypeId } from '../../model/index.js'
import type { Exchange } from './persona.js'

/** Converts the standard JSON of a response to that of pyssf. */
export function pyssfJson(standard: unknown, exchange: Exchange): unknown {
  const { outcome } = exchange
  switch (outcome.what) {
    case 'model':
      return outcome.categories.map(categoryJson)
    case 'entity':
    case 'updated':
      return entityJson(outcome.entity, exchange)
    case 'list':
      return outcome.entities().map((entity) => entityJson(entity, exchange))
    case 'triggered': {
      const [entity] = outcome.entities
      return entity === undefined ? [] : entityJson(entity, exchange)
    }
    default:
      return standard
  }
}

type JsonObject = { readonly [name: string]: unknown }

function categoryJson(category: Category): JsonObject {
  const attributes = [...category.attributes.values()].map((attribute) => [
    attribute.name,
    attributeProperty(attribute),
  ])
  const parents = parentsOf(category)
  return {
    term: category.term,
    scheme: category.scheme,
    ...omitUndefined({ title: category.title }),
    ...(parents.length === 0 ? {} : { related: parents }),
    ...(attributes.length === 0 ? {} : { attributes: Object.fromEntries(attributes) }),
    ...(category.class === 'action' || category.location === undefined
      ? {}
      : { location: category.location }),
    ...(category.class === 'action' || category.actions.length === 0 ? {} : { actions: category.actions }),
  }
}

function attributeProperty({ required, mutable }: AttributeDefinition): string {
  if (required) return 'required'
  // "muttable" is pyssf's spelling.
  return mutable ? 'muttable' : 'immutable'
}

function parentsOf(category: Category): readonly TypeId[] {
  if (category.class === 'mixin') return category.depends
  return category.class === 'kind' && category.parent !== undefined ? [category.parent] : []
}

function entityJson(entity: Entity, exchange: Exchange): JsonObject {
  const describeCategory = (id: string) => {
    const category = exchange.describe(id)
    return category === undefined ? id : categoryJson(category)
  }
  return {
    kind: describeCategory(entity.kind),
    mixins: entity.mixins.map(describeCategory),
    actions: entity.actions.map((action) => ({ kind: describeCategory(action.id), link: action.href })),
    attributes: Object.fromEntries(attributesOf(entity)),
    ...(entity.type === 'resource'
      ? { links: entity.links.map((link) => entityJson(link, exchange)) }
      : { source: entity.source?.location, target: entity.target?.location }),
  }
}

function attributesOf(entity: Entity): readonly (readonly [string, string])[] {
  const core: (readonly [string, string | undefined])[] = [
    ['occi.core.id', entity.id],
    ['occi.core.title', entity.title],
    ['occi.core.summary', entity.type === 'resource' ? entity.summary : undefined],
  ]
  const definedCore = core.flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const]))
  return [...definedCore, ...[...entity.attributes].map(([name, value]) => [name, String(value)] as const)]
}
