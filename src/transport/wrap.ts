import type { HttpRequest, HttpResponse, Transport } from './types.js'

/** Called instead of sending. It may send another request, or none, and see the response or the error. */
export type Around = <R extends Omit<HttpResponse, 'body'>>(
  request: HttpRequest,
  send: (request: HttpRequest) => Promise<R>,
) => Promise<R>

/** A transport that does the same around each request, whether its response is sent whole or streamed. */
export function wrapTransport(inner: Transport, around: Around): Transport {
  return {
    send: (request) => around(request, (sent) => inner.send(sent)),
    stream: (request) => around(request, (sent) => inner.stream(sent)),
    close: () => inner.close(),
  }
}
