/** Ctrl-C while a request that changes something is under way: said at once, since waiting is over. */
import { type HttpRequest, redactUrl } from '../../transport/index.js'
import type { Layer } from './layers.js'

export const interrupting: Layer = (inner, context) => {
  async function watched<R>(request: HttpRequest, send: () => Promise<R>): Promise<R> {
    if (request.method === 'GET' || request.method === 'HEAD' || request.method === 'OPTIONS') return send()
    const tell = () => {
      void context.warn(
        `interrupted while ${request.method} ${redactUrl(request.url)} was under way: it may have been carried out (see occi history)`,
      )
    }
    context.signal.addEventListener('abort', tell, { once: true })
    try {
      return await send()
    } finally {
      context.signal.removeEventListener('abort', tell)
    }
  }
  return {
    send: (request) => watched(request, () => inner.send(request)),
    stream: (request) => watched(request, () => inner.stream(request)),
    close: () => inner.close(),
  }
}
