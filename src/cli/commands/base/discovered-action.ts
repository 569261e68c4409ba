/** Commands for actions that only the provider's model defines. Loaded if a command line names an unknown verb. */
import { type Action, termOf } from '../../../model/index.js'
import type { CommandDeclaration } from '../../command.js'
import type { ProviderAccess, Surroundings } from '../../context.js'
import { authenticationOptions, globalOptions } from '../../options/global.js'
import type { Noun } from './noun.js'
import { actionCommand, actionsFor, commonOptions } from './trigger.js'

/** The command for an action that the model defines for the kind or for a mixin that applies to it. */
export async function discoverAction(
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

/**
 * The command for an action that only the model defines. The attributes of the action are its options.
 * Attributes whose names are taken, or cannot be option names, are set with --attribute.
 */
async function discoveredAction(noun: Noun, action: Action): Promise<CommandDeclaration> {
  const title = action.title ?? `Trigger ${action.term}`
  // Without this check, an attribute named dry-run would replace --dry-run.
  const otherOptions = [
    ...commonOptions(noun, undefined),
    ...globalOptions,
    ...(await authenticationOptions()),
  ]
  const takenNames = new Set(['version', ...otherOptions.map(({ name }) => name)])
  return actionCommand(noun, {
    name: action.term,
    summary: `${title} (an action of this provider)`,
    parameters: [...action.attributes.values()]
      .filter(({ name }) => isOptionName(name) && !takenNames.has(name))
      .map(({ name, description, required }) => ({
        name,
        value: 'VALUE',
        description: `${description ?? `parameter ${name}`}${required ? ' (required)' : ''}`,
        env: 'none',
      })),
  })
}

/** Whether an attribute can be written as an option. `--no-…` is reserved for switches. */
function isOptionName(attribute: string): boolean {
  return /^[a-z][a-z0-9_.-]*$/.test(attribute) && !attribute.startsWith('no-')
}
