/**
 * Items that arrive in batches. Passing 100,000 items one by one through several async iterators takes as long as
 * the rest of the listing.
 */

export interface Batched<T> extends AsyncIterable<T> {
  /**
   * Iterates over batches of at least one item, as the response arrives. Use either this or the iteration
   * over single items.
   */
  batches(): AsyncIterable<readonly T[]>
}

/** `source` is called once, by the iteration that begins first. */
export function batched<T>(source: () => AsyncIterable<readonly T[]>): Batched<T> {
  return {
    batches: source,
    async *[Symbol.asyncIterator]() {
      for await (const batch of source()) yield* batch
    },
  }
}

export function isBatched<T>(items: Iterable<T> | AsyncIterable<T>): items is Batched<T> {
  return 'batches' in items
}

/** The batches of the source, or a batch for each item as soon as it arrives. */
export async function* batchesOf<T>(items: AsyncIterable<T>): AsyncGenerator<readonly T[]> {
  if (isBatched(items)) yield* items.batches()
  else for await (const item of items) yield [item]
}
