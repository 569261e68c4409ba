/** Async iteration over items that arrive in batches. */
/**
 * Items that arrive in batches. Iterating over the batches is faster: passing 100,000 items one by one through several
 * async iterators takes as long as the rest of the listing.
 */
export interface Batched<T> extends AsyncIterable<T> {
  /**
   * Iterates over batches of at least one item, as the response arrives. Use either this or the iteration
   * over single items.
   */
  batches(): AsyncIterable<readonly T[]>
}

/** Makes batches iterable as single items, too. The iteration that the caller begins calls `openBatches`. */
export function fromBatches<T>(openBatches: () => AsyncIterable<readonly T[]>): Batched<T> {
  return {
    batches: openBatches,
    async *[Symbol.asyncIterator]() {
      for await (const batch of openBatches()) yield* batch
    },
  }
}

/** Whether items can be iterated in batches. */
export function isBatched<T>(items: Iterable<T> | AsyncIterable<T>): items is Batched<T> {
  return 'batches' in items
}

/** Iterates over the batches of items, or over batches of one item each if the items do not arrive in batches. */
export async function* batchesOf<T>(items: AsyncIterable<T>): AsyncGenerator<readonly T[]> {
  if (isBatched(items)) yield* items.batches()
  else for await (const item of items) yield [item]
}
