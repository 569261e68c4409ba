/** Parses and evaluates the conditions of --where: `state=inactive`, `name!=web*`, `cores>=4`. */
import { UsageError } from '../../errors/errors.js'
import { gibibytesIn } from './amount.js'

type Operator = '=' | '!=' | '<' | '<=' | '>' | '>='

export interface Comparison {
  /** The condition as the user wrote it. */
  readonly text: string
  readonly name: string
  readonly operator: Operator
  readonly value: string
}

/** Splits at the first operator; everything after it is the value. Throws UsageError. */
export function parseComparison(text: string): Comparison {
  const index = text.search(/[!=<>]/)
  const name = text.slice(0, Math.max(index, 0)).trim()
  const sign = index < 0 ? undefined : signs.find((candidate) => text.startsWith(candidate, index))
  if (sign === undefined || name === '') {
    throw new UsageError(`--where "${text}" is not a comparison`, {
      hint: 'Write state=inactive, name!=web, cores>=4 or attribute=value; * stands for any text.',
      at: '--where',
    })
  }
  const operator: Operator = sign === '==' ? '=' : sign
  const value = text.slice(index + sign.length).trim()
  if (orderOperators.has(operator) && numberOf(value) === undefined) {
    throw new UsageError(`--where "${text}": ${operator} compares numbers, and "${value}" is not a number`, {
      hint: 'Write a number, with a unit if you like: memory>=4G.',
      at: '--where',
    })
  }
  return { text, name, operator, value }
}

/** Whether one of the values matches; for `!=`, whether none is equal. */
export function matches({ operator, value }: Comparison, values: readonly unknown[]): boolean {
  switch (operator) {
    case '=':
      return values.length === 0 ? value === '' : values.some((candidate) => isSame(candidate, value))
    case '!=':
      return values.length === 0 ? value !== '' : !values.some((candidate) => isSame(candidate, value))
    default:
      return values.some((candidate) => isOrdered(operator, candidate, value))
  }
}

const signs = ['!=', '<=', '>=', '==', '=', '<', '>'] as const
const orderOperators: ReadonlySet<string> = new Set(['<', '<=', '>', '>='])

function isSame(value: unknown, expected: string): boolean {
  const text = String(value)
  if (text === expected) return true
  if (typeof value === 'number' || typeof value === 'bigint') return Number(value) === numberOf(expected)
  if (typeof value === 'boolean') return text === expected.toLowerCase()
  return expected.includes('*') && matchesPattern(text, expected)
}

function isOrdered(operator: Operator, value: unknown, expected: string): boolean {
  const left = typeof value === 'object' ? undefined : numberOf(String(value))
  const right = numberOf(expected)
  if (left === undefined || right === undefined) return false
  switch (operator) {
    case '<':
      return left < right
    case '<=':
      return left <= right
    case '>':
      return left > right
    default:
      return left >= right
  }
}

/**
 * The number in a text; an amount with a unit is converted to GiB, the unit of attributes. Undefined for other text.
 */
function numberOf(text: string): number | undefined {
  const trimmed = text.trim()
  if (trimmed === '') return undefined
  const number = Number(trimmed)
  return Number.isNaN(number) ? gibibytesIn(trimmed) : number
}

/**
 * Whether the text matches a pattern in which `*` stands for any text. Backtracks to the last star only, so the time is
 * bounded by the product of both lengths.
 */
function matchesPattern(text: string, pattern: string): boolean {
  let textIndex = 0
  let patternIndex = 0
  let starIndex = -1
  // Where the text after the last star begins.
  let retryIndex = 0
  while (textIndex < text.length) {
    if (pattern[patternIndex] === '*') {
      starIndex = patternIndex
      retryIndex = textIndex
      patternIndex += 1
    } else if (patternIndex < pattern.length && pattern[patternIndex] === text[textIndex]) {
      patternIndex += 1
      textIndex += 1
    } else if (starIndex >= 0) {
      patternIndex = starIndex + 1
      retryIndex += 1
      textIndex = retryIndex
    } else {
      return false
    }
  }
  while (pattern[patternIndex] === '*') patternIndex += 1
  return patternIndex === pattern.length
}
