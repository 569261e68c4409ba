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

export interface LocationReader {
  /** Gives the locations that are complete with this chunk. Throws ParseError. */
  push(chunk: string): readonly string[]
  /** Gives what an unfinished last line holds. Throws ParseError. */
  end(): readonly string[]
  readonly deviations: readonly Deviation[]
}

/**
 * Reads text/uri-list, and the X-OCCI-Location lines of text/plain; told apart line by line, because
 * servers answer one for the other. Chunks are decoded text, cut anywhere. Memory is bounded by
 * `limits.lineLength`; `limits.size` does not apply.
 */
export function locationReader(options: ParseOptions = {}): LocationReader {
  const diagnostics = new Diagnostics(options)
  // Pieces of the unfinished line: joined once, so that tiny chunks stay linear.
  let pieces: string[] = []
  let pending = 0
  let line = 0

  const finish = (last: string): readonly string[] => {
    line++
    const text = pieces.length === 0 ? last : pieces.join('') + last
    pieces = []
    pending = 0
    return locationLine(text, line, diagnostics)
  }

  return {
    deviations: diagnostics.deviations,
    push(chunk) {
      const found: string[] = []
      let from = 0
      for (let newline = chunk.indexOf('\n'); newline >= 0; newline = chunk.indexOf('\n', from)) {
        for (const location of finish(chunk.slice(from, newline))) found.push(location)
        from = newline + 1
      }
      if (from < chunk.length) {
        pieces.push(chunk.slice(from))
        pending += chunk.length - from
        if (pending > diagnostics.limits.lineLength) {
          throw new ParseError('E_LIMIT', 'A line is too long', { part: 'body', line: line + 1 })
        }
      }
      return found
    },
    end: () => (pending === 0 ? [] : finish('')),
  }
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

function locationLine(text: string, line: number, diagnostics: Diagnostics): readonly string[] {
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
    new Cursor(source, { name: field, from: colon + 1, to, line, lineStart: 0 }, diagnostics, new Memory()),
    found,
  )
  return found
}
