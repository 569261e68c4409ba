import type { HttpRequest, HttpResponse, Transport } from './types.js'

/** Called for each request. It may call `send` with this or another request, or not at all, and handles the response or error. */
export type RequestHandler = <R extends Omit<HttpResponse, 'body'>>(
  request: HttpRequest,
  send: (request: HttpRequest) => Promise<R>,
) => Promise<R>

/** A transport that passes each request to `handle`, for both send() and stream(). */
export function wrapTransport(inner: Transport, handle: RequestHandler): Transport {
  return {
    send: (request) => handle(request, (sent) => inner.send(sent)),
    stream: (request) => handle(request, (sent) => inner.stream(sent)),
    close: () => inner.close(),
  }
}
