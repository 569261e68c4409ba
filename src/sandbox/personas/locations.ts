/** Categories as a provider arranges them. */
import type { Category } from '../../model/index.js'

/** Puts kinds and mixins, by their terms, at other locations. */
export function placed(
  categories: readonly Category[],
  places: ReadonlyMap<string, string>,
): readonly Category[] {
  return categories.map((category) => {
    const location = places.get(category.term)
    return location === undefined || category.class === 'action' ? category : { ...category, location }
  })
}

/** Leaves out categories by their terms. */
export function without(categories: readonly Category[], terms: readonly string[]): readonly Category[] {
  return categories.filter((category) => !terms.includes(category.term))
}
