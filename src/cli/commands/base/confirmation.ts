/** Decides whether to ask before something is deleted. */
import type { Invocation, Surroundings } from '../../context.js'

/** False with --yes and in previews. */
export function needsConfirmation({ options, preview }: Invocation & Surroundings): boolean {
  return !options.isSet('yes') && preview === undefined
}
