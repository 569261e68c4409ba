/**
 * Sends writes, and handles those whose response does not show whether they were carried out. erocci answers 406 and
 * 415 after the write (E5), OCCI-OS answers 500 after it created the VM (Q53), and connections break. Beyond the
 * transport's retries of idempotent requests (see HttpRequest.repeatable), such writes are not repeated; the client
 * reads the entity or collection and reports what it finds.
 */
import { isSafeMethod } from '../basics/http.js'
import { omitUndefined } from '../basics/objects.js'
import {
  isOutcomeUncertain,
  NotFoundError,
  OcciError,
  OutcomeUnknownError,
  ServerError,
} from '../errors/errors.js'
import type { LocatedEntity } from '../model/index.js'
import type { HttpRequest, HttpResponse, Transport } from '../transport/index.js'
import { refusal } from './errors.js'
import { type ClientRequest, isSuccess, isWebPage, send, webPageError } from './exchange.js'
import { resolveLocation } from './locations.js'
import { mayBeResult, redirectIn } from './redirects.js'
import type { Session } from './session.js'

/** The result of `sendWrite`: a successful response, or an uncertain outcome. */
export type WriteResult = { readonly state: 'done'; readonly response: HttpResponse } | UncertainOutcome

/** The result of a write of which it is unknown whether it was carried out. */
export interface UncertainOutcome {
  readonly state: 'uncertain'
  /** The error to report if the outcome stays uncertain. */
  readonly error: OcciError
  /**
   * Whether the provider itself answered, with an error. If not, the response was lost or came from an intermediary
   * (a gateway, a login page), and the effect of the write may still appear.
   */
  readonly answeredByProvider: boolean
  /** The location of the result, if the response is a redirect to it. */
  readonly resultUrl?: string
}

/**
 * Sends a write and returns its response, or an uncertain outcome. Throws the error if the write was certainly not
 * carried out.
 */
export async function sendWrite(session: Session, request: ClientRequest): Promise<WriteResult> {
  let response: HttpResponse
  try {
    response = await send(session, request)
  } catch (error) {
    if (mayHaveArrived(error)) return { state: 'uncertain', error, answeredByProvider: false }
    throw error
  }
  if (isSuccess(response) || wasDeletedByEarlierAttempt(request, response)) {
    if (!isWebPage(response)) return { state: 'done', response }
    return { state: 'uncertain', error: webPageError(request, response), answeredByProvider: false }
  }
  const error = refusal(request, response, session.credentials)
  const redirect = redirectIn(request, response)
  if (redirect !== undefined && mayBeResult(response.status, redirect)) {
    const { target } = redirect
    const resultUrl = target && resolveLocation(session.endpoint, target.href)?.url
    return { state: 'uncertain', error, answeredByProvider: false, ...omitUndefined({ resultUrl }) }
  }
  if (mayHaveBeenCarriedOut(response.status) && error instanceof ServerError)
    return { state: 'uncertain', error, answeredByProvider: !gatewayStatuses.includes(response.status) }
  throw error
}

/**
 * Whether the outcome of a write stays uncertain although a response arrived: a 500, for example, or a 404 to a
 * repeated DELETE. False for methods that change nothing (GET, HEAD, OPTIONS).
 */
export function isUnclear(request: Pick<HttpRequest, 'method' | 'url'>, response: HttpResponse): boolean {
  const { method } = request
  if (isSafeMethod(method)) return false
  const { status } = response
  return (
    mayHaveBeenCarriedOut(status) ||
    redirectsToResult(request, response) ||
    wasDeletedByEarlierAttempt({ method }, response) ||
    (status < 400 && isWebPage(response))
  )
}

function redirectsToResult(request: Pick<HttpRequest, 'url'>, response: HttpResponse): boolean {
  const redirect = redirectIn(request, response)
  return redirect !== undefined && mayBeResult(response.status, redirect)
}

/** Sends a request whose response the caller interprets. Throws OutcomeUnknownError if a write gets no response. */
export async function sendRaw(request: HttpRequest, transport: Transport): Promise<HttpResponse> {
  try {
    return await transport.send(request)
  } catch (error) {
    if (isSafeMethod(request.method) || !mayHaveArrived(error)) throw error
    throw outcomeUnknownError(error, `it is unknown whether the server carried out ${request.method}`)
  }
}

