/** Runs tasks in parallel, up to a limit. */
import { type OcciError, occiErrorOrRethrow, PartialError } from '../errors/errors.js'

/** At most how many requests an operation sends in parallel by default. */
export const defaultConcurrency = 10

/**
 * Returns the number of connections that a concurrency needs: one more, since a listing is still being read while its
 * members are requested.
 */
export function connectionsFor(concurrency = defaultConcurrency): number {
  return concurrency + 1
}

/** How many finished results each worker may buffer behind a slow one. */
const bufferPerWorker = 4

/**
 * Runs `work` for each item, at most `limit` at once, and yields the results in the order of the items. A slow item
 * delays the results of later items but not their work. `work` may call `release` to stop counting as running before it
 * returns its result. A failure is thrown in place of its result, and after that no more work is started.
 */
export async function* mapInOrder<T, R>(
  items: AsyncIterable<T> | Iterable<T>,
  limit: number,
  work: (item: T, release: () => void) => Promise<R>,
): AsyncGenerator<R, void, undefined> {
  const source = Symbol.asyncIterator in items ? items[Symbol.asyncIterator]() : items[Symbol.iterator]()
  /** Results of started work that have not been yielded yet, in the order of the items. */
  const results: Promise<R>[] = []
  let running = 0
  /** Whether no more work is to be started. */
  let isEnded = false
  /** Whether `startWork` is running; it reads one item of the source at a time. */
  let isStarting = false
  let sourceFailure: { readonly error: unknown } | undefined
  /** Continues the loop that yields the results, if it is waiting for one. */
  let wake = () => {}

  async function startWork(): Promise<void> {
    if (isStarting) return
    isStarting = true
    try {
      while (!isEnded && running < limit && results.length < limit * bufferPerWorker) {
        const next = await source.next()
        if (next.done === true) isEnded = true
        if (isEnded) break
        running += 1
        const release = once(workReleased)
        const result = work(next.value as T, release)
        // Also marks a rejection as handled; it is awaited later.
        result.then(release, release)
        results.push(result)
        wake()
      }
    } catch (error) {
      sourceFailure = { error }
      isEnded = true
    } finally {
      isStarting = false
      wake()
    }
  }
  function workReleased(): void {
    running -= 1
    void startWork()
  }

  try {
    for (;;) {
      void startWork()
      const next = results.shift()
      if (next !== undefined) yield await next
      else if (isEnded && !isStarting) break
      else
        await new Promise<void>((resolve) => {
          wake = resolve
        })
    }
    if (sourceFailure !== undefined) throw sourceFailure.error
  } finally {
    isEnded = true
    await source.return?.()
  }
}

/** Returns a function that calls `run` the first time only. */
function once(run: () => void): () => void {
  let hasRun = false
  return () => {
    if (hasRun) return
    hasRun = true
    run()
  }
}

/**
 * Runs `work` for all items, at most `limit` at once, even if it fails for some. Throws the error if there is only one
 * item, and otherwise a PartialError with all errors, each with the name of its item.
 */
export async function forEachBounded<T>(
  items: readonly T[],
  limit: number,
  nameOf: (item: T) => string,
  work: (item: T) => Promise<unknown>,
): Promise<void> {
  const errors: { target: string; error: OcciError }[] = []
  const attempts = mapInOrder(items, limit, async (item) => {
    try {
      await work(item)
    } catch (error) {
      errors.push({ target: nameOf(item), error: occiErrorOrRethrow(error) })
    }
  })
  for await (const _ of attempts);
  const [first] = errors
  if (first === undefined) return
  if (items.length === 1) throw first.error
  throw new PartialError(
    `${errors.length} of ${items.length} failed; the first: ${first.error.message}`,
    errors,
  )
}
