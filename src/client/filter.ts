/**
 * Filters of listings: sent in request headers where the provider understands them (GFD.223 §5.6), and always
 * applied here as well.
 */
import type { AttributeValue, Entity, Model } from '../model/index.js'
import { type Content, contentOf } from './codec.js'
import { sameLocation } from './locations.js'
import type { Provider } from './provider.js'
import type { Filter } from './types.js'

/** Header fields for a GET; none when this provider would not understand them. */
export function withFilter(provider: Provider, filter: Filter | undefined): { readonly content?: Content } {
  const { filters } = provider.effects
  if (filter === undefined || filters === 'none') return {}
  const attributes = [...(filter.attributes ?? [])].slice(0, filters === 'one-attribute' ? 1 : undefined)
  const categories = (filter.categories ?? []).map((id) => {
    const known = provider.model.get(id)
    return known === undefined ? { id } : { id, class: known.class }
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

/** Whether the provider applies the whole filter, so that the client need not. */
export function filteredThere(provider: Provider, filter: Filter | undefined): boolean {
  if (filter === undefined) return true
  const attributes = filter.attributes?.size ?? 0
  const categories = filter.categories?.length ?? 0
  if (attributes === 0 && categories === 0) return true
  const { filters } = provider.effects
  return filters === 'headers' || (filters === 'one-attribute' && attributes <= 1)
}

export function matches(entity: Entity, filter: Filter | undefined, model: Model): boolean {
  for (const id of filter?.categories ?? []) {
    const has = entity.mixins.some((mixin) => mixin === id || model.dependsOn(mixin, id))
    if (!has && !model.isA(entity.kind, id)) return false
  }
  for (const [name, wanted] of filter?.attributes ?? []) {
    const value = attributeOf(entity, name)
    if (value === undefined || !equal(value, wanted)) return false
  }
  return true
}

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

function equal(a: AttributeValue, b: AttributeValue): boolean {
  const [left, right] = [String(a), String(b)]
  if (left === right) return true
  if (left.startsWith('http') || left.startsWith('/')) return sameLocation(left, right)
  return left.trim() !== '' && right.trim() !== '' && Number(left) === Number(right)
}
