/** Reads a whole message in the text grammar, from a body or from headers. */
import type { HeaderPair } from '../../basics/http.js'
import {
  BACKSLASH,
  CARRIAGE_RETURN,
  COLON,
  controlFrom,
  findControl,
  isBlank,
  LESS_THAN,
  LINE_FEED,
  OPEN_BRACE,
  QUOTE,
} from '../characters.js'
import type { Diagnostics } from '../diagnostics.js'
import { ParseError, quotedExcerpt } from '../error.js'
import { attributeList } from './attribute.js'
import { categoryList } from './category.js'
import { afterBlanks, Cursor, type FieldRange, fieldWithoutLineEnd, type Source } from './cursor.js'
import { type FieldName, fieldNamed } from './fields.js'
import { emptyMessage, type RawCategory, type TextMessage } from './generic.js'
import { linkList, startsUri } from './link.js'
import { locationList } from './location.js'
import { ParseCache } from './memory.js'

const productions: Readonly<Record<FieldName, (cursor: Cursor, into: TextMessage) => void>> = {
  category: (cursor, into) => categoryList(cursor, into.categories),
  link: (cursor, into) => linkList(cursor, into.links),
  attribute: (cursor, into) => attributeList(cursor, into.attributes),
  location: (cursor, into) => locationList(cursor, into.locations),
  message: (cursor, into) => {
    const words = cursor.text.slice(cursor.at, cursor.to).trim()
    // MartServer acknowledges a write with "message: ok".
    if (words.toLowerCase() !== 'ok') into.error ??= words
    cursor.at = cursor.to
  },
}

/** Reads `Name: value` lines (text/plain). Throws ParseError. */
export function readBody(given: string, diagnostics: Diagnostics): TextMessage {
  diagnostics.checkSize(given.length, 'body')
  const body = withLineFeeds(given, diagnostics)
  const first = emptyMessage()
  let into = first
  const lines = new Lines(body, diagnostics)
  const source: Source = { text: body, part: 'body', base: 0, backslash: -1 }
  const cache = new ParseCache()
  let cursor: Cursor | undefined
  while (lines.next()) {
    if (lines.folded) {
      // Line ends become blanks, so that the text keeps its length and error places stay correct.
      const text = body.slice(lines.from, lines.to).replaceAll('\r', ' ').replaceAll('\n', ' ')
      const range = bodyField(text, 0, text.length, lines, diagnostics)
      if (range === undefined) continue
      const folded: Source = { text, part: 'body', base: lines.from, backslash: -1 }
      into = recoverField(new Cursor(folded, range, diagnostics, cache), into)
    } else {
      const range = bodyField(body, lines.from, lines.to, lines, diagnostics)
      if (range === undefined) continue
      if (cursor === undefined) cursor = new Cursor(source, range, diagnostics, cache)
      else cursor.moveTo(range)
      into = recoverField(cursor, into)
    }
  }
  if (diagnostics.hasLosses) checkNotEmpty(first, diagnostics)
  return first
}

/** Converts line ends that consist of CR only, as old Mac software writes them. */
function withLineFeeds(body: string, diagnostics: Diagnostics): string {
  if (!diagnostics.recovers || body.includes('\n') || !body.includes('\r')) return body
  diagnostics.note('cr-line-ends', 'Lines end with a carriage return alone', () => ({ part: 'body' }))
  return body.replaceAll('\r', '\n')
}

/** Throws the first loss if nothing could be read, because then the message is not OCCI. */
function checkNotEmpty(found: TextMessage, diagnostics: Diagnostics): void {
  const { categories, links, attributes, locations, error } = found
  const count = categories.length + links.length + locations.length + attributes.values.size
  if (count === 0 && error === undefined) diagnostics.throwFirstLoss()
}

/** Reads header fields (text/occi) and ignores other headers. Throws ParseError. */
export function readHeaders(headers: readonly HeaderPair[], diagnostics: Diagnostics): TextMessage {
  const first = emptyMessage()
  let into = first
  const cache = new ParseCache()
  const seen = new Map<string, number>()
  let size = 0
  for (const [header, text] of headers) {
    const name = fieldNamed(header)
    if (name === undefined) continue
    size += text.length
    diagnostics.checkSize(size, header)
    const line = (seen.get(header) ?? 0) + 1
    seen.set(header, line)
    const range: FieldRange = { name, from: 0, to: text.length, line, lineStart: 0 }
    const cursor = new Cursor({ text, part: header, base: 0, backslash: -1 }, range, diagnostics, cache)
    into = recoverField(cursor, into, checkControls)
  }
  if (diagnostics.hasLosses) checkNotEmpty(first, diagnostics)
  return first
}

/**
 * Reads a field, tolerates errors in it, and returns the message that later fields belong to. Exceeded limits are
 * always errors, since the rest is not read.
 */
