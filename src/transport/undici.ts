/**
 * The one module that touches undici, loaded with the first request. Only `Agent` and `buildConnector` are
 * used, so that a bundler may put a slim facade in place of the package (node-platform §3b: importing the
 * whole of undici also loads the copy that is built into Node).
 */
import { Buffer } from 'node:buffer'
import type { Dispatcher } from 'undici'
import { openConnector } from './connector.js'
import type { Sent } from './failures.js'
import type { WireSettings } from './settings.js'

export interface WireRequest {
  readonly method: string
  /** `scheme://host:port` of where to connect. */
  readonly origin: string
  /** Path and query, or a whole URL when `origin` is a proxy that forwards. */
  readonly path: string
  /** Flat: name, value, name, value; Latin-1. */
  readonly headers: string[]
  readonly body: Buffer | null
  readonly signal: AbortSignal | null
  /** Kept up to date while the request runs. */
  readonly progress: Progress
}

export interface Progress {
  sent: Sent
}

export interface WireAnswer {
  readonly status: number
  readonly reason: string
  readonly headers: readonly string[]
  readonly body: AsyncIterable<Buffer>
  /** The body at once: quicker than in pieces, but unbounded. */
  whole(): Promise<Buffer>
  /** Gives the body up; the connection is closed unless it was read to its end. */
  discard(): void
}

export interface Wire {
  exchange(request: WireRequest): Promise<WireAnswer>
  close(): Promise<void>
}

/** Opens a keep-alive pool; connections are made on demand. */
export async function openWire(settings: WireSettings): Promise<Wire> {
  const { Agent, buildConnector } = await import('undici')
  const agent = new Agent({
    connect: openConnector(settings, buildConnector),
    connections: settings.connections,
    // Never a second request on a connection whose first answer is not there: a failed create must be
    // told from one that was never sent.
    pipelining: 1,
    maxHeaderSize: settings.maxHead,
    headersTimeout: settings.headersTimeout,
    bodyTimeout: settings.bodyTimeout,
    strictContentLength: true,
  })
  noteSending(agent)
  let settling: Promise<void> | undefined
  let running = 0
  const ended = () => {
    running -= 1
  }
  return {
    async exchange({ progress, ...request }) {
      if (running === 0) await settling
      running += 1
      const answer = await agent
        .request({
          ...request,
          method: request.method as Dispatcher.HttpMethod,
          opaque: progress,
          responseHeaders: 'raw',
          // The response filter (connector) does not see requests, so it could not know that the answer to
          // HEAD has no body: that connection is not used again.
          ...(request.method === 'HEAD' ? { reset: true } : {}),
        })
        .catch((error: unknown) => {
          ended()
          throw error
        })
      let over = false
      const settle = () => {
        if (over) return
        over = true
        ended()
        settling = afterThisTurn()
      }
      // `end` comes before whoever reads the body learns of it; `close` alone when it is given up.
      answer.body.once('end', settle).once('close', settle)
      return {
        status: answer.statusCode,
        reason: answer.statusText ?? '',
        headers: answer.headers as unknown as string[],
        body: answer.body,
        whole: async () => {
          const bytes = await answer.body.bytes()
          return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
        },
        discard: () => {
          answer.body.on('error', () => {})
          answer.body.destroy()
        },
      }
    },
    close: () => agent.destroy(),
  }
}

/**
 * undici gives a connection back to the pool one turn of the event loop after its answer ended; a request
 * sent earlier opens another connection, with another TLS handshake.
 */
function afterThisTurn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve)
  })
}

/** undici tells a handler (`onConnect`) when it is about to write the request to a connected socket, not before. */
function noteSending(agent: Dispatcher): void {
  const dispatch = agent.dispatch.bind(agent)
  agent.dispatch = (options, handler) => {
    const { opaque, signal } = options as { opaque?: Progress; signal?: AbortSignal | null }
    const { onConnect } = handler
    if (opaque !== undefined && onConnect !== undefined) {
      handler.onConnect = (abort) => {
        if (signal?.aborted !== true) opaque.sent = 'maybe'
        onConnect.call(handler, abort)
      }
    }
    return dispatch(options, handler)
  }
}
