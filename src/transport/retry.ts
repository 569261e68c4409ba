import { headerValue } from '../basics/http.js'
import { plain } from '../basics/words.js'
import { OcciError, TimeoutError } from '../errors/errors.js'
import { monotonicTime } from './clock.js'
import { seconds } from './failures.js'
import { redactUrl } from './redact.js'
import type { HttpRequest, HttpResponse, StreamedResponse, Transport } from './types.js'

export interface RetrySettings {
  /** Attempts after the first. */
  readonly retries: number
  readonly clock: {
    now(): number
    sleep(milliseconds: number, signal?: AbortSignal): Promise<void>
  }
  /** Random number from 0 up to 1, for jitter. */
  readonly random: () => number
  /**
   * Longest wait between two attempts in milliseconds, default 30 s. There is no retry after a longer
   * Retry-After.
   */
  readonly maxDelay?: number
  /** Wait before the first retry in milliseconds, doubled for each further one; default 250. */
  readonly delay?: number
  /** Limit for all attempts and waits together in milliseconds; default none. */
  readonly deadline?: number
  readonly onRetry?: (event: RetryEvent) => void
}

export interface RetryEvent {
  readonly method: string
  /** The URL without secrets. */
  readonly url: string
  /** Number of the attempt that failed, from 1. */
  readonly attempt: number
  readonly delay: number
  /** The reason: `503 Service Unavailable`, or the message of an error. */
  readonly reason: string
}

/**
 * Retries repeatable requests (see HttpRequest.repeatable) after a transient connection failure, 429, 502,
 * 503 or 504. Other requests, such as POST, are retried only when no byte of them was sent. Waits for
 * Retry-After, or else with exponential backoff and jitter. A stream is retried only until its head has
 * arrived, or until its end where its Content-Length is small. The deadline covers a stream to its end,
 * except the time in which it is not read.
 */
export function withRetries(transport: Transport, settings: RetrySettings): Transport {
  return {
    send: (request) => repeated(request, settings, (attempt) => transport.send(attempt)),
    stream: (request) =>
      repeated(
        request,
        settings,
        async (attempt) => kept(await transport.stream(attempt)),
        (response) => discard(response.chunks),
      ),
    close: () => transport.close(),
  }
}

/** In bytes. Such a response mostly arrives in one piece. */
const shortAnswer = 64 * 1024

/** Buffers a short response before its first piece is delivered, because it cannot be retried after that. */
async function kept(response: StreamedResponse): Promise<StreamedResponse> {
  const length = headerValue(response.headers, 'content-length')
  if (length === undefined || !/^\d{1,6}$/.test(length) || Number(length) > shortAnswer) return response
  const pieces: string[] = []
  for await (const piece of response.chunks) pieces.push(piece)
  return { ...response, chunks: piecesOf(pieces) }
}

async function* piecesOf(pieces: readonly string[]): AsyncGenerator<string> {
  yield* pieces
}

