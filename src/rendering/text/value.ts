/**
 * Reads attribute values: quoted strings, numbers, booleans, and the non-standard forms that servers write.
 */
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
import type { RawAttributes } from './generic.js'
import { type Follows, quotedString, singleQuotedString } from './quoted.js'

/** Where an unquoted value ends: `comma` in an attribute list; `parameter` in a link also at `;` and blanks. */
type BareEnd = 'comma' | 'parameter'

export interface ValueShape {
  readonly follows: Follows
  readonly bareEnd: BareEnd
}

/**
 * Reads the value after `name=` and stores it. If a name is repeated, the last value wins; strict mode throws.
 */
export function readValue(
  cursor: Cursor,
  name: string,
  nameAt: number,
  shape: ValueShape,
  into: RawAttributes,
): void {
  cursor.skipBlanks()
  if (into.values.has(name)) {
    cursor.tolerate('duplicate-attribute', 'E_DUP_ATTR', `The attribute ${name} is given twice`, nameAt)
    into.lexemes.delete(name)
    into.escaped.delete(name)
  }
  const at = cursor.at
  if (cursor.peek() === QUOTE) {
    const value = quotedString(cursor, shape.follows)
    into.values.set(name, value)
    if (cursor.at - at !== value.length + 2) into.escaped.set(name, cursor.text.slice(at + 1, cursor.at - 1))
    return
  }
  if (cursor.peek() === APOSTROPHE) {
    const value = singleQuotedString(cursor, shape.follows)
    if (value !== undefined) {
      into.values.set(name, value)
      return
    }
  }
  const word = bareWord(cursor, shape)
  if (word === '') {
    if (!cursor.diagnostics.recovers) cursor.fail('E_ATTR_VALUE', `The attribute ${name} has no value`, at)
    cursor.tolerate('empty-value', 'E_ATTR_VALUE', `The attribute ${name} has no value`, at)
    into.values.set(name, '')
    return
  }
  into.values.set(name, bareValue(cursor, name, word, at, into))
}

function bareValue(
  cursor: Cursor,
  name: string,
  word: string,
  at: number,
  into: RawAttributes,
): AttributeValue {
  if (word === 'true') return true
  if (word === 'false') return false
  const number = readNumber(word)
  if (number === undefined) {
    if (word.includes('"') && !cursor.diagnostics.recovers)
      cursor.fail('E_ATTR_VALUE', `The value of ${name} has a quote in the middle`, at)
    cursor.tolerate(
      'unquoted-string',
      'E_ATTR_VALUE',
      `The value ${quotedExcerpt(word)} of ${name} is not quoted`,
      at,
    )
    return word
  }
  if (!number.plain) {
    cursor.tolerate(
      'odd-number',
      'E_ATTR_VALUE',
      `The number ${quotedExcerpt(word)} of ${name} is not plain decimal`,
      at,
    )
  }
  if (number.lexeme !== undefined) into.lexemes.set(name, number.lexeme)
  return number.value
}

function bareWord(cursor: Cursor, { bareEnd: end, follows }: ValueShape): string {
  const { text, to } = cursor
  const from = cursor.at
  const first = cursor.peek()
  // A comma or semicolon belongs to the value unless another attribute follows, since the ACCORDS platform quotes
  // no values.
  const endsAt = (code: number, index: number) =>
    (code === COMMA || code === SEMICOLON) && follows(cursor, index)
  // ooi prints lists and dictionaries in Python's form, which contains commas.
  let i =
    (first === OPEN_BRACKET || first === OPEN_BRACE) && !cursor.unbalanced
      ? afterBrackets(cursor, from)
      : from
  while (i < to) {
    const code = text.charCodeAt(i)
    if (end === 'parameter' ? code === COMMA || code === SEMICOLON || isBlank(code) : endsAt(code, i)) break
    i++
  }
  cursor.at = i
  let last = i
  while (last > from && isTrailing(text.charCodeAt(last - 1))) last--
  if (last < i) cursor.at = last
  return text.slice(from, last)
}

function isTrailing(code: number): boolean {
  return isBlank(code) || code === SEMICOLON
}

function afterBrackets(cursor: Cursor, from: number): number {
  const { text, to } = cursor
  let depth = 0
  let quote = 0
  for (let i = from; i < to; i++) {
    const code = text.charCodeAt(i)
    if (quote !== 0) {
      if (code === BACKSLASH) i++
      else if (code === quote) quote = 0
    } else if (code === QUOTE || code === APOSTROPHE) quote = code
    else if (code === OPEN_BRACKET || code === OPEN_BRACE) depth++
    else if (code === CLOSE_BRACKET || code === CLOSE_BRACE) {
      depth--
      if (depth === 0) return i + 1
    }
  }
  cursor.unbalanced = true
  return from
}
