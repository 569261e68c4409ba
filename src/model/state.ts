/** Finds the state of an entity. */
import type { AttributeValue } from './attribute.js'
import type { Entity, State } from './entity.js'
import { termOf } from './identifier.js'
import type { Model } from './model.js'

/**
 * Returns the state of an entity. It is the first of these that exists: the state as the client interpreted it
 * (`entity.state`), the state attribute that the model defines for the kind, or `occi.TERM.state` if it defines none,
 * and the only attribute of the form `occi.WORD.state`.
 */
export function stateOf(entity: Entity, model?: Model): State | undefined {
  if (entity.state !== undefined) return entity.state
  const name = model?.stateAttribute(entity.kind) ?? `occi.${termOf(entity.kind)}.state`
  const value = entity.attributes.get(name) ?? onlyStateValue(entity)
  return value === undefined ? undefined : String(value)
}

/** Returns the value of the only attribute of the form `occi.WORD.state`. */
function onlyStateValue({ attributes }: Entity): AttributeValue | undefined {
  const names = [...attributes.keys()].filter(
    (name) => name.startsWith('occi.') && name.endsWith('.state') && name.split('.').length === 3,
  )
  const [only] = names
  return names.length === 1 && only !== undefined ? attributes.get(only) : undefined
}
