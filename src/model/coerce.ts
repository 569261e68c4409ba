/** Converts text, as on the command line, to attribute values. */
import { readNumber } from '../basics/numbers.js'
import { isRecord } from '../basics/objects.js'
import type { AttributeDefinition, AttributeType, AttributeValue } from './attribute.js'
import { infrastructureCategories } from './infrastructure/index.js'

/**
 * Converts text to the type in the definition. If the definition has no type, because it was read from a text
 * rendering, only well-known numeric attributes become numbers. Text that does not fit the type remains a string, so
 * that validation can report it.
 */
export function coerce(
  definition: Pick<AttributeDefinition, 'name' | 'type'> | undefined,
  text: string,
): AttributeValue {
  const type = definition?.type ?? wellKnownType(definition?.name)
  return COERCIONS[type](text) ?? text
}

const COERCIONS: Readonly<Record<AttributeType, (text: string) => AttributeValue | undefined>> = {
  string: (text) => text,
  number: (text) => readNumber(text.trim())?.value,
  boolean: (text) => BOOLEANS.get(text.trim().toLowerCase()),
  array: (text) => parseJson(text, Array.isArray),
  object: (text) => parseJson(text, isRecord),
}

const BOOLEANS: ReadonlyMap<string, boolean> = new Map([
  ['true', true],
  ['false', false],
])

/** Parses JSON; undefined if it is malformed or not of the expected type. */
function parseJson(text: string, isExpected: (value: unknown) => boolean): AttributeValue | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return isExpected(value) ? (value as AttributeValue) : undefined
  } catch {
    return undefined
  }
}

function wellKnownType(name: string | undefined): AttributeType {
  return name !== undefined && NUMERIC_ATTRIBUTES.has(name) ? 'number' : 'string'
}

/** Numeric attributes outside OCCI Infrastructure: of GFD.222 (resource templates) and of ooi (networks). */
const NUMERIC_EXTENSIONS = ['occi.compute.ephemeral_storage.size', 'org.openstack.network.ip_version']

function numericAttributesOf(version: '1.1' | '1.2'): readonly string[] {
  return infrastructureCategories(version).flatMap(({ attributes }) =>
    [...attributes.values()].filter(({ type }) => type === 'number').map(({ name }) => name),
  )
}

const NUMERIC_ATTRIBUTES: ReadonlySet<string> = new Set([
  ...NUMERIC_EXTENSIONS,
  ...numericAttributesOf('1.1'),
  ...numericAttributesOf('1.2'),
])
