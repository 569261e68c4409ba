/** Splits the lists of a JSON collection into items while the text arrives. */
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

/** One item of a list, as text. */
interface Item {
  /** The name of the list, or `''` if the whole text is the list. */
  readonly list: string
  readonly text: string
  readonly origin: Origin
}

/**
 * The longest list of links that is kept until the end of the text, in characters. A single entity has a list of links,
 * too, and is read as a whole. A longer list must be that of a collection, and is split.
 */
const maxEntityLinks = 256 * 1024

/** The number of lists that are split, which limits the work if a member repeats endlessly. */
const maxLists = 16

/** Members that only collections have. */
const collectionMembers = new Set(['resources', 'entities'])

/** Longer than the name of any list, in characters. */
const maxNameLength = 16

/**
 * Finds the items of lists, in time linear in the text however it is cut. It does not validate: the JSON parser reports
 * the errors in an item or in the text outside the lists.
 */
export class ListSplitter {
  /** The pieces of the text outside the lists, and their total length. */
  private outsidePieces: string[] = []
  private outsideLength = 0
  /** The positions in the whole text of some characters outside the lists. */
  private readonly marks: Mark[] = [{ index: 0, line: 1, column: 1 }]
  /** The depth of objects and lists outside the lists that are split. */
  private depth = 0
  /** What the next token at depth 1 is. */
  private expected: 'name' | 'colon' | 'value' | undefined
  private isInString = false
  private isEscaped = false
  /** Whether the last character was a quote that may have closed a string. */
  private isAfterString = false
  /** Name of the member that is being read at depth 1. */
  private memberName: string | undefined
  private isInName = false
  /** The start of a list of links that may belong to a single entity. */
  private linksStart: (Position & { readonly outsideLength: number }) | undefined
  /** The name of the list that is being split. */
  private list: string | undefined
  /** The depth of objects and lists inside the current item. */
  private depthInList = 0
  private itemCount = 0
  /** The pieces of the current item, and its position in the whole text. */
  private itemPieces: string[] = []
  private itemStart: Mark | undefined
  private returnedLinks = false
  private listCount = 0
  /** The position of the current chunk. */
  private position: Position = { offset: 0, line: 1, lineStart: 0 }

  constructor(private readonly diagnostics: Diagnostics) {}

  /** Returns the items that this chunk completes. Throws ParseError. */
  push(chunk: string): Item[] {
    const items: Item[] = []
    this.scan(chunk, items)
    const { linksStart } = this
    if (linksStart !== undefined && this.outsideLength - linksStart.outsideLength > maxEntityLinks) {
      this.scan(this.takeLinks(linksStart), items)
    }
    return items
  }

  /** Returns the text outside the lists: JSON in which they are empty. Throws ParseError if the text ends in a list. */
  end(): { readonly text: string; readonly origin: Origin } {
    const text = this.itemPieces.join('')
    if (this.itemStart !== undefined) {
      parseJson(text, this.diagnostics, { marks: [this.itemStart], depth: this.depth })
    }
    if (this.list !== undefined) this.fail('E_JSON', 'The JSON text ends too early', this.mark(0))
    return { text: this.outsidePieces.join(''), origin: { marks: this.marks, depth: 0 } }
  }

  /** Whether links were returned as items. */
  get hasReturnedLinks(): boolean {
    return this.returnedLinks
  }

  private scan(chunk: string, items: Item[]): void {
    let index = 0
    while (index < chunk.length) {
      index = this.list === undefined ? this.scanOutside(chunk, index) : this.scanList(chunk, index, items)
    }
    this.position = { ...this.position, offset: this.position.offset + chunk.length }
  }

