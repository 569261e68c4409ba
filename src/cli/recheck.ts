/** Repeats a command that failed because of an outdated cached model, after fetching the model again. */
import { isBasedOnModel } from '../errors/errors.js'
import type { CommandDeclaration } from './command.js'
import type { CommandContext, ProviderAccess, Surroundings } from './context.js'
import type { Output } from './output/types.js'

/** Runs a command. If a cached model caused an error and the provider's model has changed, runs it once more. */
export async function runWithFreshModel(
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

/** Calls `find`, and calls it once more with a fresh model if a cached one gave no result. */
export async function findWithFreshModel<T>(
  context: Surroundings & ProviderAccess,
  find: () => Promise<T | undefined>,
): Promise<T | undefined> {
  const found = await find()
  return found === undefined && (await isOutdated(context)) ? find() : found
}

async function isOutdated(context: Surroundings & ProviderAccess): Promise<boolean> {
  return (await context.client()).recheck({ signal: context.signal })
}
