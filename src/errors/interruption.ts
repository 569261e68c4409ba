/** Errors for operations that the caller's AbortSignal ended. */
import { CancelledError, type ErrorDetails, TimeoutError } from './errors.js'

/**
 * Returns a TimeoutError for the reason of an `AbortSignal.timeout`, otherwise a CancelledError; the reason becomes
 * its `cause`. `what` names the operation and begins the message.
 */
export function interrupted(
  reason: unknown,
  what: string,
  details: Omit<ErrorDetails, 'cause'> = {},
): CancelledError | TimeoutError {
  if (!isTimeout(reason)) return new CancelledError(`${what} was interrupted.`, { ...details, cause: reason })
  return new TimeoutError(`${what} was ended by the time limit that its caller set.`, {
    ...details,
    cause: reason,
    facts: { ...details.facts, timeout: 'signal' },
  })
}

/** Ends an operation from within its transport; the client passes it on unchanged. */
export class EndOfOperation extends Error {}

/** Whether the caller's signal ended the operation. */
export function isInterruption(error: unknown): boolean {
  return (
    error instanceof CancelledError ||
    (error instanceof TimeoutError && error.facts?.['timeout'] === 'signal')
  )
}

function isTimeout(reason: unknown): boolean {
  return reason instanceof Error && reason.name === 'TimeoutError'
}
