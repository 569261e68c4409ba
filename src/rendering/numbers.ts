/** Numbers on the wire: the value, and the lexeme where JavaScript would print another one. */
import type { AttributeDefinition } from '../model/index.js'
import { isDigit } from './characters.js'
import { refuse } from './error.js'

export interface NumberToken {
  readonly value: number | bigint
  /** Absent when it equals `String(value)`. */
  readonly lexeme?: string
  /** Whether it has the only form of the grammar, `digits [ "." digits ]`. */
  readonly plain: boolean
}

/** Longer digit strings are not quantities, and converting them to bigint does not take linear time. */
const mostDigits = 400

/**
 * Reads a whole text as a number, including sign, exponent, `.5` and `3.`. Undefined when it is not a number.
 */
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
 * Writes a number: by its lexeme if there is one, and never with an exponent. Whole numbers have no
 * fraction, since servers refuse `2.0` for an integer (nova, MartServer) and accept `2` for a float; only a
 * definition of the type `float` gets `2.0`.
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

/** Whether a lexeme still belongs to the value, which may have changed. */
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