  /** Scans text outside the lists, up to behind the `[` of a list or the end of the chunk. Returns the next index. */
  private scanOutside(chunk: string, from: number): number {
    let nameStart = 0
    for (let i = from; i < chunk.length; i++) {
      const code = chunk.charCodeAt(i)
      if (code === LINE_FEED) this.newLine(i)
      if (this.isInString) {
        if (this.isEscaped) this.isEscaped = false
        else if (code === BACKSLASH) this.isEscaped = true
        else if (code === QUOTE) {
          this.isInString = false
          if (this.isInName) {
            this.addToName(chunk.slice(nameStart, i))
            this.isInName = false
            this.expected = 'colon'
          }
        }
        continue
      }
      switch (code) {
        case QUOTE:
          this.isInString = true
          if (this.depth !== 1 || this.expected !== 'name') break
          this.isInName = true
          this.memberName = ''
          nameStart = i + 1
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
          this.linksStart = {
            ...this.position,
            offset: this.position.offset + i + 1,
            outsideLength: this.outsideLength,
          }
          return i + 1
        }
        case CLOSE_BRACKET:
        case CLOSE_BRACE:
          if (--this.depth === 1) this.linksStart = undefined
          break
      }
    }
    if (this.isInName) this.addToName(chunk.slice(nameStart))
    this.append(chunk.slice(from))
    return chunk.length
  }

  /** Adds a part of a member name, which may span chunks. A long name becomes undefined. */
  private addToName(part: string): void {
    if (this.memberName === undefined) return
    this.memberName = this.memberName.length > maxNameLength ? undefined : this.memberName + part
  }

  /** Returns the name of the list that a `[` begins, if it is to be split. */
  private listToSplit(): string | undefined {
    if (this.listCount === maxLists) return undefined
    if (this.depth === 0) return ''
    if (this.depth !== 1 || this.expected !== 'value' || this.memberName === undefined) return undefined
    return collectionMembers.has(this.memberName) || this.memberName === 'links' ? this.memberName : undefined
  }

  private beginList(list: string): void {
    this.list = list
    this.listCount++
    this.depthInList = 0
    this.itemCount = 0
  }

  /** Scans the items of a list, up to its `]` or the end of the chunk. Returns the next index. */
  private scanList(chunk: string, from: number, items: Item[]): number {
    let { isInString, isEscaped, depthInList } = this
    const { recovers } = this.diagnostics
    const maxDepth = this.diagnostics.limits.jsonDepth - this.depth
    let start = from
    for (let i = from; i < chunk.length; i++) {
      const code = chunk.charCodeAt(i)
      if (code === LINE_FEED) this.newLine(i)
      if (isInString) {
        if (isEscaped) isEscaped = false
        else if (code === BACKSLASH) isEscaped = true
        else if (code === QUOTE) {
          isInString = false
          this.isAfterString = recovers
        }
        continue
      }
      if (code === 32 || code === LINE_FEED || code === CARRIAGE_RETURN || code === 9) continue
      if (this.isAfterString) {
        this.isAfterString = false
        // The quote was an unescaped one inside a string, which continues, as in parseJson.
        if (!mayFollowString(code)) {
          isInString = code !== QUOTE
          isEscaped = code === BACKSLASH
          this.isAfterString = !isInString
          continue
        }
      }
      if (depthInList === 0 && (code === COMMA || code === CLOSE_BRACKET)) {
        this.endItem(chunk.slice(start, i), i, items, code === CLOSE_BRACKET)
        if (code === CLOSE_BRACKET) {
          this.list = undefined
          this.isInString = false
          this.marks.push({ ...this.mark(i), index: this.outsideLength })
          return i
        }
        start = i + 1
        continue
      }
      if (this.itemStart === undefined) {
        this.itemStart = this.mark(i)
        start = i
      }
      if (code === QUOTE) isInString = true
      else if (code === OPEN_BRACE || code === OPEN_BRACKET) {
        if (++depthInList > maxDepth) {
          this.fail(
            'E_LIMIT',
            `The JSON text is nested more than ${this.diagnostics.limits.jsonDepth} levels deep`,
            this.mark(i),
          )
        }
      } else if ((code === CLOSE_BRACE || code === CLOSE_BRACKET) && depthInList > 0) depthInList--
    }
    this.isInString = isInString
    this.isEscaped = isEscaped
    this.depthInList = depthInList
    if (this.itemStart !== undefined) this.itemPieces.push(chunk.slice(start))
    return chunk.length
  }

  /** Adds the item that ends at `index` of the chunk. */
  private endItem(lastPiece: string, index: number, items: Item[], closesList: boolean): void {
    const { itemStart, list = '' } = this
    if (itemStart === undefined) {
      if (closesList && this.itemCount === 0) return
      this.fail('E_JSON', 'Expected a JSON value', this.mark(index))
    }
    if (++this.itemCount > this.diagnostics.limits.elements) {
      const limit = this.diagnostics.limits.elements
      this.fail('E_LIMIT', `A list has more than ${limit} elements`, this.mark(index))
    }
    const text = this.itemPieces.length === 0 ? lastPiece : this.itemPieces.join('') + lastPiece
    this.itemPieces = []
    this.itemStart = undefined
    if (list === 'links') this.returnedLinks = true
    items.push({ list, text, origin: { marks: [itemStart], depth: this.depth } })
  }

  /** Returns the text of the links that have arrived, to be split, and goes back to the state at their start. */
  private takeLinks({ outsideLength, ...position }: NonNullable<ListSplitter['linksStart']>): string {
    const text = this.outsidePieces.join('')
    this.outsidePieces = [text.slice(0, outsideLength)]
    this.outsideLength = outsideLength
    this.position = position
    this.linksStart = undefined
    this.depth = 2
    this.isInString = false
    this.isEscaped = false
    this.beginList('links')
    return text.slice(outsideLength)
  }

  /** Adds text outside the lists. */
  private append(text: string): void {
    if (text === '') return
    this.outsidePieces.push(text)
    this.outsideLength += text.length
  }

  /** Records a line end at an index of the chunk. */
  private newLine(index: number): void {
    const { offset, line } = this.position
    this.position = { offset, line: line + 1, lineStart: offset + index + 1 }
  }

  /** Returns the position of a character of the chunk in the whole text. */
  private mark(index: number): Mark {
    const { offset, line, lineStart } = this.position
    return { index: 0, line, column: offset + index - lineStart + 1 }
  }

  private fail(parseCode: ParseErrorCode, message: string, { line, column }: Mark): never {
    throw new ParseError(parseCode, message, { part: 'body', line, column })
  }
}

/** Where scanning is in the whole text: the offset of the chunk, the current line, and the offset of that line. */
interface Position {
  readonly offset: number
  readonly line: number
  readonly lineStart: number
}
