/** Reads a text message from a body (text/plain) or from headers (text/occi). */
import type { HeaderPair } from '../../basics/http.js'
import {
  BACKSLASH,
  CARRIAGE_RETURN,
  COLON,
  findControl,
  isBlank,
  LESS_THAN,
  LINE_FEED,
  nextControl,
  OPEN_BRACE,
  QUOTE,
} from '../characters.js'
import type { Diagnostics } from '../diagnostics.js'
import { ParseError, quotedExcerpt } from '../error.js'
import type { Place } from '../types.js'
import { readAttributes } from './attribute.js'
import { readCategories } from './category.js'
import { afterBlanks, Cursor, type FieldRange, fieldAt, maxNameLookAhead, type Source } from './cursor.js'
import { type FieldName, occiField } from './fields.js'
import { readLinks, startsUri } from './link.js'
import { readLocations } from './location.js'
import { emptyMessage, type RawCategory, type TextMessage } from './message.js'
import { ParseCache } from './parse-cache.js'

/** Read the value of each field, and add what they read to the message. */
const fieldReaders: Readonly<Record<FieldName, (cursor: Cursor, message: TextMessage) => void>> = {
  category: (cursor, message) => readCategories(cursor, message.categories),
  link: (cursor, message) => readLinks(cursor, message.links),
  attribute: (cursor, message) => readAttributes(cursor, message.attributes),
  location: (cursor, message) => readLocations(cursor, message.locations),
  message: (cursor, message) => {
    const text = cursor.text.slice(cursor.index, cursor.to).trim()
    // MartServer acknowledges a write with "message: ok".
    if (text.toLowerCase() !== 'ok') message.error ??= text
    cursor.index = cursor.to
  },
}

/** Reads `Name: value` lines (text/plain). Throws ParseError. */
export function readBody(receivedBody: string, diagnostics: Diagnostics): TextMessage {
  diagnostics.checkSize(receivedBody.length, 'body')
  const body = withLineFeeds(receivedBody, diagnostics)
  const firstMessage = emptyMessage()
  let message = firstMessage
  const lines = new Lines(body, diagnostics)
  const source: Source = { text: body, part: 'body', base: 0, backslash: -1 }
  const cache = new ParseCache()
  let cursor: Cursor | undefined
  while (lines.next()) {
    if (lines.isFolded) {
      // Line ends become blanks, so that the text keeps its length and error places stay correct.
      const text = body.slice(lines.from, lines.to).replaceAll('\r', ' ').replaceAll('\n', ' ')
      const range = findField(text, 0, text.length, lines, diagnostics)
      if (range === undefined) continue
      const foldedLine: Source = { text, part: 'body', base: lines.from, backslash: -1 }
      message = readFieldOrSkip(new Cursor(foldedLine, range, diagnostics, cache), message)
    } else {
      const range = findField(body, lines.from, lines.to, lines, diagnostics)
      if (range === undefined) continue
      if (cursor === undefined) cursor = new Cursor(source, range, diagnostics, cache)
      else cursor.moveTo(range)
      message = readFieldOrSkip(cursor, message)
    }
  }
  if (diagnostics.hasLosses) checkNotEmpty(firstMessage, diagnostics)
  return firstMessage
}

/** Replaces line ends that consist of CR alone, as old Mac software writes them, by LF. */
function withLineFeeds(body: string, diagnostics: Diagnostics): string {
  if (!diagnostics.recovers || body.includes('\n') || !body.includes('\r')) return body
  diagnostics.record('cr-line-ends', 'Lines end with a carriage return alone', () => ({ part: 'body' }))
  return body.replaceAll('\r', '\n')
}

/** Throws the first loss as an error if nothing could be read, because then the message is not OCCI. */
function checkNotEmpty(message: TextMessage, diagnostics: Diagnostics): void {
  const { categories, links, attributes, locations, error } = message
  const count = categories.length + links.length + locations.length + attributes.values.size
  if (count === 0 && error === undefined) diagnostics.throwFirstLoss()
}

