/** What could be read of a listing is shown; what could not makes the command fail in part, after its output. */
import { isIncomplete } from '../../../errors/errors.js'
import type { CommandContext } from '../../context.js'

export async function* readable<T>(context: CommandContext, items: AsyncIterable<T>): AsyncGenerator<T> {
  context.showsAnswers('entities')
  try {
    yield* items
  } catch (error) {
    if (!isIncomplete(error)) throw error
    context.fail(error)
  }
}
