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

/** Whether a word is an assignment, `cores=2`. A URL with a query is not one. */
export function isAssignment(word: string): boolean {
  return /^[A-Za-z0-9_.-]+:?=/.test(word)
}

/** Splits at the first `=`; everything after it is the value, including commas. Throws UsageError. */
export function parseAssignment(argument: string, at = '--attribute'): Assignment {
  const equals = argument.indexOf('=')
  const typed = equals > 0 && argument[equals - 1] === ':'
  const name = argument.slice(0, typed ? equals - 1 : Math.max(equals, 0)).trim()
  if (equals < 0 || name === '') {
    throw new UsageError(`${at} "${argument}" is not of the form NAME=VALUE`, {
      hint: 'Write occi.compute.cores=2, or name:=JSON for a value of a given type.',
      at,
    })
  }
  const text = argument.slice(equals + 1)
  if (!typed) return { name, text }
  const value = jsonIn(text)
  if (value === null) throw new UsageError(`${at} ${name}:= cannot be null`, { hint: 'Give it a value.', at })
  if (value === undefined) {
    throw new UsageError(`${at} ${name}:= needs JSON, not "${text}"`, {
      hint: `For text write ${name}=${text}; JSON text has quotes: ${name}:='"text"'.`,
      at,
    })
  }
  return { name, value }
}

/**
 * Expands names and converts values. A short name (`cores`) means the only attribute that ends in it; the
 * type comes from the model. Attributes that are not in the model are left to validation.
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

/** Attributes whose value may have a unit. The last is a parameter of the action `resize`. */
const attributesInGibibytes: ReadonlySet<string> = new Set([
  'occi.compute.memory',
  'occi.compute.ephemeral_storage.size',
  'occi.storage.size',
  'size',
])

function fullName(name: string, definitions: AttributeDefinitions): string {
  if (definitions.has(name) || name.includes('.')) return name
  const ending = `.${name}`
  const found = [...definitions.keys()].filter((candidate) => candidate.endsWith(ending))
  return found.length === 1 ? (found[0] ?? name) : name
}

/** Undefined for a text that is not JSON. */
function jsonIn(text: string): AttributeValue | null | undefined {
  try {
    return JSON.parse(text) as AttributeValue | null
  } catch {
    return undefined
  }
}
