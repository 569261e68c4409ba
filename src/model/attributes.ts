/** Attributes as people write them. */
import type { Attributes, AttributeValue } from './attribute.js'

/** A Map of its own from an object literal or another Map; members that are undefined are left out. */
export function attributesFrom(
  source: Attributes | Readonly<Record<string, AttributeValue | undefined>> | undefined,
): Attributes {
  if (source === undefined) return new Map()
  const entries = source instanceof Map ? source.entries() : Object.entries(source)
  const found = new Map<string, AttributeValue>()
  for (const [name, value] of entries) if (value !== undefined) found.set(name, value)
  return found
}
