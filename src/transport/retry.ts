import { formatLimit } from '../basics/amounts.js'
import { headerValue } from '../basics/http.js'
import { omitUndefined } from '../basics/objects.js'
import { combineSignals } from '../basics/signals.js'
import { plainText } from '../basics/words.js'
import { OcciError, TimeoutError } from '../errors/errors.js'
import { interruptionError } from '../errors/interruption.js'
import { monotonicTime, systemClock } from './clock.js'
import { redactUrl } from './redact.js'
import type { Clock, HttpRequest, HttpResponse, StreamedResponse, Transport } from './types.js'

/** Settings of `withRetries`. */
export interface RetrySettings {
  /** Attempts after the first one. Default 2; 0 disables retries. */
  readonly retries?: number | undefined
  /** Default: the clock of this machine. */
  readonly clock?: Clock | undefined
  /** Random number from 0 up to 1, for jitter. Default Math.random. */
  readonly random?: (() => number) | undefined
  /**
   * The longest wait between two attempts in milliseconds, default 30 s. If Retry-After asks for a longer wait, the
   * request is not retried.
   */
  readonly maxDelay?: number | undefined
  /** The wait before the first retry in milliseconds, doubled for each further retry. Default 250. */
  readonly delay?: number | undefined
  /** Limit for all attempts and waits together, in milliseconds. Default none. */
  readonly deadline?: number | undefined
  /** Called before the wait for the next attempt. */
  readonly onRetry?: ((event: RetryEvent) => void) | undefined
}

/** A failed attempt that will be retried. */
export interface RetryEvent {
  readonly method: string
  /** The URL without secrets. */
  readonly url: string
  /** Number of the attempt that failed, from 1. */
  readonly attempt: number
  /** Milliseconds until the next attempt. */
  readonly delay: number
  /** The reason: `503 Service Unavailable`, or the message of an error. */
  readonly reason: string
}

/**
 * Retries repeatable requests (see HttpRequest.repeatable) after a transient connection failure, 429, 502, 503 or 504.
 * Other requests, such as POST, are retried only if nothing was sent. Waits as long as Retry-After says, or with
 * exponential backoff and jitter. A stream is retried until its head has arrived; if its Content-Length is small, until
 * its end. The deadline includes reading a stream to its end, but not the time in which the caller does not read.
 */
export function withRetries(transport: Transport, retrySettings: RetrySettings = {}): Transport {
  const settings: Settings = {
    retries: 2,
    clock: systemClock,
    random: Math.random,
    maxDelay: 30_000,
    delay: 250,
    deadline: Number.POSITIVE_INFINITY,
    ...omitUndefined(retrySettings),
  }
  return {
    send: (request) => sendWithRetries(request, settings, (attempt) => transport.send(attempt)),
    stream: (request) =>
      sendWithRetries(
        request,
        settings,
        async (attempt) => bufferIfShort(await transport.stream(attempt)),
        (response) => discard(response.chunks),
      ),
    close: () => transport.close(),
  }
}

/** Settings with all defaults filled in. */
type Settings = {
  readonly [K in Exclude<keyof RetrySettings, 'onRetry'>]-?: NonNullable<RetrySettings[K]>
} & Pick<RetrySettings, 'onRetry'>

/** The largest body that is buffered, in bytes. A response up to this size usually arrives in one piece. */
const maxBuffered = 64 * 1024

/** Buffers a short response, because it cannot be retried once its first piece is delivered. */
async function bufferIfShort(response: StreamedResponse): Promise<StreamedResponse> {
  const length = headerValue(response.headers, 'content-length')
  if (length === undefined || !/^\d{1,6}$/.test(length) || Number(length) > maxBuffered) return response
  const pieces: string[] = []
  for await (const piece of response.chunks) pieces.push(piece)
  return { ...response, chunks: piecesOf(pieces) }
}

async function* piecesOf(pieces: readonly string[]): AsyncGenerator<string> {
  yield* pieces
}

