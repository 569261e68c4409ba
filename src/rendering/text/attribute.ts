/** X-OCCI-Attribute: `name=value`, comma-separated (GFD.229 §4). */
import { COMMA, EQUALS, isAlnumCode, isAttributeName11, QUOTE, SEMICOLON } from '../characters.js'
import { quotedExcerpt } from '../error.js'
import { afterBlanks, afterName, type Cursor, fieldWithoutLineEnd, isNameBefore } from './cursor.js'
import type { RawAttributes } from './generic.js'
import { elementCounter, readElement, skipSeparators } from './list.js'
import { readValue, type ValueShape } from './value.js'

const shape: ValueShape = { follows: followsAttribute, bareEnd: 'comma' }

export function attributeList(cursor: Cursor, into: RawAttributes): void {
  const count = elementCounter(cursor)
  while (skipSeparators(cursor)) {
    if (fieldWithoutLineEnd(cursor.text, cursor.at, cursor.to) !== undefined) return
    count()
    readElement(cursor, () => attribute(cursor, into), startsAttribute)
  }
}

function attribute(cursor: Cursor, into: RawAttributes): void {
  const nameAt = cursor.at
  const name = attributeName(cursor)
  readValue(cursor, name, nameAt, shape, into)
  try {
    endOfAttribute(cursor)
  } catch (error) {
    // Only the start of the value was read.
    into.values.delete(name)
    into.lexemes.delete(name)
    throw error
  }
}

function startsAttribute({ text, to }: Cursor, index: number): boolean {
  return isAlnumCode(text.charCodeAt(index)) && isNameBefore(text, index, to, EQUALS)
}

/** Reads a name and the `=` after it. */
export function attributeName(cursor: Cursor): string {
  const { text, to } = cursor
  const { nameLength } = cursor.diagnostics.limits
  const from = cursor.at
  const end = afterName(text, from, to, nameLength + 1)
  if (end - from > nameLength)
    cursor.fail('E_LIMIT', `An attribute name is longer than ${nameLength} characters`, from)
  const equals = afterBlanks(text, end, to)
  if (end > from && equals < to && text.charCodeAt(equals) === EQUALS && isAlnumCode(text.charCodeAt(from))) {
    const name = text.slice(from, end)
    if (equals > end) cursor.tolerate('blank-before-equals', 'E_PARAM', 'There is a blank before "="', end)
    if (cursor.diagnostics.strict && cursor.diagnostics.version === '1.1' && !isAttributeName11(name)) {
      cursor.fail('E_ATTR_NAME', `${quotedExcerpt(name)} is not an OCCI 1.1 attribute name`, from)
    }
    cursor.at = equals + 1
    const after = afterBlanks(text, cursor.at, to)
    if (after > cursor.at && after < to) {
      cursor.tolerate('blank-after-equals', 'E_PARAM', 'There is a blank after "="', cursor.at)
      cursor.at = after
    }
    return name
  }
  return badName(cursor, from)
}

function badName(cursor: Cursor, from: number): never {
  const { text, to } = cursor
  let i = from
  while (i < to) {
    const code = text.charCodeAt(i)
    if (code === EQUALS || code === COMMA || code === SEMICOLON || code === QUOTE) break
    i++
  }
  const name = text.slice(from, i).trim()
  if (i >= to || text.charCodeAt(i) !== EQUALS)
    cursor.fail('E_PARAM', `Expected name=value, found ${quotedExcerpt(name)}`, from)
  if (name === '') cursor.fail('E_PARAM', 'There is no name before "="', from)
  cursor.fail('E_ATTR_NAME', `${quotedExcerpt(name)} is not an attribute name`, from)
}

/** Moves to the next separator, or to a field that follows without one. */
function endOfAttribute(cursor: Cursor): void {
  cursor.skipBlanks()
  if (cursor.peek() === SEMICOLON) {
    cursor.tolerate('semicolon-after-attribute', 'E_ATTR_VALUE', 'An attribute is followed by ";"')
    while (cursor.peek() === SEMICOLON) {
      cursor.at++
      cursor.skipBlanks()
    }
  }
  if (cursor.done || cursor.peek() === COMMA || isDottedName(cursor.text, cursor.at, cursor.to)) return
  if (fieldWithoutLineEnd(cursor.text, cursor.at, cursor.to) !== undefined) return
  cursor.fail('E_ATTR_VALUE', 'Expected "," or the end of the line after an attribute')
}

function followsAttribute(cursor: Cursor, index: number): boolean {
  const { text, to } = cursor
  let i = afterBlanks(text, index, to)
  const semicolon = i < to && text.charCodeAt(i) === SEMICOLON
  while (i < to && text.charCodeAt(i) === SEMICOLON) i = afterBlanks(text, i + 1, to)
  if (i >= to) return true
  if (semicolon && isDottedName(text, i, to)) return true
  if (text.charCodeAt(i) !== COMMA) return fieldWithoutLineEnd(text, i, to) !== undefined
  i = afterBlanks(text, i + 1, to)
  return i >= to || text.charCodeAt(i) === COMMA || isNameBefore(text, i, to, EQUALS)
}

/** Whether a name with a dot and `=` follow. Without a comma, other names may belong to a value. */
function isDottedName(text: string, from: number, to: number): boolean {
  return isNameBefore(text, from, to, EQUALS) && text.slice(from, afterName(text, from, to)).includes('.')
}
