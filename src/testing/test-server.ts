/** A small HTTP server on loopback for the Transport cases. A script decides how it responds, or how it fails. */
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

interface ScriptedResponse {
  readonly status: number
  readonly headers?: readonly HeaderPair[]
  readonly body?: string
  /**
   * When the connection breaks, after the whole request was read; `never answered` if it stays open without a response.
   */
  readonly failure?:
    | 'never answered'
    | 'before the response'
    | 'in the head of the response'
    | 'in the body of the response'
}

/** Returns the response to a request. */
export type ServerScript = (request: ReceivedRequest) => ScriptedResponse

export interface TestServer {
  readonly url: string
  /** The requests that arrived completely, in order. */
  readonly requests: readonly ReceivedRequest[]
  close(): Promise<void>
}

/** Starts a server whose responses `script` decides. */
export async function startTestServer(script: ServerScript): Promise<TestServer> {
  const requests: ReceivedRequest[] = []
  const server = createServer(async (request, response) => {
    let body = ''
    try {
      for await (const chunk of request.setEncoding('utf8')) body += chunk
    } catch {
      return
    }
    const { method = '', url: target = '', rawHeaders } = request
    const received = { method, target, headers: pairsOf(rawHeaders), body }
    requests.push(received)
    respond(response, script(received))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  let closed: Promise<void> | undefined
  return {
    url: `http://127.0.0.1:${port}/`,
    requests,
    close: () => {
      closed ??= new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      })
      return closed
    },
  }
}

function respond(
  response: ServerResponse,
  { status, headers = [], body = '', failure }: ScriptedResponse,
): void {
  const { socket } = response
  if (failure === 'never answered') return
  if (failure === 'before the response') socket?.destroy()
  else if (failure === 'in the head of the response') socket?.end('HTTP/1.1 200 OK\r\nContent-Ty')
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
