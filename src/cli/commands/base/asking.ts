/** When a question is due before something is lost. */
import type { CommandContext } from '../../context.js'

/** Not with --yes, and not where nothing will be sent. */
export function mustAsk({ options, preview }: CommandContext): boolean {
  return !options.on('yes') && preview === undefined
}
