import { createServer, type Socket } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'
import { describe, expect, it } from 'vitest'
import { ProtocolError } from '../../src/errors/errors.js'
import { certificates } from './certificates.js'
import { listening, loopback, rejection, requestReader, transport } from './loopback.js'

/** occi-os' 404, as captured: two identical lines. */
const twice =
  'HTTP/1.1 404 Not Found\r\nContent-Length: 18\r\nContent-Type: text/plain\r\nContent-Length: 18\r\nDate: x\r\n\r\nResource not found'
const other = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n'

/** Answers the nth request with `twice` cut in two at byte n, the rest a turn later. */
function cutting(socket: Socket, cut: number): void {
  socket.setNoDelay(true)
  socket.write(twice.slice(0, cut))
  setTimeout(() => socket.write(twice.slice(cut)), 1)
}

async function everyCut(url: string, ca?: string): Promise<void> {
  const http = transport({ connections: 1, ...(ca === undefined ? {} : { tls: { ca: [ca] } }) })
  for (let cut = 1; cut < twice.length; cut += 1) {
    const response = await http.send({ method: 'GET', url: `${url}?cut=${cut}`, headers: [] })
    expect(response).toMatchObject({
      status: 404,
      reason: 'Not Found',
      body: 'Resource not found',
      tolerated: ['duplicate-content-length'],
      headers: [
        ['Content-Length', '18'],
        ['Content-Type', 'text/plain'],
        ['Date', 'x'],
      ],
    })
  }
}

describe('a Content-Length sent twice', () => {
  const answer = ({ head }: { head: string }, socket: Socket) =>
    cutting(socket, Number(/cut=(\d+)/.exec(head)?.[1]))

  it('a Content-Length sent twice is read whole wherever the bytes are cut, on one kept-alive connection', async () => {
    const server = await loopback(answer)
    await everyCut(server.url)
    expect(new Set(server.received.map(({ connection }) => connection)).size).toBe(1)
  })

  it('a Content-Length sent twice is read whole wherever the bytes are cut, under TLS', async () => {
    const { ca, server } = certificates()
    const secure = createTlsServer(server)
    const read = requestReader([], answer)
    secure.on('secureConnection', read)
    const { port } = await listening(secure)
    await everyCut(`https://localhost:${port}/`, ca.cert)
  })

  it('a Content-Length sent twice does not disturb other answers between', async () => {
    const script = [
      twice,
      other,
      twice,
      'HTTP/1.1 204 No Content\r\n\r\n',
      twice,
      `HTTP/1.1 100 Continue\r\n\r\n${twice}`,
    ]
    let next = 0
    const server = await loopback((_, socket) => {
      socket.write(script[next] ?? '')
      next += 1
    })
    const http = transport()
    const seen: string[] = []
    for (const _ of script) {
      const { status, tolerated, body } = await http.send({ method: 'GET', url: server.url, headers: [] })
      seen.push([status, tolerated.length, body].join(' '))
    }
    const repaired = '404 1 Resource not found'
    expect(seen).toEqual([repaired, '200 0 hello', repaired, '204 0 ', repaired, repaired])
    expect(new Set(server.received.map(({ connection }) => connection)).size).toBe(1)
  })

  it('a Content-Length sent twice is read after HEAD, which has no body, and the next request still works', async () => {
    const server = await loopback(({ head }, socket) => {
      socket.write(head.startsWith('HEAD') ? twice.slice(0, twice.indexOf('\r\n\r\n') + 4) : twice)
    })
    const http = transport()
    const first = await http.send({ method: 'HEAD', url: server.url, headers: [] })
    expect(first).toMatchObject({ status: 404, body: '', tolerated: ['duplicate-content-length'] })
    const second = await http.send({ method: 'GET', url: server.url, headers: [] })
    expect(second.body).toBe('Resource not found')
  })

  it('a Content-Length sent twice is read in a stream', async () => {
    const server = await loopback((_, socket) => socket.write(twice))
    const { chunks, tolerated } = await transport().stream({ method: 'GET', url: server.url, headers: [] })
    let text = ''
    for await (const chunk of chunks) text += chunk
    expect([text, tolerated]).toEqual(['Resource not found', ['duplicate-content-length']])
  })

  it('a Content-Length sent twice stays an error when the lengths differ', async () => {
    const server = await loopback((_, socket) =>
      socket.write('HTTP/1.1 404 Not Found\r\nContent-Length: 5\r\nContent-Length: 50\r\n\r\nabcde'),
    )
    const error = await rejection(transport().send({ method: 'GET', url: server.url, headers: [] }))
    expect(error).toBeInstanceOf(ProtocolError)
    expect((error as ProtocolError).message).toContain('two different Content-Length')
  })

  it('a Content-Length sent twice cannot be claimed by a server', async () => {
    const server = await loopback((_, socket) =>
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 0\r\nx-tolerated-0: duplicate-content-length\r\n\r\n'),
    )
    expect((await transport().send({ method: 'GET', url: server.url, headers: [] })).tolerated).toEqual([])
  })
})

describe('other heads that the parser refuses', () => {
  it('a folded header is unfolded', async () => {
    const server = await loopback((_, socket) =>
      socket.write(
        'HTTP/1.1 200 OK\r\nCategory: compute;\r\n  scheme="http://a#"\r\nContent-Length: 2\r\n\r\nOK',
      ),
    )
    const response = await transport().send({ method: 'GET', url: server.url, headers: [] })
    expect(response).toMatchObject({ body: 'OK', tolerated: ['folded-header'] })
    expect(response.headers[0]).toEqual(['Category', 'compute; scheme="http://a#"'])
  })

  it('a head with bare line feeds is read', async () => {
    const server = await loopback((_, socket) =>
      socket.end('HTTP/1.0 200 OK\nContent-Type: text/plain\n\nhello'),
    )
    const response = await transport().send({ method: 'GET', url: server.url, headers: [] })
    expect(response).toMatchObject({ body: 'hello', tolerated: ['bare-line-feed'] })
  })

  it('a head of 20 MB that arrives in pieces is read, and one of more than 32 MB is refused', async () => {
    const server = await loopback(({ head }, socket) => {
      const size = head.includes('/huge') ? 40e6 : 20e6
      socket.end(`HTTP/1.1 200 OK\r\nContent-Length: 0\r\nCategory: ${'x'.repeat(size)}\r\n\r\n`)
    })
    const http = transport()
    const response = await http.send({ method: 'GET', url: server.url, headers: [] })
    expect(response.headers[1]?.[1]).toHaveLength(20e6)
    const error = await rejection(http.send({ method: 'GET', url: `${server.url}huge`, headers: [] }))
    expect(error).toBeInstanceOf(ProtocolError)
    expect((error as ProtocolError).message).toContain('32 MiB')
  })

  it.each([
    ['another protocol', 'SSH-2.0-OpenSSH_9.2\r\n', /not valid HTTP/],
    ['a TLS alert on a plain connection', '\x15\x03\x01\x00\x02\x02\x16', /speaks TLS/],
  ])('the error for %s names it', async (_, bytes, words) => {
    const server = createServer((socket) => {
      socket.on('data', () => socket.end(Buffer.from(bytes, 'latin1')))
    })
    const { port } = await listening(server)
    const error = await rejection(
      transport().send({ method: 'GET', url: `http://127.0.0.1:${port}/`, headers: [] }),
    )
    expect(error).toBeInstanceOf(ProtocolError)
    expect((error as ProtocolError).message).toMatch(words)
  })
})
