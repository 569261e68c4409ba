import { cellText, cellValue } from '../cell.js'
import { sanitizeField } from '../sanitize.js'
import type { OutputFormat } from '../types.js'

export const tsvFormat: OutputFormat = {
  name: 'tsv',
  description: 'tab-separated values; tabs, line breaks and backslashes are escaped as \\t, \\n and \\\\',
  prints: 'columns',
  async *format(sheet) {
    if (sheet.header) yield `${sheet.columns.map((column) => sanitizeField(column.key)).join('\t')}\n`
    for await (const record of sheet.records) {
      yield `${sheet.columns.map((column) => sanitizeField(cellText(cellValue(record, column)))).join('\t')}\n`
    }
  },
}
