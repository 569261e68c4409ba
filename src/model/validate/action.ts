/** Checks an action before it is triggered. */
import { alternatives } from '../../basics/nearest.js'
import type { AttributeDefinition, Attributes } from '../attribute.js'
import type { ActionReference } from '../entity.js'
import { type TypeId, termOf } from '../identifier.js'
import type { Model } from '../model.js'
import { suggest } from '../suggest.js'
import { unknownAttributeProblem, valueProblems } from './attributes.js'
import type { Problem } from './problem.js'
import { loadMatcher } from './regex.js'

/** The entity whose action is to be checked. */
export interface ActionSubject {
  readonly kind: TypeId
  readonly mixins?: readonly TypeId[]
  /**
   * The actions that the provider says are applicable now. They are accepted even if the model does not define them.
   */
  readonly actions?: readonly ActionReference[]
}

/**
 * Returns all problems of an action and its parameters: an empty list if they fit the model. Only the provider can tell
 * whether the action is applicable in the current state of the entity.
 */
export async function validateAction(
  model: Model,
  subject: ActionSubject,
  actionId: TypeId,
  attributes: Attributes = new Map(),
): Promise<readonly Problem[]> {
  const problem = notOfferedProblem(model, subject, actionId)
  if (problem !== undefined) return [problem]
  const action = model.action(actionId)
  if (action === undefined) return []
  const matchesRegex = await loadMatcher(action.attributes.values())
  const actionName = `Action ${action.term}`
  // Some providers list actions without their parameters. Then no parameter is reported as unknown.
  const modelDescribesParameters =
    action.attributes.size > 0 || model.actions.some(({ attributes }) => attributes.size > 0)
  const problems: Problem[] = []
  for (const [name, value] of attributes) {
    const definition = action.attributes.get(name)
    if (definition !== undefined) problems.push(...valueProblems(definition, value, matchesRegex))
    else if (modelDescribesParameters)
      problems.push(unknownAttributeProblem(name, action.attributes.keys(), actionName))
  }
  for (const definition of action.attributes.values()) {
    if (isMissing(definition, attributes)) {
      problems.push({
        at: definition.name,
        message: `${actionName} needs ${definition.name}.`,
        hint: `Give it a value: ${definition.name}=…`,
      })
    }
  }
  return problems
}

/**
 * Whether a required parameter is missing. Unlike the attributes of an entity, an immutable parameter counts, too,
 * since the server does not supply it.
 */
function isMissing(
  { name, required, default: defaultValue }: AttributeDefinition,
  attributes: Attributes,
): boolean {
  return required && defaultValue === undefined && !attributes.has(name)
}

/** Returns the problem of an action that the entity does not have. */
function notOfferedProblem(model: Model, subject: ActionSubject, actionId: TypeId): Problem | undefined {
  if (subject.actions?.some(({ id }) => id === actionId)) return undefined
  const offered = model.actionsOf(subject.kind, subject.mixins ?? [])
  if (offered.includes(actionId)) return undefined
  // ooi's text discovery lists actions without assigning them to kinds (ooi-12).
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
