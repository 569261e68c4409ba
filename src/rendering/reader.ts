/**
 * Reads a response by its actual content rather than its Content-Type: servers send entities in headers
 * with `application/json` (E3), URI lists in X-OCCI-Location (M4), categories as text/uri-list (ooi-11).
 */

import { type HeaderPair, headerValue } from '../basics/http.js'
import { isHtml } from '../basics/words.js'
import { HASH, LESS_THAN, OPEN_BRACE, OPEN_BRACKET } from './characters.js'
import { Diagnostics } from './diagnostics.js'
import { ParseError, quotedExcerpt } from './error.js'
import { errorMessage, isXml } from './error-message.js'
import { emptyParsed } from './parse-result.js'
import { renderingFor, renderings } from './renderings.js'
import { fieldNamed } from './text/fields.js'
import { readHeaders } from './text/message.js'
import { toModel } from './text/to-model.js'
import type { Message, Parsed, ParseOptions, Rendering } from './types.js'
import { looksLikeUri } from './uri-list.js'

interface ReadOptions extends ParseOptions {
  /** Defaults to the message's Content-Type header. */
  readonly contentType?: string
}

/**
 * Reads a response. Throws ParseError. Unless `recover` is false, an unreadable part is skipped and recorded as a
 * deviation marked `lost`. For HTML and XML the result is empty, with the deviation `html` or `xml` and the text
 * of the page as `error`. Strict mode trusts the Content-Type, and throws if the body does not match it.
 */
export function readMessage(message: Message, given: ReadOptions = {}): Parsed {
  const options: ReadOptions = { ...given, recover: given.recover ?? given.strict !== true }
  const contentType = options.contentType ?? headerValue(message.headers, 'content-type')
  const declared = renderingFor(contentType)
  if (options.strict === true) return (declared ?? unknownType(contentType)).parse(message, options)
  if (declared?.recognisedBy === 'type') return declared.parse(message, options)
  const shape = shapeOf(message.body, declared)
  if (shape === 'html' || shape === 'xml') return readMarkup(shape, message, options)
  const parsed = readers[shape](message, options, declared)
  return withLocation(parsed, message.headers)
}

type Shape = 'nothing' | 'json' | 'fields' | 'uris' | 'categories' | 'prose'

const readers: Readonly<
  Record<Shape, (message: Message, options: ReadOptions, declared?: Rendering) => Parsed>
> = {
  nothing: (message, options) => fromHeaders(message, options),
  json: (message, options, declared) =>
    checkContentType(renderings.json.parse(message, options), declared, 'json'),
  fields: (message, options, declared) => {
    const parsed = renderings['text/plain'].parse(message, options)
    return checkContentType(withHeaderLocations(parsed, message, options), declared, 'text/plain')
  },
  uris: (message, options, declared) =>
    checkContentType(renderings['text/uri-list'].parse(message, options), declared, 'text/uri-list'),
  // ooi's query interface as text/uri-list has one Category value per line.
  categories: (message, options, declared) => {
    const body = message.body.replaceAll(/^(?=\S)/gm, 'Category: ')
    return checkContentType(
      renderings['text/plain'].parse({ ...message, body }, options),
      declared,
      'text/plain',
    )
  },
  prose: (message, options) => {
    // The body may be a sentence while the data is in the headers. Otherwise it is not OCCI, and the text parser
    // throws an error with the place.
    if (hasFields(message.headers)) return fromHeaders(message, options)
    return checkNotEmpty(renderings['text/plain'].parse(message, options), message)
  },
}

/** `Error: …` looks like an unknown field; a body without any known field is not OCCI. */
function checkNotEmpty(parsed: Parsed, message: Message): Parsed {
  const found = [parsed.categories, parsed.entities, parsed.locations, parsed.references]
  if (found.some((list) => list.length > 0) || parsed.attributes.size > 0) return parsed
  throw new ParseError('E_LINE', `${quotedExcerpt(message.body)} is not a rendering of OCCI`, {
    part: 'body',
    line: 1,
    column: 1,
  })
}

