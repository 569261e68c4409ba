import { Buffer } from 'node:buffer'
import type { Transform } from 'node:stream'
import { type HeaderPair, headerValue, headerValues } from '../basics/http.js'
import { ProtocolError } from '../errors/errors.js'
import { decodingFor } from './charset.js'

/** A body as it arrives, before it is decompressed and decoded. */
export interface RawBody {
  readonly headers: readonly HeaderPair[]
  readonly bytes: AsyncIterable<Buffer>
  /** Reads all bytes at once, without a limit, which is faster than reading in pieces. */
  readonly readAll: () => Promise<Buffer>
  /** The largest size, in bytes after decompression. */
  readonly limit: number
}

/** Returns the whole body as text. Throws ProtocolError if it exceeds the limit or cannot be decompressed. */
export async function readText(body: RawBody): Promise<string> {
  const bytes = isKnownSmall(body) ? await body.readAll() : await concatenated(decompressedBytes(body))
  return decodingFor(headerValue(body.headers, 'content-type')).decode(bytes)
}

/** Yields the body as text while it arrives. Throws like readText. */
export async function* readChunks(body: RawBody): AsyncGenerator<string, void, undefined> {
  const decoder = decodingFor(headerValue(body.headers, 'content-type')).createStream()
  for await (const part of decompressedBytes(body)) {
    const text = decoder.write(part)
    if (text !== '') yield text
  }
  const lastText = decoder.end()
  if (lastText !== '') yield lastText
}

/** Returns the content codings of a message in the order in which they were applied, without `identity`. */
function contentCodings(headers: readonly HeaderPair[]): string[] {
  return headerValues(headers, 'content-encoding')
    .flatMap((value) => value.slice(0, 1000).split(','))
    .map((coding) => coding.trim().toLowerCase())
    .filter((coding) => coding !== '' && coding !== 'identity')
}

/** Whether the Content-Length shows that the body is within the limit. The HTTP parser enforces that length. */
function isKnownSmall({ headers, limit }: RawBody): boolean {
  const length = headerValue(headers, 'content-length')
  return length !== undefined && Number(length) <= limit && contentCodings(headers).length === 0
}

async function concatenated(source: AsyncIterable<Buffer>): Promise<Buffer> {
  const parts: Buffer[] = []
  for await (const part of source) parts.push(part)
  return parts.length === 1 && parts[0] !== undefined ? parts[0] : Buffer.concat(parts)
}

/** The largest number of content codings. No server uses more, and each one multiplies a decompression bomb. */
const maxCodings = 2

async function* decompressedBytes(body: RawBody): AsyncGenerator<Buffer, void, undefined> {
  const codings = contentCodings(body.headers)
  if (codings.length > maxCodings) {
    throw new ProtocolError(`The response is compressed ${codings.length} times: ${codings.join(', ')}.`)
  }
  let bytes = body.bytes
  for (const coding of codings.reverse()) bytes = decompress(bytes, coding)
  let total = 0
  for await (const part of bytes) {
    total += part.length
    if (total > body.limit) throw tooLarge(body.limit)
    yield part
  }
}

function tooLarge(limit: number): ProtocolError {
  return new ProtocolError(`The response is larger than the limit of ${limit} bytes.`, {
    hint: 'Request less (with a filter, or a single resource), or raise the limit with `http.maxResponse`.',
    facts: { limit },
  })
}

async function* decompress(
  source: AsyncIterable<Buffer>,
  coding: string,
): AsyncGenerator<Buffer, void, undefined> {
  const iterator = source[Symbol.asyncIterator]()
  try {
    const first = await iterator.next()
    // An empty body needs no decompression (responses to HEAD, 204 with a superfluous Content-Encoding).
    if (first.done === true) return
    const decompressor = await createDecompressor(coding, first.value)
    const feeding = feed(decompressor, first.value, iterator)
    feeding.catch((error: unknown) => decompressor.destroy(error as Error))
    try {
      for await (const part of decompressor) yield part as Buffer
      await feeding
    } catch (error) {
      if (!isZlibError(error)) throw error
      throw new ProtocolError(
        `The response is declared as compressed (${coding}) but cannot be decompressed.`,
        {
          cause: error,
          hint: 'Request it uncompressed with `Accept-Encoding: identity`.',
        },
      )
    } finally {
      decompressor.destroy()
    }
  } finally {
    await iterator.return?.()
  }
}

/** Writes a body to a decompressor. `first` is the part that was read already. */
async function feed(decompressor: Transform, first: Buffer, rest: AsyncIterator<Buffer>): Promise<void> {
  for (let part: Buffer | undefined = first; part !== undefined && !decompressor.destroyed; ) {
    if (!decompressor.write(part)) await drained(decompressor)
    const next: IteratorResult<Buffer> = await rest.next()
    part = next.done === true ? undefined : next.value
  }
  if (!decompressor.destroyed) decompressor.end()
}

function drained(stream: Transform): Promise<void> {
  if (stream.destroyed || stream.errored) return Promise.resolve()
  return new Promise((resolve) => {
    const done = () => {
      stream.off('drain', done)
      stream.off('close', done)
      resolve()
    }
    stream.on('drain', done)
    stream.on('close', done)
  })
}

async function createDecompressor(coding: string, first: Buffer): Promise<Transform> {
  const zlib = await import('node:zlib')
  switch (coding) {
    case 'gzip':
    case 'x-gzip':
      return zlib.createGunzip()
    case 'deflate':
      // Some servers send a raw deflate stream (RFC 9110 §8.4.1.2). The low bits of a zlib header are 8.
      return ((first[0] ?? 0) & 0x0f) === 8 ? zlib.createInflate() : zlib.createInflateRaw()
    case 'br':
      return zlib.createBrotliDecompress()
    default:
      throw new ProtocolError(
        `The response is compressed with an unsupported coding: ${coding.slice(0, 40)}.`,
        {
          hint: 'Request it uncompressed with `Accept-Encoding: identity`.',
        },
      )
  }
}

function isZlibError(error: unknown): boolean {
  const code = (error as { code?: unknown } | undefined)?.code
  return (
    typeof code === 'string' &&
    (code.startsWith('Z_') || code.startsWith('ERR_') || code.startsWith('BROTLI'))
  )
}
