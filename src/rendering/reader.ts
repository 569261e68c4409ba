/**
 * Reads a response of any rendering. The rendering is detected from the content rather than the Content-Type, because
 * servers send entities in headers with `application/json` (E3), URI lists in X-OCCI-Location (M4), and categories as
 * text/uri-list (ooi-11).
 */
import { type HeaderPair, headerValue } from '../basics/http.js'
import { isHtml } from '../basics/words.js'
import { HASH, LESS_THAN, OPEN_BRACE, OPEN_BRACKET } from './characters.js'
import { Diagnostics } from './diagnostics.js'
import { ParseError, quotedExcerpt } from './error.js'
import { errorMessage, isXml } from './error-message.js'
import { emptyParsed } from './parse-result.js'
import { renderingFor, renderings } from './renderings.js'
import { occiField } from './text/fields.js'
import { readHeaders } from './text/read.js'
import { toModel } from './text/to-model.js'
import type { Message, Parsed, ParseOptions, Rendering } from './types.js'
import { looksLikeUri } from './uri-list.js'

/** How a response is read. */
interface ReadOptions extends ParseOptions {
  /** Defaults to the message's Content-Type header. */
  readonly contentType?: string
}

/**
 * Reads a response. Throws ParseError. An unreadable part is skipped and recorded as a deviation marked `lost`, unless
 * `recover` is false. For HTML and XML the result is empty, with the deviation `html` or `xml` and the text of the page
 * as `error`. Strict mode relies on the Content-Type, and throws if the body does not match it.
 */
export function readMessage(message: Message, optionsOfCaller: ReadOptions = {}): Parsed {
  const { recover = optionsOfCaller.strict !== true } = optionsOfCaller
  const options: ReadOptions = { ...optionsOfCaller, recover }
  const contentType = options.contentType ?? headerValue(message.headers, 'content-type')
  const declared = renderingFor(contentType)
  if (options.strict === true) return (declared ?? failUnknownType(contentType)).parse(message, options)
  if (declared?.recognisedBy === 'media-type') return declared.parse(message, options)
  const format = detectFormat(message.body, declared)
  if (format === 'html' || format === 'xml') return readMarkup(format, message, options)
  const parsed = readers[format](message, options, declared)
  return withLocationHeader(parsed, message.headers)
}

/** The format of a body, by its content; `categories` are Category values without the field name. */
type BodyFormat = 'empty' | 'json' | 'fields' | 'uris' | 'categories' | 'prose'

const readers: Readonly<
  Record<BodyFormat, (message: Message, options: ReadOptions, declared?: Rendering) => Parsed>
> = {
  empty: (message, options) => readFromHeaders(message, options),
  json: (message, options, declared) =>
    checkContentType(renderings.json.parse(message, options), declared, 'json'),
  fields: (message, options, declared) => {
    const parsed = renderings['text/plain'].parse(message, options)
    return checkContentType(withOcciLocationHeaders(parsed, message, options), declared, 'text/plain')
  },
  uris: (message, options, declared) =>
    checkContentType(renderings['text/uri-list'].parse(message, options), declared, 'text/uri-list'),
  // ooi sends the query interface as text/uri-list with one Category value per line (ooi-11).
  categories: (message, options, declared) => {
    const body = message.body.replaceAll(/^(?=\S)/gm, 'Category: ')
    return checkContentType(
      renderings['text/plain'].parse({ ...message, body }, options),
      declared,
      'text/plain',
    )
  },
  prose: (message, options) => {
    // The data may be in the headers, with a sentence as the body. Otherwise the body is not OCCI, and the text parser
    // throws an error with the place.
    if (hasFields(message.headers)) return readFromHeaders(message, options)
    return checkNotEmpty(renderings['text/plain'].parse(message, options), message)
  },
}

/** Returns the result if it has content. A body without any known field, such as `Error: …`, is not OCCI. */
function checkNotEmpty(parsed: Parsed, message: Message): Parsed {
  const lists = [parsed.categories, parsed.entities, parsed.locations, parsed.references]
  if (lists.some((list) => list.length > 0) || parsed.attributes.size > 0) return parsed
  throw new ParseError('E_LINE', `${quotedExcerpt(message.body)} is not a rendering of OCCI`, {
    part: 'body',
    line: 1,
    column: 1,
  })
}

