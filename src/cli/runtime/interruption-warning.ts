/** Warns if Ctrl-C interrupts a request that changes something, since its outcome is then unknown. */
import { isSafeMethod } from '../../basics/http.js'
import {
  type HttpRequest,
  type RequestHandler,
  redactUrl,
  type Transport,
  wrapTransport,
} from '../../transport/index.js'
import type { ConnectionContext } from '../context.js'

export function withInterruptionWarning(inner: Transport, context: ConnectionContext): Transport {
  const pendingRequests = new Set<HttpRequest>()
  const warnOfPending = () => {
    for (const { method, url } of pendingRequests) {
      void context.warn(
        `interrupted while ${method} ${redactUrl(url)} was in progress: it may have been carried out (see occi history)`,
      )
    }
  }
  // One listener for all requests, since a bulk command sends thousands.
  context.signal.addEventListener('abort', warnOfPending, { once: true })
  const trackRequest: RequestHandler = async (request, send) => {
    if (isSafeMethod(request.method)) return send(request)
    pendingRequests.add(request)
    try {
      return await send(request)
    } finally {
      pendingRequests.delete(request)
    }
  }
  return {
    ...wrapTransport(inner, trackRequest),
    close: async () => {
      context.signal.removeEventListener('abort', warnOfPending)
      await inner.close()
    },
  }
}
