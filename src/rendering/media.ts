/** Media types: parsing of Content-Type and Accept, and content negotiation (RFC 9110 §12). */

import { COMMA, QUOTE, SEMICOLON } from './characters.js'

interface MediaType {
  /** Lower case, without parameters. */
  readonly type: string
  readonly parameters: ReadonlyMap<string, string>
}

interface AcceptedType extends MediaType {
  /** 0 to 1. */
  readonly quality: number
}

/** Parses a media type; undefined if there is no `type/subtype`. Never throws. */
export function parseMediaType(text: string): MediaType | undefined {
  const [head = '', ...rest] = splitOutsideQuotes(text, SEMICOLON)
  const type = head.trim().toLowerCase()
  const slash = type.indexOf('/')
  if (slash <= 0 || slash === type.length - 1 || type.includes(' ')) return undefined
  const parameters = new Map<string, string>()
  for (const part of rest) {
    const equals = part.indexOf('=')
    if (equals > 0)
      parameters.set(part.slice(0, equals).trim().toLowerCase(), unquote(part.slice(equals + 1).trim()))
  }
  return { type, parameters }
}

/** The accepted types by preference, without those of quality 0. An absent header accepts everything. */
function parseAccept(text: string | undefined): AcceptedType[] {
  const accepted: AcceptedType[] = []
  for (const part of splitOutsideQuotes(text ?? '*/*', COMMA)) {
    const media = parseMediaType(part)
    if (media === undefined) continue
    const quality = qualityOf(media.parameters.get('q'))
    if (quality > 0) accepted.push({ ...media, quality })
  }
  // Sorting is stable: equal qualities keep the order of the header.
  return accepted.sort((a, b) => b.quality - a.quality || specificity(b.type) - specificity(a.type))
}

/**
 * The offered type that the Accept header prefers; undefined if none is acceptable (406). Among types of equal
 * quality, the order of the header decides; for a wildcard, the order of `offered`.
 */
export function negotiate(accept: string | undefined, offered: readonly string[]): string | undefined {
  for (const { type } of parseAccept(accept)) {
    const found = offered.find((offer) => matches(type, offer) && !isRefused(accept, offer))
    if (found !== undefined) return found
  }
  return undefined
}

function matches(range: string, type: string): boolean {
  if (range === '*/*' || range === type) return true
  return range.endsWith('/*') && type.startsWith(range.slice(0, -1))
}

/** Whether the header excludes the type: `text/plain;q=0, *\/*`. */
function isRefused(accept: string | undefined, type: string): boolean {
  return splitOutsideQuotes(accept ?? '', COMMA).some((part) => {
    const media = parseMediaType(part)
    return media?.type === type && qualityOf(media.parameters.get('q')) === 0
  })
}

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
  let quoted = false
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code === QUOTE) quoted = !quoted
    else if (code === separator && !quoted) {
      parts.push(text.slice(from, i))
      from = i + 1
    }
  }
  parts.push(text.slice(from))
  return parts
}
