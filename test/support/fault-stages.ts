/** What can go wrong with one exchange, stage by stage. */
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { gzipSync } from 'node:zlib'
import { type Hit, headOf, type ProxiedAnswer, type Strike } from './fault-proxy.js'

export interface Stage {
  readonly name: string
  readonly strike: Strike
  /** How often, where `once` is meant; 1 when absent. */
  readonly times?: number
  /** Whether the server has carried the request out when the fault comes. */
  readonly processed: boolean
  /** Needs a proxy that speaks TLS. */
  readonly tls?: true
  /** Costs time or memory: tried on the writing request only. */
  readonly heavy?: true
  /** Valid HTTP and valid OCCI, but not true as an answer to a question: for writing requests only. */
  readonly toWrites?: true
}

const html = '<!DOCTYPE html><html><head><title>Sign in</title></head><body>Please sign in.</body></html>'
const page = (status: number, reason: string): ProxiedAnswer => ({
  status,
  reason,
  headers: [['Content-Type', 'text/html; charset=utf-8']],
  body: html,
})
const plain = (status: number, reason: string, ...headers: (readonly [string, string])[]): ProxiedAnswer => ({
  status,
  reason,
  headers: [['Content-Type', 'text/plain'], ...headers],
  body: `${reason}\r\n`,
})

const request = (act: (hit: Hit) => Promise<void> | void): Strike => ({ at: 'request', act })
/** The server does not see the request. */
const before = (act: (hit: Hit) => void): Strike => request(act)
/** The server has carried it out; what becomes of its answer? */
const after = (act: (answer: ProxiedAnswer, hit: Hit) => void): Strike =>
  request(async (hit) => act(await hit.forward(), hit))

const cut = (raw: Socket): void => {
  raw.resetAndDestroy()
}
/** The bytes go out before the cut: a reset overtakes what is still in the buffers. */
function writeThen(socket: Duplex, bytes: string | Buffer, then: () => void): void {
  socket.write(bytes, () => setTimeout(then, 5))
}
const half = (text: string): string => text.slice(0, Math.ceil(text.length / 2))
/** With a body to cut even where the server sent none. */
const filled = (answer: ProxiedAnswer): ProxiedAnswer =>
  answer.body.length > 1
    ? answer
    : { ...answer, status: answer.status === 204 ? 200 : answer.status, body: 'OK\r\n' }
const withHeaders = (answer: ProxiedAnswer, ...headers: (readonly [string, string])[]): ProxiedAnswer => ({
  ...answer,
  headers: [...answer.headers, ...headers],
})
/** Writes for as long as somebody listens. */
function pour(socket: Duplex, piece: string | Buffer): void {
  const more = (): void => {
    while (!socket.destroyed && socket.writable) if (!socket.write(piece)) return
  }
  socket.on('drain', more)
  more()
}
function every(milliseconds: number, socket: Duplex, act: () => void): void {
  const timer = setInterval(() => {
    if (socket.destroyed || !socket.writable) clearInterval(timer)
    else act()
  }, milliseconds)
}

let bomb: Buffer | undefined
/** 512 MiB of zeros in half a megabyte. */
function gzipBomb(): Buffer {
  bomb ??= gzipSync(Buffer.alloc(512 * 1024 * 1024), { level: 9 })
  return bomb
}

