/** Prints numbers in all renderings. */
import type { AttributeDefinition } from '../model/index.js'
import { refuse } from './error.js'

/**
 * Prints a number: as its lexeme if it has one, and never with an exponent. Whole numbers get no fraction, since
 * servers refuse `2.0` for an integer (nova, MartServer) and accept `2` for a float; only attributes defined with
 * the type `float` are printed as `2.0`.
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
