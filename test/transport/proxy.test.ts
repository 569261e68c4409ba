import { connect, createServer, type Socket } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'
import { describe, expect, it } from 'vitest'
import { ConfigError, type OcciError } from '../../src/errors/errors.js'
import { proxyChoice } from '../../src/transport/index.js'
import { certificates } from './certificates.js'
import { listening, loopback, type Received, rejection, reply, requestReader, transport } from './loopback.js'

const twice = 'HTTP/1.1 404 No\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nno'

/** A proxy that opens tunnels to a port of this machine, whatever the name asked for. */
function tunnelling(port: number, seen: string[], socket: Socket): void {
  socket.once('data', (data) => {
    seen.push(data.toString('latin1'))
    const up = connect(port, '127.0.0.1', () => {
      socket.write('HTTP/1.0 200 Connection established\r\nVia: x\r\n\r\n')
      socket.pipe(up).pipe(socket)
    })
    up.on('error', () => {})
  })
}

describe('a proxy', () => {
  it('a proxy is asked for whole URLs over http, with its own credentials', async () => {
    const proxy = await loopback((_, socket) => socket.write(twice))
    const http = transport({ proxy: { http: `http://me:p%40ss@127.0.0.1:${proxy.port}` } })
    const response = await http.send({
      method: 'GET',
      url: 'http://cloud.test:8787/compute/?a=b',
      headers: [['X-A', '1']],
    })
    expect(response).toMatchObject({
      status: 404,
      body: 'no',
      url: 'http://cloud.test:8787/compute/?a=b',
      tolerated: ['duplicate-content-length'],
    })
    const lines = proxy.received[0]?.head.split('\r\n').map((line) => line.toLowerCase()) ?? []
    expect(lines[0]).toBe('get http://cloud.test:8787/compute/?a=b http/1.1')
    expect(lines.filter((line) => line.startsWith('host:'))).toEqual(['host: cloud.test:8787'])
    expect(lines).toContain(`proxy-authorization: basic ${btoa('me:p@ss').toLowerCase()}`)
  })

  it.each(['http', 'https'])(
    '%s opens a tunnel for https, on which everything works as usual',
    async (scheme) => {
      const made = certificates()
      const inner: Received[] = []
      const server = createTlsServer(made.server)
      server.on(
        'secureConnection',
        requestReader(inner, (_, socket) => socket.write(twice)),
      )
      const target = await listening(server)
      const seen: string[] = []
      const open = (socket: Socket) => tunnelling(target.port, seen, socket)
      const outer = scheme === 'http' ? createServer(open) : createTlsServer(made.server)
      if (scheme === 'https') outer.on('secureConnection', open)
      const { port } = await listening(outer)
      const http = transport({
        proxy: { https: `${scheme}://me:secret@localhost:${port}` },
        tls: { ca: [made.ca.cert] },
      })
      for (let i = 0; i < 2; i += 1) {
        const request = { method: 'GET', url: `https://localhost:1/x`, headers: [] } as const
        expect(await http.send(request)).toMatchObject({
          body: 'no',
          tolerated: ['duplicate-content-length'],
        })
      }
      expect(seen).toHaveLength(1)
      expect(seen[0]).toMatch(
        /^CONNECT localhost:1 HTTP\/1\.1\r\nHost: localhost:1\r\nProxy-Authorization: Basic /,
      )
      expect(inner).toHaveLength(2)
      expect(inner[0]?.head).not.toContain('Proxy-Authorization')
    },
  )

  it.each([
    [
      'HTTP/1.1 407 Authentication Required\r\n\r\n',
      'network',
      /refuses a connection to cloud\.test:443: 407/,
    ],
    ['HTTP/1.1 503 \x1b[31mNo\r\nContent-Length: 0\r\n\r\n', 'network', /503 \[31mNo$/],
    ['SSH-2.0-x\r\n\r\n', 'protocol', /does not answer as an HTTP proxy/],
    ['', 'network', /closed the connection instead of opening a tunnel/],
  ])(
    'a proxy that answers %j causes an error that names it, with nothing sent',
    async (bytes, code, words) => {
      const server = createServer((socket) => {
        socket.on('data', () => socket.end(bytes))
      })
      const { port } = await listening(server)
      const http = transport({ proxy: { https: `http://me:planted@127.0.0.1:${port}` } })
      const error = (await rejection(
        http.send({ method: 'POST', url: 'https://cloud.test/', headers: [] }),
      )) as OcciError
      expect(error).toMatchObject({ code, facts: { sent: 'no' } })
      expect(error.message).toMatch(words)
      expect(JSON.stringify([error, error.message])).not.toContain('planted')
    },
  )

  it('a silent proxy meets the connect timeout', async () => {
    const { port } = await listening(createServer(() => {}))
    const http = transport({ proxy: { https: `http://127.0.0.1:${port}` }, connectTimeout: 100 })
    expect(
      await rejection(http.send({ method: 'POST', url: 'https://cloud.test/', headers: [] })),
    ).toMatchObject({
      code: 'timeout',
      facts: { sent: 'no' },
    })
  })

  it.each([
    ['its answer', Buffer.from('HTTP/1.1 200 OK\r\nX: ')],
    // A record of TLS that never ends.
    [
      'the handshake behind it',
      Buffer.from('HTTP/1.1 200 OK\r\n\r\n\x16\x03\x03\x40\x00\x02\x00\x3f\xfc', 'latin1'),
    ],
  ])('a proxy that drips %s meets the connect timeout', async (_, bytes) => {
    const server = createServer((socket) => {
      let sent = 0
      const drip = setInterval(() => {
        // The answer to CONNECT is a whole, so that the rest drips into the handshake.
        const size = sent === 0 && bytes.length > 23 ? 19 : 1
        socket.write(sent < bytes.length ? bytes.subarray(sent, sent + size) : 'a')
        sent += size
      }, 20)
      socket.on('error', () => {})
      socket.on('close', () => clearInterval(drip))
    })
    const { port } = await listening(server)
    const http = transport({ proxy: { https: `http://127.0.0.1:${port}` }, connectTimeout: 400 })
    const began = Date.now()
    const error = (await rejection(
      http.send({ method: 'POST', url: 'https://cloud.test/', headers: [] }),
    )) as OcciError
    expect(error).toMatchObject({ code: 'timeout', facts: { sent: 'no', timeout: 'connect' } })
    expect(error.message).toMatch(
      new RegExp(`^The proxy 127.0.0.1:${port} gave no connection to cloud.test(:443)? within 400 ms.$`),
    )
    expect(error.hint).toContain('`http.connectTimeout`')
    // undici counts connections in steps of half a second.
    expect(Date.now() - began).toBeLessThan(5000)
  })

  it('an unreachable proxy is named in the error, and the server behind it is not', async () => {
    for (const url of ['http://cloud.test/', 'https://cloud.test/']) {
      const http = transport({ proxy: { http: 'http://127.0.0.1:1', https: '127.0.0.1:1' } })
      const error = (await rejection(http.send({ method: 'GET', url, headers: [] }))) as OcciError
      expect(error.message).toContain('The proxy 127.0.0.1:1 refuses the connection')
      expect(error.hint).toContain('http_proxy')
    }
  })

  it('hosts in no_proxy are reached without the proxy', async () => {
    const server = await loopback((_, socket) => socket.write(reply('200 OK', [], 'direct')))
    const http = transport({ proxy: { http: 'http://127.0.0.1:1', no: 'a.test, 127.0.0.1' } })
    expect((await http.send({ method: 'GET', url: server.url, headers: [] })).body).toBe('direct')
  })
})

describe('proxyChoice', () => {
  const chosen = (no: string, url: string) =>
    proxyChoice({ http: 'p.test:1', https: 'http://p.test:2', no })(new URL(url))?.host

  it.each([
    ['', 'http://a.test/', 'p.test:1'],
    ['', 'https://a.test/', 'p.test:2'],
    ['a.test', 'https://a.test/', undefined],
    ['a.test', 'https://x.a.test/', undefined],
    ['.a.test', 'https://x.a.test/', undefined],
    ['*.a.test', 'https://x.a.test/', undefined],
    ['a.test', 'https://ba.test/', 'p.test:2'],
    ['A.TEST', 'https://a.test/', undefined],
    ['a.test:443', 'https://a.test/', undefined],
    ['a.test:8443', 'https://a.test/', 'p.test:2'],
    ['b.test a.test', 'http://a.test/', undefined],
    ['*', 'http://a.test/', undefined],
    ['10.0.0.0/8', 'http://10.1.2.3/', undefined],
    ['10.0.0.0/8', 'http://11.1.2.3/', 'p.test:1'],
    ['::1', 'http://[::1]/', undefined],
    ['[::1]:80', 'http://[::1]/', undefined],
    ['fd00::/8', 'http://[fd00::7]/', undefined],
    ['1.2.3.4', 'http://x.1.2.3.4.test/', 'p.test:1'],
    ['.2.3.4', 'http://1.2.3.4/', 'p.test:1'],
    ['a.test.', 'http://a.test/', undefined],
    ['a.test', 'http://a.test./', undefined],
  ])('proxyChoice with no_proxy %j for %s is %s', (no, url, wanted) => {
    expect(chosen(no, url)).toBe(wanted)
  })

  it.each(['socks4://me:planted@p.test', 'http://'])(
    'proxyChoice refuses %s without showing its password',
    (http) => {
      let error: unknown
      try {
        proxyChoice({ http })(new URL('http://a.test/'))
      } catch (thrown) {
        error = thrown
      }
      expect(error).toBeInstanceOf(ConfigError)
      expect(String(error)).not.toContain('planted')
    },
  )
})
