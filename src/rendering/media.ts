/** Media types: parsing of Content-Type and Accept, and content negotiation (RFC 9110 §12). */

import { COMMA, QUOTE, SEMICOLON } from './characters.js'

/** A media type, as in Content-Type. */
interface MediaType {
  /** Lower case, without parameters. */
  readonly type: string
  readonly parameters: ReadonlyMap<string, string>
}

/** A media range of an Accept header. */
interface AcceptedType extends MediaType {
  /** The `q` parameter, from 0 to 1. */
  readonly quality: number
}

/** Parses a media type. Returns undefined if the text has no `type/subtype`. */
export function parseMediaType(text: string): MediaType | undefined {
  const [typeText = '', ...parameterTexts] = splitOutsideQuotes(text, SEMICOLON)
  const type = typeText.trim().toLowerCase()
  const slash = type.indexOf('/')
  if (slash <= 0 || slash === type.length - 1 || type.includes(' ')) return undefined
  const parameters = new Map<string, string>()
  for (const part of parameterTexts) {
    const equals = part.indexOf('=')
    if (equals > 0)
      parameters.set(part.slice(0, equals).trim().toLowerCase(), unquote(part.slice(equals + 1).trim()))
  }
  return { type, parameters }
}

/** Returns the accepted types, most preferred first, without those of quality 0. An absent header accepts any type. */
function parseAccept(text: string | undefined): AcceptedType[] {
  const accepted: AcceptedType[] = []
  for (const part of splitOutsideQuotes(text ?? '*/*', COMMA)) {
    const media = parseMediaType(part)
    if (media === undefined) continue
    const quality = qualityOf(media.parameters.get('q'))
    if (quality > 0) accepted.push({ ...media, quality })
  }
  // Sorting is stable, so that types of equal quality and specificity keep the order of the header.
  return accepted.sort((a, b) => b.quality - a.quality || specificity(b.type) - specificity(a.type))
}

/**
 * Returns the offered type that the Accept header prefers, or undefined if it accepts none (406). Among types of equal
 * quality the more specific one is preferred, then the first in the header. Of several types that a wildcard accepts,
 * the first in `offered` is returned.
 */
export function negotiate(accept: string | undefined, offered: readonly string[]): string | undefined {
  for (const { type } of parseAccept(accept)) {
    const match = offered.find((offer) => matches(type, offer) && !isExcluded(accept, offer))
    if (match !== undefined) return match
  }
  return undefined
}

function matches(range: string, type: string): boolean {
  if (range === '*/*' || range === type) return true
  return range.endsWith('/*') && type.startsWith(range.slice(0, -1))
}

/** Whether the header excludes a type that a wildcard accepts: `text/plain;q=0, *\/*`. */
function isExcluded(accept: string | undefined, type: string): boolean {
  return splitOutsideQuotes(accept ?? '', COMMA).some((part) => {
    const media = parseMediaType(part)
    return media?.type === type && qualityOf(media.parameters.get('q')) === 0
  })
}

/** Converts the `q` parameter. A malformed one counts as 1. */
function qualityOf(text: string | undefined): number {
  if (text === undefined) return 1
  const quality = Number(text)
  return Number.isFinite(quality) && text !== '' ? Math.min(1, Math.max(0, quality)) : 1
}

function specificity(type: string): number {
  if (type === '*/*') return 0
  return type.endsWith('/*') ? 1 : 2
}

function unquote(text: string): string {
  return text.length > 1 && text.startsWith('"') && text.endsWith('"') ? text.slice(1, -1) : text
}

function splitOutsideQuotes(text: string, separator: number): string[] {
  const parts: string[] = []
  let from = 0
  let isQuoted = false
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code === QUOTE) isQuoted = !isQuoted
    else if (code === separator && !isQuoted) {
      parts.push(text.slice(from, i))
      from = i + 1
    }
  }
  parts.push(text.slice(from))
  return parts
}
