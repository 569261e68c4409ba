/** When a question is due before something is lost. */
import type { CommandContext } from '../../context.js'

/** Not with --yes, and not where nothing will be sent. */
export function needsConfirmation({ options, preview }: CommandContext): boolean {
  return !options.isSet('yes') && preview === undefined
}
