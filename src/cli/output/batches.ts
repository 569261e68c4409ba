/** Records that come several at a time. */
import type { BatchedRecords, OutputRecord } from './types.js'

export function isBatched(
  records: Iterable<OutputRecord> | AsyncIterable<OutputRecord>,
): records is BatchedRecords {
  return 'batches' in records
}

/** As they come, or each by itself as soon as it is there. */
export function batchesOf(records: AsyncIterable<OutputRecord>): AsyncIterable<readonly OutputRecord[]> {
  return isBatched(records) ? records.batches() : singly(records)
}

/** `batches` is walked once. */
export function batchedRecords(batches: AsyncIterable<readonly OutputRecord[]>): BatchedRecords {
  return {
    batches: () => batches,
    async *[Symbol.asyncIterator]() {
      for await (const batch of batches) yield* batch
    },
  }
}

async function* singly(records: AsyncIterable<OutputRecord>): AsyncGenerator<readonly OutputRecord[]> {
  for await (const record of records) yield [record]
}
