/** Reads and prints quoted strings. Reads also those of servers that do not escape quotes. */
import { BACKSLASH, QUOTE } from '../characters.js'
import { type Cursor, nextBackslash } from './cursor.js'

/** Whether the text at `index` may follow a closing quote: a `;` and a parameter, for example. */
export type MayFollow = (cursor: Cursor, index: number) => boolean

/**
 * Reads the string whose opening quote is at the cursor. Unescapes `\"` and `\\` only.
 *
 * In strict mode the first unescaped quote closes the string. Otherwise it is the first one after which `mayFollow`
 * returns true, because pyssf, ooi, erocci and MartServer do not escape quotes (`"say "hi" = ok; x"`, Q28, E9).
 */
export function readQuotedString(cursor: Cursor, mayFollow: MayFollow): string {
  const { text, to } = cursor
  const from = cursor.index + 1
  const close = text.indexOf('"', from)
  if (
    close >= 0 &&
    close < to &&
    nextBackslash(cursor, from) > close &&
    (cursor.diagnostics.strict || mayFollow(cursor, close + 1))
  ) {
    cursor.index = close + 1
    return text.slice(from, close)
  }
  return scanQuotedString(cursor, from, mayFollow)
}

/**
 * Reads the string whose opening single quote is at the cursor, as the ACCORDS platform writes all strings.
 * Returns undefined without moving the cursor if there is no closing quote after which `mayFollow` returns true.
 */
export function readSingleQuotedString(cursor: Cursor, mayFollow: MayFollow): string | undefined {
  const { text, to } = cursor
  const from = cursor.index + 1
  if (cursor.diagnostics.strict || from >= cursor.unclosedSingleFrom) return undefined
  for (let close = text.indexOf("'", from); close >= 0 && close < to; close = text.indexOf("'", close + 1)) {
    if (!mayFollow(cursor, close + 1)) continue
    cursor.tolerate('single-quotes', 'E_QUOTE', 'A string is in single quotes')
    cursor.index = close + 1
    return text.slice(from, close)
  }
  cursor.unclosedSingleFrom = from
  return undefined
}

/**
 * Reads a string character by character: one that contains a backslash or an unescaped quote, or is not closed. If
 * `mayFollow` returns true after no quote, the first quote closes the string.
 */
function scanQuotedString(cursor: Cursor, from: number, mayFollow: MayFollow): string {
  const { text, to } = cursor
  let firstQuote = -1
  let hasEscapes = false
  let hasEscapesBeforeFirstQuote = false
  const isKnownUnclosed = from >= (cursor.unclosedFrom?.get(mayFollow) ?? Number.POSITIVE_INFINITY)
  for (let i = from; i < to; i++) {
    const code = text.charCodeAt(i)
    if (code === BACKSLASH) {
      const next = i + 1 < to ? text.charCodeAt(i + 1) : -1
      if (next === QUOTE || next === BACKSLASH) {
        hasEscapes = true
        i++
      }
    } else if (code === QUOTE) {
      if (!isKnownUnclosed && (cursor.diagnostics.strict || mayFollow(cursor, i + 1)))
        return endString(cursor, from, i, firstQuote, hasEscapes)
      if (firstQuote < 0) {
        firstQuote = i
        hasEscapesBeforeFirstQuote = hasEscapes
        if (isKnownUnclosed) break
      }
    }
  }
  if (!isKnownUnclosed) {
    cursor.unclosedFrom ??= new Map()
    cursor.unclosedFrom.set(mayFollow, from)
  }
  if (firstQuote < 0) cursor.fail('E_QUOTE', 'A quoted string is not closed', from - 1)
  return endString(cursor, from, firstQuote, -1, hasEscapesBeforeFirstQuote)
}

/** Moves behind the closing quote at `end` and returns the value. `unescapedQuote` is an index inside it, or -1. */
function endString(
  cursor: Cursor,
  from: number,
  end: number,
  unescapedQuote: number,
  hasEscapes: boolean,
): string {
  if (unescapedQuote >= 0) {
    cursor.tolerate(
      'unescaped-quote',
      'E_QUOTE',
      'A quote inside a quoted string is not escaped',
      unescapedQuote,
    )
  }
  cursor.index = end + 1
  const value = cursor.text.slice(from, end)
  return hasEscapes ? removeEscapes(value) : value
}

function removeEscapes(value: string): string {
  let result = ''
  let from = 0
  let backslash = value.indexOf('\\')
  while (backslash >= 0) {
    const next = value.charCodeAt(backslash + 1)
    if (next === QUOTE || next === BACKSLASH) {
      result += value.slice(from, backslash)
      from = backslash + 1
      backslash = value.indexOf('\\', backslash + 2)
    } else {
      backslash = value.indexOf('\\', backslash + 1)
    }
  }
  return result + value.slice(from)
}

/** Returns the value in quotes, with `"` and `\` escaped. The caller must have excluded control characters. */
export function quote(value: string): string {
  if (!value.includes('"') && !value.includes('\\')) return `"${value}"`
  return `"${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`
}
