/** Changes the locations of categories, and removes categories. */
import type { Category } from '../../model/index.js'

/** Replaces the locations of the categories with these terms. */
export function withLocations(
  categories: readonly Category[],
  locations: ReadonlyMap<string, string>,
): readonly Category[] {
  return categories.map((category) => {
    const location = locations.get(category.term)
    return location === undefined || category.class === 'action' ? category : { ...category, location }
  })
}

/** The categories without those of the given terms. */
export function withoutTerms(categories: readonly Category[], terms: readonly string[]): readonly Category[] {
  return categories.filter((category) => !terms.includes(category.term))
}
