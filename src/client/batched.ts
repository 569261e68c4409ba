/** What arrives several at a time: an async iterator for each of a hundred thousand costs more than the reading. */

export interface Batched<T> extends AsyncIterable<T> {
  /** As it comes: what one piece of an answer holds, never empty. Walk either these or the single ones. */
  batches(): AsyncIterable<readonly T[]>
}

/** `source` is asked once, by whichever walk begins first. */
export function batched<T>(source: () => AsyncIterable<readonly T[]>): Batched<T> {
  return {
    batches: source,
    async *[Symbol.asyncIterator]() {
      for await (const batch of source()) yield* batch
    },
  }
}
