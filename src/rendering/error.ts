/** The error that renderings throw, and helpers to make it. */
import { omitUndefined } from '../basics/objects.js'
import { ProtocolError } from '../errors/errors.js'
import { isAttributeName12 } from './characters.js'
import type { ParseErrorCode, Place } from './types.js'

/** A message cannot be read, or a value cannot be written. */
export class ParseError extends ProtocolError {
  /** The rule that was broken. `code` is `protocol` for every ParseError. */
  readonly parseCode: ParseErrorCode
  /** The message without the place. */
  readonly reason: string
  readonly place: Place
  /** Header name, `body`, or `output` for a value that cannot be written. */
  readonly part: string
  /** Counted from 1. In headers: the number of the header among those of its name. */
  readonly line: number | undefined
  /** Counted from 1, in UTF-16 code units. */
  readonly column: number | undefined

  constructor(parseCode: ParseErrorCode, message: string, place: Place, hint?: string) {
    const at = describePlace(place)
    super(`${message} (${at})`, {
      at,
      facts: { parseCode, ...place },
      ...omitUndefined({ hint }),
    })
    this.parseCode = parseCode
    this.reason = message
    this.place = place
    this.part = place.part
    this.line = place.line
    this.column = place.column
  }
}

/** Describes a place in words: `line 3, column 7` in a body, `header Category, column 7` in a header. */
export function describePlace(place: Place): string {
  const parts: string[] = []
  if (place.part !== 'body') parts.push(place.part === 'output' ? 'output' : `header ${place.part}`)
  if (place.line !== undefined && (place.part === 'body' || place.line > 1)) parts.push(`line ${place.line}`)
  if (place.column !== undefined) parts.push(`column ${place.column}`)
  return parts.length === 0 ? place.part : parts.join(', ')
}

/** Throws a ParseError for a value that cannot be written. */
export function failToPrint(parseCode: ParseErrorCode, message: string, hint?: string): never {
  throw new ParseError(parseCode, message, { part: 'output' }, hint)
}

/** Quotes text for an error message: at most 40 characters of it, with `?` for control characters. */
export function quotedExcerpt(text: string): string {
  let shown = ''
  const end = Math.min(text.length, 40)
  for (let i = 0; i < end; i++) {
    const code = text.charCodeAt(i)
    shown += code < 32 || (code >= 127 && code < 160) ? '?' : text.charAt(i)
  }
  return `"${shown}${text.length > end ? '…' : ''}"`
}

/** Returns the name if it is a valid attribute name. Throws ParseError E_ATTR_NAME. */
export function checkedAttributeName(name: string): string {
  if (!isAttributeName12(name) || name.length > 255)
    failToPrint('E_ATTR_NAME', `${quotedExcerpt(name)} is not an attribute name`)
  return name
}