/** Detects the format of a body from its first characters and lines. */
function detectFormat(body: string, declared: Rendering | undefined): BodyFormat | 'html' | 'xml' {
  let from = body.charCodeAt(0) === 0xfeff ? 1 : 0
  while (from < body.length && body.charCodeAt(from) <= 32) from++
  if (from >= body.length) return 'empty'
  const start = body.slice(from, from + 4096)
  if (start.length <= 4 && start.trim().toUpperCase() === 'OK') return 'empty'
  const firstCode = start.charCodeAt(0)
  // If the first line of a text body is damaged, it may look like the beginning of another format.
  if (!/[A-Za-z/]/.test(start.charAt(0)) && fieldLine.test(start)) return 'fields'
  if (firstCode === OPEN_BRACE || firstCode === OPEN_BRACKET) return 'json'
  if (firstCode === LESS_THAN && isXml(start)) return 'xml'
  if (firstCode === LESS_THAN && isHtml(start)) return 'html'
  if (firstCode === HASH) return 'uris'
  const newline = start.indexOf('\n')
  const firstLine = (newline < 0 ? start : start.slice(0, newline)).trim()
  const colon = firstLine.indexOf(':')
  if (colon > 0 && occiField(firstLine.slice(0, colon).trim()) !== undefined) return 'fields'
  if (looksLikeUri(firstLine)) return 'uris'
  if (/^[^\s;:,"]{1,256};\s*scheme\s*=\s*"/.test(firstLine)) return 'categories'
  if (declared?.name !== 'text/uri-list') return 'prose'
  // The first line of the URI list may be damaged.
  return start.split('\n').some((line) => looksLikeUri(line.trim())) ? 'uris' : 'prose'
}

const fieldLine = /^(?:category|link|x-occi-(?:category|link|attribute|location)):/im

/** Adds a deviation if the Content-Type declares another rendering than the actual one. */
function checkContentType(
  parsed: Parsed,
  declared: Rendering | undefined,
  actual: Rendering['name'],
): Parsed {
  if (declared === undefined || declared.name === actual) return parsed
  return {
    ...parsed,
    deviations: [
      ...parsed.deviations,
      {
        code: 'content-type-mismatch',
        message: `The answer is ${actual}, although its Content-Type is ${declared.mediaTypes[0]}`,
        place: { part: 'Content-Type' },
      },
    ],
  }
}

/** Reads the content of the headers; empty if the body is a sentence and no header is a field of OCCI. */
function readFromHeaders(message: Message, options: ReadOptions): Parsed {
  // A response without a rendering (GFD.185 §3.4): only the Location header may have data, which the caller adds.
  if (message.body.trim() !== '' && !hasFields(message.headers)) return emptyParsed([])
  const diagnostics = new Diagnostics(options)
  const fields = readHeaders(message.headers.filter(isOcciHeader), diagnostics)
  return toModel(fields, options.expect ?? 'any', diagnostics, 'headers')
}

/** Adds the X-OCCI-Location headers, in which MartServer sends the location of an entity that is in the body. */
function withOcciLocationHeaders(parsed: Parsed, message: Message, options: ReadOptions): Parsed {
  const locationHeaders = message.headers.filter(([name]) => name.toLowerCase() === 'x-occi-location')
  if (locationHeaders.length === 0 || parsed.locations.length > 0) return parsed
  const { locations } = readHeaders(locationHeaders, new Diagnostics(options))
  return withLocations(parsed, locations)
}

/**
 * Adds the Location headers: the location of a created or described entity, or with rOCCI-server those of a whole
 * collection.
 */
function withLocationHeader(parsed: Parsed, headers: readonly HeaderPair[]): Parsed {
  const locationHeaders: HeaderPair[] = []
  for (const [name, value] of headers) {
    if (name.toLowerCase() === 'location' && value.trim() !== '')
      locationHeaders.push(['X-OCCI-Location', value])
  }
  const [first] = locationHeaders
  if (first === undefined || parsed.locations.length > 0) return parsed
  if (locationHeaders.length === 1 && plainUrl.test(first[1])) return withLocations(parsed, [first[1]])
  const { locations } = readHeaders(locationHeaders, new Diagnostics())
  return withLocations(parsed, locations)
}

/** Matches a single URL without characters that the grammar of text renderings treats specially. */
const plainUrl = /^https?:\/\/[A-Za-z0-9_~.:/-]+$/

/** Adds locations to the result. A single location becomes that of the only entity if the entity has none. */
function withLocations(parsed: Parsed, locations: readonly string[]): Parsed {
  const [location, ...furtherLocations] = locations
  const [entity, ...furtherEntities] = parsed.entities
  if (entity === undefined) return { ...parsed, locations }
  // erocci answers an action with `Location: …?action=start` (E17).
  const isLocationOfEntity =
    location !== undefined &&
    furtherLocations.length === 0 &&
    furtherEntities.length === 0 &&
    !location.includes('?action=')
  if (!isLocationOfEntity || entity.location !== undefined) return parsed
  return { ...parsed, entities: [{ ...entity, location }] }
}

/** Whether a header is a field of OCCI, and not a Link header of a proxy or web framework (`rel="preconnect"`). */
function isOcciHeader([name, value]: HeaderPair): boolean {
  const field = occiField(name)
  if (value.trim() === '') return false
  return field !== 'link' || value.includes('#') || value.includes('?action=')
}

function hasFields(headers: readonly HeaderPair[]): boolean {
  return headers.some((pair) => {
    const field = occiField(pair[0])
    return field !== undefined && field !== 'message' && isOcciHeader(pair)
  })
}

const markupMessages = {
  html: 'The answer is a web page, not a rendering of OCCI',
  xml: 'The answer is XML, which is not a rendering of OCCI',
} as const

/** Returns an empty result with the text of a web page or XML document as its error. */
function readMarkup(code: 'html' | 'xml', message: Message, options: ReadOptions): Parsed {
  const diagnostics = new Diagnostics(options)
  diagnostics.record(code, markupMessages[code], () => ({
    part: 'body',
    line: 1,
    column: 1,
  }))
  const serverMessage = errorMessage({ headers: [], body: message.body })
  const fallback = code === 'html' ? 'a web page' : 'an XML document'
  return { ...emptyParsed(diagnostics.deviations), error: { code, message: serverMessage ?? fallback } }
}

function failUnknownType(contentType: string | undefined): never {
  throw new ParseError(
    'E_TYPE',
    contentType === undefined
      ? 'The message has no Content-Type'
      : 'The Content-Type is not that of a rendering of OCCI',
    { part: 'Content-Type' },
  )
}