/** Reads the headers that are fields of OCCI (text/occi), and ignores others. Throws ParseError. */
export function readHeaders(headers: readonly HeaderPair[], diagnostics: Diagnostics): TextMessage {
  const firstMessage = emptyMessage()
  let message = firstMessage
  const cache = new ParseCache()
  const headerCounts = new Map<string, number>()
  let size = 0
  for (const [header, text] of headers) {
    const field = occiField(header)
    if (field === undefined) continue
    size += text.length
    diagnostics.checkSize(size, header)
    const line = (headerCounts.get(header) ?? 0) + 1
    headerCounts.set(header, line)
    const range: FieldRange = { field, from: 0, to: text.length, line, lineStart: 0 }
    const cursor = new Cursor({ text, part: header, base: 0, backslash: -1 }, range, diagnostics, cache)
    message = readFieldOrSkip(cursor, message, checkControls)
  }
  if (diagnostics.hasLosses) checkNotEmpty(firstMessage, diagnostics)
  return firstMessage
}

/**
 * Reads a field, or skips it if it cannot be read. Returns the message that later fields belong to. An exceeded limit
 * always ends the parse.
 */
function readFieldOrSkip(
  cursor: Cursor,
  message: TextMessage,
  check?: (cursor: Cursor) => void,
): TextMessage {
  const categoriesBefore = message.categories.length
  try {
    check?.(cursor)
    readField(cursor, message)
  } catch (error) {
    if (error instanceof ParseError && error.parseCode === 'E_LIMIT') throw error
    cursor.diagnostics.recoverFrom(error)
  }
  return cursor.diagnostics.recovers ? (startNextEntity(message, categoriesBefore) ?? message) : message
}

/**
 * Begins another entity if the last field has a kind and the message already has a kind, and attributes or links:
 * MartServer renders collections with whole entities. Moves the categories from index `categoriesBefore` on, and
 * locations after the first one, to the new entity.
 */
function startNextEntity(message: TextMessage, categoriesBefore: number): TextMessage | undefined {
  const { categories, locations, links, attributes } = message
  if (categories.length === categoriesBefore || (links.length === 0 && attributes.values.size === 0))
    return undefined
  const isKind = (category: RawCategory) => category.class === 'kind'
  if (!categories.slice(categoriesBefore).some(isKind) || !categories.slice(0, categoriesBefore).some(isKind))
    return undefined
  message.next = {
    ...emptyMessage(),
    categories: categories.splice(categoriesBefore),
    locations: locations.splice(1),
  }
  return message.next
}

/** Reads one field, and further fields that follow without a line end. */
function readField(cursor: Cursor, message: TextMessage): void {
  let field = cursor.field
  for (;;) {
    fieldReaders[field](cursor, message)
    cursor.skipBlanks()
    if (cursor.isAtEnd) return
    const next = fieldAt(cursor.text, cursor.index, cursor.to)
    if (next === undefined) cursor.fail('E_PARAM', 'Expected the end of the line')
    cursor.tolerate('missing-line-end', 'E_LINE', 'A field begins without a line end before it')
    field = next.field
    cursor.index = next.valueStart
  }
}

/** Throws for a line end in a header, which would inject another header. Tolerates other control characters. */
function checkControls(cursor: Cursor): void {
  const { text, diagnostics } = cursor
  const index = findControl(text)
  if (index < 0) return
  if (!diagnostics.recovers || text.includes('\n') || text.includes('\r')) {
    cursor.fail('E_CTRL', 'There is a control character', index)
  }
  cursor.tolerate('control-character', 'E_CTRL', 'There is a control character', index)
}

