/**
 * Shows what could be read of a listing. Parts that could not be read make the command end with exit status 8
 * after its output.
 */
import { isIncomplete } from '../../../errors/errors.js'
import type { Reports } from '../../context.js'

export async function* untilUnreadable<T>(context: Reports, items: AsyncIterable<T>): AsyncGenerator<T> {
  context.outputReliesOn('entities')
  try {
    yield* items
  } catch (error) {
    if (!isIncomplete(error)) throw error
    context.fail(error)
  }
}
