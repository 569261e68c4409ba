/** Builds commands for nouns and verbs that only the provider's model defines. */
import { UsageError } from '../../errors/errors.js'
import type { CommandDeclaration, CommandGroup } from '../command.js'
import type { CommandContext } from '../context.js'
import { findWithFreshModel } from '../recheck.js'

/** The commands of a kind, found by its term or identifier; undefined if there is no such kind. */
export async function discoverNoun(noun: string, context: CommandContext): Promise<CommandGroup | undefined> {
  if (!(await hasEndpoint(context))) return undefined
  const client = await context.client()
  return findWithFreshModel(context, async () => {
    const model = await client.model({ signal: context.signal })
    const kind = model.kind(noun) ?? model.find(noun, { class: 'kind' }).find(({ term }) => term === noun)
    if (kind === undefined || kind.class !== 'kind') return undefined
    const { groupOfKind } = await import('../commands/kind.js')
    return groupOfKind(noun, kind, model)
  })
}

/** The command for an action of the group's kind; undefined if the kind has no such action. */
export async function discoverVerb(
  words: { readonly verb: string; readonly group: CommandGroup },
  context: CommandContext,
): Promise<CommandDeclaration | undefined> {
  if (!(await hasEndpoint(context))) return undefined
  const { discover } = words.group
  return discover === undefined
    ? undefined
    : findWithFreshModel(context, async () => discover(words.verb, context))
}

/** Whether an endpoint is configured, directly or through a Keystone catalogue. */
async function hasEndpoint(context: CommandContext): Promise<boolean> {
  if (context.settings.get('endpoint') !== undefined) return true
  const { endpointFor } = await import('../runtime/endpoint.js')
  try {
    return (await endpointFor(context)).type === 'catalogue'
  } catch (error) {
    if (error instanceof UsageError) return false
    throw error
  }
}
