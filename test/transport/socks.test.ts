import { promises as dns } from 'node:dns'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import type { OcciError } from '../../src/errors/errors.js'
import { proxyChoice } from '../../src/transport/index.js'
import { certificates } from './certificates.js'
import { listening, loopback, type Received, rejection, reply, requestReader, transport } from './loopback.js'

interface Asked {
  readonly methods: readonly number[]
  login?: string
  host?: string
  port?: number
}

/**
 * A SOCKS5 server (RFC 1928, RFC 1929) whose connections all lead to one port of this machine. It takes bytes one by
 * one, as they may come.
 */
function socksServer(port: number, { login, reply: code = 0 }: { login?: string; reply?: number } = {}) {
  const asked: Asked[] = []
  const server = createServer((socket) => {
    void serve(socket).catch(() => socket.destroy())
  })
  async function serve(socket: Socket) {
    const bytes = reader(socket)
    const [, count = 0] = await bytes(2)
    const request: Asked = { methods: await bytes(count) }
    asked.push(request)
    const method = login === undefined ? 0 : 2
    if (!request.methods.includes(method)) {
      socket.end(Buffer.from([5, 0xff]))
      return
    }
    socket.write(Buffer.from([5, method]))
    if (method === 2) {
      const [, length = 0] = await bytes(2)
      const user = text(await bytes(length))
      const [size = 0] = await bytes(1)
      request.login = `${user}:${text(await bytes(size))}`
      socket.write(Buffer.from([1, request.login === login ? 0 : 1]))
    }
    const [, , , type] = await bytes(4)
    const address = await bytes(type === 1 ? 4 : type === 4 ? 16 : ((await bytes(1))[0] ?? 0))
    request.host = type === 3 ? text(address) : address.join('.')
    const [high = 0, low = 0] = await bytes(2)
    request.port = high * 256 + low
    if (code !== 0) {
      socket.end(Buffer.from([5, code, 0, 1, 0, 0, 0, 0, 0, 0]))
      return
    }
    const up = connect(port, '127.0.0.1', () => {
      socket.write(Buffer.from([5, 0, 0, 1, 127, 0, 0, 1, 0, 80]))
      bytes.rest(up)
      up.pipe(socket)
    })
    up.on('error', () => {})
  }
  return { server: server as Server, asked }
}

const text = (bytes: readonly number[]) => Buffer.from(bytes).toString('utf8')

/** Reads so many bytes; `rest` passes on what comes afterwards. */
function reader(socket: Socket) {
  let pending: number[] = []
  let wake = () => {}
  let onward: Socket | undefined
  socket.on('data', (data) => {
    if (onward !== undefined) onward.write(data)
    else pending.push(...data)
    wake()
  })
  const read = async (count: number): Promise<readonly number[]> => {
    while (pending.length < count) {
      await new Promise<void>((resolve) => {
        wake = resolve
      })
    }
    const taken = pending.slice(0, count)
    pending = pending.slice(count)
    return taken
  }
  return Object.assign(read, {
    rest(to: Socket) {
      onward = to
      if (pending.length > 0) to.write(Buffer.from(pending))
    },
  })
}

const get = (url: string) => ({ method: 'GET', url, headers: [] }) as const

