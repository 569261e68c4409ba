/**
 * The one module that touches undici, loaded with the first request. Only `Agent` (its `dispatch`) and
 * `buildConnector` are used, so that a bundler may put a slim facade in place of the package. Importing the whole package
 * takes some 40 ms.
 */
import type { Buffer } from 'node:buffer'
import type { Dispatcher } from 'undici'
import { openConnector } from './connector.js'
import type { Sent } from './failures.js'
import { IncomingBody } from './incoming.js'
import type { Interruption } from './interruption.js'
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
  readonly interruption: Interruption
  /** Kept up to date while the request runs. */
  readonly progress: Progress
}

export interface Progress {
  sent: Sent
}

export interface WireAnswer {
  readonly status: number
  readonly reason: string
  /** Flat; Latin-1. */
  readonly headers: readonly string[]
  readonly body: IncomingBody
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
  let settling: Promise<void> | undefined
  let running = 0
  const ended = () => {
    running -= 1
    if (running === 0) settling = afterThisTurn()
  }
  return {
    async exchange({ progress, interruption, ...request }) {
      if (running === 0) await settling
      running += 1
      return new Promise((resolve, reject) => {
        const options: Dispatcher.DispatchOptions = {
          ...request,
          method: request.method as Dispatcher.HttpMethod,
          // The response filter (connector) does not see requests, so it could not know that the answer to
          // HEAD has no body: that connection is not used again.
          ...(request.method === 'HEAD' ? { reset: true } : {}),
        }
        agent.dispatch(options, handlerOf(progress, interruption, { resolve, reject, ended }))
      })
    },
    close: () => agent.destroy(),
  }
}

interface Outcome {
  resolve(answer: WireAnswer): void
  reject(error: unknown): void
  /** Once, before whoever reads the body learns of it. */
  ended(): void
}

/** What undici tells of one exchange. An error after the head is the body's. */
function handlerOf(
  progress: Progress,
  interruption: Interruption,
  { resolve, reject, ended }: Outcome,
): Dispatcher.DispatchHandler {
  let body: IncomingBody | undefined
  let abort: ((reason: Error) => void) | undefined
  // Before the request is written nothing is to be undone: only nobody waits any longer.
  const release = interruption.listen((reason) => (abort ?? reject)(reason))
  const over = () => {
    release()
    ended()
  }
  return {
    // About to be written to a connected socket, not before.
    onRequestStart(controller) {
      if (interruption.reason !== undefined) {
        controller.abort(interruption.reason)
        return
      }
      progress.sent = 'maybe'
      abort = (reason) => controller.abort(reason)
    },
    onResponseStart(controller, status, _, reason) {
      // 1xx; the response filter lets none through.
      if (status < 200) return
      body = new IncomingBody({
        pause: () => controller.pause(),
        resume: () => controller.resume(),
        drop: () => controller.abort(new Error('The answer was given up.')),
      })
      const headers = ((controller.rawHeaders ?? []) as readonly Buffer[]).map((text) =>
        text.toString('latin1'),
      )
      resolve({ status, reason: reason ?? '', headers, body })
    },
    onResponseData(_, part) {
      body?.push(part)
    },
    onResponseEnd() {
      over()
      body?.end()
    },
    onResponseError(_, error) {
      over()
      if (body === undefined) reject(error)
      else body.fail(error)
    },
  }
}

/**
 * undici gives a connection back to the pool one turn of the event loop after its answer ended; a request
 * sent earlier opens another connection, with another TLS handshake.
 */
function afterThisTurn(): Promise<void> {
  return new Promise((resolve) => {
    // When the end is told undici has yet to put its own task into the queue, ahead of this one.
    queueMicrotask(() => setImmediate(resolve))
  })
}