const transientStatuses = new Set([429, 502, 503, 504])
const repeatableMethods = new Set(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE'])

async function repeated<R extends Omit<HttpResponse, 'body'>>(
  request: HttpRequest,
  settings: RetrySettings,
  send: (request: HttpRequest) => Promise<R>,
  drop: (response: R) => Promise<void> = async () => {},
): Promise<R> {
  const { clock, deadline = Number.POSITIVE_INFINITY } = settings
  const end = clock.now() + deadline
  for (let attempt = 1; ; attempt += 1) {
    const outcome = Number.isFinite(end)
      ? await within(request, end - clock.now(), deadline, send)
      : await settled(send(request))
    const reason = attempt > settings.retries ? undefined : retryReason(request, outcome)
    const delay = reason === undefined ? undefined : delayBefore(attempt, outcome, settings)
    if (reason === undefined || delay === undefined || clock.now() + delay >= end) {
      if ('error' in outcome) throw outcome.error
      return attempt === 1 ? outcome.response : { ...outcome.response, attempts: attempt }
    }
    if ('response' in outcome) await drop(outcome.response)
    settings.onRetry?.({ method: request.method, url: redactUrl(request.url), attempt, delay, reason })
    await clock.sleep(delay, request.signal)
    if (request.signal?.aborted && 'error' in outcome) throw outcome.error
  }
}

type Outcome<R> = { readonly response: R } | { readonly error: unknown }

/** Makes one attempt within the deadline. The caller's signal stays connected to a stream that continues. */
async function within<R extends object>(
  request: HttpRequest,
  left: number,
  deadline: number,
  send: (request: HttpRequest) => Promise<R>,
): Promise<Outcome<R>> {
  const aborter = new AbortController()
  const abort = () => aborter.abort(request.signal?.reason)
  if (request.signal?.aborted) abort()
  request.signal?.addEventListener('abort', abort, { once: true })
  const timer = setTimeout(() => aborter.abort(tooLate(request, deadline)), Math.max(left, 0))
  const begun = monotonicTime()
  const outcome = await settled(send({ ...request, signal: aborter.signal }))
  clearTimeout(timer)
  if (!('response' in outcome) || !isStreamed(outcome.response)) {
    request.signal?.removeEventListener('abort', abort)
    return outcome
  }
  const { response } = outcome
  const rest = left - (monotonicTime() - begun)
  const chunks = readWithin(response.chunks, rest, () => aborter.abort(tooLate(request, deadline)))
  return { response: { ...response, chunks } }
}

function isStreamed<R extends object>(response: R): response is R & Pick<StreamedResponse, 'chunks'> {
  return 'chunks' in response
}

/** Calls `late` when reading has waited longer than `left` milliseconds in total; reading fails then. */
function readWithin(chunks: AsyncIterable<string>, left: number, late: () => void): AsyncIterable<string> {
  const source = chunks[Symbol.asyncIterator]()
  let rest = left
  const iterator: AsyncIterator<string> = {
    async next() {
      const since = monotonicTime()
      const timer = setTimeout(late, Math.max(rest, 1))
      try {
        return await source.next()
      } finally {
        clearTimeout(timer)
        rest -= monotonicTime() - since
      }
    },
    return: async () => (await source.return?.()) ?? { done: true, value: undefined },
  }
  return { [Symbol.asyncIterator]: () => iterator }
}

function settled<R>(promise: Promise<R>): Promise<Outcome<R>> {
  return promise.then(
    (response) => ({ response }),
    (error: unknown) => ({ error }),
  )
}

function tooLate(request: HttpRequest, deadline: number): TimeoutError {
  return new TimeoutError(`The request did not succeed within ${seconds(deadline)}, with repetitions.`, {
    http: { method: request.method, url: redactUrl(request.url) },
    hint: 'Allow more time with --deadline.',
    facts: { sent: 'maybe', timeout: 'deadline', milliseconds: deadline },
  })
}

function retryReason(request: HttpRequest, outcome: Outcome<Omit<HttpResponse, 'body'>>): string | undefined {
  const repeatable = request.repeatable ?? repeatableMethods.has(request.method)
  if ('response' in outcome) {
    const { status, reason } = outcome.response
    return repeatable && transientStatuses.has(status) ? `${status} ${plain(reason)}`.trim() : undefined
  }
  const { error } = outcome
  if (!(error instanceof OcciError) || error.facts?.['transient'] !== true) return undefined
  return repeatable || error.facts['sent'] === 'no' ? error.message : undefined
}

function delayBefore(
  attempt: number,
  outcome: Outcome<Omit<HttpResponse, 'body'>>,
  { clock, random, maxDelay = 30_000, delay = 250 }: RetrySettings,
): number | undefined {
  const asked = 'response' in outcome ? retryAfter(outcome.response, clock.now()) : undefined
  if (asked !== undefined) return asked <= maxDelay ? asked : undefined
  return Math.min(maxDelay, delay * 2 ** (attempt - 1)) * (0.5 + random() / 2)
}

/** Milliseconds to wait by Retry-After, which gives seconds or a date (RFC 9110 §10.2.3). */
function retryAfter(response: Pick<HttpResponse, 'headers'>, now: number): number | undefined {
  const value = headerValue(response.headers, 'retry-after')?.trim().slice(0, 100)
  if (value === undefined || value === '') return undefined
  if (/^\d+$/.test(value)) return Number(value) * 1000
  const date = Date.parse(value)
  return Number.isNaN(date) ? undefined : Math.max(0, date - now)
}

async function discard(chunks: AsyncIterable<string>): Promise<void> {
  await chunks[Symbol.asyncIterator]().return?.()
}
