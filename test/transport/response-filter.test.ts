import { describe, expect, it } from 'vitest'
import { ProtocolError } from '../../src/errors/errors.js'
import { responseFilter } from '../../src/transport/response-filter.js'

const settings = { maxHead: 10_000, marker: 'x-mark' }

function filtered(bytes: string, cuts: readonly number[] = []): string {
  const filter = responseFilter(settings)
  const all = Buffer.from(bytes, 'latin1')
  const edges = [0, ...cuts, all.length]
  const out = edges.slice(1).flatMap((edge, i) => filter.write(all.subarray(edges[i], edge)))
  return Buffer.concat([...out, ...filter.end()]).toString('latin1')
}

/** pyssf's own 404. */
const twice =
  'HTTP/1.1 404 Not Found\r\nContent-Length: 5\r\nContent-Type: text/plain\r\nContent-length: 5\r\n\r\nabcde'
const once =
  'HTTP/1.1 404 Not Found\r\nContent-Length: 5\r\nContent-Type: text/plain\r\nx-mark: duplicate-content-length\r\n\r\nabcde'

describe('one answer', () => {
  it('the response filter drops a repeated identical Content-Length and reports it', () => {
    expect(filtered(twice)).toBe(once)
  })

  it('the response filter leaves a correct answer unchanged, in the same buffers', () => {
    const filter = responseFilter(settings)
    const bytes = Buffer.from('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nOKHTTP/1.1 204 No\r\n\r\n')
    const out = filter.write(bytes)
    expect(out).toHaveLength(1)
    expect(out[0]).toBe(bytes)
  })

  it('the response filter drops all of many identical lengths', () => {
    const many = `HTTP/1.1 200 OK\r\n${'content-length:1\r\n'.repeat(50)}\r\nx`
    expect(filtered(many)).toBe(
      'HTTP/1.1 200 OK\r\ncontent-length:1\r\nx-mark: duplicate-content-length\r\n\r\nx',
    )
  })

  it('the response filter reads lengths joined in one line', () => {
    expect(filtered('HTTP/1.1 200 OK\r\nContent-Length: 3, 3\r\n\r\nabc')).toBe(
      'HTTP/1.1 200 OK\r\nContent-Length: 3\r\nx-mark: duplicate-content-length\r\n\r\nabc',
    )
  })

  it.each([
    'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n',
    'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 05\r\n\r\n',
    'HTTP/1.1 200 OK\r\nContent-Length: 5, 6\r\n\r\n',
  ])('the response filter throws for lengths that differ: %j', (bytes) => {
    expect(() => filtered(bytes)).toThrow(ProtocolError)
  })

  it('the response filter drops informational answers up to a limit', () => {
    const early = 'HTTP/1.1 103 Early Hints\r\nLink: <x>\r\n\r\n'
    const answer = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nOK'
    expect(filtered(early.repeat(100) + answer)).toBe(answer)
    // Each answer has its own.
    expect(filtered((early.repeat(60) + answer).repeat(3))).toBe(answer.repeat(3))
    expect(() => filtered(early.repeat(101))).toThrow('more than 100 informational responses')
  })

  it('the response filter unfolds folded lines', () => {
    expect(filtered('HTTP/1.1 200 OK\r\nA: 1\r\n\t 2\r\n  3\r\nB: 4\r\n\r\n')).toBe(
      'HTTP/1.1 200 OK\r\nA: 1 2 3\r\nB: 4\r\nx-mark: folded-header\r\n\r\n',
    )
  })

  it('the response filter replaces bare line feeds', () => {
    expect(filtered('HTTP/1.1 200 OK\nContent-Length: 2\n\nhi')).toBe(
      'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nx-mark: bare-line-feed\r\n\r\nhi',
    )
  })

  it.each([1, 2, 27, 400])(
    'the response filter repairs a line end in the reason phrase, in pieces of %d bytes (Q18)',
    (size) => {
      const filter = responseFilter({ maxHead: 16_384, marker: 'x-mark' })
      const bytes = Buffer.from('HTTP/1.0 401 UNAUTHORIZED\n\r\nServer: x\r\nContent-Length: 2\r\n\r\nno')
      const out: Buffer[] = []
      for (let at = 0; at < bytes.length; at += size) out.push(...filter.write(bytes.subarray(at, at + size)))
      expect(Buffer.concat([...out, ...filter.end()]).toString()).toBe(
        'HTTP/1.0 401 UNAUTHORIZED\r\nServer: x\r\nContent-Length: 2\r\nx-mark: bare-line-feed\r\nx-mark: line-end-in-reason\r\n\r\nno',
      )
    },
  )

  it('the response filter leaves a fold under the status line to the parser', () => {
    const bytes = 'HTTP/1.1 200 OK\r\n A: 1\r\n\r\n'
    expect(filtered(bytes)).toBe(bytes)
  })

  it('the response filter drops informational answers', () => {
    expect(filtered(`HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\n${twice}`)).toBe(
      once,
    )
  })

  it('the response filter never reads a body', () => {
    const body = 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n'
    const bytes = `HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`
    expect(filtered(bytes)).toBe(bytes)
    const untilClose = `HTTP/1.0 200 OK\r\n\r\n${body}${body}`
    expect(filtered(untilClose)).toBe(untilClose)
  })

  it.each([
    ['no HTTP at all', `SSH-2.0-OpenSSH_9\r\n\r\n${twice}`],
    ['a chunk size that is none', `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n\r\n${twice}`],
    [
      'a chunk that is too long',
      `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nabc\r\n\r\n${twice}`,
    ],
    ['a length that is not a number', `HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n${twice}`],
    [
      'both length and chunks',
      `HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n${twice}`,
    ],
    ['a coding other than chunked', `HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n${twice}`],
    ['a changed protocol', `HTTP/1.1 101 Switching\r\n\r\n${twice}`],
  ])('the response filter turns itself off after %s', (_, bytes) => {
    expect(filtered(bytes)).toBe(bytes)
  })

  it('the response filter buffers no more than the limit of a head', () => {
    const filter = responseFilter(settings)
    expect(filter.write(Buffer.from('HTTP/1.1 200 OK\r\nA: '))).toEqual([])
    const piece = Buffer.alloc(4000, 'x')
    expect(filter.write(piece)).toEqual([])
    expect(filter.write(piece)).toEqual([])
    expect(Buffer.concat(filter.write(piece))).toHaveLength(20 + 12_000)
    expect(filter.write(piece)).toEqual([piece])
  })

  it('the response filter does not wait for the end of what is not a head', () => {
    expect(responseFilter(settings).write(Buffer.from('SSH-2.0'))).toHaveLength(1)
    const filter = responseFilter(settings)
    expect(filter.write(Buffer.from('HT'))).toEqual([])
    expect(Buffer.concat(filter.write(Buffer.from('ML'))).toString()).toBe('HTML')
  })

  it('the response filter passes on an incomplete head when the connection ends', () => {
    expect(filtered('HTTP/1.1 200 OK\r\nContent-Le')).toBe('HTTP/1.1 200 OK\r\nContent-Le')
  })
})

