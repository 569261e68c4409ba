/** A provider that answers what was recorded while rOCCI-cli ran: by method and path, in order, the last one again. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Exchange {
  readonly method: string
  readonly path: string
  readonly status: number
  readonly headers: readonly (readonly [string, string])[]
  readonly body: string
}

export interface Replay {
  readonly origin: string
  /** Requests for which nothing was recorded. */
  readonly unknown: readonly string[]
  close(): Promise<void>
}

/** `recordedOrigin` in bodies and headers becomes the replay's own. */
export async function replay(exchanges: readonly Exchange[], recordedOrigin: string): Promise<Replay> {
  const unknown: string[] = []
  const used = new Set<Exchange>()
  let origin = ''
  const server = createServer((request, response) => {
    request.resume().on('end', () => {
      const signed =
        request.headers.authorization !== undefined || request.headers['x-auth-token'] !== undefined
      const same = exchanges.filter(
        ({ method, path, status }) =>
          method === request.method &&
          bare(path) === bare(request.url ?? '') &&
          // Those who show credentials are past the recorded 401, whenever it came.
          !(signed && method === 'GET' && status === 401),
      )
      const found = same.find((exchange) => !used.has(exchange)) ?? same.at(-1)
      if (found === undefined) {
        unknown.push(`${request.method} ${request.url}`)
        response.writeHead(404, { 'Content-Type': 'text/plain' }).end('nothing was recorded for this')
        return
      }
      used.add(found)
      const own = (text: string): string => text.replaceAll(recordedOrigin, origin)
      const body = Buffer.from(own(found.body))
      const headers = found.headers.flatMap(([name, value]) => [name, own(value)])
      response.writeHead(found.status, [...headers, 'Content-Length', String(body.length)])
      response.end(body)
    })
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    origin,
    unknown,
    close: () =>
      new Promise((done) => {
        server.closeAllConnections()
        server.close(() => done())
      }),
  }
}

/** Real Keystones answer with and without the last slash. */
function bare(path: string): string {
  return path.length > 1 && path.startsWith('/ks') ? path.replace(/\/$/, '') : path
}
