/** Reads listings of which some parts may be unreadable. */
import { isIncomplete } from '../../../errors/errors.js'
import type { Reports } from '../../context.js'

/** Yields the items that could be read. If the listing is incomplete, the command ends with exit status 8 after its output. */
export async function* untilUnreadable<T>(context: Reports, items: AsyncIterable<T>): AsyncGenerator<T> {
  context.outputReliesOn('entities')
  try {
    yield* items
  } catch (error) {
    if (!isIncomplete(error)) throw error
    context.fail(error)
  }
}
