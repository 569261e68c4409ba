/** Converts text from the command line to attribute values. */
import { readNumber } from '../basics/numbers.js'
import { isRecord } from '../basics/objects.js'
import type { AttributeDefinition, AttributeType, AttributeValue } from './attribute.js'
import { infrastructureCategories } from './infrastructure/index.js'

/**
 * Converts `text` to the type in the definition. Without a type (text discovery), only well-known
 * numeric attributes become numbers. Text that does not fit the type stays a string, so that
 * validation can report it.
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

function parseJson(text: string, fits: (value: unknown) => boolean): AttributeValue | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return fits(value) ? (value as AttributeValue) : undefined
  } catch {
    return undefined
  }
}

function wellKnownType(name: string | undefined): AttributeType {
  return name !== undefined && NUMERIC.has(name) ? 'number' : 'string'
}

/** Numeric attributes that GFD.222 (resource templates) and ooi (networks) add. */
const EXTENSIONS = ['occi.compute.ephemeral_storage.size', 'org.openstack.network.ip_version']

function numbersIn(version: '1.1' | '1.2'): readonly string[] {
  return infrastructureCategories(version).flatMap(({ attributes }) =>
    [...attributes.values()].filter(({ type }) => type === 'number').map(({ name }) => name),
  )
}

const NUMERIC: ReadonlySet<string> = new Set([...EXTENSIONS, ...numbersIn('1.1'), ...numbersIn('1.2')])
