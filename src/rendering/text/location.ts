/** Reads X-OCCI-Location: one URI (GFD.229 §4), or in practice a comma-separated list of them. */
import { COMMA, isBlank } from '../characters.js'
import { quotedExcerpt } from '../error.js'
import type { Cursor } from './cursor.js'
import { startsUri } from './link.js'
import { readList } from './list.js'

/** Reads the locations of a field. */
export function readLocations(cursor: Cursor, locations: string[]): void {
  readList(cursor, startsLocation, () => locations.push(readLocation(cursor)))
}

/**
 * Reads a location. It ends at a comma only before something that begins like a URI, because URIs may contain commas.
 */
function readLocation(cursor: Cursor): string {
  const { text, to } = cursor
  const from = cursor.index
  let i = from
  while (i < to) {
    if (text.charCodeAt(i) !== COMMA) i++
    else {
      const next = afterSeparators(text, i, to)
      if (next >= to || startsUri(text, next, to)) break
      i = next
    }
  }
  let end = i
  while (end > from && isBlank(text.charCodeAt(end - 1))) end--
  cursor.index = i
  return checkedLocation(cursor, text.slice(from, end), from)
}

function startsLocation({ text, to }: Cursor, index: number): boolean {
  return startsUri(text, index, to)
}

function afterSeparators(text: string, from: number, to: number): number {
  let i = from
  while (i < to && (text.charCodeAt(i) === COMMA || isBlank(text.charCodeAt(i)))) i++
  return i
}

/** Returns the location without what some servers add to it. Throws if it cannot be a location. */
function checkedLocation(cursor: Cursor, text: string, start: number): string {
  // fogbow-manager adds parameters after a semicolon, the ACCORDS platform adds only the semicolon.
  const parametersStart = text.search(/;[ \t]*(?:$|[A-Za-z][\w.-]{0,200}=)/)
  if (parametersStart > 0)
    cursor.tolerate('location-parameters', 'E_LOCATION', 'Text follows a location', start + parametersStart)
  const location = parametersStart > 0 ? text.slice(0, parametersStart).trimEnd() : text
  if (location.includes('"') || location.includes('<')) {
    cursor.fail('E_LOCATION', `${quotedExcerpt(location)} is not a location`, start)
  }
  if (location.includes(' ') || location.includes('\t')) {
    cursor.tolerate(
      'blank-in-location',
      'E_LOCATION',
      `The location ${quotedExcerpt(location)} has a blank`,
      start,
    )
  }
  return location
}
