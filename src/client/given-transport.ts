/** A transport that the caller brings: whatever it throws becomes an error of the family. */
import { plainText } from '../basics/words.js'
import { NetworkError, OcciError } from '../errors/errors.js'
import { EndOfOperation, interrupted } from '../errors/interruption.js'
import {
  type Around,
  bareUrl,
  type HttpRequest,
  type StreamedResponse,
  type Transport,
  wrapTransport,
} from '../transport/index.js'

/** Errors that are not of the family do not tell whether anything was sent, so it may have been. */
export function withOcciErrors(inner: Transport): Transport {
  const handle: Around = async (request, send) => {
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
        const source = chunks[Symbol.asyncIterator]()
        return {
          async next() {
            try {
              return await source.next()
            } catch (error) {
              throw toOcciError(request, error)
            }
          },
          return: async () => (await source.return?.()) ?? { done: true, value: undefined },
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
  const why = error instanceof Error ? error.message : String(error)
  return new NetworkError(`${method} ${bareUrl(url)} failed: ${plainText(why)}`, {
    http: { method, url: bareUrl(url) },
    facts: { sent: 'maybe' },
    cause: error,
  })
}

function interruptedRequest({ method, url }: HttpRequest, reason: unknown, sent: 'no' | 'maybe'): OcciError {
  return interrupted(reason, 'The request', { http: { method, url: bareUrl(url) }, facts: { sent } })
}

/** What fetch and others throw when they are aborted, or by a time limit of their own. */
function isAbort(error: unknown): boolean {
  return error instanceof Error && (error.name === 'AbortError' || error.name === 'TimeoutError')
}
