/** Numbers as the peer expects them: typed servers tell `2` from `2.0`. */
import type { Category } from '../model/index.js'
import { refuse } from './error.js'

/** Declared as floats in GFD.184, GFD.224 and GFD.222. Text renderings cannot say it. */
const floats = new Set([
  'occi.compute.memory',
  'occi.compute.speed',
  'occi.storage.size',
  'occi.compute.ephemeral_storage.size',
])

/**
 * The lexeme if there is one; `.0` where the described definition is a float; else JavaScript's text,
 * without an exponent.
 */
export function numberText(
  name: string,
  value: number | bigint,
  lexeme: string | undefined,
  describe: () => readonly (Category | undefined)[],
): string {
  if (lexeme !== undefined && sameNumber(lexeme, value)) return lexeme
  if (typeof value === 'bigint') return String(value)
  const text = plainDecimal(value)
  if (!Number.isInteger(value)) return text
  return describe().some((category) => category !== undefined && isFloat(category, name)) ? `${text}.0` : text
}

/** A lexeme that belongs to an older value must not be written for a new one. */
function sameNumber(lexeme: string, value: number | bigint): boolean {
  return typeof value === 'bigint' ? lexeme.includes(String(value)) : Number(lexeme) === value
}

function isFloat(category: Category, name: string): boolean {
  const definition = category.attributes.get(name)
  if (definition === undefined || (definition.type !== undefined && definition.type !== 'number'))
    return false
  if (definition.pattern?.form === 'schema') {
    const type = definition.pattern.schema['type']
    if (type === 'integer') return false
    if (type === 'number') return true
  }
  return floats.has(name)
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
