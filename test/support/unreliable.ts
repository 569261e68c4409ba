/** A sandbox behind a server that loses, drops or replaces chosen responses. */
import { request as ask, createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { openSandbox, type Sandbox, serveSandbox } from '../../src/sandbox/index.js'

/** What happens to a request: `lost` is carried out, but its response is not sent; `dropped` is not carried out. */
export type Outcome =
  | 'served'
  | 'lost'
  | 'dropped'
  | { readonly status: number; readonly headers?: Readonly<Record<string, string>> }

export interface UnreliableCloud {
  readonly endpoint: string
  /** The requests in their order, such as `POST /compute/`. */
  readonly requests: readonly string[]
  readonly sandbox: Sandbox
  close(): Promise<void>
}

export async function unreliable(
  decide: (line: string, attempt: number) => Outcome,
  as?: string,
): Promise<UnreliableCloud> {
  const { sandbox, basePath } = openSandbox({
    clock: Date.now,
    speed: 0,
    ...(as === undefined ? {} : { as }),
  })
  const upstreamServer = await serveSandbox(sandbox, { port: 0, basePath })
  const port = Number(new URL(upstreamServer.endpoint).port)
  const requests: string[] = []
  const proxy = createServer((request, response) => {
    const line = `${request.method} ${request.url}`
    requests.push(line)
    const outcome = decide(line, requests.filter((earlier) => earlier === line).length)
    if (outcome === 'dropped') request.socket.destroy()
    else if (typeof outcome === 'object') response.writeHead(outcome.status, outcome.headers).end('no')
    else forward(request, response, port, outcome === 'lost')
  })
  await new Promise<void>((ready) => proxy.listen(0, '127.0.0.1', ready))
  const proxyPort = (proxy.address() as AddressInfo).port
  return {
    endpoint: upstreamServer.endpoint.replace(`:${port}`, `:${proxyPort}`),
    requests,
    sandbox,
    close: async () => {
      proxy.closeAllConnections()
      await new Promise((done) => proxy.close(done))
      await upstreamServer.close()
    },
  }
}

function forward(
  request: IncomingMessage,
  response: ServerResponse,
  port: number,
  dropResponse: boolean,
): void {
  const { method, url, headers } = request
  const upstream = ask({ host: '127.0.0.1', port, method, path: url, headers }, (answer) => {
    if (dropResponse) {
      answer.resume().on('end', () => request.socket.destroy())
      return
    }
    response.writeHead(answer.statusCode ?? 500, answer.rawHeaders)
    answer.pipe(response)
  })
  request.pipe(upstream)
}
