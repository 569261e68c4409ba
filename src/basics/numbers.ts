/** Reads numbers in text, in the grammar that all renderings and options share. */

/** A number that was read. */
interface NumberToken {
  readonly value: number | bigint
  /** The number as written; absent if it equals `String(value)`. */
  readonly lexeme?: string
  /** Whether the number is written as OCCI's grammar requires (GFD.229 §4): digits, perhaps with a dot and digits. */
  readonly isPlain: boolean
}

const PLUS = 43
const MINUS = 45
const DOT = 46
const LOWER_E = 101

/** In characters. Longer numbers are not quantities, and converting them to bigint takes more than linear time. */
const maxLength = 400

/** Reads the whole text as a number. Accepts signs, exponents, `.5` and `3.`. Returns undefined for other text. */
export function readNumber(text: string): NumberToken | undefined {
  if (text.length === 0 || text.length > maxLength) return undefined
  let i = 0
  const first = text.charCodeAt(0)
  const hasSign = first === PLUS || first === MINUS
  if (hasSign) i++
  const wholeDigits = countDigits(text, i)
  i += wholeDigits
  let fractionDigits = 0
  const hasDot = text.charCodeAt(i) === DOT
  if (hasDot) {
    i++
    fractionDigits = countDigits(text, i)
    i += fractionDigits
  }
  if (wholeDigits + fractionDigits === 0) return undefined
  let hasExponent = false
  if ((text.charCodeAt(i) | 32) === LOWER_E) {
    i++
    const sign = text.charCodeAt(i)
    if (sign === PLUS || sign === MINUS) i++
    const exponentDigits = countDigits(text, i)
    if (exponentDigits === 0) return undefined
    i += exponentDigits
    hasExponent = true
  }
  if (i !== text.length) return undefined
  return toToken(text, {
    integer: !hasDot && !hasExponent,
    plain: !hasSign && !hasExponent && wholeDigits > 0 && (!hasDot || fractionDigits > 0),
  })
}

function toToken(text: string, shape: { integer: boolean; plain: boolean }): NumberToken | undefined {
  let value: number | bigint = Number(text)
  if (!Number.isFinite(value)) return undefined
  if (shape.integer && !Number.isSafeInteger(value)) {
    value = BigInt(text.charCodeAt(0) === PLUS ? text.slice(1) : text)
  }
  return String(value) === text
    ? { value, isPlain: shape.plain }
    : { value, lexeme: text, isPlain: shape.plain }
}

/** Counts the digits that begin at `from`. */
function countDigits(text: string, from: number): number {
  let i = from
  while (i < text.length && isDigit(text.charCodeAt(i))) i++
  return i - from
}

/** Whether a character code is that of a digit. */
export function isDigit(code: number): boolean {
  return code >= 48 && code <= 57
}
