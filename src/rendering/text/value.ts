/** Reads attribute values: quoted strings, numbers, booleans, and the non-standard forms that servers write. */
import { readNumber } from '../../basics/numbers.js'
import type { AttributeValue } from '../../model/index.js'
import {
  APOSTROPHE,
  BACKSLASH,
  CLOSE_BRACE,
  CLOSE_BRACKET,
  COMMA,
  isBlank,
  OPEN_BRACE,
  OPEN_BRACKET,
  QUOTE,
  SEMICOLON,
} from '../characters.js'
import { quotedExcerpt } from '../error.js'
import type { Cursor } from './cursor.js'
import type { RawAttributes } from './message.js'
import { type MayFollow, readQuotedString, readSingleQuotedString } from './quoted.js'

/** How values are delimited, which differs between X-OCCI-Attribute and the parameters of a link. */
export interface ValueSyntax {
  /** What may follow a quoted value. In X-OCCI-Attribute it also decides which comma ends an unquoted one. */
  readonly mayFollow: MayFollow
  readonly field: 'attribute' | 'link'
}

/** Reads the value after `name=` and stores it. The last value of a repeated name wins; strict mode throws. */
export function readValue(
  cursor: Cursor,
  name: string,
  nameStart: number,
  syntax: ValueSyntax,
  attributes: RawAttributes,
): void {
  cursor.skipBlanks()
  if (attributes.values.has(name)) {
    cursor.tolerate('duplicate-attribute', 'E_DUP_ATTR', `The attribute ${name} is given twice`, nameStart)
    attributes.lexemes.delete(name)
    attributes.escaped.delete(name)
  }
  const valueStart = cursor.index
  if (cursor.peek() === QUOTE) {
    const value = readQuotedString(cursor, syntax.mayFollow)
    attributes.values.set(name, value)
    const writtenLength = cursor.index - valueStart - 2
    if (writtenLength !== value.length) {
      attributes.escaped.set(name, cursor.text.slice(valueStart + 1, cursor.index - 1))
    }
    return
  }
  if (cursor.peek() === APOSTROPHE) {
    const value = readSingleQuotedString(cursor, syntax.mayFollow)
    if (value !== undefined) {
      attributes.values.set(name, value)
      return
    }
  }
  const text = readUnquoted(cursor, syntax)
  if (text === '') {
    if (!cursor.diagnostics.recovers)
      cursor.fail('E_ATTR_VALUE', `The attribute ${name} has no value`, valueStart)
    cursor.tolerate('empty-value', 'E_ATTR_VALUE', `The attribute ${name} has no value`, valueStart)
    attributes.values.set(name, '')
    return
  }
  attributes.values.set(name, convertUnquoted(cursor, name, text, valueStart, attributes))
}

/** Converts an unquoted value to a boolean or number. Other values remain text, which is a deviation. */
function convertUnquoted(
  cursor: Cursor,
  name: string,
  text: string,
  valueStart: number,
  attributes: RawAttributes,
): AttributeValue {
  if (text === 'true') return true
  if (text === 'false') return false
  const number = readNumber(text)
  if (number === undefined) {
    if (text.includes('"') && !cursor.diagnostics.recovers)
      cursor.fail('E_ATTR_VALUE', `The value of ${name} has a quote in the middle`, valueStart)
    cursor.tolerate(
      'unquoted-string',
      'E_ATTR_VALUE',
      `The value ${quotedExcerpt(text)} of ${name} is not quoted`,
      valueStart,
    )
    return text
  }
  if (!number.isPlain) {
    cursor.tolerate(
      'odd-number',
      'E_ATTR_VALUE',
      `The number ${quotedExcerpt(text)} of ${name} is not plain decimal`,
      valueStart,
    )
  }
  if (number.lexeme !== undefined) attributes.lexemes.set(name, number.lexeme)
  return number.value
}

/** Reads up to the next separator. Blanks and semicolons at the end are not part of the value. */
function readUnquoted(cursor: Cursor, syntax: ValueSyntax): string {
  const { text, to } = cursor
  const from = cursor.index
  const first = cursor.peek()
  let end = from
  // ooi prints lists and dictionaries in Python's form, which contains commas.
  if ((first === OPEN_BRACKET || first === OPEN_BRACE) && !cursor.hasUnclosedBracket) {
    end = afterBrackets(cursor, from)
  }
  while (end < to && !endsUnquoted(cursor, end, syntax)) end++
  while (end > from && isBlankOrSemicolon(text.charCodeAt(end - 1))) end--
  cursor.index = end
  return text.slice(from, end)
}

function endsUnquoted(cursor: Cursor, index: number, syntax: ValueSyntax): boolean {
  const code = cursor.text.charCodeAt(index)
  if (syntax.field === 'link') return code === COMMA || isBlankOrSemicolon(code)
  // A comma or semicolon belongs to the value unless another attribute follows, since the ACCORDS platform quotes
  // no values.
  return (code === COMMA || code === SEMICOLON) && syntax.mayFollow(cursor, index)
}

function isBlankOrSemicolon(code: number): boolean {
  return isBlank(code) || code === SEMICOLON
}

/** Returns the index after the bracket that closes the one at `from`, or `from` if it is never closed. */
function afterBrackets(cursor: Cursor, from: number): number {
  const { text, to } = cursor
  let depth = 0
  let openQuote = 0
  for (let i = from; i < to; i++) {
    const code = text.charCodeAt(i)
    if (openQuote !== 0) {
      if (code === BACKSLASH) i++
      else if (code === openQuote) openQuote = 0
    } else if (code === QUOTE || code === APOSTROPHE) openQuote = code
    else if (code === OPEN_BRACKET || code === OPEN_BRACE) depth++
    else if (code === CLOSE_BRACKET || code === CLOSE_BRACE) {
      depth--
      if (depth === 0) return i + 1
    }
  }
  cursor.hasUnclosedBracket = true
  return from
}
