/** Decides whether the user must confirm a command. */
import { UsageError } from '../../../errors/errors.js'
import type { Dialogue, Invocation, Surroundings } from '../../context.js'

/** Whether the user must confirm the command: not with --yes, and not in a preview. */
export function needsConfirmation({ options, preview }: Invocation & Surroundings): boolean {
  return !options.isSet('yes') && preview === undefined
}

/**
 * Throws UsageError if an operation with --all must be confirmed and the session is not interactive. `operation`
 * begins the message: "Deleting a whole collection".
 */
export function requireYesForAll(
  context: Invocation & Surroundings & Dialogue,
  operation: string,
  hint: string,
): void {
  if (!needsConfirmation(context) || context.streams.interactive) return
  throw new UsageError(`${operation} requires --yes in addition to --all, since input is not interactive`, {
    hint,
    at: '--yes',
  })
}
