/** Interprets redirects that the transport does not follow (RFC 9110 §15.4). */

import { headerValue, isSafeMethod } from '../basics/http.js'
import { omitUndefined } from '../basics/objects.js'
import { shellWord } from '../basics/shell-word.js'
import { type OcciError, ProtocolError, ServerError } from '../errors/errors.js'
import type { HttpRequest, HttpResponse } from '../transport/index.js'

interface Redirect {
  /**
   * `other-origin`: another origin, to which nothing was sent. `slash`: the same path with or without the final slash.
   * `result`: another path at this provider, where the result may be. `no-location`: no usable Location.
   */
  readonly kind: 'other-origin' | 'slash' | 'result' | 'no-location'
  readonly target?: URL
}

/** Returns the meaning of a redirect; undefined for any other response, including 304. */
export function redirectIn(
  request: Pick<HttpRequest, 'url'>,
  response: Pick<HttpResponse, 'status' | 'headers'>,
): Redirect | undefined {
  const { status } = response
  if (status < 300 || status > 399 || status === 304) return undefined
  const location = headerValue(response.headers, 'location')
  if (location === undefined || location === '' || !URL.canParse(location, request.url))
    return { kind: 'no-location' }
  const requestUrl = new URL(request.url)
  const target = new URL(location, requestUrl)
  if (target.origin !== requestUrl.origin) return { kind: 'other-origin', target }
  const withoutFinalSlash = ({ pathname }: URL) => pathname.replace(/\/$/, '')
  return { kind: withoutFinalSlash(target) === withoutFinalSlash(requestUrl) ? 'slash' : 'result', target }
}

/**
 * Whether a write that was answered with this redirect may have been carried out. Servers redirect to the result of a
 * request with 303, and traditionally with 301 and 302. A 307 or 308, and a redirect to the same path or to another
 * origin, ask for another request instead.
 */
export function mayBeResult(status: number, { kind }: Redirect): boolean {
  return [301, 302, 303].includes(status) && (kind === 'result' || kind === 'no-location')
}

/** The error for a redirect that is not followed. */
export function redirectError(
  request: Pick<HttpRequest, 'method' | 'url'>,
  http: OcciError['http'],
  { kind, target }: Redirect,
): OcciError {
  const { status = 0 } = http ?? {}
  const requestText = `${request.method} ${new URL(request.url).pathname}`
  const targetText =
    target === undefined
      ? ''
      : `${kind === 'other-origin' ? target.origin : ''}${target.pathname}`.slice(0, 300)
  const becomesGet = [301, 302, 303].includes(status) && !isSafeMethod(request.method)
  const notSent = becomesGet
    ? `it redirects to ${targetText}; ${request.method} is not sent there, since this status would make it a GET`
    : `it redirects to ${targetText}, which was not followed`
  const explanations: Readonly<Record<Redirect['kind'], { outcome: string; hint?: string }>> = {
    'other-origin': {
      outcome: `it redirects to ${targetText}, which is another server; nothing was sent there`,
      hint: `If you trust it, use it as the endpoint: \`endpoint\` ${shellWord(`${target?.origin}/`)}`,
    },
    slash: { outcome: notSent, hint: 'Use the address as the provider writes it.' },
    result: { outcome: notSent, hint: 'The result of the request may be there.' },
    'no-location': { outcome: 'it redirects, but does not name the target' },
  }
  const { outcome, hint } = explanations[kind]
  return new ServerError(`The provider answered ${status} to ${requestText}: ${outcome}`, {
    ...omitUndefined({ hint, http }),
    ...(target === undefined ? {} : { facts: { location: targetText } }),
  })
}

/** The error for a 304 to a request without If-None-Match and If-Modified-Since. */
export function unexpectedNotModified(
  request: Pick<HttpRequest, 'method' | 'url'>,
  http: NonNullable<OcciError['http']>,
): OcciError {
  return new ProtocolError(
    `The provider answered 304 to ${request.method} ${new URL(request.url).pathname}, which was not conditional`,
    { hint: 'A cache or a proxy may have answered; try again.', http },
  )
}
