import { COLON, COMMA, EQUALS, GREATER_THAN, LESS_THAN, SEMICOLON, SLASH } from '../characters.js'
import { quotedExcerpt } from '../error.js'
import { attributeName } from './attribute.js'
import { afterBlanks, afterName, type Cursor, fieldWithoutLineEnd, isNameBefore } from './cursor.js'
import { emptyAttributes, type RawAttributes, type RawLink } from './generic.js'
import { elementCounter, readElement, skipSeparators, typeIdList } from './list.js'
import { isFirst, parameterValue, readParameters } from './parameters.js'
import { readValue, type ValueShape } from './value.js'

const shape: ValueShape = { follows: followsParameter, bareEnd: 'parameter' }

export function linkList(cursor: Cursor, into: RawLink[]): void {
  const count = elementCounter(cursor)
  while (skipSeparators(cursor)) {
    if (fieldWithoutLineEnd(cursor.text, cursor.at, cursor.to) !== undefined) return
    count()
    readElement(cursor, () => into.push(link(cursor)), startsLink)
  }
}

function startsLink({ text, to }: Cursor, index: number): boolean {
  return startsUri(text, index, to)
}

interface Draft {
  rel: readonly string[] | undefined
  self: string | undefined
  category: readonly string[] | undefined
  readonly attributes: RawAttributes
}

function link(cursor: Cursor): RawLink {
  const start = cursor.at
  const target = linkTarget(cursor)
  const draft: Draft = { rel: undefined, self: undefined, category: undefined, attributes: emptyAttributes() }
  parameters(cursor, draft)
  if (draft.rel === undefined) {
    cursor.tolerate('link-without-rel', 'E_LINK', `The link to ${quotedExcerpt(target)} has no rel`, start)
  }
  return {
    target,
    rel: draft.rel ?? [],
    self: draft.self,
    category: draft.category,
    attributes: draft.attributes,
    action: actionOf(target),
  }
}

function linkTarget(cursor: Cursor): string {
  const { text, to } = cursor
  const from = cursor.at
  if (cursor.peek() === LESS_THAN) {
    let end = from + 1
    while (end < to && text.charCodeAt(end) !== GREATER_THAN) end++
    if (end >= to) cursor.fail('E_LINK', 'The target of a link is not closed by ">"', from)
    cursor.at = end + 1
    const target = text.slice(from + 1, end).trim()
    if (target === '') cursor.fail('E_LINK', 'A link has no target', from)
    return target
  }
  // MartServer's action links have no angle brackets (M3).
  let end = from
  while (end < to && text.charCodeAt(end) !== SEMICOLON && text.charCodeAt(end) !== COMMA) end++
  const target = text.slice(from, end).trim()
  if (!startsUri(text, from, to) || target.includes('"')) {
    cursor.fail('E_LINK', `Expected "<" and a target, found ${quotedExcerpt(target)}`, from)
  }
  cursor.tolerate('link-without-brackets', 'E_LINK', 'The target of a link is not in "<>"', from)
  cursor.at = end
  return target
}

function actionOf(target: string): string | undefined {
  const query = target.indexOf('?action=')
  if (query < 0) return undefined
  const from = query + 8
  const end = target.indexOf('&', from)
  return target.slice(from, end < 0 ? target.length : end)
}

function parameters(cursor: Cursor, draft: Draft): void {
  readParameters(cursor, startsLink, (afterSemicolon) => {
    if (fieldWithoutLineEnd(cursor.text, cursor.at, cursor.to) !== undefined) {
      cursor.tolerate('missing-line-end', 'E_PARAM', 'A field begins without a line end before it')
      return false
    }
    // rOCCI-server 0.5 joins link attributes with a blank.
    if (!afterSemicolon) cursor.tolerate('missing-semicolon', 'E_PARAM', 'There is no ";" between parameters')
    parameter(cursor, draft)
    return true
  })
}

function parameter(cursor: Cursor, draft: Draft): void {
  const nameAt = cursor.at
  const name = attributeName(cursor)
  const valueAt = cursor.at
  switch (name) {
    case 'rel': {
      const value = readText(cursor, name)
      if (isFirst(cursor, draft.rel, name, nameAt))
        draft.rel = typeIdList(cursor, cursor.cache.relLists, value, valueAt)
      return
    }
    case 'self': {
      const value = readText(cursor, name)
      if (isFirst(cursor, draft.self, name, nameAt)) draft.self = value
      return
    }
    case 'category': {
      const value = readText(cursor, name)
      if (isFirst(cursor, draft.category, name, nameAt))
        draft.category = typeIdList(cursor, cursor.cache.relLists, value, valueAt)
      return
    }
    default:
      readValue(cursor, name, nameAt, shape, draft.attributes)
  }
}

/** Accepts quoted and unquoted values: GFD.229's grammar has `category` without quotes, its examples with quotes. */
function readText(cursor: Cursor, name: string): string {
  return parameterValue(cursor, name, followsParameter, beforeParameter).value
}

function beforeParameter({ text, to }: Cursor, index: number): boolean {
  return isNameBefore(text, afterBlanks(text, index, to), to, EQUALS)
}

/** Unlike in a category, a comma counts as the end of the value only before the target of another link. */
function followsParameter(cursor: Cursor, index: number): boolean {
  const { text, to } = cursor
  let i = afterBlanks(text, index, to)
  if (i >= to) return true
  const code = text.charCodeAt(i)
  if (code === COMMA) {
    i = afterBlanks(text, i + 1, to)
    return i >= to || text.charCodeAt(i) === COMMA || startsUri(text, i, to)
  }
  if (code === SEMICOLON) {
    i = afterBlanks(text, i + 1, to)
    if (i >= to || text.charCodeAt(i) === SEMICOLON || text.charCodeAt(i) === COMMA) return true
  }
  return isNameBefore(text, i, to, EQUALS) || fieldWithoutLineEnd(text, i, to) !== undefined
}

/** Whether `<`, `/`, `scheme://` or `urn:` begins at an index. */
export function startsUri(text: string, from: number, to: number): boolean {
  const code = text.charCodeAt(from)
  if (from >= to) return false
  if (code === LESS_THAN || code === SLASH) return true
  const end = afterName(text, from, to, 32)
  if (end === from || text.charCodeAt(end) !== COLON) return false
  return text.startsWith('//', end + 1) || text.startsWith('urn', from)
}
