/** Locations as they are listed: a record of each, worked out only as far as somebody asks. */
import type { Batch } from '../../client/index.js'
import { batchedRecords } from '../output/batches.js'
import type { BatchedRecords, OutputRecord, RecordBatch } from '../output/types.js'
import { lastSegment, locationRecord } from './entity.js'

export function listedLocations(batches: AsyncIterable<Batch<string>>): BatchedRecords {
  return batchedRecords(recordsOf(batches))
}

async function* recordsOf(batches: AsyncIterable<Batch<string>>): AsyncGenerator<RecordBatch> {
  for await (const batch of batches) yield new ListedBatch(batch)
}

class ListedBatch implements RecordBatch {
  readonly #batch: Batch<string>

  constructor(batch: Batch<string>) {
    this.#batch = batch
  }

  *[Symbol.iterator](): Generator<OutputRecord> {
    for (const location of this.#batch) yield new ListedLocation(location)
  }

  /** What a batch has as lines holds no character that would have to be escaped or decoded. */
  lines(member: string): string | undefined {
    const { lines } = this.#batch
    if (lines === undefined) return undefined
    if (member === 'url') return lines.replaceAll('\r\n', '\n')
    if (member !== 'name' && member !== 'id') return undefined
    const names = ofOneCollection(lines)
    if (names !== undefined) return names
    return /\/\r?\n/.test(lines) ? undefined : lines.replace(/[^\n]*\/|\r/g, '')
  }
}

/** The last segments, where nothing else differs: then they are found without a look at each line. */
function ofOneCollection(lines: string): string | undefined {
  const end = lines.endsWith('\r\n') ? '\r\n' : '\n'
  const common = lines.slice(0, lines.lastIndexOf('/', lines.indexOf('\n')) + 1)
  const names = `${lines
    .slice(common.length, -end.length)
    .split(end + common)
    .join('\n')}\n`
  return names.includes('/') || names.includes('\n\n') || names.startsWith('\n') ? undefined : names
}

/** As locationRecord. */
class ListedLocation implements OutputRecord {
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
