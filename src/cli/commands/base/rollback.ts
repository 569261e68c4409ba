/** Rolls back a creation in several steps when one of them fails. */

import { shellWord } from '../../../basics/shell-word.js'
import { OcciError, PartialError } from '../../../errors/errors.js'
import type { CommandContext } from '../../context.js'
import type { OptionDeclaration } from '../../options/declaration.js'
import type { Draft, Noun } from './noun.js'

export const keepOption: OptionDeclaration = {
  name: 'keep-on-failure',
  description: 'when a later step fails, keep what was created instead of deleting it again',
  env: 'none',
}

/**
 * Where a provider does not accept inline links, the machine exists before its links. When a link fails,
 * the machine is deleted and the error says so, except after Ctrl-C. Throws PartialError.
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
    const remove = `occi ${noun.name} delete`
    if (context.signal.aborted) {
      context.noteCreated(url, remove)
      throw error
    }
    if (context.options.isSet('keep-on-failure')) throw error
    const failure = await client.delete(url).then(
      () => undefined,
      (fault: unknown) => fault,
    )
    if (failure === undefined) {
      throw new PartialError(`${error.message} — it was deleted again`, error.errors, {
        hint: 'Nothing is left of it. To keep it next time: --keep-on-failure.',
        facts: { rolledBack: url },
        cause: error,
      })
    }
    if (!(failure instanceof OcciError)) throw failure
    throw new PartialError(
      `${error.message} — and it could not be deleted again: ${failure.message}`,
      error.errors,
      {
        hint: `It is still there. To remove it: ${remove} ${shellWord(url)}`,
        facts: { created: url },
        cause: error,
      },
    )
  }
}
