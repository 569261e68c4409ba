/** Finds a member of a record by its path. Attribute names contain dots, so longer names are tried first. */

/**
 * Paths are `name`, `ips.0`, `attributes.occi.compute.cores`, or the name of an attribute
 * (`occi.compute.cores`). Ignores inherited members. Undefined if there is no such member.
 */
export function lookup(data: unknown, path: string): unknown {
  const found = walk(data, path)
  if (found !== undefined || !isObject(data)) return found
  return ownMember(data, 'attributes') === undefined ? undefined : walk(ownMember(data, 'attributes'), path)
}

function walk(value: unknown, path: string): unknown {
  const whole = ownMember(value, path)
  if (whole !== undefined) return whole
  for (let dot = path.lastIndexOf('.'); dot > 0; dot = path.lastIndexOf('.', dot - 1)) {
    const inner = ownMember(value, path.slice(0, dot))
    if (inner === undefined) continue
    const found = walk(inner, path.slice(dot + 1))
    if (found !== undefined) return found
  }
  return undefined
}

function ownMember(value: unknown, key: string): unknown {
  if (value instanceof Map) return value.get(key)
  return isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}
