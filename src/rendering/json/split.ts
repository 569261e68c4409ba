/** Splits the long lists of a JSON text into items while the text arrives. */
import type { Diagnostics } from '../diagnostics.js'
import { ParseError } from '../error.js'
import type { ParseErrorCode } from '../types.js'
import { type Mark, mayFollowString, type Origin, parseJson } from './parse.js'

/** One item of a list, as text. `list` is the member that held it; `''` when the list is the whole text. */
interface Item {
  readonly list: string
  readonly text: string
  readonly origin: Origin
}

/**
 * An entity has a list of links as well: only a longer list is known to belong to a collection before its
 * end.
 */
const longestOfAnEntity = 256 * 1024

/** Further lists are kept as text, which bounds the work when a member repeats endlessly. */
const mostLists = 16

/** Members that only a collection has. */
const ofCollections = new Set(['resources', 'entities'])

const longestName = 16

/**
 * Takes time linear in the text, however it is cut. It parses only as much as it takes to find the ends of
 * items; the JSON parser finds errors, in an item or in the rest.
 */
export class Splitter {
  /** The text outside the lists. */
  private rest: string[] = []
  private restLength = 0
  private readonly marks: Mark[] = [{ index: 0, line: 1, column: 1 }]
  private depth = 0
  private expects: 'name' | 'colon' | 'value' | undefined
  private inString = false
  private escaped = false
  /** The last character was a quote that may have closed a string. */
  private closed = false
  /** Name of the member that is being read at depth 1. */
  private name: string | undefined
  private inName = false
  /** Where a list of links began that may belong to an entity. */
  private links: (Position & { readonly restLength: number }) | undefined
  /** The list that is being split, the depth of its current item, and the pieces of the item. */
  private list: string | undefined
  private nested = 0
  private count = 0
  private item: string[] = []
  private itemMark: Mark | undefined
  private gaveLinks = false
  private lists = 0
  private position: Position = { before: 0, line: 1, lineStart: 0 }

  constructor(private readonly diagnostics: Diagnostics) {}

  /** Returns the items that this chunk completes. Throws ParseError. */
  push(chunk: string): Item[] {
    const found: Item[] = []
    this.scan(chunk, found)
    const { links } = this
    if (links !== undefined && this.restLength - links.restLength > longestOfAnEntity) {
      this.scan(this.backTo(links), found)
    }
    return found
  }

  /**
   * Returns the text outside the lists, as JSON whose lists are empty. Throws ParseError when a list is cut
   * off.
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
  get tookLinks(): boolean {
    return this.gaveLinks
  }

  private scan(chunk: string, found: Item[]): void {
    let at = 0
    while (at < chunk.length) {
      at = this.list === undefined ? this.outside(chunk, at) : this.inside(chunk, at, found)
    }
    this.position = { ...this.position, before: this.position.before + chunk.length }
  }

  /** Scans up to the end of the chunk or the first item of a list. */
  private outside(chunk: string, from: number): number {
    let nameFrom = 0
    for (let i = from; i < chunk.length; i++) {
      const code = chunk.charCodeAt(i)
      if (code === 10) this.newLine(i)
      if (this.inString) {
        if (this.escaped) this.escaped = false
        else if (code === 92) this.escaped = true
        else if (code === 34) {
          this.inString = false
          if (this.inName) this.endName(chunk.slice(nameFrom, i), 'colon')
        }
        continue
      }
      switch (code) {
        case 34:
          this.inString = true
          if (this.depth !== 1 || this.expects !== 'name') break
          this.inName = true
          this.name = ''
          nameFrom = i + 1
          break
        case 58:
          if (this.depth === 1 && this.expects === 'colon') this.expects = 'value'
          break
        case 44:
          if (this.depth === 1) this.expects = 'name'
          break
        case 123:
          if (++this.depth === 1) this.expects = 'name'
          break
        case 91: {
          const list = this.begins()
          this.depth++
          if (list === undefined) break
          this.keep(chunk.slice(from, i + 1))
          if (list !== 'links') {
            this.begin(list)
            return i + 1
          }
          this.links = { ...this.position, before: this.position.before + i + 1, restLength: this.restLength }
          return i + 1
        }
        case 93:
        case 125:
          if (--this.depth === 1) this.links = undefined
          break
      }
    }
    if (this.inName) this.endName(chunk.slice(nameFrom), undefined)
    this.keep(chunk.slice(from))
    return chunk.length
  }

