/** The sandbox behind a front that fails as told: the cloud does its work, the way back is what breaks. */
import { request as ask, createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { openSandbox, type Sandbox, serveSandbox } from '../../src/sandbox/index.js'

/** What becomes of a request: `lost` is carried out, but its answer never comes. */
export type Fate =
  | 'served'
  | 'lost'
  | 'dropped'
  | { readonly status: number; readonly headers?: Readonly<Record<string, string>> }

export interface Unreliable {
  readonly endpoint: string
  /** `POST /compute/`, in order. */
  readonly seen: readonly string[]
  readonly sandbox: Sandbox
  close(): Promise<void>
}

export async function unreliable(
  fate: (line: string, attempt: number) => Fate,
  as?: string,
): Promise<Unreliable> {
  const { sandbox, basePath } = openSandbox({
    clock: Date.now,
    speed: 0,
    ...(as === undefined ? {} : { as }),
  })
  const behind = await serveSandbox(sandbox, { port: 0, basePath })
  const port = Number(new URL(behind.endpoint).port)
  const seen: string[] = []
  const front = createServer((request, response) => {
    const line = `${request.method} ${request.url}`
    seen.push(line)
    const decided = fate(line, seen.filter((it) => it === line).length)
    if (decided === 'dropped') request.socket.destroy()
    else if (typeof decided === 'object') response.writeHead(decided.status, decided.headers).end('no')
    else forward(request, response, port, decided === 'lost')
  })
  await new Promise<void>((ready) => front.listen(0, '127.0.0.1', ready))
  const own = (front.address() as AddressInfo).port
  return {
    endpoint: behind.endpoint.replace(`:${port}`, `:${own}`),
    seen,
    sandbox,
    close: async () => {
      front.closeAllConnections()
      await new Promise((done) => front.close(done))
      await behind.close()
    },
  }
}

function forward(request: IncomingMessage, response: ServerResponse, port: number, lose: boolean): void {
  const { method, url, headers } = request
  const onward = ask({ host: '127.0.0.1', port, method, path: url, headers }, (answer) => {
    if (lose) {
      answer.resume().on('end', () => request.socket.destroy())
      return
    }
    response.writeHead(answer.statusCode ?? 500, answer.rawHeaders)
    answer.pipe(response)
  })
  request.pipe(onward)
}
