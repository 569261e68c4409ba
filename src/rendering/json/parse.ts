/**
 * Parses JSON without losing numbers as written, integers beyond 2^53 and the place of an error, as JSON.parse does.
 * Limits the depth, and returns objects as Maps, so that a name like `__proto__` is harmless.
 */
import { isDigit, readNumber } from '../../basics/numbers.js'
import {
  BACKSLASH,
  CARRIAGE_RETURN,
  CLOSE_BRACE,
  CLOSE_BRACKET,
  COLON,
  COMMA,
  DOT,
  findControl,
  LINE_FEED,
  MINUS,
  OPEN_BRACE,
  OPEN_BRACKET,
  PLUS,
  QUOTE,
} from '../characters.js'
import type { Diagnostics } from '../diagnostics.js'
import { ParseError } from '../error.js'
import type { ParseErrorCode, Place } from '../types.js'

/** A parsed JSON value. */
export type JsonNode = string | boolean | null | JsonNumber | JsonArray | JsonObject

export class JsonNumber {
  constructor(
    readonly value: number | bigint,
    /** The number as written, if JavaScript would print it differently. */
    readonly lexeme: string | undefined,
  ) {}
}

export class JsonArray {
  readonly items: JsonNode[] = []
  /** @param index of the opening bracket in the text. */
  constructor(readonly index: number) {}
}

export class JsonObject {
  readonly members = new Map<string, JsonNode>()
  /** @param index of the opening bracket in the text. */
  constructor(readonly index: number) {}
}

/** Where a text comes from, if it was cut out of a longer text. Places of errors refer to the longer text. */
export interface Origin {
  /** The positions of some characters, in order. The first one is that of the first character. */
  readonly marks: readonly Mark[]
  /** The nesting depth of the text in the longer text. */
  readonly depth: number
}

/** Line and column, counted from 1, that a character of a text has in the longer text. */
export interface Mark {
  /** Index of the character in the text. */
  readonly index: number
  readonly line: number
  readonly column: number
}

/** DEL, a control character that JSON allows in strings. */
const DELETE = 127

const start: Mark = { index: 0, line: 1, column: 1 }
const wholeText: Origin = { marks: [start], depth: 0 }

/** Parses JSON text. Throws ParseError E_JSON or E_LIMIT. */
export function parseJson(text: string, diagnostics: Diagnostics, origin = wholeText): JsonNode {
  diagnostics.checkSize(text.length, 'body')
  return new Parser(text, diagnostics, origin).readDocument()
}

/** Returns the place of an index, for errors and deviations. */
export function placeIn(text: string, index: number, { marks } = wholeText): Place {
  const mark = marks.findLast((candidate) => candidate.index <= index) ?? start
  let { line } = mark
  let lineStart = mark.index + 1 - mark.column
  for (
    let next = text.indexOf('\n', mark.index);
    next >= 0 && next < index;
    next = text.indexOf('\n', next + 1)
  ) {
    line++
    lineStart = next + 1
  }
  return { part: 'body', line, column: index - lineStart + 1 }
}

/** A recursive descent parser. Each method reads the part of the grammar (RFC 8259) that it names. */
class Parser {
  private index = 0
  private depth: number
  /** Index of a backslash at or after the last string; -1 before the first search. */
  private nextBackslash = -1
  /** An index from which on no quote closes a string, so that it is not searched again. */
  private unclosedFrom = Number.POSITIVE_INFINITY

  constructor(
    private readonly text: string,
    private readonly diagnostics: Diagnostics,
    private readonly origin: Origin,
  ) {
    this.depth = origin.depth
    if (text.charCodeAt(0) === 0xfeff) this.index = 1
  }

  readDocument(): JsonNode {
    const node = this.readValue()
    this.skipSpace()
    if (this.index < this.text.length) {
      const isListItem = this.origin.depth > 0
      this.fail(
        'E_JSON',
        isListItem ? 'Expected "," or "]"' : 'Unexpected text after the end of the JSON text',
      )
    }
    return node
  }

  private readValue(): JsonNode {
    this.skipSpace()
    switch (this.text.charCodeAt(this.index)) {
      case OPEN_BRACE:
        return this.readNested(() => this.readObject())
      case OPEN_BRACKET:
        return this.readNested(() => this.readArray())
      case QUOTE:
        return this.readString()
      case 116: // t
        return this.readLiteral('true', true)
      case 102: // f
        return this.readLiteral('false', false)
      case 110: // n
        return this.readLiteral('null', null)
      default:
        return this.readJsonNumber()
    }
  }

  private readNested<T>(read: () => T): T {
    if (++this.depth > this.diagnostics.limits.jsonDepth) {
      this.fail(
        'E_LIMIT',
        `The JSON text is nested more than ${this.diagnostics.limits.jsonDepth} levels deep`,
      )
    }
    const node = read()
    this.depth--
    return node
  }

