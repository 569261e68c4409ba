/** Checks kinds and mixins. */
import { alternatives } from '../../basics/nearest.js'
import { type TypeId, termOf } from '../identifier.js'
import type { Model } from '../model.js'
import { suggest } from '../suggest.js'
import type { Problem } from './problem.js'

/** Returns the problem of a kind that the model does not have. An empty model accepts any kind. */
export function kindProblems(model: Model, kind: TypeId): readonly Problem[] {
  if (model.kinds.length === 0 || model.kind(kind) !== undefined) return []
  const category = model.get(kind)
  if (category !== undefined)
    return [{ at: kind, message: `${kind} is ${CLASS_NOUNS[category.class]}, not a kind.` }]
  return [unknownCategoryProblem(kind, 'kind', model.kinds)]
}

/** Returns the problems of mixins that the model does not have or that do not apply to the kind. */
export function mixinProblems(model: Model, kind: TypeId, mixins: readonly TypeId[]): readonly Problem[] {
  if (model.categories.length === 0) return []
  return mixins.flatMap((id) => mixinProblem(model, kind, id) ?? [])
}

function mixinProblem(model: Model, kind: TypeId, id: TypeId): Problem | undefined {
  const category = model.get(id)
  if (category === undefined) return unknownCategoryProblem(id, 'mixin', model.mixins)
  if (category.class === 'kind') {
    const message =
      id === kind
        ? `${id} is given twice: as the kind and as a mixin.`
        : `${id} is a second kind; an entity has exactly one, here ${kind}.`
    return { at: id, message }
  }
  if (category.class === 'action') return { at: id, message: `${id} is an action, not a mixin.` }
  if (model.applies(category, kind)) return undefined
  const kindTerms = category.applies.map((kindId) => termOf(kindId))
  return {
    at: id,
    message: `Mixin ${category.term} does not apply to ${termOf(kind)}.`,
    ...(kindTerms.length > 0 && { hint: `It applies to ${alternatives(kindTerms.slice(0, 5))}.` }),
  }
}

const CLASS_NOUNS = { kind: 'a kind', mixin: 'a mixin', action: 'an action' } as const

/** Returns the problem of an identifier that the model does not have, with similar ones. */
function unknownCategoryProblem(
  id: TypeId,
  noun: 'kind' | 'mixin',
  available: readonly { readonly id: TypeId; readonly term: string }[],
): Problem {
  const similarIds = suggest(
    id,
    available.map((one) => one.id),
  )
  const suggestions = similarIds.length > 0 ? similarIds : idsWithSimilarTerm(termOf(id), available)
  return {
    at: id,
    message: `The provider has no ${noun} ${id}.`,
    ...(suggestions.length > 0 && { hint: `Did you mean ${alternatives(suggestions)}?`, suggestions }),
  }
}

/** Returns at most three identifiers with the same or a similar term, in any scheme. */
function idsWithSimilarTerm(
  term: string,
  available: readonly { readonly id: TypeId; readonly term: string }[],
) {
  const terms = new Set(
    suggest(
      term,
      available.map((one) => one.term),
    ),
  )
  return available
    .filter((one) => terms.has(one.term))
    .slice(0, 3)
    .map((one) => one.id)
}
