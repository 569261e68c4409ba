import { once } from 'node:events'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'
import { createTransport, type Transport, type TransportSettings } from '../../src/transport/index.js'

/** A transport that is closed after the test. */
export function transport(settings: Partial<TransportSettings> = {}): Transport {
  const made = createTransport({ userAgent: 'test/1', ...settings })
  onTestFinished(() => made.close())
  return made
}

/** A server on a free port, closed after the test with all of its connections. */
export async function listening<S extends Server>(server: S): Promise<{ port: number; server: S }> {
  const sockets = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    socket.on('close', () => sockets.delete(socket))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return { port: (server.address() as AddressInfo).port, server }
}

/** One request as it came over the wire. */
export interface Received {
  readonly head: string
  readonly body: string
  readonly connection: number
}

export interface Loopback {
  readonly url: string
  readonly port: number
  readonly received: Received[]
}

export type Answer = (request: Received, socket: Socket) => void

/** A server that reads whole requests (by Content-Length) and lets the test write the bytes of the answer. */
export async function loopback(answer: Answer): Promise<Loopback> {
  const received: Received[] = []
  const { port } = await listening(createServer(requestReader(received, answer)))
  return { url: `http://127.0.0.1:${port}/`, port, received }
}

/** Gathers requests from a socket; the bytes are kept as Latin-1, one character each. */
export function requestReader(received: Received[], answer: Answer): (socket: Socket) => void {
  let connections = 0
  return (socket) => {
    connections += 1
    const connection = connections
    let pending = ''
    socket.on('data', (data) => {
      pending += data.toString('latin1')
      for (;;) {
        const end = pending.indexOf('\r\n\r\n')
        if (end < 0) return
        const length = Number(/\r\ncontent-length: (\d+)/i.exec(pending.slice(0, end))?.[1] ?? 0)
        if (pending.length < end + 4 + length) return
        const request = {
          head: pending.slice(0, end),
          body: pending.slice(end + 4, end + 4 + length),
          connection,
        }
        pending = pending.slice(end + 4 + length)
        received.push(request)
        answer(request, socket)
      }
    })
  }
}

/** A whole answer with the right Content-Length. */
export function reply(status: string, headers: readonly string[] = [], body = ''): string {
  const length = Buffer.byteLength(body)
  return [`HTTP/1.1 ${status}`, ...headers, `Content-Length: ${length}`, '', body].join('\r\n')
}

/** What a promise rejects with. */
export async function rejection(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => {
      throw new Error('it did not reject')
    },
    (error: unknown) => error,
  )
}