/** Whether a repeated DELETE got a 404 or 410: an earlier attempt deleted the entity, but its response was lost. */
function wasDeletedByEarlierAttempt(
  { method }: Pick<ClientRequest, 'method'>,
  { status, attempts = 1 }: HttpResponse,
): boolean {
  return method === 'DELETE' && attempts > 1 && (status === 404 || status === 410)
}

/**
 * Whether the write may have been carried out although the response has this status, so that the client looks for its
 * effect. 406, 412 and 415 may come after the change (E5). 408 and most 5xx may come from an intermediary that has
 * already passed the request on. 425 and 429 refuse the request, but after retries an earlier attempt may have been
 * carried out. Of the 5xx, only 501, 505 and 511 show that the request was not carried out.
 */
function mayHaveBeenCarriedOut(status: number): boolean {
  return (
    [406, 408, 412, 415, 425, 429].includes(status) || (status >= 500 && ![501, 505, 511].includes(status))
  )
}

/**
 * Statuses that an intermediary may send while the provider is still carrying out the request. 425 and 429 are not
 * among them: whoever sends them has not passed this request on, so its effect cannot appear later.
 */
const gatewayStatuses: readonly number[] = [408, 502, 503, 504]

function mayHaveArrived(error: unknown): error is OcciError {
  return error instanceof OcciError && isOutcomeUncertain(error)
}

/** The error for a write that was carried out although the response was an error. `statement` ends the message. */
export function carriedOutError(
  error: OcciError,
  statement: string,
  facts: Readonly<Record<string, unknown>>,
): OcciError {
  return new ServerError(`${withoutFullStop(error.message)} — but ${statement}`, {
    hint: 'The request was carried out before the error; do not send it again.',
    cause: error,
    facts,
    ...omitUndefined({ http: error.http }),
  })
}

/** The error for a write whose outcome could not be determined. `statement` ends the message. */
export function outcomeUnknownError(
  error: OcciError,
  statement: string,
  facts: Readonly<Record<string, unknown>> = {},
): OutcomeUnknownError {
  return new OutcomeUnknownError(`${withoutFullStop(error.message)} — ${statement}`, {
    hint: 'Check the provider before you try again.',
    cause: error,
    // The URL to check: the entity that was written, or the collection.
    facts: { ...(error.http === undefined ? {} : { check: error.http.url.replace(/\?.*$/, '') }), ...facts },
    ...omitUndefined({ http: error.http }),
  })
}

/**
 * The error for a write that has no visible effect. If the provider itself answered, it is that error. Otherwise the
 * effect may still appear, and it is an OutcomeUnknownError whose message `statement` ends.
 */
export function noEffectError(outcome: UncertainOutcome, statement: string): OcciError {
  return outcome.answeredByProvider ? outcome.error : outcomeUnknownError(outcome.error, statement)
}

/**
 * Returns what `read` returns, which reads after a successful write. If it fails, the message of the error ends with
 * `statement`, which says what was carried out, for example `web was changed`.
 */
export async function readAfterWrite<T>(
  statement: string,
  facts: Readonly<Record<string, unknown>>,
  read: () => Promise<T>,
): Promise<T> {
  try {
    return await read()
  } catch (error) {
    throw error instanceof OcciError ? carriedOutError(error, statement, facts) : error
  }
}

/** Reports as a deviation that a write was carried out although its response was an error or was lost. */
export function reportCarriedOut(
  reporter: Pick<Session, 'onDeviation'>,
  request: ClientRequest,
  error: OcciError,
): void {
  reporter.onDeviation(
    {
      code: 'error-after-write',
      message: `${withoutFullStop(error.message)}, but the request was carried out`,
      place: { part: 'status' },
    },
    request,
  )
}

/** The result of `lookUp`: the entity, `absent` after a 404 or 410, or `unknown` if the read failed otherwise. */
export type LookUpResult = { readonly entity: LocatedEntity } | 'absent' | 'unknown'

/** Reads an entity to find out whether it exists. */
export async function lookUp(read: () => Promise<LocatedEntity>): Promise<LookUpResult> {
  try {
    return { entity: await read() }
  } catch (error) {
    return error instanceof NotFoundError ? 'absent' : 'unknown'
  }
}

/** Removes a final full stop, so that the sentence can be continued. */
export function withoutFullStop(sentence: string): string {
  return sentence.endsWith('.') ? sentence.slice(0, -1) : sentence
}