export const stages: readonly Stage[] = [
  // The connection.
  { name: 'refused', strike: { at: 'listener' }, processed: false },
  { name: 'reset when connected', strike: { at: 'connection', act: cut }, processed: false },
  { name: 'closed when connected', strike: { at: 'connection', act: (raw) => raw.end() }, processed: false },
  {
    name: 'TLS reset in the handshake',
    strike: { at: 'connection', act: cut, hello: true },
    processed: false,
    tls: true,
  },
  {
    name: 'TLS closed in the handshake',
    strike: { at: 'connection', act: (raw) => raw.end(), hello: true },
    processed: false,
    tls: true,
  },
  {
    name: 'TLS alert in the handshake',
    strike: {
      at: 'connection',
      act: (raw) => raw.end(Buffer.from([0x15, 3, 3, 0, 2, 2, 40])),
      hello: true,
    },
    processed: false,
    tls: true,
  },
  {
    name: 'no TLS but HTTP',
    strike: { at: 'connection', act: (raw) => raw.end('HTTP/1.1 400 Bad Request\r\n\r\n'), hello: true },
    processed: false,
    tls: true,
  },
  {
    name: 'TLS cut within the answer',
    strike: after((answer, { socket, raw }) => {
      const { body } = filled(answer)
      writeThen(socket, headOf({ ...filled(answer), body }) + half(body), () => cut(raw))
    }),
    processed: true,
    tls: true,
  },
  // The request arrived, and the server never saw it.
  { name: 'reset after the request', strike: before(({ raw }) => cut(raw)), processed: false },
  { name: 'closed after the request', strike: before(({ socket }) => void socket.end()), processed: false },
  { name: 'silence, not processed', strike: before(() => {}), processed: false },
  {
    name: '503 twice, then fine',
    strike: before(({ send }) => send(plain(503, 'Service Unavailable'))),
    times: 2,
    processed: false,
  },
  {
    name: '503 with Retry-After',
    strike: before(({ send }) => send(plain(503, 'Service Unavailable', ['Retry-After', '1']))),
    processed: false,
  },
  {
    name: '503 with a Retry-After of a day',
    strike: before(({ send }) => send(plain(503, 'Service Unavailable', ['Retry-After', '86400']))),
    processed: false,
  },
  {
    name: '429 with a date',
    strike: before(({ send }) =>
      send(plain(429, 'Too Many Requests', ['Retry-After', 'Sat, 21 Nov 2026 00:00:05 GMT'])),
    ),
    processed: false,
  },
  {
    name: '502 page, not processed',
    strike: before(({ send }) => send(page(502, 'Bad Gateway'))),
    processed: false,
  },
  {
    name: '200 with a page, not processed',
    strike: before(({ send }) => send(page(200, 'OK'))),
    processed: false,
  },
  {
    name: 'garbage instead of HTTP',
    strike: before(({ socket }) => void socket.end('SSH-2.0-OpenSSH_9.2\r\n')),
    processed: false,
  },
  {
    name: 'redirect to itself',
    strike: before(({ send, request: { target } }) =>
      send(plain(307, 'Temporary Redirect', ['Location', target])),
    ),
    processed: false,
  },
  {
    name: 'redirect to another host',
    strike: before(({ send }) => send(plain(307, 'Temporary Redirect', ['Location', 'http://127.0.0.1:9/']))),
    processed: false,
  },
  {
    name: 'redirect to another scheme',
    strike: before(({ send }) => send(plain(302, 'Found', ['Location', 'file:///etc/passwd']))),
    processed: false,
  },
  {
    name: 'switches protocols',
    strike: before(({ socket }) => {
      socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n')
    }),
    processed: false,
  },
  {
    name: '1xx without end',
    strike: before(({ socket }) =>
      every(20, socket, () => void socket.write('HTTP/1.1 102 Processing\r\n\r\n')),
    ),
    processed: false,
  },
  {
    name: 'processed after the connection broke',
    strike: before(({ raw, later }) => {
      later()
      cut(raw)
    }),
    processed: true,
    toWrites: true,
  },
  {
    name: 'processed after a 504',
    strike: before(({ send, later }) => {
      later()
      send(page(504, 'Gateway Timeout'))
    }),
    processed: true,
    toWrites: true,
  },
  // The server carried it out; the answer has its fate.
  {
    name: '1xx, then fine',
    strike: after((answer, { socket, send }) => {
      socket.write('HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </x>; rel=preload\r\n\r\n')
      send(answer)
    }),
    processed: true,
  },
  { name: 'reset before the answer', strike: after((_, { raw }) => cut(raw)), processed: true },
  { name: 'closed before the answer', strike: after((_, { socket }) => void socket.end()), processed: true },
  { name: 'silence after processing', strike: after(() => {}), processed: true },
  {
    name: 'reset within the status line',
    strike: after((_, { socket, raw }) => writeThen(socket, 'HTTP/1.1 20', () => cut(raw))),
    processed: true,
  },
  {
    name: 'reset within the headers',
    strike: after((answer, { socket, raw }) => writeThen(socket, half(headOf(answer)), () => cut(raw))),
    processed: true,
  },
  {
    name: 'closed within the headers',
    strike: after((answer, { socket }) => void socket.end(half(headOf(answer)))),
    processed: true,
  },
  {
    name: 'silence within the headers',
    strike: after((answer, { socket }) => void socket.write(half(headOf(answer)))),
    processed: true,
  },
  {
    name: 'reset after the headers',
    strike: after((answer, { socket, raw }) => writeThen(socket, headOf(filled(answer)), () => cut(raw))),
    processed: true,
  },
  {
    name: 'half a body, reset',
    strike: after((given, { socket, raw }) => {
      const answer = filled(given)
      writeThen(socket, headOf(answer) + half(answer.body), () => cut(raw))
    }),
    processed: true,
  },
  {
    name: 'half a body, closed',
    strike: after((given, { socket }) => {
      const answer = filled(given)
      socket.end(headOf(answer) + half(answer.body))
    }),
    processed: true,
  },
  {
    name: 'half a body, silence',
    strike: after((given, { socket }) => {
      const answer = filled(given)
      socket.write(headOf(answer) + half(answer.body))
    }),
    processed: true,
  },
  {
    name: 'Content-Length too long',
    strike: after((given, { socket }) => {
      const answer = filled(given)
      const length = String(Buffer.byteLength(answer.body) + 7)
      socket.end(headOf(withHeaders(answer, ['Content-Length', length])) + answer.body)
    }),
    processed: true,
  },
  {
    name: 'Content-Length too short',
    strike: after((given, { socket }) => {
      const answer = filled(given)
      const length = String(Math.floor(Buffer.byteLength(answer.body) / 2))
      socket.write(headOf(withHeaders(answer, ['Content-Length', length])) + answer.body)
    }),
    processed: true,
  },
  {
    name: 'two different Content-Lengths',
    strike: after((given, { socket }) => {
      const answer = filled(given)
      const length = Buffer.byteLength(answer.body)
      const two = withHeaders(
        answer,
        ['Content-Length', String(length)],
        ['Content-Length', String(length - 1)],
      )
      socket.write(headOf(two) + answer.body)
    }),
    processed: true,
  },
  {
    name: 'Content-Length of letters',
    strike: after((given, { socket }) => {
      const answer = filled(given)
      socket.end(headOf(withHeaders(answer, ['Content-Length', 'many'])) + answer.body)
    }),
    processed: true,
  },
  {
    name: 'chunks cut off',
    strike: after((given, { socket }) => {
      const answer = filled(given)
      const size = Buffer.byteLength(answer.body).toString(16)
      const head = headOf(withHeaders(answer, ['Transfer-Encoding', 'chunked']))
      socket.end(`${head}${size}\r\n${half(answer.body)}`)
    }),
    processed: true,
  },
  {
    name: 'chunks without the last',
    strike: after((given, { socket }) => {
      const answer = filled(given)
      const size = Buffer.byteLength(answer.body).toString(16)
      const head = headOf(withHeaders(answer, ['Transfer-Encoding', 'chunked']))
      socket.end(`${head}${size}\r\n${answer.body}\r\n`)
    }),
    processed: true,
  },
  {
    name: 'chunks of a wrong size',
    strike: after((given, { socket }) => {
      const answer = filled(given)
      const head = headOf(withHeaders(answer, ['Transfer-Encoding', 'chunked']))
      socket.end(`${head}zz\r\n${answer.body}\r\n0\r\n\r\n`)
    }),
    processed: true,
  },
  {
    name: '200 with a page, processed',
    strike: after((_, { send }) => send(page(200, 'OK'))),
    processed: true,
  },
  {
    name: '200 without a word',
    strike: after((_, { send }) => send({ ...plain(200, 'OK'), body: '' })),
    processed: true,
    toWrites: true,
  },
  {
    name: '204 without a word',
    strike: after((_, { send }) => send({ ...plain(204, 'No Content'), body: '' })),
    processed: true,
    toWrites: true,
  },
  {
    name: '500 after processing',
    strike: after((_, { send }) => send(plain(500, 'Internal Server Error'))),
    processed: true,
  },
  {
    name: '502 after processing',
    strike: after((_, { send }) => send(page(502, 'Bad Gateway'))),
    processed: true,
  },
  {
    name: '504 after processing',
    strike: after((_, { send }) => send(page(504, 'Gateway Timeout'))),
    processed: true,
  },
  {
    name: 'answered twice',
    strike: after((answer, { socket }) => {
      const whole = headOf(answer) + answer.body
      socket.write(whole + whole)
    }),
    processed: true,
  },
  {
    name: 'corrupted head',
    strike: after((answer, { socket }) => {
      const bytes = Buffer.from(headOf(answer) + answer.body)
      for (let at = 9; at < Math.min(bytes.length, 60); at += 10) bytes[at] = (bytes[at] ?? 0) ^ 0xff
      socket.end(bytes)
    }),
    processed: true,
  },
  {
    name: 'corrupted body',
    strike: after((given, { socket }) => {
      const answer = filled(given)
      const body = Buffer.from(answer.body)
      // A run of garbage in the middle, as a broken buffer leaves it.
      body.fill(0xfe, Math.floor(body.length / 3), Math.ceil((body.length * 2) / 3))
      socket.write(headOf(answer))
      socket.write(body)
    }),
    processed: true,
  },
  {
    name: 'gzip that is none',
    strike: after((given, { socket }) => {
      const answer = filled(given)
      socket.write(headOf(withHeaders(answer, ['Content-Encoding', 'gzip'])) + answer.body)
    }),
    processed: true,
  },
  {
    name: 'gzip cut off',
    strike: after((given, { socket }) => {
      const answer = filled(given)
      const packed = gzipSync(answer.body)
      const part = packed.subarray(0, packed.length - 6)
      socket.write(
        headOf(withHeaders(answer, ['Content-Encoding', 'gzip'], ['Content-Length', String(part.length)])),
      )
      socket.write(part)
    }),
    processed: true,
  },
  {
    name: 'gzip bomb',
    strike: after((answer, { socket }) => {
      const bytes = gzipBomb()
      const head = withHeaders(answer, ['Content-Encoding', 'gzip'], ['Content-Length', String(bytes.length)])
      socket.write(headOf({ ...head, status: answer.status === 204 ? 200 : answer.status }))
      socket.write(bytes)
    }),
    processed: true,
    heavy: true,
  },
  {
    name: 'body without end',
    strike: after((answer, { socket }) => {
      const head = withHeaders(answer, ['Transfer-Encoding', 'chunked'])
      socket.write(headOf({ ...head, status: answer.status === 204 ? 200 : answer.status }))
      pour(socket, `10000\r\n${'x'.repeat(0x10000)}\r\n`)
    }),
    processed: true,
    heavy: true,
  },
  {
    name: 'headers without end',
    strike: after((_, { socket }) => {
      socket.write('HTTP/1.1 200 OK\r\n')
      pour(socket, `X-Padding: ${'x'.repeat(4000)}\r\n`.repeat(16))
    }),
    processed: true,
    heavy: true,
  },
]
