/** HTTP helpers that several folders share. */

/** A header or a trailer as on the wire; a name may occur several times. */
export type HeaderPair = readonly [name: string, value: string]

/** The first value of a header, by name in any case. */
export function headerValue(headers: readonly HeaderPair[], name: string): string | undefined {
  const wanted = name.toLowerCase()
  return headers.find(([key]) => hasName(key, wanted))?.[1]
}

/** All values of a header, by name in any case, in order. */
export function headerValues(headers: readonly HeaderPair[], name: string): string[] {
  const wanted = name.toLowerCase()
  return headers.filter(([key]) => hasName(key, wanted)).map(([, value]) => value)
}

/** Compares lengths first, which rules out most names without lower-casing them. */
function hasName(key: string, wanted: string): boolean {
  return key.length === wanted.length && key.toLowerCase() === wanted
}

/** Whether the method is read-only (RFC 9110 §9.2.1). TRACE and unknown methods count as unsafe. */
export function isSafeMethod(method: string): boolean {
  return method === 'GET' || method === 'HEAD' || method === 'OPTIONS'
}

/** A body as text: bytes are read as UTF-8. */
export function bodyText(body: string | Uint8Array): string {
  return typeof body === 'string' ? body : new TextDecoder().decode(body)
}
