import { Buffer } from 'node:buffer'
import { omitUndefined } from '../basics/objects.js'
import { redactHeaders, redactText, redactUrl } from './redact.js'
import type { HttpRequest, HttpResponse, Transport, TransportSettings } from './types.js'
import { wrapTransport } from './wrap.js'

/** Begins the trace of one exchange. */
export type Tracer = (request: HttpRequest, proxy: string | undefined) => ExchangeTrace

interface ExchangeTrace {
  response(response: Omit<HttpResponse, 'body'>, body?: string): void
  error(message: string): void
}

/** Most characters of a body that a trace shows. */
const maxTraced = 64 * 1024

/** Redacts everything that it passes to the observer. Without an observer it does nothing. */
export function openTracer(settings: TransportSettings): Tracer {
  const { trace, secretHeaders = [], now = Date.now } = settings
  if (trace === undefined) return () => silent
  let last = 0
  return (request, proxy) => {
    last += 1
    const id = last
    trace({
      type: 'request',
      id,
      at: now(),
      method: request.method,
      url: redactUrl(request.url),
      ...omitUndefined({ proxy }),
      headers: redactHeaders(request.headers, secretHeaders),
      ...(request.body === undefined ? {} : { body: shown(request.body) }),
    })
    return {
      response: ({ status, reason, headers, tolerated }, body) =>
        trace({
          type: 'response',
          id,
          at: now(),
          status,
          reason,
          headers: redactHeaders(headers, secretHeaders),
          ...(body === undefined ? {} : { body: shown(body) }),
          tolerated,
        }),
      error: (message) => trace({ type: 'error', id, at: now(), message }),
    }
  }
}

/** Traces a transport that is not made by createTransport, which traces by itself. */
export function traceTransport(inner: Transport, settings: TransportSettings): Transport {
  const trace = openTracer(settings)
  return wrapTransport(inner, async (request, send) => {
    const exchange = trace(request, undefined)
    try {
      const response = await send(request)
      exchange.response(response, 'body' in response ? String(response.body) : undefined)
      return response
    } catch (error) {
      exchange.error(error instanceof Error ? error.message : String(error))
      throw error
    }
  })
}

const silent: ExchangeTrace = { response: () => {}, error: () => {} }

function shown(body: string | Uint8Array): string {
  const text = typeof body === 'string' ? body : Buffer.from(body.subarray(0, maxTraced + 1)).toString('utf8')
  // Redacts before cutting, since a cut inside a secret would leave half of it.
  const redacted = redactText(text)
  if (redacted.length <= maxTraced) return redacted
  return `${redacted.slice(0, maxTraced)}\n[${redacted.length - maxTraced} more characters]`
}
