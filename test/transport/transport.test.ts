import { createServer } from 'node:net'
import { describe, expect, it, vi } from 'vitest'
import { CancelledError, NetworkError, TimeoutError, UsageError } from '../../src/errors/errors.js'
import { failure } from '../../src/transport/failures.js'
import { listening, loopback, rejection, reply, transport } from './loopback.js'

describe('what goes out', () => {
  it('the transport sends a repeated name as separate lines, in order, with its case kept', async () => {
    const server = await loopback((_, socket) => socket.write(reply('200 OK')))
    await transport().send({
      method: 'POST',
      url: `${server.url}compute/`,
      headers: [
        ['Category', 'compute; scheme="http://a#"'],
        ['X-OCCI-Attribute', 'a="1, 2"'],
        ['Category', 'm; scheme="http://b#"'],
      ],
    })
    const lines = server.received[0]?.head.split('\r\n') ?? []
    expect(lines[0]).toBe('POST /compute/ HTTP/1.1')
    expect(lines.filter((line) => /^(Category|X-OCCI-Attribute):/.test(line))).toEqual([
      'Category: compute; scheme="http://a#"',
      'X-OCCI-Attribute: a="1, 2"',
      'Category: m; scheme="http://b#"',
    ])
  })

  it('the transport sends header values as UTF-8 bytes', async () => {
    const server = await loopback((_, socket) => socket.write(reply('200 OK')))
    await transport().send({ method: 'GET', url: server.url, headers: [['X-Title', 'größe 漢字 🎈']] })
    const line = server.received[0]?.head.split('\r\n').find((one) => one.startsWith('X-Title')) ?? ''
    expect(Buffer.from(line, 'latin1').toString('utf8')).toBe('X-Title: größe 漢字 🎈')
  })

  it('the transport sends its User-Agent unless another is given', async () => {
    const server = await loopback((_, socket) => socket.write(reply('200 OK')))
    const http = transport()
    await http.send({ method: 'GET', url: server.url, headers: [] })
    await http.send({ method: 'GET', url: server.url, headers: [['user-agent', 'mine']] })
    expect(server.received.map(({ head }) => /user-agent: (.*)\r\n/i.exec(`${head}\r\n`)?.[1])).toEqual([
      'test/1',
      'mine',
    ])
  })

  it.each([
    ['POST', 'body', 'content-length: 4'],
    ['POST', undefined, 'content-length: 0'],
    ['PUT', undefined, 'content-length: 0'],
    ['DELETE', 'body', 'content-length: 4'],
    ['GET', 'body', 'content-length: 4'],
  ] as const)(
    'the transport frames %s with body %j by Content-Length, never chunked',
    async (method, body, line) => {
      const server = await loopback((_, socket) => socket.write(reply('200 OK')))
      await transport().send({
        method,
        url: server.url,
        headers: [['Content-Type', 'text/plain']],
        ...(body === undefined ? {} : { body }),
      })
      const head = server.received[0]?.head.toLowerCase() ?? ''
      expect(head.split('\r\n')).toContain(line)
      expect(head).not.toContain('transfer-encoding')
      expect(server.received[0]?.body).toBe(body ?? '')
    },
  )

  it('the transport sends no Content-Length with a GET, HEAD or DELETE that has no body', async () => {
    const server = await loopback((_, socket) => socket.write('HTTP/1.1 204 No Content\r\n\r\n'))
    const http = transport()
    for (const method of ['GET', 'HEAD', 'DELETE'] as const) {
      await http.send({ method, url: server.url, headers: [] })
    }
    expect(server.received.filter(({ head }) => /content-length/i.test(head))).toEqual([])
    expect(server.received).toHaveLength(3)
  })

  it('the transport uses one connection for requests in a row, and limits parallel connections', async () => {
    const server = await loopback((_, socket) => setTimeout(() => socket.write(reply('200 OK')), 5))
    const http = transport({ connections: 3 })
    for (let i = 0; i < 3; i += 1) await http.send({ method: 'GET', url: server.url, headers: [] })
    expect(new Set(server.received.map(({ connection }) => connection)).size).toBe(1)
    await Promise.all(
      Array.from({ length: 20 }, () => http.send({ method: 'GET', url: server.url, headers: [] })),
    )
    expect(new Set(server.received.map(({ connection }) => connection)).size).toBe(3)
  })

  // Guarantee: no-header-of-its-own
  it.each([
    ['a line feed', 'a\nb', 'line feed'],
    ['a carriage return', 'a\rb', 'carriage return'],
    ['a NUL', 'a\0b', 'NUL'],
    ['an escape', 'a\x1bb', 'U\\+001B'],
  ])(
    'the transport refuses %s in a header value, naming the header and not the value',
    async (_, value, words) => {
      const secret = `planted${value}`
      const error = await rejection(
        transport().send({ method: 'GET', url: 'http://127.0.0.1:1/', headers: [['X-Auth-Token', secret]] }),
      )
      expect(error).toBeInstanceOf(UsageError)
      expect((error as UsageError).message).toMatch(new RegExp(`X-Auth-Token.*${words}`))
      expect((error as UsageError).message).not.toContain('planted')
    },
  )

  it.each(['Transfer-Encoding', 'content-length', 'Bad Name', 'Expect', ''])(
    'the transport refuses the header name %j',
    async (name) => {
      const error = await rejection(
        transport().send({ method: 'GET', url: 'http://127.0.0.1:1/', headers: [[name, '1']] }),
      )
      expect(error).toBeInstanceOf(UsageError)
    },
  )

  it.each(['', 'cloud', '/compute/', 'ftp://a/', 'http://'])(
    'the transport refuses the URL %j',
    async (url) => {
      expect(await rejection(transport().send({ method: 'GET', url, headers: [] }))).toBeInstanceOf(
        UsageError,
      )
    },
  )
})

