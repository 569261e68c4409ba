import type { HttpRequest, HttpResponse, Transport } from './types.js'

/**
 * Handles one request and resolves with its response. May call `send` with this or another request, several times, or
 * not at all.
 */
export type RequestHandler = <R extends Omit<HttpResponse, 'body'>>(
  request: HttpRequest,
  send: (request: HttpRequest) => Promise<R>,
) => Promise<R>

/** Returns a transport whose send() and stream() pass each request to `handle`. */
export function wrapTransport(inner: Transport, handle: RequestHandler): Transport {
  return {
    send: (request) => handle(request, (outgoing) => inner.send(outgoing)),
    stream: (request) => handle(request, (outgoing) => inner.stream(outgoing)),
    close: () => inner.close(),
  }
}
