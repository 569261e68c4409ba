/** Work on many things at once, boundedly. */
import { OcciError, PartialError, ServerError } from '../errors/errors.js'

/** Results in the order of the items; at most `limit` run at once. The first failure ends it. */
export async function* mapInOrder<T, R>(
  items: AsyncIterable<T> | Iterable<T>,
  limit: number,
  work: (item: T) => Promise<R>,
): AsyncGenerator<R, void, undefined> {
  const running: Promise<R>[] = []
  for await (const item of items) {
    const started = work(item)
    // It is awaited in its turn; until then a failure must not count as unhandled.
    started.catch(() => undefined)
    running.push(started)
    if (running.length >= limit) {
      const first = running.shift()
      if (first !== undefined) yield await first
    }
  }
  for (const started of running) yield await started
}

/** All items, whatever fails; failures together in one PartialError (a single item's as it is). */
export async function forEachBounded<T>(
  items: readonly T[],
  limit: number,
  name: (item: T) => string,
  work: (item: T) => Promise<unknown>,
): Promise<void> {
  const errors: { target: string; error: OcciError }[] = []
  const tries = mapInOrder(items, limit, async (item) => {
    try {
      await work(item)
    } catch (error) {
      errors.push({ target: name(item), error: asOcciError(error) })
    }
  })
  for await (const _ of tries);
  const [first] = errors
  if (first === undefined) return
  if (items.length === 1) throw first.error
  throw new PartialError(
    `${errors.length} of ${items.length} failed; the first: ${first.error.message}`,
    errors,
  )
}

function asOcciError(error: unknown): OcciError {
  if (error instanceof OcciError) return error
  throw error instanceof Error ? error : new ServerError(String(error))
}
