/**
 * Reads values of attributes: quoted strings, numbers, booleans, and what servers write beyond the grammar.
 */
import { readNumber } from '../../basics/numbers.js'
import type { AttributeValue } from '../../model/index.js'
import { isBlank } from '../characters.js'
import { quotedExcerpt } from '../error.js'
import type { Cursor } from './cursor.js'
import type { RawAttributes } from './generic.js'
import { type Follows, quotedString, singleQuotedString } from './quoted.js'

/** Where an unquoted value ends: at a comma in an attribute list, at `;` and blanks too in a link. */
type BareEnd = 'comma' | 'parameter'

export interface ValueShape {
  readonly follows: Follows
  readonly bare: BareEnd
}

/**
 * Reads the value after `name=` and stores it. Of a repeated name the last value wins; strict mode refuses
 * it.
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
  if (cursor.peek() === 34) {
    const value = quotedString(cursor, shape.follows)
    into.values.set(name, value)
    if (cursor.at - at !== value.length + 2) into.escaped.set(name, cursor.text.slice(at + 1, cursor.at - 1))
    return
  }
  if (cursor.peek() === 39) {
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

function bareWord(cursor: Cursor, { bare: end, follows }: ValueShape): string {
  const { text, to } = cursor
  const from = cursor.at
  const first = cursor.peek()
  // A comma or semicolon belongs to the value unless another attribute follows: the ACCORDS platform quotes none.
  const endsAt = (code: number, index: number) => (code === 44 || code === 59) && follows(cursor, index)
  // ooi prints lists and dictionaries as Python does, with commas inside.
  let i = (first === 91 || first === 123) && !cursor.unbalanced ? afterBrackets(cursor, from) : from
  while (i < to) {
    const code = text.charCodeAt(i)
    if (end === 'parameter' ? code === 44 || code === 59 || isBlank(code) : endsAt(code, i)) break
    i++
  }
  cursor.at = i
  let last = i
  while (last > from && isTrailing(text.charCodeAt(last - 1))) last--
  if (last < i) cursor.at = last
  return text.slice(from, last)
}

function isTrailing(code: number): boolean {
  return isBlank(code) || code === 59
}

function afterBrackets(cursor: Cursor, from: number): number {
  const { text, to } = cursor
  let depth = 0
  let quote = 0
  for (let i = from; i < to; i++) {
    const code = text.charCodeAt(i)
    if (quote !== 0) {
      if (code === 92) i++
      else if (code === quote) quote = 0
    } else if (code === 34 || code === 39) quote = code
    else if (code === 91 || code === 123) depth++
    else if (code === 93 || code === 125) {
      depth--
      if (depth === 0) return i + 1
    }
  }
  cursor.unbalanced = true
  return from
}
