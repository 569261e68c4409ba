/** Changes the locations of categories, and removes categories. */
import type { Category } from '../../model/index.js'

/** Gives kinds and mixins other locations, by their terms. */
export function placed(
  categories: readonly Category[],
  places: ReadonlyMap<string, string>,
): readonly Category[] {
  return categories.map((category) => {
    const location = places.get(category.term)
    return location === undefined || category.class === 'action' ? category : { ...category, location }
  })
}

/** Removes categories by their terms. */
export function without(categories: readonly Category[], terms: readonly string[]): readonly Category[] {
  return categories.filter((category) => !terms.includes(category.term))
}
