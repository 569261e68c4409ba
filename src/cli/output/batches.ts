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

/** A record of each of them. */
export function batchedRecords<T>(
  batches: AsyncIterable<readonly T[]>,
  record: (item: T) => OutputRecord,
): BatchedRecords {
  const source = mapped(batches, record)
  return {
    batches: () => source,
    async *[Symbol.asyncIterator]() {
      for await (const batch of source) yield* batch
    },
  }
}

async function* mapped<T>(
  batches: AsyncIterable<readonly T[]>,
  record: (item: T) => OutputRecord,
): AsyncGenerator<readonly OutputRecord[]> {
  for await (const batch of batches) yield batch.map((item) => record(item))
}

async function* singly(records: AsyncIterable<OutputRecord>): AsyncGenerator<readonly OutputRecord[]> {
  for await (const record of records) yield [record]
}
