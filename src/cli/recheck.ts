/** A refusal that rests on a remembered model is checked with the provider before it is said. */
import { restsOnModel } from '../errors/errors.js'
import type { CommandDeclaration } from './command.js'
import type { CommandContext } from './context.js'
import type { Output } from './output/types.js'

/** Runs a command, and once more where what refused it was a remembered model that has been fetched anew. */
export async function runChecked(
  command: Pick<CommandDeclaration, 'run'>,
  context: CommandContext,
): Promise<Output | undefined> {
  try {
    return await command.run(context)
  } catch (error) {
    if (!restsOnModel(error) || !(await isOutdated(context))) throw error
    return command.run(context)
  }
}

/** Looks for what only the model knows, and once more in the provider's own where a remembered one lacks it. */
export async function lookChecked<T>(
  context: CommandContext,
  look: () => Promise<T | undefined>,
): Promise<T | undefined> {
  const found = await look()
  return found === undefined && (await isOutdated(context)) ? look() : found
}

async function isOutdated(context: CommandContext): Promise<boolean> {
  return (await context.client()).recheck({ signal: context.signal })
}
