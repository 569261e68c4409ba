/** Comma-separated lists: one field with many values equals many fields (RFC 9110 §5.6.1). */
import { COMMA, isBlank } from '../characters.js'
import { afterBlanks, type Cursor, type StartsElement } from './cursor.js'
import type { TextCache } from './memory.js'

/** Skips blanks and empty elements. Returns false at the end. */
export function skipSeparators(cursor: Cursor): boolean {
  const { text, to } = cursor
  let i = cursor.at
  while (i < to) {
    const code = text.charCodeAt(i)
    if (code !== COMMA && !isBlank(code)) break
    i++
  }
  cursor.at = i
  return i < to
}

/**
 * Reads one element. An unreadable one is left out, and reading continues after the next comma where
 * `starts` recognises an element.
 */
export function readElement(cursor: Cursor, read: () => void, startsElement: StartsElement): void {
  const from = cursor.at
  try {
    read()
  } catch (error) {
    cursor.diagnostics.recoverFrom(error)
    cursor.at = nextElement(cursor, Math.max(from, cursor.at), startsElement)
  }
}

function nextElement(cursor: Cursor, from: number, startsElement: StartsElement): number {
  const { text, to } = cursor
  for (let comma = text.indexOf(',', from); comma >= 0 && comma < to; comma = text.indexOf(',', comma + 1)) {
    if (startsElement(cursor, afterBlanks(text, comma + 1, to))) return comma
  }
  return to
}

export function elementCounter(cursor: Cursor): () => void {
  const { elements } = cursor.diagnostics.limits
  let count = 0
  return () => {
    if (++count > elements) cursor.fail('E_LIMIT', `A list has more than ${elements} elements`)
  }
}

/** Splits a blank-separated list. */
export function words(text: string): string[] {
  const found: string[] = []
  let i = 0
  while (i < text.length) {
    while (i < text.length && isBlank(text.charCodeAt(i))) i++
    const from = i
    while (i < text.length && !isBlank(text.charCodeAt(i))) i++
    if (i > from) found.push(text.slice(from, i))
  }
  return found
}

/**
 * Splits a list of type identifiers. erocci joins them without a separator: `…#networkinterfacehttp://…`
 * (E11).
 */
export function typeIdList(
  cursor: Cursor,
  cache: TextCache<readonly string[]>,
  text: string,
  at: number,
): readonly string[] {
  const cached = cache.get(text)
  if (cached !== undefined) return cached
  const ids: string[] = []
  let hasRunTogether = false
  for (const word of words(text)) {
    const parts = splitRunTogether(word)
    hasRunTogether ||= parts.length > 1
    for (const part of parts) ids.push(part)
  }
  if (hasRunTogether) {
    cursor.tolerate('type-ids-run-together', 'E_PARAM', 'Type identifiers are not separated by blanks', at)
    return ids
  }
  return cache.add(text, ids)
}

function splitRunTogether(word: string): string[] {
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
