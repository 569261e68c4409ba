/** Attributes that the provider sets on new resources. */
import type { Attributes, AttributeValue, TypeId } from '../../model/index.js'
import { computeKind } from '../catalog/templates.js'

/** Adds attributes of the provider whose names are not there yet. */
export function resourceAttributes(
  kind: TypeId,
  title: string | undefined,
  path: string,
  has: Attributes,
): ReadonlyMap<string, AttributeValue> {
  const added = new Map<string, AttributeValue>()
  if (kind !== computeKind) return added
  const offer = (name: string, value: AttributeValue) => {
    if (!has.has(name)) added.set(name, value)
  }
  offer('occi.compute.architecture', 'x64')
  offer('occi.compute.cores', 1)
  offer('occi.compute.memory', 1)
  offer('occi.compute.hostname', hostname(title ?? path.slice(path.lastIndexOf('/') + 1)))
  return added
}

function hostname(name: string): string {
  const label = name
    .slice(0, 63)
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
  return label === '' ? 'vm' : label
}
