/** Character classes of the text renderings, looked up by character code. */
import { isDigit } from '../basics/numbers.js'

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
export const UNDERSCORE = 95
export const OPEN_BRACE = 123
export const CLOSE_BRACE = 125

// Flags of a character.
const NAME_CHARACTER = 1
const LETTER_OR_DIGIT = 2
const TERM_STOP = 4

/** The flags of each ASCII character, by its code. */
const flagsByCode = new Uint8Array(128)
setFlags('abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789', NAME_CHARACTER | LETTER_OR_DIGIT)
setFlags('-_.', NAME_CHARACTER)
setFlags('";,<>#{}=', TERM_STOP)

function setFlags(characters: string, flags: number): void {
  for (let i = 0; i < characters.length; i++) {
    const code = characters.charCodeAt(i)
    flagsByCode[code] = (flagsByCode[code] ?? 0) | flags
  }
}

/** Whether a character may occur in terms and attribute names of OCCI 1.2 (GFD.229): letter, digit, `-`, `_` or `.`. */
export function isNameCharacter(code: number): boolean {
  return code < 128 && ((flagsByCode[code] ?? 0) & NAME_CHARACTER) !== 0
}

/** Whether a character is an ASCII letter or digit. */
export function isLetterOrDigit(code: number): boolean {
  return code < 128 && ((flagsByCode[code] ?? 0) & LETTER_OR_DIGIT) !== 0
}

/** Whether a character ends a term. No server uses these characters inside one. */
export function endsTerm(code: number): boolean {
  return code < 128 && ((flagsByCode[code] ?? 0) & TERM_STOP) !== 0
}

/** Whether a character is a space or a tab. */
export function isBlank(code: number): boolean {
  return code === 32 || code === 9
}

/**
 * Matches characters up to the next control character other than a tab. This takes half the time of a loop over
 * charCodeAt, and a single character class cannot backtrack.
 */
const textWithoutControls = /[^\x00-\x08\x0a-\x1f\x7f]*/y

/**
 * Returns the index of the first control character other than a tab at or after `from`, or the length of the text if
 * there is none.
 */
export function nextControl(text: string, from: number): number {
  textWithoutControls.lastIndex = from
  textWithoutControls.test(text)
  return textWithoutControls.lastIndex
}

/** Returns the index of the first control character other than a tab, or -1 if there is none. */
export function findControl(text: string): number {
  const index = nextControl(text, 0)
  return index < text.length ? index : -1
}

/** Whether a name is valid in OCCI 1.2 (GFD.229): a letter or digit, then name characters, dots among them. */
export function isAttributeName12(name: string): boolean {
  if (name.length === 0 || !isLetterOrDigit(name.charCodeAt(0))) return false
  for (let i = 1; i < name.length; i++) if (!isNameCharacter(name.charCodeAt(i))) return false
  return true
}

/** Whether a name is valid in OCCI 1.1 (GFD.185 §3.3): terms of 1.1, joined by dots. */
export function isAttributeName11(name: string): boolean {
  let isComponentStart = true
  for (let i = 0; i < name.length; i++) {
    const code = name.charCodeAt(i)
    const isLowerCase = code >= 97 && code <= 122
    if (isComponentStart && !isLowerCase) return false
    if (code === DOT) isComponentStart = true
    else if (isLowerCase || isDigit(code) || code === MINUS || code === UNDERSCORE) isComponentStart = false
    else return false
  }
  return !isComponentStart
}
