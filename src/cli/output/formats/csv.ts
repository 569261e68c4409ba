import { cellText, cellValue } from '../cell.js'
import { sanitizeQuoted } from '../sanitize.js'
import type { OutputFormat } from '../types.js'

/** RFC 4180, but lines end in LF: every reader takes that, and `read` and `cut` do not see a stray CR. */
export const csvFormat: OutputFormat = {
  name: 'csv',
  description: 'comma-separated values with a header (RFC 4180)',
  prints: 'columns',
  async *format(sheet) {
    if (sheet.header) yield `${sheet.columns.map((column) => field(column.key)).join(',')}\n`
    for await (const record of sheet.records) {
      yield `${sheet.columns.map((column) => field(cellText(cellValue(record, column)))).join(',')}\n`
    }
  },
}

function field(text: string): string {
  const safe = sanitizeQuoted(text)
  return /[",\r\n]|^\s|\s$/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
