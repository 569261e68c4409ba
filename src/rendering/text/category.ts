/** Reads Category: `term; scheme="…"; class="…"; …`, comma-separated (GFD.229 §4). */
import { type CategoryClass, isTerm11 } from '../../model/index.js'
import {
  COMMA,
  DOT,
  EQUALS,
  endsTerm,
  isAttributeName12,
  isBlank,
  isLetterOrDigit,
  MINUS,
  PLUS,
  SEMICOLON,
} from '../characters.js'
import { quotedExcerpt } from '../error.js'
import { afterBlanks, afterName, type Cursor, fieldAt, maxNameLookAhead, startsParameter } from './cursor.js'
import { readDefinitions } from './definitions.js'
import { readList, splitTypeIds } from './list.js'
import type { RawCategory } from './message.js'
import { isFirstValue, readParameters, readParameterValue } from './parameters.js'

/** Reads the categories of a field. */
export function readCategories(cursor: Cursor, categories: RawCategory[]): void {
  readList(cursor, startsCategory, () => categories.push(readCategory(cursor)))
}

function readCategory(cursor: Cursor): RawCategory {
  const start = cursor.index
  const category: RawCategory = {
    term: readTerm(cursor),
    scheme: undefined,
    class: undefined,
    title: undefined,
    rel: undefined,
    location: undefined,
    attributes: undefined,
    actions: undefined,
  }
  readCategoryParameters(cursor, category)
  category.scheme = checkedScheme(cursor, category, start)
  if (category.class === undefined) {
    cursor.tolerate(
      'missing-class',
      'E_CLASS',
      `The category ${quotedExcerpt(category.term)} has no class`,
      start,
    )
  }
  return category
}

/** Reads up to the `;` or comma after a term. */
function readTerm(cursor: Cursor): string {
  const { text, to } = cursor
  const from = cursor.index
  let stop = from
  while (stop < to && !endsTerm(text.charCodeAt(stop))) stop++
  if (stop < to && text.charCodeAt(stop) !== SEMICOLON && text.charCodeAt(stop) !== COMMA) {
    cursor.fail(
      'E_TERM',
      `${quotedExcerpt(text.slice(from, Math.min(to, stop + 20)))} does not begin with a term`,
      from,
    )
  }
  let end = stop
  while (end > from && isBlank(text.charCodeAt(end - 1))) end--
  const term = text.slice(from, end)
  if (term === '') cursor.fail('E_TERM', 'A category has no term', from)
  if (term.length > cursor.diagnostics.limits.nameLength) cursor.fail('E_LIMIT', 'A term is too long', from)
  checkTerm(cursor, term, from)
  cursor.index = stop
  return term
}

/**
 * Tolerates terms with blanks, brackets and capitals, which real servers use (Q39). OCCI 1.2 has the same grammar for
 * terms as for attribute names.
 */
function checkTerm(cursor: Cursor, term: string, start: number): void {
  const { strict, version } = cursor.diagnostics
  if (strict && version === '1.1' && !isTerm11(term)) {
    cursor.fail('E_TERM', `${quotedExcerpt(term)} is not an OCCI 1.1 term`, start)
  }
  if (!isAttributeName12(term)) {
    cursor.tolerate('odd-term', 'E_TERM', `${quotedExcerpt(term)} is not a term of OCCI 1.2`, start)
  }
}

function readCategoryParameters(cursor: Cursor, category: RawCategory): void {
  const { text, to } = cursor
  readParameters(cursor, startsCategory, (isAfterSemicolon) => {
    const nameStart = cursor.index
    if (!startsParameter(cursor, nameStart)) {
      checkEndOfCategory(cursor, category)
      return false
    }
    const { nameEnd, equalsIndex } = cursor
    if (!isAfterSemicolon)
      cursor.tolerate('missing-semicolon', 'E_PARAM', 'There is no ";" between parameters')
    cursor.index = afterBlanks(text, equalsIndex + 1, to)
    readCategoryParameter(cursor, category, parameterName(text, nameStart, nameEnd), nameStart)
    return true
  })
}

/** Accepts another field (M5) or category (M3) that follows without a separator; throws for anything else. */
function checkEndOfCategory(cursor: Cursor, category: RawCategory): void {
  if (fieldAt(cursor.text, cursor.index, cursor.to) !== undefined) {
    cursor.tolerate('missing-line-end', 'E_PARAM', 'A field begins without a line end before it')
  } else if (category.scheme !== undefined && startsCategory(cursor, cursor.index)) {
    cursor.tolerate('categories-run-together', 'E_PARAM', 'Categories are not separated by a comma')
  } else {
    cursor.fail('E_PARAM', 'Expected ";" and a parameter')
  }
}

const parameterNames = ['scheme', 'class', 'title', 'rel', 'location', 'attributes', 'actions'] as const

/** Longer than any of the parameter names, in characters. */
const maxParameterName = 16

/** Returns the name in a range of the text. A known name is not sliced, since a model may have 100,000 parameters. */
function parameterName(text: string, from: number, to: number): string {
  for (const name of parameterNames) {
    if (name.length === to - from && text.startsWith(name, from)) return name
  }
  return text.slice(from, to)
}

