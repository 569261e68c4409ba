import { Buffer } from 'node:buffer'
import { omitUndefined } from '../basics/objects.js'
import { redactHeaders, redactText, redactUrl } from './redact.js'
import type { HttpRequest, HttpResponse, Transport, TransportSettings } from './types.js'

/** Traces a request. `proxy` is the host and port of the proxy that it goes through. */
export type Tracer = (request: HttpRequest, proxy: string | undefined) => ExchangeTrace

/** Traces the outcome of a request. */
interface ExchangeTrace {
  traceResponse(response: Head, body: string): void
  /** Collects a body that arrives in pieces. The response is traced at the end of the body. */
  collectBody(response: Head): BodyTrace
  traceError(message: string): void
}

type Head = Omit<HttpResponse, 'body'>

/** Collects the body of a streamed response for the trace. */
export interface BodyTrace {
  push(chunk: string): void
  /** Traces the response; without effect if called again. `extent` is the part of the body that was read. */
  end(extent: 'whole' | 'in-part'): void
}

/** The largest number of characters of a body that a trace shows. */
const maxTraced = 1024 * 1024

/** Creates a tracer that redacts secrets before it calls `settings.trace`. It does nothing if that is not set. */
export function createTracer(settings: TransportSettings): Tracer {
  const { trace, secretHeaders = [], now = Date.now } = settings
  if (trace === undefined) return () => noTrace
  let lastId = 0
  return (request, proxy) => {
    lastId += 1
    const id = lastId
    trace({
      type: 'request',
      id,
      at: now(),
      method: request.method,
      url: redactUrl(request.url),
      ...omitUndefined({ proxy }),
      headers: redactHeaders(request.headers, secretHeaders),
      ...(request.body === undefined ? {} : tracedRequestBody(request.body)),
    })
    const emitResponse = ({ status, reason, headers, tolerated }: Head, body: TracedBody) =>
      trace({
        type: 'response',
        id,
        at: now(),
        status,
        reason,
        headers: redactHeaders(headers, secretHeaders),
        ...body,
        tolerated,
      })
    return {
      traceResponse: (response, body) => emitResponse(response, tracedBody(body, Buffer.byteLength(body))),
      collectBody: (response) => bodyCollector((body) => emitResponse(response, body)),
      traceError: (message) => trace({ type: 'error', id, at: now(), message }),
    }
  }
}

/** Adds tracing to a transport. Transports of createTransport trace by themselves. */
export function traceTransport(inner: Transport, settings: TransportSettings): Transport {
  const tracer = createTracer(settings)
  const withTrace = async <R>(
    request: HttpRequest,
    run: (trace: ExchangeTrace) => Promise<R>,
  ): Promise<R> => {
    const trace = tracer(request, undefined)
    try {
      return await run(trace)
    } catch (error) {
      trace.traceError(messageOf(error))
      throw error
    }
  }
  return {
    send: (request) =>
      withTrace(request, async (trace) => {
        const response = await inner.send(request)
        trace.traceResponse(response, response.body)
        return response
      }),
    stream: (request) =>
      withTrace(request, async (trace) => {
        const { chunks, ...response } = await inner.stream(request)
        return { ...response, chunks: tracedChunks(chunks, trace.collectBody(response), trace) }
      }),
    close: () => inner.close(),
  }
}

async function* tracedChunks(
  chunks: AsyncIterable<string>,
  body: BodyTrace,
  trace: ExchangeTrace,
): AsyncGenerator<string, void, undefined> {
  try {
    for await (const chunk of chunks) {
      body.push(chunk)
      yield chunk
    }
    body.end('whole')
  } catch (error) {
    body.end('in-part')
    trace.traceError(messageOf(error))
    throw error
  } finally {
    body.end('in-part')
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

const noTrace: ExchangeTrace = {
  traceResponse: () => {},
  collectBody: () => ({ push: () => {}, end: () => {} }),
  traceError: () => {},
}

/** The members of a TraceEvent that describe a body. */
interface TracedBody {
  readonly body: string
  readonly omitted?: number
  readonly unread?: true
}

function bodyCollector(onEnd: (body: TracedBody) => void): BodyTrace {
  let text = ''
  let bytes = 0
  let ended = false
  return {
    push(chunk) {
      bytes += Buffer.byteLength(chunk)
      if (text.length < maxCollected) text += chunk
    },
    end(extent) {
      if (ended) return
      ended = true
      onEnd({ ...tracedBody(text, bytes), ...(extent === 'whole' ? {} : { unread: true }) })
    },
  }
}

/**
 * The largest number of characters that are collected. More than a trace shows, so that a secret at the end of the
 * shown part is complete and is recognised.
 */
const maxCollected = maxTraced + 64 * 1024

function tracedRequestBody(body: string | Uint8Array): TracedBody {
  if (typeof body === 'string') return tracedBody(body, Buffer.byteLength(body))
  return tracedBody(Buffer.from(body.subarray(0, maxCollected)).toString('utf8'), body.byteLength)
}

/**
 * Redacts and shortens a body. `beginning` is the body or a part of it, and `bytes` is the length of the whole body.
 */
function tracedBody(beginning: string, bytes: number): TracedBody {
  // Redacts before cutting, since a cut inside a secret would leave half of it.
  const redacted = redactText(beginning.slice(0, maxCollected))
  const isWhole = beginning.length <= maxCollected && Buffer.byteLength(beginning) >= bytes
  if (redacted.length <= maxTraced && isWhole) return { body: redacted }
  const body = redacted.slice(0, endOfWord(redacted, maxTraced))
  return { body, omitted: Math.max(1, bytes - Buffer.byteLength(body)) }
}

/**
 * Returns the index at which the last whole word before `limit` ends. The caller may mask further secrets, which must
 * not be cut.
 */
function endOfWord(text: string, limit: number): number {
  for (let index = limit; index > limit - 8192; index -= 1)
    if (/[\s"',;<>&]/.test(text.charAt(index))) return index
  return limit
}
