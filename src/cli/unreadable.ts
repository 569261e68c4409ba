/** Combines a command's failure and the unreadable parts of responses into one error. */
import { type OcciError, PartialError } from '../errors/errors.js'
import type { UnreadablePart } from './context.js'
import type { OpenContext } from './open-context.js'

/**
 * Returns the error that ends the command, if any. Prints a warning for unreadable parts that do not affect the output.
 */
export async function commandFailure(context: OpenContext): Promise<OcciError | undefined> {
  const missing = context.unreadable.filter(({ of }) => of === context.outputSource)
  for (const { target, error } of context.unreadable) {
    if (!missing.some((each) => each.target === target)) await context.warn(`${error.message} (${target})`)
  }
  return withUnreadable(context.failure, missing)
}

/** Adds the unreadable parts to the failure, each part once. */
function withUnreadable(
  failure: OcciError | undefined,
  missing: readonly UnreadablePart[],
): OcciError | undefined {
  if (missing.length === 0) return failure
  const reported = failure instanceof PartialError ? failure.errors : []
  if (failure !== undefined && reported.length === 0) return failure
  const partsByKey = new Map(
    [...reported, ...missing].map(({ target, error }) => [`${target}\0${error.message}`, { target, error }]),
  )
  if (partsByKey.size === reported.length) return failure
  const errors = [...partsByKey.values()]
  const parts = errors.length === 1 ? 'One part of the response' : `${errors.length} parts of the responses`
  return new PartialError(failure?.message ?? `${parts} could not be read`, errors, {
    hint: 'The output shows everything else; the missing parts are listed above.',
  })
}
