/**
 * The subset of JSON Schema that attribute patterns use. It is not recursive, since schemas come from the
 * provider.
 */
import { alternatives } from '../../basics/nearest.js'
import type { AttributeType, AttributeValue } from '../attribute.js'

import type { Matches } from './regex.js'
import { NOUNS, typeOf } from './type.js'

type Schema = { readonly [key: string]: AttributeValue }

/** The requirement that the value breaks (`must be …`); undefined if it matches. Unknown keywords are ignored. */
export function mismatch(schema: Schema, value: AttributeValue, matches: Matches): string | undefined {
  for (const check of CHECKS) {
    const requirement = check(schema, value, matches)
    if (requirement !== undefined) return requirement
  }
  return undefined
}

/** The strings that an `enum` allows. */
export function allowedStrings(schema: Schema): readonly string[] {
  return Array.isArray(schema.enum) ? schema.enum.filter((one) => typeof one === 'string') : []
}

type Check = (schema: Schema, value: AttributeValue, matches: Matches) => string | undefined

const CHECKS: readonly Check[] = [checkType, checkEnum, checkRange, checkLength, checkPattern, checkItems]

function checkType({ type }: Schema, value: AttributeValue): string | undefined {
  const wanted = (Array.isArray(type) ? type : [type]).filter((one) => typeof one === 'string')
  if (wanted.length === 0 || wanted.some((one) => isType(value, one))) return undefined
  return `must be ${alternatives(wanted.map((one) => nounOf(one)))}`
}

function isType(value: AttributeValue, type: string): boolean {
  if (type === 'integer') return typeof value === 'bigint' || Number.isInteger(value)
  return !Object.hasOwn(NOUNS, type) || typeOf(value) === type
}

function nounOf(type: string): string {
  if (type === 'integer') return 'a whole number'
  return Object.hasOwn(NOUNS, type) ? NOUNS[type as AttributeType] : type
}

function checkEnum({ enum: allowed }: Schema, value: AttributeValue): string | undefined {
  if (!Array.isArray(allowed)) return undefined
  const given = canonical(value)
  if (allowed.some((one) => canonical(one) === given)) return undefined
  const listed = allowed.slice(0, 20).map((one) => (typeof one === 'string' ? one : canonical(one)))
  return listed.length === 1
    ? `must be ${listed[0]}`
    : `must be one of ${listed.join(', ')}${allowed.length > 20 ? ', …' : ''}`
}

function checkRange(schema: Schema, value: AttributeValue): string | undefined {
  if (typeof value !== 'number' && typeof value !== 'bigint') return undefined
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum } = schema
  // Draft 4 writes `exclusiveMinimum: true` beside `minimum`, later drafts a number of its own.
  const above = isNumber(exclusiveMinimum)
    ? exclusiveMinimum
    : exclusiveMinimum === true
      ? minimum
      : undefined
  const below = isNumber(exclusiveMaximum)
    ? exclusiveMaximum
    : exclusiveMaximum === true
      ? maximum
      : undefined
  if (isNumber(above) && value <= above) return `must be greater than ${above}`
  if (isNumber(below) && value >= below) return `must be less than ${below}`
  if (isNumber(minimum) && value < minimum) return `must be at least ${minimum}`
  if (isNumber(maximum) && value > maximum) return `must be at most ${maximum}`
  return undefined
}

function checkLength({ minLength, maxLength }: Schema, value: AttributeValue): string | undefined {
  if (typeof value !== 'string') return undefined
  if (isNumber(minLength) && value.length < minLength) return `must have at least ${minLength} characters`
  if (isNumber(maxLength) && value.length > maxLength) return `must have at most ${maxLength} characters`
  return undefined
}

function checkPattern({ pattern }: Schema, value: AttributeValue, matches: Matches): string | undefined {
  if (typeof pattern !== 'string' || typeof value !== 'string') return undefined
  return matches(pattern, value) === false ? `must match ${shortened(pattern)}` : undefined
}

function checkItems(schema: Schema, value: AttributeValue, matches: Matches): string | undefined {
  if (!Array.isArray(value)) return undefined
  if (schema.uniqueItems === true && new Set(value.map(canonical)).size < value.length) {
    return 'must not have the same item twice'
  }
  const items = schema.items
  if (typeof items !== 'object' || Array.isArray(items)) return undefined
  // Ignores the `items` of an item, so that deep schemas do not cause deep recursion.
  const { items: _, ...shallow } = items as Schema
  for (const [index, item] of value.entries()) {
    const requirement = mismatch(shallow, item, matches)
    if (requirement !== undefined) return `item ${index + 1} ${requirement}`
  }
  return undefined
}

/** Shortens a pattern for a message. */
export function shortened(source: string): string {
  return source.length > 120 ? `${source.slice(0, 119)}…` : source
}

function isNumber(value: AttributeValue | undefined): value is number {
  return typeof value === 'number'
}

function canonical(value: AttributeValue): string {
  return JSON.stringify(value, (_, part: unknown) => (typeof part === 'bigint' ? `${part}n` : part))
}
