/** Decides whether to ask before something is done that cannot be undone, or to many. */
import { UsageError } from '../../../errors/errors.js'
import type { Dialogue, Invocation, Surroundings } from '../../context.js'

/** False with --yes and in previews. */
export function needsConfirmation({ options, preview }: Invocation & Surroundings): boolean {
  return !options.isSet('yes') && preview === undefined
}

/** Throws UsageError for an operation on all (`what`) where the question cannot be asked. */
export function requireYesForAll(
  context: Invocation & Surroundings & Dialogue,
  what: string,
  hint: string,
): void {
  if (!needsConfirmation(context) || context.streams.interactive) return
  throw new UsageError(`${what} needs --yes besides --all here`, { hint, at: '--yes' })
}
