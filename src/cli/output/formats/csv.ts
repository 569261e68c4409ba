import { cellText, cellValue } from '../cell.js'
import { sanitize, sanitizeQuoted } from '../sanitize.js'
import type { OutputFormat, View } from '../types.js'

/** RFC 4180, except that lines end with LF, which all CSV readers accept and shell tools (`read`, `cut`) expect. */
export const csvFormat: OutputFormat = {
  name: 'csv',
  description: 'comma-separated values with a header (RFC 4180)',
  prints: 'columns',
  async *format(sheet, view) {
    if (sheet.header) yield `${sheet.columns.map((column) => csvField(column.key, view)).join(',')}\n`
    for await (const record of sheet.records) {
      yield `${sheet.columns.map((column) => csvField(cellText(cellValue(record, column)), view)).join(',')}\n`
    }
  },
}

/**
 * Quoted fields may contain line breaks. On a terminal they are escaped, since a lone CR would let a field overwrite
 * another.
 */
function csvField(value: string, view: View): string {
  const text = view.formulas === 'defuse' ? withoutFormula(value) : value
  const safe = view.terminal ? sanitize(text) : sanitizeQuoted(text)
  return /[",\r\n]|^\s|\s$/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

/**
 * Prefixes formulas (`=HYPERLINK(…)`, `@SUM(…)`) with an apostrophe, so that spreadsheets treat them as text.
 */
function withoutFormula(text: string): string {
  const mayBeFormula = /^[\s\0]*[=+\-@|%\uff1d\uff0b\uff0d\uff20]/.test(text) || /^[\t\r\n]/.test(text)
  const isNumber = /^[+-]?\d+(\.\d+)?$/.test(text)
  return mayBeFormula && !isNumber ? `'${text}` : text
}