/** Detects the format of a body by its first characters and lines. */
function shapeOf(body: string, declared: Rendering | undefined): Shape | 'html' | 'xml' {
  let from = body.charCodeAt(0) === 0xfeff ? 1 : 0
  while (from < body.length && body.charCodeAt(from) <= 32) from++
  if (from >= body.length) return 'nothing'
  const start = body.slice(from, from + 4096)
  if (start.length <= 4 && start.trim().toUpperCase() === 'OK') return 'nothing'
  const first = start.charCodeAt(0)
  // If the first line is damaged, the body may look like another format.
  if (!/[A-Za-z/]/.test(start.charAt(0)) && fieldLine.test(start)) return 'fields'
  if (first === OPEN_BRACE || first === OPEN_BRACKET) return 'json'
  if (first === LESS_THAN && isXml(start)) return 'xml'
  if (first === LESS_THAN && isHtml(start)) return 'html'
  if (first === HASH) return 'uris'
  const newline = start.indexOf('\n')
  const line = (newline < 0 ? start : start.slice(0, newline)).trim()
  const colon = line.indexOf(':')
  if (colon > 0 && fieldNamed(line.slice(0, colon).trim()) !== undefined) return 'fields'
  if (looksLikeUri(line)) return 'uris'
  if (/^[^\s;:,"]{1,256};\s*scheme\s*=\s*"/.test(line)) return 'categories'
  // A list with a damaged first line is still a list.
  return declared?.name === 'text/uri-list' && start.split('\n').some((each) => looksLikeUri(each.trim()))
    ? 'uris'
    : 'prose'
}

const fieldLine = /^(?:category|link|x-occi-(?:category|link|attribute|location)):/im

function checkContentType(parsed: Parsed, declared: Rendering | undefined, found: Rendering['name']): Parsed {
  if (declared === undefined || declared.name === found) return parsed
  return {
    ...parsed,
    deviations: [
      ...parsed.deviations,
      {
        code: 'content-type-mismatch',
        message: `The answer is ${found} although it says ${declared.mediaTypes[0]}`,
        place: { part: 'Content-Type' },
      },
    ],
  }
}

function fromHeaders(message: Message, options: ReadOptions): Parsed {
  // GFD.185's response without a rendering; the data is in the Location header.
  if (message.body.trim() !== '' && !hasFields(message.headers)) return emptyParsed([])
  const diagnostics = new Diagnostics(options)
  const found = readHeaders(message.headers.filter(isOcciHeader), diagnostics)
  return toModel(found, options.expect ?? 'any', diagnostics, 'headers')
}

/** MartServer sends the location of an entity in a header, in addition to the body. */
function withHeaderLocations(parsed: Parsed, message: Message, options: ReadOptions): Parsed {
  const own = message.headers.filter(([name]) => name.toLowerCase() === 'x-occi-location')
  if (own.length === 0 || parsed.locations.length > 0) return parsed
  const { locations } = readHeaders(own, new Diagnostics(options))
  return withLocations(parsed, locations)
}

/** The `Location` header: of a created entity, of a rendered one, or (rOCCI-server) of a whole collection. */
function withLocation(parsed: Parsed, headers: readonly HeaderPair[]): Parsed {
  const own: HeaderPair[] = []
  for (const [name, value] of headers) {
    if (name.toLowerCase() === 'location' && value.trim() !== '') own.push(['X-OCCI-Location', value])
  }
  const [first] = own
  if (first === undefined || parsed.locations.length > 0) return parsed
  if (own.length === 1 && plainUrl.test(first[1])) return withLocations(parsed, [first[1]])
  const { locations } = readHeaders(own, new Diagnostics())
  return withLocations(parsed, locations)
}

/** A single URL without characters that the grammar treats specially. */
const plainUrl = /^https?:\/\/[A-Za-z0-9_~.:/-]+$/

function withLocations(parsed: Parsed, locations: readonly string[]): Parsed {
  const [only, ...more] = locations
  const [entity, ...others] = parsed.entities
  if (entity === undefined) return { ...parsed, locations }
  // erocci answers an action with `Location: …?action=start` (E17).
  const fits = only !== undefined && more.length === 0 && others.length === 0 && !only.includes('?action=')
  if (!fits || entity.location !== undefined) return parsed
  return { ...parsed, entities: [{ ...entity, location: only }] }
}

/** Excludes Link headers of a proxy or web framework (`rel="preconnect"`). */
function isOcciHeader([name, value]: HeaderPair): boolean {
  const field = fieldNamed(name)
  if (value.trim() === '') return false
  return field !== 'link' || value.includes('#') || value.includes('?action=')
}

function hasFields(headers: readonly HeaderPair[]): boolean {
  return headers.some((pair) => {
    const field = fieldNamed(pair[0])
    return field !== undefined && field !== 'message' && isOcciHeader(pair)
  })
}

const markupMessages = {
  html: 'The answer is a web page, not a rendering of OCCI',
  xml: 'The answer is XML, which is not read',
} as const

function readMarkup(code: 'html' | 'xml', message: Message, options: ReadOptions): Parsed {
  const diagnostics = new Diagnostics(options)
  diagnostics.note(code, markupMessages[code], () => ({
    part: 'body',
    line: 1,
    column: 1,
  }))
  const serverMessage = errorMessage({ headers: [], body: message.body })
  const otherwise = code === 'html' ? 'a web page' : 'an XML document'
  return { ...emptyParsed(diagnostics.deviations), error: { code, message: serverMessage ?? otherwise } }
}

function unknownType(contentType: string | undefined): never {
  throw new ParseError(
    'E_TYPE',
    contentType === undefined ? 'The message has no Content-Type' : 'The Content-Type is not one of OCCI',
    { part: 'Content-Type' },
  )
}
