/** Runs tasks in parallel, up to a limit. */
import { type OcciError, occiErrorOrRethrow, PartialError } from '../errors/errors.js'

/** The default concurrency. */
export const defaultConcurrency = 10

/**
 * The number of connections for a concurrency: one more, since a listing is still being read while its members are
 * requested.
 */
export function connectionsFor(concurrency = defaultConcurrency): number {
  return concurrency + 1
}

/** How many finished results each worker may buffer behind a slow one. */
const bufferPerWorker = 4

/**
 * Maps items in parallel, at most `limit` at once, and yields results in the order of the items. A slow
 * item delays later results but not their work. A task that calls `release` no longer counts as running, although it
 * has not yet returned its result. After the first failure nothing more is started.
 */
export async function* mapInOrder<T, R>(
  items: AsyncIterable<T> | Iterable<T>,
  limit: number,
  work: (item: T, release: () => void) => Promise<R>,
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
      while (!ended && running < limit && started.length < limit * bufferPerWorker) {
        const next = await source.next()
        if (next.done === true) ended = true
        if (ended) break
        running += 1
        const release = once(taskEnded)
        const result = work(next.value as T, release)
        // Also marks a rejection as handled; it is awaited later.
        result.then(release, release)
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
  function taskEnded(): void {
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

/**
 * Runs all items even if some fail. Throws one PartialError with all failures, or the error of a single item.
 */
export async function forEachBounded<T>(
  items: readonly T[],
  limit: number,
  name: (item: T) => string,
  work: (item: T) => Promise<unknown>,
): Promise<void> {
  const errors: { target: string; error: OcciError }[] = []
  const attempts = mapInOrder(items, limit, async (item) => {
    try {
      await work(item)
    } catch (error) {
      errors.push({ target: name(item), error: occiErrorOrRethrow(error) })
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
