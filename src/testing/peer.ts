/** A small HTTP server on loopback that answers by a script and breaks where it is told to. */
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { HeaderPair } from '../basics/http.js'

export interface Asked {
  readonly method: string
  /** Path and query. */
  readonly target: string
  readonly headers: readonly HeaderPair[]
  readonly body: string
}

interface PeerAnswer {
  readonly status: number
  readonly headers?: readonly HeaderPair[]
  readonly body?: string
  /** Where the connection breaks, after the whole request was read; or the answer that never comes. */
  readonly cut?:
    | 'never answered'
    | 'before the answer'
    | 'in the head of the answer'
    | 'in the body of the answer'
}

export type PeerScript = (asked: Asked) => PeerAnswer

export interface Peer {
  readonly url: string
  /** The requests that have arrived whole. */
  readonly asked: readonly Asked[]
  close(): Promise<void>
}

export async function servePeer(script: PeerScript): Promise<Peer> {
  const all: Asked[] = []
  const server = createServer(async (request, response) => {
    let body = ''
    try {
      for await (const chunk of request.setEncoding('utf8')) body += chunk
    } catch {
      return
    }
    const { method = '', url: target = '', rawHeaders } = request
    const asked = { method, target, headers: pairsOf(rawHeaders), body }
    all.push(asked)
    answer(response, script(asked))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  let closed: Promise<void> | undefined
  return {
    url: `http://127.0.0.1:${port}/`,
    asked: all,
    close: () => {
      closed ??= new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      })
      return closed
    },
  }
}

function answer(response: ServerResponse, { status, headers = [], body = '', cut }: PeerAnswer): void {
  const { socket } = response
  if (cut === 'never answered') return
  if (cut === 'before the answer') socket?.destroy()
  else if (cut === 'in the head of the answer') socket?.end('HTTP/1.1 200 OK\r\nContent-Ty')
  else {
    const length = status === 204 ? [] : ['Content-Length', String(Buffer.byteLength(body))]
    response.writeHead(status, ['Content-Type', 'text/plain; charset=utf-8', ...headers.flat(), ...length])
    if (cut === undefined) response.end(body)
    else response.write(body.slice(0, 1), () => socket?.destroy())
  }
}

function pairsOf(flat: readonly string[]): readonly HeaderPair[] {
  return flat.flatMap((name, index) => (index % 2 === 0 ? [[name, flat[index + 1] ?? ''] as const] : []))
}
