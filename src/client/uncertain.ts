/**
 * Writes whose answer does not tell whether they were carried out. erocci refuses with 406 and 415 after
 * the write (E5), OCCI-OS answers 500 after the VM was made (1.53), connections break. Nothing is ever
 * repeated: what can be looked up is looked up, and then said.
 */
import {
  CancelledError,
  NetworkError,
  NotFoundError,
  type OcciError,
  OutcomeUnknownError,
  ProtocolError,
  ServerError,
  TimeoutError,
} from '../errors/errors.js'
import type { Entity } from '../model/index.js'
import type { HttpResponse } from '../transport/index.js'
import { refusal } from './errors.js'
import { type Ask, isSuccess, send } from './exchange.js'
import type { Session } from './session.js'

export type WriteResult =
  | { readonly state: 'done'; readonly response: HttpResponse }
  /** The write may have been carried out. */
  | { readonly state: 'uncertain'; readonly error: OcciError }

/** Sends a write once. Throws where it certainly was not carried out. */
export async function write(session: Session, request: Ask): Promise<WriteResult> {
  let response: HttpResponse
  try {
    response = await send(session, request)
  } catch (error) {
    if (mayHaveArrived(error)) return { state: 'uncertain', error }
    throw error
  }
  if (isSuccess(response)) return { state: 'done', response }
  const error = refusal(request, response, session.credentials)
  if (mayFollowTheWrite.includes(response.status) && error instanceof ServerError)
    return { state: 'uncertain', error }
  throw error
}

/** A refusal of these comes before or after the change; others are taken as they are meant. */
const mayFollowTheWrite: readonly number[] = [406, 412, 415, 500, 502, 504]

function mayHaveArrived(error: unknown): error is OcciError {
  const known =
    error instanceof NetworkError ||
    error instanceof TimeoutError ||
    error instanceof ProtocolError ||
    error instanceof CancelledError
  return known && error.facts?.['sent'] === 'maybe'
}

/** The answer was an error, but the thing is there (or gone, or changed). */
export function doneDespite(
  error: OcciError,
  what: string,
  facts: Readonly<Record<string, unknown>>,
): OcciError {
  return new ServerError(`${error.message} — but ${what}`, {
    hint: 'The provider answered an error after it had done the work; nothing was sent again.',
    cause: error,
    facts,
    ...(error.http === undefined ? {} : { http: error.http }),
  })
}

export function outcomeUnknown(
  error: OcciError,
  what: string,
  facts: Readonly<Record<string, unknown>> = {},
): OutcomeUnknownError {
  return new OutcomeUnknownError(`${error.message} — ${what}`, {
    hint: 'Look before you try again: nothing was repeated.',
    cause: error,
    facts,
    ...(error.http === undefined ? {} : { http: error.http }),
  })
}

/** Not carried out, as far as looking can tell: the error as it was. */
export function asItWas(error: OcciError): OcciError {
  return error
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
