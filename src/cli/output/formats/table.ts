import { listTable } from '../list-table.js'
import { recordTable } from '../record-table.js'
import type { OutputFormat } from '../types.js'

export const tableFormat: OutputFormat = {
  name: 'table',
  description: 'aligned columns (the default on a terminal)',
  prints: 'columns',
  format: (sheet, view) =>
    sheet.shape === 'one' || (sheet.recordLayout === 'block' && !sheet.selected)
      ? recordTable(sheet, view)
      : listTable(sheet, view),
}
