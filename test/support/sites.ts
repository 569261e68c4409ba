/** Providers of a federation: practice clouds of several personas and logins, and servers that are broken. */
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
  /** Milliseconds before each answer. */
  readonly latency?: number
}

/** A practice cloud whose machines are there at once. */
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

/** Accepts connections and never answers. */
export async function hangingSite(): Promise<TestSite> {
  const { origin, close } = await rawServer(() => {})
  return { endpoint: `${origin}/`, close }
}

/** Nobody listens there. */
export async function refusingSite(): Promise<TestSite> {
  const { origin, close } = await rawServer(() => {})
  await close()
  return { endpoint: `${origin}/`, close: async () => {} }
}

/** Answers each request with 500. */
export async function failingSite(): Promise<TestSite> {
  const { origin, close } = await rawServer((_, socket) => {
    socket.write('HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n')
  })
  return { endpoint: `${origin}/`, close }
}

/** Has a certificate that it has signed itself. */
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
