/** Puts the outputs of one command at several sites together: each row says where it comes from. */
import { cellValue } from '../output/cell.js'
import type { Column, Output, OutputRecord } from '../output/types.js'

interface SiteRecord extends OutputRecord {
  readonly original: OutputRecord
  /** The columns of its own site by key, since a column may depend on the site's model. */
  readonly siteColumns: ReadonlyMap<string, Column>
}

/** The record with a member `context` before all others. */
export function withSite(record: OutputRecord, site: string, columns: readonly Column[]): OutputRecord {
  const placedRecord: SiteRecord = {
    ...record,
    data: Object.assign({ context: site }, record.data, { context: site }),
    site,
    original: record,
    siteColumns: new Map(columns.map((column) => [column.key, column])),
  }
  return placedRecord
}

export const contextColumn: Column = { key: 'context', heading: 'CONTEXT', value: 'context' }

/** The output of a command that ran at one site only. */
export function outputOfSite(output: Output, site: string): Output {
  const { records, columns } = output
  const at = (record: OutputRecord) => withSite(record, site, columns)
  return {
    ...output,
    columns: columnsWithSite([output]),
    records: Array.isArray(records) ? (records as readonly OutputRecord[]).map(at) : mapRecords(records, at),
  }
}

async function* mapRecords(
  records: Output['records'],
  change: (record: OutputRecord) => OutputRecord,
): AsyncGenerator<OutputRecord> {
  for await (const record of records) yield change(record)
}

/** The columns of all outputs, each key once, after the column CONTEXT. */
function columnsWithSite(outputs: readonly Output[]): readonly Column[] {
  const byKey = new Map<string, Column>()
  for (const { columns } of outputs) {
    for (const column of columns) if (!byKey.has(column.key)) byKey.set(column.key, column)
  }
  return [contextColumn, ...[...byKey.values()].map((column) => ({ ...column, value: valueAtSite(column) }))]
}

function valueAtSite(column: Column): (record: OutputRecord) => unknown {
  return (record) => {
    if (!isSiteRecord(record)) return cellValue(record, column)
    const own = record.siteColumns.get(column.key)
    return own === undefined ? undefined : cellValue(record.original, own)
  }
}

function isSiteRecord(record: OutputRecord): record is SiteRecord {
  return 'original' in record
}

/** Whether each record is shown key by key, so that the columns are known only when all are there. */
export function showsRecords({ shape, each }: Output): boolean {
  return (each ?? (shape === 'one' ? 'record' : 'row')) === 'record'
}

/** An output like the first one, for the records of all. */
export function mergedOutput(
  outputs: readonly Output[],
  records: Output['records'],
  more: Pick<Output, 'warning'> = {},
): Output {
  const [first] = outputs
  if (first === undefined) throw new Error('There is no output to merge')
  const { shape, pipeFormat, ...rest } = first
  return {
    ...rest,
    ...more,
    shape: shape === 'one' ? 'list' : shape,
    each: showsRecords(first) ? 'record' : 'row',
    // What describes one thing line by line in a pipe is a line for each of several.
    ...(pipeFormat === undefined || pipeFormat === 'pairs' ? {} : { pipeFormat }),
    columns: columnsWithSite(outputs),
    records,
  }
}
