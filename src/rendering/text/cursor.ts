/** One field of a message, a position in it, and what all productions need. */
import { isBlank, isNameCode } from '../characters.js'
import type { Diagnostics, Locator } from '../diagnostics.js'
import { ParseError } from '../error.js'
import type { ParseErrorCode, Place } from '../types.js'
import type { FieldName } from './fields.js'
import { fieldNamed } from './fields.js'
import type { RawDefinition } from './generic.js'

/** A body or a header value; fields are ranges of it. */
export interface Source {
  readonly text: string
  readonly part: string
  /** Offset of `text` in the message part: folded fields are copies. */
  readonly base: number
  /** Next backslash at or after the last place asked for; keeps the search linear over all strings. */
  backslash: number
}

export class Cursor {
  readonly text: string
  readonly to: number
  readonly source: Source
  readonly diagnostics: Diagnostics
  readonly memory: Memory
  readonly name: FieldName
  readonly line: number
  readonly lineStart: number
  at: number

  constructor(source: Source, field: FieldRange, diagnostics: Diagnostics, memory: Memory) {
    this.source = source
    this.text = source.text
    this.name = field.name
    this.at = field.from
    this.to = field.to
    this.line = field.line
    this.lineStart = field.lineStart
    this.diagnostics = diagnostics
    this.memory = memory
  }

  get done(): boolean {
    return this.at >= this.to
  }

  /** Code at the position, -1 at the end. */
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

/**
 * Lists that recur in thousands of templates are read once. Lives for one parse, and stops growing
 * so that a hostile model cannot make it large.
 */
export class Memory {
  readonly definitions = new Map<string, readonly RawDefinition[]>()
  readonly typeIds = new Map<string, readonly string[]>()
}

const mostMemories = 4096

export function remember<T>(map: Map<string, T>, key: string, value: T): T {
  if (map.size < mostMemories) map.set(key, value)
  return value
}

export function afterBlanks(text: string, from: number, to: number): number {
  let i = from
  while (i < to && isBlank(text.charCodeAt(i))) i++
  return i
}

/** End of the run of name characters, never further than `most` characters on. */
export function afterName(text: string, from: number, to: number, most = 256): number {
  const end = Math.min(to, from + most)
  let i = from
  while (i < end && isNameCode(text.charCodeAt(i))) i++
  return i
}

/** Whether a name, optional blanks and the given character stand here. */
export function nameThen(text: string, from: number, to: number, code: number): boolean {
  const end = afterName(text, from, to)
  if (end === from) return false
  const next = afterBlanks(text, end, to)
  return next < to && text.charCodeAt(next) === code
}

/** Whether a field begins here without a line end before it (servers.md M5). Gives the index after its colon. */
export function gluedField(
  text: string,
  from: number,
  to: number,
): { name: FieldName; after: number } | undefined {
  const end = afterName(text, from, to, 32)
  if (end === from || end >= to || text.charCodeAt(end) !== 58) return undefined
  const name = fieldNamed(text.slice(from, end))
  return name === undefined ? undefined : { name, after: end + 1 }
}