describe('a SOCKS5 proxy', () => {
  it('http goes through a tunnel, with the name for the proxy to resolve, and the connection is kept', async () => {
    const target = await loopback((_, socket) => socket.write(reply('200 OK', [], 'inside')))
    const { server, asked } = socksServer(target.port)
    const { port } = await listening(server)
    const http = transport({ proxy: { http: `socks5h://127.0.0.1:${port}` } })
    for (let i = 0; i < 2; i += 1) {
      expect((await http.send(get('http://cloud.test:8787/compute/?a=b'))).body).toBe('inside')
    }
    expect(asked).toEqual([{ methods: [0], host: 'cloud.test', port: 8787 }])
    expect(target.received[0]?.head).toMatch(/^GET \/compute\/\?a=b HTTP\/1\.1\r\n/)
    expect(target.received[0]?.head).toMatch(/host: cloud\.test:8787/i)
  })

  it('https goes through a tunnel with a login, and the certificate is checked as usual', async () => {
    const made = certificates()
    const inner: Received[] = []
    const behind = createTlsServer(made.server)
    behind.on(
      'secureConnection',
      requestReader(inner, (_, socket) => socket.write(reply('200 OK', [], 'inside'))),
    )
    const target = await listening(behind)
    const { server, asked } = socksServer(target.port, { login: 'me:p@ss:word' })
    const { port } = await listening(server)
    const proxy = { https: `socks5h://me:p%40ss%3Aword@127.0.0.1:${port}` }
    const trusting = transport({ proxy, tls: { ca: [made.ca.cert] } })
    expect((await trusting.send(get('https://localhost:1/x'))).body).toBe('inside')
    expect(asked[0]).toEqual({ methods: [2, 0], login: 'me:p@ss:word', host: 'localhost', port: 1 })
    const distrusting = transport({ proxy })
    expect(await rejection(distrusting.send(get('https://localhost:1/x')))).toMatchObject({
      code: 'network',
      facts: { sent: 'no' },
    })
    expect(inner).toHaveLength(1)
  })

  it('socks5:// resolves names here, and says so where it cannot', async () => {
    const target = await loopback((_, socket) => socket.write(reply('200 OK', [], 'inside')))
    const { server, asked } = socksServer(target.port)
    const { port } = await listening(server)
    const http = transport({ proxy: { http: `socks5://127.0.0.1:${port}` } })
    await http.send(get('http://127.0.0.1:99/'))
    await http.send(get('http://[::1]:99/'))
    expect(asked.map(({ host }) => host)).toEqual(['127.0.0.1', '0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.1'])
    vi.spyOn(dns, 'lookup').mockRejectedValueOnce(new Error('getaddrinfo ENOTFOUND'))
    onTestFinished(() => void vi.restoreAllMocks())
    const error = (await rejection(http.send(get('http://cloud.invalid/')))) as OcciError
    expect(error.message).toBe('The host cloud.invalid is not known: its name cannot be resolved here.')
    expect(error.hint).toContain(`socks5h://127.0.0.1:${port}`)
  })

  it.each([
    [2, 'its rules do not allow it', undefined],
    [5, 'nothing listens there', true],
    [99, 'its reply has the number 99', undefined],
  ])('a refusal with the reply %i is told as the proxy\'s: "%s"', async (code, words, transient) => {
    const { server } = socksServer(0, { reply: code })
    const { port } = await listening(server)
    const http = transport({ proxy: { https: `socks5h://127.0.0.1:${port}` } })
    const error = (await rejection(http.send({ ...get('https://cloud.test/'), method: 'POST' }))) as OcciError
    expect(error).toMatchObject({ code: 'network', facts: { sent: 'no' } })
    expect(error.facts?.['transient']).toBe(transient)
    expect(error.message).toBe(`The proxy 127.0.0.1:${port} did not connect to cloud.test:443: ${words}.`)
  })

  it.each([
    ['', "Put the proxy's user and password"],
    ['me:planted@', 'does not accept the user and password'],
  ])('a refused login (%j) says how to give one, without showing it', async (login, hint) => {
    const { server } = socksServer(0, { login: 'me:right' })
    const { port } = await listening(server)
    const http = transport({ proxy: { http: `socks5h://${login}127.0.0.1:${port}` } })
    const error = (await rejection(http.send(get('http://cloud.test/')))) as OcciError
    expect(error.message).toBe(`The proxy 127.0.0.1:${port} refuses the login.`)
    expect(error.hint).toContain(hint)
    expect(JSON.stringify([error, error.message, error.hint])).not.toContain('planted')
  })

  it.each([
    ['HTTP/1.1 400 Bad Request\r\n\r\n', 'protocol', /does not answer as a SOCKS5 proxy/],
    ['', 'network', /closed the connection instead of opening a tunnel/],
  ])('a proxy that answers %j fails in words, with nothing sent', async (bytes, code, words) => {
    const { port } = await listening(
      createServer((socket) => void socket.on('data', () => socket.end(bytes))),
    )
    const http = transport({ proxy: { http: `socks5h://127.0.0.1:${port}` } })
    const error = (await rejection(http.send({ ...get('http://cloud.test/'), method: 'POST' }))) as OcciError
    expect(error).toMatchObject({ code, facts: { sent: 'no' } })
    expect(error.message).toMatch(words)
  })

  it('a proxy that is silent meets the connect timeout', async () => {
    const { port } = await listening(createServer(() => {}))
    const http = transport({ proxy: { http: `socks5h://127.0.0.1:${port}` }, connectTimeout: 100 })
    const error = (await rejection(http.send(get('http://cloud.test/')))) as OcciError
    expect(error).toMatchObject({ code: 'timeout', facts: { sent: 'no', timeout: 'connect' } })
    expect(error.message).toBe(
      `The proxy 127.0.0.1:${port} gave no connection to cloud.test:80 within 100 ms.`,
    )
  })

  it('a name that is resolved only after the connect timeout ends nothing but the request', async () => {
    const target = await loopback((_, socket) => socket.write(reply('200 OK', [], 'inside')))
    const { server } = socksServer(target.port)
    const { port } = await listening(server)
    let resolveName = (_: { address: string; family: number }) => {}
    const lookup = new Promise<{ address: string; family: number }>((resolve) => {
      resolveName = resolve
    })
    const looking = vi.spyOn(dns, 'lookup').mockReturnValue(lookup as never)
    onTestFinished(() => void vi.restoreAllMocks())
    const unhandled = vi.fn()
    process.on('unhandledRejection', unhandled)
    onTestFinished(() => void process.off('unhandledRejection', unhandled))
    const http = transport({ proxy: { http: `socks5://127.0.0.1:${port}` }, connectTimeout: 500 })
    expect(await rejection(http.send(get('http://cloud.test/')))).toMatchObject({ code: 'timeout' })
    expect(looking).toHaveBeenCalled()
    await new Promise((resolve) => setTimeout(resolve, 50))
    resolveName({ address: '127.0.0.1', family: 4 })
    await new Promise((resolve) => setImmediate(() => setImmediate(resolve)))
    expect(unhandled).not.toHaveBeenCalled()
  })

  it('a host name that is too long for SOCKS fails in words', async () => {
    const { server } = socksServer(1)
    const { port } = await listening(server)
    const http = transport({ proxy: { http: `socks5h://127.0.0.1:${port}` }, connectTimeout: 2000 })
    const error = (await rejection(http.send(get(`http://${'a'.repeat(300)}.test/`)))) as OcciError
    expect(error.message).toMatch(/name too long/i)
  })

  it('a proxy that is not there is named, and not the server behind it', async () => {
    const http = transport({ proxy: { http: 'socks5h://127.0.0.1:1' } })
    const error = (await rejection(http.send(get('http://cloud.test/')))) as OcciError
    expect(error.message).toContain('The proxy 127.0.0.1:1 refuses the connection')
  })
})

describe('the URL of a SOCKS proxy', () => {
  const chosen = (http: string) => proxyChoice({ http })(new URL('http://a.test/'))

  it.each([
    ['socks5://p.test', 'socks5://p.test:1080'],
    ['socks5h://p.test:9050', 'socks5h://p.test:9050'],
    ['socks://p.test:1', 'socks5h://p.test:1'],
  ])('%s is %s', (given, url) => {
    expect(chosen(given)?.href).toBe(url)
  })

  it.each(['socks4://me:planted@p.test', 'socks5://', 'ftp://p.test'])('%s is refused in words', (given) => {
    const error = (() => {
      try {
        return chosen(given)
      } catch (thrown) {
        return thrown
      }
    })() as OcciError
    expect(error).toMatchObject({ code: 'config', hint: expect.stringContaining('socks5h://HOST:PORT') })
    expect(error.message).not.toContain('planted')
  })
})
