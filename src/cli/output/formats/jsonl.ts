import { chosenValues } from '../cell.js'
import { toJson } from '../json-text.js'
import type { OutputFormat } from '../types.js'

export const jsonlFormat: OutputFormat = {
  name: 'jsonl',
  aliases: ['ndjson'],
  description: 'one JSON object per line, as they arrive',
  prints: 'data',
  errors: 'json',
  watches: 'changes',
  async *format(sheet) {
    for await (const record of sheet.records) {
      yield `${toJson(sheet.selected ? chosenValues(record, sheet.columns) : record.data)}\n`
    }
  },
}
