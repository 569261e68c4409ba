/** Builds the commands of a noun from its description. */
import { termOf } from '../../../model/index.js'
import type { CommandDeclaration, CommandGroup } from '../../command.js'
import type { ProviderAccess, Surroundings } from '../../context.js'
import { createCommand } from './create.js'
import { deleteCommand } from './delete.js'
import { describeCommand } from './describe.js'
import { linkCommand, unlinkCommand } from './link.js'
import { listCommand } from './list.js'
import type { Noun } from './noun.js'
import { replaceCommand } from './replace.js'
import { actionCommand, actionsFor, discoveredAction, triggerCommand } from './trigger.js'
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
    discover: (verb, context) => discoverAction(noun, verb, context),
  }
}

/** The command for an action that the model defines for the kind or for a mixin that applies to it. */
async function discoverAction(
  noun: Noun,
  verb: string,
  context: Surroundings & ProviderAccess,
): Promise<CommandDeclaration | undefined> {
  const model = await (await context.client()).model({ signal: context.signal })
  const kind = model.kind(noun.kind)
  if (kind === undefined) return undefined
  const id = actionsFor(kind.id, model).find((candidate) => termOf(candidate) === verb)
  const action = id === undefined ? undefined : model.action(id)
  return action === undefined ? undefined : discoveredAction(noun, action)
}
