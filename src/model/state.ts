/** The state of an entity, whatever its kind. */
import type { Entity } from './entity.js'
import { termOf } from './identifier.js'
import type { Model } from './model.js'

/**
 * What the client found the state to mean; else the value of the kind's state attribute (`occi.compute.state`); without a model, by the kind's term;
 * failing both, of the only attribute of the form `occi.<word>.state`. Undefined when there is none.
 */
export function stateOf(entity: Entity, model?: Model): string | undefined {
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
