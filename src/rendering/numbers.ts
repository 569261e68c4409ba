/** Prints numbers, in the same way for all renderings. */
import type { AttributeDefinition } from '../model/index.js'
import { failToPrint } from './error.js'

/**
 * Prints a number as the provider wrote it (its lexeme), or else in decimal without an exponent. A whole number has
 * no fraction, since servers refuse `2.0` for an integer (nova, MartServer) and accept `2` for a float. It is printed
 * as `2.0` only if one of the attribute's definitions has the type `float`.
 */
export function numberText(
  value: number | bigint,
  lexeme: string | undefined,
  definitions: () => Iterable<AttributeDefinition | undefined>,
): string {
  if (lexeme !== undefined && representsNumber(lexeme, value)) return lexeme
  if (typeof value === 'bigint') return String(value)
  const text = plainDecimal(value)
  if (!Number.isInteger(value)) return text
  for (const definition of definitions()) if (definition?.float === true) return `${text}.0`
  return text
}

/** Whether a lexeme represents the value, which may have changed since the lexeme was read. */
function representsNumber(lexeme: string, value: number | bigint): boolean {
  return typeof value === 'bigint' ? lexeme.includes(String(value)) : Number(lexeme) === value
}

/** Prints a number without an exponent. */
function plainDecimal(value: number): string {
  if (!Number.isFinite(value)) failToPrint('E_RENDER', `${value} is not a number that can be written`)
  const text = String(value)
  if (!text.includes('e')) return text
  if (Number.isInteger(value)) return String(BigInt(value))
  const [mantissa = '', power = ''] = text.split('e-')
  const isNegative = mantissa.startsWith('-')
  const digits = mantissa.replace('-', '').replace('.', '')
  return `${isNegative ? '-' : ''}0.${'0'.repeat(Number(power) - 1)}${digits}`
}
