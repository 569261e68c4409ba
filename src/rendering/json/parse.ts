/**
 * A JSON parser that keeps what JSON.parse drops: numbers as they were written, integers beyond 2^53 and
 * the place of an error. It limits the depth, and objects become Maps, so that no name reaches a prototype.
 */
import { isDigit, readNumber } from '../../basics/numbers.js'
import { findControl } from '../characters.js'
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

/** The position of a text that was cut out of a longer one. */
export interface Origin {
  /** 1-based lines and columns of some of its characters, the first of which has the index 0. */
  readonly marks: readonly Mark[]
  /** Its depth in the longer text. */
  readonly depth: number
}

export interface Mark {
  readonly index: number
  readonly line: number
  readonly column: number
}

const start: Mark = { index: 0, line: 1, column: 1 }
const wholeText: Origin = { marks: [start], depth: 0 }

/** Throws ParseError E_JSON, E_LIMIT. */
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
    this.space()
    if (this.at < this.text.length) {
      const ofList = this.origin.depth > 0
      this.fail(
        'E_JSON',
        ofList ? 'Expected "," or "]"' : 'There is something after the end of the JSON text',
      )
    }
    return node
  }

  private value(): JsonNode {
    this.space()
    switch (this.text.charCodeAt(this.at)) {
      case 123:
        return this.nested(() => this.object())
      case 91:
        return this.nested(() => this.array())
      case 34:
        return this.string()
      case 116:
        return this.word('true', true)
      case 102:
        return this.word('false', false)
      case 110:
        return this.word('null', null)
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
    if (this.closes(125)) return object
    do {
      this.element(() => this.member(object))
      if (object.members.size > this.diagnostics.limits.elements) this.tooMany()
    } while (this.continues(125, '"," or "}"'))
    return object
  }

  private member(object: JsonObject): void {
    this.space()
    if (this.text.charCodeAt(this.at) !== 34) this.fail('E_JSON', 'Expected a member name in double quotes')
    const nameAt = this.at
    const name = this.string()
    this.space()
    if (this.text.charCodeAt(this.at) !== 58) this.fail('E_JSON', 'Expected ":" after a member name')
    this.at++
    const value = this.value()
    this.expectEnd(125, '"," or "}"')
    if (object.members.has(name)) {
      this.diagnostics.tolerate('duplicate-member', 'E_JSON', 'A member is given twice', () =>
        placeIn(this.text, nameAt, this.origin),
      )
    }
    object.members.set(name, value)
  }

  private array(): JsonArray {
    const array = new JsonArray(this.at++)
    if (this.closes(93)) return array
    do {
      this.element(() => {
        const item = this.value()
        this.expectEnd(93, '"," or "]"')
        array.items.push(item)
      })
      if (array.items.length > this.diagnostics.limits.elements) this.tooMany()
    } while (this.continues(93, '"," or "]"'))
    return array
  }

  private tooMany(): never {
    this.fail('E_LIMIT', `A list has more than ${this.diagnostics.limits.elements} elements`)
  }

  private closes(code: number): boolean {
    this.space()
    if (this.text.charCodeAt(this.at) !== code) return false
    this.at++
    return true
  }

  /**
   * Reads a member or an item. An unreadable one is left out. If the text ends inside it or exceeds a
   * limit, the error is thrown, since the rest is unknown.
   */
  private element(read: () => void): void {
    const { depth } = this
    try {
      read()
    } catch (error) {
      const isLimit = error instanceof ParseError && error.parseCode === 'E_LIMIT'
      if (isLimit || this.at >= this.text.length) throw error
      this.diagnostics.lose(error)
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
        if (code === 92) this.at++
        else if (code === 34) inString = false
      } else if (code === 34) inString = true
      else if (code === 123 || code === 91) nested++
      else if (code === 125 || code === 93) {
        if (nested === 0) return
        nested--
      } else if (code === 44 && nested === 0) return
    }
  }

  private continues(close: number, expected: string): boolean {
    const code = this.expectEnd(close, expected)
    this.at++
    return code === 44
  }

  /** Reads the end of an element: a comma or the closing bracket. */
  private expectEnd(close: number, expected: string): number {
    this.space()
    const code = this.text.charCodeAt(this.at)
    if (code !== 44 && code !== close) {
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
      if (this.text.charCodeAt(close - 1) === 92 || this.maybeEnd(close + 1)) {
        if (close > first) this.tolerateAt(first, 'unescaped-quote', 'A quote inside a string is not escaped')
        return close
      }
    }
    this.unclosedFrom = from
    return first
  }

  private maybeEnd(index: number): boolean {
    let i = index
    while (isSpace(this.text.charCodeAt(i))) i++
    return i >= this.text.length || isEnd(this.text.charCodeAt(i))
  }

  /** Strings with escapes are rare: this finds the end and lets JSON.parse decode them. */
  private escapedString(from: number): string {
    let i = from
    while (i < this.text.length && this.text.charCodeAt(i) !== 34) i += this.text.charCodeAt(i) === 92 ? 2 : 1
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
   * Whether the range holds control characters that are tolerated. Raw tabs are not valid JSON but harmless;
   * DEL is valid JSON.
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

  private word<T>(word: string, value: T): T {
    if (!this.text.startsWith(word, this.at)) this.fail('E_JSON', 'Expected a JSON value')
    this.at += word.length
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

  private space(): void {
    while (isSpace(this.text.charCodeAt(this.at))) this.at++
  }

  private fail(code: ParseErrorCode, message: string): never {
    throw new ParseError(code, message, placeIn(this.text, this.at, this.origin))
  }
}

function isSpace(code: number): boolean {
  return code === 32 || code === 10 || code === 13 || code === 9
}

/** Whether the character may follow a string: `,`, `:`, `}` or `]`. */
export function isEnd(code: number): boolean {
  return code === 44 || code === 58 || code === 125 || code === 93
}

function escapeControls(text: string): string {
  return text.replace(
    /[\x00-\x1f]/g,
    (control) => `\\u${control.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

function isNumberCode(code: number): boolean {
  return isDigit(code) || code === 45 || code === 43 || code === 46 || code === 101 || code === 69
}

/** Rejects `+1`, `.5`, `5.` and `007`, which are not JSON. */
function isJsonNumber(text: string): boolean {
  const start = text.charCodeAt(0) === 45 ? 1 : 0
  if (!isDigit(text.charCodeAt(start))) return false
  if (text.charCodeAt(start) === 48 && isDigit(text.charCodeAt(start + 1))) return false
  const dot = text.indexOf('.')
  return dot < 0 || isDigit(text.charCodeAt(dot + 1))
}
