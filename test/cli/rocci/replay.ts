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
      const same = exchanges.filter(({ method, path }) => method === request.method && path === request.url)
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
