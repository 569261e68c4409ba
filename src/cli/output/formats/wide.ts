import type { OutputFormat } from '../types.js'
import { tableFormat } from './table.js'

export const wideFormat: OutputFormat = {
  ...tableFormat,
  name: 'wide',
  description: 'a table with all columns, untruncated',
  prints: 'all-columns',
  format: (sheet, view) => tableFormat.format(sheet, { ...view, width: undefined }),
}
