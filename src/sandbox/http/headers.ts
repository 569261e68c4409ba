/** Raw header pairs. */
import type { HeaderPair } from '../../rendering/index.js'

/** The first value of a header; its name in lower case. */
export function headerOf(headers: readonly HeaderPair[], name: string): string | undefined {
  return headers.find(([given]) => given.toLowerCase() === name)?.[1]
}

/** A value that is safe in a header line. */
export function oneLine(text: string): string {
  return text.replace(/[\u0000-\u001f\u007f]+/g, ' ').trim()
}
