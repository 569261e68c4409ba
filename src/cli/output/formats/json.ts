import { projected } from '../cell.js'
import { toJson } from '../json-text.js'
import type { OutputFormat } from '../types.js'

export const jsonFormat: OutputFormat = {
  name: 'json',
  description: 'an array of objects, or one object; the documented shape (occi schema)',
  prints: 'data',
  errors: 'json',
  value: (value) => `${toJson(value, 2)}\n`,
  async *format(sheet) {
    const print = (record: Parameters<typeof projected>[0]) =>
      toJson(sheet.selected ? projected(record, sheet.columns) : record.data, 2)
    if (sheet.shape === 'one') {
      for await (const record of sheet.records) yield `${print(record)}\n`
      return
    }
    // Written as records arrive; a reader that waits for the final bracket gets one JSON text.
    let before = '[\n  '
    for await (const record of sheet.records) {
      yield before + print(record).replaceAll('\n', '\n  ')
      before = ',\n  '
    }
    yield before.startsWith('[') ? '[]\n' : '\n]\n'
  },
}