describe('a kept-alive connection', () => {
  const answers: readonly (readonly [string, string])[] = [
    [twice, once],
    ['HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n', 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n'],
    ['HTTP/1.1 100 Continue\r\n\r\n', ''],
    [
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;ext="a"\r\na\r\n\r\n0A\r\n0123456789\r\n0\r\nT: 1\r\n\r\n',
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;ext="a"\r\na\r\n\r\n0A\r\n0123456789\r\n0\r\nT: 1\r\n\r\n',
    ],
    [twice, once],
    ['HTTP/1.1 204 No Content\r\n\r\n', 'HTTP/1.1 204 No Content\r\n\r\n'],
    [
      'HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\nContent-Length: 9\r\n\r\n',
      'HTTP/1.1 304 Not Modified\r\nx-mark: duplicate-content-length\r\n\r\n',
    ],
    [
      'HTTP/1.1 200 OK\r\nA: b\r\n c\r\nContent-Length: 3\r\n\r\n\r\n\r',
      'HTTP/1.1 200 OK\r\nA: b c\r\nContent-Length: 3\r\nx-mark: folded-header\r\n\r\n\r\n\r',
    ],
    ['\r\n', '\r\n'],
    [twice, once],
    ['HTTP/1.0 200 OK\r\n\r\nuntil the end\r\n\r\n', 'HTTP/1.0 200 OK\r\n\r\nuntil the end\r\n\r\n'],
  ]
  const sent = answers.map(([bytes]) => bytes).join('')
  const wanted = answers.map(([, bytes]) => bytes).join('')

  it('the response filter repairs each head of a connection when all arrive at once', () => {
    expect(filtered(sent)).toBe(wanted)
  })

  it('the response filter repairs each head of a connection cut in two at any byte', () => {
    for (let cut = 1; cut < sent.length; cut += 1) expect(filtered(sent, [cut])).toBe(wanted)
  })

  it('the response filter repairs each head of a connection when every byte arrives alone', () => {
    expect(
      filtered(
        sent,
        Array.from({ length: sent.length - 1 }, (_, i) => i + 1),
      ),
    ).toBe(wanted)
  })

  it('the response filter repairs each head of a connection cut into pieces of any one size', () => {
    for (let size = 2; size < 60; size += 1) {
      const cuts = Array.from({ length: Math.ceil(sent.length / size) - 1 }, (_, i) => (i + 1) * size)
      expect(filtered(sent, cuts)).toBe(wanted)
    }
  })
})
