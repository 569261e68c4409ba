/** Errors for operations that were ended by the caller's AbortSignal. */
import { CancelledError, type ErrorDetails, TimeoutError } from './errors.js'

/**
 * Returns a TimeoutError if the reason is that of an `AbortSignal.timeout`, and a CancelledError otherwise, with the
 * reason as its `cause`. The message begins with the name of the operation.
 */
export function interruptionError(
  reason: unknown,
  operation: string,
  details: Omit<ErrorDetails, 'cause'> = {},
): CancelledError | TimeoutError {
  if (!isTimeout(reason))
    return new CancelledError(`${operation} was interrupted.`, { ...details, cause: reason })
  return new TimeoutError(`${operation} was ended by the time limit that its caller set.`, {
    ...details,
    cause: reason,
    facts: { ...details.facts, timeout: 'signal' },
  })
}

/** Thrown by a transport to end the whole operation. The client does not convert it to an OcciError. */
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
