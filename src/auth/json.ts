/** Reads untrusted JSON. Members that are missing, inherited or of another type count as missing. */

/** Returns undefined if the text is not JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

export function valueAt(value: unknown, ...path: readonly string[]): unknown {
  let current = value
  for (const name of path) {
    if (typeof current !== 'object' || current === null || !Object.hasOwn(current, name)) return undefined
    current = (current as Record<string, unknown>)[name]
  }
  return current
}

/**
 * Returns the string at a path; an empty string counts as missing. Lone surrogates are replaced, because they would
 * break a URL.
 */
export function textAt(value: unknown, ...path: readonly string[]): string | undefined {
  const member = valueAt(value, ...path)
  return typeof member === 'string' && member !== '' ? member.replace(/\p{Surrogate}/gu, '\ufffd') : undefined
}

export function numberAt(value: unknown, ...path: readonly string[]): number | undefined {
  const member = valueAt(value, ...path)
  return typeof member === 'number' && Number.isFinite(member) ? member : undefined
}

export function listAt(value: unknown, ...path: readonly string[]): readonly unknown[] {
  const member = valueAt(value, ...path)
  return Array.isArray(member) ? member : []
}
