/** The faults of one HTTP exchange, ordered by the stage at which they occur. */
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { gzipSync } from 'node:zlib'
import { type Fault, headOf, type InterceptedRequest, type ProxiedAnswer } from './fault-proxy.js'

export interface Stage {
  readonly name: string
  readonly fault: Fault
  /** How many requests it affects in tests of a single fault. Default 1. */
  readonly times?: number
  /** Whether the server has carried out the request, or will. */
  readonly processed: boolean
  /** Needs a proxy that speaks TLS. */
  readonly tls?: true
  /** Takes much time or memory: tested with the writing request only. */
  readonly isExpensive?: true
  /** The response is valid but false for a read, which could not detect that: tested with writing requests only. */
  readonly writesOnly?: true
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

const request = (act: (hit: InterceptedRequest) => Promise<void> | void): Fault => ({ at: 'request', act })
/** The server does not receive the request. */
const beforeProcessing = (act: (hit: InterceptedRequest) => void): Fault => request(act)
/** The server has carried out the request, and something happens to its response. */
const afterProcessing = (act: (answer: ProxiedAnswer, hit: InterceptedRequest) => void): Fault =>
  request(async (hit) => act(await hit.forward(), hit))

const resetConnection = (raw: Socket): void => {
  raw.resetAndDestroy()
}
/** Writes bytes, and calls `then` after they were sent: a reset would discard what is still in the buffers. */
function writeThen(socket: Duplex, bytes: string | Buffer, then: () => void): void {
  socket.write(bytes, () => setTimeout(then, 5))
}
const half = (text: string): string => text.slice(0, Math.ceil(text.length / 2))
/** The response with a body that can be cut, even if the server sent none. */
const withBody = (answer: ProxiedAnswer): ProxiedAnswer =>
  answer.body.length > 1
    ? answer
    : { ...answer, status: answer.status === 204 ? 200 : answer.status, body: 'OK\r\n' }
const withHeaders = (answer: ProxiedAnswer, ...headers: (readonly [string, string])[]): ProxiedAnswer => ({
  ...answer,
  headers: [...answer.headers, ...headers],
})
/** Writes until the client closes the connection. */
function writeEndlessly(socket: Duplex, piece: string | Buffer): void {
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
/** 512 MiB of zeros, compressed to half a megabyte. */
function gzipBomb(): Buffer {
  bomb ??= gzipSync(Buffer.alloc(512 * 1024 * 1024), { level: 9 })
  return bomb
}

export const stages: readonly Stage[] = [
  // While connecting.
  { name: 'refused', fault: { at: 'listener' }, processed: false },
  { name: 'reset when connected', fault: { at: 'connection', act: resetConnection }, processed: false },
  { name: 'closed when connected', fault: { at: 'connection', act: (raw) => raw.end() }, processed: false },
  {
    name: 'TLS reset in the handshake',
    fault: { at: 'connection', act: resetConnection, hello: true },
    processed: false,
    tls: true,
  },
  {
    name: 'TLS closed in the handshake',
    fault: { at: 'connection', act: (raw) => raw.end(), hello: true },
    processed: false,
    tls: true,
  },
  {
    name: 'TLS alert in the handshake',
    fault: {
      at: 'connection',
      act: (raw) => raw.end(Buffer.from([0x15, 3, 3, 0, 2, 2, 40])),
      hello: true,
    },
    processed: false,
    tls: true,
  },
  {
    name: 'no TLS but HTTP',
    fault: { at: 'connection', act: (raw) => raw.end('HTTP/1.1 400 Bad Request\r\n\r\n'), hello: true },
    processed: false,
    tls: true,
  },
  {
    name: 'TLS cut within the answer',
    fault: afterProcessing((answer, { socket, raw }) => {
      const { body } = withBody(answer)
      writeThen(socket, headOf({ ...withBody(answer), body }) + half(body), () => resetConnection(raw))
    }),
    processed: true,
    tls: true,
  },
  // The proxy received the request; the server did not.
  {
    name: 'reset after the request',
    fault: beforeProcessing(({ raw }) => resetConnection(raw)),
    processed: false,
  },
  {
    name: 'closed after the request',
    fault: beforeProcessing(({ socket }) => void socket.end()),
    processed: false,
  },
  { name: 'silence, not processed', fault: beforeProcessing(() => {}), processed: false },
  {
    name: '503 twice, then fine',
    fault: beforeProcessing(({ send }) => send(plain(503, 'Service Unavailable'))),
    times: 2,
    processed: false,
  },
  {
    name: '503 with Retry-After',
    fault: beforeProcessing(({ send }) => send(plain(503, 'Service Unavailable', ['Retry-After', '1']))),
    processed: false,
  },
  {
    name: '503 with a Retry-After of a day',
    fault: beforeProcessing(({ send }) => send(plain(503, 'Service Unavailable', ['Retry-After', '86400']))),
    processed: false,
  },
  {
    name: '429 with a date',
    fault: beforeProcessing(({ send }) =>
      send(plain(429, 'Too Many Requests', ['Retry-After', 'Sat, 21 Nov 2026 00:00:05 GMT'])),
    ),
    processed: false,
  },
  {
    name: '502 page, not processed',
    fault: beforeProcessing(({ send }) => send(page(502, 'Bad Gateway'))),
    processed: false,
  },
  {
    name: '200 with a page, not processed',
    fault: beforeProcessing(({ send }) => send(page(200, 'OK'))),
    processed: false,
  },
  {
    name: 'garbage instead of HTTP',
    fault: beforeProcessing(({ socket }) => void socket.end('SSH-2.0-OpenSSH_9.2\r\n')),
    processed: false,
  },
  {
    name: 'redirect to itself',
    fault: beforeProcessing(({ send, request: { target } }) =>
      send(plain(307, 'Temporary Redirect', ['Location', target])),
    ),
    processed: false,
  },
  {
    name: 'redirect to another host',
    fault: beforeProcessing(({ send }) =>
      send(plain(307, 'Temporary Redirect', ['Location', 'http://127.0.0.1:9/'])),
    ),
    processed: false,
  },
  {
    name: 'redirect to another scheme',
    fault: beforeProcessing(({ send }) => send(plain(302, 'Found', ['Location', 'file:///etc/passwd']))),
    processed: false,
  },
  {
    name: 'switches protocols',
    fault: beforeProcessing(({ socket }) => {
      socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n')
    }),
    processed: false,
  },
  {
    name: '1xx without end',
    fault: beforeProcessing(({ socket }) =>
      every(20, socket, () => void socket.write('HTTP/1.1 102 Processing\r\n\r\n')),
    ),
    processed: false,
  },
  {
    name: 'processed after the connection broke',
    fault: beforeProcessing(({ raw, delay }) => {
      delay()
      resetConnection(raw)
    }),
    processed: true,
    writesOnly: true,
  },
  {
    name: 'processed after a 504',
    fault: beforeProcessing(({ send, delay }) => {
      delay()
      send(page(504, 'Gateway Timeout'))
    }),
    processed: true,
    writesOnly: true,
  },
  // The server carried out the request; the fault is in the response.
  {
    name: '1xx, then fine',
    fault: afterProcessing((answer, { socket, send }) => {
      socket.write('HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </x>; rel=preload\r\n\r\n')
      send(answer)
    }),
    processed: true,
  },
  {
    name: 'reset before the answer',
    fault: afterProcessing((_, { raw }) => resetConnection(raw)),
    processed: true,
  },
  {
    name: 'closed before the answer',
    fault: afterProcessing((_, { socket }) => void socket.end()),
    processed: true,
  },
  { name: 'silence after processing', fault: afterProcessing(() => {}), processed: true },
  {
    name: 'reset within the status line',
    fault: afterProcessing((_, { socket, raw }) =>
      writeThen(socket, 'HTTP/1.1 20', () => resetConnection(raw)),
    ),
    processed: true,
  },
  {
    name: 'reset within the headers',
    fault: afterProcessing((answer, { socket, raw }) =>
      writeThen(socket, half(headOf(answer)), () => resetConnection(raw)),
    ),
    processed: true,
  },
  {
    name: 'closed within the headers',
    fault: afterProcessing((answer, { socket }) => void socket.end(half(headOf(answer)))),
    processed: true,
  },
  {
    name: 'silence within the headers',
    fault: afterProcessing((answer, { socket }) => void socket.write(half(headOf(answer)))),
    processed: true,
  },
  {
    name: 'reset after the headers',
    fault: afterProcessing((answer, { socket, raw }) =>
      writeThen(socket, headOf(withBody(answer)), () => resetConnection(raw)),
    ),
    processed: true,
  },
  {
    name: 'half a body, reset',
    fault: afterProcessing((given, { socket, raw }) => {
      const answer = withBody(given)
      writeThen(socket, headOf(answer) + half(answer.body), () => resetConnection(raw))
    }),
    processed: true,
  },
  {
    name: 'half a body, closed',
    fault: afterProcessing((given, { socket }) => {
      const answer = withBody(given)
      socket.end(headOf(answer) + half(answer.body))
    }),
    processed: true,
  },
  {
    name: 'half a body, silence',
    fault: afterProcessing((given, { socket }) => {
      const answer = withBody(given)
      socket.write(headOf(answer) + half(answer.body))
    }),
    processed: true,
  },
  {
    name: 'Content-Length too long',
    fault: afterProcessing((given, { socket }) => {
      const answer = withBody(given)
      const length = String(Buffer.byteLength(answer.body) + 7)
      socket.end(headOf(withHeaders(answer, ['Content-Length', length])) + answer.body)
    }),
    processed: true,
  },
  {
    name: 'Content-Length too short',
    fault: afterProcessing((given, { socket }) => {
      const answer = withBody(given)
      const length = String(Math.floor(Buffer.byteLength(answer.body) / 2))
      socket.write(headOf(withHeaders(answer, ['Content-Length', length])) + answer.body)
    }),
    processed: true,
  },
  {
    name: 'two different Content-Lengths',
    fault: afterProcessing((given, { socket }) => {
      const answer = withBody(given)
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
    fault: afterProcessing((given, { socket }) => {
      const answer = withBody(given)
      socket.end(headOf(withHeaders(answer, ['Content-Length', 'many'])) + answer.body)
    }),
    processed: true,
  },
  {
    name: 'chunks cut off',
    fault: afterProcessing((given, { socket }) => {
      const answer = withBody(given)
      const size = Buffer.byteLength(answer.body).toString(16)
      const head = headOf(withHeaders(answer, ['Transfer-Encoding', 'chunked']))
      socket.end(`${head}${size}\r\n${half(answer.body)}`)
    }),
    processed: true,
  },
  {
    name: 'chunks without the last',
    fault: afterProcessing((given, { socket }) => {
      const answer = withBody(given)
      const size = Buffer.byteLength(answer.body).toString(16)
      const head = headOf(withHeaders(answer, ['Transfer-Encoding', 'chunked']))
      socket.end(`${head}${size}\r\n${answer.body}\r\n`)
    }),
    processed: true,
  },
  {
    name: 'chunks of a wrong size',
    fault: afterProcessing((given, { socket }) => {
      const answer = withBody(given)
      const head = headOf(withHeaders(answer, ['Transfer-Encoding', 'chunked']))
      socket.end(`${head}zz\r\n${answer.body}\r\n0\r\n\r\n`)
    }),
    processed: true,
  },
  {
    name: '200 with a page, processed',
    fault: afterProcessing((_, { send }) => send(page(200, 'OK'))),
    processed: true,
  },
  {
    name: '200 without a word',
    fault: afterProcessing((_, { send }) => send({ ...plain(200, 'OK'), body: '' })),
    processed: true,
    writesOnly: true,
  },
  {
    name: '204 without a word',
    fault: afterProcessing((_, { send }) => send({ ...plain(204, 'No Content'), body: '' })),
    processed: true,
    writesOnly: true,
  },
  {
    name: '500 after processing',
    fault: afterProcessing((_, { send }) => send(plain(500, 'Internal Server Error'))),
    processed: true,
  },
  {
    name: '502 after processing',
    fault: afterProcessing((_, { send }) => send(page(502, 'Bad Gateway'))),
    processed: true,
  },
  {
    name: '504 after processing',
    fault: afterProcessing((_, { send }) => send(page(504, 'Gateway Timeout'))),
    processed: true,
  },
  {
    name: 'answered twice',
    fault: afterProcessing((answer, { socket }) => {
      const whole = headOf(answer) + answer.body
      socket.write(whole + whole)
    }),
    processed: true,
  },
  {
    name: 'corrupted head',
    fault: afterProcessing((answer, { socket }) => {
      const bytes = Buffer.from(headOf(answer) + answer.body)
      for (let at = 9; at < Math.min(bytes.length, 60); at += 10) bytes[at] = (bytes[at] ?? 0) ^ 0xff
      socket.end(bytes)
    }),
    processed: true,
  },
  {
    name: 'corrupted body',
    fault: afterProcessing((given, { socket }) => {
      const answer = withBody(given)
      const body = Buffer.from(answer.body)
      // Garbage in the middle third, as from a broken buffer.
      body.fill(0xfe, Math.floor(body.length / 3), Math.ceil((body.length * 2) / 3))
      socket.write(headOf(answer))
      socket.write(body)
    }),
    processed: true,
  },
  {
    name: 'gzip that is none',
    fault: afterProcessing((given, { socket }) => {
      const answer = withBody(given)
      socket.write(headOf(withHeaders(answer, ['Content-Encoding', 'gzip'])) + answer.body)
    }),
    processed: true,
  },
  {
    name: 'gzip cut off',
    fault: afterProcessing((given, { socket }) => {
      const answer = withBody(given)
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
    fault: afterProcessing((answer, { socket }) => {
      const bytes = gzipBomb()
      const head = withHeaders(answer, ['Content-Encoding', 'gzip'], ['Content-Length', String(bytes.length)])
      socket.write(headOf({ ...head, status: answer.status === 204 ? 200 : answer.status }))
      socket.write(bytes)
    }),
    processed: true,
    isExpensive: true,
  },
  {
    name: 'body without end',
    fault: afterProcessing((answer, { socket }) => {
      const head = withHeaders(answer, ['Transfer-Encoding', 'chunked'])
      socket.write(headOf({ ...head, status: answer.status === 204 ? 200 : answer.status }))
      writeEndlessly(socket, `10000\r\n${'x'.repeat(0x10000)}\r\n`)
    }),
    processed: true,
    isExpensive: true,
  },
  {
    name: 'headers without end',
    fault: afterProcessing((_, { socket }) => {
      socket.write('HTTP/1.1 200 OK\r\n')
      writeEndlessly(socket, `X-Padding: ${'x'.repeat(4000)}\r\n`.repeat(16))
    }),
    processed: true,
    isExpensive: true,
  },
]
