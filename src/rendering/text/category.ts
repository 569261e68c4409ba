/** Category: `term; scheme="…"; class="…"; …`, comma-separated (GFD.229 §4). */
import { type CategoryClass, isTerm11 } from '../../model/index.js'
import {
  COMMA,
  DOT,
  EQUALS,
  isAlnumCode,
  isAttributeName12,
  isBlank,
  isTermStop,
  MINUS,
  PLUS,
  SEMICOLON,
} from '../characters.js'
import { quotedExcerpt } from '../error.js'
import { afterBlanks, afterName, type Cursor, fieldWithoutLineEnd, parameterAhead } from './cursor.js'
import { definitionList } from './definitions.js'
import type { RawCategory } from './generic.js'
import { elementCounter, readElement, skipSeparators, typeIdList } from './list.js'
import { isFirst, parameterValue, readParameters } from './parameters.js'

export function categoryList(cursor: Cursor, into: RawCategory[]): void {
  const count = elementCounter(cursor)
  while (skipSeparators(cursor)) {
    if (fieldWithoutLineEnd(cursor.text, cursor.at, cursor.to) !== undefined) return
    count()
    readElement(cursor, () => into.push(category(cursor)), startsCategory)
  }
}

function category(cursor: Cursor): RawCategory {
  const start = cursor.at
  const draft: RawCategory = {
    term: term(cursor),
    scheme: undefined,
    class: undefined,
    title: undefined,
    rel: undefined,
    location: undefined,
    attributes: undefined,
    actions: undefined,
  }
  parameters(cursor, draft)
  draft.scheme = checkedScheme(cursor, draft, start)
  if (draft.class === undefined) {
    cursor.tolerate(
      'missing-class',
      'E_CLASS',
      `The category ${quotedExcerpt(draft.term)} has no class`,
      start,
    )
  }
  return draft
}

function term(cursor: Cursor): string {
  const { text, to } = cursor
  const from = cursor.at
  let i = from
  while (i < to && !isTermStop(text.charCodeAt(i))) i++
  if (i < to && text.charCodeAt(i) !== SEMICOLON && text.charCodeAt(i) !== COMMA) {
    cursor.fail(
      'E_TERM',
      `${quotedExcerpt(text.slice(from, Math.min(to, i + 20)))} does not begin with a term`,
      from,
    )
  }
  let end = i
  while (end > from && isBlank(text.charCodeAt(end - 1))) end--
  const found = text.slice(from, end)
  if (found === '') cursor.fail('E_TERM', 'A category has no term', from)
  if (found.length > cursor.diagnostics.limits.nameLength) cursor.fail('E_LIMIT', 'A term is too long', from)
  checkTerm(cursor, found, from)
  cursor.at = i
  return found
}

/** Tolerates terms with blanks, brackets and capitals, which real servers use (Q39). */
function checkTerm(cursor: Cursor, found: string, at: number): void {
  const { strict, version } = cursor.diagnostics
  if (strict && version === '1.1' && !isTerm11(found)) {
    cursor.fail('E_TERM', `${quotedExcerpt(found)} is not an OCCI 1.1 term`, at)
  }
  if (!isAttributeName12(found)) {
    cursor.tolerate('odd-term', 'E_TERM', `${quotedExcerpt(found)} is not a term of OCCI 1.2`, at)
  }
}

function parameters(cursor: Cursor, draft: RawCategory): void {
  const { text, to } = cursor
  readParameters(cursor, startsCategory, (afterSemicolon) => {
    const nameAt = cursor.at
    if (!parameterAhead(cursor, nameAt)) {
      readNonParameter(cursor, draft)
      return false
    }
    const { nameEnd, equalsAt } = cursor
    if (!afterSemicolon) cursor.tolerate('missing-semicolon', 'E_PARAM', 'There is no ";" between parameters')
    cursor.at = afterBlanks(text, equalsAt + 1, to)
    parameter(cursor, draft, parameterName(text, nameAt, nameEnd), nameAt)
    return true
  })
}

/** Accepts another field (M5) or category (M3) that follows without a separator; throws for anything else. */
function readNonParameter(cursor: Cursor, draft: RawCategory): void {
  if (fieldWithoutLineEnd(cursor.text, cursor.at, cursor.to) !== undefined) {
    cursor.tolerate('missing-line-end', 'E_PARAM', 'A field begins without a line end before it')
  } else if (draft.scheme !== undefined && startsCategory(cursor, cursor.at)) {
    cursor.tolerate('categories-run-together', 'E_PARAM', 'Categories are not separated by a comma')
  } else {
    cursor.fail('E_PARAM', 'Expected ";" and a parameter')
  }
}

const parameterNames = ['scheme', 'class', 'title', 'rel', 'location', 'attributes', 'actions'] as const

/** Compares in place rather than slicing, since a large model has many thousands of parameters. */
function parameterName(text: string, from: number, to: number): string {
  for (const name of parameterNames) {
    if (name.length === to - from && text.startsWith(name, from)) return name
  }
  return text.slice(from, to)
}