/** Returns the field of a line; undefined for a blank line and one that is not a field of OCCI. */
function findField(
  text: string,
  from: number,
  to: number,
  lines: Lines,
  diagnostics: Diagnostics,
): FieldRange | undefined {
  const place = (index: number) => ({ part: 'body', line: lines.line, column: index - from + 1 })
  // The most frequent field of a large model is recognised without looking for its colon.
  const categoryLabel = 'Category:'
  if (text.startsWith(categoryLabel, from)) {
    return {
      field: 'category',
      from: from + categoryLabel.length,
      to,
      line: lines.line,
      lineStart: lines.from,
    }
  }
  const start = afterBlanks(text, from, to)
  if (start >= to) return undefined
  let colon = start
  const limit = Math.min(to, start + maxNameLookAhead)
  while (colon < limit && text.charCodeAt(colon) !== COLON) colon++
  if (colon >= limit) {
    recordUnreadableLine(text.slice(start, to), diagnostics, place(start))
    return undefined
  }
  let end = colon
  while (end > start && isBlank(text.charCodeAt(end - 1))) end--
  const name = text.slice(start, end)
  const field = occiField(name) ?? (isLocationLine(name, text, colon, to) ? 'location' : undefined)
  if (field === undefined) {
    recordUnknownField(name, diagnostics, place(start))
    return undefined
  }
  if (end < colon) {
    diagnostics.tolerate('blank-before-colon', 'E_LINE', 'There is a blank before the colon', () =>
      place(end),
    )
  }
  return { field, from: colon + 1, to, line: lines.line, lineStart: lines.from }
}

/** Whether a line is `Location: URL`, which other clients (pOCCI) read in a body like X-OCCI-Location. */
function isLocationLine(name: string, text: string, colon: number, to: number): boolean {
  return name.toLowerCase() === 'location' && startsUri(text, afterBlanks(text, colon + 1, to), to)
}

/** Records or throws an error for a line without a colon. */
function recordUnreadableLine(text: string, diagnostics: Diagnostics, place: Place): void {
  // `OK` is the whole body of responses without a rendering (GFD.185 §3.4, Q10).
  if (text.length < 8 && text.trim().toUpperCase() === 'OK') {
    diagnostics.tolerate('ok-body', 'E_LINE', 'The body is "OK" instead of a rendering', () => place)
    return
  }
  diagnostics.recoverFrom(
    new ParseError('E_LINE', `Expected "Name: value", found ${quotedExcerpt(text)}`, place),
  )
}

/** Records or throws an error for a line whose field name is unknown. */
function recordUnknownField(name: string, diagnostics: Diagnostics, place: Place): void {
  for (let i = 0; i < name.length; i++) {
    const code = name.charCodeAt(i)
    // A sentence with a colon is not a field. Otherwise the text of an error would be read as an empty message.
    if (isBlank(code) || code === QUOTE || code === LESS_THAN || code === OPEN_BRACE) {
      diagnostics.recoverFrom(
        new ParseError('E_LINE', `Expected "Name: value", found ${quotedExcerpt(name)}`, place),
      )
      return
    }
  }
  diagnostics.tolerate(
    'unknown-field',
    'E_LINE',
    `${quotedExcerpt(name)} is not a field of OCCI`,
    () => place,
  )
}

/**
 * Iterates over the lines of a body, separated by CRLF or LF. Skips blank lines, and joins a folded line: one that is
 * continued on lines that begin with a blank.
 */
class Lines {
  /** The range of the current line, including its continuation. */
  from = 0
  to = 0
  line = 0
  isFolded = false
  /** Start and number of the line after the current one. */
  private nextStart: number
  private nextLine = 1

  constructor(
    private readonly body: string,
    private readonly diagnostics: Diagnostics,
  ) {
    this.nextStart = body.charCodeAt(0) === 0xfeff ? 1 : 0
  }

  /** Moves to the next line. Returns false if there is none. */
  next(): boolean {
    const { body } = this
    while (this.nextStart < body.length) {
      this.from = this.nextStart
      this.line = this.nextLine
      this.addLine()
      if (isBlankRange(body, this.from, this.to)) continue
      this.isFolded = false
      while (this.isContinued()) {
        this.isFolded = true
        this.addLine()
      }
      if (!this.isFolded && this.diagnostics.recovers) this.addLinesOfOpenString()
      this.checkLine()
      return true
    }
    return false
  }

