/** Merges the definitions of a category, which providers repeat on several pages or with each entity. */
import { omitUndefined } from '../basics/objects.js'
import type { AttributeDefinition } from './attribute.js'
import type { Category } from './category.js'
import type { TypeId } from './identifier.js'

/**
 * Returns each category once, in the order of first appearance. Its first definition is used, and later ones supply
 * what that lacks.
 */
export function mergeCategories(categories: Iterable<Category>): Category[] {
  const merged = new Map<TypeId, Category | Category[]>()
  for (const category of categories) {
    const earlier = merged.get(category.id)
    if (earlier === undefined) merged.set(category.id, category)
    else if (Array.isArray(earlier)) earlier.push(category)
    else merged.set(category.id, [earlier, category])
  }
  return [...merged.values()].map((entry) => (Array.isArray(entry) ? mergeDefinitions(entry) : entry))
}

/** Merges all definitions of a category at once, so that 100,000 repetitions take linear time. */
function mergeDefinitions(definitions: readonly Category[]): Category {
  const [first, ...later] = definitions as [Category, ...Category[]]
  const common = {
    ...omitUndefined({ title: firstValue(definitions, 'title') }),
    attributes: mergeAttributes(definitions),
  }
  if (first.class === 'action') return { ...first, ...common }
  const sameClass = [first, ...later.filter((category) => category.class === first.class)]
  const entityTypeMembers = {
    ...common,
    ...omitUndefined({ location: firstValue(sameClass, 'location') }),
    actions: union(sameClass.map((category) => (category.class === 'action' ? [] : category.actions))),
  }
  if (first.class === 'kind')
    return { ...first, ...entityTypeMembers, ...omitUndefined({ parent: firstValue(sameClass, 'parent') }) }
  return {
    ...first,
    ...entityTypeMembers,
    depends: union(sameClass.map((category) => (category.class === 'mixin' ? category.depends : []))),
    applies: union(sameClass.map((category) => (category.class === 'mixin' ? category.applies : []))),
  }
}

function mergeAttributes(categories: readonly Category[]): ReadonlyMap<string, AttributeDefinition> {
  const merged = new Map<string, AttributeDefinition>()
  for (const { attributes } of categories) {
    for (const [name, definition] of attributes) if (!merged.has(name)) merged.set(name, definition)
  }
  return merged
}

function union(lists: readonly (readonly TypeId[])[]): readonly TypeId[] {
  return [...new Set(lists.flat())]
}

/** The members that `firstValue` can return. */
interface SharedMembers {
  readonly title: string
  readonly location: string
  readonly parent: TypeId
}

/** Returns a member of the first category that has it. */
function firstValue<M extends keyof SharedMembers>(
  categories: readonly Category[],
  member: M,
): SharedMembers[M] | undefined {
  for (const category of categories) {
    const value = (category as Partial<SharedMembers>)[member]
    if (value !== undefined) return value
  }
  return undefined
}
