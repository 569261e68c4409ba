/** A transport that answers from a recording instead of a network. */
import { bodyText } from '../../basics/http.js'
import { NetworkError } from '../../errors/errors.js'
import { redactUrl } from '../redact.js'
import type { HttpRequest, HttpResponse, Transport } from '../types.js'
import { replayedError } from './errors.js'
import type { Exchange, Recording } from './har.js'
import { matchesRecorded, secretHider } from './hide.js'

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
 * Each request is answered by the first unused exchange with the same method, URL and body; exchanges of a login are
 * not used. A masked secret in the recording matches any text. Responses to concurrent requests arrive in the
 * recorded order. Requests reject with NetworkError if the recording has no (further) exchange for them.
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
  let time = exchanges[0]?.at ?? 0
  const hide = secretHider([], (text) => text)

  const order = new Map(exchanges.map((exchange, index) => [exchange, index]))
  const waiting: { readonly exchange: Exchange; readonly resolve: () => void }[] = []

  /** Resolves after the requests that were sent at the same time and ended earlier. */
  function waitForTurn(exchange: Exchange): Promise<void> {
    return new Promise((resolve) => {
      waiting.push({ exchange, resolve })
      if (waiting.length > 1) return
      setTimeout(() => {
        waiting.sort((one, other) => (order.get(one.exchange) ?? 0) - (order.get(other.exchange) ?? 0))
        for (const each of waiting.splice(0)) each.resolve()
      })
    })
  }

  async function takeExchange(request: HttpRequest): Promise<Exchange> {
    request.signal?.throwIfAborted()
    const url = hide.url(request.url)
    const body = request.body === undefined ? undefined : hide.text(bodyText(request.body))
    const list = unused.get(request.method) ?? []
    const index = list.findIndex((exchange) => isSame(exchange.request, url, body))
    const found = list[index]
    if (found === undefined) throw notRecorded(request, exchanges)
    list.splice(index, 1)
    await waitForTurn(found)
    time = Math.max(time, found.at + found.took)
    return found
  }

  function answer(exchange: Exchange, request: HttpRequest): HttpResponse {
    const { response, error } = exchange
    if (response === undefined)
      throw error === undefined ? notRecorded(request, exchanges) : replayedError(error)
    return response
  }

  function throwRecordedEnd({ response, error }: Exchange, request: HttpRequest): void {
    if (error !== undefined) throw replayedError(error)
    if (response?.truncated !== true) return
    throw new NetworkError('The recording has only the beginning of this answer', {
      http: { method: request.method, url: redactUrl(request.url) },
    })
  }

  return {
    transport: {
      async send(request) {
        const exchange = await takeExchange(request)
        const response = answer(exchange, request)
        throwRecordedEnd(exchange, request)
        return response
      },
      async stream(request) {
        const exchange = await takeExchange(request)
        const { body, ...head } = answer(exchange, request)
        return { ...head, chunks: chunksOf(body, () => throwRecordedEnd(exchange, request)) }
      },
      close: async () => {},
    },
    clock: {
      now: () => time,
      async sleep(milliseconds, signal) {
        signal?.throwIfAborted()
        time += milliseconds
      },
    },
  }
}

function isSame(recorded: Exchange['request'], url: string, body: string | undefined): boolean {
  return matchesRecorded(recorded.url, url) && matchesRecorded(recorded.body ?? '', body ?? '')
}

async function* chunksOf(body: string, ending: () => void): AsyncGenerator<string> {
  if (body !== '') yield body
  ending()
}

function notRecorded({ method, url }: HttpRequest, exchanges: readonly Exchange[]): NetworkError {
  const same = exchanges.some(({ by, request }) => {
    return by === 'client' && request.method === method && matchesRecorded(request.url, redactUrl(url))
  })
  return new NetworkError(
    same
      ? `The recording has no further answer to ${method} ${redactUrl(url)} with this body`
      : `The recording has no answer to ${method} ${redactUrl(url)}`,
    {
      hint: 'Run the command that was recorded, with the same options, or record this one with `recordTransport`.',
      facts: { sent: 'no', recorded: exchanges.length },
    },
  )
}