function recoverField(cursor: Cursor, into: TextMessage, check?: (cursor: Cursor) => void): TextMessage {
  const known = into.categories.length
  try {
    check?.(cursor)
    readField(cursor, into)
  } catch (error) {
    if (error instanceof ParseError && error.parseCode === 'E_LIMIT') throw error
    cursor.diagnostics.recoverFrom(error)
  }
  return cursor.diagnostics.recovers ? (nextEntity(into, known) ?? into) : into
}

/**
 * Starts another entity at a second kind after attributes or links: MartServer renders collections with whole
 * entities. Categories from index `known` on are new. A location after the first one belongs to the new entity.
 */
function nextEntity(into: TextMessage, known: number): TextMessage | undefined {
  const { categories, locations, links, attributes } = into
  if (categories.length === known || (links.length === 0 && attributes.values.size === 0)) return undefined
  const isKind = (each: RawCategory) => each.class === 'kind'
  if (!categories.slice(known).some(isKind) || !categories.slice(0, known).some(isKind)) return undefined
  into.next = { ...emptyMessage(), categories: categories.splice(known), locations: locations.splice(1) }
  return into.next
}

/** Reads one field, and further fields that follow without a line end. */
function readField(cursor: Cursor, into: TextMessage): void {
  let name = cursor.name
  for (;;) {
    productions[name](cursor, into)
    cursor.skipBlanks()
    if (cursor.done) return
    const glued = fieldWithoutLineEnd(cursor.text, cursor.at, cursor.to)
    if (glued === undefined) cursor.fail('E_PARAM', 'Expected the end of the line')
    cursor.tolerate('missing-line-end', 'E_LINE', 'A field begins without a line end before it')
    name = glued.name
    cursor.at = glued.after
  }
}

/** Throws for a line end in a header, which would inject another header. Tolerates other control characters. */
function checkControls(cursor: Cursor): void {
  const { text, diagnostics } = cursor
  const found = findControl(text)
  if (found < 0) return
  if (!diagnostics.recovers || text.includes('\n') || text.includes('\r')) {
    cursor.fail('E_CTRL', 'There is a control character', found)
  }
  cursor.tolerate('control-character', 'E_CTRL', 'There is a control character', found)
}

function bodyField(
  text: string,
  from: number,
  to: number,
  lines: Lines,
  diagnostics: Diagnostics,
): FieldRange | undefined {
  const place = (index: number) => ({ part: 'body', line: lines.line, column: index - from + 1 })
  if (text.slice(from, from + 9) === 'Category:') {
    return { name: 'category', from: from + 9, to, line: lines.line, lineStart: lines.from }
  }
  let start = from
  while (start < to && isBlank(text.charCodeAt(start))) start++
  if (start >= to) return undefined
  let colon = start
  const limit = Math.min(to, start + 256)
  while (colon < limit && text.charCodeAt(colon) !== COLON) colon++
  if (colon >= limit) return notAField(text.slice(start, to), diagnostics, place(start))
  let end = colon
  while (end > start && isBlank(text.charCodeAt(end - 1))) end--
  const name = fieldNamed(text.slice(start, end)) ?? plainLocation(text, start, end, to)
  if (name === undefined) return unknownField(text.slice(start, end), diagnostics, place(start))
  if (end < colon) {
    diagnostics.tolerate('blank-before-colon', 'E_LINE', 'There is a blank before the colon', () =>
      place(end),
    )
  }
  return { name, from: colon + 1, to, line: lines.line, lineStart: lines.from }
}

/** Accepts `Location: URL` in a body as X-OCCI-Location, like other clients (pOCCI). */
function plainLocation(text: string, from: number, end: number, to: number): FieldName | undefined {
  const uri = afterBlanks(text, text.indexOf(':', end) + 1, to)
  return text.slice(from, end).toLowerCase() === 'location' && startsUri(text, uri, to)
    ? 'location'
    : undefined
}

function notAField(
  text: string,
  diagnostics: Diagnostics,
  place: { part: string; line: number; column: number },
) {
  // `OK` is the whole body of responses without a rendering (GFD.185 §3.4, Q10).
  if (text.length < 8 && text.trim().toUpperCase() === 'OK') {
    diagnostics.tolerate('ok-body', 'E_LINE', 'The body is "OK" instead of a rendering', () => place)
    return undefined
  }
  diagnostics.recoverFrom(
    new ParseError('E_LINE', `Expected "Name: value", found ${quotedExcerpt(text)}`, place),
  )
  return undefined
}

function unknownField(
  name: string,
  diagnostics: Diagnostics,
  place: { part: string; line: number; column: number },
) {
  for (let i = 0; i < name.length; i++) {
    const code = name.charCodeAt(i)
    // A sentence with a colon is not a field; otherwise error texts would pass as empty messages.
    if (isBlank(code) || code === QUOTE || code === LESS_THAN || code === OPEN_BRACE) {
      diagnostics.recoverFrom(
        new ParseError('E_LINE', `Expected "Name: value", found ${quotedExcerpt(name)}`, place),
      )
      return undefined
    }
  }
  diagnostics.tolerate(
    'unknown-field',
    'E_LINE',
    `${quotedExcerpt(name)} is not a field of OCCI`,
    () => place,
  )
  return undefined
}

