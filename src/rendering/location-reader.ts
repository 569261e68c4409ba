/** Reads locations while they arrive, so that memory does not grow with the length of a listing. */
import { findControl } from './characters.js'
import { Diagnostics } from './diagnostics.js'
import { ParseError } from './error.js'
import { Cursor } from './text/cursor.js'
import { occiField } from './text/fields.js'
import { readLocations } from './text/location.js'
import { ParseCache } from './text/parse-cache.js'
import type { Deviation, ParseOptions } from './types.js'
import { readUriLine } from './uri-list.js'

/** Reads the text of a listing in chunks. */
interface LocationReader {
  /** Returns the locations of the lines that this chunk completes. Throws ParseError. */
  push(chunk: string): readonly string[]
  /** Returns the locations of the last line if no line end follows it. Throws ParseError. */
  end(): readonly string[]
  readonly deviations: readonly Deviation[]
}

/**
 * Creates a reader for text/uri-list and the X-OCCI-Location lines of text/plain. The format is detected for each
 * line, because servers confuse the two. Chunks are decoded text that may be cut anywhere. Memory is bounded by
 * `limits.lineLength`; `limits.size` does not apply.
 */
export function locationReader(options: ParseOptions = {}): LocationReader {
  const diagnostics = new Diagnostics(options)
  const cache = new ParseCache()
  const { lineLength } = diagnostics.limits
  // The pieces of an unfinished line are joined only when the line is complete, so that many tiny chunks take linear
  // time.
  let pendingPieces: string[] = []
  let pendingLength = 0
  let line = 0

  const takePending = (): string => {
    const text = pendingPieces.join('')
    pendingPieces = []
    pendingLength = 0
    return text
  }
  const addPending = (piece: string) => {
    if (piece === '') return
    pendingPieces.push(piece)
    pendingLength += piece.length
    if (pendingLength <= lineLength) return
    throw new ParseError('E_LIMIT', 'A line is too long', { part: 'body', line: line + 1 })
  }
  const readBlock = (block: string): readonly string[] => {
    // In a block that is not longer than `lineLength` no line can exceed that limit. Blocks above `maxBlockLength` are
    // read line by line, because the regular expression stores a position for each line.
    if (block.length <= Math.min(maxBlockLength, lineLength) && isPlainList(block)) {
      const locations = splitLines(block, block.endsWith('\r\n') ? '\r\n' : '\n')
      line += locations.length
      return locations
    }
    return splitLines(block, '\n').flatMap((text) => {
      line++
      try {
        return readLine(text, line, diagnostics, cache)
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
      const locations = end === 0 ? [] : readBlock(takePending() + chunk.slice(0, end))
      addPending(chunk.slice(end))
      return locations
    },
    end: () => (pendingLength === 0 ? [] : readBlock(`${takePending()}\n`)),
  }
}

/**
 * Whether each line is a URL or path of plain characters, and all have the same line ends. Nearly all blocks pass this
 * test, which takes a fifth of the time of reading each line.
 */
function isPlainList(block: string): boolean {
  return (block.endsWith('\r\n') ? plainLinesCrLf : plainLines).test(block)
}

const plainLines = /^(?:(?:https?:\/)?\/[A-Za-z0-9_~.:/-]*\n)*$/
const plainLinesCrLf = /^(?:(?:https?:\/)?\/[A-Za-z0-9_~.:/-]*\r\n)*$/

/** In characters. */
const maxBlockLength = 256 * 1024

/** Splits a block, which ends with a line end, into lines. */
function splitLines(block: string, lineEnd: string): string[] {
  const lines = block.split(lineEnd)
  lines.pop()
  return lines
}

/** Reads the locations of one line, which may still end with a carriage return. */
function readLine(
  text: string,
  line: number,
  diagnostics: Diagnostics,
  cache: ParseCache,
): readonly string[] {
  const colon = text.indexOf(':')
  const field = colon > 0 && colon < 32 ? occiField(text.slice(0, colon).trim()) : undefined
  if (field === undefined) {
    const location = readUriLine(text, line, diagnostics)
    return location === undefined ? [] : [location]
  }
  if (field !== 'location') {
    diagnostics.tolerateIncomplete(
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
  const locations: string[] = []
  readLocations(
    new Cursor(source, { field, from: colon + 1, to, line, lineStart: 0 }, diagnostics, cache),
    locations,
  )
  return locations
}
