import { Buffer } from 'node:buffer'
import type { HeaderPair } from '../basics/http.js'
import { onAbort } from '../basics/signals.js'
import { isOutcomeUncertain, ProtocolError, UsageError, withFacts } from '../errors/errors.js'
import { type RawBody, readChunks, readText } from './body.js'
import { monotonicTime } from './clock.js'
import { Aborted, failure, loadModule, type RequestAttempt, totalTimeoutError } from './failures.js'
import { decodeHeaders, encodeHeaders } from './headers.js'
import { Interruption } from './interruption.js'
import { isSocks, proxyAddress, proxyAuthorization } from './proxy.js'
import { refusalByHttpProxy } from './proxy-refusal.js'
import { redactUrl } from './redact.js'
import { type ConnectionSettings, defaultMaxResponse, resolveConnectionSettings } from './settings.js'
import { maxRedirects, redirectOf, targetOf } from './target.js'
import { type BodyTrace, createTracer, type Tracer } from './trace.js'
import type { HttpRequest, HttpResponse, Transport, TransportSettings } from './types.js'
import type { ConnectionPool, Progress, RawResponse } from './undici.js'

/**
 * Creates a transport for HTTP/1.1 with a pool of keep-alive connections. It follows redirects within the origin,
 * decompresses and decodes bodies, and limits their size and the time. It does not retry; see withRetries. Its errors
 * are described at Transport.
 */
export function createTransport(settings: TransportSettings = {}): Transport {
  const connectionSettings = resolveConnectionSettings(settings, randomMarker)
  const tracer = createTracer(settings)
  const parseUrl = cacheLast(targetOf)
  let pool: Promise<ConnectionPool> | undefined
  let closed = false
  const openPool = () => {
    if (closed) throw new UsageError('The transport is closed.', { facts: { sent: 'no' } })
    pool ??= loadModule(() => import('./undici.js')).then(({ openConnectionPool }) =>
      openConnectionPool(connectionSettings),
    )
    return pool
  }

  async function sendFollowingRedirects(request: HttpRequest, exchange: Exchange): Promise<FinalResponse> {
    let url = parseUrl(request.url)
    const headers = encodeHeaders(withDefaultHeaders(request.headers, settings.userAgent ?? defaultUserAgent))
    const body = bodyBytes(request.body)
    for (let redirects = 0; ; redirects += 1) {
      exchange.setUrl(url)
      const proxy = connectionSettings.proxyFor(url)
      const openedPool = await openPool()
      if (exchange.interruption.reason !== undefined) throw exchange.interruption.reason
      const raw = await openedPool.exchange({
        method: request.method,
        ...route(url, headers, proxy),
        body,
        interruption: exchange.interruption,
        progress: exchange.progress,
      })
      exchange.markHeadReceived()
      const { pairs, tolerated } = splitMarkers(decodeHeaders(raw.headers), connectionSettings.marker)
      if (proxy !== undefined && url.protocol === 'http:' && !isSocks(proxy)) {
        const refusal = refusalByHttpProxy(proxy, url, {
          status: raw.status,
          reason: raw.reason,
          headers: pairs,
        })
        if (refusal !== undefined) {
          raw.body.discard()
          throw refusal
        }
      }
      const redirectTarget = redirectOrDiscard(request, url, raw, pairs)
      if (redirectTarget === undefined) return { raw, pairs, tolerated, url }
      raw.body.discard()
      if (redirects === maxRedirects) throw tooManyRedirects(request, url)
      url = redirectTarget
    }
  }

  return {
    async send(request) {
      const exchange = openExchange(request, settings, { connectionSettings, tracer })
      try {
        const { raw, pairs, tolerated, url } = await sendFollowingRedirects(request, exchange)
        const body = await readBody(raw, rawBody(raw, pairs, settings))
        const response: HttpResponse = { ...responseHead(raw, pairs, tolerated, url), body }
        exchange.complete(response, body)
        return response
      } catch (error) {
        throw exchange.fail(error)
      }
    },

    async stream(request) {
      const exchange = openExchange(request, settings, { connectionSettings, tracer })
      try {
        const { raw, pairs, tolerated, url } = await sendFollowingRedirects(request, exchange)
        const response = responseHead(raw, pairs, tolerated, url)
        const bodyTrace = exchange.traceStream(response)
        exchange.pauseTimer()
        return { ...response, chunks: bodyChunks(raw, rawBody(raw, pairs, settings), exchange, bodyTrace) }
      } catch (error) {
        throw exchange.fail(error)
      }
    },

    async close() {
      closed = true
      const openedPool = pool
      pool = undefined
      await (await openedPool?.catch(() => undefined))?.close()
    },
  }
}

