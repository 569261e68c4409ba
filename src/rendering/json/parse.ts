/**
 * A JSON parser that keeps what JSON.parse loses: numbers as written, integers beyond 2^53 and the place of an
 * error. It limits the depth, and returns objects as Maps, so that a name like `__proto__` is harmless.
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

export type JsonNode = string | boolean | null | JsonNumber | JsonArray | JsonObject

export class JsonNumber {
  constructor(
    readonly value: number | bigint,
    readonly lexeme: string | undefined,
  ) {}
}

export class JsonArray {
  readonly items: JsonNode[] = []
  constructor(readonly at: number) {}
}

export class JsonObject {
  readonly members = new Map<string, JsonNode>()
  constructor(readonly at: number) {}
}

/** The position of a text within the longer text that it was cut from. */
export interface Origin {
  /** 1-based lines and columns of some characters, in order; the first mark has index 0. */
  readonly marks: readonly Mark[]
  /** Its nesting depth in the longer text. */
  readonly depth: number
}

export interface Mark {
  readonly index: number
  readonly line: number
  readonly column: number
}

const start: Mark = { index: 0, line: 1, column: 1 }
const wholeText: Origin = { marks: [start], depth: 0 }

/** Parses JSON text. Throws ParseError E_JSON or E_LIMIT. */
export function parseJson(text: string, diagnostics: Diagnostics, origin = wholeText): JsonNode {
  diagnostics.checkSize(text.length, 'body')
  return new Parser(text, diagnostics, origin).document()
}

/** Computes line and column of an index, for errors and deviations. */
export function placeIn(text: string, index: number, { marks } = wholeText): Place {
  const mark = marks.findLast((each) => each.index <= index) ?? start
  let { line } = mark
  let first = mark.index + 1 - mark.column
  for (
    let next = text.indexOf('\n', mark.index);
    next >= 0 && next < index;
    next = text.indexOf('\n', next + 1)
  ) {
    line++
    first = next + 1
  }
  return { part: 'body', line, column: index - first + 1 }
}

class Parser {
  private at = 0
  private depth: number
  private backslash = -1
  /** From this index on, no quote closes a string. */
  private unclosedFrom = Number.POSITIVE_INFINITY

  constructor(
    private readonly text: string,
    private readonly diagnostics: Diagnostics,
    private readonly origin: Origin,
  ) {
    this.depth = origin.depth
    if (text.charCodeAt(0) === 0xfeff) this.at = 1
  }

  document(): JsonNode {
    const node = this.value()
    this.skipSpace()
    if (this.at < this.text.length) {
      const ofList = this.origin.depth > 0
      this.fail('E_JSON', ofList ? 'Expected "," or "]"' : 'Unexpected text after the end of the JSON text')
    }
    return node
  }

  private value(): JsonNode {
    this.skipSpace()
    switch (this.text.charCodeAt(this.at)) {
      case OPEN_BRACE:
        return this.nested(() => this.object())
      case OPEN_BRACKET:
        return this.nested(() => this.array())
      case QUOTE:
        return this.string()
      case 116: // t
        return this.literal('true', true)
      case 102: // f
        return this.literal('false', false)
      case 110: // n
        return this.literal('null', null)
      default:
        return this.number()
    }
  }

  private nested<T>(read: () => T): T {
    if (++this.depth > this.diagnostics.limits.jsonDepth) {
      this.fail(
        'E_LIMIT',
        `The JSON text is nested more than ${this.diagnostics.limits.jsonDepth} levels deep`,
      )
    }
    const found = read()
    this.depth--
    return found
  }

  private object(): JsonObject {
    const object = new JsonObject(this.at++)
    if (this.tryClose(CLOSE_BRACE)) return object
    do {
      this.element(() => this.member(object))
      if (object.members.size > this.diagnostics.limits.elements) this.tooMany()
    } while (this.hasNext(CLOSE_BRACE, '"," or "}"'))
    return object
  }

