/** Reads Link: `<target>; rel="…"; self="…"; category="…"; name=value`, comma-separated (GFD.229 §4). */
import { COLON, COMMA, GREATER_THAN, LESS_THAN, SEMICOLON, SLASH } from '../characters.js'
import { quotedExcerpt } from '../error.js'
import { readAttributeName } from './attribute.js'
import { afterBlanks, afterName, type Cursor, fieldAt, startsNameAndEquals } from './cursor.js'
import { readList, splitTypeIds } from './list.js'
import { emptyAttributes, type RawAttributes, type RawLink } from './message.js'
import { isFirstValue, readParameters, readParameterValue } from './parameters.js'
import { readValue, type ValueSyntax } from './value.js'

const valueSyntax: ValueSyntax = { mayFollow: mayFollowValue, field: 'link' }

/** Reads the links of a field. */
export function readLinks(cursor: Cursor, links: RawLink[]): void {
  readList(cursor, startsLink, () => links.push(readLink(cursor)))
}

function startsLink({ text, to }: Cursor, index: number): boolean {
  return startsUri(text, index, to)
}

/** The parameters of a link while they are read. */
interface LinkParameters {
  rel: readonly string[] | undefined
  self: string | undefined
  category: readonly string[] | undefined
  readonly attributes: RawAttributes
}

function readLink(cursor: Cursor): RawLink {
  const start = cursor.index
  const target = readTarget(cursor)
  const parameters: LinkParameters = {
    rel: undefined,
    self: undefined,
    category: undefined,
    attributes: emptyAttributes(),
  }
  readLinkParameters(cursor, parameters)
  if (parameters.rel === undefined) {
    cursor.tolerate('link-without-rel', 'E_LINK', `The link to ${quotedExcerpt(target)} has no rel`, start)
  }
  return {
    target,
    rel: parameters.rel ?? [],
    self: parameters.self,
    category: parameters.category,
    attributes: parameters.attributes,
    action: actionTerm(target),
  }
}

/** Reads the target, which should be in `<>`. */
function readTarget(cursor: Cursor): string {
  const { text, to } = cursor
  const from = cursor.index
  if (cursor.peek() === LESS_THAN) {
    let end = from + 1
    while (end < to && text.charCodeAt(end) !== GREATER_THAN) end++
    if (end >= to) cursor.fail('E_LINK', 'The target of a link is not closed by ">"', from)
    cursor.index = end + 1
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
  cursor.index = end
  return target
}

/** Returns the term after `?action=` in the target of an action. */
function actionTerm(target: string): string | undefined {
  const queryStart = target.indexOf('?action=')
  if (queryStart < 0) return undefined
  const from = queryStart + '?action='.length
  const end = target.indexOf('&', from)
  return target.slice(from, end < 0 ? target.length : end)
}

function readLinkParameters(cursor: Cursor, link: LinkParameters): void {
  readParameters(cursor, startsLink, (isAfterSemicolon) => {
    if (fieldAt(cursor.text, cursor.index, cursor.to) !== undefined) {
      cursor.tolerate('missing-line-end', 'E_PARAM', 'A field begins without a line end before it')
      return false
    }
    // rOCCI-server 0.5 joins link attributes with a blank.
    if (!isAfterSemicolon)
      cursor.tolerate('missing-semicolon', 'E_PARAM', 'There is no ";" between parameters')
    readLinkParameter(cursor, link)
    return true
  })
}

function readLinkParameter(cursor: Cursor, link: LinkParameters): void {
  const nameStart = cursor.index
  const name = readAttributeName(cursor)
  const valueStart = cursor.index
  switch (name) {
    case 'rel': {
      const value = readText(cursor, name)
      if (isFirstValue(cursor, link.rel, name, nameStart))
        link.rel = splitTypeIds(cursor, cursor.cache.relLists, value, valueStart)
      return
    }
    case 'self': {
      const value = readText(cursor, name)
      if (isFirstValue(cursor, link.self, name, nameStart)) link.self = value
      return
    }
    case 'category': {
      const value = readText(cursor, name)
      if (isFirstValue(cursor, link.category, name, nameStart))
        link.category = splitTypeIds(cursor, cursor.cache.relLists, value, valueStart)
      return
    }
    default:
      readValue(cursor, name, nameStart, valueSyntax, link.attributes)
  }
}

/** Reads a quoted or unquoted value: GFD.229's grammar has `category` without quotes, its examples with quotes. */
function readText(cursor: Cursor, name: string): string {
  return readParameterValue(cursor, name, mayFollowValue, precedesParameter).value
}

function precedesParameter({ text, to }: Cursor, index: number): boolean {
  return startsNameAndEquals(text, afterBlanks(text, index, to), to)
}

/** Whether a value may end before `index`. Unlike in a category, a comma ends it only before another link's target. */
function mayFollowValue(cursor: Cursor, index: number): boolean {
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
  return startsNameAndEquals(text, i, to) || fieldAt(text, i, to) !== undefined
}

/** Whether a URI or path begins at `from`: `<`, `/`, `scheme://` or `urn:`. */
export function startsUri(text: string, from: number, to: number): boolean {
  const code = text.charCodeAt(from)
  if (from >= to) return false
  if (code === LESS_THAN || code === SLASH) return true
  const end = afterName(text, from, to, 32)
  if (end === from || text.charCodeAt(end) !== COLON) return false
  return text.startsWith('//', end + 1) || text.startsWith('urn', from)
}