const transientStatuses = new Set([429, 502, 503, 504])
const repeatableMethods = new Set(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE'])

async function sendWithRetries<R extends Omit<HttpResponse, 'body'>>(
  request: HttpRequest,
  settings: Settings,
  send: (request: HttpRequest) => Promise<R>,
  discardResponse: (response: R) => Promise<void> = async () => {},
): Promise<R> {
  const { clock, deadline } = settings
  const deadlineAt = clock.now() + deadline
  for (let attempt = 1; ; attempt += 1) {
    const outcome = Number.isFinite(deadlineAt)
      ? await sendWithin(request, deadlineAt - clock.now(), deadline, send)
      : await outcomeOf(send(request))
    const reason = attempt > settings.retries ? undefined : retryReason(request, outcome)
    const delay = reason === undefined ? undefined : delayBefore(attempt, outcome, settings)
    if (reason === undefined || delay === undefined || clock.now() + delay >= deadlineAt) {
      if ('error' in outcome) throw outcome.error
      return attempt === 1 ? outcome.response : { ...outcome.response, attempts: attempt }
    }
    if ('response' in outcome) await discardResponse(outcome.response)
    settings.onRetry?.({ method: request.method, url: redactUrl(request.url), attempt, delay, reason })
    await waitBeforeRetry(clock, delay, request, outcome)
  }
}

type Outcome<R> = { readonly response: R } | { readonly error: unknown }

/**
 * Waits before the next attempt. If the wait is interrupted, throws the error of the previous attempt, or the error of
 * the interruption if the previous attempt got a response.
 */
async function waitBeforeRetry<R>(
  clock: Clock,
  delay: number,
  { signal }: HttpRequest,
  outcome: Outcome<R>,
): Promise<void> {
  try {
    await clock.sleep(delay, signal)
  } catch (error) {
    if ('error' in outcome) throw outcome.error
    throw interruptionError(signal?.aborted ? signal.reason : error, 'The request', {
      facts: { sent: 'maybe' },
    })
  }
  if (signal?.aborted && 'error' in outcome) throw outcome.error
}

/**
 * Sends a request within `remaining` milliseconds, which also limit the reading of a stream. `deadline` is the limit of
 * all attempts, for the message.
 */
async function sendWithin<R extends object>(
  request: HttpRequest,
  remaining: number,
  deadline: number,
  send: (request: HttpRequest) => Promise<R>,
): Promise<Outcome<R>> {
  const timeout = new AbortController()
  const { signal, release } = combineSignals([request.signal, timeout.signal])
  const describeError = (error: unknown) =>
    timeout.signal.aborted ? deadlineExceeded(request, deadline, error) : error
  const timer = setTimeout(() => timeout.abort(), Math.max(remaining, 0))
  const startedAt = monotonicTime()
  const outcome = await outcomeOf(send({ ...request, signal }))
  clearTimeout(timer)
  if (!('response' in outcome)) {
    release()
    return { error: describeError(outcome.error) }
  }
  const { response } = outcome
  if (!isStreamed(response)) {
    release()
    return outcome
  }
  const timeLeft = remaining - (monotonicTime() - startedAt)
  return {
    response: {
      ...response,
      chunks: readWithin(response.chunks, { remaining: timeLeft, timeout, describeError, release }),
    },
  }
}

function isStreamed<R extends object>(response: R): response is R & Pick<StreamedResponse, 'chunks'> {
  return 'chunks' in response
}

interface ReadLimit {
  /** Milliseconds that reading may take in total. */
  readonly remaining: number
  /** Aborted after that time, which makes reading fail. */
  readonly timeout: AbortController
  readonly describeError: (error: unknown) => unknown
  /** Called at the end of the stream. */
  readonly release: () => void
}

/** Limits the time in which the caller waits for chunks. */
function readWithin(
  chunks: AsyncIterable<string>,
  { remaining, timeout, describeError, release }: ReadLimit,
): AsyncIterable<string> {
  const source = chunks[Symbol.asyncIterator]()
  let timeLeft = remaining
  const iterator: AsyncIterator<string> = {
    async next() {
      const startedAt = monotonicTime()
      const timer = setTimeout(() => timeout.abort(), Math.max(timeLeft, 1))
      try {
        const step = await source.next()
        if (step.done === true) release()
        return step
      } catch (error) {
        release()
        throw describeError(error)
      } finally {
        clearTimeout(timer)
        timeLeft -= monotonicTime() - startedAt
      }
    },
    async return() {
      release()
      return (await source.return?.()) ?? { done: true, value: undefined }
    },
  }
  return { [Symbol.asyncIterator]: () => iterator }
}

function outcomeOf<R>(promise: Promise<R>): Promise<Outcome<R>> {
  return promise.then(
    (response) => ({ response }),
    (error: unknown) => ({ error }),
  )
}

function deadlineExceeded(request: HttpRequest, deadline: number, error: unknown): TimeoutError {
  const sent = error instanceof OcciError && error.facts?.['sent'] === 'no' ? 'no' : 'maybe'
  return new TimeoutError(`The request did not succeed within ${formatLimit(deadline)}, including retries.`, {
    http: { method: request.method, url: redactUrl(request.url) },
    hint: 'Allow more time with `retry.deadline`.',
    facts: { sent, timeout: 'deadline', milliseconds: deadline },
  })
}

/** Returns the reason for which a request is retried; undefined if it is not. */
function retryReason(request: HttpRequest, outcome: Outcome<Omit<HttpResponse, 'body'>>): string | undefined {
  const repeatable = request.repeatable ?? repeatableMethods.has(request.method)
  if ('response' in outcome) {
    const { status, reason } = outcome.response
    return repeatable && transientStatuses.has(status) ? `${status} ${plainText(reason)}`.trim() : undefined
  }
  const { error } = outcome
  if (!(error instanceof OcciError) || error.facts?.['transient'] !== true) return undefined
  return repeatable || error.facts['sent'] === 'no' ? error.message : undefined
}

/** Returns the wait before the next attempt in milliseconds; undefined if Retry-After asks for more than `maxDelay`. */
function delayBefore(
  attempt: number,
  outcome: Outcome<Omit<HttpResponse, 'body'>>,
  { clock, random, maxDelay, delay }: Settings,
): number | undefined {
  const requestedDelay = 'response' in outcome ? retryAfter(outcome.response, clock.now()) : undefined
  if (requestedDelay !== undefined) return requestedDelay <= maxDelay ? requestedDelay : undefined
  return Math.min(maxDelay, delay * 2 ** (attempt - 1)) * (0.5 + random() / 2)
}

/** Returns the wait in milliseconds according to Retry-After, which contains seconds or a date (RFC 9110 §10.2.3). */
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
