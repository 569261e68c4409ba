/** The state of an entity, and the states of each kind. */
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

const networkStates = ['active', 'inactive', 'error']

/** The states of each kind (GFD.224), by its term, with those that providers add. Other kinds may have any state. */
export const statesOfKinds: ReadonlyMap<string, readonly string[]> = new Map([
  ['compute', ['active', 'inactive', 'suspended', 'error', 'waiting']],
  ['network', networkStates],
  ['storage', ['online', 'offline', 'error', 'degraded', 'backup', 'snapshot', 'resize']],
  ['networkinterface', networkStates],
  ['storagelink', networkStates],
  ['link', networkStates],
])

/** Returns the states of all kinds. */
export function allStates(): readonly string[] {
  return [...new Set([...statesOfKinds.values()].flat())]
}
