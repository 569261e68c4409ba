/** The exit statuses. Scripts depend on them, so they must never be renumbered. */
import type { ErrorCode } from '../../errors/errors.js'

export const exitCodes: Readonly<Record<ErrorCode, number>> = {
  usage: 2,
  config: 2,
  validation: 2,
  cancelled: 3,
  auth: 4,
  forbidden: 5,
  'not-found': 6,
  ambiguous: 6,
  conflict: 7,
  partial: 8,
  timeout: 9,
  network: 10,
  server: 11,
  protocol: 11,
  'outcome-unknown': 11,
  'wait-failed': 12,
}

/** The exit status of unexpected errors. */
export const exitOther = 1

/** Exit statuses for signals: 128 plus the signal's number, as in shells. */
export const exitHungUp = 129
export const exitInterrupted = 130
export const exitQuit = 131
export const exitTerminated = 143

/** The meanings of exit statuses, for `occi help exit-codes` and the manual pages. */
export const exitMeanings: readonly (readonly [number, string])[] = [
  [0, 'success'],
  [1, 'failed for another reason'],
  [
    2,
    "invalid usage, or input that the provider's model does not allow or that the provider rejects (including an option whose name is ambiguous in the model); nothing was changed",
  ],
  [3, 'cancelled by the user'],
  [4, 'credentials missing, rejected or expired'],
  [5, 'forbidden, or quota exceeded'],
  [6, 'not found, or an ambiguous name'],
  [7, 'conflict: the state of the resource does not allow the operation'],
  [8, 'some of several operations failed'],
  [9, 'timeout of a request or of --wait'],
  [10, 'network or TLS error'],
  [11, 'the server failed, its response is invalid, or the outcome of a write is unknown'],
  [12, 'the resource waited for reached the state "error"; with "stack plan --exit-code": there are changes'],
  [130, 'interrupted by Ctrl-C'],
  [143, 'terminated'],
]
