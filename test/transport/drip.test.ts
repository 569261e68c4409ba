import type { Socket } from 'node:net'
import { beforeEach, describe, expect, it } from 'vitest'
import { type Transport, withRetries } from '../../src/transport/index.js'
import { thorough } from '../support/thorough.js'
import { loopback, transport } from './loopback.js'

const ok = 'HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n'

/**
 * Where an answer may go on without ever coming to its end: what is sent once, and what again and again.
 * Each takes its time, so unit tests try one in four.
 */
const everywhere: readonly (readonly [place: string, before: string, again: string])[] = [
  ['before the status line', '', '\r\n'],
  ['in the reason phrase', 'HTTP/1.1 200 ', 'a'],
  ['in the reason phrase of an error', 'HTTP/1.1 500 ', 'a'],
  ['in the name of a header', `${ok}X-`, 'a'],
  ['in the value of a header', `${ok}X: `, 'a'],
  ['with ever more headers', ok, 'X: a\r\n'],
  ['with ever more informational answers', '', 'HTTP/1.1 100 Continue\r\n\r\n'],
  ['with ever more early hints', '', 'HTTP/1.1 103 Early Hints\r\nLink: </>\r\n\r\n'],
  ['in a body of known length', `${ok}Content-Length: 1000000\r\n\r\n`, 'a'],
  ['in a body until the connection closes', `${ok}\r\n`, 'a'],
  ['in the body of an error', 'HTTP/1.1 503 Busy\r\n\r\n', 'a'],
  ['in the body of a status that nobody knows', 'HTTP/1.1 799 ?\r\n\r\n', 'a'],
  ['in chunks', `${ok}Transfer-Encoding: chunked\r\n\r\n`, '1\r\na\r\n'],
  ['in the extension of a chunk', `${ok}Transfer-Encoding: chunked\r\n\r\n1;`, 'a'],
  ['in trailers', `${ok}Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n`, 'X: a\r\n'],
]
const drips = everywhere.filter((_, at) => thorough || at % 4 === 0)

function dripping(socket: Socket, before: string, again: string): void {
  if (before !== '') socket.write(before)
  const timer = setInterval(() => socket.write(again), 15)
  socket.on('close', () => clearInterval(timer))
}

let warm = false
// The first request loads and compiles what sends, which on a busy machine takes longer than these tests allow.
beforeEach(async () => {
  if (warm) return
  const server = await loopback((_request, socket) => socket.end(`${ok}\r\n`))
  await transport().send(get(server.url))
  warm = true
})

const get = (url: string) => ({ method: 'GET', url, headers: [] }) as const

async function readAll(chunks: AsyncIterable<string>): Promise<void> {
  for await (const _ of chunks);
}

describe('an answer that drips', () => {
  it.each(drips)('an answer that drips %s ends when its time is over', async (_, before, again) => {
    const server = await loopback((_request, socket) => dripping(socket, before, again))
    const http = transport({ totalTimeout: 300 })
    const begun = performance.now()
    await Promise.all([
      expect(http.send(get(server.url))).rejects.toMatchObject({
        code: 'timeout',
        facts: { timeout: 'total', milliseconds: 300, sent: 'maybe' },
      }),
      expect(http.stream(get(server.url)).then(({ chunks }) => readAll(chunks))).rejects.toMatchObject({
        code: 'timeout',
      }),
    ])
    expect(performance.now() - begun).toBeLessThan(5000)
  })

  it.each(drips)(
    'an answer that drips %s ends with the deadline of all attempts',
    async (_, before, again) => {
      const server = await loopback((_request, socket) => dripping(socket, before, again))
      const clock = { now: Date.now, sleep: async () => {} }
      const http = withRetries(transport(), { retries: 2, deadline: 400, clock, random: Math.random })
      await Promise.all([
        expect(http.send(get(server.url))).rejects.toMatchObject({ facts: { timeout: 'deadline' } }),
        expect(http.stream(get(server.url)).then(({ chunks }) => readAll(chunks))).rejects.toMatchObject({
          facts: { timeout: 'deadline' },
        }),
      ])
    },
  )

  it('the time of an answer that drips does not include the time of its reader', async () => {
    const server = await loopback((_request, socket) => {
      socket.write(`${ok}\r\na`)
      setTimeout(() => socket.end('bc'), 700)
    })
    const clock = { now: Date.now, sleep: async () => {} }
    const readSlowly = async (http: Transport) => {
      const { chunks } = await http.stream(get(`${server.url}`))
      let text = ''
      for await (const chunk of chunks) {
        text += chunk
        if (text === 'a') await new Promise((done) => setTimeout(done, 800))
      }
      return text
    }
    const texts = await Promise.all([
      readSlowly(transport({ totalTimeout: 500 })),
      readSlowly(withRetries(transport(), { retries: 0, deadline: 500, clock, random: Math.random })),
    ])
    expect(texts).toEqual(['abc', 'abc'])
  })

  it('the error for a slow answer names the limit that was reached', async () => {
    const server = await loopback(() => {})
    const http = transport({ totalTimeout: 150, headersTimeout: 150, connectTimeout: 150 })
    await expect(http.send(get(server.url))).rejects.toThrow('did not begin to answer within 150 ms')
  })
})

describe('an endless reason phrase', () => {
  it('an endless reason phrase is refused before it takes memory, at full speed and byte by byte', async () => {
    const server = await loopback((_request, socket) => {
      socket.write('HTTP/1.1 200 ')
      const part = Buffer.alloc(65_536, 'a')
      const pour = () => {
        while (!socket.destroyed && socket.write(part));
      }
      socket.on('drain', pour)
      pour()
    })
    const before = process.memoryUsage().rss
    await expect(transport().send(get(server.url))).rejects.toMatchObject({
      code: 'protocol',
      message: expect.stringContaining('more than 64 KiB'),
    })
    expect(process.memoryUsage().rss - before).toBeLessThan(64 * 1_048_576)
  })
})