  private readObject(): JsonObject {
    const object = new JsonObject(this.index++)
    if (this.readClosingBracket(CLOSE_BRACE)) return object
    do {
      this.readOrSkip(() => this.readMember(object))
      if (object.members.size > this.diagnostics.limits.elements) this.failTooManyElements()
    } while (this.readSeparator(CLOSE_BRACE, '"," or "}"'))
    return object
  }

  private readMember(object: JsonObject): void {
    this.skipSpace()
    if (this.text.charCodeAt(this.index) !== QUOTE)
      this.fail('E_JSON', 'Expected a member name in double quotes')
    const nameStart = this.index
    const name = this.readString()
    this.skipSpace()
    if (this.text.charCodeAt(this.index) !== COLON) this.fail('E_JSON', 'Expected ":" after a member name')
    this.index++
    const value = this.readValue()
    this.expectSeparator(CLOSE_BRACE, '"," or "}"')
    if (object.members.has(name)) {
      this.diagnostics.tolerate('duplicate-member', 'E_JSON', 'A member is given twice', () =>
        placeIn(this.text, nameStart, this.origin),
      )
    }
    object.members.set(name, value)
  }

  private readArray(): JsonArray {
    const array = new JsonArray(this.index++)
    if (this.readClosingBracket(CLOSE_BRACKET)) return array
    do {
      this.readOrSkip(() => {
        const item = this.readValue()
        this.expectSeparator(CLOSE_BRACKET, '"," or "]"')
        array.items.push(item)
      })
      if (array.items.length > this.diagnostics.limits.elements) this.failTooManyElements()
    } while (this.readSeparator(CLOSE_BRACKET, '"," or "]"'))
    return array
  }

  private failTooManyElements(): never {
    this.fail('E_LIMIT', `A list has more than ${this.diagnostics.limits.elements} elements`)
  }

  /** Reads the closing bracket of an empty object or array. Returns false if something else follows. */
  private readClosingBracket(code: number): boolean {
    this.skipSpace()
    if (this.text.charCodeAt(this.index) !== code) return false
    this.index++
    return true
  }

  /**
   * Reads a member or an item, and skips it if it is malformed. Throws if the text ends inside it or exceeds a limit,
   * because then the rest cannot be read.
   */
  private readOrSkip(read: () => void): void {
    const { depth } = this
    try {
      read()
    } catch (error) {
      const isLimit = error instanceof ParseError && error.parseCode === 'E_LIMIT'
      if (isLimit || this.index >= this.text.length) throw error
      this.diagnostics.recoverFrom(error)
      this.depth = depth
      this.skipElement()
    }
  }

  /** Skips a malformed member or item, up to the comma or bracket after it. */
  private skipElement(): void {
    let depth = 0
    let inString = false
    for (; this.index < this.text.length; this.index++) {
      const code = this.text.charCodeAt(this.index)
      if (inString) {
        if (code === BACKSLASH) this.index++
        else if (code === QUOTE) inString = false
      } else if (code === QUOTE) inString = true
      else if (code === OPEN_BRACE || code === OPEN_BRACKET) depth++
      else if (code === CLOSE_BRACE || code === CLOSE_BRACKET) {
        if (depth === 0) return
        depth--
      } else if (code === COMMA && depth === 0) return
    }
  }

  /** Reads the comma or closing bracket after a member or item. Returns whether it is a comma. */
  private readSeparator(close: number, expected: string): boolean {
    const code = this.expectSeparator(close, expected)
    this.index++
    return code === COMMA
  }

  /** Returns the code of the comma or closing bracket that follows, and throws if something else follows. */
  private expectSeparator(close: number, expected: string): number {
    this.skipSpace()
    const code = this.text.charCodeAt(this.index)
    if (code !== COMMA && code !== close) {
      this.fail(
        'E_JSON',
        this.index >= this.text.length ? 'The JSON text ends too early' : `Expected ${expected}`,
      )
    }
    return code
  }

  private readString(): string {
    const from = this.index + 1
    const close = this.closingQuote(from)
    if (close < 0) {
      this.index = this.text.length
      this.fail('E_JSON', 'A string is not closed')
    }
    if (this.nextBackslash < from) {
      const index = this.text.indexOf('\\', from)
      this.nextBackslash = index < 0 ? Number.POSITIVE_INFINITY : index
    }
    if (this.nextBackslash > close) {
      this.checkControls(from, close)
      this.index = close + 1
      return this.text.slice(from, close)
    }
    return this.readEscapedString(from)
  }

