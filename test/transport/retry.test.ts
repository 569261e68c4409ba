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
import { connectionReset, dialogue, recordedTransport } from '../support/nock.js'
import { listening, loopback, rejection, reply, transport } from './loopback.js'

/** A status; `cut`: the connection breaks; `unknown`: the name of the host is unknown. */
type Step = number | 'cut' | 'unknown'

/** http://a.test is asked as many times as there are steps, and no more. */
function answering(method: string, ...steps: Step[]): Transport {
  const server = dialogue('http://a.test')
  for (const step of steps) {
    const request = server.intercept('/', method)
    if (step === 'cut') request.replyWithError(connectionReset())
    else if (step === 'unknown') request.replyWithError(unknownHost())
    else request.reply(step)
  }
  return recordedTransport()
}

function unknownHost(): Error {
  return Object.assign(new Error('getaddrinfo ENOTFOUND a.test'), { code: 'ENOTFOUND' })
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
      const used = settings()
      const http = answering(method, 503, 502, 'cut', 200)
      expect(await withRetries(http, used).send(request(method))).toMatchObject({ status: 200, attempts: 4 })
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
    const http = answering('GET', status, 200)
    expect((await withRetries(http, settings()).send(request('GET'))).status).toBe(200)
  })

  it.each([200, 401, 404, 409, 500, 501])('a request is not repeated after status %i', async (status) => {
    const response = await withRetries(answering('GET', status), settings()).send(request('GET'))
    expect([response.status, response.attempts]).toEqual([status, undefined])
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
  })

  // Guarantee: sent-once
  it.each(['cut', 503] as const)('a POST is sent once when its answer is: %s', async (step) => {
    const once = withRetries(answering('POST', step), settings()).send(request('POST'))
    if (step === 'cut') expect(await rejection(once)).toMatchObject({ code: 'network' })
    else expect((await once).status).toBe(step)
  })

  it('whether a request is repeatable takes precedence over its method', async () => {
    const put = withRetries(answering('PUT', 'cut'), settings())
    await rejection(put.send(request('PUT', { repeatable: false })))
    const post = withRetries(answering('POST', 'cut', 200), settings())
    expect((await post.send(request('POST', { repeatable: true }))).status).toBe(200)
  })

  it('retries end after the given number with the last answer', async () => {
    const http = answering('GET', 503, 503, 503, 503)
    expect(await withRetries(http, settings()).send(request('GET'))).toMatchObject({
      status: 503,
      attempts: 4,
    })
  })

  it('retries end after the given number with the last error', async () => {
    const http = answering('GET', 'cut', 'cut')
    const error = await rejection(withRetries(http, settings({ retries: 1 })).send(request('GET')))
    expect(error).toMatchObject({ code: 'network', facts: { sent: 'maybe' } })
  })

  it('errors that will occur again are not retried', async () => {
    await rejection(withRetries(answering('GET', 'unknown'), settings()).send(request('GET')))
  })

  it.each([
    ['3', 3000],
    ['Thu, 01 Jan 2026 00:00:09 GMT', 9000],
    ['Thu, 01 Jan 2020 00:00:00 GMT', 0],
    ['soon', 250],
  ])('a retry waits according to Retry-After %j', async (after, wait) => {
    dialogue('http://a.test').get('/').reply(503, '', { 'Retry-After': after }).get('/').reply(200)
    const used = settings()
    await withRetries(recordedTransport(), used).send(request('GET'))
    expect(used.waits).toEqual([wait])
  })

  it('a Retry-After beyond the longest wait ends the retries', async () => {
    dialogue('http://a.test').get('/').reply(503, '', { 'Retry-After': '3600' })
    expect((await withRetries(recordedTransport(), settings()).send(request('GET'))).status).toBe(503)
  })

  it('no retry begins after the deadline', async () => {
    const used = settings({ deadline: 600 })
    await withRetries(answering('GET', 503, 503), used).send(request('GET'))
    expect(used.waits).toEqual([250])
  })

  it('waits between retries have jitter', async () => {
    const used = settings({ random: () => 0 })
    await withRetries(answering('GET', 503, 503, 200), used).send(request('GET'))
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