/** Iterates over the lines of a body, separated by CRLF or LF. Skips blank lines and joins folded ones. */
class Lines {
  from = 0
  to = 0
  line = 0
  folded = false
  private nextFrom: number
  private nextLine = 1

  constructor(
    private readonly body: string,
    private readonly diagnostics: Diagnostics,
  ) {
    this.nextFrom = body.charCodeAt(0) === 0xfeff ? 1 : 0
  }

  next(): boolean {
    const { body } = this
    while (this.nextFrom < body.length) {
      this.from = this.nextFrom
      this.line = this.nextLine
      this.step()
      if (blankRange(body, this.from, this.to)) continue
      this.folded = false
      while (this.continues()) {
        this.folded = true
        this.step()
      }
      if (!this.folded && this.diagnostics.recovers) this.joinBrokenValue()
      this.check()
      return true
    }
    return false
  }

  /**
   * erocci and MartServer do not escape line ends in values. While a quote is open, lines that do not begin
   * a field belong to the value.
   */
  private joinBrokenValue(): void {
    const { body, line: first } = this
    let open = isQuoteOpen(body, this.from, this.to)
    let end = { to: this.to, nextFrom: this.nextFrom, nextLine: this.nextLine }
    while (open && this.nextFrom < body.length && !this.beginsField(this.nextFrom)) {
      const from = this.nextFrom
      this.step()
      if (blankRange(body, from, this.to)) continue
      open = !isQuoteOpen(body, from, this.to)
      end = { to: this.to, nextFrom: this.nextFrom, nextLine: this.nextLine }
    }
    // Trailing blank lines are the end of the message.
    Object.assign(this, end)
    if (this.nextLine - 1 > first) {
      this.diagnostics.tolerate('line-end-in-value', 'E_CTRL', 'There is a line end inside a value', () => ({
        part: 'body',
        line: first,
      }))
    }
  }

  private beginsField(from: number): boolean {
    const { body } = this
    let start = from
    while (start < body.length && isBlank(body.charCodeAt(start))) start++
    return fieldWithoutLineEnd(body, start, body.length) !== undefined
  }

  /** Extends the current range by one line. */
  private step(): void {
    const { body } = this
    if (this.diagnostics.recovers) {
      const feed = body.indexOf('\n', this.nextFrom)
      const end = feed < 0 ? body.length : feed
      this.to = end > this.nextFrom && body.charCodeAt(end - 1) === CARRIAGE_RETURN ? end - 1 : end
      const control = controlFrom(body, this.nextFrom)
      if (control < this.to) {
        const place = { part: 'body', line: this.nextLine, column: control - this.nextFrom + 1 }
        this.diagnostics.tolerate('control-character', 'E_CTRL', 'There is a control character', () => place)
      }
      this.nextFrom = end + 1
      this.nextLine++
      return
    }
    const end = controlFrom(body, this.nextFrom)
    const newline = body.charCodeAt(end) === CARRIAGE_RETURN ? end + 1 : end
    this.to = end
    this.nextFrom = newline + 1
    this.nextLine++
    if (newline >= body.length || body.charCodeAt(newline) === LINE_FEED) return
    const column = end - this.from + 1
    throw new ParseError('E_CTRL', 'There is a control character', { part: 'body', line: this.line, column })
  }

  private continues(): boolean {
    if (this.nextFrom >= this.body.length || !isBlank(this.body.charCodeAt(this.nextFrom))) return false
    return !blankRange(this.body, this.nextFrom, controlFrom(this.body, this.nextFrom))
  }

  private check(): void {
    const { lineLength } = this.diagnostics.limits
    const place = { part: 'body', line: this.line, column: 1 }
    if (this.to - this.from > lineLength) {
      throw new ParseError('E_LIMIT', `A line has more than ${lineLength} characters`, place)
    }
    if (this.folded) {
      this.diagnostics.tolerate('folded-line', 'E_LINE', 'A line is continued on the next', () => place)
    }
  }
}

/** Whether a quoted string is still open at the end of a range. */
function isQuoteOpen(text: string, from: number, to: number): boolean {
  let open = false
  for (let i = from; i < to; i++) {
    const code = text.charCodeAt(i)
    if (code === QUOTE) open = !open
    else if (code === BACKSLASH && open) i++
  }
  return open
}

function blankRange(text: string, from: number, to: number): boolean {
  for (let i = from; i < to; i++) {
    const code = text.charCodeAt(i)
    if (!isBlank(code)) return false
  }
  return true
}
