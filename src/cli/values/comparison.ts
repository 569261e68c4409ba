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
  const at = text.search(/[!=<>]/)
  const name = text.slice(0, Math.max(at, 0)).trim()
  const sign = at < 0 ? undefined : signs.find((candidate) => text.startsWith(candidate, at))
  if (sign === undefined || name === '') {
    throw new UsageError(`--where "${text}" is not a comparison`, {
      hint: 'Write state=inactive, name!=web, cores>=4 or attribute=value; * stands for any text.',
      at: '--where',
    })
  }
  const operator: Operator = sign === '==' ? '=' : sign
  const value = text.slice(at + sign.length).trim()
  if (orders.has(operator) && numberOf(value) === undefined) {
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
      return values.length === 0 ? value === '' : values.some((each) => isSame(each, value))
    case '!=':
      return values.length === 0 ? value !== '' : !values.some((each) => isSame(each, value))
    default:
      return values.some((each) => isOrdered(operator, each, value))
  }
}

const signs = ['!=', '<=', '>=', '==', '=', '<', '>'] as const
const orders: ReadonlySet<string> = new Set(['<', '<=', '>', '>='])

function isSame(value: unknown, wanted: string): boolean {
  const text = String(value)
  if (text === wanted) return true
  if (typeof value === 'number' || typeof value === 'bigint') return Number(value) === numberOf(wanted)
  if (typeof value === 'boolean') return text === wanted.toLowerCase()
  return wanted.includes('*') && matchesPattern(text, wanted)
}

function isOrdered(operator: Operator, value: unknown, wanted: string): boolean {
  const left = typeof value === 'object' ? undefined : numberOf(String(value))
  const right = numberOf(wanted)
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

/** Converts amounts to GiB, the unit of attributes. */
function numberOf(text: string): number | undefined {
  const trimmed = text.trim()
  if (trimmed === '') return undefined
  const number = Number(trimmed)
  return Number.isNaN(number) ? gibibytesIn(trimmed) : number
}

/**
 * `*` matches any text. Backtracks to the last star only, so the time is bounded by the product of both
 * lengths.
 */
function matchesPattern(text: string, pattern: string): boolean {
  let at = 0
  let star = -1
  let retry = 0
  let p = 0
  while (at < text.length) {
    if (pattern[p] === '*') {
      star = p
      retry = at
      p += 1
    } else if (p < pattern.length && pattern[p] === text[at]) {
      p += 1
      at += 1
    } else if (star >= 0) {
      p = star + 1
      retry += 1
      at = retry
    } else {
      return false
    }
  }
  while (pattern[p] === '*') p += 1
  return p === pattern.length
}
