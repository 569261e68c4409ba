import { once } from 'node:events'
import { createServer } from 'node:net'
import { describe, expect, it } from 'vitest'
import {
  type Clock,
  type HttpRequest,
  type RetryEvent,
  type RetrySettings,
  type Transport,
  withRetries,
} from '../../src/transport/index.js'
import { recordedTransport, serving } from '../support/nock.js'
import { listening, loopback, rejection, reply, transport } from './loopback.js'

/** A status; `cut`: the connection breaks; `unknown`: the name of the host is unknown; or a status with Retry-After. */
type Step = number | 'cut' | 'unknown' | { status: number; after: string }

/** http://a.test answers one step after the other, then 200. */
function answering(...steps: Step[]): { http: Transport; seen: readonly unknown[] } {
  const http = recordedTransport()
  serving('http://a.test', () => {
    const step = steps[http.requests.length - 1] ?? 200
    if (step === 'cut') return { broken: true }
    if (step === 'unknown')
      throw Object.assign(new Error('getaddrinfo ENOTFOUND a.test'), { code: 'ENOTFOUND' })
    return typeof step === 'number'
      ? { status: step }
      : { status: step.status, headers: [['Retry-After', step.after]] }
  })
  return { http, seen: http.requests }
}

function settings(
  more: Omit<RetrySettings, 'clock'> = {},
): RetrySettings & { clock: Clock; waits: number[]; events: RetryEvent[] } {
  const waits: number[] = []
  const events: RetryEvent[] = []
  let now = Date.parse('2026-01-01T00:00:00Z')
  return {
    waits,
    events,
    retries: 3,
    random: () => 1,
    clock: {
      now: () => now,
      sleep: async (milliseconds) => {
        waits.push(milliseconds)
        now += milliseconds
      },
    },
    onRetry: (event) => events.push(event),
    ...more,
  }
}

const request = (method: HttpRequest['method'], more: Partial<HttpRequest> = {}): HttpRequest => ({
  method,
  url: 'http://me:planted@a.test/',
  headers: [],
  ...more,
})

