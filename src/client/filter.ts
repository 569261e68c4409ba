/**
 * Filters of listings. They are sent in request headers if the provider supports that (GFD.223 §5.6), and otherwise
 * applied by the client.
 */
import {
  type Attributes,
  type AttributeValue,
  attributesFrom,
  type Entity,
  type Model,
  type TypeId,
} from '../model/index.js'
import { type Content, contentOf } from './codec.js'
import { sameLocation } from './locations.js'
import type { Provider } from './provider.js'
import { categoryNamed, identifierOrName } from './resolve.js'
import type { Filter } from './types.js'

/** A filter with the provider's identifiers of categories. */
export interface ResolvedFilter {
  readonly categories: readonly TypeId[]
  readonly attributes: Attributes
}

/** Resolves the names in a filter. Throws NotFoundError or AmbiguousError for unknown or ambiguous names. */
export function resolveFilter(provider: Provider, filter: Filter): ResolvedFilter {
  const { categories = [], attributes } = filter
  return {
    categories: categories.map((ref) => {
      const name = identifierOrName(ref)
      return name.includes('#') ? (name as TypeId) : categoryNamed(provider, name).id
    }),
    attributes: attributesFrom(attributes),
  }
}

/** Returns the content for a GET that applies the filter; none if the provider does not understand it. */
export function filterContent(
  provider: Provider,
  filter: ResolvedFilter | undefined,
): { readonly content?: Content } {
  const { filters } = provider.effects
  if (filter === undefined || filters === 'none') return {}
  const attributes = [...filter.attributes].slice(0, filters === 'one-attribute' ? 1 : undefined)
  const categories = filter.categories.map((id) => {
    const category = provider.model.get(id)
    return category === undefined ? { id } : { id, class: category.class }
  })
  if (attributes.length === 0 && categories.length === 0) return {}
  return {
    content: contentOf(
      'text/occi',
      { what: 'references', categories, attributes: new Map(attributes) },
      provider.model,
    ),
  }
}

/** Whether the provider applies the whole filter, so that the client need not apply it. */
export function isFilteredByProvider(provider: Provider, filter: ResolvedFilter | undefined): boolean {
  if (filter === undefined) return true
  const attributes = filter.attributes.size
  const categories = filter.categories.length
  if (attributes === 0 && categories === 0) return true
  const { filters } = provider.effects
  return filters === 'headers' || (filters === 'one-attribute' && attributes <= 1)
}

/** Whether an entity meets all conditions of a filter. */
export function matchesFilter(entity: Entity, filter: ResolvedFilter | undefined, model: Model): boolean {
  for (const id of filter?.categories ?? []) {
    const hasMixin = entity.mixins.some((mixin) => mixin === id || model.dependsOn(mixin, id))
    if (!hasMixin && !model.isA(entity.kind, id)) return false
  }
  for (const [name, expected] of filter?.attributes ?? []) {
    const value = attributeOf(entity, name)
    if (value === undefined || !isEqual(value, expected)) return false
  }
  return true
}

/** Returns the value of an attribute, also of a core attribute, which entities have as a member. */
function attributeOf(entity: Entity, name: string): AttributeValue | undefined {
  switch (name) {
    case 'occi.core.id':
      return entity.id
    case 'occi.core.title':
      return entity.title
    case 'occi.core.summary':
      return entity.type === 'resource' ? entity.summary : undefined
    case 'occi.core.source':
      return entity.type === 'link' ? entity.source?.location : undefined
    case 'occi.core.target':
      return entity.type === 'link' ? entity.target?.location : undefined
    default:
      return entity.attributes.get(name)
  }
}

/** Whether two values are equal: locations are compared as locations, and numbers as numbers. */
function isEqual(value: AttributeValue, expected: AttributeValue): boolean {
  const valueText = String(value)
  const expectedText = String(expected)
  if (valueText === expectedText) return true
  if (valueText.startsWith('http') || valueText.startsWith('/')) return sameLocation(valueText, expectedText)
  return valueText.trim() !== '' && expectedText.trim() !== '' && Number(valueText) === Number(expectedText)
}
