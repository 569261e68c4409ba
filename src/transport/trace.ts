import { Buffer } from 'node:buffer'
import { omitUndefined } from '../basics/objects.js'
import { redactHeaders, redactText, redactUrl } from './redact.js'
import type { HttpRequest, HttpResponse, Transport, TransportSettings } from './types.js'

/** Traces a request and returns functions to trace its outcome. */
export type Tracer = (request: HttpRequest, proxy: string | undefined) => ExchangeTrace

interface ExchangeTrace {
  response(response: Head, body: string): void
  /** For a body that arrives in pieces; the response is traced at its end. */
  streamed(response: Head): BodyTrace
  error(message: string): void
}

type Head = Omit<HttpResponse, 'body'>

/** Collects the body of a streamed response for the trace. */
export interface BodyTrace {
  push(chunk: string): void
  /** May be called again, without effect. `read` says whether the body was read to its end. */
  end(read: 'whole' | 'in-part'): void
}

/** Maximum number of characters of a body that a trace shows. */
const maxTraced = 1024 * 1024

/** A tracer that redacts secrets before it calls `settings.trace`; it does nothing if that is not set. */
export function createTracer(settings: TransportSettings): Tracer {
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
      ...(request.body === undefined ? {} : requestBody(request.body)),
    })
    const respond = ({ status, reason, headers, tolerated }: Head, body: TracedBody) =>
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
      response: (response, body) => respond(response, shownBody(body, Buffer.byteLength(body))),
      streamed: (response) => bodyCollector((body) => respond(response, body)),
      error: (message) => trace({ type: 'error', id, at: now(), message }),
    }
  }
}

/** Adds a trace to a transport; those of createTransport trace already. */
export function traceTransport(inner: Transport, settings: TransportSettings): Transport {
  const tracer = createTracer(settings)
  const traced = async <R>(request: HttpRequest, run: (trace: ExchangeTrace) => Promise<R>): Promise<R> => {
    const trace = tracer(request, undefined)
    try {
      return await run(trace)
    } catch (error) {
      trace.error(messageOf(error))
      throw error
    }
  }
  return {
    send: (request) =>
      traced(request, async (trace) => {
        const response = await inner.send(request)
        trace.response(response, response.body)
        return response
      }),
    stream: (request) =>
      traced(request, async (trace) => {
        const { chunks, ...response } = await inner.stream(request)
        return { ...response, chunks: tracedChunks(chunks, trace.streamed(response), trace) }
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
    trace.error(messageOf(error))
    throw error
  } finally {
    body.end('in-part')
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

const silent: ExchangeTrace = {
  response: () => {},
  streamed: () => ({ push: () => {}, end: () => {} }),
  error: () => {},
}

/** The members of a TraceEvent that describe a body. */
interface TracedBody {
  readonly body: string
  readonly omitted?: number
  readonly unread?: true
}

function bodyCollector(done: (body: TracedBody) => void): BodyTrace {
  let text = ''
  let bytes = 0
  let ended = false
  return {
    push(chunk) {
      bytes += Buffer.byteLength(chunk)
      if (text.length < maxCollected) text += chunk
    },
    end(read) {
      if (ended) return
      ended = true
      done({ ...shownBody(text, bytes), ...(read === 'whole' ? {} : { unread: true }) })
    },
  }
}

/** More characters than a trace shows, so that a secret at the end of the shown part is complete and is recognised. */
const maxCollected = maxTraced + 64 * 1024

function requestBody(body: string | Uint8Array): TracedBody {
  if (typeof body === 'string') return shownBody(body, Buffer.byteLength(body))
  return shownBody(Buffer.from(body.subarray(0, maxCollected)).toString('utf8'), body.byteLength)
}

/** `start` is a body or its beginning, and `bytes` the length of all of it. */
function shownBody(start: string, bytes: number): TracedBody {
  // Redacts before cutting, since a cut inside a secret would leave half of it.
  const redacted = redactText(start.slice(0, maxCollected))
  const isWhole = start.length <= maxCollected && Buffer.byteLength(start) >= bytes
  if (redacted.length <= maxTraced && isWhole) return { body: redacted }
  const body = redacted.slice(0, endOfWord(redacted, maxTraced))
  return { body, omitted: Math.max(1, bytes - Buffer.byteLength(body)) }
}

/** The end of the last whole word before `limit`, since the caller may mask further secrets, which must not be cut. */
function endOfWord(text: string, limit: number): number {
  for (let at = limit; at > limit - 8192; at -= 1) if (/[\s"',;<>&]/.test(text.charAt(at))) return at
  return limit
}
