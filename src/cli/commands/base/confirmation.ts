/** Decides whether to ask before something is deleted. */
import type { CommandContext } from '../../context.js'

/** False with --yes and in previews. */
export function needsConfirmation({ options, preview }: CommandContext): boolean {
  return !options.isSet('yes') && preview === undefined
}