function parameter(cursor: Cursor, draft: RawCategory, name: string, nameAt: number): void {
  const valueAt = cursor.at
  const value = readText(cursor, name)
  switch (name) {
    case 'scheme':
      if (isFirst(cursor, draft.scheme, name, nameAt)) draft.scheme = value
      return
    case 'class':
      if (isFirst(cursor, draft.class, name, nameAt)) draft.class = categoryClass(cursor, value, valueAt)
      return
    case 'title':
      if (isFirst(cursor, draft.title, name, nameAt)) draft.title = value
      return
    case 'rel':
      if (isFirst(cursor, draft.rel, name, nameAt))
        draft.rel = typeIdList(cursor, cursor.cache.relLists, value, valueAt)
      return
    case 'location':
      if (isFirst(cursor, draft.location, name, nameAt)) draft.location = value
      return
    case 'attributes':
      if (isFirst(cursor, draft.attributes, name, nameAt))
        draft.attributes = definitionList(cursor, value, valueAt)
      return
    case 'actions':
      if (isFirst(cursor, draft.actions, name, nameAt))
        draft.actions = typeIdList(cursor, cursor.cache.actionLists, value, valueAt)
      return
    default:
      cursor.tolerate(
        'unknown-parameter',
        'E_PARAM',
        `A category has no parameter ${quotedExcerpt(name)}`,
        nameAt,
      )
  }
}

function readText(cursor: Cursor, name: string): string {
  const at = cursor.at
  const { value, quoted } = parameterValue(cursor, name, followsParameter, () => true)
  if (!quoted && name !== 'class') {
    cursor.tolerate('unquoted-parameter', 'E_PARAM', `The value of ${quotedExcerpt(name)} is not quoted`, at)
  }
  return value
}

function categoryClass(cursor: Cursor, value: string, at: number): CategoryClass {
  if (value === 'kind' || value === 'mixin' || value === 'action') return value
  cursor.fail('E_CLASS', `${quotedExcerpt(value)} is not a class; it is kind, mixin or action`, at)
}

/**
 * Returns the scheme after checking it. rOCCI's compatibility mode repeats the term at the end of the scheme. In a
 * response the scheme is kept as written, as in JSON: erocci has both `…/backend#` and `…/backend#vmimage`, each
 * with the term vmimage.
 */
function checkedScheme(cursor: Cursor, draft: RawCategory, schemeAt: number): string {
  const { scheme } = draft
  if (scheme === undefined || scheme === '') {
    cursor.fail('E_SCHEME', `The category ${quotedExcerpt(draft.term)} has no scheme`, schemeAt)
  }
  const hash = scheme.indexOf('#')
  if (hash >= 0 && hash < scheme.length - 1) {
    const repeats = scheme.slice(hash + 1) === draft.term
    if (!repeats && !cursor.diagnostics.recovers) {
      cursor.fail('E_SCHEME', `The scheme ${quotedExcerpt(scheme)} continues after "#"`, schemeAt)
    }
    const message = repeats
      ? 'The scheme repeats the term'
      : `The scheme ${quotedExcerpt(scheme)} continues after "#"`
    cursor.tolerate('term-in-scheme', 'E_SCHEME', message, schemeAt)
    return cursor.diagnostics.recovers ? scheme : scheme.slice(0, hash + 1)
  }
  if (!isAbsolute(scheme)) {
    cursor.tolerate(
      'relative-scheme',
      'E_SCHEME',
      `The scheme ${quotedExcerpt(scheme)} is not an absolute URI`,
      schemeAt,
    )
  }
  return scheme
}

function isAbsolute(uri: string): boolean {
  if (uri.startsWith('http://')) return true
  const colon = uri.indexOf(':')
  if (colon <= 0) return false
  for (let i = 0; i < colon; i++) {
    const code = uri.charCodeAt(i)
    if (!isAlnumCode(code) && (i === 0 || (code !== PLUS && code !== MINUS && code !== DOT))) return false
  }
  return true
}

function followsParameter(cursor: Cursor, index: number): boolean {
  const { text, to } = cursor
  let i = afterBlanks(text, index, to)
  if (i >= to) return true
  const code = text.charCodeAt(i)
  const separator = code === SEMICOLON || code === COMMA
  if (separator) i = afterBlanks(text, i + 1, to)
  if (i >= to) return true
  const next = text.charCodeAt(i)
  if (next === SEMICOLON || next === COMMA) return true
  if (parameterAhead(cursor, i)) return code !== COMMA
  return fieldWithoutLineEnd(text, i, to) !== undefined || startsCategory(cursor, i)
}

/** Whether a term, `;` and a parameter follow, which distinguishes a category from the rest of a title. */
function startsCategory(cursor: Cursor, from: number): boolean {
  const { text, to } = cursor
  const end = Math.min(to, from + 256)
  let i = from
  while (i < end && !isTermStop(text.charCodeAt(i))) i++
  if (i === from || i >= end || text.charCodeAt(i) !== SEMICOLON) return false
  const name = afterBlanks(text, i + 1, to)
  const nameEnd = afterName(text, name, to, 16)
  const equals = afterBlanks(text, nameEnd, to)
  return nameEnd > name && equals < to && text.charCodeAt(equals) === EQUALS
}
