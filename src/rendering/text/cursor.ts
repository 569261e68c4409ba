/** The position in one field of a text message, and the look-ahead that the readers of all fields share. */
import { COLON, COMMA, EQUALS, isBlank, isNameCharacter, SEMICOLON } from '../characters.js'
import type { Diagnostics, Locator } from '../diagnostics.js'
import { ParseError } from '../error.js'
import type { ParseErrorCode, Place } from '../types.js'
import { type FieldName, occiField } from './fields.js'
import type { ParseCache } from './parse-cache.js'

/** The text that fields are ranges of: a body, a folded line of a body, or a header value. */
export interface Source {
  readonly text: string
  /** Header name or `body`, for error places. */
  readonly part: string
  /** Offset of `text` in the body or header value: not 0 for a folded line, whose text is a copy. */
  readonly base: number
  /** Cached index of the next backslash (see `nextBackslash`); -1 before the first search. */
  backslash: number
}

/** The position in one field of a source. Reports errors and deviations with their places. */
export class Cursor {
  readonly text: string
  readonly source: Source
  readonly diagnostics: Diagnostics
  readonly cache: ParseCache
  field: FieldName = 'category'
  line = 0
  lineStart = 0
  /** Index of the next character to read. */
  index = 0
  /** End of the field. */
  to = 0
  /** The parameter name that `startsParameter` found last, and the index of the `=` after it. */
  nameStart = -1
  nameEnd = -1
  equalsIndex = -1
  /**
   * For each rule of what may follow a string: an index from which on no quote closes one. Strings after it are not
   * searched again, which would take quadratic time.
   */
  unclosedFrom: Map<unknown, number> | undefined = undefined
  /** The same for single quotes. */
  unclosedSingleFrom = Number.POSITIVE_INFINITY
  /** Whether this field has a bracket that is never closed. Then no closing bracket is searched again. */
  hasUnclosedBracket = false

  constructor(source: Source, range: FieldRange, diagnostics: Diagnostics, cache: ParseCache) {
    this.source = source
    this.text = source.text
    this.diagnostics = diagnostics
    this.cache = cache
    this.moveTo(range)
  }

  /** Moves to another field of the same source, so that one cursor serves all lines. */
  moveTo(range: FieldRange): void {
    this.field = range.field
    this.index = range.from
    this.to = range.to
    this.line = range.line
    this.lineStart = range.lineStart
    this.nameStart = -1
    this.unclosedFrom = undefined
    this.unclosedSingleFrom = Number.POSITIVE_INFINITY
    this.hasUnclosedBracket = false
  }

  get isAtEnd(): boolean {
    return this.index >= this.to
  }

  /** Returns the code of the next character, or -1 at the end of the field. */
  peek(): number {
    return this.index < this.to ? this.text.charCodeAt(this.index) : -1
  }

  /** Moves to the next character that is not a blank. */
  skipBlanks(): void {
    this.index = afterBlanks(this.text, this.index, this.to)
  }

  /** Throws an error with the place of an index. */
  fail(parseCode: ParseErrorCode, message: string, index = this.index): never {
    throw new ParseError(parseCode, message, this.place(index))
  }

  /** Records a deviation with the place of an index, or throws it as an error in strict mode. */
  tolerate(code: string, parseCode: ParseErrorCode, message: string, index = this.index): void {
    this.diagnostics.tolerate(code, parseCode, message, this.locator(index))
  }

  private locator(index: number): Locator {
    return () => this.place(index)
  }

  private place(index: number): Place {
    const { part, base } = this.source
    return { part, line: this.line, column: base + index - this.lineStart + 1 }
  }
}

/** Where the value of a field is in its source. */
export interface FieldRange {
  readonly field: FieldName
  readonly from: number
  readonly to: number
  readonly line: number
  /** Offset of the line's start in the body or header value. */
  readonly lineStart: number
}

/** How far a name is looked for, in characters. Without a limit, repeated look-ahead would take quadratic time. */
export const maxNameLookAhead = 256

/** Longer than the name of any field, in characters. */
const maxFieldNameLength = 32

/** Whether an element of a list begins at an index. */
export type StartsElement = (cursor: Cursor, index: number) => boolean

/**
 * Returns the index of the next backslash at or after `from`, or the length of the text if there is none. The index is
 * cached, so that looking for one in each string takes linear time in total.
 */
export function nextBackslash({ source }: Cursor, from: number): number {
  if (source.backslash < from) {
    const index = source.text.indexOf('\\', from)
    source.backslash = index < 0 ? source.text.length : index
  }
  return source.backslash
}

/** Returns the index of the first character at or after `from` that is not a blank. */
export function afterBlanks(text: string, from: number, to: number): number {
  let i = from
  while (i < to && isBlank(text.charCodeAt(i))) i++
  return i
}

/** Returns the index after the name characters that begin at `from`, at most `limit` of them. */
export function afterName(text: string, from: number, to: number, limit = maxNameLookAhead): number {
  const end = Math.min(to, from + limit)
  let i = from
  while (i < end && isNameCharacter(text.charCodeAt(i))) i++
  return i
}

/** Whether a name begins at `from`, and `=` follows it, perhaps after blanks. */
export function startsNameAndEquals(text: string, from: number, to: number): boolean {
  const end = afterName(text, from, to)
  if (end === from) return false
  const equals = afterBlanks(text, end, to)
  return equals < to && text.charCodeAt(equals) === EQUALS
}

/**
 * Returns the index where reading continues after an unreadable parameter: a `;` before a parameter, a comma before
 * an element of the list, or the end of the field.
 */
export function nextParameter(cursor: Cursor, from: number, startsElement: StartsElement): number {
  const { text, to } = cursor
  for (let index = from; index < to; index++) {
    const code = text.charCodeAt(index)
    if (code !== SEMICOLON && code !== COMMA) continue
    const next = afterBlanks(text, index + 1, to)
    const isSeparator = code === SEMICOLON ? startsNameAndEquals(text, next, to) : startsElement(cursor, next)
    if (isSeparator) return index
  }
  return to
}

/** Whether `name =` begins at `from`. Stores the position of both in the cursor for the reader of the parameter. */
export function startsParameter(cursor: Cursor, from: number): boolean {
  if (cursor.nameStart === from) return true
  const { text, to } = cursor
  const end = afterName(text, from, to)
  const equals = afterBlanks(text, end, to)
  if (end === from || equals >= to || text.charCodeAt(equals) !== EQUALS) return false
  cursor.nameStart = from
  cursor.nameEnd = end
  cursor.equalsIndex = equals
  return true
}

/**
 * Returns the field whose name and colon begin at `from`, and the index after the colon; undefined if there is none.
 * MartServer begins fields without a line end before them (M5).
 */
export function fieldAt(
  text: string,
  from: number,
  to: number,
): { field: FieldName; valueStart: number } | undefined {
  const end = afterName(text, from, to, maxFieldNameLength)
  if (end === from || end >= to || text.charCodeAt(end) !== COLON) return undefined
  const field = occiField(text.slice(from, end))
  return field === undefined ? undefined : { field, valueStart: end + 1 }
}
