/** The five types of attribute values (GFD.226 §5.3). */
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

export const NOUNS: Readonly<Record<AttributeType, string>> = {
  string: 'a string',
  number: 'a number',
  boolean: 'true or false',
  array: 'an array (JSON)',
  object: 'an object (JSON)',
}

/** Describes a value for a message: short, on one line, and without revealing a value that may be secret. */
export function describeValue(name: string, value: AttributeValue): string {
  const type = typeOf(value)
  if (type === 'array' || type === 'object') return NOUNS[type]
  const text = String(value)
  if (text.length > 60 || SENSITIVE.test(name.slice(-200))) return NOUNS[type]
  return type === 'string' ? `the string ${JSON.stringify(text)}` : text
}

const SENSITIVE = /pass|pwd|secret|token|key|credential|user_?data/i
