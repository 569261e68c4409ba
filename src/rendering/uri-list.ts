/** Reads and prints text/uri-list: lines with a URI or a `#` comment (RFC 2483 §5). Only for listings (GFD.223 §5). */
import { CARRIAGE_RETURN, findControl, HASH, isBlank, SLASH } from './characters.js'
import { Diagnostics } from './diagnostics.js'
import { failToPrint, ParseError, quotedExcerpt } from './error.js'
import { emptyParsed } from './parse-result.js'
import type { Printable, Rendering } from './types.js'

/** Lists of locations. */
export const uriList: Rendering = {
  name: 'text/uri-list',
  mediaTypes: ['text/uri-list'],
  carrier: 'body',
  entities: 'locations',
  collections: 'locations',
  recognisedBy: 'content',
  parse(message, options = {}) {
    const diagnostics = new Diagnostics(options)
    diagnostics.checkSize(message.body.length, 'body')
    const locations: string[] = []
    let line = 0
    for (const text of linesOf(message.body)) {
      line++
      try {
        const location = readUriLine(text, line, diagnostics)
        if (location !== undefined) locations.push(location)
      } catch (error) {
        diagnostics.recoverFrom(error)
      }
    }
    if (locations.length === 0) diagnostics.throwFirstLoss()
    return { ...emptyParsed(diagnostics.deviations), locations }
  },
  print(printable) {
    const lines = locationsOf(printable).map((location) => `${checkedLocation(location)}\r\n`)
    return { headers: [], body: lines.join('') }
  },
  printError: (_, message) => ({ headers: [], body: `${message}\r\n` }),
}

/** Returns the location on a line. Undefined for comments, blank lines and `OK`. Throws ParseError. */
export function readUriLine(text: string, line: number, diagnostics: Diagnostics): string | undefined {
  let from = text.charCodeAt(0) === 0xfeff ? 1 : 0
  let to = text.length
  if (to > from && text.charCodeAt(to - 1) === CARRIAGE_RETURN) to--
  while (from < to && isBlank(text.charCodeAt(from))) from++
  while (to > from && isBlank(text.charCodeAt(to - 1))) to--
  if (from === to || text.charCodeAt(from) === HASH) return undefined
  const place = { part: 'body', line, column: from + 1 }
  if (to - from > diagnostics.limits.lineLength) throw new ParseError('E_LIMIT', 'A line is too long', place)
  const control = findControl(text.slice(from, to))
  if (control >= 0) {
    throw new ParseError('E_CTRL', 'There is a control character', { ...place, column: from + control + 1 })
  }
  const location = text.slice(from, to)
  if (location.length === 2 && location.toUpperCase() === 'OK') {
    diagnostics.tolerate('ok-body', 'E_LOCATION', 'The body is "OK" instead of a list', () => place)
    return undefined
  }
  if (!looksLikeUri(location)) {
    throw new ParseError('E_LOCATION', `${quotedExcerpt(location)} is not a location`, place)
  }
  if (location.includes(' ')) {
    diagnostics.tolerate('blank-in-location', 'E_LOCATION', 'A location has a blank', () => place)
  }
  return location
}

/** Whether text begins like a path or an absolute URI, and not like prose, HTML or JSON. */
export function looksLikeUri(text: string): boolean {
  if (text.charCodeAt(0) === SLASH) return !text.includes('"') && !text.includes('<')
  const colon = text.indexOf(':')
  if (colon <= 0 || colon > 32) return false
  for (let i = 0; i < colon; i++) {
    const code = text.charCodeAt(i) | 32
    if (code < 97 || code > 122) return false
  }
  return (
    (text.startsWith('//', colon + 1) || text.startsWith('urn:')) &&
    !text.includes('"') &&
    !text.includes('<')
  )
}

function locationsOf(printable: Printable): readonly string[] {
  if (printable.what === 'locations') return printable.locations
  if (printable.what === 'collection') {
    return printable.entities.map(
      (entity) => entity.location ?? failToPrint('E_RENDER', 'An entity without a location cannot be listed'),
    )
  }
  return failToPrint('E_RENDER', 'text/uri-list can only hold listings', 'Use text/plain or JSON.')
}

function checkedLocation(location: string): string {
  if (findControl(location) >= 0) {
    failToPrint('E_RENDER', `The location ${quotedExcerpt(location)} contains a control character`)
  }
  return location
}

/** Iterates over the lines of a body without building a list of them. */
function* linesOf(body: string): Generator<string> {
  let from = 0
  while (from < body.length) {
    const newline = body.indexOf('\n', from)
    const end = newline < 0 ? body.length : newline
    yield body.slice(from, end)
    from = end + 1
  }
}