describe('what comes in', () => {
  it('the transport returns raw header pairs: order, case, repetition, commas', async () => {
    const server = await loopback((_, socket) =>
      socket.write(
        reply('200 Fine', ['X-OCCI-Location: http://a/1', 'Server: a', 'x-occi-LOCATION: http://a/2, b']),
      ),
    )
    const response = await transport().send({ method: 'GET', url: server.url, headers: [] })
    expect(response).toMatchObject({ status: 200, reason: 'Fine', body: '', url: server.url, tolerated: [] })
    expect(response.headers).toEqual([
      ['X-OCCI-Location', 'http://a/1'],
      ['Server', 'a'],
      ['x-occi-LOCATION', 'http://a/2, b'],
      ['Content-Length', '0'],
    ])
  })

  it('the transport reads header values as UTF-8, and as Latin-1 when they are not (Q43, E10)', async () => {
    const server = await loopback((_, socket) =>
      socket.write(
        Buffer.concat([
          Buffer.from('HTTP/1.1 200 OK\r\nContent-Length: 0\r\nA: größe 漢\r\n', 'utf8'),
          Buffer.from('B: größe\r\n\r\n', 'latin1'),
        ]),
      ),
    )
    const { headers } = await transport().send({ method: 'GET', url: server.url, headers: [] })
    expect(headers.slice(1)).toEqual([
      ['A', 'größe 漢'],
      ['B', 'größe'],
    ])
  })

  it('the transport accepts a header of 5 MB and one of 20,000 lines (Q2)', async () => {
    const line = 'Category: compute; scheme="http://schemas.ogf.org/occi/infrastructure#"; class="kind"\r\n'
    const server = await loopback(({ head }, socket) =>
      socket.write(
        `HTTP/1.1 200 OK\r\nContent-Length: 0\r\n${head.includes('/big') ? `Category: ${'x'.repeat(5e6)}\r\n` : line.repeat(20_000)}\r\n`,
      ),
    )
    const http = transport()
    const big = await http.send({ method: 'GET', url: `${server.url}big`, headers: [] })
    expect(big.headers[1]?.[1]).toHaveLength(5e6)
    const many = await http.send({ method: 'GET', url: `${server.url}many`, headers: [] })
    expect(many.headers).toHaveLength(20_001)
  })

  it('the transport returns a streamed body as it arrives', async () => {
    let finish = () => {}
    const server = await loopback((_, socket) => {
      socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n6\r\nfirst\n\r\n')
      finish = () => socket.write('7\r\nsecond\n\r\n0\r\n\r\n')
    })
    const { chunks, status } = await transport().stream({ method: 'GET', url: server.url, headers: [] })
    const seen: string[] = []
    for await (const chunk of chunks) {
      seen.push(chunk)
      if (seen.length === 1) finish()
    }
    expect(status).toBe(200)
    expect(seen).toEqual(['first\n', 'second\n'])
  })
})

describe('a stream that is given up', () => {
  it.each([0, 1])('a stream that is cancelled after %i chunks releases its connection', async (read) => {
    let closed = false
    const server = await loopback((_, socket) => {
      socket.on('close', () => {
        closed = true
      })
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\nfirst')
    })
    const http = transport({ connections: 1 })
    const { chunks } = await http.stream({ method: 'GET', url: server.url, headers: [] })
    const iterator = chunks[Symbol.asyncIterator]()
    for (let i = 0; i < read; i += 1) expect((await iterator.next()).value).toBe('first')
    await iterator.return?.()
    await vi.waitFor(() => expect(closed).toBe(true))
    expect((await iterator.next()).done).toBe(true)
  })

  it('a stream that is interrupted between chunks fails', async () => {
    const aborter = new AbortController()
    const server = await loopback((_, socket) =>
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nfirst'),
    )
    const request = { method: 'GET', url: server.url, headers: [], signal: aborter.signal } as const
    const { chunks } = await transport().stream(request)
    const error = await rejection(
      (async () => {
        for await (const _ of chunks) aborter.abort()
      })(),
    )
    expect(error).toBeInstanceOf(CancelledError)
  })
})

