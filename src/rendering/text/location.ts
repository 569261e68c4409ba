/** X-OCCI-Location: one URI, or in practice a comma-separated list. */
import { COMMA, isBlank } from '../characters.js'
import { quotedExcerpt } from '../error.js'
import { type Cursor, fieldWithoutLineEnd } from './cursor.js'
import { startsUri } from './link.js'
import { elementCounter, readElement, skipSeparators } from './list.js'

/** URIs may contain commas: splits only before something that begins like a URI. */
export function locationList(cursor: Cursor, into: string[]): void {
  const count = elementCounter(cursor)
  const { text, to } = cursor
  while (skipSeparators(cursor)) {
    if (fieldWithoutLineEnd(text, cursor.at, to) !== undefined) return
    count()
    const from = cursor.at
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
    cursor.at = i
    readElement(cursor, () => into.push(checkedLocation(cursor, text.slice(from, end), from)), startsLocation)
  }
}

function startsLocation({ text, to }: Cursor, index: number): boolean {
  return startsUri(text, index, to)
}

function afterSeparators(text: string, from: number, to: number): number {
  let i = from
  while (i < to && (text.charCodeAt(i) === COMMA || isBlank(text.charCodeAt(i)))) i++
  return i
}

function checkedLocation(cursor: Cursor, text: string, at: number): string {
  // fogbow-manager adds parameters, accords-platform a semicolon.
  const end = text.search(/;[ \t]*(?:$|[A-Za-z][\w.-]{0,200}=)/)
  if (end > 0) cursor.tolerate('location-parameters', 'E_LOCATION', 'More follows a location', at + end)
  const location = end > 0 ? text.slice(0, end).trimEnd() : text
  if (location.includes('"') || location.includes('<')) {
    cursor.fail('E_LOCATION', `${quotedExcerpt(location)} is not a location`, at)
  }
  if (location.includes(' ') || location.includes('\t')) {
    cursor.tolerate(
      'blank-in-location',
      'E_LOCATION',
      `The location ${quotedExcerpt(location)} has a blank`,
      at,
    )
  }
  return location
}
