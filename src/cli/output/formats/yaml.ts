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
      // `compat`: words like `on` and `no` are quoted, as most readers still speak YAML 1.1.
      const text = stringify(plain(value), { lineWidth: 0, compat: 'yaml-1.1', aliasDuplicateObjects: false })
      if (!isUnsafe(text.replaceAll('\n', ''))) return text
      // Only double-quoted scalars can carry escapes; JSON is YAML.
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

/** JSON writes a character beyond U+FFFF as two escapes, of which YAML would make two characters. */
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

/** yaml prints a member that is undefined as null; JSON leaves it out, and so do we. */
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
