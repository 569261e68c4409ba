/** The state of an entity of any kind. */
import type { Entity, State } from './entity.js'
import { termOf } from './identifier.js'
import type { Model } from './model.js'

/**
 * Returns the first of: the state as the client interpreted it (`entity.state`), the kind's state attribute
 * in the model, `occi.TERM.state` by the kind's term, and the only attribute of the form `occi.<word>.state`.
 * Returns undefined when there is none.
 */
export function stateOf(entity: Entity, model?: Model): State | undefined {
  if (entity.state !== undefined) return entity.state
  const name = model?.stateAttribute(entity.kind) ?? `occi.${termOf(entity.kind)}.state`
  const value = entity.attributes.get(name) ?? entity.attributes.get(onlyState(entity) ?? name)
  return value === undefined ? undefined : String(value)
}

function onlyState(entity: Entity): string | undefined {
  const states = [...entity.attributes.keys()].filter(
    (name) => name.startsWith('occi.') && name.endsWith('.state') && name.split('.').length === 3,
  )
  return states.length === 1 ? states[0] : undefined
}