  /** Reads a name, or the part of it in this chunk. */
  private endName(part: string, expects: 'colon' | undefined): void {
    if (this.name !== undefined) this.name = this.name.length > longestName ? undefined : this.name + part
    if (expects === undefined) return
    this.inName = false
    this.expects = expects
  }

  /** The list that a `[` begins, if it is to be split. */
  private begins(): string | undefined {
    if (this.lists === mostLists) return undefined
    if (this.depth === 0) return ''
    if (this.depth !== 1 || this.expects !== 'value' || this.name === undefined) return undefined
    return ofCollections.has(this.name) || this.name === 'links' ? this.name : undefined
  }

  private begin(list: string): void {
    this.list = list
    this.lists++
    this.nested = 0
    this.count = 0
  }

  /** Scans up to the end of the list, excluding its closing bracket. */
  private inside(chunk: string, from: number, found: Item[]): number {
    let { inString, escaped, nested } = this
    const { recovers } = this.diagnostics
    const deepest = this.diagnostics.limits.jsonDepth - this.depth
    let start = from
    for (let i = from; i < chunk.length; i++) {
      const code = chunk.charCodeAt(i)
      if (code === 10) this.newLine(i)
      if (inString) {
        if (escaped) escaped = false
        else if (code === 92) escaped = true
        else if (code === 34) {
          inString = false
          this.closed = recovers
        }
        continue
      }
      if (code === 32 || code === 10 || code === 13 || code === 9) continue
      if (this.closed) {
        this.closed = false
        // An unescaped quote inside a string: the string goes on, as parseJson reads it.
        if (!mayFollowString(code)) {
          inString = code !== 34
          escaped = code === 92
          this.closed = !inString
          continue
        }
      }
      if (nested === 0 && (code === 44 || code === 93)) {
        this.endItem(chunk.slice(start, i), i, found, code === 93)
        if (code === 93) {
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
      if (code === 34) inString = true
      else if (code === 123 || code === 91) {
        if (++nested > deepest) {
          this.fail(
            'E_LIMIT',
            `The JSON text is nested more than ${this.diagnostics.limits.jsonDepth} levels deep`,
            this.mark(i),
          )
        }
      } else if ((code === 125 || code === 93) && nested > 0) nested--
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
      const most = this.diagnostics.limits.elements
      this.fail('E_LIMIT', `A list has more than ${most} elements`, this.mark(at))
    }
    const text = this.item.length === 0 ? last : this.item.join('') + last
    this.item = []
    this.itemMark = undefined
    if (list === 'links') this.gaveLinks = true
    found.push({ list, text, origin: { marks: [itemMark], depth: this.depth } })
  }

  /** Splits the links that were kept so far: there are too many for an entity. */
  private backTo({ restLength, ...position }: NonNullable<Splitter['links']>): string {
    const kept = this.rest.join('')
    this.rest = [kept.slice(0, restLength)]
    this.restLength = restLength
    this.position = position
    this.links = undefined
    this.depth = 2
    this.inString = false
    this.escaped = false
    this.begin('links')
    return kept.slice(restLength)
  }

  private keep(text: string): void {
    if (text === '') return
    this.rest.push(text)
    this.restLength += text.length
  }

  private newLine(at: number): void {
    const { before, line } = this.position
    this.position = { before, line: line + 1, lineStart: before + at + 1 }
  }

  private mark(at: number): Mark {
    const { before, line, lineStart } = this.position
    return { index: 0, line, column: before + at - lineStart + 1 }
  }

  private fail(code: ParseErrorCode, message: string, { line, column }: Mark): never {
    throw new ParseError(code, message, { part: 'body', line, column })
  }
}

/** Position of a chunk: the number of characters before it, its line, and where that line began. */
interface Position {
  readonly before: number
  readonly line: number
  readonly lineStart: number
}
