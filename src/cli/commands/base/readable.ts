/** Reads listings in which some entities may be unreadable. */
import { isIncompleteListing } from '../../../errors/errors.js'
import type { Reports } from '../../context.js'

/**
 * Yields the items that could be read. If the listing is incomplete, the command ends with exit status 8 after its
 * output.
 */
export async function* readableItems<T>(context: Reports, items: AsyncIterable<T>): AsyncGenerator<T> {
  context.declareOutputSource('entities')
  try {
    yield* items
  } catch (error) {
    if (!isIncompleteListing(error)) throw error
    context.fail(error)
  }
}
