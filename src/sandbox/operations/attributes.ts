/** Checks attributes against the model and converts their values. */
import { readNumber } from '../../basics/numbers.js'
import { isRecord } from '../../basics/objects.js'
import type { AttributeDefinition, Attributes, AttributeType, AttributeValue } from '../../model/index.js'
import { Fault } from '../fault.js'
import type { AttributeRules } from './behaviour.js'

type Definitions = ReadonlyMap<string, AttributeDefinition>

interface WriteRules extends AttributeRules {
  /** Current values. Setting an immutable attribute to its current value is accepted. */
  readonly current?: Attributes
}

/** The attributes to store, with values of the defined types. Throws Fault 400 or 403. */
export function acceptAttributes(
  attributes: Attributes,
  definitions: Definitions,
  rules: WriteRules,
): Map<string, AttributeValue> {
  const result = new Map<string, AttributeValue>()
  for (const [name, value] of attributes) {
    const definition = definitions.get(name)
    if (definition === undefined) {
      if (rules.unknown === 'refuse')
        throw new Fault(400, `Attribute ${name} is not known for this entity`, {
          code: 'unknown-attribute',
          subject: name,
        })
      if (rules.unknown === 'keep') result.set(name, value)
      continue
    }
    const typed = coerceValue(name, value, definition)
    if (!definition.mutable) {
      if (rules.immutable === 'drop' || sameValue(rules.current?.get(name), typed)) continue
      if (rules.immutable === 'refuse') throw new Fault(403, `Attribute ${name} is set by the provider only`)
    }
    result.set(name, typed)
  }
  return result
}

/** Throws Fault 400 when a required attribute that clients can set is missing. */
export function checkRequired(attributes: Attributes, definitions: Definitions): void {
  for (const definition of definitions.values()) {
    if (!definition.required || !definition.mutable || attributes.has(definition.name)) continue
    if (definition.name.startsWith('occi.core.')) continue
    throw new Fault(400, `Attribute ${definition.name} is required`)
  }
}

/** Converts a value to the type that the model defines. Accepts numbers and booleans in quotes. */
function coerceValue(name: string, value: AttributeValue, definition: AttributeDefinition): AttributeValue {
  const typed = convert(value, definition)
  if (typed === undefined) {
    throw new Fault(
      400,
      `Attribute ${name} must be a ${definition.type}, not ${JSON.stringify(String(value))}`,
    )
  }
  checkPattern(name, typed, definition)
  return typed
}

/** Checks enumerations and bounds, the only parts of JSON Schema that the sandbox's categories use. */
function checkPattern(name: string, value: AttributeValue, definition: AttributeDefinition): void {
  if (definition.pattern?.form !== 'schema') return
  const { enum: allowed, minimum, maximum, exclusiveMinimum } = definition.pattern.schema
  if (Array.isArray(allowed) && !allowed.some((allowedValue) => sameValue(allowedValue, value))) {
    throw new Fault(400, `Attribute ${name} must be one of ${allowed.join(', ')}`)
  }
  if (typeof value !== 'number' && typeof value !== 'bigint') return
  if (typeof minimum === 'number' && value < minimum)
    throw new Fault(400, `Attribute ${name} must be at least ${minimum}`)
  if (typeof maximum === 'number' && value > maximum)
    throw new Fault(400, `Attribute ${name} must be at most ${maximum}`)
  if (typeof exclusiveMinimum === 'number' && value <= exclusiveMinimum) {
    throw new Fault(400, `Attribute ${name} must be more than ${exclusiveMinimum}`)
  }
}

function convert(value: AttributeValue, definition: AttributeDefinition): AttributeValue | undefined {
  return definition.type === undefined ? value : conversions[definition.type](value)
}

type Conversion = (value: AttributeValue) => AttributeValue | undefined

const conversions: Readonly<Record<AttributeType, Conversion>> = {
  number: toNumber,
  boolean: (value) => (typeof value === 'boolean' ? value : booleanOfText.get(value)),
  string: (value) => (typeof value === 'object' ? undefined : String(value)),
  array: (value) => (Array.isArray(value) ? value : parseAs(value, Array.isArray)),
  object: (value) => (isRecord(value) ? value : parseAs(value, isRecord)),
}

const booleanOfText: ReadonlyMap<AttributeValue, boolean> = new Map([
  ['true', true],
  ['false', false],
])

function toNumber(value: AttributeValue): AttributeValue | undefined {
  if (typeof value === 'number' || typeof value === 'bigint') return value
  return typeof value === 'string' ? readNumber(value.trim())?.value : undefined
}

/** Parses JSON in a string; undefined if its value is not as expected. */
function parseAs(value: AttributeValue, isExpected: (value: unknown) => boolean): AttributeValue | undefined {
  if (typeof value !== 'string') return undefined
  try {
    const parsed: unknown = JSON.parse(value)
    return isExpected(parsed) ? (parsed as AttributeValue) : undefined
  } catch {
    return undefined
  }
}

/** Whether two values are equal, regardless of whether scalars are in quotes. */
export function sameValue(a: AttributeValue | undefined, b: AttributeValue | undefined): boolean {
  if (a === b) return true
  if (a === undefined || b === undefined) return false
  if (typeof a === 'object' || typeof b === 'object') return encode(a) === encode(b)
  return String(a) === String(b)
}

function encode(value: AttributeValue): string {
  return JSON.stringify(value, (_, part: unknown) => (typeof part === 'bigint' ? part.toString() : part))
}
