/**
 * A transport that adds the credentials' headers to each request, renews them after a 401, and sends the
 * request again.
 */
import type { HeaderPair } from '../basics/http.js'
import { isOutcomeUncertain, OcciError, withFacts } from '../errors/errors.js'
import type { HttpRequest, HttpResponse, StreamedResponse, Transport } from '../transport/index.js'
import type { Credentials } from './types.js'

/**
 * Signs requests to the endpoint's origin (by default the origin of the first request) and no others. A
 * header that the request already has is kept, since the user set it by `--header`. Concurrent requests share
 * one renewal.
 */
export function signedTransport(
  transport: Transport,
  credentials: Credentials,
  endpoint?: string | URL,
): Transport {
  let origin = endpoint === undefined ? undefined : new URL(endpoint).origin
  const renewal = sharedRenewal(credentials)

  async function attempt<R extends Omit<HttpResponse, 'body'>>(
    original: HttpRequest,
    send: (request: HttpRequest) => Promise<R>,
    readBody: (response: R) => Promise<readonly [HttpResponse, R]>,
  ): Promise<R> {
    // The credentials identify a request by its object, and a caller may send one object twice.
    const request = { ...original }
    if (origin === undefined || !request.url.startsWith(`${origin}/`)) {
      const target = new URL(request.url).origin
      origin ??= target
      if (target !== origin) return send(request)
    }
    const maxRenewals = credentials.renewals ?? 1
    for (let count = 1; ; ) {
      const generation = renewal.generation()
      const signed = {
        ...request,
        headers: mergeHeaders(request.headers, await markUnsent(credentials.sign(request))),
      }
      let response: R
      try {
        response = await send(signed)
      } catch (error) {
        throw (await credentials.refused?.(request, error)) ?? error
      }
      if (response.status !== 401) {
        try {
          if (credentials.answered?.(request, response) !== true) return response
        } catch (error) {
          // An unread body would keep the connection busy.
          await readBody(response)
          throw error
        }
        continue
      }
      const [refusal, result] = await readBody(response)
      if (credentials.answered?.(request, refusal) === true) continue
      if (count > maxRenewals || !(await markUnsent(renewal.renewSince(generation, refusal, count))))
        return result
      count += 1
    }
  }

  return {
    send: (request) =>
      attempt(
        request,
        (signed) => transport.send(signed),
        async (response) => [response, response],
      ),
    stream: (request) => attempt(request, (signed) => transport.stream(signed), readRefusal),
    close: () => transport.close(),
  }
}

/**
 * Marks errors of a login with `sent: 'no'`. The request that the login is for was not sent, or was refused, so a
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
  let running: Promise<boolean> | undefined
  return {
    generation: () => generation,
    async renewSince(signedWith, response, attempt) {
      if (signedWith !== generation) return true
      if (credentials.renew === undefined) return false
      running ??= credentials
        .renew(response, attempt)
        .then((changed) => {
          if (changed) generation += 1
          return changed
        })
        .finally(() => {
          running = undefined
        })
      return running
    },
  }
}

function mergeHeaders(own: readonly HeaderPair[], signing: readonly HeaderPair[]): readonly HeaderPair[] {
  if (signing.length === 0) return own
  const names = new Set(own.map(([name]) => name.toLowerCase()))
  return [...own, ...signing.filter(([name]) => !names.has(name.toLowerCase()))]
}

/** The number of bytes of a refusal's body that are read to explain it. */
const refusalLimit = 65_536

async function readRefusal(response: StreamedResponse): Promise<readonly [HttpResponse, StreamedResponse]> {
  let body = ''
  for await (const chunk of response.chunks) {
    body += chunk
    if (body.length > refusalLimit) break
  }
  const { chunks: _, ...rest } = response
  return [
    { ...rest, body },
    { ...rest, chunks: singleChunk(body) },
  ]
}

async function* singleChunk(text: string): AsyncGenerator<string> {
  if (text !== '') yield text
}
