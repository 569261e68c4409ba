import { Buffer } from 'node:buffer'
import { ProtocolError } from '../errors/errors.js'
import { type Framing, readHead } from './response-head.js'

/**
 * Repairs response heads before undici's strict parser reads them, if their meaning is unambiguous: a repeated
 * identical Content-Length (pyssf, occi-os and snf-occi on every error: Q1), folded lines, bare line feeds, a line
 * end at the end of the reason phrase (snf-occi of 2017: Q18). A header named `marker` is added for each kind of
 * repair. Informational responses (1xx) are removed.
 *
 * The filter tracks message boundaries on persistent connections. If the framing is ambiguous, it passes all further
 * bytes to the parser unchanged. Throws ProtocolError for contradictory Content-Length headers.
 */
export interface ResponseFilter {
  /** Returns the bytes to pass on to the parser. */
  write(chunk: Buffer): Buffer[]
  /** Returns the bytes that are still buffered when the connection ends. */
  end(): Buffer[]
}

interface FilterSettings {
  /** The largest head in bytes. The parser, which has the same limit, refuses longer heads. */
  readonly maxHead: number
  readonly marker: string
}

/** Creates the filter for one connection. */
export function responseFilter({ maxHead, marker }: FilterSettings): ResponseFilter {
  let state: State = atHead()
  // A head that arrives in pieces is collected in one growing buffer, since each Buffer costs hundreds of bytes.
  let buffer = Buffer.alloc(0)
  let bufferLength = 0
  let informationalCount = 0

  return {
    write(chunk) {
      const output: Buffer[] = []
      // The bytes of the chunk before this index are in `output`, or were replaced or buffered.
      let outputEnd = 0
      let position = 0
      while (position < chunk.length) {
        if (state.phase !== 'head') {
          const step = consumeBody(state, chunk, position)
          position = step.position
          state = step.state
          continue
        }
        const end = headEnd(state, chunk, position)
        if (end < 0) {
          // The head is incomplete, so it is buffered until the rest arrives.
          if (position > outputEnd) output.push(chunk.subarray(outputEnd, position))
          outputEnd = chunk.length
          append(chunk.subarray(position))
          if (bufferLength <= maxHead && mayBeHead(buffer.subarray(0, bufferLength))) {
            if (hasTooLongLine(buffer.subarray(0, bufferLength))) throw tooLongLine()
            return output
          }
          // Too long, or not HTTP: left to the parser.
          state = { phase: 'open' }
          output.push(...release())
          return output
        }
        const isBuffered = bufferLength > 0
        if (isBuffered) append(chunk.subarray(position, end))
        const headBytes = isBuffered ? buffer.subarray(0, bufferLength) : chunk.subarray(position, end)
        if (hasTooLongLine(headBytes)) throw tooLongLine()
        const head = readHead(headBytes, marker)
        informationalCount = head.bytes?.length === 0 ? informationalCount + 1 : 0
        if (informationalCount > maxInformational) throw tooManyInformational()
        if (head.bytes !== undefined || isBuffered) {
          if (position > outputEnd) output.push(chunk.subarray(outputEnd, position))
          const bytes = head.bytes ?? headBytes
          if (bytes.length > 0) output.push(bytes)
          outputEnd = end
          release()
        }
        state = stateAfter(head.framing)
        position = end
      }
      if (outputEnd < chunk.length) output.push(outputEnd === 0 ? chunk : chunk.subarray(outputEnd))
      return output
    },
    end: release,
  }

  function append(part: Buffer): void {
    if (bufferLength + part.length > buffer.length) {
      const larger = Buffer.allocUnsafe(Math.max(2 * buffer.length, bufferLength + part.length, 1024))
      buffer.copy(larger, 0, 0, bufferLength)
      buffer = larger
    }
    part.copy(buffer, bufferLength)
    bufferLength += part.length
  }

  function release(): Buffer[] {
    const buffered = buffer.subarray(0, bufferLength)
    buffer = Buffer.alloc(0)
    bufferLength = 0
    return buffered.length === 0 ? [] : [buffered]
  }
}

/** The longest status line in bytes. The parser has no limit for it. */
const maxStatusLine = 65_536

function hasTooLongLine(head: Buffer): boolean {
  return head.length > maxStatusLine && !head.subarray(0, maxStatusLine).includes(LF)
}

function tooLongLine(): ProtocolError {
  return new ProtocolError('The response begins with a line of more than 64 KiB.', {
    hint: 'This does not look like a web server: check the endpoint.',
  })
}

/** The largest number of consecutive informational responses. One or two are usual (100, 103). */
const maxInformational = 100

function tooManyInformational(): ProtocolError {
  return new ProtocolError(
    `The server sent more than ${maxInformational} informational responses (1xx) and no final one.`,
    {
      hint: 'This does not look like a web server: check the endpoint.',
    },
  )
}

/**
 * Whether the bytes may be the beginning of an HTTP response. Bytes of other protocols are passed on immediately, since
 * the blank line that ends a head may never arrive.
 */
function mayBeHead(buffer: Buffer): boolean {
  const line = buffer.toString('latin1', 0, 16).replace(/^[\r\n]+/, '')
  return 'HTTP/1.'.startsWith(line.slice(0, 7))
}

/** The progress within a response head. */
interface AtHead {
  readonly phase: 'head'
  /** The number of bytes of the current line that have arrived, its first byte and its last byte. */
  lineLength: number
  firstByte: number
  lastByte: number
  /** The lines before the current one: none, only a status line that ended with a bare line feed, or others. */
  previousLines: 'nothing' | 'bare-status' | 'others'
}

