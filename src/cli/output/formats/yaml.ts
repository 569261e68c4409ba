import { chosenValues } from '../cell.js'
import { toJson } from '../json-text.js'
import { isUnsafe } from '../sanitize.js'
import type { OutputFormat } from '../types.js'

export const yamlFormat: OutputFormat = {
  name: 'yaml',
  aliases: ['yml'],
  description: 'a YAML sequence, or one mapping',
  prints: 'data',
  async *format(sheet) {
    const { stringify } = await import('yaml')
    const print = (value: unknown) => {
      // `compat` quotes words like `on` and `no`, since many readers still implement YAML 1.1.
      const text = stringify(withoutUndefined(value), {
        lineWidth: 0,
        compat: 'yaml-1.1',
        aliasDuplicateObjects: false,
      })
      if (!isUnsafe(text.replaceAll('\n', ''))) return text
      // Only double-quoted scalars can contain escapes; JSON is valid YAML.
      return `${withoutSurrogatePairs(toJson(value, 2)).replaceAll('\n', '\n  ')}\n`
    }
    let isEmpty = true
    for await (const record of sheet.records) {
      const value = sheet.selected ? chosenValues(record, sheet.columns) : record.data
      if (sheet.shape === 'one') yield print(value)
      else yield `- ${print(value).trimEnd().replaceAll('\n', '\n  ')}\n`
      isEmpty = false
    }
    if (isEmpty && sheet.shape !== 'one') yield '[]\n'
  },
}

/** Joins surrogate pairs: JSON escapes a character beyond U+FFFF as a pair, which YAML would read as two characters. */
function withoutSurrogatePairs(json: string): string {
  return json.replace(
    /\\(?:u(d[89ab][\da-f]{2})\\u(d[c-f][\da-f]{2})|.)/g,
    (match, high?: string, low?: string) => {
      if (high === undefined || low === undefined) return match
      const code =
        String.fromCharCode(Number.parseInt(high, 16), Number.parseInt(low, 16)).codePointAt(0) ?? 0
      return `\\U${code.toString(16).padStart(8, '0')}`
    },
  )
}

/** Omits undefined members, as JSON does; the yaml package would print them as null. */
function withoutUndefined(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutUndefined)
  if (value instanceof Map) return new Map([...value].map(([key, item]) => [key, withoutUndefined(item)]))
  if (typeof value !== 'object' || value === null || value instanceof Date) return value
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, item]) => item !== undefined)
      .map(([key, item]) => [key, withoutUndefined(item)]),
  )
}
