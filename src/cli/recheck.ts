/** Repeats commands that were refused because of a cached model, after fetching the model again. */
import { isBasedOnModel } from '../errors/errors.js'
import type { CommandDeclaration } from './command.js'
import type { CommandContext, ProviderAccess, Surroundings } from './context.js'
import type { Output } from './output/types.js'

/** Runs a command, and runs it once more if a cached model refused it and a fresh model was fetched. */
export async function runChecked(
  command: Pick<CommandDeclaration, 'run'>,
  context: CommandContext,
): Promise<Output | undefined> {
  try {
    return await command.run(context)
  } catch (error) {
    if (!isBasedOnModel(error) || !(await isOutdated(context))) throw error
    return command.run(context)
  }
}

/** Looks something up in the model, and once more in a fresh model if a cached one does not have it. */
export async function lookChecked<T>(
  context: Surroundings & ProviderAccess,
  look: () => Promise<T | undefined>,
): Promise<T | undefined> {
  const found = await look()
  return found === undefined && (await isOutdated(context)) ? look() : found
}

async function isOutdated(context: Surroundings & ProviderAccess): Promise<boolean> {
  return (await context.client()).recheck({ signal: context.signal })
}
