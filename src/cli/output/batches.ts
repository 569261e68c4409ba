/** Records that arrive in batches. */
import type { BatchedRecords, OutputRecord } from './types.js'

export function isBatched(
  records: Iterable<OutputRecord> | AsyncIterable<OutputRecord>,
): records is BatchedRecords {
  return 'batches' in records
}

/** The batches of the source, or a batch for each record as soon as it arrives. */
export function batchesOf(records: AsyncIterable<OutputRecord>): AsyncIterable<readonly OutputRecord[]> {
  return isBatched(records) ? records.batches() : singly(records)
}

/** `batches` is iterated once. */
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
