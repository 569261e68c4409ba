import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { ProtocolError } from '../../src/errors/errors.js'
import { charsetOf, decodingFor } from '../../src/transport/charset.js'
import { type Loopback, loopback, rejection, transport } from './loopback.js'

function serving(body: Buffer, ...headers: string[]): Promise<Loopback> {
  return loopback((_, socket) => {
    socket.write(['HTTP/1.1 200 OK', ...headers, `Content-Length: ${body.length}`, '', ''].join('\r\n'))
    socket.write(body)
  })
}

const get = (url: string) => ({ method: 'GET', url, headers: [] }) as const
const text = 'Category: größe 漢\n'.repeat(500)

describe('compression', () => {
  it.each([
    ['gzip', gzipSync(text)],
    ['X-GZIP', gzipSync(text)],
    ['deflate', deflateSync(text)],
    ['deflate', deflateRawSync(text)],
    ['br', brotliCompressSync(text)],
    ['gzip, br', brotliCompressSync(gzipSync(text))],
    ['identity', Buffer.from(text)],
  ])('compression by %s is decoded, whole and streamed', async (coding, bytes) => {
    const server = await serving(bytes, `Content-Encoding: ${coding}`)
    const http = transport()
    expect((await http.send(get(server.url))).body).toBe(text)
    let streamed = ''
    for await (const chunk of (await http.stream(get(server.url))).chunks) streamed += chunk
    expect(streamed).toBe(text)
    expect(server.received[0]?.head.toLowerCase()).toContain('accept-encoding: gzip, deflate, br')
  })

  it('an empty body with a compression is not an error', async () => {
    const server = await serving(Buffer.alloc(0), 'Content-Encoding: gzip')
    expect((await transport().send(get(server.url))).body).toBe('')
    expect((await transport().send({ ...get(server.url), method: 'HEAD' })).body).toBe('')
  })

  // Guarantee: answers-bounded
  it('a compressed body cannot exceed the limit', async () => {
    const bomb = gzipSync(Buffer.alloc(50_000_000))
    const server = await serving(bomb, 'Content-Encoding: gzip')
    const http = transport({ maxResponse: 1_000_000 })
    const error = await rejection(http.send(get(server.url)))
    expect(error).toBeInstanceOf(ProtocolError)
    expect((error as ProtocolError).message).toContain('limit of 1000000 bytes')
    const { chunks } = await http.stream(get(server.url))
    let seen = 0
    const streamed = await rejection(
      (async () => {
        for await (const chunk of chunks) seen += chunk.length
      })(),
    )
    expect(streamed).toBeInstanceOf(ProtocolError)
    expect(seen).toBeLessThanOrEqual(1_000_000)
  })

  it.each([
    ['gzip', 'not compressed at all', 'cannot be decompressed'],
    ['br', 'not compressed at all', 'cannot be decompressed'],
    ['deflate', 'not compressed at all', 'cannot be decompressed'],
    ['zstd', 'x', 'unsupported coding'],
    ['gzip, gzip, gzip', 'x', '3 times'],
  ])('a body that is not %s as declared is an error', async (coding, body, words) => {
    const server = await serving(Buffer.from(body), `Content-Encoding: ${coding}`)
    const error = await rejection(transport().send(get(server.url)))
    expect(error).toBeInstanceOf(ProtocolError)
    expect((error as ProtocolError).message).toContain(words)
  })

  it('a compressed body that is cut off is an error', async () => {
    const server = await serving(gzipSync(text).subarray(0, 30), 'Content-Encoding: gzip')
    expect(await rejection(transport().send(get(server.url)))).toBeInstanceOf(ProtocolError)
  })
})

