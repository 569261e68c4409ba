/** The error for work that the caller's signal ended. */
import { CancelledError, type ErrorDetails, TimeoutError } from './errors.js'

/**
 * The caller's reason becomes the cause: a TimeoutError for that of `AbortSignal.timeout`, otherwise a
 * CancelledError. `what` is what was interrupted, at the start of a sentence.
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

/** Ends an operation from within its transport; the client passes it on as it is. */
export class EndOfOperation extends Error {}

/** Whether the caller's signal ended it. */
export function isInterruption(error: unknown): boolean {
  return (
    error instanceof CancelledError ||
    (error instanceof TimeoutError && error.facts?.['timeout'] === 'signal')
  )
}

function isTimeout(reason: unknown): boolean {
  return reason instanceof Error && reason.name === 'TimeoutError'
}
