/** Converts the cached facts about a provider to plain JSON and back. Reading checks every value. */
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

const isText = (value: unknown) => typeof value === 'string'
const isRendering = (value: unknown) => isText(value) && Object.hasOwn(renderings, value as string)

/** Validators of all members except the categories, which are checked one by one (categoriesFromJson). */
const validators: Readonly<Record<Exclude<keyof ProviderNotes, 'categories'>, (value: unknown) => boolean>> =
  {
    version: (value) => value === 1,
    etag: isText,
    fetched: Number.isFinite,
    read: isRendering,
    write: isRendering,
    model: isRendering,
    provider: (value) => isText(value) && isProfile(value as string),
    recognisedBy: isText,
    queryPath: isText,
    server: isText,
    versions: (value) => Array.isArray(value) && value.every(isText),
  }

/** Files may be damaged, or of another version of occi. */
function isNotes(notes: unknown): notes is ProviderNotes {
  if (!isRecord(notes) || notes['version'] !== 1 || typeof notes['fetched'] !== 'number') return false
  return Object.entries(validators).every(
    ([name, isValid]) => notes[name] === undefined || isValid(notes[name]),
  )
}

/** Best effort: a failure is ignored. */
export async function remember(memory: ProviderMemory | undefined, notes: ProviderNotes): Promise<void> {
  try {
    await memory?.save(notes)
  } catch {
    // A full or read-only disk must not fail the command.
  }
}

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
  for (const item of json) {
    const category = isRecord(item) ? categoryFrom(item) : undefined
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
        actions: ids(item['actions']),
      }
    case 'mixin':
      return {
        class: 'mixin',
        ...base,
        ...stringMember(item, 'location'),
        depends: ids(item['depends']),
        applies: ids(item['applies']),
        actions: ids(item['actions']),
      }
    default:
      return undefined
  }
}

const types: ReadonlySet<unknown> = new Set(['string', 'number', 'boolean', 'array', 'object'])

function definitionFrom(raw: Readonly<Record<string, unknown>>): AttributeDefinition | undefined {
  const { name, mutable, required, type } = raw
  if (typeof name !== 'string' || typeof mutable !== 'boolean' || typeof required !== 'boolean')
    return undefined
  const pattern = patternFrom(raw['pattern'])
  return {
    name,
    mutable,
    required,
    ...(types.has(type) ? { type: type as AttributeType } : {}),
    ...(raw['float'] === true ? { float: true as const } : {}),
    ...(raw['default'] === undefined ? {} : { default: fromJsonValue(raw['default']) }),
    ...omitUndefined({ pattern }),
    ...stringMember(raw, 'description'),
  }
}

function patternFrom(raw: unknown): AttributePattern | undefined {
  if (!isRecord(raw)) return undefined
  if (raw['form'] === 'regex' && typeof raw['source'] === 'string')
    return { form: 'regex', source: raw['source'] }
  if (raw['form'] !== 'schema') return undefined
  return {
    form: 'schema',
    schema: fromJsonValue(raw['schema']) as { readonly [key: string]: AttributeValue },
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

function fromJsonValue(value: unknown): AttributeValue {
  if (Array.isArray(value)) return value.map(fromJsonValue)
  if (isRecord(value)) {
    const big = value['$bigint']
    if (typeof big === 'string' && /^-?\d{1,400}$/.test(big)) return BigInt(big)
    return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, fromJsonValue(member)]))
  }
  return value as AttributeValue
}

function stringMember<K extends string>(
  from: Readonly<Record<string, unknown>>,
  key: K,
): { [P in K]?: string } {
  const value = from[key]
  return typeof value === 'string' ? ({ [key]: value } as { [P in K]?: string }) : {}
}

function ids(value: unknown): readonly TypeId[] {
  return Array.isArray(value) ? value.filter((id): id is TypeId => typeof id === 'string') : []
}
