/** The parameters of one category or link: `;name=value;name="value"` (GFD.229 §4). */
import { APOSTROPHE, COMMA, isBlank, QUOTE, SEMICOLON } from '../characters.js'
import { quotedExcerpt } from '../error.js'
import { type Cursor, nextParameter, type StartsElement } from './cursor.js'
import { type Follows, quotedString, singleQuotedString } from './quoted.js'

/**
 * Reads parameters up to the next comma or the end of the field. `read` reads one of them; it receives whether
 * a ";" came before, and returns false where something other than a parameter begins. A parameter that cannot
 * be read is recorded as lost. Reading continues with the next parameter, or ends at a comma before an element
 * that `startsElement` recognises.
 */
export function readParameters(
  cursor: Cursor,
  startsElement: StartsElement,
  read: (afterSemicolon: boolean) => boolean,
): void {
  let afterSemicolon = false
  for (;;) {
    cursor.skipBlanks()
    const code = cursor.peek()
    if (code === -1 || code === COMMA) return
    if (code === SEMICOLON) {
      cursor.at++
      afterSemicolon = true
      continue
    }
    const from = cursor.at
    try {
      if (!read(afterSemicolon)) return
    } catch (error) {
      cursor.diagnostics.recoverFrom(error)
      cursor.at = nextParameter(cursor, Math.max(from, cursor.at), startsElement)
    }
    afterSemicolon = false
  }
}

/**
 * Reads the value of a parameter, which should be quoted. An unquoted value ends at `;`, at a comma, and at a blank
 * for which `endsAtBlank` returns true.
 */
export function parameterValue(
  cursor: Cursor,
  name: string,
  follows: Follows,
  endsAtBlank: (cursor: Cursor, index: number) => boolean,
): { readonly value: string; readonly quoted: boolean } {
  const quoted = quotedValue(cursor, follows)
  if (quoted !== undefined) return { value: quoted, quoted: true }
  const { text, to } = cursor
  const from = cursor.at
  let i = from
  while (i < to) {
    const code = text.charCodeAt(i)
    if (code === SEMICOLON || code === COMMA || (isBlank(code) && endsAtBlank(cursor, i))) break
    i++
  }
  if (i === from) cursor.fail('E_PARAM', `The parameter ${quotedExcerpt(name)} has no value`, from)
  cursor.at = i
  return { value: text.slice(from, i).trim(), quoted: false }
}

/** A value in double or single quotes; undefined if the value is not quoted. */
function quotedValue(cursor: Cursor, follows: Follows): string | undefined {
  const code = cursor.peek()
  if (code === QUOTE) return quotedString(cursor, follows)
  return code === APOSTROPHE ? singleQuotedString(cursor, follows) : undefined
}

/** Whether a parameter has no value yet. The first value is used; a further one is a deviation. */
export function isFirst(cursor: Cursor, earlier: unknown, name: string, at: number): boolean {
  if (earlier === undefined) return true
  cursor.tolerate('duplicate-parameter', 'E_PARAM', `The parameter ${name} is given twice`, at)
  return false
}