  /**
   * Adds the following lines that do not begin a field while a quoted string is open: erocci and MartServer do not
   * escape line ends in values.
   */
  private addLinesOfOpenString(): void {
    const { body, line: firstLine } = this
    let isOpen = isQuoteOpen(body, this.from, this.to)
    let { to, nextStart, nextLine } = this
    while (isOpen && this.nextStart < body.length && !this.beginsField(this.nextStart)) {
      const from = this.nextStart
      this.addLine()
      if (isBlankRange(body, from, this.to)) continue
      isOpen = !isQuoteOpen(body, from, this.to)
      to = this.to
      nextStart = this.nextStart
      nextLine = this.nextLine
    }
    // Blank lines after the last line with text are the end of the message, not a part of the value.
    this.to = to
    this.nextStart = nextStart
    this.nextLine = nextLine
    if (nextLine - 1 > firstLine) {
      this.diagnostics.tolerate('line-end-in-value', 'E_CTRL', 'There is a line end inside a value', () => ({
        part: 'body',
        line: firstLine,
      }))
    }
  }

  /** Whether the line that begins at `from` is a field. */
  private beginsField(from: number): boolean {
    const { body } = this
    return fieldAt(body, afterBlanks(body, from, body.length), body.length) !== undefined
  }

  /** Extends the current line by the next one. Tolerates control characters, or throws for them. */
  private addLine(): void {
    const { body } = this
    if (this.diagnostics.recovers) {
      const feed = body.indexOf('\n', this.nextStart)
      const end = feed < 0 ? body.length : feed
      this.to = end > this.nextStart && body.charCodeAt(end - 1) === CARRIAGE_RETURN ? end - 1 : end
      const control = nextControl(body, this.nextStart)
      if (control < this.to) {
        const place = { part: 'body', line: this.nextLine, column: control - this.nextStart + 1 }
        this.diagnostics.tolerate('control-character', 'E_CTRL', 'There is a control character', () => place)
      }
      this.nextStart = end + 1
      this.nextLine++
      return
    }
    const end = nextControl(body, this.nextStart)
    const newline = body.charCodeAt(end) === CARRIAGE_RETURN ? end + 1 : end
    this.to = end
    this.nextStart = newline + 1
    this.nextLine++
    if (newline >= body.length || body.charCodeAt(newline) === LINE_FEED) return
    const column = end - this.from + 1
    throw new ParseError('E_CTRL', 'There is a control character', { part: 'body', line: this.line, column })
  }

  /** Whether the next line continues the current one: it begins with a blank and contains text. */
  private isContinued(): boolean {
    if (this.nextStart >= this.body.length || !isBlank(this.body.charCodeAt(this.nextStart))) return false
    return !isBlankRange(this.body, this.nextStart, nextControl(this.body, this.nextStart))
  }

  /** Throws for a line that is too long. Tolerates a folded line. */
  private checkLine(): void {
    const { lineLength } = this.diagnostics.limits
    const place = { part: 'body', line: this.line, column: 1 }
    if (this.to - this.from > lineLength) {
      throw new ParseError('E_LIMIT', `A line has more than ${lineLength} characters`, place)
    }
    if (this.isFolded) {
      this.diagnostics.tolerate('folded-line', 'E_LINE', 'A line is continued on the next', () => place)
    }
  }
}

/** Whether a quoted string begins in a range and does not end in it. */
function isQuoteOpen(text: string, from: number, to: number): boolean {
  let isOpen = false
  for (let i = from; i < to; i++) {
    const code = text.charCodeAt(i)
    if (code === QUOTE) isOpen = !isOpen
    else if (code === BACKSLASH && isOpen) i++
  }
  return isOpen
}

function isBlankRange(text: string, from: number, to: number): boolean {
  return afterBlanks(text, from, to) >= to
}
