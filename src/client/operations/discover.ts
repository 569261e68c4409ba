/** Reads the query interface from the provider (GFD.223 §5.2). */
import { type Category, Model, type TypeId } from '../../model/index.js'
import { contentOf } from '../codec.js'
import { resolveFilter } from '../filter.js'
import { getWithFallback } from '../get-with-fallback.js'
import type { Session } from '../session.js'
import type { CollectionRef, RequestOptions } from '../types.js'

/** Returns the categories that match the filter; all categories without one. Sends at least one request. */
export async function discover(
  session: Session,
  options: RequestOptions & { readonly filter?: readonly CollectionRef[] | undefined } = {},
): Promise<readonly Category[]> {
  const { filter: categoryRefs = [], signal } = options
  if (categoryRefs.length === 0) return (await session.provider.refresh(signal)).model.categories
  const provider = await session.provider.get(signal)
  const { effects, model, queryUrl } = provider
  const filter = resolveFilter(provider, { categories: categoryRefs }).categories
  if (effects.filters === 'none') {
    return categoriesMatching((await session.provider.refresh(signal)).model, filter)
  }
  const categories = filter.map((id) => ({ id, ...classOf(model, id) }))
  const content = contentOf('text/occi', { what: 'references', categories, attributes: new Map() }, model)
  const { parsed } = await getWithFallback(session, { url: queryUrl, content, signal }, 'model')
  return categoriesMatching(new Model(parsed.categories), filter)
}

/**
 * Returns the categories in the filter and those that depend on them (OCCI 1.2). The result of a provider is filtered
 * again, because some ignore the filter and send all categories.
 */
function categoriesMatching(model: Model, filter: readonly TypeId[]): readonly Category[] {
  return model.categories.filter((category) =>
    filter.some(
      (id) =>
        category.id === id ||
        (category.class === 'kind' && model.isA(category.id, id)) ||
        (category.class === 'mixin' && model.dependsOn(category.id, id)),
    ),
  )
}

function classOf(model: Model, id: TypeId): { class?: Category['class'] } {
  const category = model.get(id)
  return category === undefined ? {} : { class: category.class }
}
