import { Buffer } from 'node:buffer'
import type { HeaderPair } from '../basics/http.js'
import { UsageError } from '../errors/errors.js'

/**
 * Encodes header pairs for undici as a flat list, in which each Latin-1 character represents one UTF-8 byte. Throws
 * UsageError for a header that cannot be sent. Its message never contains the value, which may be secret.
 */
export function encodeHeaders(headers: readonly HeaderPair[]): string[] {
  const flat: string[] = []
  for (const [name, value] of headers) {
    checkName(name)
    checkValue(name, value)
    flat.push(name, isAscii(value) ? value : Buffer.from(value, 'utf8').toString('latin1'))
  }
  return flat
}

/** Decodes a flat list from undici. A value that is not valid UTF-8 stays Latin-1 (RFC 9110 §5.5: opaque bytes). */
export function decodeHeaders(flat: readonly string[]): HeaderPair[] {
  const pairs: HeaderPair[] = []
  for (let index = 0; index + 1 < flat.length; index += 2) {
    pairs.push([flat[index] ?? '', decodeValue(flat[index + 1] ?? '')])
  }
  return pairs
}

/**
 * Headers of framing and connection, which only the transport may set, since other values would make requests
 * ambiguous.
 */
const transportHeaders = new Set([
  'connection',
  'content-length',
  'expect',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])

function checkName(name: string): void {
  if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name)) {
    throw new UsageError(
      `Header name ${JSON.stringify(name.slice(0, 60))} is not a valid HTTP header name.`,
      {
        at: 'header',
        hint: 'Use letters, digits and hyphens, as in X-Auth-Token.',
      },
    )
  }
  if (transportHeaders.has(name.toLowerCase())) {
    throw new UsageError(`Header ${name} is set automatically and cannot be specified.`, {
      at: name,
      hint: `Omit ${name}.`,
    })
  }
}

function checkValue(name: string, value: string): void {
  const index = value.search(/[\x00-\x08\x0a-\x1f\x7f]/)
  if (index < 0) return
  const code = value.charCodeAt(index)
  const character =
    controlNames[code] ?? `control character U+${code.toString(16).padStart(4, '0').toUpperCase()}`
  throw new UsageError(`The value of header ${name} contains a ${character} at position ${index + 1}.`, {
    at: name,
    hint: 'Remove it: a header value is one line of text. Values read from files often end in a line break.',
  })
}

const controlNames: Readonly<Record<number, string>> = {
  0: 'NUL character',
  10: 'line feed',
  13: 'carriage return',
  127: 'DEL character',
}

function isAscii(text: string): boolean {
  return !/[^\x00-\x7e]/.test(text)
}

function decodeValue(latin1: string): string {
  if (isAscii(latin1)) return latin1
  const bytes = Buffer.from(latin1, 'latin1')
  const text = bytes.toString('utf8')
  // The text may legitimately contain U+FFFD. The bytes were not UTF-8 only if encoding the text yields other bytes.
  return text.includes('\ufffd') && !Buffer.from(text, 'utf8').equals(bytes) ? latin1 : text
}
