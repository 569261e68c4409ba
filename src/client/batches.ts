/**
 * Items that arrive in batches. For 100,000 items, one step of an async iterator each would take longer than
 * reading them.
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
