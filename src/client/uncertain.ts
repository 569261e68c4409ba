/**
 * Writes whose answer does not tell whether they were carried out. erocci refuses with 406 and 415 after
 * the write (E5), OCCI-OS answers 500 after the VM was made (Q53), connections break. Nothing is ever
 * repeated: what can be looked up is looked up, and then said.
 */
import {
  CancelledError,
  NetworkError,
  NotFoundError,
  OcciError,
  OutcomeUnknownError,
  ProtocolError,
  ServerError,
  TimeoutError,
} from '../errors/errors.js'
import type { Entity } from '../model/index.js'
import type { HttpRequest, HttpResponse, Transport } from '../transport/index.js'
import { refusal } from './errors.js'
import { type Ask, isSuccess, isWebPage, send, webPage } from './exchange.js'
import { resolveLocation } from './locations.js'
import { mayBeResult, redirectIn } from './redirects.js'
import type { Session } from './session.js'

export type WriteResult = { readonly state: 'done'; readonly response: HttpResponse } | UncertainOutcome

/** The write may have been carried out. */
export interface UncertainOutcome {
  readonly state: 'uncertain'
  readonly error: OcciError
  /**
   * Whether the provider itself ended the matter, by an error. Otherwise the answer was lost, or somebody in
   * between spoke (a gateway, a login page): then what is not there yet may still come.
   */
  readonly ended: boolean
  /** Where the answer says that the result may be. */
  readonly place?: string
}

/** Sends a write once. Throws where it certainly was not carried out. */
export async function write(session: Session, request: Ask): Promise<WriteResult> {
  let response: HttpResponse
  try {
    response = await send(session, request)
  } catch (error) {
    if (mayHaveArrived(error)) return { state: 'uncertain', error, ended: false }
    throw error
  }
  if (isSuccess(response) || goneBefore(request, response)) {
    if (!isWebPage(response)) return { state: 'done', response }
    return { state: 'uncertain', error: webPage(request, response), ended: false }
  }
  const error = refusal(request, response, session.credentials)
  const redirect = redirectIn(request, response)
  if (redirect !== undefined && mayBeResult(response.status, redirect)) {
    const place =
      redirect.place === undefined ? undefined : resolveLocation(session.endpoint, redirect.place.href)
    return { state: 'uncertain', error, ended: false, ...(place === undefined ? {} : { place: place.url }) }
  }
  if (mayFollowTheWrite(response.status) && error instanceof ServerError)
    return { state: 'uncertain', error, ended: !gateways.includes(response.status) }
  throw error
}

/** Whether an answer to any write, shown as it is, leaves open what became of it. */
export function isUnclear(request: Pick<HttpRequest, 'method' | 'url'>, response: HttpResponse): boolean {
  const { method } = request
  if (reading.has(method)) return false
  const { status } = response
  return (
    mayFollowTheWrite(status) ||
    isResultElsewhere(request, response) ||
    goneBefore({ method }, response) ||
    (status < 400 && isWebPage(response))
  )
}

function isResultElsewhere(request: Pick<HttpRequest, 'url'>, response: HttpResponse): boolean {
  const redirect = redirectIn(request, response)
  return redirect !== undefined && mayBeResult(response.status, redirect)
}

const reading: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS'])

/** Any write, whose answer is the caller's affair. Throws OutcomeUnknownError where none came. */
export async function sendRaw(request: HttpRequest, transport: Transport): Promise<HttpResponse> {
  try {
    return await transport.send(request)
  } catch (error) {
    if (reading.has(request.method) || !mayHaveArrived(error)) throw error
    throw outcomeUnknownError(error, `whether ${request.method} was carried out there cannot be told`)
  }
}

/** Not found, but it was asked more than once: an earlier attempt deleted it, and its answer was lost. */
function goneBefore({ method }: Pick<Ask, 'method'>, { status, attempts = 1 }: HttpResponse): boolean {
  return method === 'DELETE' && attempts > 1 && (status === 404 || status === 410)
}

/**
 * A refusal of these comes before or after the change; others are taken as they are meant. 408, 425, 429 and 503
 * may be said by somebody who stands before a provider that has the request already; of 5xx only those that
 * refuse a request for its form are certain.
 */
function mayFollowTheWrite(status: number): boolean {
  return (
    [406, 408, 412, 415, 425, 429].includes(status) || (status >= 500 && ![501, 505, 511].includes(status))
  )
}

/** Said by who stands before the provider: what became of the request there, it does not know. */
const gateways: readonly number[] = [408, 502, 503, 504]

function mayHaveArrived(error: unknown): error is OcciError {
  // An answer that cannot be read is an answer: the request arrived.
  if (error instanceof ProtocolError) return error.facts?.['sent'] !== 'no'
  const known =
    error instanceof NetworkError || error instanceof TimeoutError || error instanceof CancelledError
  return known && error.facts?.['sent'] === 'maybe'
}

/** The answer was an error, but the thing is there (or gone, or changed). */
export function doneDespite(
  error: OcciError,
  what: string,
  facts: Readonly<Record<string, unknown>>,
): OcciError {
  return new ServerError(`${withoutStop(error.message)} — but ${what}`, {
    hint: 'The work was done before the error; nothing needs to be sent again.',
    cause: error,
    facts,
    ...(error.http === undefined ? {} : { http: error.http }),
  })
}

export function outcomeUnknownError(
  error: OcciError,
  what: string,
  facts: Readonly<Record<string, unknown>> = {},
): OutcomeUnknownError {
  return new OutcomeUnknownError(`${withoutStop(error.message)} — ${what}`, {
    hint: 'Look before you try again: nothing was repeated.',
    cause: error,
    // Where to look: what was written, or the collection it was to come into.
    facts: { ...(error.http === undefined ? {} : { check: error.http.url.replace(/\?.*$/, '') }), ...facts },
    ...(error.http === undefined ? {} : { http: error.http }),
  })
}

/** It is not there, or as it was: certainly so only where the provider itself ended the matter. */
export function notSeen(doubt: UncertainOutcome, what: string): OcciError {
  return doubt.ended ? doubt.error : outcomeUnknownError(doubt.error, what)
}

/** What is read after a write that succeeded: a failure then must not look as if nothing had been done. */
export async function onceDone<T>(
  what: string,
  facts: Readonly<Record<string, unknown>>,
  read: () => Promise<T>,
): Promise<T> {
  try {
    return await read()
  } catch (error) {
    throw error instanceof OcciError ? doneDespite(error, what, facts) : error
  }
}

/** The answer was lost, but the work was seen to be done: to be told. */
export function adopted(session: Pick<Session, 'onDeviation'>, request: Ask, error: OcciError): void {
  session.onDeviation(
    {
      code: 'error-after-write',
      message: `${withoutStop(error.message)}, but it was done`,
      place: { part: 'status' },
    },
    request,
  )
}

/** What looking up gives: there, not there, or not to be told. */
export type Seen = { readonly entity: Entity } | 'absent' | 'unknown'

export async function look(read: () => Promise<Entity>): Promise<Seen> {
  try {
    return { entity: await read() }
  } catch (error) {
    return error instanceof NotFoundError ? 'absent' : 'unknown'
  }
}

/** A sentence that another goes on from. */
export function withoutStop(sentence: string): string {
  return sentence.endsWith('.') ? sentence.slice(0, -1) : sentence
}
