/** Checks an action before it is triggered. */
import { alternatives } from '../../basics/nearest.js'
import type { AttributeDefinition, Attributes } from '../attribute.js'
import type { ActionReference } from '../entity.js'
import { type TypeId, termOf } from '../identifier.js'
import type { Model } from '../model.js'
import { suggest } from '../suggest.js'

import { unknownAttribute, valueProblems } from './attributes.js'
import type { Problem } from './problem.js'
import { loadMatcher } from './regex.js'

/** The entity whose action is to be checked. */
export interface ActionSubject {
  readonly kind: TypeId
  readonly mixins?: readonly TypeId[]
  /**
   * Actions that the provider says are applicable now. They are accepted even if the model does not define
   * them.
   */
  readonly actions?: readonly ActionReference[]
}

/**
 * Returns every problem of an action and its parameters; empty when they fit the model. Only the provider
 * can tell whether the action is applicable in the entity's current state.
 */
export async function validateAction(
  model: Model,
  subject: ActionSubject,
  actionId: TypeId,
  attributes: Attributes = new Map(),
): Promise<readonly Problem[]> {
  const problem = notOffered(model, subject, actionId)
  if (problem !== undefined) return [problem]
  const action = model.action(actionId)
  if (action === undefined) return []
  const matches = await loadMatcher(action.attributes.values())
  const owner = `Action ${action.term}`
  // Some providers list actions without their parameters; then none can be called unknown.
  const modelDescribesParameters =
    action.attributes.size > 0 || model.actions.some((one) => one.attributes.size > 0)
  const problems: Problem[] = []
  for (const [name, value] of attributes) {
    const definition = action.attributes.get(name)
    if (definition !== undefined) problems.push(...valueProblems(definition, value, matches))
    else if (modelDescribesParameters) problems.push(unknownAttribute(name, action.attributes.keys(), owner))
  }
  for (const definition of action.attributes.values()) {
    if (isMissing(definition, attributes)) {
      problems.push({
        at: definition.name,
        message: `${owner} needs ${definition.name}.`,
        hint: `Give it a value: ${definition.name}=…`,
      })
    }
  }
  return problems
}

/** Unlike an attribute of an entity, a parameter is never stored, so an immutable one must be given as well. */
function isMissing({ name, required, default: fallback }: AttributeDefinition, given: Attributes): boolean {
  return required && fallback === undefined && !given.has(name)
}

function notOffered(model: Model, subject: ActionSubject, actionId: TypeId): Problem | undefined {
  if (subject.actions?.some(({ id }) => id === actionId)) return undefined
  const offered = model.actionsOf(subject.kind, subject.mixins ?? [])
  if (offered.includes(actionId)) return undefined
  // ooi's text discovery lists actions without assigning them to kinds.
  if (!model.kinds.some(({ actions }) => actions.length > 0)) return undefined
  if (model.kind(subject.kind) === undefined) return undefined
  const terms = offered.map((id) => termOf(id))
  const suggestions = suggest(termOf(actionId), terms)
  const list = terms.length === 0 ? 'It has no actions.' : `It has ${terms.slice(0, 20).join(', ')}.`
  return {
    at: actionId,
    message: `${termOf(subject.kind)} has no action ${termOf(actionId)}.`,
    hint: suggestions.length === 0 ? list : `Did you mean ${alternatives(suggestions)}? ${list}`,
    ...(suggestions.length > 0 && { suggestions }),
  }
}