/** Servers answer 501 to a version above their own (GFD.223 §4.3), and all servers of OCCI 1.2 accept 1.1. */
const defaultUserAgent = 'occi-cli OCCI/1.1'

/** Caches the last parsed URL, since a bulk command sends thousands of requests to one collection. */
function cacheLast(parse: (text: string) => URL): (text: string) => URL {
  let last: { readonly text: string; readonly url: URL } | undefined
  return (text) => {
    if (last?.text !== text) last = { text, url: parse(text) }
    return last.url
  }
}

/**
 * Returns the origin to connect to, the request target and the headers. For plain http, a proxy gets the whole URL
 * (RFC 9112 §3.2.2).
 */
function route(
  url: URL,
  headers: string[],
  proxy: URL | undefined,
): { origin: string; path: string; headers: string[] } {
  if (proxy === undefined || url.protocol === 'https:' || isSocks(proxy)) {
    return { origin: url.origin, path: url.pathname + url.search, headers }
  }
  const authorization = proxyAuthorization(proxy)
  return {
    origin: proxy.origin,
    path: `${url.origin}${url.pathname}${url.search}`,
    headers: [
      ...(hasHost(headers) ? [] : ['Host', url.host]),
      ...(authorization === undefined ? [] : ['Proxy-Authorization', authorization]),
      ...headers,
    ],
  }
}

function hasHost(flat: readonly string[]): boolean {
  return flat.some((text, index) => index % 2 === 0 && text.toLowerCase() === 'host')
}

type Head = Omit<HttpResponse, 'body'>

/** The response after all redirects, before its body is read. */
interface FinalResponse {
  readonly raw: RawResponse
  readonly pairs: readonly HeaderPair[]
  readonly tolerated: readonly string[]
  readonly url: URL
}

function responseHead(
  raw: RawResponse,
  headers: readonly HeaderPair[],
  tolerated: readonly string[],
  url: URL,
): Head {
  return { status: raw.status, reason: raw.reason, headers, url: url.href, tolerated }
}

function rawBody(raw: RawResponse, headers: readonly HeaderPair[], settings: TransportSettings): RawBody {
  return {
    headers,
    bytes: raw.body,
    readAll: () => raw.body.readAll(),
    limit: settings.maxResponse ?? defaultMaxResponse,
  }
}

async function readBody(raw: RawResponse, body: RawBody): Promise<string> {
  try {
    return await readText(body)
  } catch (error) {
    raw.body.discard()
    throw error
  }
}

/**
 * Returns the chunks of a body. Not a generator, which would keep the connection if the caller stops before the first
 * chunk.
 */
function bodyChunks(
  raw: RawResponse,
  body: RawBody,
  exchange: Exchange,
  bodyTrace: BodyTrace,
): AsyncIterable<string> {
  const source = readChunks(body)
  const release = (read: 'whole' | 'in-part') => {
    raw.body.discard()
    bodyTrace.end(read)
    exchange.release()
  }
  const iterator: AsyncIterator<string> = {
    async next() {
      try {
        exchange.startTimer()
        const step = await source.next()
        exchange.pauseTimer()
        if (step.done === true) release('whole')
        else bodyTrace.push(step.value)
        return step
      } catch (error) {
        raw.body.discard()
        bodyTrace.end('in-part')
        throw exchange.fail(error)
      }
    },
    async return() {
      release('in-part')
      await source.return()
      return { done: true, value: undefined }
    },
  }
  return { [Symbol.asyncIterator]: () => iterator }
}

/** Returns the target of a redirect, like redirectOf. Discards the body if that throws. */
function redirectOrDiscard(
  request: HttpRequest,
  url: URL,
  raw: RawResponse,
  pairs: readonly HeaderPair[],
): URL | undefined {
  try {
    return redirectOf(request, url, raw.status, pairs)
  } catch (error) {
    raw.body.discard()
    throw error
  }
}

function tooManyRedirects(request: HttpRequest, url: URL): ProtocolError {
  return new ProtocolError(`${url.host} redirected more than ${maxRedirects} times.`, {
    http: { method: request.method, url: redactUrl(url.href) },
    hint: `The service is misconfigured, or is at another path: check the ${request.server ?? 'endpoint'}.`,
  })
}

function withDefaultHeaders(headers: readonly HeaderPair[], userAgent: string): readonly HeaderPair[] {
  const present = new Set(headers.map(([name]) => name.toLowerCase()))
  const missing: HeaderPair[] = []
  if (!present.has('user-agent')) missing.push(['User-Agent', userAgent])
  if (!present.has('accept-encoding')) missing.push(['Accept-Encoding', 'gzip, deflate, br'])
  return [...missing, ...headers]
}

