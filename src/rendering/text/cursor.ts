/** A position in one field of a message, with helpers for all productions of the grammar. */

import { COLON, COMMA, EQUALS, isBlank, isNameCode, SEMICOLON } from '../characters.js'
import type { Diagnostics, Locator } from '../diagnostics.js'
import { ParseError } from '../error.js'
import type { ParseErrorCode, Place } from '../types.js'
import type { FieldName } from './fields.js'
import { fieldNamed } from './fields.js'
import type { ParseCache } from './memory.js'

/** A body or a header value. Fields are ranges of it. */
export interface Source {
  readonly text: string
  readonly part: string
  /** Offset of `text` in the message part; not 0 for folded fields, which are copies. */
  readonly base: number
  /** Index of the next backslash, cached so that searching takes linear time over all strings. */
  backslash: number
}

export class Cursor {
  readonly text: string
  readonly source: Source
  readonly diagnostics: Diagnostics
  readonly cache: ParseCache
  name: FieldName = 'category'
  line = 0
  lineStart = 0
  at = 0
  to = 0
  /** The parameter name that a look-ahead has found: its start, its end, and the `=` after it. */
  nameAt = -1
  nameEnd = -1
  equalsAt = -1
  /**
   * For each production, the index after which no quote closes a string, so that it is not searched again.
   */
  unclosed: Map<unknown, number> | undefined = undefined
  /** The index after which no single quote closes a string. */
  unclosedSingle = Number.POSITIVE_INFINITY
  /**
   * Whether an unclosed bracket was found in this field. Then closing brackets are not searched again, which
   * would take quadratic time.
   */
  unbalanced = false

  constructor(source: Source, field: FieldRange, diagnostics: Diagnostics, cache: ParseCache) {
    this.source = source
    this.text = source.text
    this.diagnostics = diagnostics
    this.cache = cache
    this.moveTo(field)
  }

  /** Moves to another field of the same source, so that one cursor serves all lines. */
  moveTo(field: FieldRange): void {
    this.name = field.name
    this.at = field.from
    this.to = field.to
    this.line = field.line
    this.lineStart = field.lineStart
    this.nameAt = -1
    this.unclosed = undefined
    this.unclosedSingle = Number.POSITIVE_INFINITY
    this.unbalanced = false
  }

  get done(): boolean {
    return this.at >= this.to
  }

  /** Character code at the position; -1 at the end. */
  peek(): number {
    return this.at < this.to ? this.text.charCodeAt(this.at) : -1
  }

  skipBlanks(): void {
    this.at = afterBlanks(this.text, this.at, this.to)
  }

  fail(code: ParseErrorCode, message: string, index = this.at): never {
    throw new ParseError(code, message, this.place(index))
  }

  tolerate(code: string, error: ParseErrorCode, message: string, index = this.at): void {
    this.diagnostics.tolerate(code, error, message, this.locator(index))
  }

  private locator(index: number): Locator {
    return () => this.place(index)
  }

  private place(index: number): Place {
    const { part, base } = this.source
    return { part, line: this.line, column: base + index - this.lineStart + 1 }
  }
}

export interface FieldRange {
  readonly name: FieldName
  readonly from: number
  readonly to: number
  readonly line: number
  /** Offset of the line's start, in the message part. */
  readonly lineStart: number
}

/** Whether an element of a list begins at an index. */
export type StartsElement = (cursor: Cursor, index: number) => boolean

/** Index of the next backslash at or after `from`; the length of the text if there is none. */
export function nextBackslash({ source }: Cursor, from: number): number {
  if (source.backslash < from) {
    const found = source.text.indexOf('\\', from)
    source.backslash = found < 0 ? source.text.length : found
  }
  return source.backslash
}

export function afterBlanks(text: string, from: number, to: number): number {
  let i = from
  while (i < to && isBlank(text.charCodeAt(i))) i++
  return i
}

/** End of the run of name characters, at most `most` characters ahead. */
export function afterName(text: string, from: number, to: number, limit = 256): number {
  const end = Math.min(to, from + limit)
  let i = from
  while (i < end && isNameCode(text.charCodeAt(i))) i++
  return i
}

/** Whether a name, optional blanks and the given character follow. */
export function isNameBefore(text: string, from: number, to: number, code: number): boolean {
  const end = afterName(text, from, to)
  if (end === from) return false
  const next = afterBlanks(text, end, to)
  return next < to && text.charCodeAt(next) === code
}

/**
 * Where reading continues after an unreadable parameter: at a `;` before a parameter, at a comma before the
 * next element (`starts`), or at the end.
 */
export function nextParameter(cursor: Cursor, from: number, starts: StartsElement): number {
  const { text, to } = cursor
  for (let at = from; at < to; at++) {
    const code = text.charCodeAt(at)
    if (code !== SEMICOLON && code !== COMMA) continue
    const next = afterBlanks(text, at + 1, to)
    if (code === SEMICOLON ? isNameBefore(text, next, to, EQUALS) : starts(cursor, next)) return at
  }
  return to
}

/** Whether `name =` follows. Remembers its position for the production that reads it next. */
export function parameterAhead(cursor: Cursor, from: number): boolean {
  if (cursor.nameAt === from) return true
  const { text, to } = cursor
  const end = afterName(text, from, to)
  const equals = afterBlanks(text, end, to)
  if (end === from || equals >= to || text.charCodeAt(equals) !== EQUALS) return false
  cursor.nameAt = from
  cursor.nameEnd = end
  cursor.equalsAt = equals
  return true
}

/** Whether a field begins here without a line end before it (M5); returns the index after its colon. */
export function fieldWithoutLineEnd(
  text: string,
  from: number,
  to: number,
): { name: FieldName; after: number } | undefined {
  const end = afterName(text, from, to, 32)
  if (end === from || end >= to || text.charCodeAt(end) !== COLON) return undefined
  const name = fieldNamed(text.slice(from, end))
  return name === undefined ? undefined : { name, after: end + 1 }
}
