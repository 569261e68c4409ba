import { cellText, cellValue } from '../cell.js'
import { sanitizeField } from '../sanitize.js'
import type { OutputFormat } from '../types.js'

export const pairsFormat: OutputFormat = {
  name: 'pairs',
  description: 'key and value with a tab between, one pair per line; what describe prints in a pipe',
  prints: 'all-columns',
  async *format(sheet) {
    let before = ''
    for await (const record of sheet.records) {
      const lines = sheet.columns.map(
        (column) => `${sanitizeField(column.key)}\t${sanitizeField(cellText(cellValue(record, column)))}\n`,
      )
      yield before + lines.join('')
      before = '\n'
    }
  },
}
