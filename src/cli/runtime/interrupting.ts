/**
 * Reports a Ctrl-C during a request that changes something, since the command no longer waits for the answer.
 */
import { isSafeMethod } from '../../basics/http.js'
import {
  type Around,
  type HttpRequest,
  redactUrl,
  type Transport,
  wrapTransport,
} from '../../transport/index.js'
import type { ConnectionContext } from '../context.js'

export function interrupting(inner: Transport, context: ConnectionContext): Transport {
  const underWay = new Set<HttpRequest>()
  const tell = () => {
    for (const { method, url } of underWay) {
      void context.warn(
        `interrupted while ${method} ${redactUrl(url)} was under way: it may have been carried out (see occi history)`,
      )
    }
  }
  // One listener for all requests, since a bulk command sends thousands.
  context.signal.addEventListener('abort', tell, { once: true })
  const watched: Around = async (request, send) => {
    if (isSafeMethod(request.method)) return send(request)
    underWay.add(request)
    try {
      return await send(request)
    } finally {
      underWay.delete(request)
    }
  }
  return {
    ...wrapTransport(inner, watched),
    close: async () => {
      context.signal.removeEventListener('abort', tell)
      await inner.close()
    },
  }
}
