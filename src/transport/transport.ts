import { Buffer } from 'node:buffer'
import type { HeaderPair } from '../basics/http.js'
import { onAbort } from '../basics/signals.js'
import { isOutcomeUncertain, ProtocolError, UsageError, withFacts } from '../errors/errors.js'
import { type RawBody, readChunks, readText } from './body.js'
import { monotonicTime } from './clock.js'
import { Aborted, failure, loadModule, type RequestCircumstances, totalTimeoutError } from './failures.js'
import { decodeHeaders, encodeHeaders } from './headers.js'
import { Interruption } from './interruption.js'
import { isSocks, proxyAddress, proxyAuthorization } from './proxy.js'
import { refusalByHttpProxy } from './proxy-refusal.js'
import { redactUrl } from './redact.js'
import { type ConnectionSettings, connectionSettings, defaultMaxResponse } from './settings.js'
import { maxRedirects, redirectOf, targetOf } from './target.js'
import { type BodyTrace, createTracer, type Tracer } from './trace.js'
import type { HttpRequest, HttpResponse, Transport, TransportSettings } from './types.js'
import type { HttpConnection, Progress, RawResponse } from './undici.js'

/**
 * Creates a transport for HTTP/1.1 with a keep-alive pool. It follows redirects within the origin,
 * decompresses and decodes bodies, and limits size and time. It does not retry; see withRetries. Throws the
 * errors of the Transport contract, and UsageError after `close()`.
 */
export function createTransport(settings: TransportSettings = {}): Transport {
  const connection = connectionSettings(settings, randomMarker)
  const tracer = createTracer(settings)
  const parseTarget = cacheLast(targetOf)
  let httpConnection: Promise<HttpConnection> | undefined
  let closed = false
  const open = () => {
    if (closed) throw new UsageError('The transport is closed.', { facts: { sent: 'no' } })
    httpConnection ??= loadModule(() => import('./undici.js')).then(({ openHttpConnection }) =>
      openHttpConnection(connection),
    )
    return httpConnection
  }

  async function answer(request: HttpRequest, exchange: Exchange): Promise<Answer> {
    let url = parseTarget(request.url)
    const headers = encodeHeaders(withDefaults(request.headers, settings.userAgent ?? defaultUserAgent))
    const body = bodyBytes(request.body)
    for (let hops = 0; ; hops += 1) {
      exchange.setUrl(url)
      const proxy = connection.proxyFor(url)
      const opened = await open()
      if (exchange.interruption.reason !== undefined) throw exchange.interruption.reason
      const raw = await opened.exchange({
        method: request.method,
        ...route(url, headers, proxy),
        body,
        interruption: exchange.interruption,
        progress: exchange.progress,
      })
      exchange.answered()
      const { pairs, tolerated } = withoutMarker(decodeHeaders(raw.headers), connection.marker)
      if (proxy !== undefined && url.protocol === 'http:' && !isSocks(proxy)) {
        const refused = refusalByHttpProxy(proxy, url, {
          status: raw.status,
          reason: raw.reason,
          headers: pairs,
        })
        if (refused !== undefined) {
          raw.body.discard()
          throw refused
        }
      }
      const next = redirected(request, url, raw, pairs)
      if (next === undefined) return { raw, pairs, tolerated, url }
      raw.body.discard()
      if (hops === maxRedirects) throw tooManyRedirects(request, url)
      url = next
    }
  }

  return {
    async send(request) {
      const exchange = openExchange(request, settings, { connection, tracer })
      try {
        const { raw, pairs, tolerated, url } = await answer(request, exchange)
        const body = await readBody(raw, bodyOf(raw, pairs, settings))
        const response: HttpResponse = { ...head(raw, pairs, tolerated, url), body }
        exchange.end(response, body)
        return response
      } catch (error) {
        throw exchange.fail(error)
      }
    },

    async stream(request) {
      const exchange = openExchange(request, settings, { connection, tracer })
      try {
        const { raw, pairs, tolerated, url } = await answer(request, exchange)
        const response = head(raw, pairs, tolerated, url)
        const traced = exchange.streamed(response)
        exchange.pauseTimer()
        return { ...response, chunks: chunks(raw, bodyOf(raw, pairs, settings), exchange, traced) }
      } catch (error) {
        throw exchange.fail(error)
      }
    },

    async close() {
      closed = true
      const opened = httpConnection
      httpConnection = undefined
      await (await opened?.catch(() => undefined))?.close()
    },
  }
}

/** Servers answer 501 to a version above their own (GFD.223 §4.3), and all servers of OCCI 1.2 accept 1.1. */
const defaultUserAgent = 'occi-cli OCCI/1.1'

/** Caches the last URL, since a bulk command sends a thousand requests to one collection. */
function cacheLast(parse: (text: string) => URL): (text: string) => URL {
  let last: { readonly text: string; readonly url: URL } | undefined
  return (text) => {
    if (last?.text !== text) last = { text, url: parse(text) }
    return last.url
  }
}

