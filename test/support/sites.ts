/** Sites of a federation: practice clouds with personas and logins, and broken servers. */
import { randomUUID } from 'node:crypto'
import { createServer as createHttps } from 'node:https'
import type { AddressInfo } from 'node:net'
import { openSandbox, type SandboxAuth, serveSandbox } from '../../src/sandbox/index.js'
import { certificates } from '../transport/certificates.js'
import { rawServer } from './raw-server.js'

export interface TestSite {
  readonly endpoint: string
  close(): Promise<void>
}

export interface CloudSettings {
  readonly as?: string
  readonly auth?: SandboxAuth
  /** Delay of each response in milliseconds. */
  readonly latency?: number
}

/** A practice cloud whose machines are active at once. */
export function practiceCloud({ as, auth, latency = 0 }: CloudSettings = {}): Promise<TestSite> {
  const { sandbox, basePath } = openSandbox({
    ...(as === undefined ? {} : { as }),
    ...(auth === undefined ? {} : { auth }),
    speed: 0,
    clock: Date.now,
    uuid: randomUUID,
  })
  return serveSandbox(sandbox, { basePath, latency })
}

/** A server that accepts connections and never answers. */
export async function hangingSite(): Promise<TestSite> {
  const { origin, close } = await rawServer(() => {})
  return { endpoint: `${origin}/`, close }
}

/** An address at which nothing listens. */
export async function refusingSite(): Promise<TestSite> {
  // Not a port that was free a moment ago: another test may listen on it by now.
  return { endpoint: 'http://127.0.0.1:1/', close: async () => {} }
}

/** A server that answers each request with 500. */
export async function failingSite(): Promise<TestSite> {
  const { origin, close } = await rawServer((_, socket) => {
    socket.write('HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n')
  })
  return { endpoint: `${origin}/`, close }
}

/** A server with a self-signed certificate. */
export async function selfSignedSite(): Promise<TestSite> {
  const server = createHttps(certificates().selfSigned, (_, response) => response.end())
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  return {
    endpoint: `https://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    close: () =>
      new Promise((done) => {
        server.closeAllConnections()
        server.close(() => done())
      }),
  }
}
