/** Helpers for plain objects. */

/**
 * Copies an object without the members that are undefined. Under exactOptionalPropertyTypes an optional member must not
 * be undefined.
 */
export function omitUndefined<T extends object>(members: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const result: Record<string, unknown> = {}
  for (const name in members) if (members[name] !== undefined) result[name] = members[name]
  return result as { [K in keyof T]?: Exclude<T[K], undefined> }
}

/** Whether a value of unknown origin is an object with members: not null, and not an array. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
