/** The table of exit statuses. They are part of the contract: documented and never renumbered. */
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

export const exitOther = 1
/** Exit statuses for signals: 128 plus the signal's number, as in shells. */
export const exitHungUp = 129
export const exitInterrupted = 130
export const exitQuit = 131
export const exitTerminated = 143

/** For `occi help exit-codes` and the manual. */
export const exitMeanings: readonly (readonly [number, string])[] = [
  [0, 'done'],
  [1, 'failed for another reason'],
  [
    2,
    "wrong usage, or input that does not fit the provider's model (also an option with a name that the model has several times) or that the provider refuses; nothing was changed",
  ],
  [3, 'cancelled by the user'],
  [4, 'credentials missing, refused or expired'],
  [5, 'forbidden, or over a quota'],
  [6, 'not found, or a name that fits several things'],
  [7, 'conflict: the state of the thing does not allow it'],
  [8, 'some of several operations failed'],
  [9, 'timeout, of a request or of --wait'],
  [10, 'network or TLS'],
  [11, 'the server failed or its answer makes no sense; also when the outcome of a write is unknown'],
  [12, 'a wait ended in the state "error"; with "stack plan --exit-code": something would change'],
  [130, 'interrupted by Ctrl-C'],
  [143, 'terminated'],
]
