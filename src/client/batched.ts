/** What arrives several at a time: an async iterator for each of a hundred thousand costs more than the reading. */

/** What came together, never nothing. */
export interface Batch<T> extends Iterable<T> {
  /**
   * The items as a text of lines (LF or CRLF), where they came as one and hold nothing but letters, digits and
   * `_~.:/-`: who only passes them on need not take them apart.
   */
  readonly lines?: string
}

export interface Batched<T> extends AsyncIterable<T> {
  /** As it comes, a batch for a piece of an answer. Walk either these or the single ones. */
  batches(): AsyncIterable<Batch<T>>
}

/** `source` is asked once, by whichever walk begins first. */
export function batched<T>(source: () => AsyncIterable<Batch<T>>): Batched<T> {
  return {
    batches: source,
    async *[Symbol.asyncIterator]() {
      for await (const batch of source()) yield* batch
    },
  }
}
