/** Builds commands for nouns and verbs that only the provider's model defines. */
import { UsageError } from '../../errors/errors.js'
import type { CommandDeclaration, CommandGroup } from '../command.js'
import type { CommandContext } from '../context.js'
import { lookChecked } from '../recheck.js'

/** A kind by its term or identifier, as a group of commands; undefined when there is no such kind. */
export async function learnNoun(noun: string, context: CommandContext): Promise<CommandGroup | undefined> {
  if (!(await namesProvider(context))) return undefined
  const client = await context.client()
  return lookChecked(context, async () => {
    const model = await client.model({ signal: context.signal })
    const kind = model.kind(noun) ?? model.find(noun, { class: 'kind' }).find(({ term }) => term === noun)
    if (kind === undefined || kind.class !== 'kind') return undefined
    const { groupOfKind } = await import('../commands/kind.js')
    return groupOfKind(noun, kind, model)
  })
}

/** An action of the group's kind as a command; undefined when the kind has none of that name. */
export async function learnVerb(
  words: { readonly verb: string; readonly group: CommandGroup },
  context: CommandContext,
): Promise<CommandDeclaration | undefined> {
  if (!(await namesProvider(context))) return undefined
  const { learn } = words.group
  return learn === undefined ? undefined : lookChecked(context, async () => learn(words.verb, context))
}

/** Whether an endpoint is configured, or a Keystone whose catalogue has one. */
async function namesProvider(context: CommandContext): Promise<boolean> {
  if (context.settings.get('endpoint') !== undefined) return true
  const { endpointFor } = await import('../runtime/endpoint.js')
  try {
    return (await endpointFor(context)).at === 'catalogue'
  } catch (error) {
    if (error instanceof UsageError) return false
    throw error
  }
}
