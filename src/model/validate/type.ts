/** The types of attribute values (GFD.226 §5.3) in words. */
import type { AttributeType, AttributeValue } from '../attribute.js'

export function typeOf(value: AttributeValue): AttributeType {
  if (Array.isArray(value)) return 'array'
  switch (typeof value) {
    case 'string':
      return 'string'
    case 'number':
    case 'bigint':
      return 'number'
    case 'boolean':
      return 'boolean'
    default:
      return 'object'
  }
}

export const TYPE_NOUNS: Readonly<Record<AttributeType, string>> = {
  string: 'a string',
  number: 'a number',
  boolean: 'true or false',
  array: 'an array (JSON)',
  object: 'an object (JSON)',
}

/**
 * Describes the value of the attribute `name` for a message, on one line. A long value, and one whose attribute seems
 * to be secret, is described by its type alone.
 */
export function describeValue(name: string, value: AttributeValue): string {
  const type = typeOf(value)
  if (type === 'array' || type === 'object') return TYPE_NOUNS[type]
  const text = String(value)
  // A provider may send names of any length; the end tells what the value is.
  if (text.length > 60 || SENSITIVE.test(name.slice(-200))) return TYPE_NOUNS[type]
  return type === 'string' ? `the string ${JSON.stringify(text)}` : text
}

/** Matches the names of attributes whose values may be secret. */
const SENSITIVE = /pass|pwd|secret|token|key|credential|user_?data/i
