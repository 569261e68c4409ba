import { Buffer } from 'node:buffer'
import { ProtocolError } from '../errors/errors.js'

/** How the end of a body is determined (RFC 9112 §6.3), without knowledge of the request. */
export type Framing =
  | { readonly kind: 'none' }
  | { readonly kind: 'length'; readonly length: number }
  | { readonly kind: 'chunked' }
  /** The body ends with the connection, or its end cannot be determined. */
  | { readonly kind: 'open' }

interface Head {
  readonly framing: Framing
  /** The bytes to use instead of the original ones; absent if those are correct. */
  readonly bytes?: Buffer
}

/**
 * Reads one response head, including its blank line, and repairs it if its meaning is unambiguous. A header named
 * `marker` is added for each kind of repair. The Content-Length of a 304, which describes a body that is not sent
 * (RFC 9110 §8.6), and a wrong one of a 204 are removed, because undici would wait for the body. Throws ProtocolError
 * for contradictory Content-Length headers.
 */
export function readHead(head: Buffer, marker: string): Head {
  const raw = head.toString('latin1').split('\n')
  // Line ends before a status line belong to a previous body that was longer than declared. The parser skips them.
  if (raw.every((line) => line === '' || line === '\r')) return { framing: noBody }
  const status = statusOf(raw[0] ?? '')
  if (status === undefined) return { framing: openEnded }
  // Informational responses are removed, because undici closes the connection on an unexpected 100.
  if (status >= 100 && status < 200 && status !== 101) return { framing: noBody, bytes: Buffer.alloc(0) }

  const tolerated = new Set<string>()
  const lines = unfoldLines(raw, tolerated)
  const output: string[] = []
  let length: string | undefined
  let coding: string | undefined
  let lengthRemoved = false
  for (const line of lines) {
    const colon = line.indexOf(':')
    const name = colon === 14 || colon === 17 ? line.slice(0, colon).toLowerCase() : ''
    if (name === 'content-length') {
      const value = lengthOf(line.slice(colon + 1))
      if (length !== undefined || value.repeated) {
        if (length !== undefined && length !== value.text) throw contradictoryLengths(length, value.text)
        tolerated.add('duplicate-content-length')
      }
      const bodiless = status === 304 || status === 204
      if (bodiless && value.text !== '0') lengthRemoved = true
      else if (length === undefined)
        output.push(value.repeated ? `${line.slice(0, colon)}: ${value.text}` : line)
      length = value.text
    } else {
      if (name === 'transfer-encoding') coding = `${coding ?? ''},${line.slice(colon + 1)}`
      output.push(line)
    }
  }
  const framing = framingOf(status, length, coding)
  if (tolerated.size === 0 && !lengthRemoved) return { framing }
  for (const name of tolerated) output.push(`${marker}: ${name}`)
  return { framing, bytes: Buffer.from(`${output.join('\r\n')}\r\n\r\n`, 'latin1') }
}

const noBody: Framing = { kind: 'none' }
const openEnded: Framing = { kind: 'open' }

function statusOf(line: string): number | undefined {
  const match = /^HTTP\/1\.[01] ([1-9]\d\d)(?:[ \r]|$)/.exec(line.slice(0, 20))
  return match === null ? undefined : Number(match[1])
}

/**
 * Returns the lines without their line ends. A line that begins with white space continues the previous one (obs-fold,
 * RFC 9112 §5.2). Adds the names of the repairs to `tolerated`.
 */
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

/**
 * Reads a Content-Length: `35`, or `35, 35`, which an intermediary joined from two headers. RFC 9112 §6.3 allows the
 * use of one of the equal values.
 */
function lengthOf(value: string): { text: string; repeated: boolean } {
  const text = value.trim()
  if (!text.includes(',')) return { text, repeated: false }
  const values = text
    .slice(0, 1000)
    .split(',')
    .map((part) => part.trim())
  const first = values[0] ?? ''
  const different = values.find((part) => part !== first)
  if (different !== undefined) throw contradictoryLengths(first, different)
  return { text: first, repeated: true }
}

function framingOf(status: number, length: string | undefined, coding: string | undefined): Framing {
  if (status === 204 || status === 304) return noBody
  if (status === 101) return openEnded
  if (coding !== undefined) {
    return coding
      .slice(coding.lastIndexOf(',') + 1)
      .trim()
      .toLowerCase() === 'chunked' && length === undefined
      ? { kind: 'chunked' }
      : openEnded
  }
  return length !== undefined && /^\d{1,15}$/.test(length)
    ? { kind: 'length', length: Number(length) }
    : openEnded
}

function contradictoryLengths(first: string, second: string): ProtocolError {
  const shown = [first, second].map((text) => JSON.stringify(text.slice(0, 30))).join(' and ')
  return new ProtocolError(`The response has two different Content-Length headers: ${shown}.`, {
    hint: 'Its end cannot be determined, so it is not read; the server or a proxy in between is broken.',
  })
}
