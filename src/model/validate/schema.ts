/**
 * Checks values against the part of JSON Schema that attribute patterns use. Not recursive, because a provider could
 * send a schema of any depth.
 */
import { alternatives } from '../../basics/nearest.js'
import type { AttributeType, AttributeValue } from '../attribute.js'
import type { RegexMatcher } from './regex.js'
import { TYPE_NOUNS, typeOf } from './type.js'

type Schema = { readonly [key: string]: AttributeValue }

/** Returns the requirement that a value does not meet (`must be …`), or undefined. Unknown keywords are ignored. */
export function brokenRequirement(
  schema: Schema,
  value: AttributeValue,
  matchesRegex: RegexMatcher,
): string | undefined {
  for (const check of CHECKS) {
    const requirement = check(schema, value, matchesRegex)
    if (requirement !== undefined) return requirement
  }
  return undefined
}

/** Returns the strings that an `enum` allows. */
export function allowedStrings(schema: Schema): readonly string[] {
  return Array.isArray(schema.enum) ? schema.enum.filter((item) => typeof item === 'string') : []
}

/** Checks one or more keywords. Returns the requirement that the value does not meet. */
type Check = (schema: Schema, value: AttributeValue, matchesRegex: RegexMatcher) => string | undefined

const CHECKS: readonly Check[] = [checkType, checkEnum, checkRange, checkLength, checkPattern, checkItems]

function checkType({ type }: Schema, value: AttributeValue): string | undefined {
  const types = (Array.isArray(type) ? type : [type]).filter((item) => typeof item === 'string')
  if (types.length === 0 || types.some((name) => isType(value, name))) return undefined
  return `must be ${alternatives(types.map(nounOf))}`
}

/** Whether a value has a type of JSON Schema. Any value has an unknown type. */
function isType(value: AttributeValue, type: string): boolean {
  if (type === 'integer') return typeof value === 'bigint' || Number.isInteger(value)
  return !Object.hasOwn(TYPE_NOUNS, type) || typeOf(value) === type
}

function nounOf(type: string): string {
  if (type === 'integer') return 'a whole number'
  return Object.hasOwn(TYPE_NOUNS, type) ? TYPE_NOUNS[type as AttributeType] : type
}

function checkEnum({ enum: allowed }: Schema, value: AttributeValue): string | undefined {
  if (!Array.isArray(allowed)) return undefined
  const canonicalValue = canonicalText(value)
  if (allowed.some((item) => canonicalText(item) === canonicalValue)) return undefined
  const listed = allowed.slice(0, 20).map((item) => (typeof item === 'string' ? item : canonicalText(item)))
  return listed.length === 1
    ? `must be ${listed[0]}`
    : `must be one of ${listed.join(', ')}${allowed.length > 20 ? ', …' : ''}`
}

function checkRange(schema: Schema, value: AttributeValue): string | undefined {
  if (typeof value !== 'number' && typeof value !== 'bigint') return undefined
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum } = schema
  const above = exclusiveLimit(exclusiveMinimum, minimum)
  const below = exclusiveLimit(exclusiveMaximum, maximum)
  if (above !== undefined && value <= above) return `must be greater than ${above}`
  if (below !== undefined && value >= below) return `must be less than ${below}`
  if (isNumber(minimum) && value < minimum) return `must be at least ${minimum}`
  if (isNumber(maximum) && value > maximum) return `must be at most ${maximum}`
  return undefined
}

/**
 * Returns the limit that a value must not reach. Draft 4 of JSON Schema writes `exclusiveMinimum: true` beside
 * `minimum`, later drafts write the number in `exclusiveMinimum`.
 */
function exclusiveLimit(
  exclusive: AttributeValue | undefined,
  inclusive: AttributeValue | undefined,
): number | undefined {
  const limit = exclusive === true ? inclusive : exclusive
  return isNumber(limit) ? limit : undefined
}

function checkLength({ minLength, maxLength }: Schema, value: AttributeValue): string | undefined {
  if (typeof value !== 'string') return undefined
  if (isNumber(minLength) && value.length < minLength) return `must have at least ${minLength} characters`
  if (isNumber(maxLength) && value.length > maxLength) return `must have at most ${maxLength} characters`
  return undefined
}

function checkPattern(
  { pattern }: Schema,
  value: AttributeValue,
  matchesRegex: RegexMatcher,
): string | undefined {
  if (typeof pattern !== 'string' || typeof value !== 'string') return undefined
  return matchesRegex(pattern, value) === false ? `must match ${shortened(pattern)}` : undefined
}

function checkItems(schema: Schema, value: AttributeValue, matchesRegex: RegexMatcher): string | undefined {
  if (!Array.isArray(value)) return undefined
  if (schema.uniqueItems === true && new Set(value.map(canonicalText)).size < value.length) {
    return 'must not have the same item twice'
  }
  const items = schema.items
  if (typeof items !== 'object' || Array.isArray(items)) return undefined
  // The schema of the items is used without its own `items`, so that deep schemas do not cause deep recursion.
  const { items: _, ...shallow } = items as Schema
  for (const [index, item] of value.entries()) {
    const requirement = brokenRequirement(shallow, item, matchesRegex)
    if (requirement !== undefined) return `item ${index + 1} ${requirement}`
  }
  return undefined
}

/** Shortens a pattern or description for a message. */
export function shortened(source: string): string {
  return source.length > 120 ? `${source.slice(0, 119)}…` : source
}

function isNumber(value: AttributeValue | undefined): value is number {
  return typeof value === 'number'
}

/** Returns text that is equal for equal values. */
function canonicalText(value: AttributeValue): string {
  return JSON.stringify(value, (_, part: unknown) => (typeof part === 'bigint' ? `${part}n` : part))
}