/** The part of a message that the next byte belongs to. */
type State =
  | AtHead
  | { readonly phase: 'body'; readonly remaining: number }
  | {
      readonly phase: 'chunk-size'
      readonly size: number
      readonly digits: number
      readonly extension: boolean
    }
  | { readonly phase: 'chunk-end'; readonly seen: number }
  | { readonly phase: 'chunk'; readonly remaining: number }
  | { readonly phase: 'trailer'; readonly line: number; readonly first: number }
  /** All further bytes are passed on: the body ends with the connection, or its framing is ambiguous. */
  | { readonly phase: 'open' }

const CR = 13
const LF = 10

function atHead(): AtHead {
  return { phase: 'head', lineLength: 0, firstByte: 0, lastByte: 0, previousLines: 'nothing' }
}

function stateAfter(framing: Framing): State {
  switch (framing.kind) {
    case 'none':
      return atHead()
    case 'length':
      return framing.length === 0 ? atHead() : { phase: 'body', remaining: framing.length }
    case 'chunked':
      return beforeChunk
    case 'open':
      return { phase: 'open' }
  }
}

const beforeChunk: State = { phase: 'chunk-size', size: 0, digits: 0, extension: false }

/**
 * Returns the index after the blank line that ends a head, or -1 if that has not arrived. Records an unfinished line in
 * `state`.
 */
function headEnd(state: AtHead, chunk: Buffer, from: number): number {
  let position = from
  for (;;) {
    const lineFeed = chunk.indexOf(LF, position)
    const lineEnd = lineFeed < 0 ? chunk.length : lineFeed
    if (state.lineLength === 0 && lineEnd > position) state.firstByte = chunk[position] ?? 0
    if (lineEnd > position) state.lastByte = chunk[lineEnd - 1] ?? 0
    state.lineLength += lineEnd - position
    if (lineFeed < 0) return -1
    // A line feed in the reason phrase: this blank line ends the status line (Q18), as in `401 UNAUTHORIZED\n\r\n`.
    const endsStatusLine =
      state.previousLines === 'bare-status' && state.lineLength === 1 && state.firstByte === CR
    if (isBlank(state.lineLength, state.firstByte) && !endsStatusLine) {
      state.lineLength = 0
      return lineFeed + 1
    }
    state.previousLines =
      state.previousLines === 'nothing' && state.lastByte !== CR ? 'bare-status' : 'others'
    state.lineLength = 0
    position = lineFeed + 1
  }
}

function isBlank(length: number, first: number): boolean {
  return length === 0 || (length === 1 && first === CR)
}

type BodyState = Exclude<State, AtHead>

/** Reads bytes of the current part of a body. Returns the index after them and the next state. */
function consumeBody(state: BodyState, chunk: Buffer, position: number): { position: number; state: State } {
  switch (state.phase) {
    case 'open':
      return { position: chunk.length, state }
    case 'body':
    case 'chunk': {
      const taken = Math.min(state.remaining, chunk.length - position)
      const remaining = state.remaining - taken
      if (remaining > 0) return { position: position + taken, state: { phase: state.phase, remaining } }
      return {
        position: position + taken,
        state: state.phase === 'body' ? atHead() : { phase: 'chunk-end', seen: 0 },
      }
    }
    case 'chunk-end': {
      const expected = state.seen === 0 ? CR : LF
      if (chunk[position] !== expected) return { position, state: { phase: 'open' } }
      return {
        position: position + 1,
        state: state.seen === 0 ? { phase: 'chunk-end', seen: 1 } : beforeChunk,
      }
    }
    case 'chunk-size':
      return chunkSize(state, chunk, position)
    case 'trailer': {
      const feed = chunk.indexOf(LF, position)
      const stop = feed < 0 ? chunk.length : feed
      const first = state.line === 0 ? (chunk[position] ?? 0) : state.first
      const line = state.line + stop - position
      if (feed < 0) return { position: stop, state: { phase: 'trailer', line, first } }
      return {
        position: feed + 1,
        state: isBlank(line, first) ? atHead() : { phase: 'trailer', line: 0, first: 0 },
      }
    }
  }
}

/** Reads a chunk size in hexadecimal digits, and skips a chunk extension (RFC 9112 §7.1). */
function chunkSize(
  state: Extract<State, { phase: 'chunk-size' }>,
  chunk: Buffer,
  from: number,
): { position: number; state: State } {
  let { size, digits, extension } = state
  for (let position = from; position < chunk.length; position += 1) {
    const byte = chunk[position] ?? 0
    if (byte === LF) {
      if (digits === 0) return { position, state: { phase: 'open' } }
      const next: State =
        size === 0 ? { phase: 'trailer', line: 0, first: 0 } : { phase: 'chunk', remaining: size }
      return { position: position + 1, state: next }
    }
    if (extension || byte === CR) {
      extension = true
      continue
    }
    const digit = hexDigit(byte)
    if (digit >= 0 && digits < 13) {
      size = size * 16 + digit
      digits += 1
    } else if (digits > 0 && digit < 0) extension = true
    else return { position, state: { phase: 'open' } }
  }
  return { position: chunk.length, state: { phase: 'chunk-size', size, digits, extension } }
}

function hexDigit(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30
  const lower = byte | 0x20
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1
}
