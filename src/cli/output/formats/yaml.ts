import { projected } from '../cell.js'
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
      // `compat` quotes words like `on` and `no`, since most readers still implement YAML 1.1.
      const text = stringify(plain(value), { lineWidth: 0, compat: 'yaml-1.1', aliasDuplicateObjects: false })
      if (!isUnsafe(text.replaceAll('\n', ''))) return text
      // Only double-quoted scalars can contain escapes; JSON is valid YAML.
      return `${withoutPairs(toJson(value, 2)).replaceAll('\n', '\n  ')}\n`
    }
    let empty = true
    for await (const record of sheet.records) {
      const value = sheet.selected ? projected(record, sheet.columns) : record.data
      if (sheet.shape === 'one') yield print(value)
      else yield `- ${print(value).trimEnd().replaceAll('\n', '\n  ')}\n`
      empty = false
    }
    if (empty && sheet.shape !== 'one') yield '[]\n'
  },
}

/** JSON writes a character beyond U+FFFF as two escapes, which YAML would read as two characters. */
function withoutPairs(json: string): string {
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

/** The yaml package prints undefined members as null; like JSON, they are omitted here. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain)
  if (value instanceof Map) return new Map([...value].map(([key, item]) => [key, plain(item)]))
  if (typeof value !== 'object' || value === null || value instanceof Date) return value
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, item]) => item !== undefined)
      .map(([key, item]) => [key, plain(item)]),
  )
}
