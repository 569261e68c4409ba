/** Builds the commands of a noun from its description. */
import type { CommandGroup } from '../../command.js'
import { createCommand } from './create.js'
import { deleteCommand } from './delete.js'
import { describeCommand } from './describe.js'
import { linkCommand, unlinkCommand } from './link.js'
import { listCommand } from './list.js'
import type { Noun } from './noun.js'
import { replaceCommand } from './replace.js'
import { actionCommand, triggerCommand } from './trigger.js'
import { updateCommand } from './update.js'
import { waitCommand } from './wait.js'

export function nounGroup(noun: Noun): CommandGroup {
  return {
    name: noun.name,
    summary: noun.summary,
    commands: [
      listCommand(noun),
      describeCommand(noun),
      createCommand(noun),
      updateCommand(noun),
      replaceCommand(noun),
      deleteCommand(noun),
      ...noun.actions.map((action) => actionCommand(noun, action)),
      triggerCommand(noun),
      linkCommand(noun),
      unlinkCommand(noun),
      waitCommand(noun),
    ],
    discover: async (verb, context) =>
      (await import('./discovered-action.js')).discoverAction(noun, verb, context),
  }
}
