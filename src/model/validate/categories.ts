/** Checks of kinds and mixins. */
import { alternatives } from '../../basics/nearest.js'
import { type TypeId, termOf } from '../identifier.js'
import type { Model } from '../model.js'
import { suggest } from '../suggest.js'

import type { Problem } from './problem.js'

export function kindProblems(model: Model, kind: TypeId): readonly Problem[] {
  if (model.kinds.length === 0 || model.kind(kind) !== undefined) return []
  const other = model.get(kind)
  if (other !== undefined)
    return [{ at: kind, message: `${kind} is ${WITH_ARTICLE[other.class]}, not a kind.` }]
  return [unknownCategory(kind, 'kind', model.kinds)]
}

export function mixinProblems(model: Model, kind: TypeId, mixins: readonly TypeId[]): readonly Problem[] {
  if (model.categories.length === 0) return []
  return mixins.flatMap((id) => mixinProblem(model, kind, id) ?? [])
}

function mixinProblem(model: Model, kind: TypeId, id: TypeId): Problem | undefined {
  const category = model.get(id)
  if (category === undefined) return unknownCategory(id, 'mixin', model.mixins)
  if (category.class === 'kind') {
    const message =
      id === kind
        ? `${id} is given twice: as the kind and as a mixin.`
        : `${id} is a second kind; an entity has exactly one, here ${kind}.`
    return { at: id, message }
  }
  if (category.class === 'action') return { at: id, message: `${id} is an action, not a mixin.` }
  if (model.applies(category, kind)) return undefined
  const allowed = category.applies.map((one) => termOf(one))
  return {
    at: id,
    message: `Mixin ${category.term} does not apply to ${termOf(kind)}.`,
    ...(allowed.length > 0 && { hint: `It applies to ${alternatives(allowed.slice(0, 5))}.` }),
  }
}

const WITH_ARTICLE = { kind: 'a kind', mixin: 'a mixin', action: 'an action' } as const

function unknownCategory(
  id: TypeId,
  noun: 'kind' | 'mixin',
  available: readonly { readonly id: TypeId; readonly term: string }[],
): Problem {
  const nearby = suggest(
    id,
    available.map((one) => one.id),
  )
  const suggestions = nearby.length > 0 ? nearby : idsNear(termOf(id), available)
  return {
    at: id,
    message: `The provider has no ${noun} ${id}.`,
    ...(suggestions.length > 0 && { hint: `Did you mean ${alternatives(suggestions)}?`, suggestions }),
  }
}

/** Identifiers with the same or a similar term in another scheme. */
function idsNear(term: string, available: readonly { readonly id: TypeId; readonly term: string }[]) {
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
