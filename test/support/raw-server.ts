/** A server on loopback that sends any bytes, also invalid HTTP, and records what it receives. */
import { type AddressInfo, createServer, type Socket } from 'node:net'

export interface RawRequest {
  readonly method: string
  readonly path: string
  /** The request line and the headers. */
  readonly head: string
  readonly body: string
}

export interface RawServer {
  readonly origin: string
  readonly requests: readonly RawRequest[]
  /** All bytes that it received, also if they are not HTTP. */
  readonly bytes: () => string
  close(): Promise<void>
}

export async function rawServer(answer: (request: RawRequest, socket: Socket) => void): Promise<RawServer> {
  const requests: RawRequest[] = []
  const sockets = new Set<Socket>()
  let bytes = ''
  const server = createServer((socket) => {
    sockets.add(socket)
    let waiting = ''
    socket.on('error', () => {})
    socket.on('data', (chunk) => {
      const text = chunk.toString('latin1')
      bytes += text
      waiting += text
      for (let request = requestIn(waiting); request !== undefined; request = requestIn(waiting)) {
        waiting = waiting.slice(request.head.length + 4 + request.body.length)
        requests.push(request)
        answer(request, socket)
      }
    })
  })
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  const { port } = server.address() as AddressInfo
  return {
    origin: `http://127.0.0.1:${port}`,
    requests,
    bytes: () => bytes,
    close: () => {
      for (const socket of sockets) socket.destroy()
      return new Promise((done) => server.close(() => done()))
    },
  }
}

function requestIn(text: string): RawRequest | undefined {
  const end = text.indexOf('\r\n\r\n')
  if (end < 0) return undefined
  const head = text.slice(0, end)
  const length = Number(/^content-length: *(\d+)/im.exec(head)?.[1] ?? 0)
  const body = text.slice(end + 4, end + 4 + length)
  if (body.length < length) return undefined
  const [method = '', path = ''] = head.split(' ', 2)
  return { method, path, head, body }
}

const core = 'http://schemas.ogf.org/occi/core#'
const infra = 'http://schemas.ogf.org/occi/infrastructure#'

/** A minimal model: machines, networks and the links between them. */
export const smallModel = [
  `Category: resource; scheme="${core}"; class="kind"`,
  `Category: link; scheme="${core}"; class="kind"`,
  `Category: compute; scheme="${infra}"; class="kind"; rel="${core}resource"; location="/compute/"; attributes="occi.compute.cores occi.compute.hostname occi.compute.state{immutable}"; actions="${infra}compute/action#start"`,
  `Category: start; scheme="${infra}compute/action#"; class="action"`,
  `Category: network; scheme="${infra}"; class="kind"; rel="${core}resource"; location="/network/"`,
  `Category: networkinterface; scheme="${infra}"; class="kind"; rel="${core}link"; location="/link/"`,
]
  .map((line) => `${line}\n`)
  .join('')

export interface Answer {
  readonly status?: string
  readonly headers?: readonly string[]
  readonly body?: string
}

export function http({ status = '200 OK', headers = [], body = '' }: Answer): string {
  const type = headers.some((line) => /^content-type:/i.test(line)) ? [] : ['Content-Type: text/plain']
  return `${[`HTTP/1.1 ${status}`, ...type, ...headers, `Content-Length: ${Buffer.byteLength(body, 'latin1')}`].join('\r\n')}\r\n\r\n${body}`
}