  /**
   * Returns the index of the next quote, or -1. When recovering, it is the next quote that something follows which may
   * follow a string, because some servers do not escape quotes.
   */
  private closingQuote(from: number): number {
    const first = this.text.indexOf('"', from)
    if (!this.diagnostics.recovers || first < 0 || from >= this.unclosedFrom) return first
    for (let close = first; close >= 0; close = this.text.indexOf('"', close + 1)) {
      // A quote after a backslash is left to readEscapedString.
      if (this.text.charCodeAt(close - 1) === BACKSLASH || this.mayEndString(close + 1)) {
        if (close > first) this.tolerateAt(first, 'unescaped-quote', 'A quote inside a string is not escaped')
        return close
      }
    }
    this.unclosedFrom = from
    return first
  }

  /** Whether a string may end before `index`. */
  private mayEndString(index: number): boolean {
    let i = index
    while (isSpace(this.text.charCodeAt(i))) i++
    return i >= this.text.length || mayFollowString(this.text.charCodeAt(i))
  }

  /** Reads a string with escapes, which are rare. JSON.parse decodes it. */
  private readEscapedString(from: number): string {
    let i = from
    while (i < this.text.length && this.text.charCodeAt(i) !== QUOTE)
      i += this.text.charCodeAt(i) === BACKSLASH ? 2 : 1
    if (i >= this.text.length) {
      this.index = this.text.length
      this.fail('E_JSON', 'A string is not closed')
    }
    const hasControls = this.checkControls(from, i)
    this.index = i + 1
    const text = this.text.slice(from, i)
    try {
      return JSON.parse(`"${hasControls ? escapeControls(text) : text}"`) as string
    } catch {
      const message = 'A string has an escape that JSON does not know'
      if (this.diagnostics.recovers) {
        this.tolerateAt(from, 'bad-escape', message)
        return text
      }
      this.index = from
      return this.fail('E_JSON', message)
    }
  }

  /**
   * Returns whether a range contains a control character, if this parse tolerates it, and throws otherwise. A raw tab
   * is always accepted: it is not valid JSON, but harmless. So is DEL, which is valid.
   */
  private checkControls(from: number, to: number): boolean {
    const offset = findControl(this.text.slice(from, to))
    if (offset < 0 || this.text.charCodeAt(from + offset) === DELETE) return false
    const message = 'There is a control character inside a string'
    if (this.diagnostics.recovers) {
      this.tolerateAt(from + offset, 'control-character', message)
      return true
    }
    this.index = from + offset
    return this.fail('E_JSON', message)
  }

  private tolerateAt(index: number, code: string, message: string): void {
    this.diagnostics.tolerate(code, 'E_JSON', message, () => placeIn(this.text, index, this.origin))
  }

  private readLiteral<T>(literal: string, value: T): T {
    if (!this.text.startsWith(literal, this.index)) this.fail('E_JSON', 'Expected a JSON value')
    this.index += literal.length
    return value
  }

  private readJsonNumber(): JsonNumber {
    const from = this.index
    let i = from
    while (i < this.text.length && isNumberCode(this.text.charCodeAt(i))) i++
    const text = this.text.slice(from, i)
    const number = isJsonNumber(text) ? readNumber(text) : undefined
    if (number === undefined) {
      this.fail('E_JSON', from >= this.text.length ? 'The JSON text ends too early' : 'Expected a JSON value')
    }
    this.index = i
    return new JsonNumber(number.value, number.lexeme)
  }

  private skipSpace(): void {
    while (isSpace(this.text.charCodeAt(this.index))) this.index++
  }

  private fail(code: ParseErrorCode, message: string): never {
    throw new ParseError(code, message, placeIn(this.text, this.index, this.origin))
  }
}

function isSpace(code: number): boolean {
  return code === 32 || code === LINE_FEED || code === CARRIAGE_RETURN || code === 9
}

/** Whether the character may follow a string: `,`, `:`, `}` or `]`. */
export function mayFollowString(code: number): boolean {
  return code === COMMA || code === COLON || code === CLOSE_BRACE || code === CLOSE_BRACKET
}

/** Escapes raw control characters, which JSON.parse refuses. */
function escapeControls(text: string): string {
  return text.replace(
    /[\x00-\x1f]/g,
    (control) => `\\u${control.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

/** Whether a character may occur in a number: a digit, sign, dot, `e` or `E`. */
function isNumberCode(code: number): boolean {
  return isDigit(code) || code === MINUS || code === PLUS || code === DOT || code === 101 || code === 69
}

/** Whether the digits of a number are as JSON requires: not `+1`, `.5`, `5.` or `007`. */
function isJsonNumber(text: string): boolean {
  const start = text.charCodeAt(0) === MINUS ? 1 : 0
  if (!isDigit(text.charCodeAt(start))) return false
  if (text.charCodeAt(start) === 48 && isDigit(text.charCodeAt(start + 1))) return false
  const dot = text.indexOf('.')
  return dot < 0 || isDigit(text.charCodeAt(dot + 1))
}
