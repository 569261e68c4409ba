/** The registry of what one provider offers. Immutable. */
import type { Category } from './category.js'

export class Model {
  readonly categories: readonly Category[]

  constructor(categories: Iterable<Category>) {
    this.categories = [...categories]
  }
}
