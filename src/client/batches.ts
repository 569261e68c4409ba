/** Items that arrive several at a time: one step of an async iterator for each of 100,000 takes longer than reading them. */

export interface Batched<T> extends AsyncIterable<T> {
  /** The items of each piece of an answer as it arrives, at least one. Iterate either over these or over the single items. */
  batches(): AsyncIterable<readonly T[]>
}

/** `source` is called once, by whichever iteration begins first. */
export function batched<T>(source: () => AsyncIterable<readonly T[]>): Batched<T> {
  return {
    batches: source,
    async *[Symbol.asyncIterator]() {
      for await (const batch of source()) yield* batch
    },
  }
}
