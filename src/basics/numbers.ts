/** Reads numbers in text. All renderings and options use this grammar. */

interface NumberToken {
  readonly value: number | bigint
  /** Absent when it equals `String(value)`. */
  readonly lexeme?: string
  /** Whether it has the only form that OCCI's grammar allows, `digits [ "." digits ]`. */
  readonly plain: boolean
}

const PLUS = 43
const MINUS = 45
const DOT = 46
const LOWER_E = 101

/** Longer digit strings are not quantities, and converting them to bigint takes more than linear time. */
const maxDigits = 400

/**
 * Reads the whole text as a number; signs, exponents, `.5` and `3.` are accepted. Undefined if it is not a number.
 */
export function readNumber(text: string): NumberToken | undefined {
  if (text.length === 0 || text.length > maxDigits) return undefined
  let i = 0
  const first = text.charCodeAt(0)
  const signed = first === PLUS || first === MINUS
  if (signed) i++
  const whole = digits(text, i)
  i += whole
  let fraction = 0
  const dotted = text.charCodeAt(i) === DOT
  if (dotted) {
    i++
    fraction = digits(text, i)
    i += fraction
  }
  if (whole + fraction === 0) return undefined
  let exponent = false
  if ((text.charCodeAt(i) | 32) === LOWER_E) {
    i++
    const sign = text.charCodeAt(i)
    if (sign === PLUS || sign === MINUS) i++
    const power = digits(text, i)
    if (power === 0) return undefined
    i += power
    exponent = true
  }
  if (i !== text.length) return undefined
  return token(text, {
    integer: !dotted && !exponent,
    plain: !signed && !exponent && whole > 0 && (!dotted || fraction > 0),
  })
}

function token(text: string, shape: { integer: boolean; plain: boolean }): NumberToken | undefined {
  let value: number | bigint = Number(text)
  if (!Number.isFinite(value)) return undefined
  if (shape.integer && !Number.isSafeInteger(value)) {
    value = BigInt(text.charCodeAt(0) === PLUS ? text.slice(1) : text)
  }
  return String(value) === text ? { value, plain: shape.plain } : { value, lexeme: text, plain: shape.plain }
}

function digits(text: string, from: number): number {
  let i = from
  while (i < text.length && isDigit(text.charCodeAt(i))) i++
  return i - from
}

export function isDigit(code: number): boolean {
  return code >= 48 && code <= 57
}
