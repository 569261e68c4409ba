/** Functions for streams of records. */
import { type Batched, fromBatches, isBatched } from '../../basics/batched.js'
import type { OutputRecord } from './types.js'

interface Peeked {
  readonly first: OutputRecord | undefined
  /** All records, including the first. They can be iterated only once. */
  readonly records: AsyncIterable<OutputRecord>
}

/** Reads the first record and returns it, together with a stream of all records. */
export async function peek(records: Iterable<OutputRecord> | AsyncIterable<OutputRecord>): Promise<Peeked> {
  if (isBatched(records)) return peekBatch(records)
  const iterator =
    Symbol.asyncIterator in records ? records[Symbol.asyncIterator]() : records[Symbol.iterator]()
  const start = await iterator.next()
  if (start.done === true) return { first: undefined, records: asAsync([]) }
  return { first: start.value, records: chain(start.value, iterator) }
}

async function peekBatch(records: Batched<OutputRecord>): Promise<Peeked> {
  const iterator = records.batches()[Symbol.asyncIterator]()
  const start = await iterator.next()
  if (start.done === true) return { first: undefined, records: asAsync([]) }
  const [first] = start.value
  return { first, records: fromBatches(() => chain(start.value, iterator)) }
}

export async function* asAsync(records: Iterable<OutputRecord>): AsyncGenerator<OutputRecord> {
  yield* records
}

export async function collect(records: AsyncIterable<OutputRecord>): Promise<OutputRecord[]> {
  const collected: OutputRecord[] = []
  for await (const record of records) collected.push(record)
  return collected
}

/** Puts a value in front of an iterator. Not a generator, which would cost some microseconds per record. */
function chain<T>(first: T, remaining: Iterator<T> | AsyncIterator<T>): AsyncIterable<T> {
  let firstIsConsumed = false
  const iterator: AsyncIterator<T> = {
    async next() {
      if (firstIsConsumed) return remaining.next()
      firstIsConsumed = true
      return { done: false, value: first }
    },
    // If the reader stops early (`| head`), the source closes its connections.
    async return() {
      await remaining.return?.()
      return { done: true, value: undefined }
    },
  }
  return { [Symbol.asyncIterator]: () => iterator }
}
