/** Converts records to cell values, and values to text. */
import { toJson } from './json-text.js'
import { lookup } from './lookup.js'
import { type Role, stateRole } from './theme.js'
import type { Column, OutputRecord } from './types.js'

export function cellValue(record: OutputRecord, column: Column): unknown {
  return typeof column.value === 'function' ? column.value(record) : lookup(record.data, column.value)
}

/** The value as tables show it: in the form of the column's `display`, if it has one. */
export function displayedValue(record: OutputRecord, column: Column): unknown {
  const value = cellValue(record, column)
  return column.display === undefined || value === undefined || value === null
    ? value
    : column.display(value, record)
}

/**
 * The unsanitized text of a value: empty for null and undefined, with commas between the items of a list, compact JSON
 * for an object.
 */
export function cellText(value: unknown): string {
  if (value === undefined || value === null) return ''
  if (typeof value === 'string') return value
  if (Array.isArray(value)) return value.map(cellText).join(',')
  if (typeof value === 'object') return toJson(value)
  return String(value)
}

/** The values of the chosen columns as an object, for formats that print data. */
export function chosenValues(
  record: OutputRecord,
  columns: readonly Column[],
): Readonly<Record<string, unknown>> {
  return Object.fromEntries(columns.map((column) => [column.key, cellValue(record, column) ?? null]))
}

/** The role that decides how a cell is coloured. */
export function cellRole(column: Column | undefined, text: string): Role {
  return column?.style === 'state' ? stateRole(text) : (column?.style ?? 'plain')
}
