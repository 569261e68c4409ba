/** A transport that records each exchange without its secrets. */
import { bodyText } from '../../basics/http.js'
import type { HttpRequest, HttpResponse, StreamedResponse, Transport } from '../types.js'
import { recordedError } from './errors.js'
import type { Exchange, RecordedResponse } from './har.js'
import { type SecretHider, secretHider } from './hide.js'

/** Settings of `recordTransport`. */
export interface RecordSettings {
  /** Called with each exchange when it has ended. */
  readonly add: (exchange: Exchange) => void
  /** Who sends the requests. Default `client`. Exchanges of a login are recorded, but not replayed. */
  readonly by?: Exchange['by']
  /** Milliseconds since the epoch. Default Date.now. */
  readonly now?: () => number
  /** Names of further headers with secret values. */
  readonly secretHeaders?: readonly string[]
  /** Masks secrets that the caller knows. */
  readonly mask?: (text: string) => string
}

/** The largest recorded part of a body, in characters. */
const maxBodyLength = 64 * 1024 * 1024

/**
 * Records the exchanges of `inner`. Values of secret headers and members are masked, and secrets that
 * `settings.mask` knows. A request that the caller aborts is not recorded.
 */
export function recordTransport(inner: Transport, settings: RecordSettings): Transport {
  const { add, by = 'client', now = Date.now, secretHeaders = [], mask = (text) => text } = settings
  const hide = secretHider(secretHeaders, mask)

  function begin(request: HttpRequest) {
    const at = now()
    return (response: Omit<RecordedResponse, 'truncated'> | undefined, error?: unknown) => {
      if (error !== undefined && request.signal?.aborted) return
      add({
        by,
        at,
        took: Math.max(0, now() - at),
        request: {
          method: request.method,
          url: hide.url(request.url),
          headers: hide.headers(request.headers),
          ...(request.body === undefined ? {} : { body: hide.text(bodyText(request.body)) }),
        },
        ...(response === undefined ? {} : { response: withHiddenSecrets(response, hide) }),
        ...(error === undefined ? {} : { error: recordedError(error, (text) => mask(text)) }),
      })
    }
  }

  return {
    async send(request) {
      const end = begin(request)
      try {
        const response = await inner.send(request)
        end(response)
        return response
      } catch (error) {
        end(undefined, error)
        throw error
      }
    },
    async stream(request) {
      const end = begin(request)
      try {
        const response = await inner.stream(request)
        return { ...response, chunks: recordChunks(response, end) }
      } catch (error) {
        end(undefined, error)
        throw error
      }
    },
    close: () => inner.close(),
  }
}

async function* recordChunks(
  { chunks, ...head }: StreamedResponse,
  end: (response: HttpResponse, error?: unknown) => void,
): AsyncGenerator<string> {
  let body = ''
  let failed: unknown
  try {
    for await (const chunk of chunks) {
      if (body.length <= maxBodyLength) body += chunk
      yield chunk
    }
  } catch (error) {
    failed = error
    throw error
  } finally {
    end({ ...head, body }, failed)
  }
}

function withHiddenSecrets(
  response: Omit<RecordedResponse, 'truncated'>,
  hide: SecretHider,
): RecordedResponse {
  const { status, reason, headers, url, tolerated } = response
  const body = hide.text(response.body)
  return {
    status,
    reason,
    headers: hide.headers(headers),
    body: body.slice(0, maxBodyLength),
    url: hide.url(url),
    tolerated,
    ...(body.length > maxBodyLength ? { truncated: true } : {}),
  }
}