function bodyBytes(body: HttpRequest['body']): Buffer | null {
  if (body === undefined || body.length === 0) return null
  return typeof body === 'string'
    ? Buffer.from(body, 'utf8')
    : Buffer.from(body.buffer, body.byteOffset, body.byteLength)
}

/** Separates the headers that the response filter added (see `ConnectionSettings.marker`) from those of the server. */
function splitMarkers(
  headers: readonly HeaderPair[],
  marker: string,
): { pairs: readonly HeaderPair[]; tolerated: readonly string[] } {
  if (!headers.some(([name]) => name === marker)) return { pairs: headers, tolerated: [] }
  return {
    pairs: headers.filter(([name]) => name !== marker),
    tolerated: headers.filter(([name]) => name === marker).map(([, value]) => value),
  }
}

/** One send() or stream(): its deadline, progress and trace. */
interface Exchange {
  readonly interruption: Interruption
  readonly progress: Progress
  /** Begins a request to this URL: the first one, or one after a redirect. */
  setUrl(url: URL): void
  markHeadReceived(): void
  /** Counts the time from now on against `totalTimeout`. Runs already when the exchange is opened. */
  startTimer(): void
  pauseTimer(): void
  /** Traces a response whose body arrives in pieces. */
  traceStream(response: Head): BodyTrace
  /** Ends the exchange and traces the response. */
  complete(response: Head, body: string): void
  /** Ends the exchange without a trace. */
  release(): void
  /** Ends the exchange and traces the error. Returns it as an error of this library. */
  fail(error: unknown): Error
}

interface ExchangeContext {
  readonly connectionSettings: ConnectionSettings
  readonly tracer: Tracer
}

function openExchange(
  request: HttpRequest,
  settings: TransportSettings,
  { connectionSettings: connection, tracer }: ExchangeContext,
): Exchange {
  const totalTimeout = settings.totalTimeout ?? 0
  const interruption = new Interruption()
  const progress: Progress = { sent: 'no' }
  const proxy = proxyOf(request.url, connection)
  const trace = tracer(request, proxy === undefined ? undefined : new URL(proxy).host)
  let headReceived = false
  let url = request.url
  let timer: NodeJS.Timeout | undefined

  const currentAttempt = (): RequestAttempt => ({
    ...connection,
    method: request.method,
    url,
    server: request.server ?? 'endpoint',
    sent: progress.sent,
    headReceived,
    proxy: proxyOf(url, connection),
  })
  const { signal } = request
  const cancel = () => interruption.interrupt(new Aborted(signal?.reason))
  const removeListener = signal === undefined ? undefined : onAbort(signal, cancel)
  if (signal?.aborted) cancel()
  // Only the time in which the caller waits for the server counts, since a caller may read a stream slowly.
  let remaining = totalTimeout
  let waitingSince = 0
  const pauseTimer = () => {
    if (timer === undefined) return
    clearTimeout(timer)
    timer = undefined
    remaining -= monotonicTime() - waitingSince
  }
  const startTimer = () => {
    if (totalTimeout <= 0 || timer !== undefined) return
    waitingSince = monotonicTime()
    timer = setTimeout(
      () => interruption.interrupt(totalTimeoutError(totalTimeout, currentAttempt())),
      Math.max(remaining, 1),
    )
  }
  startTimer()

  const release = () => {
    pauseTimer()
    removeListener?.()
  }
  return {
    interruption,
    progress,
    setUrl: (next) => {
      url = next.href
      headReceived = false
    },
    markHeadReceived: () => {
      headReceived = true
    },
    startTimer,
    pauseTimer,
    traceStream: (response) => trace.collectBody(response),
    complete(response, body) {
      release()
      trace.traceResponse(response, body)
    },
    release,
    fail(error) {
      release()
      const converted = failure(interruption.reason ?? error, currentAttempt())
      trace.traceError(converted.message)
      const isUnsent = progress.sent === 'no' && isOutcomeUncertain(converted)
      return isUnsent ? withFacts(converted, { sent: 'no' }) : converted
    },
  }
}

/** Returns the address of the proxy; undefined for an unusable URL or proxy setting, which another error reports. */
function proxyOf(url: string, connectionSettings: ConnectionSettings): string | undefined {
  try {
    const proxy = connectionSettings.proxyFor(new URL(url))
    return proxy === undefined ? undefined : proxyAddress(proxy)
  } catch {
    return undefined
  }
}

/** Returns a text that servers cannot predict, since they see no other output of Math.random. */
function randomMarker(): string {
  return `${Math.random().toString(36).slice(2)}${Math.random().toString(36).slice(2)}`
}
