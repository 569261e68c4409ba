/**
 * Merges definitions of the same category, which providers repeat on several pages or with each entity.
 */
import { omitUndefined } from '../basics/objects.js'
import type { AttributeDefinition } from './attribute.js'
import type { Category } from './category.js'
import type { TypeId } from './identifier.js'

/**
 * Merges by identifier, in order of first appearance. The first definition wins, and later ones fill its
 * gaps.
 */
export function mergeCategories(categories: Iterable<Category>): Category[] {
  const merged = new Map<TypeId, Category | Category[]>()
  for (const category of categories) {
    const seen = merged.get(category.id)
    if (seen === undefined) merged.set(category.id, category)
    else if (Array.isArray(seen)) seen.push(category)
    else merged.set(category.id, [seen, category])
  }
  return [...merged.values()].map((one) => (Array.isArray(one) ? mergeGroup(one) : one))
}

/** Collects all definitions before it builds one, so that 100,000 repetitions take linear time. */
function mergeGroup(group: readonly Category[]): Category {
  const [first, ...later] = group as [Category, ...Category[]]
  const common = {
    ...omitUndefined({ title: firstValue(group, 'title') }),
    attributes: mergeAttributes(group),
  }
  if (first.class === 'action') return { ...first, ...common }
  const sameClass = [first, ...later.filter((other) => other.class === first.class)]
  const entityTypeMembers = {
    ...common,
    ...omitUndefined({ location: firstValue(sameClass, 'location') }),
    actions: union(sameClass.map((one) => (one.class === 'action' ? [] : one.actions))),
  }
  if (first.class === 'kind')
    return { ...first, ...entityTypeMembers, ...omitUndefined({ parent: firstValue(sameClass, 'parent') }) }
  return {
    ...first,
    ...entityTypeMembers,
    depends: union(sameClass.map((one) => (one.class === 'mixin' ? one.depends : []))),
    applies: union(sameClass.map((one) => (one.class === 'mixin' ? one.applies : []))),
  }
}

function mergeAttributes(group: readonly Category[]): ReadonlyMap<string, AttributeDefinition> {
  const merged = new Map<string, AttributeDefinition>()
  for (const { attributes } of group) {
    for (const [name, definition] of attributes) if (!merged.has(name)) merged.set(name, definition)
  }
  return merged
}

function union(lists: readonly (readonly TypeId[])[]): readonly TypeId[] {
  return [...new Set(lists.flat())]
}

interface Members {
  readonly title: string
  readonly location: string
  readonly parent: TypeId
}

function firstValue<M extends keyof Members>(group: readonly Category[], member: M): Members[M] | undefined {
  for (const category of group) {
    const value = (category as Partial<Members>)[member]
    if (value !== undefined) return value
  }
  return undefined
}
