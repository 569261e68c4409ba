/**
 * Sorts records by the keys of --sort. In `name,-cores`, the `-` means descending order. Numbers are compared by value,
 * even within text.
 */
import { cellText, cellValue } from './cell.js'
import { findColumn, type KnownRecords } from './columns.js'
import type { Column, OutputRecord } from './types.js'

export function sortRecords(
  records: readonly OutputRecord[],
  keyList: string,
  knownRecords: KnownRecords,
): readonly OutputRecord[] {
  const keys = sortKeys(keyList, knownRecords)
  const rows = records.map((record) => ({
    record,
    values: keys.map(({ column }) => sortable(cellValue(record, column))),
  }))
  rows.sort((a, b) => {
    for (const [index, { sign }] of keys.entries()) {
      const order = compare(a.values[index], b.values[index], sign)
      if (order !== 0) return order
    }
    return 0
  })
  return rows.map((row) => row.record)
}

/** Returns the columns in the value of --sort, each with the direction. Throws UsageError for unknown columns. */
export function sortKeys(
  keyList: string,
  knownRecords: KnownRecords,
): readonly { readonly column: Column; readonly sign: 1 | -1 }[] {
  return keyList
    .split(',')
    .map((key) => key.trim())
    .filter((key) => key !== '')
    .map((key) => ({
      column: findColumn(key.replace(/^[-+]/, ''), knownRecords, '--sort'),
      sign: key.startsWith('-') ? -1 : 1,
    }))
}

type Sortable = string | number | bigint | undefined

function sortable(value: unknown): Sortable {
  if (typeof value === 'number' || typeof value === 'bigint') return value
  const text = cellText(value)
  return text === '' ? undefined : text
}

/** Missing values come last in both directions. */
function compare(a: Sortable, b: Sortable, sign: number): number {
  if (a === undefined || b === undefined) return a === b ? 0 : a === undefined ? 1 : -1
  if (typeof a === 'string' || typeof b === 'string') return sign * collate(String(a), String(b))
  return a < b ? -sign : a > b ? sign : 0
}

/** Uses a fixed locale, so that the order is the same on every machine. */
let collator: Intl.Collator | undefined

function collate(a: string, b: string): number {
  // Created on first use, since it takes 5 ms and most commands do not sort.
  collator ??= new Intl.Collator('en', { numeric: true })
  return collator.compare(a, b)
}
