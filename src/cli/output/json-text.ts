/**
 * Like JSON.stringify, with three differences: integers beyond 2^53 (bigint) are exact, a Map is an object,
 * and control characters that JSON allows in strings (C1, direction marks) are escaped.
 */
import { sanitizeJson } from './sanitize.js'

/** Returns the JSON text of a value. `indent` is the number of spaces per level; 0 gives one line. */
export function toJson(value: unknown, indent = 0): string {
  return sanitizeJson(print(value, indent === 0 ? '' : ' '.repeat(indent), ''))
}

function print(value: unknown, indent: string, margin: string): string {
  if (typeof value === 'bigint') return value.toString()
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null'
  if (Array.isArray(value)) {
    return joinItems(
      '[]',
      value.map((item) => print(item, indent, margin + indent)),
      indent,
      margin,
    )
  }
  if (value instanceof Date) return JSON.stringify(value)
  const entries = value instanceof Map ? [...value] : Object.entries(value)
  const colon = indent === '' ? ':' : ': '
  return joinItems(
    '{}',
    entries
      .filter(([, item]) => item !== undefined)
      .map(([key, item]) => JSON.stringify(String(key)) + colon + print(item, indent, margin + indent)),
    indent,
    margin,
  )
}

function joinItems(brackets: '[]' | '{}', items: readonly string[], indent: string, margin: string): string {
  if (items.length === 0) return brackets
  const [open, close] = brackets
  if (indent === '') return `${open}${items.join(',')}${close}`
  return `${open}\n${margin}${indent}${items.join(`,\n${margin}${indent}`)}\n${margin}${close}`
}
