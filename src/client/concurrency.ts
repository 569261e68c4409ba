/** Work on many things at once, boundedly. */
import { OcciError, PartialError, ServerError } from '../errors/errors.js'

/** Without a word of the user's. */
export const usualConcurrency = 10

/** One more: a listing may still be read while its members are asked for, and neither is to wait for the other. */
export function connectionsFor(concurrency = usualConcurrency): number {
  return concurrency + 1
}

/** Results that wait for a slow one before them, per worker: as much is kept, and no more. */
const ahead = 4

/**
 * Results in the order of the items; at most `limit` run at once. A slow one holds up the results behind it,
 * not the work. What calls `over` no longer counts as running, though its result is still to come. The first
 * failure ends it: nothing more is started.
 */
export async function* mapInOrder<T, R>(
  items: AsyncIterable<T> | Iterable<T>,
  limit: number,
  work: (item: T, over: () => void) => Promise<R>,
): AsyncGenerator<R, void, undefined> {
  const source = Symbol.asyncIterator in items ? items[Symbol.asyncIterator]() : items[Symbol.iterator]()
  const started: Promise<R>[] = []
  let running = 0
  let ended = false
  let pumping = false
  let failure: { readonly error: unknown } | undefined
  let wake = () => {}

  async function pump(): Promise<void> {
    if (pumping) return
    pumping = true
    try {
      while (!ended && running < limit && started.length < limit * ahead) {
        const next = await source.next()
        if (next.done === true) ended = true
        if (ended) break
        running += 1
        const over = once(settled)
        const result = work(next.value as T, over)
        // Also keeps a failure, which is awaited in its turn, from counting as unhandled.
        result.then(over, over)
        started.push(result)
        wake()
      }
    } catch (error) {
      failure = { error }
      ended = true
    } finally {
      pumping = false
      wake()
    }
  }
  function settled(): void {
    running -= 1
    void pump()
  }

  try {
    for (;;) {
      void pump()
      const first = started.shift()
      if (first !== undefined) yield await first
      else if (ended && !pumping) break
      else
        await new Promise<void>((resolve) => {
          wake = resolve
        })
    }
    if (failure !== undefined) throw failure.error
  } finally {
    ended = true
    await source.return?.()
  }
}

function once(run: () => void): () => void {
  let done = false
  return () => {
    if (done) return
    done = true
    run()
  }
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
