/** Locations as they arrive: collections of fifty thousand need not be in memory to be walked. */
import { findControl } from './characters.js'
import { Diagnostics } from './diagnostics.js'
import { ParseError } from './error.js'
import { Cursor } from './text/cursor.js'
import { fieldNamed } from './text/fields.js'
import { locationList } from './text/location.js'
import { Memory } from './text/memory.js'
import type { Deviation, ParseOptions } from './types.js'
import { uriLine } from './uri-list.js'

export interface LocationReaderOptions extends ParseOptions {
  /** A base URL, for `lines` of LocationBlock. */
  readonly base?: string
}

/**
 * What a piece of an answer holds. `lines`: locations as they came, each with its line end, where all begin
 * with `base` and go on so that URL parsing would leave them as they are, and none repeats the one before it.
 */
export type LocationBlock = { readonly lines: string } | { readonly locations: readonly string[] }

export interface LocationReader {
  /** Gives the locations that are complete with this chunk. Throws ParseError. */
  push(chunk: string): readonly string[]
  /** Gives what an unfinished last line holds. Throws ParseError. */
  end(): readonly string[]
  /** As push, and as end without a chunk; not taken apart where that is not needed. Throws ParseError. */
  block(chunk?: string): LocationBlock
  readonly deviations: readonly Deviation[]
}

/**
 * Reads text/uri-list, and the X-OCCI-Location lines of text/plain; told apart line by line, because
 * servers answer one for the other. Chunks are decoded text, cut anywhere. Memory is bounded by
 * `limits.lineLength`; `limits.size` does not apply.
 */
export function locationReader(options: LocationReaderOptions = {}): LocationReader {
  const diagnostics = new Diagnostics(options)
  const memory = new Memory()
  const { lineLength } = diagnostics.limits
  const isPlain = blockTest('(?:https?:\\/)?\\/[A-Za-z0-9_~.:/-]*')
  const isBelow = options.base === undefined ? () => false : blockTest(escaped(options.base) + path)
  // Pieces of the unfinished line: joined once, so that tiny chunks stay linear.
  let pieces: string[] = []
  let pending = 0
  let line = 0

  const finished = (rest: string): string => {
    const text = pieces.length === 0 ? rest : pieces.join('') + rest
    pieces = []
    pending = 0
    return text
  }
  const keep = (rest: string) => {
    if (rest === '') return
    pieces.push(rest)
    pending += rest.length
    if (pending <= lineLength) return
    throw new ParseError('E_LIMIT', 'A line is too long', { part: 'body', line: line + 1 })
  }
  const read = (block: string): LocationBlock => {
    // No line is longer than the block, and a pattern remembers each line that it could go back to.
    const short = block.length <= Math.min(largestBlock, lineLength)
    if (short && isBelow(block)) {
      const count = countFresh(block)
      if (count !== undefined) {
        line += count
        return { lines: block }
      }
    }
    if (short && isPlain(block)) {
      const locations = linesOf(block)
      line += locations.length
      return { locations }
    }
    return {
      locations: split(block, '\n').flatMap((text) => locationLine(text, ++line, diagnostics, memory)),
    }
  }
  const block = (chunk?: string): LocationBlock => {
    if (chunk === undefined) return pending === 0 ? { locations: [] } : read(`${finished('')}\n`)
    const end = chunk.lastIndexOf('\n') + 1
    const found = end === 0 ? { locations: [] } : read(finished(chunk.slice(0, end)))
    keep(chunk.slice(end))
    return found
  }
  return {
    deviations: diagnostics.deviations,
    block,
    push: (chunk) => locationsOf(block(chunk)),
    end: () => locationsOf(block()),
  }
}

/** One by one. */
export function locationsOf(block: LocationBlock): readonly string[] {
  return 'lines' in block ? linesOf(block.lines) : block.locations
}

/** Of harmless characters, and without the segments `.`, `..` and nothing, which URL parsing might take away. */
const segment = '[A-Za-z0-9_~:-][A-Za-z0-9_~.:-]*'
const path = `(?:${segment}(?:\\/${segment})*\\/?)?`

/**
 * Tells blocks of which each line is as said, with line ends of one kind: nearly all are, and one look at a
 * block is several times as fast as one at each line.
 */
function blockTest(text: string): (block: string) => boolean {
  const lines = new RegExp(`^(?:${text}\\n)*$`)
  const linesCrLf = new RegExp(`^(?:${text}\\r\\n)*$`)
  return (block) => (block.endsWith('\r\n') ? linesCrLf : lines).test(block)
}

/** How many lines there are; undefined when one repeats the one before it. */
function countFresh(block: string): number | undefined {
  const end = block.endsWith('\r\n') ? 2 : 1
  let count = 0
  let from = 0
  let before = 0
  let length = -1
  let last = -1
  for (let feed = block.indexOf('\n'); feed >= 0; feed = block.indexOf('\n', from)) {
    // Neighbours are mostly told apart by their last character.
    const code = block.charCodeAt(feed - end)
    if (feed - from === length && code === last) {
      if (block.slice(from, feed) === block.slice(before, before + length)) return undefined
    }
    length = feed - from
    last = code
    before = from
    from = feed + 1
    count++
  }
  return count
}

const largestBlock = 256 * 1024

/** Of a block whose line ends are of one kind. */
function linesOf(block: string): string[] {
  return split(block, block.endsWith('\r\n') ? '\r\n' : '\n')
}

/** What stands before each line end; the block ends in one. */
function split(block: string, end: string): string[] {
  const lines = block.split(end)
  lines.pop()
  return lines
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&')
}

/** The same as an async generator over a body's decoded chunks. */
export async function* readLocations(
  chunks: AsyncIterable<string> | Iterable<string>,
  options: ParseOptions = {},
): AsyncGenerator<string, void, undefined> {
  const reader = locationReader(options)
  for await (const chunk of chunks) yield* reader.push(chunk)
  yield* reader.end()
}

function locationLine(
  text: string,
  line: number,
  diagnostics: Diagnostics,
  memory: Memory,
): readonly string[] {
  const colon = text.indexOf(':')
  const field = colon > 0 && colon < 32 ? fieldNamed(text.slice(0, colon).trim()) : undefined
  if (field === undefined) {
    const location = uriLine(text, line, diagnostics)
    return location === undefined ? [] : [location]
  }
  if (field !== 'location') {
    diagnostics.tolerate(
      'unexpected-field',
      'E_LOCATION',
      'A listing holds something that is not a location',
      () => ({
        part: 'body',
        line,
        column: 1,
      }),
    )
    return []
  }
  const to = text.endsWith('\r') ? text.length - 1 : text.length
  const control = findControl(text.slice(0, to))
  if (control >= 0) {
    throw new ParseError('E_CTRL', 'There is a control character', {
      part: 'body',
      line,
      column: control + 1,
    })
  }
  const source = { text, part: 'body', base: 0, backslash: -1 }
  const found: string[] = []
  locationList(
    new Cursor(source, { name: field, from: colon + 1, to, line, lineStart: 0 }, diagnostics, memory),
    found,
  )
  return found
}
