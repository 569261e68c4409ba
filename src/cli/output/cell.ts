/** From a record and a column to a value, and from a value to text. */
import { toJson } from './json-text.js'
import { lookup } from './lookup.js'
import { type Role, stateRole } from './theme.js'
import type { Column, OutputRecord } from './types.js'

export function cellValue(record: OutputRecord, column: Column): unknown {
  return typeof column.value === 'function' ? column.value(record) : lookup(record.data, column.value)
}

/** Unsanitized. Nothing is empty text; a list is joined by commas; an object is compact JSON. */
export function cellText(value: unknown): string {
  if (value === undefined || value === null) return ''
  if (typeof value === 'string') return value
  if (Array.isArray(value)) return value.map(cellText).join(',')
  if (typeof value === 'object') return toJson(value)
  return String(value)
}

/** The chosen columns of a record as an object, for formats that print data. */
export function projected(
  record: OutputRecord,
  columns: readonly Column[],
): Readonly<Record<string, unknown>> {
  return Object.fromEntries(columns.map((column) => [column.key, cellValue(record, column) ?? null]))
}

/** How the text of a column looks. */
export function cellRole(column: Column | undefined, text: string): Role {
  return column?.style === 'state' ? stateRole(text) : (column?.style ?? 'plain')
}
