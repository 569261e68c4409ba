/** Numbers on the wire: their value, and the lexeme where JavaScript would print another. */
import type { AttributeDefinition } from '../model/index.js'
import { isDigit } from './characters.js'
import { refuse } from './error.js'

export interface NumberToken {
  readonly value: number | bigint
  /** Absent when `String(value)` gives the same text. */
  readonly lexeme?: string
  /** `digits [ "." digits ]`, the only form of the grammar. */
  readonly plain: boolean
}

/** Longer digit strings are no quantities, and turning them into a bigint is not linear. */
const mostDigits = 400

/** Reads a whole text as a number: also sign, exponent, `.5` and `3.`. Undefined when it is none. */
export function readNumber(text: string): NumberToken | undefined {
  if (text.length === 0 || text.length > mostDigits) return undefined
  let i = 0
  const first = text.charCodeAt(0)
  const signed = first === 43 || first === 45
  if (signed) i++
  const whole = digits(text, i)
  i += whole
  let fraction = 0
  const dotted = text.charCodeAt(i) === 46
  if (dotted) {
    i++
    fraction = digits(text, i)
    i += fraction
  }
  if (whole + fraction === 0) return undefined
  let exponent = false
  if ((text.charCodeAt(i) | 32) === 101) {
    i++
    const sign = text.charCodeAt(i)
    if (sign === 43 || sign === 45) i++
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
    value = BigInt(text.charCodeAt(0) === 43 ? text.slice(1) : text)
  }
  return String(value) === text ? { value, plain: shape.plain } : { value, lexeme: text, plain: shape.plain }
}

function digits(text: string, from: number): number {
  let i = from
  while (i < text.length && isDigit(text.charCodeAt(i))) i++
  return i - from
}

/**
 * A number as it is written. The lexeme if there is one. A whole number has no fraction, since typed servers
 * refuse `2.0` where they want an integer (nova, MartServer) and take `2` where they want a float; only a
 * definition of the type `float` gets `2.0`. Never an exponent.
 */
export function numberText(
  value: number | bigint,
  lexeme: string | undefined,
  definitions: () => Iterable<AttributeDefinition | undefined>,
): string {
  if (lexeme !== undefined && sameNumber(lexeme, value)) return lexeme
  if (typeof value === 'bigint') return String(value)
  const text = plainDecimal(value)
  if (!Number.isInteger(value)) return text
  for (const definition of definitions()) if (definition?.float === true) return `${text}.0`
  return text
}

/** A lexeme that belongs to an older value must not be written for a new one. */
function sameNumber(lexeme: string, value: number | bigint): boolean {
  return typeof value === 'bigint' ? lexeme.includes(String(value)) : Number(lexeme) === value
}

function plainDecimal(value: number): string {
  if (!Number.isFinite(value)) refuse('E_RENDER', `${value} is not a number that can be written`)
  const text = String(value)
  if (!text.includes('e')) return text
  if (Number.isInteger(value)) return String(BigInt(value))
  const [mantissa = '', power = ''] = text.split('e-')
  const negative = mantissa.startsWith('-')
  const digits = mantissa.replace('-', '').replace('.', '')
  return `${negative ? '-' : ''}0.${'0'.repeat(Number(power) - 1)}${digits}`
}
