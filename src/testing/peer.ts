/** A small HTTP server on loopback for the Transport cases. A script decides how it answers, or how it fails. */
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { HeaderPair } from '../basics/http.js'

interface ReceivedRequest {
  readonly method: string
  /** Path and query. */
  readonly target: string
  readonly headers: readonly HeaderPair[]
  readonly body: string
}

interface PeerResponse {
  readonly status: number
  readonly headers?: readonly HeaderPair[]
  readonly body?: string
  /** How the exchange fails after the whole request was read: when the connection breaks, or no answer at all. */
  readonly failure?:
    | 'never answered'
    | 'before the answer'
    | 'in the head of the answer'
    | 'in the body of the answer'
}

export type PeerScript = (request: ReceivedRequest) => PeerResponse

export interface Peer {
  readonly url: string
  /** The requests that arrived completely, in order. */
  readonly requests: readonly ReceivedRequest[]
  close(): Promise<void>
}

export async function servePeer(script: PeerScript): Promise<Peer> {
  const all: ReceivedRequest[] = []
  const server = createServer(async (request, response) => {
    let body = ''
    try {
      for await (const chunk of request.setEncoding('utf8')) body += chunk
    } catch {
      return
    }
    const { method = '', url: target = '', rawHeaders } = request
    const received = { method, target, headers: pairsOf(rawHeaders), body }
    all.push(received)
    answer(response, script(received))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  let closed: Promise<void> | undefined
  return {
    url: `http://127.0.0.1:${port}/`,
    requests: all,
    close: () => {
      closed ??= new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      })
      return closed
    },
  }
}

function answer(response: ServerResponse, { status, headers = [], body = '', failure }: PeerResponse): void {
  const { socket } = response
  if (failure === 'never answered') return
  if (failure === 'before the answer') socket?.destroy()
  else if (failure === 'in the head of the answer') socket?.end('HTTP/1.1 200 OK\r\nContent-Ty')
  else {
    const length = status === 204 ? [] : ['Content-Length', String(Buffer.byteLength(body))]
    response.writeHead(status, ['Content-Type', 'text/plain; charset=utf-8', ...headers.flat(), ...length])
    if (failure === undefined) response.end(body)
    else response.write(body.slice(0, 1), () => socket?.destroy())
  }
}

function pairsOf(flat: readonly string[]): readonly HeaderPair[] {
  return flat.flatMap((name, index) => (index % 2 === 0 ? [[name, flat[index + 1] ?? ''] as const] : []))
}