describe('failures', () => {
  it.each([
    ['no', 'timeout', /did not accept a connection within 10 s/],
    ['maybe', 'network', /broke: it no longer answers/],
  ] as const)('a timeout of the operating system with sent: %s is a %s error', (sent, code, message) => {
    const attempt = {
      method: 'POST',
      url: 'http://cloud.test/compute/',
      server: 'endpoint',
      sent,
      headReceived: false,
      connectTimeout: 10_000,
      headersTimeout: 0,
      bodyTimeout: 0,
    }
    const error = Object.assign(new Error('read ETIMEDOUT'), { code: 'ETIMEDOUT' })
    expect(failure(error, attempt)).toMatchObject({
      code,
      message: expect.stringMatching(message),
      facts: { sent, transient: true },
    })
  })

  it('the error for a refused connection reports that nothing was sent', async () => {
    const error = await rejection(
      transport().send({ method: 'POST', url: 'http://127.0.0.1:1/', headers: [] }),
    )
    expect(error).toBeInstanceOf(NetworkError)
    expect(error).toMatchObject({
      facts: { sent: 'no' },
      http: { method: 'POST', url: 'http://127.0.0.1:1/' },
    })
    expect((error as NetworkError).message).toContain('refuses the connection')
  })

  it('the error for a broken connection reports that the request was sent', async () => {
    const server = await loopback((_, socket) => socket.destroy())
    const error = await rejection(transport().send({ method: 'POST', url: server.url, headers: [] }))
    expect(error).toBeInstanceOf(NetworkError)
    expect(error).toMatchObject({ facts: { sent: 'maybe' } })
    expect((error as NetworkError).message).toContain('before it answered')
  })

  it('a timeout error names the timeout and its length', async () => {
    const server = await loopback(({ head }, socket) => {
      if (head.includes('/body')) socket.write('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf')
    })
    const http = transport({ headersTimeout: 100, bodyTimeout: 110 })
    const headers = await rejection(http.send({ method: 'GET', url: server.url, headers: [] }))
    expect(headers).toBeInstanceOf(TimeoutError)
    expect(headers).toMatchObject({ facts: { timeout: 'headers', milliseconds: 100, sent: 'maybe' } })
    const body = await rejection(http.send({ method: 'GET', url: `${server.url}body`, headers: [] }))
    expect(body).toBeInstanceOf(TimeoutError)
    expect((body as TimeoutError).message).toContain('sent nothing for 110 ms')
    const total = await rejection(
      transport({ totalTimeout: 120 }).send({ method: 'GET', url: server.url, headers: [] }),
    )
    expect(total).toMatchObject({
      code: 'timeout',
      hint: expect.stringContaining('`http.totalTimeout`'),
      facts: { timeout: 'total', sent: 'maybe' },
    })
  })

  it('an interruption before the connection is open ends at once, as never sent', async () => {
    const aborter = new AbortController()
    // Takes the connection and never shakes hands.
    const { port } = await listening(createServer(() => setTimeout(() => aborter.abort('stop'), 5)))
    const request = {
      method: 'GET',
      url: `https://127.0.0.1:${port}/`,
      headers: [],
      signal: aborter.signal,
    } as const
    await expect(transport().send(request)).rejects.toMatchObject({
      code: 'cancelled',
      facts: { sent: 'no' },
    })
  })

  it('a signal ends all its requests, and not a later one with another signal', async () => {
    const aborter = new AbortController()
    let arrived = 0
    const server = await loopback((_, socket) => {
      arrived += 1
      if (arrived === 3) aborter.abort()
      if (arrived > 3) socket.write('HTTP/1.1 204 No Content\r\n\r\n')
    })
    const wire = transport()
    const request = { method: 'GET', url: server.url, headers: [], signal: aborter.signal } as const
    const ends = await Promise.allSettled([1, 2, 3].map(() => wire.send(request)))
    expect(ends.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected'])
    expect((await wire.send({ ...request, signal: new AbortController().signal })).status).toBe(204)
  })

  it('an interruption ends a request at once', async () => {
    const aborter = new AbortController()
    const server = await loopback(() => aborter.abort('stop'))
    const http = transport()
    const request = { method: 'GET', url: server.url, headers: [], signal: aborter.signal } as const
    expect(await rejection(http.send(request))).toBeInstanceOf(CancelledError)
    expect(await rejection(http.send(request))).toMatchObject({ code: 'cancelled', facts: { sent: 'no' } })
  })
})
