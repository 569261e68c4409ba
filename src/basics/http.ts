/** Helpers for HTTP headers, methods and bodies. */

/** A header or trailer as it was sent or received. A message may have several with the same name. */
export type HeaderPair = readonly [name: string, value: string]

/** Returns the first value of a header. The case of the name does not matter. */
export function headerValue(headers: readonly HeaderPair[], name: string): string | undefined {
  const lowerCaseName = name.toLowerCase()
  return headers.find(([key]) => hasName(key, lowerCaseName))?.[1]
}

/** Returns all values of a header, in order. The case of the name does not matter. */
export function headerValues(headers: readonly HeaderPair[], name: string): string[] {
  const lowerCaseName = name.toLowerCase()
  return headers.filter(([key]) => hasName(key, lowerCaseName)).map(([, value]) => value)
}

/** Whether two names are equal but for case. Comparing the lengths first avoids lower-casing most names. */
function hasName(key: string, lowerCaseName: string): boolean {
  return key.length === lowerCaseName.length && key.toLowerCase() === lowerCaseName
}

/** Whether the method is read-only (RFC 9110 §9.2.1). TRACE and unknown methods count as unsafe. */
export function isSafeMethod(method: string): boolean {
  return method === 'GET' || method === 'HEAD' || method === 'OPTIONS'
}

/** Returns a body as text. Bytes are decoded as UTF-8. */
export function bodyText(body: string | Uint8Array): string {
  return typeof body === 'string' ? body : new TextDecoder().decode(body)
}
