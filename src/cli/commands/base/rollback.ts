/** Deletes a new entity if a later step of its creation fails. */

import { shellWord } from '../../../basics/shell-word.js'
import { OcciError, PartialError } from '../../../errors/errors.js'
import type { CommandContext } from '../../context.js'
import type { OptionDeclaration } from '../../options/declaration.js'
import type { Draft, Noun } from './noun.js'

export const keepOption: OptionDeclaration = {
  name: 'keep-on-failure',
  description: 'if a later step fails, keep what was created instead of deleting it',
  env: 'none',
}

/**
 * Runs `work`. If it throws a PartialError with `facts.created`, deletes that entity and throws an error that says so.
 * Deletes nothing after Ctrl-C or with --keep-on-failure. (At a provider that does not accept inline links, a machine
 * exists before its links.)
 */
export async function withRollback<T>(
  noun: Noun,
  context: CommandContext,
  client: Draft['client'],
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work()
  } catch (error) {
    const url = error instanceof PartialError ? error.facts?.['created'] : undefined
    if (!(error instanceof PartialError) || typeof url !== 'string') throw error
    const deleteCommand = `occi ${noun.name} delete`
    if (context.signal.aborted) {
      context.noteCreated(url, deleteCommand)
      throw error
    }
    if (context.options.isSet('keep-on-failure')) throw error
    try {
      await client.delete(url)
    } catch (deleteError) {
      if (!(deleteError instanceof OcciError)) throw deleteError
      throw new PartialError(
        `${error.message} — and it could not be deleted again: ${deleteError.message}`,
        error.errors,
        {
          hint: `It still exists. To delete it: ${deleteCommand} ${shellWord(url)}`,
          facts: { created: url },
          cause: error,
        },
      )
    }
    throw new PartialError(`${error.message} — it was deleted again`, error.errors, {
      hint: 'Nothing remains of it. Use --keep-on-failure to keep it.',
      facts: { rolledBack: url },
      cause: error,
    })
  }
}
