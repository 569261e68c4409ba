/** A practice cloud that takes bearer tokens, and asks their issuer about each (RFC 7662). */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { openSandbox, serveSandbox } from '../../../src/sandbox/index.js'
import { type Issuer, secrets } from './issuer.js'
import { relay } from './relay.js'

export interface ProtectedCloud {
  readonly url: string
  /** Whom the issuer named for each request that was let in. */
  readonly subjects: string[]
  /** Refuses the next so many requests, whatever they carry. */
  refuseNext(count: number): void
  stop(): Promise<void>
}

export async function protectedCloud(
  issuer: () => Issuer,
  introspection = '/token/introspection',
): Promise<ProtectedCloud> {
  const sandbox = await serveSandbox(openSandbox({ clock: Date.now }).sandbox)
  const subjects: string[] = []
  let refused = 0
  const server = createServer(async (request, response) => {
    const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1]
    const found =
      token === undefined || refused > 0
        ? { active: false }
        : JSON.parse((await issuer().form(introspection, ['sandbox', secrets.sandbox], { token })).body)
    if (refused > 0) refused -= 1
    if (found.active !== true) {
      request.resume()
      const error = token === undefined ? '' : ', error="invalid_token"'
      response.writeHead(401, { 'WWW-Authenticate': `Bearer realm="occi"${error}` }).end()
      return
    }
    subjects.push(found.sub ?? found.client_id)
    relay(sandbox.endpoint, request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    subjects,
    refuseNext: (count) => {
      refused = count
    },
    async stop() {
      server.closeAllConnections()
      server.close()
      await sandbox.close()
    },
  }
}
