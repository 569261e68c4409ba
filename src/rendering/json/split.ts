/** Splits the long lists of a JSON text into items while the text arrives. */
import {
  BACKSLASH,
  CARRIAGE_RETURN,
  CLOSE_BRACE,
  CLOSE_BRACKET,
  COLON,
  COMMA,
  LINE_FEED,
  OPEN_BRACE,
  OPEN_BRACKET,
  QUOTE,
} from '../characters.js'
import type { Diagnostics } from '../diagnostics.js'
import { ParseError } from '../error.js'
import type { ParseErrorCode } from '../types.js'
import { type Mark, mayFollowString, type Origin, parseJson } from './parse.js'

/** One item of a list, as text. `list` is the name of the list; `''` when the list is the whole text. */
interface Item {
  readonly list: string
  readonly text: string
  readonly origin: Origin
}

/**
 * In characters. A single entity has a list of links, too; only a longer list is treated as that of a collection
 * before the end of the text.
 */
const maxEntityLinks = 256 * 1024

/** Further lists are not split, which bounds the work if a member repeats endlessly. */
const maxLists = 16

/** Members that only collections have. */
const collectionMembers = new Set(['resources', 'entities'])

const maxNameLength = 16

/**
 * Takes time linear in the text, however it is cut. It only finds the ends of items; the JSON parser then reports
 * errors in an item or in the rest.
 */
export class Splitter {
  /** The text outside the lists. */
  private rest: string[] = []
  private restLength = 0
  private readonly marks: Mark[] = [{ index: 0, line: 1, column: 1 }]
  private depth = 0
  private expected: 'name' | 'colon' | 'value' | undefined
  private inString = false
  private escaped = false
  /** Whether the last character was a quote that may have closed a string. */
  private closed = false
  /** Name of the member that is being read at depth 1. */
  private name: string | undefined
  private inName = false
  /** The start of a list of links that may belong to a single entity. */
  private links: (Position & { readonly restLength: number }) | undefined
  /** The list that is being split, the depth of its current item, and the pieces of the item. */
  private list: string | undefined
  private nested = 0
  private count = 0
  private item: string[] = []
  private itemMark: Mark | undefined
  private returnedLinks = false
  private lists = 0
  private position: Position = { offset: 0, line: 1, lineStart: 0 }

  constructor(private readonly diagnostics: Diagnostics) {}

  /** Returns the items that this chunk completes. Throws ParseError. */
  push(chunk: string): Item[] {
    const found: Item[] = []
    this.scan(chunk, found)
    const { links } = this
    if (links !== undefined && this.restLength - links.restLength > maxEntityLinks) {
      this.scan(this.rewindTo(links), found)
    }
    return found
  }

  /**
   * Returns the text outside the lists, as JSON with empty lists. Throws ParseError if a list is cut off.
   */
  end(): { readonly text: string; readonly origin: Origin } {
    const text = this.item.join('')
    if (this.itemMark !== undefined) {
      parseJson(text, this.diagnostics, { marks: [this.itemMark], depth: this.depth })
    }
    if (this.list !== undefined) this.fail('E_JSON', 'The JSON text ends too early', this.mark(0))
    return { text: this.rest.join(''), origin: { marks: this.marks, depth: 0 } }
  }

  /** Whether links were returned as items. */
  get hasReturnedLinks(): boolean {
    return this.returnedLinks
  }

  private scan(chunk: string, found: Item[]): void {
    let at = 0
    while (at < chunk.length) {
      at = this.list === undefined ? this.scanOutside(chunk, at) : this.scanList(chunk, at, found)
    }
    this.position = { ...this.position, offset: this.position.offset + chunk.length }
  }

  /** Scans up to the end of the chunk or the first item of a list. */
  private scanOutside(chunk: string, from: number): number {
    let nameFrom = 0
    for (let i = from; i < chunk.length; i++) {
      const code = chunk.charCodeAt(i)
      if (code === LINE_FEED) this.newLine(i)
      if (this.inString) {
        if (this.escaped) this.escaped = false
        else if (code === BACKSLASH) this.escaped = true
        else if (code === QUOTE) {
          this.inString = false
          if (this.inName) this.endName(chunk.slice(nameFrom, i), 'colon')
        }
        continue
      }
      switch (code) {
        case QUOTE:
          this.inString = true
          if (this.depth !== 1 || this.expected !== 'name') break
          this.inName = true
          this.name = ''
          nameFrom = i + 1
          break
        case COLON:
          if (this.depth === 1 && this.expected === 'colon') this.expected = 'value'
          break
        case COMMA:
          if (this.depth === 1) this.expected = 'name'
          break
        case OPEN_BRACE:
          if (++this.depth === 1) this.expected = 'name'
          break
        case OPEN_BRACKET: {
          const list = this.listToSplit()
          this.depth++
          if (list === undefined) break
          this.append(chunk.slice(from, i + 1))
          if (list !== 'links') {
            this.beginList(list)
            return i + 1
          }
          this.links = { ...this.position, offset: this.position.offset + i + 1, restLength: this.restLength }
          return i + 1
        }
        case CLOSE_BRACKET:
        case CLOSE_BRACE:
          if (--this.depth === 1) this.links = undefined
          break
      }
    }
    if (this.inName) this.endName(chunk.slice(nameFrom), undefined)
    this.append(chunk.slice(from))
    return chunk.length
  }

