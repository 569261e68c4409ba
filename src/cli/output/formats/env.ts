/**
 * For `eval "$(occi compute create … -o env)"`. Every name starts with OCCI_RESULT_, so that an attribute
 * name from the provider cannot become PATH, LD_PRELOAD or one of occi's own variables.
 */
import { cellText, chosenValues } from '../cell.js'
import { sanitize } from '../sanitize.js'
import type { OutputFormat, View } from '../types.js'

export const envFormat: OutputFormat = {
  name: 'env',
  description: 'shell assignments: OCCI_RESULT_ID=…, _NAME, _URL, _STATE, _OCCI_COMPUTE_CORES, …',
  prints: 'data',
  async *format(sheet, view) {
    let number = 0
    for await (const record of sheet.records) {
      number++
      const prefix = sheet.shape === 'one' ? 'OCCI_RESULT' : `OCCI_RESULT_${number}`
      const data = sheet.selected ? chosenValues(record, sheet.columns) : record.data
      yield assignments(prefix, data, view).join('')
    }
    if (sheet.shape !== 'one') yield `OCCI_RESULT_COUNT=${number}\n`
  },
}

function assignments(
  prefix: string,
  data: Iterable<readonly [unknown, unknown]> | object,
  view: View,
): string[] {
  const lines = new Map<string, string>()
  const entries = data instanceof Map ? [...data] : Object.entries(data)
  for (const [key, value] of entries) {
    if (value === undefined || value === null) continue
    if (key === 'attributes' && typeof value === 'object') {
      for (const line of assignments(prefix, value, view)) lines.set(line.slice(0, line.indexOf('=')), line)
    } else if (isSimple(value)) {
      const name = `${prefix}_${String(key)
        .toUpperCase()
        .replace(/[^A-Z0-9]/g, '_')}`
      lines.set(
        name,
        `${name}=${quote(Array.isArray(value) ? value.map(cellText).join(' ') : cellText(value), view)}\n`,
      )
    }
  }
  return [...lines.values()]
}

function isSimple(value: unknown): boolean {
  return Array.isArray(value) ? value.every((item) => typeof item !== 'object') : typeof value !== 'object'
}

/**
 * Single quotes may contain anything but NUL. On a terminal control characters are escaped, so that they have
 * no effect.
 */
function quote(text: string, view: View): string {
  const safe = view.terminal ? sanitize(text) : text.replaceAll('\0', '')
  return /^[A-Za-z0-9_./:@%+-]+$/.test(safe) ? safe : `'${safe.replaceAll("'", "'\\''")}'`
}
