/** Parses `name=value` and `name:=json` of --attribute. */
import { UsageError } from '../../errors/errors.js'
import {
  type AttributeDefinition,
  type AttributeDefinitions,
  type AttributeValue,
  coerce,
} from '../../model/index.js'
import { gibibytesIn } from './amount.js'

export type Assignment =
  | { readonly name: string; readonly text: string }
  | { readonly name: string; readonly value: AttributeValue }

/** Whether a word is an assignment (`cores=2`), unlike a URL with a query. */
export function isAssignment(word: string): boolean {
  return /^[A-Za-z0-9_.-]+:?=/.test(word)
}

/** Splits at the first `=`; everything after it is the value, including commas. Throws UsageError. */
export function parseAssignment(argument: string, option = '--attribute'): Assignment {
  const equals = argument.indexOf('=')
  const isJson = equals > 0 && argument[equals - 1] === ':'
  const name = argument.slice(0, isJson ? equals - 1 : Math.max(equals, 0)).trim()
  if (equals < 0 || name === '') {
    throw new UsageError(`${option} "${argument}" is not of the form NAME=VALUE`, {
      hint: 'Write occi.compute.cores=2, or name:=JSON for a number, a boolean or a list.',
      at: option,
    })
  }
  const text = argument.slice(equals + 1)
  if (!isJson) return { name, text }
  const value = parseJson(text)
  if (value === null) {
    throw new UsageError(`${option} ${name}:= cannot be null`, { hint: 'Give it a value.', at: option })
  }
  if (value === undefined) {
    throw new UsageError(`${option} ${name}:= needs JSON, not "${text}"`, {
      hint: `For text write ${name}=${text}; JSON text has quotes: ${name}:='"text"'.`,
      at: option,
    })
  }
  return { name, value }
}

/**
 * Expands names and converts values to the types of the model. A short name (`cores`) stands for the only attribute
 * that ends with it. Attributes that are not in the model are left to validation.
 */
export function toAttributes(
  assignments: readonly Assignment[],
  definitions: AttributeDefinitions,
): Map<string, AttributeValue> {
  const attributes = new Map<string, AttributeValue>()
  for (const assignment of assignments) {
    const name = fullName(assignment.name, definitions)
    const value =
      'value' in assignment ? assignment.value : fromText(definitions.get(name) ?? { name }, assignment.text)
    attributes.set(name, value)
  }
  return attributes
}

function fromText(definition: Pick<AttributeDefinition, 'name' | 'type'>, text: string): AttributeValue {
  const value = coerce(definition, text)
  const mayHaveUnit =
    typeof value === 'string' && definition.type !== 'string' && attributesInGibibytes.has(definition.name)
  return mayHaveUnit ? (gibibytesIn(text) ?? value) : value
}

/** Attributes whose value may have a unit. `size` is a parameter of the action `resize` (GFD.224). */
const attributesInGibibytes: ReadonlySet<string> = new Set([
  'occi.compute.memory',
  'occi.compute.ephemeral_storage.size',
  'occi.storage.size',
  'size',
])

function fullName(name: string, definitions: AttributeDefinitions): string {
  if (definitions.has(name) || name.includes('.')) return name
  const ending = `.${name}`
  const matches = [...definitions.keys()].filter((candidate) => candidate.endsWith(ending))
  return matches.length === 1 ? (matches[0] ?? name) : name
}

/** Returns undefined for a text that is not JSON. */
function parseJson(text: string): AttributeValue | null | undefined {
  try {
    return JSON.parse(text) as AttributeValue | null
  } catch {
    return undefined
  }
}
