/**
 * Sends requests with undici; loaded with the first request. Uses only `Agent.dispatch` and `buildConnector`, so that
 * the bundle contains only a small part of undici. Loading all of it takes some 40 ms.
 */
import type { Buffer } from 'node:buffer'
import type { Dispatcher } from 'undici'
import { createConnector } from './connector.js'
import { loadModule, type Sent } from './failures.js'
import { IncomingBody } from './incoming-body.js'
import type { Interruption } from './interruption.js'
import type { ConnectionSettings } from './settings.js'

interface RawRequest {
  readonly method: string
  /** `scheme://host:port` to connect to. */
  readonly origin: string
  /** Path and query, or a whole URL when `origin` is a forwarding proxy. */
  readonly path: string
  /** Flat list of names and values in Latin-1. */
  readonly headers: string[]
  readonly body: Buffer | null
  readonly interruption: Interruption
  readonly progress: Progress
}

/** How far a request has got; updated while it runs. */
export interface Progress {
  sent: Sent
}

export interface RawResponse {
  readonly status: number
  readonly reason: string
  /** Flat list of names and values in Latin-1. */
  readonly headers: readonly string[]
  readonly body: IncomingBody
}

export interface ConnectionPool {
  exchange(request: RawRequest): Promise<RawResponse>
  close(): Promise<void>
}

/** Creates a keep-alive pool. Connections are opened on demand. */
export async function openConnectionPool(settings: ConnectionSettings): Promise<ConnectionPool> {
  const { Agent, buildConnector } = await loadModule(() => import('undici'))
  const arrivingBodies = new Set<IncomingBody>()
  const connect = createConnector(settings, buildConnector)
  const agent = new Agent({
    connect: (options, callback) =>
      connect(options, (...result) => {
        // While a response is paused, undici does not notice that it is complete: at the end of the connection it would
        // throw, or report a complete response as cut off. This listener is called before undici's.
        const [, socket] = result
        socket?.on('end', () => {
          for (const body of arrivingBodies) body.takeReceived()
        })
        callback(...result)
      }),
    connections: settings.connections,
    // No pipelining, so that a failed create can be distinguished from one that was never sent.
    pipelining: 1,
    maxHeaderSize: settings.maxHead,
    headersTimeout: settings.headersTimeout,
    bodyTimeout: settings.bodyTimeout,
    strictContentLength: true,
  })
  let poolReady: Promise<void> | undefined
  let runningCount = 0
  const onEnded = () => {
    runningCount -= 1
    if (runningCount === 0) poolReady = afterThisTurn()
  }
  return {
    async exchange({ progress, interruption, ...request }) {
      if (runningCount === 0) await poolReady
      runningCount += 1
      return new Promise((resolve, reject) => {
        const options: Dispatcher.DispatchOptions = {
          ...request,
          method: request.method as Dispatcher.HttpMethod,
          // The response filter does not see requests, so it cannot know that a response to HEAD has no body. `reset`
          // closes the connection, so that the filter reads no further response on it.
          ...(request.method === 'HEAD' ? { reset: true } : {}),
        }
        agent.dispatch(
          options,
          createHandler(progress, interruption, arrivingBodies, { resolve, reject, onEnded }),
        )
      })
    },
    close: () => agent.destroy(),
  }
}

/** Called with the outcome of an exchange. */
interface OutcomeCallbacks {
  resolve(response: RawResponse): void
  reject(error: unknown): void
  /** Called once, before the reader of the body is notified. */
  onEnded(): void
}

/**
 * Returns a handler of undici's events for one exchange. An error after the head is passed to the reader of the body.
 * `bodies` contains the bodies that are arriving.
 */
function createHandler(
  progress: Progress,
  interruption: Interruption,
  arrivingBodies: Set<IncomingBody>,
  { resolve, reject, onEnded }: OutcomeCallbacks,
): Dispatcher.DispatchHandler {
  let body: IncomingBody | undefined
  let abort: ((reason: Error) => void) | undefined
  // Before the request is written there is nothing to abort, so only the promise is rejected.
  const release = interruption.listen((reason) => (abort ?? reject)(reason))
  const finish = () => {
    release()
    if (body !== undefined) arrivingBodies.delete(body)
    onEnded()
  }
  return {
    // The request is about to be written to a connected socket.
    onRequestStart(controller) {
      if (interruption.reason !== undefined) {
        controller.abort(interruption.reason)
        return
      }
      progress.sent = 'maybe'
      abort = (reason) => controller.abort(reason)
    },
    onResponseStart(controller, status, _, reason) {
      // 1xx, which the response filter normally removes.
      if (status < 200) return
      body = new IncomingBody({
        pause: () => controller.pause(),
        resume: () => controller.resume(),
        destroy: () => controller.abort(new Error('The response was discarded.')),
      })
      arrivingBodies.add(body)
      const headers = ((controller.rawHeaders ?? []) as readonly Buffer[]).map((text) =>
        text.toString('latin1'),
      )
      resolve({ status, reason: reason ?? '', headers, body })
    },
    onResponseData(_, part) {
      body?.push(part)
    },
    onResponseEnd() {
      finish()
      body?.end()
    },
    onResponseError(_, error) {
      finish()
      if (body === undefined) reject(error)
      else body.fail(error)
    },
  }
}

/**
 * Resolves when undici has returned a connection to the pool, one turn of the event loop after the end of its
 * response. A request sent earlier would open another connection, with another TLS handshake.
 */
function afterThisTurn(): Promise<void> {
  return new Promise((resolve) => {
    // The task of undici that returns the connection must run first, and is not queued yet when the response ends.
    queueMicrotask(() => setImmediate(resolve))
  })
}
