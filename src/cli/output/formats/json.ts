import { chosenValues } from '../cell.js'
import { toJson } from '../json-text.js'
import type { OutputFormat } from '../types.js'

export const jsonFormat: OutputFormat = {
  name: 'json',
  description: 'an array of objects, or one object; the documented shape (occi schema)',
  prints: 'data',
  errors: 'json',
  value: (value) => `${toJson(value, 2)}\n`,
  async *format(sheet) {
    const print = (record: Parameters<typeof chosenValues>[0]) =>
      toJson(sheet.selected ? chosenValues(record, sheet.columns) : record.data, 2)
    if (sheet.shape === 'one') {
      for await (const record of sheet.records) yield `${print(record)}\n`
      return
    }
    // Records are written as they arrive; together they form one JSON array.
    let prefix = '[\n  '
    for await (const record of sheet.records) {
      yield prefix + print(record).replaceAll('\n', '\n  ')
      prefix = ',\n  '
    }
    yield prefix.startsWith('[') ? '[]\n' : '\n]\n'
  },
}
