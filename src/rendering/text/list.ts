/** Reads lists: comma-separated values of a field (RFC 9110 §5.6.1), and blank-separated words inside a value. */
import { COMMA, isBlank } from '../characters.js'
import { afterBlanks, type Cursor, fieldAt, type StartsElement } from './cursor.js'
import type { TextCache } from './parse-cache.js'

/**
 * Reads the elements of a comma-separated list up to the end, or to a field that follows without a line end. An
 * element that `read` cannot read is skipped, up to a comma before something that `startsElement` recognises.
 */
export function readList(cursor: Cursor, startsElement: StartsElement, read: () => void): void {
  const { elements } = cursor.diagnostics.limits
  for (let count = 1; skipSeparators(cursor); count++) {
    if (fieldAt(cursor.text, cursor.index, cursor.to) !== undefined) return
    if (count > elements) cursor.fail('E_LIMIT', `A list has more than ${elements} elements`)
    readElement(cursor, read, startsElement)
  }
}

/** Skips blanks and empty elements. Returns false at the end. */
function skipSeparators(cursor: Cursor): boolean {
  const { text, to } = cursor
  let i = cursor.index
  while (i < to) {
    const code = text.charCodeAt(i)
    if (code !== COMMA && !isBlank(code)) break
    i++
  }
  cursor.index = i
  return i < to
}

function readElement(cursor: Cursor, read: () => void, startsElement: StartsElement): void {
  const from = cursor.index
  try {
    read()
  } catch (error) {
    cursor.diagnostics.recoverFrom(error)
    cursor.index = nextElement(cursor, Math.max(from, cursor.index), startsElement)
  }
}

/** Returns the index of the next comma before an element, or the end. */
function nextElement(cursor: Cursor, from: number, startsElement: StartsElement): number {
  const { text, to } = cursor
  for (let comma = text.indexOf(',', from); comma >= 0 && comma < to; comma = text.indexOf(',', comma + 1)) {
    if (startsElement(cursor, afterBlanks(text, comma + 1, to))) return comma
  }
  return to
}

/** Splits a blank-separated list. */
export function splitAtBlanks(text: string): string[] {
  const words: string[] = []
  let i = 0
  while (i < text.length) {
    while (i < text.length && isBlank(text.charCodeAt(i))) i++
    const from = i
    while (i < text.length && !isBlank(text.charCodeAt(i))) i++
    if (i > from) words.push(text.slice(from, i))
  }
  return words
}

/**
 * Splits a list of type identifiers that begins at `textStart`. erocci writes them without a separator:
 * `…#networkinterfacehttp://…` (E11).
 */
export function splitTypeIds(
  cursor: Cursor,
  cache: TextCache<readonly string[]>,
  text: string,
  textStart: number,
): readonly string[] {
  const cached = cache.get(text)
  if (cached !== undefined) return cached
  const ids: string[] = []
  let isConcatenated = false
  for (const word of splitAtBlanks(text)) {
    const parts = splitConcatenatedIds(word)
    isConcatenated ||= parts.length > 1
    for (const part of parts) ids.push(part)
  }
  if (isConcatenated) {
    cursor.tolerate(
      'type-ids-run-together',
      'E_PARAM',
      'Type identifiers are not separated by blanks',
      textStart,
    )
    return ids
  }
  return cache.add(text, ids)
}

/** Splits a word before each `http://` or `https://` that follows a `#`. */
function splitConcatenatedIds(word: string): string[] {
  const parts: string[] = []
  let from = 0
  let hash = word.indexOf('#')
  while (hash >= 0) {
    const next = word.indexOf('http', hash + 2)
    if (next < 0) break
    if (word.startsWith('://', next + 4) || word.startsWith('s://', next + 4)) {
      parts.push(word.slice(from, next))
      from = next
      hash = word.indexOf('#', next)
    } else hash = next
  }
  parts.push(word.slice(from))
  return parts
}
