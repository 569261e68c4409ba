/** Reads the parameters of one category or link: `;name=value;name="value"` (GFD.229 §4). */
import { APOSTROPHE, COMMA, isBlank, QUOTE, SEMICOLON } from '../characters.js'
import { quotedExcerpt } from '../error.js'
import { type Cursor, nextParameter, type StartsElement } from './cursor.js'
import { type MayFollow, readQuotedString, readSingleQuotedString } from './quoted.js'

/**
 * Reads parameters up to the next comma or the end of the field. `read` reads one of them; its argument is whether
 * a ";" precedes it, and it returns false if something other than a parameter begins there. A parameter that cannot
 * be read is recorded as lost, and reading continues with the next parameter, or ends at a comma before something
 * that `startsElement` recognises.
 */
export function readParameters(
  cursor: Cursor,
  startsElement: StartsElement,
  read: (isAfterSemicolon: boolean) => boolean,
): void {
  let isAfterSemicolon = false
  for (;;) {
    cursor.skipBlanks()
    const code = cursor.peek()
    if (code === -1 || code === COMMA) return
    if (code === SEMICOLON) {
      cursor.index++
      isAfterSemicolon = true
      continue
    }
    const from = cursor.index
    try {
      if (!read(isAfterSemicolon)) return
    } catch (error) {
      cursor.diagnostics.recoverFrom(error)
      cursor.index = nextParameter(cursor, Math.max(from, cursor.index), startsElement)
    }
    isAfterSemicolon = false
  }
}

/**
 * Reads the value of a parameter, which should be quoted. An unquoted value ends at `;`, at a comma, and at a blank
 * for which `endsAtBlank` returns true.
 */
export function readParameterValue(
  cursor: Cursor,
  name: string,
  mayFollow: MayFollow,
  endsAtBlank: (cursor: Cursor, index: number) => boolean,
): { readonly value: string; readonly isQuoted: boolean } {
  const quotedValue = readQuotedValue(cursor, mayFollow)
  if (quotedValue !== undefined) return { value: quotedValue, isQuoted: true }
  const { text, to } = cursor
  const from = cursor.index
  let end = from
  while (end < to) {
    const code = text.charCodeAt(end)
    if (code === SEMICOLON || code === COMMA || (isBlank(code) && endsAtBlank(cursor, end))) break
    end++
  }
  if (end === from) cursor.fail('E_PARAM', `The parameter ${quotedExcerpt(name)} has no value`, from)
  cursor.index = end
  return { value: text.slice(from, end).trim(), isQuoted: false }
}

/** Reads a value in double or single quotes; undefined if the value is not quoted. */
function readQuotedValue(cursor: Cursor, mayFollow: MayFollow): string | undefined {
  const code = cursor.peek()
  if (code === QUOTE) return readQuotedString(cursor, mayFollow)
  return code === APOSTROPHE ? readSingleQuotedString(cursor, mayFollow) : undefined
}

/** Whether a parameter has no value yet. If it has one, that is used, and the repetition is recorded as a deviation. */
export function isFirstValue(cursor: Cursor, existing: unknown, name: string, nameStart: number): boolean {
  if (existing === undefined) return true
  cursor.tolerate('duplicate-parameter', 'E_PARAM', `The parameter ${name} is given twice`, nameStart)
  return false
}