describe('withRetries', () => {
  it.each(['GET', 'HEAD', 'PUT', 'DELETE'] as const)(
    '%s is repeated until it succeeds, with growing waits',
    async (method) => {
      const { http, seen } = answering(503, 502, 'cut', 200)
      const used = settings()
      const response = await withRetries(http, used).send(request(method))
      expect(response).toMatchObject({ status: 200, attempts: 4 })
      expect(seen).toHaveLength(4)
      expect(used.waits).toEqual([250, 500, 1000])
      expect(used.events.map(({ attempt, reason }) => `${attempt} ${reason}`)).toEqual([
        '1 503 Service Unavailable',
        '2 502 Bad Gateway',
        '3 a.test closed the connection before it answered.',
      ])
      expect(JSON.stringify(used.events)).not.toContain('planted')
    },
  )

  it.each([429, 502, 503, 504])('a request is repeated after status %i', async (status) => {
    const { http, seen } = answering(status)
    await withRetries(http, settings()).send(request('GET'))
    expect(seen).toHaveLength(2)
  })

  it.each([200, 401, 404, 409, 500, 501])('a request is not repeated after status %i', async (status) => {
    const { http, seen } = answering(status)
    const response = await withRetries(http, settings()).send(request('GET'))
    expect([response.status, response.attempts, seen.length]).toEqual([status, undefined, 1])
  })

  // Guarantee: sent-once
  it('a POST is repeated only when not a byte of it was sent', async () => {
    // The port is closed, until the first wait opens it.
    const server = createServer((socket) => socket.end(reply('201 Created')))
    const { port } = await listening(server)
    await new Promise((done) => server.close(done))
    const opening = settings()
    const clock = {
      ...opening.clock,
      sleep: async () => void (await once(server.listen(port, '127.0.0.1'), 'listening')),
    }
    const late = withRetries(transport(), { ...opening, clock })
    const created = await late.send(request('POST', { url: `http://127.0.0.1:${port}/` }))
    expect([created.status, opening.events.length]).toEqual([201, 1])
    const maybe = answering('cut')
    await rejection(withRetries(maybe.http, settings()).send(request('POST')))
    expect(maybe.seen).toHaveLength(1)
    const busy = answering(503)
    expect((await withRetries(busy.http, settings()).send(request('POST'))).status).toBe(503)
    expect(busy.seen).toHaveLength(1)
  })

  it('whether a request is repeatable takes precedence over its method', async () => {
    const put = answering('cut')
    await rejection(withRetries(put.http, settings()).send(request('PUT', { repeatable: false })))
    expect(put.seen).toHaveLength(1)
    const post = answering('cut', 200)
    await withRetries(post.http, settings()).send(request('POST', { repeatable: true }))
    expect(post.seen).toHaveLength(2)
  })

  it('retries end after the given number, with the last answer or error', async () => {
    const answers = answering(503, 503, 503, 503, 503)
    expect(await withRetries(answers.http, settings()).send(request('GET'))).toMatchObject({
      status: 503,
      attempts: 4,
    })
    const errors = answering('cut', 'cut')
    const error = await rejection(withRetries(errors.http, settings({ retries: 1 })).send(request('GET')))
    expect(error).toMatchObject({ code: 'network', facts: { sent: 'maybe' } })
    expect(errors.seen).toHaveLength(2)
  })

  it('errors that will occur again are not retried', async () => {
    const { http, seen } = answering('unknown')
    await rejection(withRetries(http, settings()).send(request('GET')))
    expect(seen).toHaveLength(1)
  })

  it.each([
    ['3', 3000],
    ['Thu, 01 Jan 2026 00:00:09 GMT', 9000],
    ['Thu, 01 Jan 2020 00:00:00 GMT', 0],
    ['soon', 250],
  ])('a retry waits according to Retry-After %j', async (after, wait) => {
    const { http } = answering({ status: 503, after })
    const used = settings()
    await withRetries(http, used).send(request('GET'))
    expect(used.waits).toEqual([wait])
  })

  it('a retry does not wait longer than its limit', async () => {
    const { http, seen } = answering({ status: 503, after: '3600' })
    expect((await withRetries(http, settings()).send(request('GET'))).status).toBe(503)
    expect(seen).toHaveLength(1)
    const late = answering(503, 503, 503)
    const used = settings({ deadline: 600 })
    await withRetries(late.http, used).send(request('GET'))
    expect(used.waits).toEqual([250])
  })

  it('waits between retries have jitter', async () => {
    const { http } = answering(503, 503)
    const used = settings({ random: () => 0 })
    await withRetries(http, used).send(request('GET'))
    expect(used.waits).toEqual([125, 250])
  })

  it('an attempt ends at the deadline', async () => {
    const server = await loopback(() => {})
    const used = settings({ deadline: 100 })
    const error = await rejection(withRetries(transport(), used).send({ ...request('GET'), url: server.url }))
    expect(error).toMatchObject({ code: 'timeout', facts: { timeout: 'deadline', milliseconds: 100 } })
  })

  it('refused streams and cut answers are repeated over a real connection', async () => {
    let count = 0
    const server = await loopback((_, socket) => {
      count += 1
      if (count === 1) socket.destroy()
      else if (count === 2) socket.end('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf')
      else if (count === 3) socket.write(reply('503 Busy', [], 'busy'))
      else socket.write(reply('200 OK', [], 'fine'))
    })
    const http = withRetries(transport(), settings())
    const response = await http.send({ ...request('GET'), url: server.url })
    expect(response).toMatchObject({ body: 'fine', attempts: 4 })
    count = 2
    const streamed = await http.stream({ ...request('GET'), url: server.url })
    const chunks: string[] = []
    for await (const chunk of streamed.chunks) chunks.push(chunk)
    expect([chunks.join(''), streamed.attempts]).toEqual(['fine', 2])
  })
  it('a broken stream is repeated if its Content-Length is small, and not if it is large', async () => {
    const answers = [`Content-Length: 10\r\n\r\nhalf`, `Content-Length: 4\r\n\r\nfine`]
    const short = await loopback((_, socket) => socket.end(`HTTP/1.1 200 OK\r\n${answers.shift()}`))
    const http = withRetries(transport(), settings())
    const streamed = await http.stream({ ...request('GET'), url: short.url })
    expect([await joined(streamed.chunks), streamed.attempts]).toEqual(['fine', 2])

    let count = 0
    const long = await loopback((_, socket) => {
      count++
      socket.end('HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\nhalf')
    })
    const broken = await http.stream({ ...request('GET'), url: long.url })
    expect(await rejection(joined(broken.chunks))).toMatchObject({ code: 'network' })
    expect(count).toBe(1)
  })
})

async function joined(chunks: AsyncIterable<string>): Promise<string> {
  let text = ''
  for await (const chunk of chunks) text += chunk
  return text
}
