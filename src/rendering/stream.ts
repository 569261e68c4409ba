/** Reads locations while they arrive, so that memory does not grow with the size of a collection. */
import { findControl } from './characters.js'
import { Diagnostics } from './diagnostics.js'
import { ParseError } from './error.js'
import { Cursor } from './text/cursor.js'
import { fieldNamed } from './text/fields.js'
import { locationList } from './text/location.js'
import { ParseCache } from './text/memory.js'
import type { Deviation, ParseOptions } from './types.js'
import { uriLine } from './uri-list.js'

interface LocationReader {
  /** Returns the locations that this chunk completes. Throws ParseError. */
  push(chunk: string): readonly string[]
  /** Returns the locations of an unfinished last line. Throws ParseError. */
  end(): readonly string[]
  readonly deviations: readonly Deviation[]
}

/**
 * Reads text/uri-list and the X-OCCI-Location lines of text/plain. The format is detected for each line, because
 * servers confuse the two. Chunks are decoded text that may be cut anywhere. Memory is bounded by
 * `limits.lineLength`; `limits.size` does not apply.
 */
export function locationReader(options: ParseOptions = {}): LocationReader {
  const diagnostics = new Diagnostics(options)
  const cache = new ParseCache()
  const { lineLength } = diagnostics.limits
  // Pieces of the unfinished line. They are joined once, so that many tiny chunks take linear time.
  let pieces: string[] = []
  let pending = 0
  let line = 0

  const takeLine = (rest: string): string => {
    const text = pieces.length === 0 ? rest : pieces.join('') + rest
    pieces = []
    pending = 0
    return text
  }
  const keepPending = (rest: string) => {
    if (rest === '') return
    pieces.push(rest)
    pending += rest.length
    if (pending <= lineLength) return
    throw new ParseError('E_LIMIT', 'A line is too long', { part: 'body', line: line + 1 })
  }
  const read = (block: string): readonly string[] => {
    // In a block of this length no line can exceed the limit. Longer blocks are not tested, since the regular
    // expression stores a position for each line.
    if (block.length <= Math.min(maxBlockLength, lineLength) && isPlainList(block)) {
      const locations = split(block, block.endsWith('\r\n') ? '\r\n' : '\n')
      line += locations.length
      return locations
    }
    return split(block, '\n').flatMap((text) => {
      line++
      try {
        return locationLine(text, line, diagnostics, cache)
      } catch (error) {
        diagnostics.recoverFrom(error)
        return []
      }
    })
  }
  return {
    deviations: diagnostics.deviations,
    push(chunk) {
      const end = chunk.lastIndexOf('\n') + 1
      const found = end === 0 ? [] : read(takeLine(chunk.slice(0, end)))
      keepPending(chunk.slice(end))
      return found
    },
    end: () => (pending === 0 ? [] : read(`${takeLine('')}\n`)),
  }
}

/**
 * Whether each line is a URL or path of plain characters, with the same line ends. This is the case for nearly all
 * blocks, and testing a block takes a fifth of the time of reading each line.
 */
function isPlainList(block: string): boolean {
  return (block.endsWith('\r\n') ? plainLinesCrLf : plainLines).test(block)
}

const plainLines = /^(?:(?:https?:\/)?\/[A-Za-z0-9_~.:/-]*\n)*$/
const plainLinesCrLf = /^(?:(?:https?:\/)?\/[A-Za-z0-9_~.:/-]*\r\n)*$/

const maxBlockLength = 256 * 1024

/** The lines of a block that ends with a line end. */
function split(block: string, end: string): string[] {
  const lines = block.split(end)
  lines.pop()
  return lines
}

function locationLine(
  text: string,
  line: number,
  diagnostics: Diagnostics,
  cache: ParseCache,
): readonly string[] {
  const colon = text.indexOf(':')
  const field = colon > 0 && colon < 32 ? fieldNamed(text.slice(0, colon).trim()) : undefined
  if (field === undefined) {
    const location = uriLine(text, line, diagnostics)
    return location === undefined ? [] : [location]
  }
  if (field !== 'location') {
    diagnostics.tolerateLoss(
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
    new Cursor(source, { name: field, from: colon + 1, to, line, lineStart: 0 }, diagnostics, cache),
    found,
  )
  return found
}
