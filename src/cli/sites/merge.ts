/** Merges the outputs of a command at several sites. Each record names its site. */
import { cellValue } from '../output/cell.js'
import type { Column, Output, OutputRecord } from '../output/types.js'

interface SiteRecord extends OutputRecord {
  readonly original: OutputRecord
  /** The columns of the site's output by key: a column may depend on the site's model. */
  readonly siteColumns: ReadonlyMap<string, Column>
}

/**
 * Adds the name of its site to a record, as the first member `context` of its data. `columns` are those of the site's
 * output.
 */
export function withSite(record: OutputRecord, site: string, columns: readonly Column[]): OutputRecord {
  const siteRecord: SiteRecord = {
    ...record,
    data: Object.assign({ context: site }, record.data, { context: site }),
    site,
    original: record,
    siteColumns: new Map(columns.map((column) => [column.key, column])),
  }
  return siteRecord
}

export const contextColumn: Column = { key: 'context', heading: 'CONTEXT', value: 'context' }

/** The output of a command that ran at a single site, with the name of the site in each record. */
export function outputOfSite(output: Output, site: string): Output {
  const { records, columns } = output
  const addSite = (record: OutputRecord) => withSite(record, site, columns)
  return {
    ...output,
    columns: columnsWithSite([output]),
    records: Array.isArray(records)
      ? (records as readonly OutputRecord[]).map(addSite)
      : mapRecords(records, addSite),
  }
}

async function* mapRecords(
  records: Output['records'],
  transform: (record: OutputRecord) => OutputRecord,
): AsyncGenerator<OutputRecord> {
  for await (const record of records) yield transform(record)
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
    const siteColumn = record.siteColumns.get(column.key)
    return siteColumn === undefined ? undefined : cellValue(record.original, siteColumn)
  }
}

function isSiteRecord(record: OutputRecord): record is SiteRecord {
  return 'original' in record
}

/** Whether a table shows each record key by key, so that all outputs are needed to know the keys. */
export function showsRecords({ shape, recordLayout }: Output): boolean {
  return recordLayout === undefined ? shape === 'one' : recordLayout === 'block'
}

/** The output for the records of all sites, with the properties of the first site's output. */
export function mergedOutput(
  outputs: readonly Output[],
  records: Output['records'],
  { warning }: Pick<Output, 'warning'> = {},
): Output {
  const [first] = outputs
  if (first === undefined) throw new Error('There is no output to merge')
  const { shape, pipeFormat, ...properties } = first
  return {
    ...properties,
    ...(warning === undefined ? {} : { warning }),
    shape: shape === 'one' ? 'list' : shape,
    recordLayout: showsRecords(first) ? 'block' : 'row',
    // `pairs` is the format of a single record, so several records get the default format of a pipe.
    ...(pipeFormat === undefined || pipeFormat === 'pairs' ? {} : { pipeFormat }),
    columns: columnsWithSite(outputs),
    records,
  }
}
