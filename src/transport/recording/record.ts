import { bodyText } from '../../basics/http.js'
import type { HttpRequest, HttpResponse, StreamedResponse, Transport } from '../types.js'
import { recordedError } from './errors.js'
import { type ExchangeRedactor, exchangeRedactor } from './exchange-redactor.js'
import type { Exchange, RecordedResponse } from './har.js'

/** Settings of `recordTransport`. */
export interface RecordSettings {
  /** Called with each exchange when it has ended. */
  readonly add: (exchange: Exchange) => void
  /** Whether the client or a login sends the requests. Default `client`. Exchanges of a login are not replayed. */
  readonly by?: Exchange['by']
  /** Returns milliseconds since the epoch. Default Date.now. */
  readonly now?: () => number
  /** Names of further headers with secret values. */
  readonly secretHeaders?: readonly string[]
  /** Masks secrets that the caller knows. */
  readonly mask?: (text: string) => string
}

/** The largest recorded body, in characters. Longer ones are truncated. */
const maxBodyLength = 64 * 1024 * 1024

/**
 * Returns a transport that records the exchanges of `inner`. Masks the values of secret headers and members, and the
 * secrets that `settings.mask` masks. A request that the caller aborts is not recorded.
 */
export function recordTransport(inner: Transport, settings: RecordSettings): Transport {
  const { add, by = 'client', now = Date.now, secretHeaders = [], mask = (text) => text } = settings
  const redactor = exchangeRedactor(secretHeaders, mask)

  function beginExchange(request: HttpRequest) {
    const at = now()
    /** Records the outcome: the response, the error, or both if the error came after a part of the body. */
    return (response: Omit<RecordedResponse, 'truncated'> | undefined, error?: unknown) => {
      if (error !== undefined && request.signal?.aborted) return
      add({
        by,
        at,
        took: Math.max(0, now() - at),
        request: {
          method: request.method,
          url: redactor.url(request.url),
          headers: redactor.headers(request.headers),
          ...(request.body === undefined ? {} : { body: redactor.text(bodyText(request.body)) }),
        },
        ...(response === undefined ? {} : { response: redactResponse(response, redactor) }),
        ...(error === undefined ? {} : { error: recordedError(error, (text) => mask(text)) }),
      })
    }
  }

  return {
    async send(request) {
      const endExchange = beginExchange(request)
      try {
        const response = await inner.send(request)
        endExchange(response)
        return response
      } catch (error) {
        endExchange(undefined, error)
        throw error
      }
    },
    async stream(request) {
      const endExchange = beginExchange(request)
      try {
        const response = await inner.stream(request)
        return { ...response, chunks: recordChunks(response, endExchange) }
      } catch (error) {
        endExchange(undefined, error)
        throw error
      }
    },
    close: () => inner.close(),
  }
}

async function* recordChunks(
  { chunks, ...head }: StreamedResponse,
  endExchange: (response: HttpResponse, error?: unknown) => void,
): AsyncGenerator<string> {
  let body = ''
  let failure: unknown
  try {
    for await (const chunk of chunks) {
      if (body.length <= maxBodyLength) body += chunk
      yield chunk
    }
  } catch (error) {
    failure = error
    throw error
  } finally {
    endExchange({ ...head, body }, failure)
  }
}

function redactResponse(
  response: Omit<RecordedResponse, 'truncated'>,
  redactor: ExchangeRedactor,
): RecordedResponse {
  const { status, reason, headers, url, tolerated } = response
  const body = redactor.text(response.body)
  return {
    status,
    reason,
    headers: redactor.headers(headers),
    body: body.slice(0, maxBodyLength),
    url: redactor.url(url),
    tolerated,
    ...(body.length > maxBodyLength ? { truncated: true } : {}),
  }
}
