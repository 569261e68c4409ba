/** Makes JSON.stringify print Maps, for which it prints `{}` by default. */

/**
 * Adds `toJSON` to a Map, so that JSON.stringify prints it as an object, with bigints as strings. Returns the same Map.
 */
export function makePrintable<M extends ReadonlyMap<string, unknown>>(map: M): M {
  return Object.hasOwn(map, 'toJSON') ? map : Object.defineProperty(map, 'toJSON', { value: toJson })
}

function toJson(this: ReadonlyMap<string, unknown>): unknown {
  return Object.fromEntries([...this].map(([name, value]) => [name, toPlainValue(value)]))
}

function toPlainValue(value: unknown): unknown {
  if (typeof value === 'bigint') return String(value)
  if (Array.isArray(value)) return value.map(toPlainValue)
  if (typeof value !== 'object' || value === null || value instanceof Map) return value
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, toPlainValue(member)]))
}
