/** Loads and saves the cached facts about a provider, as plain JSON. Every loaded value is checked. */
import { isRecord, omitUndefined } from '../basics/objects.js'
import type {
  AttributeDefinition,
  AttributePattern,
  AttributeType,
  AttributeValue,
  Category,
  TypeId,
} from '../model/index.js'
import { typeId } from '../model/index.js'
import { renderings } from '../rendering/index.js'
import { isProfile } from './quirks/recognise.js'
import type { ProviderMemory, ProviderNotes } from './types.js'

/**
 * Milliseconds for which a remembered model is used without a request. After that it is validated by its ETag
 * or fetched again.
 */
export const timeToLive = 3_600_000

/** Loads the notes; undefined if they are missing or malformed. */
export async function loadNotes(memory: ProviderMemory | undefined): Promise<ProviderNotes | undefined> {
  try {
    const notes: unknown = await memory?.load()
    return isNotes(notes) ? notes : undefined
  } catch {
    return undefined
  }
}

const isString = (value: unknown) => typeof value === 'string'
const isRendering = (value: unknown) => isString(value) && Object.hasOwn(renderings, value as string)

/** Validators of all members except the categories, which are checked one by one (categoriesFromJson). */
const validators: Readonly<Record<Exclude<keyof ProviderNotes, 'categories'>, (value: unknown) => boolean>> =
  {
    version: (value) => value === 1,
    etag: isString,
    fetched: Number.isFinite,
    read: isRendering,
    write: isRendering,
    model: isRendering,
    provider: (value) => isString(value) && isProfile(value as string),
    recognisedBy: isString,
    queryPath: isString,
    server: isString,
    versions: (value) => Array.isArray(value) && value.every(isString),
  }

/** Whether loaded JSON has the form of ProviderNotes. A file may be damaged, or written by another version of occi. */
function isNotes(notes: unknown): notes is ProviderNotes {
  if (!isRecord(notes) || notes['version'] !== 1 || typeof notes['fetched'] !== 'number') return false
  return Object.entries(validators).every(
    ([name, isValid]) => notes[name] === undefined || isValid(notes[name]),
  )
}

/** Saves the notes. A failure is ignored, since the cache only saves requests. */
export async function saveNotes(memory: ProviderMemory | undefined, notes: ProviderNotes): Promise<void> {
  try {
    await memory?.save(notes)
  } catch {
    // A full or read-only disk must not fail the command.
  }
}

/** Converts categories to plain JSON, which categoriesFromJson reads. */
export function categoriesToJson(categories: readonly Category[]): readonly unknown[] {
  return categories.map((category) => ({
    ...category,
    attributes: [...category.attributes.values()].map((definition) => ({
      ...definition,
      ...(definition.default === undefined ? {} : { default: toJsonValue(definition.default) }),
      ...(definition.pattern?.form === 'schema'
        ? { pattern: { form: 'schema', schema: toJsonValue(definition.pattern.schema) } }
        : {}),
    })),
  }))
}

/** Reads categories; undefined if any part is malformed. */
export function categoriesFromJson(json: readonly unknown[] | undefined): readonly Category[] | undefined {
  if (!Array.isArray(json)) return undefined
  const categories: Category[] = []
  for (const entry of json) {
    const category = isRecord(entry) ? categoryFrom(entry) : undefined
    if (category === undefined) return undefined
    categories.push(category)
  }
  return categories
}

function categoryFrom(item: Readonly<Record<string, unknown>>): Category | undefined {
  const { scheme, term } = item
  if (typeof scheme !== 'string' || typeof term !== 'string' || !Array.isArray(item['attributes']))
    return undefined
  const attributes = new Map<string, AttributeDefinition>()
  for (const raw of item['attributes']) {
    const definition = isRecord(raw) ? definitionFrom(raw) : undefined
    if (definition === undefined) return undefined
    attributes.set(definition.name, definition)
  }
  const base = { scheme, term, id: typeId(scheme, term), ...stringMember(item, 'title'), attributes }
  switch (item['class']) {
    case 'action':
      return { class: 'action', ...base }
    case 'kind':
      return {
        class: 'kind',
        ...base,
        ...stringMember(item, 'location'),
        ...(typeof item['parent'] === 'string' ? { parent: item['parent'] as TypeId } : {}),
        actions: typeIdsIn(item['actions']),
      }
    case 'mixin':
      return {
        class: 'mixin',
        ...base,
        ...stringMember(item, 'location'),
        depends: typeIdsIn(item['depends']),
        applies: typeIdsIn(item['applies']),
        actions: typeIdsIn(item['actions']),
      }
    default:
      return undefined
  }
}

const attributeTypes: ReadonlySet<unknown> = new Set(['string', 'number', 'boolean', 'array', 'object'])

function definitionFrom(json: Readonly<Record<string, unknown>>): AttributeDefinition | undefined {
  const { name, mutable, required, type } = json
  if (typeof name !== 'string' || typeof mutable !== 'boolean' || typeof required !== 'boolean')
    return undefined
  const pattern = patternFrom(json['pattern'])
  return {
    name,
    mutable,
    required,
    ...(attributeTypes.has(type) ? { type: type as AttributeType } : {}),
    ...(json['float'] === true ? { float: true as const } : {}),
    ...(json['default'] === undefined ? {} : { default: fromJsonValue(json['default']) }),
    ...omitUndefined({ pattern }),
    ...stringMember(json, 'description'),
  }
}

function patternFrom(json: unknown): AttributePattern | undefined {
  if (!isRecord(json)) return undefined
  if (json['form'] === 'regex' && typeof json['source'] === 'string')
    return { form: 'regex', source: json['source'] }
  if (json['form'] !== 'schema') return undefined
  return {
    form: 'schema',
    schema: fromJsonValue(json['schema']) as { readonly [key: string]: AttributeValue },
  }
}

/** A value for JSON, which has no bigint. */
function toJsonValue(value: AttributeValue): unknown {
  if (typeof value === 'bigint') return { $bigint: String(value) }
  if (Array.isArray(value)) return value.map(toJsonValue)
  if (typeof value === 'object') {
    return Object.fromEntries(
      Object.entries(value).map(([key, member]) => [key, toJsonValue(member as AttributeValue)]),
    )
  }
  return value
}

/** The inverse of toJsonValue. */
function fromJsonValue(value: unknown): AttributeValue {
  if (Array.isArray(value)) return value.map(fromJsonValue)
  if (isRecord(value)) {
    const bigintText = value['$bigint']
    if (typeof bigintText === 'string' && /^-?\d{1,400}$/.test(bigintText)) return BigInt(bigintText)
    return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, fromJsonValue(member)]))
  }
  return value as AttributeValue
}

/** Returns an object with this member if its value is a string, and otherwise an empty object. */
function stringMember<K extends string>(
  record: Readonly<Record<string, unknown>>,
  key: K,
): { [P in K]?: string } {
  const value = record[key]
  return typeof value === 'string' ? ({ [key]: value } as { [P in K]?: string }) : {}
}

function typeIdsIn(value: unknown): readonly TypeId[] {
  return Array.isArray(value) ? value.filter((id): id is TypeId => typeof id === 'string') : []
}
