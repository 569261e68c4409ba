/** Reads X-OCCI-Attribute: `name=value`, comma-separated (GFD.229 §4). */
import { COMMA, EQUALS, isAttributeName11, isLetterOrDigit, QUOTE, SEMICOLON } from '../characters.js'
import { quotedExcerpt } from '../error.js'
import { afterBlanks, afterName, type Cursor, fieldAt, startsNameAndEquals } from './cursor.js'
import { readList } from './list.js'
import type { RawAttributes } from './message.js'
import { readValue, type ValueSyntax } from './value.js'

const valueSyntax: ValueSyntax = { mayFollow: mayFollowValue, field: 'attribute' }

/** Reads the attributes of a field. */
export function readAttributes(cursor: Cursor, attributes: RawAttributes): void {
  readList(cursor, startsAttribute, () => readAttribute(cursor, attributes))
}

function readAttribute(cursor: Cursor, attributes: RawAttributes): void {
  const nameStart = cursor.index
  const name = readAttributeName(cursor)
  readValue(cursor, name, nameStart, valueSyntax, attributes)
  try {
    readEndOfAttribute(cursor)
  } catch (error) {
    // Other text follows, so only the beginning of the value was read.
    attributes.values.delete(name)
    attributes.lexemes.delete(name)
    attributes.escaped.delete(name)
    throw error
  }
}

function startsAttribute({ text, to }: Cursor, index: number): boolean {
  return isLetterOrDigit(text.charCodeAt(index)) && startsNameAndEquals(text, index, to)
}

/** Reads a name, the `=` after it, and blanks around the `=`, which are a deviation. */
export function readAttributeName(cursor: Cursor): string {
  const { text, to } = cursor
  const { nameLength } = cursor.diagnostics.limits
  const from = cursor.index
  const end = afterName(text, from, to, nameLength + 1)
  if (end - from > nameLength)
    cursor.fail('E_LIMIT', `An attribute name is longer than ${nameLength} characters`, from)
  const equals = afterBlanks(text, end, to)
  if (
    end > from &&
    equals < to &&
    text.charCodeAt(equals) === EQUALS &&
    isLetterOrDigit(text.charCodeAt(from))
  ) {
    const name = text.slice(from, end)
    if (equals > end) cursor.tolerate('blank-before-equals', 'E_PARAM', 'There is a blank before "="', end)
    if (cursor.diagnostics.strict && cursor.diagnostics.version === '1.1' && !isAttributeName11(name)) {
      cursor.fail('E_ATTR_NAME', `${quotedExcerpt(name)} is not an OCCI 1.1 attribute name`, from)
    }
    cursor.index = equals + 1
    const valueStart = afterBlanks(text, cursor.index, to)
    if (valueStart > cursor.index && valueStart < to) {
      cursor.tolerate('blank-after-equals', 'E_PARAM', 'There is a blank after "="', cursor.index)
      cursor.index = valueStart
    }
    return name
  }
  return failAtName(cursor, from)
}

/** Throws the error for text that is not a name followed by `=`. */
function failAtName(cursor: Cursor, from: number): never {
  const { text, to } = cursor
  let end = from
  while (end < to) {
    const code = text.charCodeAt(end)
    if (code === EQUALS || code === COMMA || code === SEMICOLON || code === QUOTE) break
    end++
  }
  const name = text.slice(from, end).trim()
  if (end >= to || text.charCodeAt(end) !== EQUALS)
    cursor.fail('E_PARAM', `Expected name=value, found ${quotedExcerpt(name)}`, from)
  if (name === '') cursor.fail('E_PARAM', 'There is no name before "="', from)
  cursor.fail('E_ATTR_NAME', `${quotedExcerpt(name)} is not an attribute name`, from)
}

/** Moves to the comma, attribute or field that follows a value, or to the end. Throws for other text. */
function readEndOfAttribute(cursor: Cursor): void {
  cursor.skipBlanks()
  if (cursor.peek() === SEMICOLON) {
    cursor.tolerate('semicolon-after-attribute', 'E_ATTR_VALUE', 'An attribute is followed by ";"')
    while (cursor.peek() === SEMICOLON) {
      cursor.index++
      cursor.skipBlanks()
    }
  }
  if (cursor.isAtEnd || cursor.peek() === COMMA || startsDottedName(cursor.text, cursor.index, cursor.to))
    return
  if (fieldAt(cursor.text, cursor.index, cursor.to) !== undefined) return
  cursor.fail('E_ATTR_VALUE', 'Expected "," or the end of the line after an attribute')
}

/**
 * Whether a value may end before `index`: the end, a field, or an attribute after a comma follows. After a semicolon,
 * an attribute needs no comma if its name has a dot.
 */
function mayFollowValue(cursor: Cursor, index: number): boolean {
  const { text, to } = cursor
  let i = afterBlanks(text, index, to)
  const hasSemicolon = i < to && text.charCodeAt(i) === SEMICOLON
  while (i < to && text.charCodeAt(i) === SEMICOLON) i = afterBlanks(text, i + 1, to)
  if (i >= to) return true
  if (hasSemicolon && startsDottedName(text, i, to)) return true
  if (text.charCodeAt(i) !== COMMA) return fieldAt(text, i, to) !== undefined
  i = afterBlanks(text, i + 1, to)
  return i >= to || text.charCodeAt(i) === COMMA || startsNameAndEquals(text, i, to)
}

/** Whether a name with a dot, and `=`, begin at `from`. A name without a dot may belong to an unquoted value. */
function startsDottedName(text: string, from: number, to: number): boolean {
  return startsNameAndEquals(text, from, to) && text.slice(from, afterName(text, from, to)).includes('.')
}
