import { Buffer, isAscii, isUtf8 } from 'node:buffer'

/** Decodes text of one charset. */
interface TextDecoding {
  /** Decodes a whole body. */
  decode(bytes: Buffer): string
  /** Creates a decoder for bytes that arrive in pieces, which may split characters. */
  createStream(): StreamDecoder
}

interface StreamDecoder {
  write(bytes: Buffer): string
  end(): string
}

/**
 * Returns the decoding for a Content-Type, UTF-8 by default. Bytes that are not valid UTF-8 are read as Latin-1, in
 * which every byte is a character. Variants of charset names are accepted (ooi and snf-occi send `utf8`).
 */
export function decodingFor(contentType: string | undefined): TextDecoding {
  const name = charsetOf(contentType)
  if (name === undefined || utf8Names.has(name)) return utf8
  if (latin1Names.has(name)) return latin1
  return platformDecoding(name) ?? utf8
}

/** Returns the charset parameter in lower case, without separators: `utf8` for both `UTF-8` and `utf_8`. */
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
  decode: (bytes) =>
    isUtf8(bytes) ? withoutByteOrderMark(bytes.toString('utf8')) : bytes.toString('latin1'),
  createStream: () => utf8Stream(),
}

const latin1: TextDecoding = {
  decode: (bytes) => bytes.toString('latin1'),
  createStream: () => ({ write: (bytes) => bytes.toString('latin1'), end: () => '' }),
}

/** Returns the decoding for another charset that TextDecoder supports, e.g. windows-1252 or utf-16le. */
function platformDecoding(name: string): TextDecoding | undefined {
  const label = name.replace(/^(windows|utf|iso8859)(\d+)/, '$1-$2')
  try {
    new TextDecoder(label)
  } catch {
    return undefined
  }
  return {
    decode: (bytes) => new TextDecoder(label).decode(bytes),
    createStream: () => {
      const decoder = new TextDecoder(label)
      return { write: (bytes) => decoder.decode(bytes, { stream: true }), end: () => decoder.decode() }
    },
  }
}

/** Decodes UTF-8. From the first piece that is not valid UTF-8 on, all pieces are decoded as Latin-1. */
function utf8Stream(): StreamDecoder {
  let incomplete: Buffer = Buffer.alloc(0)
  let isValid = true
  let atStart = true
  return {
    write(bytes) {
      if (!isValid) return bytes.toString('latin1')
      // Most text is ASCII, which is decoded several times as fast as Latin-1.
      if (incomplete.length === 0 && bytes.length > 0 && isAscii(bytes)) {
        atStart = false
        return bytes.toString('latin1')
      }
      const all = incomplete.length === 0 ? bytes : Buffer.concat([incomplete, bytes])
      const completeLength = all.length - incompleteTail(all)
      if (!isUtf8(all.subarray(0, completeLength))) {
        isValid = false
        incomplete = Buffer.alloc(0)
        return all.toString('latin1')
      }
      incomplete = Buffer.from(all.subarray(completeLength))
      const text = all.toString('utf8', 0, completeLength)
      if (!atStart || text === '') return text
      atStart = false
      return withoutByteOrderMark(text)
    },
    end() {
      const text = incomplete.toString('latin1')
      incomplete = Buffer.alloc(0)
      return text
    },
  }
}

/** Counts the bytes at the end that belong to an incomplete character: 0 to 3. */
function incompleteTail(bytes: Buffer): number {
  for (let distance = 1; distance <= 3 && distance <= bytes.length; distance += 1) {
    const byte = bytes[bytes.length - distance] ?? 0
    if ((byte & 0xc0) === 0x80) continue
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1
    return length > distance ? distance : 0
  }
  return 0
}

function withoutByteOrderMark(text: string): string {
  return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text
}
