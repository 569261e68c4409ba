/** A transport that calls a sandbox in this process, without sockets. The endpoint `sandbox:` uses it. */
import { bodyText, type HeaderPair } from '../basics/http.js'
import type { Sandbox } from './types.js'

/** Base URL of the sandbox for this transport. */
export const sandboxOrigin = 'http://sandbox'

/** A request to a practice cloud in this process. */
export interface InMemoryRequest {
  readonly method: string
  readonly url: string
  readonly headers: readonly HeaderPair[]
  readonly body?: string | Uint8Array | undefined
  readonly signal?: AbortSignal | undefined
}

/** The response of a practice cloud, without the body. */
export interface InMemoryHead {
  readonly status: number
  readonly reason: string
  readonly headers: readonly HeaderPair[]
  readonly url: string
  readonly tolerated: readonly string[]
}

/** The same interface as `Transport` of src/transport, which the sandbox must not import. */
export interface SandboxTransport {
  send(request: InMemoryRequest): Promise<InMemoryHead & { readonly body: string }>
  stream(request: InMemoryRequest): Promise<InMemoryHead & { readonly chunks: AsyncIterable<string> }>
  close(): Promise<void>
}

export function sandboxTransport(sandbox: Sandbox): SandboxTransport {
  async function send(request: InMemoryRequest) {
    request.signal?.throwIfAborted()
    const url = new URL(request.url)
    const { status, reason, headers, body, cause } = await sandbox.handle({
      method: request.method,
      target: `${url.pathname}${url.search}`,
      headers: [['Host', url.host], ...request.headers],
      body: bodyText(request.body ?? ''),
    })
    if (cause !== undefined) throw cause
    return { status, reason, headers, body, url: request.url, tolerated: [] }
  }
  return {
    send,
    stream: async (request) => {
      const { body, ...head } = await send(request)
      return { ...head, chunks: singleChunk(body) }
    },
    close: () => sandbox.close(),
  }
}

async function* singleChunk(text: string): AsyncIterable<string> {
  if (text !== '') yield text
}
