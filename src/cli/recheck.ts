/** Repeats a command that failed because of an outdated cached model, after fetching the model again. */
import { isBasedOnModel } from '../errors/errors.js'
import type { CommandDeclaration } from './command.js'
import type { CommandContext, ProviderAccess, Surroundings } from './context.js'
import type { Output } from './output/types.js'

/** Runs a command. If it failed because of a cached model and the provider's model has changed, runs it once more. */
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

/** Calls `find`. If it returns undefined and the cached model was outdated, calls it once more. */
export async function findWithFreshModel<T>(
  context: Surroundings & ProviderAccess,
  find: () => Promise<T | undefined>,
): Promise<T | undefined> {
  const result = await find()
  return result === undefined && (await isOutdated(context)) ? find() : result
}

/** Whether the cached model was outdated. Replaces it by the provider's current model. */
async function isOutdated(context: Surroundings & ProviderAccess): Promise<boolean> {
  return (await context.client()).recheck({ signal: context.signal })
}