  private member(object: JsonObject): void {
    this.skipSpace()
    if (this.text.charCodeAt(this.at) !== QUOTE)
      this.fail('E_JSON', 'Expected a member name in double quotes')
    const nameAt = this.at
    const name = this.string()
    this.skipSpace()
    if (this.text.charCodeAt(this.at) !== COLON) this.fail('E_JSON', 'Expected ":" after a member name')
    this.at++
    const value = this.value()
    this.expectEnd(CLOSE_BRACE, '"," or "}"')
    if (object.members.has(name)) {
      this.diagnostics.tolerate('duplicate-member', 'E_JSON', 'A member is given twice', () =>
        placeIn(this.text, nameAt, this.origin),
      )
    }
    object.members.set(name, value)
  }

  private array(): JsonArray {
    const array = new JsonArray(this.at++)
    if (this.tryClose(CLOSE_BRACKET)) return array
    do {
      this.element(() => {
        const item = this.value()
        this.expectEnd(CLOSE_BRACKET, '"," or "]"')
        array.items.push(item)
      })
      if (array.items.length > this.diagnostics.limits.elements) this.tooMany()
    } while (this.hasNext(CLOSE_BRACKET, '"," or "]"'))
    return array
  }

  private tooMany(): never {
    this.fail('E_LIMIT', `A list has more than ${this.diagnostics.limits.elements} elements`)
  }

  private tryClose(code: number): boolean {
    this.skipSpace()
    if (this.text.charCodeAt(this.at) !== code) return false
    this.at++
    return true
  }

  /**
   * Reads a member or an item, and skips it if it is malformed. If the text ends inside it or exceeds a limit, the
   * error is thrown, since the rest cannot be read.
   */
  private element(read: () => void): void {
    const { depth } = this
    try {
      read()
    } catch (error) {
      const isLimit = error instanceof ParseError && error.parseCode === 'E_LIMIT'
      if (isLimit || this.at >= this.text.length) throw error
      this.diagnostics.recoverFrom(error)
      this.depth = depth
      this.skipElement()
    }
  }

  /** Skips a broken element, up to the comma or bracket after it. */
  private skipElement(): void {
    let nested = 0
    let inString = false
    for (; this.at < this.text.length; this.at++) {
      const code = this.text.charCodeAt(this.at)
      if (inString) {
        if (code === BACKSLASH) this.at++
        else if (code === QUOTE) inString = false
      } else if (code === QUOTE) inString = true
      else if (code === OPEN_BRACE || code === OPEN_BRACKET) nested++
      else if (code === CLOSE_BRACE || code === CLOSE_BRACKET) {
        if (nested === 0) return
        nested--
      } else if (code === COMMA && nested === 0) return
    }
  }

  private hasNext(close: number, expected: string): boolean {
    const code = this.expectEnd(close, expected)
    this.at++
    return code === COMMA
  }

  /** Reads the end of an element: a comma or the closing bracket. */
  private expectEnd(close: number, expected: string): number {
    this.skipSpace()
    const code = this.text.charCodeAt(this.at)
    if (code !== COMMA && code !== close) {
      this.fail(
        'E_JSON',
        this.at >= this.text.length ? 'The JSON text ends too early' : `Expected ${expected}`,
      )
    }
    return code
  }

  private string(): string {
    const from = this.at + 1
    const close = this.closingQuote(from)
    if (close < 0) {
      this.at = this.text.length
      this.fail('E_JSON', 'A string is not closed')
    }
    if (this.backslash < from) {
      const found = this.text.indexOf('\\', from)
      this.backslash = found < 0 ? Number.POSITIVE_INFINITY : found
    }
    if (this.backslash > close) {
      this.checkControls(from, close)
      this.at = close + 1
      return this.text.slice(from, close)
    }
    return this.escapedString(from)
  }

  /**
   * Index of the closing quote. For servers that do not escape quotes, it is the next quote after which a
   * string may end.
   */
  private closingQuote(from: number): number {
    const first = this.text.indexOf('"', from)
    if (!this.diagnostics.recovers || first < 0 || from >= this.unclosedFrom) return first
    for (let close = first; close >= 0; close = this.text.indexOf('"', close + 1)) {
      // escapedString handles a quote after a backslash.
      if (this.text.charCodeAt(close - 1) === BACKSLASH || this.mayEndString(close + 1)) {
        if (close > first) this.tolerateAt(first, 'unescaped-quote', 'A quote inside a string is not escaped')
        return close
      }
    }
    this.unclosedFrom = from
    return first
  }

