/**
 * A transport that adds the credentials' headers to each request, renews them after a 401, and sends the
 * request again.
 */
import type { HeaderPair } from '../basics/http.js'
import { isOutcomeUncertain, OcciError, withFacts } from '../errors/errors.js'
import type { HttpRequest, HttpResponse, StreamedResponse, Transport } from '../transport/index.js'
import type { Credentials } from './types.js'

/**
 * Wraps a transport so that it signs requests to the endpoint's origin (by default the origin of the first request)
 * and no others. A header that the request already has is kept, since the user set it by `--header`. Concurrent
 * requests share one renewal.
 */
export function signedTransport(
  transport: Transport,
  credentials: Credentials,
  endpoint?: string | URL,
): Transport {
  let origin = endpoint === undefined ? undefined : new URL(endpoint).origin
  const renewal = sharedRenewal(credentials)

  async function sendSigned<R extends Omit<HttpResponse, 'body'>>(
    callerRequest: HttpRequest,
    send: (request: HttpRequest) => Promise<R>,
    readBody: (response: R) => Promise<CompleteResponse<R>>,
  ): Promise<R> {
    // The credentials identify a request by its object, and a caller may send one object twice.
    const request = { ...callerRequest }
    if (origin === undefined || !request.url.startsWith(`${origin}/`)) {
      const target = new URL(request.url).origin
      origin ??= target
      if (target !== origin) return send(request)
    }
    const maxRenewals = credentials.renewals ?? 1
    let renewals = 0
    for (;;) {
      const generation = renewal.generation()
      const signed = {
        ...request,
        headers: mergeHeaders(request.headers, await markUnsent(credentials.sign(request))),
      }
      let response: R
      try {
        response = await send(signed)
      } catch (error) {
        // The credentials may explain why the server closed the connection.
        throw (await credentials.refused?.(request, error)) ?? error
      }
      if (response.status !== 401) {
        let isFinal = false
        try {
          isFinal = credentials.answered?.(request, response) !== true
          if (isFinal) return response
        } finally {
          // The unread body of an answer that the caller does not get would keep the connection busy.
          if (!isFinal) await readBody(response)
        }
        continue
      }
      const { complete, original } = await readBody(response)
      if (credentials.answered?.(request, complete) === true) continue
      if (renewals >= maxRenewals) return original
      renewals += 1
      if (!(await markUnsent(renewal.renewSince(generation, complete, renewals)))) return original
    }
  }

  return {
    send: (request) =>
      sendSigned(
        request,
        (signed) => transport.send(signed),
        async (response) => ({ complete: response, original: response }),
      ),
    stream: (request) => sendSigned(request, (signed) => transport.stream(signed), readRefusal),
    close: () => transport.close(),
  }
}

/** A response whose body has been read. */
interface CompleteResponse<R> {
  readonly complete: HttpResponse
  /**
   * The response in the form in which it arrived, for the caller, who reads the body again. That of a stream is cut.
   */
  readonly original: R
}

/**
 * Marks errors of a login with `sent: 'no'`. The request that needs the login was not sent, or was refused, so a
 * failed login does not make the outcome of a write uncertain.
 */
async function markUnsent<T>(login: Promise<T>): Promise<T> {
  try {
    return await login
  } catch (error) {
    throw error instanceof OcciError && isOutcomeUncertain(error) ? withFacts(error, { sent: 'no' }) : error
  }
}

interface Renewal {
  generation(): number
  /**
   * Renews credentials of `generation`, unless they have been renewed since. True when newer credentials are
   * in use.
   */
  renewSince(generation: number, response: HttpResponse, attempt: number): Promise<boolean>
}

function sharedRenewal(credentials: Credentials): Renewal {
  let generation = 0
  let pending: Promise<boolean> | undefined
  return {
    generation: () => generation,
    async renewSince(usedGeneration, response, attempt) {
      if (usedGeneration !== generation) return true
      if (credentials.renew === undefined) return false
      pending ??= credentials
        .renew(response, attempt)
        .then((changed) => {
          if (changed) generation += 1
          return changed
        })
        .finally(() => {
          pending = undefined
        })
      return pending
    },
  }
}

function mergeHeaders(
  requestHeaders: readonly HeaderPair[],
  credentialHeaders: readonly HeaderPair[],
): readonly HeaderPair[] {
  if (credentialHeaders.length === 0) return requestHeaders
  const names = new Set(requestHeaders.map(([name]) => name.toLowerCase()))
  return [...requestHeaders, ...credentialHeaders.filter(([name]) => !names.has(name.toLowerCase()))]
}

/** The number of characters of a refusal's body that are read to explain it. */
const refusalLimit = 65_536

async function readRefusal(response: StreamedResponse): Promise<CompleteResponse<StreamedResponse>> {
  let body = ''
  for await (const chunk of response.chunks) {
    body += chunk
    if (body.length > refusalLimit) break
  }
  const { chunks: _, ...head } = response
  return { complete: { ...head, body }, original: { ...head, chunks: singleChunk(body) } }
}

async function* singleChunk(text: string): AsyncGenerator<string> {
  if (text !== '') yield text
}