describe('limits', () => {
  it('the limit stops a body that does not end', async () => {
    const server = await loopback((_, socket) => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n')
      const timer = setInterval(() => socket.write(Buffer.alloc(60_000, 'x')), 1)
      socket.on('close', () => clearInterval(timer))
    })
    const error = await rejection(transport({ maxResponse: 200_000 }).send(get(server.url)))
    expect(error).toBeInstanceOf(ProtocolError)
  })

  it('a body of exactly the limit is accepted', async () => {
    const server = await serving(Buffer.alloc(1000, 'x'))
    expect((await transport({ maxResponse: 1000 }).send(get(server.url))).body).toHaveLength(1000)
    expect(await rejection(transport({ maxResponse: 999 }).send(get(server.url)))).toBeInstanceOf(
      ProtocolError,
    )
  })

  it.each([
    ['cut before its Content-Length', 'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf'],
    ['cut within a chunk', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n10\r\nhalf'],
    ['cut after a chunk', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n'],
    ['cut within the head', 'HTTP/1.1 200 OK\r\nContent-Le'],
  ])('an answer that was %s is not taken for complete', async (_, bytes) => {
    const server = await loopback((__, socket) => socket.end(bytes))
    const error = await rejection(transport().send(get(server.url)))
    expect(error).toMatchObject({ facts: { sent: 'maybe', transient: true } })
  })
})

describe('character sets', () => {
  it.each([
    [undefined, 'größe', 'utf8'],
    // Q20, ooi-10
    ['text/plain; charset=utf8', 'größe', 'utf8'],
    ['text/plain;charset="UTF-8"', 'größe', 'utf8'],
    ['text/plain; charset=ISO-8859-1', 'größe', 'latin1'],
    ['text/plain; x=1; Charset=Latin_1', 'größe', 'latin1'],
    ['text/plain; charset=utf-8', 'größe', 'latin1'],
    ['text/plain; charset=martian', 'größe', 'utf8'],
    ['text/plain; charset=utf-16le', 'größe', 'utf16le'],
  ] as const)('a body is decoded from %s', async (type, wanted, encoding) => {
    const server = await serving(
      Buffer.from(wanted, encoding),
      ...(type === undefined ? [] : [`Content-Type: ${type}`]),
    )
    expect((await transport().send(get(server.url))).body).toBe(wanted)
  })

  it('a byte order mark is dropped', () => {
    expect(decodingFor(undefined).decode(Buffer.from('\ufeff{}'))).toBe('{}')
    const pieces = decodingFor(undefined).createStream()
    expect(
      pieces.write(Buffer.from([0xef])) + pieces.write(Buffer.from([0xbb, 0xbf, 0x7b])) + pieces.end(),
    ).toBe('{')
  })

  it('characters stay whole wherever the bytes are cut', () => {
    const bytes = Buffer.from('aé漢🎈z\ufffd')
    for (let a = 0; a <= bytes.length; a += 1) {
      for (let b = a; b <= bytes.length; b += 1) {
        const pieces = decodingFor(undefined).createStream()
        const parts = [bytes.subarray(0, a), bytes.subarray(a, b), bytes.subarray(b)]
        expect(parts.map((part) => pieces.write(part)).join('') + pieces.end()).toBe('aé漢🎈z\ufffd')
      }
    }
  })

  it('a stream that stops being UTF-8 continues as Latin-1 without loss', () => {
    const pieces = decodingFor(undefined).createStream()
    const parts = ['é', 'ü'].map((part) => Buffer.from(part, part === 'é' ? 'utf8' : 'latin1'))
    expect(
      parts.map((part) => pieces.write(part)).join('') + pieces.write(Buffer.from('x')) + pieces.end(),
    ).toBe('éüx')
    const cut = decodingFor(undefined).createStream()
    expect(cut.write(Buffer.from([0x61, 0xe6])) + cut.end()).toBe('a\u00e6')
  })

  it('the charset parameter is read only where it is one', () => {
    expect(charsetOf('text/plain; mycharset=a')).toBeUndefined()
    expect(charsetOf('text/plain')).toBeUndefined()
  })
})
