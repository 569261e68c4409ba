/** Finds members of records by their paths. Attribute names contain dots, so longer names are tried first. */

/**
 * Returns the member at a path: `name`, `ips.0`, `attributes.occi.compute.cores`, or the name of an attribute
 * (`occi.compute.cores`). Undefined if there is no such member; inherited members do not count.
 */
export function lookup(data: unknown, path: string): unknown {
  const member = walk(data, path)
  return member === undefined ? walk(ownMember(data, 'attributes'), path) : member
}

function walk(value: unknown, path: string): unknown {
  const member = ownMember(value, path)
  if (member !== undefined) return member
  for (let dot = path.lastIndexOf('.'); dot > 0; dot = path.lastIndexOf('.', dot - 1)) {
    const inner = ownMember(value, path.slice(0, dot))
    const innerMember = inner === undefined ? undefined : walk(inner, path.slice(dot + 1))
    if (innerMember !== undefined) return innerMember
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
