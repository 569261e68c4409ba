/** Output records of locations. Their members are computed on access, which makes large lists fast. */
import { type Batched, fromBatches } from '../../basics/batched.js'
import type { OutputRecord } from '../output/types.js'
import { lastSegment, locationRecord } from './entity.js'

export function lazyLocationRecords(batches: AsyncIterable<readonly string[]>): Batched<OutputRecord> {
  return fromBatches(() => recordsOf(batches))
}

async function* recordsOf(
  batches: AsyncIterable<readonly string[]>,
): AsyncGenerator<readonly OutputRecord[]> {
  for await (const batch of batches) yield batch.map((location) => new LazyLocationRecord(location))
}

/** Has the same members as the record that `locationRecord` returns. */
class LazyLocationRecord implements OutputRecord {
  readonly url: string

  constructor(location: string) {
    this.url = location
  }

  get name(): string {
    return lastSegment(this.url) ?? this.url
  }

  get id(): string {
    return this.name
  }

  get data(): OutputRecord['data'] {
    return locationRecord(this.url).data
  }
}
