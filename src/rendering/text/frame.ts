/**
 * What a category has in common with the one before it. The templates of a provider differ in term,
 * title and location only: the text between those is compared as a whole instead of being read again,
 * which makes a large model three times as fast to read.
 */
import type { AttributeDefinitions, CategoryClass } from '../../model/index.js'
import { isAlnumCode, isNameCode } from '../characters.js'
import { type Cursor, nextBackslash } from './cursor.js'
import type { RawCategory } from './generic.js'

/** A category that was read without deviations, taken apart around its title and its location. */
export interface Frame {
  /** From the end of the term to the first of the two, its opening quote included. */
  readonly head: string
  /** From the closing quote of the first to the opening one of the second; undefined without a second. */
  readonly middle: string | undefined
  /** From the last closing quote to the end. */
  readonly tail: string
  readonly first: 'title' | 'location'
  readonly scheme: string
  readonly class: CategoryClass
  readonly rel: readonly string[] | undefined
  readonly attributes: AttributeDefinitions | undefined
  readonly actions: readonly string[] | undefined
}

/** Where a category was read: its own place, and the opening quotes of title and location, -1 without. */
export interface Marks {
  readonly start: number
  title: number
  location: number
}

/** The frame of the category that ends at the cursor; undefined where nothing varies or something is escaped. */
export function frameOf(cursor: Cursor, category: RawCategory, marks: Marks): Frame | undefined {
  const { text, at: end } = cursor
  const { term, title, location, scheme, class: known, rel, attributes, actions } = category
  const titleEnd = endOfPlain(text, marks.title, title)
  const locationEnd = endOfPlain(text, marks.location, location)
  const termEnd = marks.start + term.length
  if (scheme === undefined || known === undefined || !isUsualTerm(cursor, marks.start, termEnd))
    return undefined
  if (titleEnd === -1 || locationEnd === -1 || titleEnd === locationEnd) return undefined
  const titleFirst = titleEnd !== undefined && (locationEnd === undefined || titleEnd < locationEnd)
  const [first, firstEnd] = titleFirst ? [marks.title, titleEnd] : [marks.location, locationEnd ?? 0]
  const [second, secondEnd] = titleFirst ? [marks.location, locationEnd] : [marks.title, titleEnd]
  return {
    head: text.slice(termEnd, first + 1),
    middle: secondEnd === undefined ? undefined : text.slice(firstEnd, second + 1),
    tail: text.slice(secondEnd ?? firstEnd, end),
    first: titleFirst ? 'title' : 'location',
    scheme,
    class: known,
    rel,
    attributes,
    actions,
  }
}

/** Where a value ends that stands in its quotes as it is; -1 where it does not; undefined without one. */
function endOfPlain(text: string, at: number, value: string | undefined): number | undefined {
  if (value === undefined) return undefined
  const end = at + 1 + value.length
  const plain =
    at >= 0 &&
    text.charCodeAt(at) === 34 &&
    text.charCodeAt(end) === 34 &&
    text.indexOf('"', at + 1) === end &&
    !value.includes('\\')
  return plain ? end : -1
}

/** The category at the cursor if it is in the frame of the last one; else undefined, and nothing changed. */
export function framed(
  cursor: Cursor,
  endsAt: (cursor: Cursor, index: number) => boolean,
): RawCategory | undefined {
  const { frame } = cursor.memory
  if (frame === undefined) return undefined
  const { text, at: start } = cursor
  const { head, middle, tail } = frame
  const termEnd = afterNames(cursor, start)
  const firstAt = termEnd + head.length
  if (text.slice(termEnd, firstAt) !== head || !isUsualTerm(cursor, start, termEnd)) return undefined
  const firstEnd = closingQuote(cursor, firstAt)
  const secondAt = middle === undefined ? -1 : firstEnd + middle.length
  if (firstEnd < 0 || (secondAt >= 0 && text.slice(firstEnd, secondAt) !== middle)) return undefined
  const lastEnd = secondAt < 0 ? firstEnd : closingQuote(cursor, secondAt)
  const end = lastEnd + tail.length
  if (lastEnd < 0 || text.slice(lastEnd, end) !== tail || !endsAt(cursor, end)) return undefined
  const first = text.slice(firstAt, firstEnd)
  const second = secondAt < 0 ? undefined : text.slice(secondAt, lastEnd)
  const titleFirst = frame.first === 'title'
  cursor.memory.framesUsed++
  cursor.at = end
  return {
    term: text.slice(start, termEnd),
    scheme: frame.scheme,
    class: frame.class,
    title: titleFirst ? first : second,
    rel: frame.rel,
    location: titleFirst ? second : first,
    attributes: frame.attributes,
    actions: frame.actions,
  }
}

function afterNames({ text, to }: Cursor, from: number): number {
  let i = from
  while (i < to && isNameCode(text.charCodeAt(i))) i++
  return i
}

/** One of which no version and no limit has anything to say; a run of name characters is given. */
function isUsualTerm({ text, diagnostics }: Cursor, from: number, to: number): boolean {
  const { strict, version, limits } = diagnostics
  return (
    isAlnumCode(text.charCodeAt(from)) && to - from <= limits.nameLength && !(strict && version === '1.1')
  )
}

/** Index of the quote that closes a string without escapes, or -1. */
function closingQuote(cursor: Cursor, from: number): number {
  const close = cursor.text.indexOf('"', from)
  return nextBackslash(cursor, from) > close ? close : -1
}
