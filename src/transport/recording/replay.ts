import { bodyText } from '../../basics/http.js'
import { NetworkError } from '../../errors/errors.js'
import { redactUrl } from '../redact.js'
import type { HttpRequest, HttpResponse, Transport } from '../types.js'
import { replayedError } from './errors.js'
import { exchangeRedactor, matchesRecorded } from './exchange-redactor.js'
import type { Exchange, Recording } from './har.js'

/** A clock that returns the times of the recording and does not wait. */
export interface ReplayClock {
  now(): number
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>
}

/** A transport that answers from a recording, and a clock with the times of the recording. Pass both to the client. */
export interface Replay {
  readonly transport: Transport
  readonly clock: ReplayClock
}

/**
 * Returns a transport that replays a recording. Each request gets the response of the first unused exchange with the
 * same method, URL and body. Exchanges of a login are not used. A masked secret in the recording matches any text.
 * Responses to concurrent requests arrive in the recorded order. A request rejects with NetworkError if the recording
 * has no unused exchange for it.
 */
export function replay({ exchanges }: Recording): Replay {
  const unused = new Map<string, Exchange[]>()
  for (const exchange of exchanges) {
    if (exchange.by === 'login') continue
    const { method } = exchange.request
    const list = unused.get(method)
    if (list === undefined) unused.set(method, [exchange])
    else list.push(exchange)
  }
  let currentTime = exchanges[0]?.at ?? 0
  const redactor = exchangeRedactor([], (text) => text)

  const positions = new Map(exchanges.map((exchange, index) => [exchange, index]))
  const waiting: { readonly exchange: Exchange; readonly resolve: () => void }[] = []

  /** Resolves when the concurrent requests that ended earlier in the recording have been answered. */
  function waitForTurn(exchange: Exchange): Promise<void> {
    return new Promise((resolve) => {
      waiting.push({ exchange, resolve })
      if (waiting.length > 1) return
      setTimeout(() => {
        waiting.sort(
          (one, other) => (positions.get(one.exchange) ?? 0) - (positions.get(other.exchange) ?? 0),
        )
        for (const each of waiting.splice(0)) each.resolve()
      })
    })
  }

  async function takeExchange(request: HttpRequest): Promise<Exchange> {
    request.signal?.throwIfAborted()
    const url = redactor.url(request.url)
    const body = request.body === undefined ? undefined : redactor.text(bodyText(request.body))
    const list = unused.get(request.method) ?? []
    const index = list.findIndex((exchange) => matchesRequest(exchange.request, url, body))
    const exchange = list[index]
    if (exchange === undefined) throw notRecorded(request, exchanges)
    list.splice(index, 1)
    await waitForTurn(exchange)
    currentTime = Math.max(currentTime, exchange.at + exchange.took)
    return exchange
  }

  function responseOf(exchange: Exchange, request: HttpRequest): HttpResponse {
    const { response, error } = exchange
    if (response === undefined)
      throw error === undefined ? notRecorded(request, exchanges) : replayedError(error)
    return response
  }

  function throwRecordedEnd({ response, error }: Exchange, request: HttpRequest): void {
    if (error !== undefined) throw replayedError(error)
    if (response?.truncated !== true) return
    throw new NetworkError('The recording has only the beginning of this response', {
      http: { method: request.method, url: redactUrl(request.url) },
    })
  }

  return {
    transport: {
      async send(request) {
        const exchange = await takeExchange(request)
        const response = responseOf(exchange, request)
        throwRecordedEnd(exchange, request)
        return response
      },
      async stream(request) {
        const exchange = await takeExchange(request)
        const { body, ...head } = responseOf(exchange, request)
        return { ...head, chunks: chunksOf(body, () => throwRecordedEnd(exchange, request)) }
      },
      close: async () => {},
    },
    clock: {
      now: () => currentTime,
      async sleep(milliseconds, signal) {
        signal?.throwIfAborted()
        currentTime += milliseconds
      },
    },
  }
}

function matchesRequest(recorded: Exchange['request'], url: string, body: string | undefined): boolean {
  return matchesRecorded(recorded.url, url) && matchesRecorded(recorded.body ?? '', body ?? '')
}

async function* chunksOf(body: string, atEnd: () => void): AsyncGenerator<string> {
  if (body !== '') yield body
  atEnd()
}

function notRecorded({ method, url }: HttpRequest, exchanges: readonly Exchange[]): NetworkError {
  const sameTarget = exchanges.some(({ by, request }) => {
    return by === 'client' && request.method === method && matchesRecorded(request.url, redactUrl(url))
  })
  return new NetworkError(
    sameTarget
      ? `The recording has no further response to ${method} ${redactUrl(url)} with this body`
      : `The recording has no response to ${method} ${redactUrl(url)}`,
    {
      hint: 'Run the recorded command with the same options, or record this command with `recordTransport`.',
      facts: { sent: 'no', recorded: exchanges.length },
    },
  )
}
