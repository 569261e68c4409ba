/** Finds a member of a record by a path. Attribute names contain dots, so whole names are tried first. */

/**
 * `name`, `ips.0`, `attributes.occi.compute.cores`, or an attribute by its own name (`occi.compute.cores`).
 * Only own members are seen. Undefined when there is none.
 */
export function lookup(data: unknown, path: string): unknown {
  const found = walk(data, path)
  if (found !== undefined || !isObject(data)) return found
  return own(data, 'attributes') === undefined ? undefined : walk(own(data, 'attributes'), path)
}

function walk(value: unknown, path: string): unknown {
  const whole = own(value, path)
  if (whole !== undefined) return whole
  for (let dot = path.lastIndexOf('.'); dot > 0; dot = path.lastIndexOf('.', dot - 1)) {
    const inner = own(value, path.slice(0, dot))
    if (inner === undefined) continue
    const found = walk(inner, path.slice(dot + 1))
    if (found !== undefined) return found
  }
  return undefined
}

function own(value: unknown, key: string): unknown {
  if (value instanceof Map) return value.get(key)
  return isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}
