import { cellText, cellValue } from '../cell.js'
import { sanitizeField } from '../sanitize.js'
import type { OutputFormat } from '../types.js'

export const pairsFormat: OutputFormat = {
  name: 'pairs',
  description: 'key and value separated by a tab, one pair per line; the default of describe in a pipe',
  prints: 'all-columns',
  async *format(sheet) {
    let prefix = ''
    for await (const record of sheet.records) {
      const lines = sheet.columns.map(
        (column) => `${sanitizeField(column.key)}\t${sanitizeField(cellText(cellValue(record, column)))}\n`,
      )
      yield prefix + lines.join('')
      prefix = '\n'
    }
  },
}
