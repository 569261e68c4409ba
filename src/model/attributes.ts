/** Attributes as callers of the library write them. */
import type { Attributes, AttributeValue } from './attribute.js'

/** Copies an object literal or a Map to a new Map without undefined members. */
export function attributesFrom(
  source: Attributes | Readonly<Record<string, AttributeValue | undefined>> | undefined,
): Attributes {
  if (source === undefined) return new Map()
  const entries = source instanceof Map ? source.entries() : Object.entries(source)
  const found = new Map<string, AttributeValue>()
  for (const [name, value] of entries) if (value !== undefined) found.set(name, value)
  return found
}