function readCategoryParameter(cursor: Cursor, category: RawCategory, name: string, nameStart: number): void {
  const valueStart = cursor.index
  const value = readText(cursor, name)
  switch (name) {
    case 'scheme':
      if (isFirstValue(cursor, category.scheme, name, nameStart)) category.scheme = value
      return
    case 'class':
      if (isFirstValue(cursor, category.class, name, nameStart))
        category.class = checkedClass(cursor, value, valueStart)
      return
    case 'title':
      if (isFirstValue(cursor, category.title, name, nameStart)) category.title = value
      return
    case 'rel':
      if (isFirstValue(cursor, category.rel, name, nameStart))
        category.rel = splitTypeIds(cursor, cursor.cache.relLists, value, valueStart)
      return
    case 'location':
      if (isFirstValue(cursor, category.location, name, nameStart)) category.location = value
      return
    case 'attributes':
      if (isFirstValue(cursor, category.attributes, name, nameStart))
        category.attributes = readDefinitions(cursor, value, valueStart)
      return
    case 'actions':
      if (isFirstValue(cursor, category.actions, name, nameStart))
        category.actions = splitTypeIds(cursor, cursor.cache.actionLists, value, valueStart)
      return
    default:
      cursor.tolerate(
        'unknown-parameter',
        'E_PARAM',
        `A category has no parameter ${quotedExcerpt(name)}`,
        nameStart,
      )
  }
}

/** Reads a value, which should be quoted unless it is the class. */
function readText(cursor: Cursor, name: string): string {
  const valueStart = cursor.index
  const { value, isQuoted } = readParameterValue(cursor, name, mayFollowValue, () => true)
  if (!isQuoted && name !== 'class') {
    cursor.tolerate(
      'unquoted-parameter',
      'E_PARAM',
      `The value of ${quotedExcerpt(name)} is not quoted`,
      valueStart,
    )
  }
  return value
}

function checkedClass(cursor: Cursor, value: string, valueStart: number): CategoryClass {
  if (value === 'kind' || value === 'mixin' || value === 'action') return value
  cursor.fail('E_CLASS', `${quotedExcerpt(value)} is not a class; it is kind, mixin or action`, valueStart)
}

/**
 * Returns the scheme if it is valid. rOCCI's compatibility mode repeats the term after the `#`. A reader that recovers
 * keeps such a scheme as written, as in JSON: erocci has both `…/backend#` and `…/backend#vmimage`, each with the term
 * vmimage.
 */
function checkedScheme(cursor: Cursor, category: RawCategory, categoryStart: number): string {
  const { scheme } = category
  if (scheme === undefined || scheme === '') {
    cursor.fail('E_SCHEME', `The category ${quotedExcerpt(category.term)} has no scheme`, categoryStart)
  }
  const hash = scheme.indexOf('#')
  if (hash >= 0 && hash < scheme.length - 1) {
    const repeatsTerm = scheme.slice(hash + 1) === category.term
    if (!repeatsTerm && !cursor.diagnostics.recovers) {
      cursor.fail('E_SCHEME', `The scheme ${quotedExcerpt(scheme)} continues after "#"`, categoryStart)
    }
    const message = repeatsTerm
      ? 'The scheme repeats the term'
      : `The scheme ${quotedExcerpt(scheme)} continues after "#"`
    cursor.tolerate('term-in-scheme', 'E_SCHEME', message, categoryStart)
    return cursor.diagnostics.recovers ? scheme : scheme.slice(0, hash + 1)
  }
  if (!isAbsoluteUri(scheme)) {
    cursor.tolerate(
      'relative-scheme',
      'E_SCHEME',
      `The scheme ${quotedExcerpt(scheme)} is not an absolute URI`,
      categoryStart,
    )
  }
  return scheme
}

function isAbsoluteUri(uri: string): boolean {
  if (uri.startsWith('http://')) return true
  const colon = uri.indexOf(':')
  if (colon <= 0) return false
  for (let i = 0; i < colon; i++) {
    const code = uri.charCodeAt(i)
    if (!isLetterOrDigit(code) && (i === 0 || (code !== PLUS && code !== MINUS && code !== DOT))) return false
  }
  return true
}

/** Whether a quoted value may end before `index`: the end, a separator, a parameter, a field or a category follows. */
function mayFollowValue(cursor: Cursor, index: number): boolean {
  const { text, to } = cursor
  let i = afterBlanks(text, index, to)
  if (i >= to) return true
  const code = text.charCodeAt(i)
  const isSeparator = code === SEMICOLON || code === COMMA
  if (isSeparator) i = afterBlanks(text, i + 1, to)
  if (i >= to) return true
  const next = text.charCodeAt(i)
  if (next === SEMICOLON || next === COMMA) return true
  if (startsParameter(cursor, i)) return code !== COMMA
  return fieldAt(text, i, to) !== undefined || startsCategory(cursor, i)
}

/** Whether a term, `;` and a parameter begin at `from`, which distinguishes a category from the rest of a title. */
function startsCategory(cursor: Cursor, from: number): boolean {
  const { text, to } = cursor
  const end = Math.min(to, from + maxNameLookAhead)
  let i = from
  while (i < end && !endsTerm(text.charCodeAt(i))) i++
  if (i === from || i >= end || text.charCodeAt(i) !== SEMICOLON) return false
  const nameStart = afterBlanks(text, i + 1, to)
  const nameEnd = afterName(text, nameStart, to, maxParameterName)
  const equals = afterBlanks(text, nameEnd, to)
  return nameEnd > nameStart && equals < to && text.charCodeAt(equals) === EQUALS
}