  /** Reads a name, or the part of it in this chunk. */
  private endName(part: string, expected: 'colon' | undefined): void {
    if (this.name !== undefined) this.name = this.name.length > maxNameLength ? undefined : this.name + part
    if (expected === undefined) return
    this.inName = false
    this.expected = expected
  }

  /** The list that a `[` begins, if it is to be split. */
  private listToSplit(): string | undefined {
    if (this.lists === maxLists) return undefined
    if (this.depth === 0) return ''
    if (this.depth !== 1 || this.expected !== 'value' || this.name === undefined) return undefined
    return collectionMembers.has(this.name) || this.name === 'links' ? this.name : undefined
  }

  private beginList(list: string): void {
    this.list = list
    this.lists++
    this.nested = 0
    this.count = 0
  }

  /** Scans up to the end of the list, excluding its closing bracket. */
  private scanList(chunk: string, from: number, found: Item[]): number {
    let { inString, escaped, nested } = this
    const { recovers } = this.diagnostics
    const maxDepth = this.diagnostics.limits.jsonDepth - this.depth
    let start = from
    for (let i = from; i < chunk.length; i++) {
      const code = chunk.charCodeAt(i)
      if (code === LINE_FEED) this.newLine(i)
      if (inString) {
        if (escaped) escaped = false
        else if (code === BACKSLASH) escaped = true
        else if (code === QUOTE) {
          inString = false
          this.closed = recovers
        }
        continue
      }
      if (code === 32 || code === LINE_FEED || code === CARRIAGE_RETURN || code === 9) continue
      if (this.closed) {
        this.closed = false
        // An unescaped quote inside a string: the string continues, as in parseJson.
        if (!mayFollowString(code)) {
          inString = code !== QUOTE
          escaped = code === BACKSLASH
          this.closed = !inString
          continue
        }
      }
      if (nested === 0 && (code === COMMA || code === CLOSE_BRACKET)) {
        this.endItem(chunk.slice(start, i), i, found, code === CLOSE_BRACKET)
        if (code === CLOSE_BRACKET) {
          this.list = undefined
          this.inString = false
          this.marks.push({ ...this.mark(i), index: this.restLength })
          return i
        }
        start = i + 1
        continue
      }
      if (this.itemMark === undefined) {
        this.itemMark = this.mark(i)
        start = i
      }
      if (code === QUOTE) inString = true
      else if (code === OPEN_BRACE || code === OPEN_BRACKET) {
        if (++nested > maxDepth) {
          this.fail(
            'E_LIMIT',
            `The JSON text is nested more than ${this.diagnostics.limits.jsonDepth} levels deep`,
            this.mark(i),
          )
        }
      } else if ((code === CLOSE_BRACE || code === CLOSE_BRACKET) && nested > 0) nested--
    }
    this.inString = inString
    this.escaped = escaped
    this.nested = nested
    if (this.itemMark !== undefined) this.item.push(chunk.slice(start))
    return chunk.length
  }

  private endItem(last: string, at: number, found: Item[], closes: boolean): void {
    const { itemMark, list = '' } = this
    if (itemMark === undefined) {
      if (closes && this.count === 0) return
      this.fail('E_JSON', 'Expected a JSON value', this.mark(at))
    }
    if (++this.count > this.diagnostics.limits.elements) {
      const limit = this.diagnostics.limits.elements
      this.fail('E_LIMIT', `A list has more than ${limit} elements`, this.mark(at))
    }
    const text = this.item.length === 0 ? last : this.item.join('') + last
    this.item = []
    this.itemMark = undefined
    if (list === 'links') this.returnedLinks = true
    found.push({ list, text, origin: { marks: [itemMark], depth: this.depth } })
  }

  /** Returns the text of the links so far, to split it after all, since there are too many for one entity. */
  private rewindTo({ restLength, ...position }: NonNullable<Splitter['links']>): string {
    const outside = this.rest.join('')
    this.rest = [outside.slice(0, restLength)]
    this.restLength = restLength
    this.position = position
    this.links = undefined
    this.depth = 2
    this.inString = false
    this.escaped = false
    this.beginList('links')
    return outside.slice(restLength)
  }

  private append(text: string): void {
    if (text === '') return
    this.rest.push(text)
    this.restLength += text.length
  }

  private newLine(at: number): void {
    const { offset, line } = this.position
    this.position = { offset, line: line + 1, lineStart: offset + at + 1 }
  }

  private mark(at: number): Mark {
    const { offset, line, lineStart } = this.position
    return { index: 0, line, column: offset + at - lineStart + 1 }
  }

  private fail(code: ParseErrorCode, message: string, { line, column }: Mark): never {
    throw new ParseError(code, message, { part: 'body', line, column })
  }
}

/** Position of a chunk: its offset in the text, its line, and the offset of that line. */
interface Position {
  readonly offset: number
  readonly line: number
  readonly lineStart: number
}