  private mayEndString(index: number): boolean {
    let i = index
    while (isSpace(this.text.charCodeAt(i))) i++
    return i >= this.text.length || mayFollowString(this.text.charCodeAt(i))
  }

  /** Finds the end of a string with escapes, which are rare, and lets JSON.parse decode it. */
  private escapedString(from: number): string {
    let i = from
    while (i < this.text.length && this.text.charCodeAt(i) !== QUOTE)
      i += this.text.charCodeAt(i) === BACKSLASH ? 2 : 1
    if (i >= this.text.length) {
      this.at = this.text.length
      this.fail('E_JSON', 'A string is not closed')
    }
    const hasControls = this.checkControls(from, i)
    this.at = i + 1
    const text = this.text.slice(from, i)
    try {
      return JSON.parse(`"${hasControls ? escapeControls(text) : text}"`) as string
    } catch {
      const message = 'A string has an escape that JSON does not know'
      if (this.diagnostics.recovers) {
        this.tolerateAt(from, 'bad-escape', message)
        return text
      }
      this.at = from
      return this.fail('E_JSON', message)
    }
  }

  /**
   * Whether the range contains control characters that are tolerated; throws for others. Raw tabs are not valid
   * JSON, but harmless; DEL is valid JSON.
   */
  private checkControls(from: number, to: number): boolean {
    const found = findControl(this.text.slice(from, to))
    if (found < 0 || this.text.charCodeAt(from + found) === 127) return false
    const message = 'There is a control character inside a string'
    if (this.diagnostics.recovers) {
      this.tolerateAt(from + found, 'control-character', message)
      return true
    }
    this.at = from + found
    return this.fail('E_JSON', message)
  }

  private tolerateAt(index: number, code: string, message: string): void {
    this.diagnostics.tolerate(code, 'E_JSON', message, () => placeIn(this.text, index, this.origin))
  }

  private literal<T>(literal: string, value: T): T {
    if (!this.text.startsWith(literal, this.at)) this.fail('E_JSON', 'Expected a JSON value')
    this.at += literal.length
    return value
  }

  private number(): JsonNumber {
    const from = this.at
    let i = from
    while (i < this.text.length && isNumberCode(this.text.charCodeAt(i))) i++
    const text = this.text.slice(from, i)
    const found = isJsonNumber(text) ? readNumber(text) : undefined
    if (found === undefined) {
      this.fail('E_JSON', from >= this.text.length ? 'The JSON text ends too early' : 'Expected a JSON value')
    }
    this.at = i
    return new JsonNumber(found.value, found.lexeme)
  }

  private skipSpace(): void {
    while (isSpace(this.text.charCodeAt(this.at))) this.at++
  }

  private fail(code: ParseErrorCode, message: string): never {
    throw new ParseError(code, message, placeIn(this.text, this.at, this.origin))
  }
}

function isSpace(code: number): boolean {
  return code === 32 || code === LINE_FEED || code === CARRIAGE_RETURN || code === 9
}

/** Whether the character may follow a string: `,`, `:`, `}` or `]`. */
export function mayFollowString(code: number): boolean {
  return code === COMMA || code === COLON || code === CLOSE_BRACE || code === CLOSE_BRACKET
}

function escapeControls(text: string): string {
  return text.replace(
    /[\x00-\x1f]/g,
    (control) => `\\u${control.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

function isNumberCode(code: number): boolean {
  return isDigit(code) || code === MINUS || code === PLUS || code === DOT || code === 101 || code === 69
}

/** Rejects `+1`, `.5`, `5.` and `007`, which are not JSON. */
function isJsonNumber(text: string): boolean {
  const start = text.charCodeAt(0) === MINUS ? 1 : 0
  if (!isDigit(text.charCodeAt(start))) return false
  if (text.charCodeAt(start) === 48 && isDigit(text.charCodeAt(start + 1))) return false
  const dot = text.indexOf('.')
  return dot < 0 || isDigit(text.charCodeAt(dot + 1))
}
