import { Buffer } from 'node:buffer'
import { ProtocolError } from '../errors/errors.js'

/** How the body after a head is delimited (RFC 9112 §6.3), judging by the response alone. */
export type Framing =
  | { readonly kind: 'none' }
  | { readonly kind: 'length'; readonly length: number }
  | { readonly kind: 'chunked' }
  /** The body ends when the connection closes, or its end is unknown. */
  | { readonly kind: 'open' }

interface Head {
  readonly framing: Framing
  /** The repaired bytes; absent if the original ones are correct. */
  readonly bytes?: Buffer
}

/**
 * Reads one response head, including its blank line, and repairs it if its meaning is unambiguous. A header
 * named `marker` lists the repairs. The Content-Length of a 304, which describes a body that is not sent
 * (RFC 9110 §8.6), is removed, because undici would wait for that many bytes. Throws ProtocolError for contradictory
 * Content-Length headers.
 */
export function readHead(head: Buffer, marker: string): Head {
  const raw = head.toString('latin1').split('\n')
  // Line ends before a status line are the rest of a body that was longer than declared. The parser skips them.
  if (raw.every((line) => line === '' || line === '\r')) return { framing: none }
  const status = statusOf(raw[0] ?? '')
  if (status === undefined) return { framing: open }
  // Informational responses are valid but not needed, and undici closes the connection on an unexpected 100.
  if (status >= 100 && status < 200 && status !== 101) return { framing: none, bytes: Buffer.alloc(0) }

  const tolerated = new Set<string>()
  const lines = unfoldLines(raw, tolerated)
  const output: string[] = []
  let length: string | undefined
  let coding: string | undefined
  let removed = false
  for (const line of lines) {
    const colon = line.indexOf(':')
    const name = colon === 14 || colon === 17 ? line.slice(0, colon).toLowerCase() : ''
    if (name === 'content-length') {
      const value = lengthOf(line.slice(colon + 1))
      if (length !== undefined || value.repeated) {
        if (length !== undefined && length !== value.text) throw conflict(length, value.text)
        tolerated.add('duplicate-content-length')
      }
      const bodiless = status === 304 || status === 204
      if (bodiless && value.text !== '0') removed = true
      else if (length === undefined)
        output.push(value.repeated ? `${line.slice(0, colon)}: ${value.text}` : line)
      length = value.text
    } else {
      if (name === 'transfer-encoding') coding = `${coding ?? ''},${line.slice(colon + 1)}`
      output.push(line)
    }
  }
  const framing = framingOf(status, length, coding)
  if (tolerated.size === 0 && !removed) return { framing }
  for (const name of tolerated) output.push(`${marker}: ${name}`)
  return { framing, bytes: Buffer.from(`${output.join('\r\n')}\r\n\r\n`, 'latin1') }
}

const none: Framing = { kind: 'none' }
const open: Framing = { kind: 'open' }

function statusOf(line: string): number | undefined {
  const match = /^HTTP\/1\.[01] ([1-9]\d\d)(?:[ \r]|$)/.exec(line.slice(0, 20))
  return match === null ? undefined : Number(match[1])
}

/** The lines without their ends. A line that begins with white space continues the previous one (obs-fold). */
function unfoldLines(raw: readonly string[], tolerated: Set<string>): string[] {
  const lines: string[] = []
  // The last two are the blank line and the empty string after it.
  for (let index = 0; index < raw.length - 2; index += 1) {
    const text = raw[index] ?? ''
    if (index === 1 && text === '\r') {
      tolerated.add('line-end-in-reason')
      continue
    }
    if (!text.endsWith('\r')) tolerated.add('bare-line-feed')
    const line = text.endsWith('\r') ? text.slice(0, -1) : text
    if (index > 1 && (line.startsWith(' ') || line.startsWith('\t'))) {
      tolerated.add('folded-header')
      lines.push(`${lines.pop() ?? ''} ${line.trim()}`)
    } else {
      lines.push(line)
    }
  }
  if (!(raw.at(-2) ?? '\r').endsWith('\r')) tolerated.add('bare-line-feed')
  return lines
}

/** Reads `35`, or `35, 35`, which an intermediary joined from two lines (RFC 9112 §6.3 allows to use one value). */
function lengthOf(value: string): { text: string; repeated: boolean } {
  const text = value.trim()
  if (!text.includes(',')) return { text, repeated: false }
  const parts = text
    .slice(0, 1000)
    .split(',')
    .map((part) => part.trim())
  const first = parts[0] ?? ''
  const different = parts.find((part) => part !== first)
  if (different !== undefined) throw conflict(first, different)
  return { text: first, repeated: true }
}

function framingOf(status: number, length: string | undefined, coding: string | undefined): Framing {
  if (status === 204 || status === 304) return none
  if (status === 101) return open
  if (coding !== undefined) {
    return coding
      .slice(coding.lastIndexOf(',') + 1)
      .trim()
      .toLowerCase() === 'chunked' && length === undefined
      ? { kind: 'chunked' }
      : open
  }
  return length !== undefined && /^\d{1,15}$/.test(length) ? { kind: 'length', length: Number(length) } : open
}

function conflict(one: string, other: string): ProtocolError {
  const shown = [one, other].map((text) => JSON.stringify(text.slice(0, 30))).join(' and ')
  return new ProtocolError(`The answer has two different Content-Length headers: ${shown}.`, {
    hint: 'Its end cannot be determined, so it is not read; the server or a proxy in between is broken.',
  })
}
