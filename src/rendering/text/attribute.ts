/** X-OCCI-Attribute: `name=value`, comma-separated (GFD.229 §4). */
import { isAlnumCode, isAttributeName11 } from '../characters.js'
import { quotedExcerpt } from '../error.js'
import { afterBlanks, afterName, type Cursor, gluedField, nameThen } from './cursor.js'
import type { RawAttributes } from './generic.js'
import { elementCounter, readElement, skipSeparators } from './list.js'
import { readValue, type ValueShape } from './value.js'

const shape: ValueShape = { follows: followsAttribute, bare: 'comma' }

export function attributeList(cursor: Cursor, into: RawAttributes): void {
  const count = elementCounter(cursor)
  while (skipSeparators(cursor)) {
    if (gluedField(cursor.text, cursor.at, cursor.to) !== undefined) return
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
    // What was read is only the start of the value.
    into.values.delete(name)
    into.lexemes.delete(name)
    throw error
  }
}

function startsAttribute({ text, to }: Cursor, index: number): boolean {
  return isAlnumCode(text.charCodeAt(index)) && nameThen(text, index, to, 61)
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
  if (end > from && equals < to && text.charCodeAt(equals) === 61 && isAlnumCode(text.charCodeAt(from))) {
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
    if (code === 61 || code === 44 || code === 59 || code === 34) break
    i++
  }
  const name = text.slice(from, i).trim()
  if (i >= to || text.charCodeAt(i) !== 61)
    cursor.fail('E_PARAM', `Expected name=value, found ${quotedExcerpt(name)}`, from)
  if (name === '') cursor.fail('E_PARAM', 'There is no name before "="', from)
  cursor.fail('E_ATTR_NAME', `${quotedExcerpt(name)} is not an attribute name`, from)
}

/** Moves to the next separator, or to a field that follows without one. */
function endOfAttribute(cursor: Cursor): void {
  cursor.skipBlanks()
  if (cursor.peek() === 59) {
    cursor.tolerate('semicolon-after-attribute', 'E_ATTR_VALUE', 'An attribute is followed by ";"')
    while (cursor.peek() === 59) {
      cursor.at++
      cursor.skipBlanks()
    }
  }
  if (cursor.done || cursor.peek() === 44 || dottedThen(cursor.text, cursor.at, cursor.to)) return
  if (gluedField(cursor.text, cursor.at, cursor.to) !== undefined) return
  cursor.fail('E_ATTR_VALUE', 'Expected "," or the end of the line after an attribute')
}

function followsAttribute(cursor: Cursor, index: number): boolean {
  const { text, to } = cursor
  let i = afterBlanks(text, index, to)
  const semicolon = i < to && text.charCodeAt(i) === 59
  while (i < to && text.charCodeAt(i) === 59) i = afterBlanks(text, i + 1, to)
  if (i >= to) return true
  if (semicolon && dottedThen(text, i, to)) return true
  if (text.charCodeAt(i) !== 44) return gluedField(text, i, to) !== undefined
  i = afterBlanks(text, i + 1, to)
  return i >= to || text.charCodeAt(i) === 44 || nameThen(text, i, to, 61)
}

/** Whether a name with a dot and `=` follow. Without a comma, other names may belong to a value. */
function dottedThen(text: string, from: number, to: number): boolean {
  return nameThen(text, from, to, 61) && text.slice(from, afterName(text, from, to)).includes('.')
}
