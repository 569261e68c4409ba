/** The JSON of pyssf, which predates OCCI 1.2 (Q42): arrays without a wrapper, whole categories, values as strings. */
import { omitUndefined } from '../../basics/objects.js'
import type { Category, Entity } from '../../model/index.js'
import type { Exchange } from './persona.js'

/** Converts the standard body of a response. */
export function pyssfJson(standard: unknown, answer: Exchange): unknown {
  const { outcome } = answer
  switch (outcome.what) {
    case 'model':
      return outcome.categories.map(categoryJson)
    case 'entity':
    case 'updated':
      return entityJson(outcome.entity, answer)
    case 'list':
      return outcome.entities().map((entity) => entityJson(entity, answer))
    case 'triggered':
      return outcome.entities.flatMap((entity) => [entityJson(entity, answer)])[0] ?? []
    default:
      return standard
  }
}

type Plain = { readonly [name: string]: unknown }

function categoryJson(category: Category): Plain {
  const attributes = [...category.attributes.values()].map((attribute) => [
    attribute.name,
    // "muttable" is pyssf's spelling.
    attribute.required ? 'required' : attribute.mutable ? 'muttable' : 'immutable',
  ])
  const related =
    category.class === 'kind' ? [category.parent] : category.class === 'mixin' ? category.depends : []
  const parents = related.filter((id) => id !== undefined)
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

function entityJson(entity: Entity, answer: Exchange): Plain {
  const describeCategory = (id: string) => {
    const category = answer.describe(id)
    return category === undefined ? id : categoryJson(category)
  }
  return {
    kind: describeCategory(entity.kind),
    mixins: entity.mixins.map(describeCategory),
    actions: entity.actions.map((action) => ({ kind: describeCategory(action.id), link: action.href })),
    attributes: Object.fromEntries(attributesOf(entity)),
    ...(entity.type === 'resource'
      ? { links: entity.links.map((link) => entityJson(link, answer)) }
      : { source: entity.source?.location, target: entity.target?.location }),
  }
}

function attributesOf(entity: Entity): readonly (readonly [string, string])[] {
  const core: (readonly [string, string | undefined])[] = [
    ['occi.core.id', entity.id],
    ['occi.core.title', entity.title],
    ['occi.core.summary', entity.type === 'resource' ? entity.summary : undefined],
  ]
  const named = core.flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const]))
  return [...named, ...[...entity.attributes].map(([name, value]) => [name, String(value)] as const)]
}
