/** Quoted strings, including those of servers that do not escape quotes. */
import { BACKSLASH, QUOTE } from '../characters.js'
import { type Cursor, nextBackslash } from './cursor.js'

/** Whether the text at `index` may follow a closing quote in this production. */
export type Follows = (cursor: Cursor, index: number) => boolean

/**
 * Reads the string whose opening quote is at the cursor. Unescapes `\"` and `\\` only.
 *
 * In strict mode the first unescaped quote closes the string. In lenient mode it is the first unescaped quote after
 * which `follows` holds, because pyssf, ooi, erocci and MartServer do not escape (`"say "hi" = ok; x"`, Q28, E9).
 */
export function quotedString(cursor: Cursor, follows: Follows): string {
  const { text, to } = cursor
  const from = cursor.at + 1
  const close = text.indexOf('"', from)
  if (
    close >= 0 &&
    close < to &&
    nextBackslash(cursor, from) > close &&
    (cursor.diagnostics.strict || follows(cursor, close + 1))
  ) {
    cursor.at = close + 1
    return text.slice(from, close)
  }
  return searchString(cursor, from, follows)
}

/**
 * Reads the string whose opening single quote is at the cursor, as the ACCORDS platform writes all strings.
 * Returns undefined without moving the cursor if no closing quote is found after which `follows` holds.
 */
export function singleQuotedString(cursor: Cursor, follows: Follows): string | undefined {
  const { text, to } = cursor
  const from = cursor.at + 1
  if (cursor.diagnostics.strict || from >= cursor.unclosedSingle) return undefined
  for (let close = text.indexOf("'", from); close >= 0 && close < to; close = text.indexOf("'", close + 1)) {
    if (!follows(cursor, close + 1)) continue
    cursor.tolerate('single-quotes', 'E_QUOTE', 'A string is in single quotes')
    cursor.at = close + 1
    return text.slice(from, close)
  }
  cursor.unclosedSingle = from
  return undefined
}

function searchString(cursor: Cursor, from: number, follows: Follows): string {
  const { text, to } = cursor
  let first = -1
  let escapes = false
  let escapesBeforeFirst = false
  const isKnownUnclosed = from >= (cursor.unclosed?.get(follows) ?? Number.POSITIVE_INFINITY)
  for (let i = from; i < to; i++) {
    const code = text.charCodeAt(i)
    if (code === BACKSLASH) {
      const next = i + 1 < to ? text.charCodeAt(i + 1) : -1
      if (next === QUOTE || next === BACKSLASH) {
        escapes = true
        i++
      }
    } else if (code === QUOTE) {
      if (!isKnownUnclosed && (cursor.diagnostics.strict || follows(cursor, i + 1)))
        return close(cursor, from, i, first, escapes)
      if (first < 0) {
        first = i
        escapesBeforeFirst = escapes
        if (isKnownUnclosed) break
      }
    }
  }
  if (!isKnownUnclosed) {
    cursor.unclosed ??= new Map()
    cursor.unclosed.set(follows, from)
  }
  if (first < 0) cursor.fail('E_QUOTE', 'A quoted string is not closed', from - 1)
  return close(cursor, from, first, -1, escapesBeforeFirst)
}

function close(cursor: Cursor, from: number, end: number, inner: number, escapes: boolean): string {
  if (inner >= 0) {
    cursor.tolerate('unescaped-quote', 'E_QUOTE', 'A quote inside a quoted string is not escaped', inner)
  }
  cursor.at = end + 1
  const value = cursor.text.slice(from, end)
  return escapes ? withoutEscapes(value) : value
}

function withoutEscapes(value: string): string {
  let out = ''
  let from = 0
  let slash = value.indexOf('\\')
  while (slash >= 0) {
    const next = value.charCodeAt(slash + 1)
    if (next === QUOTE || next === BACKSLASH) {
      out += value.slice(from, slash)
      from = slash + 1
      slash = value.indexOf('\\', slash + 2)
    } else {
      slash = value.indexOf('\\', slash + 1)
    }
  }
  return out + value.slice(from)
}

/** Prints a quoted string. The caller must have excluded control characters. */
export function quote(value: string): string {
  if (!value.includes('"') && !value.includes('\\')) return `"${value}"`
  return `"${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`
}
