/** Wraps transports that callers provide, so that they throw only errors of this library. */
import { plainText } from '../basics/words.js'
import { NetworkError, OcciError } from '../errors/errors.js'
import { EndOfOperation, interruptionError } from '../errors/interruption.js'
import {
  bareUrl,
  type HttpRequest,
  type RequestHandler,
  type StreamedResponse,
  type Transport,
  wrapTransport,
} from '../transport/index.js'

/**
 * Wraps a transport so that all its errors are OcciErrors. An error that is converted does not show whether the request
 * was sent, so its `facts.sent` is `maybe`.
 */
export function withOcciErrors(inner: Transport): Transport {
  const handle: RequestHandler = async (request, send) => {
    if (request.signal?.aborted) throw interruptedRequest(request, request.signal.reason, 'no')
    try {
      const response = await send(request)
      return 'chunks' in response
        ? withOcciErrorsInChunks(request, response as typeof response & StreamedResponse)
        : response
    } catch (error) {
      throw toOcciError(request, error)
    }
  }
  return wrapTransport(inner, handle)
}

function withOcciErrorsInChunks<R extends StreamedResponse>(request: HttpRequest, response: R): R {
  const { chunks } = response
  return {
    ...response,
    chunks: {
      [Symbol.asyncIterator]() {
        const iterator = chunks[Symbol.asyncIterator]()
        return {
          async next() {
            try {
              return await iterator.next()
            } catch (error) {
              throw toOcciError(request, error)
            }
          },
          return: async () => (await iterator.return?.()) ?? { done: true, value: undefined },
        }
      },
    },
  }
}

function toOcciError(request: HttpRequest, error: unknown): Error {
  if (error instanceof OcciError || error instanceof EndOfOperation) return error
  const { method, url, signal } = request
  if (signal?.aborted) return interruptedRequest(request, signal.reason, 'maybe')
  if (isAbort(error)) return interruptedRequest(request, error, 'maybe')
  const reason = error instanceof Error ? error.message : String(error)
  return new NetworkError(`${method} ${bareUrl(url)} failed: ${plainText(reason)}`, {
    http: { method, url: bareUrl(url) },
    facts: { sent: 'maybe' },
    cause: error,
  })
}

function interruptedRequest({ method, url }: HttpRequest, reason: unknown, sent: 'no' | 'maybe'): OcciError {
  return interruptionError(reason, 'The request', { http: { method, url: bareUrl(url) }, facts: { sent } })
}

/** Whether fetch or the like threw the error because of an abort or its own time limit. */
function isAbort(error: unknown): boolean {
  return error instanceof Error && (error.name === 'AbortError' || error.name === 'TimeoutError')
}
