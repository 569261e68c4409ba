import { cellText, cellValue } from '../cell.js'
import { sanitizeField } from '../sanitize.js'
import type { OutputFormat } from '../types.js'

export const valueFormat: OutputFormat = {
  name: 'value',
  description: 'bare values: one per line for a single resource, tab-separated in lists',
  prints: 'columns',
  async *format(sheet) {
    const separator = sheet.shape === 'one' ? '\n' : '\t'
    for await (const record of sheet.records) {
      yield `${sheet.columns.map((column) => sanitizeField(cellText(cellValue(record, column)))).join(separator)}\n`
    }
  },
}