/**
 * The origin to connect to and the request target. A proxy gets whole URLs for plain http (RFC 9112 §3.2.2).
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

interface Answer {
  readonly raw: RawResponse
  readonly pairs: readonly HeaderPair[]
  readonly tolerated: readonly string[]
  readonly url: URL
}

function head(
  raw: RawResponse,
  headers: readonly HeaderPair[],
  tolerated: readonly string[],
  url: URL,
): Head {
  return { status: raw.status, reason: raw.reason, headers, url: url.href, tolerated }
}

function bodyOf(raw: RawResponse, headers: readonly HeaderPair[], settings: TransportSettings): RawBody {
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

/** Unlike a generator, it also releases the connection when reading ends before the first chunk. */
function chunks(
  raw: RawResponse,
  body: RawBody,
  exchange: Exchange,
  traced: BodyTrace,
): AsyncIterable<string> {
  const source = readChunks(body)
  const release = (read: 'whole' | 'in-part') => {
    raw.body.discard()
    traced.end(read)
    exchange.finish()
  }
  const iterator: AsyncIterator<string> = {
    async next() {
      try {
        exchange.startTimer()
        const step = await source.next()
        exchange.pauseTimer()
        if (step.done === true) release('whole')
        else traced.push(step.value)
        return step
      } catch (error) {
        raw.body.discard()
        traced.end('in-part')
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

function redirected(
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
  return new ProtocolError(`${url.host} redirected more than ${maxRedirects} times; given up.`, {
    http: { method: request.method, url: redactUrl(url.href) },
    hint: `The service is misconfigured, or has another path: check the ${request.server ?? 'endpoint'}.`,
  })
}

function withDefaults(headers: readonly HeaderPair[], userAgent: string): readonly HeaderPair[] {
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

function withoutMarker(
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
  setUrl(url: URL): void
  answered(): void
  /** Counts the time from now on against `totalTimeout`, as at the start. */
  startTimer(): void
  pauseTimer(): void
  /** Traces a response whose body arrives in pieces. */
  streamed(response: Head): BodyTrace
  end(response: Head, body: string): void
  finish(): void
  fail(error: unknown): Error
}

interface ExchangeContext {
  readonly connection: ConnectionSettings
  readonly tracer: Tracer
}

function openExchange(
  request: HttpRequest,
  settings: TransportSettings,
  { connection, tracer }: ExchangeContext,
): Exchange {
  const total = settings.totalTimeout ?? 0
  const interruption = new Interruption()
  const progress: Progress = { sent: 'no' }
  const proxy = proxyOf(request.url, connection)
  const trace = tracer(request, proxy === undefined ? undefined : new URL(proxy).host)
  let answered = false
  let url = request.url
  let timer: NodeJS.Timeout | undefined

  const circumstances = (): RequestCircumstances => ({
    ...connection,
    method: request.method,
    url,
    server: request.server ?? 'endpoint',
    sent: progress.sent,
    answered,
    proxy: proxyOf(url, connection),
  })
  const { signal } = request
  const cancel = () => interruption.interrupt(new Aborted(signal?.reason))
  const removeListener = signal === undefined ? undefined : onAbort(signal, cancel)
  if (signal?.aborted) cancel()
  // Only the time in which the caller waits for the server counts, since a caller may read a stream slowly.
  let remaining = total
  let waitingSince = 0
  const pauseTimer = () => {
    if (timer === undefined) return
    clearTimeout(timer)
    timer = undefined
    remaining -= monotonicTime() - waitingSince
  }
  const startTimer = () => {
    if (total <= 0 || timer !== undefined) return
    waitingSince = monotonicTime()
    timer = setTimeout(
      () => interruption.interrupt(totalTimeoutError(total, circumstances())),
      Math.max(remaining, 1),
    )
  }
  startTimer()

  const finish = () => {
    pauseTimer()
    removeListener?.()
  }
  return {
    interruption,
    progress,
    setUrl: (next) => {
      url = next.href
      answered = false
    },
    answered: () => {
      answered = true
    },
    startTimer,
    pauseTimer,
    streamed: (response) => trace.streamed(response),
    end(response, body) {
      finish()
      trace.response(response, body)
    },
    finish,
    fail(error) {
      finish()
      const failed = failure(interruption.reason ?? error, circumstances())
      trace.error(failed.message)
      const unsent = progress.sent === 'no' && isOutcomeUncertain(failed)
      return unsent ? withFacts(failed, { sent: 'no' }) : failed
    },
  }
}

/** The address of the proxy; undefined for an unusable URL or proxy setting, which has been reported before. */
function proxyOf(url: string, connection: ConnectionSettings): string | undefined {
  try {
    const proxy = connection.proxyFor(new URL(url))
    return proxy === undefined ? undefined : proxyAddress(proxy)
  } catch {
    return undefined
  }
}

/** Servers see no other output of Math.random, so they cannot predict it. */
function randomMarker(): string {
  return `${Math.random().toString(36).slice(2)}${Math.random().toString(36).slice(2)}`
}
