/** Character classes of the text renderings, looked up by character code. */
import { isDigit } from '../basics/numbers.js'

// Character codes that the parsers compare with.
export const LINE_FEED = 10
export const CARRIAGE_RETURN = 13
export const QUOTE = 34
export const HASH = 35
export const APOSTROPHE = 39
export const PLUS = 43
export const COMMA = 44
export const MINUS = 45
export const DOT = 46
export const SLASH = 47
export const COLON = 58
export const SEMICOLON = 59
export const LESS_THAN = 60
export const EQUALS = 61
export const GREATER_THAN = 62
export const OPEN_BRACKET = 91
export const BACKSLASH = 92
export const CLOSE_BRACKET = 93
export const OPEN_BRACE = 123
export const CLOSE_BRACE = 125

const NAME = 1
const ALNUM = 2
const TERM_STOP = 4

const classes = new Uint8Array(128)
mark('abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789', NAME | ALNUM)
mark('-_.', NAME)
mark('";,<>#{}=', TERM_STOP)

function mark(characters: string, flags: number): void {
  for (let i = 0; i < characters.length; i++) {
    const code = characters.charCodeAt(i)
    classes[code] = (classes[code] ?? 0) | flags
  }
}

/** Letter, digit, `-`, `_`, `.`: what 1.2 terms and attribute names are made of (GFD.229). */
export function isNameCode(code: number): boolean {
  return code < 128 && ((classes[code] ?? 0) & NAME) !== 0
}

export function isAlnumCode(code: number): boolean {
  return code < 128 && ((classes[code] ?? 0) & ALNUM) !== 0
}

/** Characters that end a term. No server uses them inside one. */
export function isTermStop(code: number): boolean {
  return code < 128 && ((classes[code] ?? 0) & TERM_STOP) !== 0
}

export function isBlank(code: number): boolean {
  return code === 32 || code === 9
}

/**
 * A run of characters other than controls (HTAB is allowed). Matching it takes half the time of a loop over
 * charCodeAt, and a single character class cannot backtrack.
 */
const run = /[^\x00-\x08\x0a-\x1f\x7f]*/y

/**
 * Index of the first control character except HTAB at or after `from`; the text's length when there is none.
 */
export function controlFrom(text: string, from: number): number {
  run.lastIndex = from
  run.test(text)
  return run.lastIndex
}

/** Index of the first control character except HTAB, or -1. */
export function findControl(text: string): number {
  const found = controlFrom(text, 0)
  return found < text.length ? found : -1
}

/** OCCI 1.2 token for attribute names: dots are ordinary characters. */
export function isAttributeName12(name: string): boolean {
  if (name.length === 0 || !isAlnumCode(name.charCodeAt(0))) return false
  for (let i = 1; i < name.length; i++) if (!isNameCode(name.charCodeAt(i))) return false
  return true
}

/** OCCI 1.1: components as 1.1 terms, joined by dots. */
export function isAttributeName11(name: string): boolean {
  let start = true
  for (let i = 0; i < name.length; i++) {
    const code = name.charCodeAt(i)
    const lower = code >= 97 && code <= 122
    if (start && !lower) return false
    if (code === 46) start = true
    else if (lower || isDigit(code) || code === 45 || code === 95) start = false
    else return false
  }
  return !start
}
