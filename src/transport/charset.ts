import { Buffer, isAscii, isUtf8 } from 'node:buffer'

interface TextDecoding {
  /** Decodes a whole body. */
  whole(bytes: Buffer): string
  /** Creates a decoder for bytes that arrive in pieces, which may split characters. */
  stream(): StreamDecoder
}

interface StreamDecoder {
  write(bytes: Buffer): string
  end(): string
}

/**
 * The decoding for a Content-Type, UTF-8 by default. Bytes that are not valid UTF-8 are read as Latin-1, so
 * that nothing is lost. Variants of charset names are accepted (`utf8`: ooi, snf-occi).
 */
export function decodingFor(contentType: string | undefined): TextDecoding {
  const name = charsetOf(contentType)
  if (name === undefined || utf8Names.has(name)) return utf8
  if (latin1Names.has(name)) return latin1
  return platformDecoding(name) ?? utf8
}

/** The charset parameter, lower case, without separators: `UTF-8` and `utf_8` are both `utf8`. */
export function charsetOf(contentType: string | undefined): string | undefined {
  if (contentType === undefined) return undefined
  for (const parameter of contentType.slice(0, 1000).split(';').slice(1)) {
    const equals = parameter.indexOf('=')
    if (equals < 0 || parameter.slice(0, equals).trim().toLowerCase() !== 'charset') continue
    const value = parameter.slice(equals + 1).toLowerCase()
    return value.replace(/[^a-z0-9]/g, '')
  }
  return undefined
}

const utf8Names = new Set(['utf8', 'unicode11utf8', 'usascii', 'ascii', 'ansix341968', ''])
const latin1Names = new Set(['latin1', 'iso88591', 'l1', 'cp819', 'ibm819'])

const utf8: TextDecoding = {
  whole: (bytes) => (isUtf8(bytes) ? withoutByteOrderMark(bytes.toString('utf8')) : bytes.toString('latin1')),
  stream: () => utf8Stream(),
}

const latin1: TextDecoding = {
  whole: (bytes) => bytes.toString('latin1'),
  stream: () => ({ write: (bytes) => bytes.toString('latin1'), end: () => '' }),
}

/** Other encodings that the platform supports, e.g. windows-1252 or utf-16le. */
function platformDecoding(name: string): TextDecoding | undefined {
  const label = name.replace(/^(windows|utf|iso8859)(\d+)/, '$1-$2')
  try {
    new TextDecoder(label)
  } catch {
    return undefined
  }
  return {
    whole: (bytes) => new TextDecoder(label).decode(bytes),
    stream: () => {
      const decoder = new TextDecoder(label)
      return { write: (bytes) => decoder.decode(bytes, { stream: true }), end: () => decoder.decode() }
    },
  }
}

/** From the first piece that is not valid UTF-8, all pieces are decoded as Latin-1. */
function utf8Stream(): StreamDecoder {
  let rest: Buffer = Buffer.alloc(0)
  let valid = true
  let first = true
  return {
    write(bytes) {
      if (!valid) return bytes.toString('latin1')
      // Most text is ASCII, which decodes several times as fast.
      if (rest.length === 0 && bytes.length > 0 && isAscii(bytes)) {
        first = false
        return bytes.toString('latin1')
      }
      const all = rest.length === 0 ? bytes : Buffer.concat([rest, bytes])
      const complete = all.length - incompleteTail(all)
      if (!isUtf8(all.subarray(0, complete))) {
        valid = false
        rest = Buffer.alloc(0)
        return all.toString('latin1')
      }
      rest = Buffer.from(all.subarray(complete))
      const text = all.toString('utf8', 0, complete)
      if (!first || text === '') return text
      first = false
      return withoutByteOrderMark(text)
    },
    end() {
      const text = rest.toString('latin1')
      rest = Buffer.alloc(0)
      return text
    },
  }
}

/** The number of bytes at the end that belong to an incomplete character: 0 to 3. */
function incompleteTail(bytes: Buffer): number {
  for (let back = 1; back <= 3 && back <= bytes.length; back += 1) {
    const byte = bytes[bytes.length - back] ?? 0
    if ((byte & 0xc0) === 0x80) continue
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1
    return length > back ? back : 0
  }
  return 0
}

function withoutByteOrderMark(text: string): string {
  return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text
}
