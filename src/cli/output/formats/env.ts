/**
 * Prints shell assignments for `eval "$(occi compute create … -o env)"`. Every name starts with OCCI_RESULT_, so that
 * an attribute name from the provider cannot become PATH, LD_PRELOAD or a variable that occi reads.
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

/** One line for each simple value and each attribute. If two keys give the same variable, the last one counts. */
function assignments(prefix: string, data: object, view: View): string[] {
  const lines = new Map<string, string>()
  const entries = data instanceof Map ? [...data] : Object.entries(data)
  for (const [key, value] of entries) {
    if (value === undefined || value === null) continue
    if (key === 'attributes' && typeof value === 'object') {
      for (const line of assignments(prefix, value, view)) lines.set(line.slice(0, line.indexOf('=')), line)
    } else if (isSimple(value)) {
      const suffix = String(key)
        .toUpperCase()
        .replaceAll(/[^A-Z0-9]/g, '_')
      const name = `${prefix}_${suffix}`
      const text = Array.isArray(value) ? value.map(cellText).join(' ') : cellText(value)
      lines.set(name, `${name}=${quote(text, view)}\n`)
    }
  }
  return [...lines.values()]
}

function isSimple(value: unknown): boolean {
  return Array.isArray(value) ? value.every((item) => typeof item !== 'object') : typeof value !== 'object'
}

/**
 * Quotes text for a shell. Single quotes may contain anything but NUL. On a terminal, control characters are escaped.
 */
function quote(text: string, view: View): string {
  const safe = view.terminal ? sanitize(text) : text.replaceAll('\0', '')
  return /^[A-Za-z0-9_./:@%+-]+$/.test(safe) ? safe : `'${safe.replaceAll("'", "'\\''")}'`
}
