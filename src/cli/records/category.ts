/** Converts categories to output records. */
import { type AttributeDefinition, type Category, termOf } from '../../model/index.js'
import type { Column, OutputRecord } from '../output/types.js'

export function categoryRecord(category: Category): OutputRecord {
  const data = {
    class: category.class,
    id: category.id,
    name: category.term,
    term: category.term,
    scheme: category.scheme,
    title: category.title ?? null,
    ...classMembers(category),
    attributes: Object.fromEntries(
      [...category.attributes.values()].map((definition) => [definition.name, definitionData(definition)]),
    ),
  }
  return { data, category, name: category.term, id: category.id, url: locationOf(category) ?? category.id }
}

function classMembers(category: Category): Readonly<Record<string, unknown>> {
  switch (category.class) {
    case 'kind':
      return {
        parent: category.parent ?? null,
        location: category.location ?? null,
        actions: category.actions,
      }
    case 'mixin':
      return {
        depends: category.depends,
        applies: category.applies,
        location: category.location ?? null,
        actions: category.actions,
      }
    case 'action':
      return {}
  }
}

export function definitionData(definition: AttributeDefinition): Readonly<Record<string, unknown>> {
  return {
    type: definition.type ?? null,
    mutable: definition.mutable,
    required: definition.required,
    default: definition.default ?? null,
    pattern: patternData(definition.pattern),
    description: definition.description ?? null,
  }
}

function patternData(pattern: AttributeDefinition['pattern']): unknown {
  if (pattern === undefined) return null
  return pattern.form === 'regex' ? pattern.source : pattern.schema
}

function locationOf(category: Category): string | undefined {
  return category.class === 'action' ? undefined : category.location
}

export const categoryColumns: readonly Column[] = [
  { key: 'class', heading: 'CLASS', value: 'class' },
  { key: 'term', heading: 'TERM', value: 'term', style: 'name' },
  { key: 'title', heading: 'TITLE', value: 'title' },
  { key: 'scheme', heading: 'SCHEME', value: 'scheme', style: 'secondary' },
  { key: 'location', heading: 'LOCATION', value: 'location', wide: true },
]

/** Columns for lists of mixins. */
export const mixinColumns: readonly Column[] = [
  { key: 'term', heading: 'TERM', value: 'term', style: 'name' },
  { key: 'title', heading: 'TITLE', value: 'title' },
  {
    key: 'of',
    heading: 'OF',
    value: ({ data }) =>
      Array.isArray(data['depends']) ? data['depends'].map((id) => termOf(String(id))).join(', ') : '',
  },
  { key: 'id', heading: 'IDENTIFIER', value: 'id', wide: true },
  { key: 'location', heading: 'LOCATION', value: 'location', wide: true },
]

/** Columns that describe a single category. */
export const describeCategoryColumns: readonly Column[] = [
  { key: 'term', heading: 'TERM', value: 'term', style: 'name' },
  { key: 'class', heading: 'CLASS', value: 'class' },
  { key: 'title', heading: 'TITLE', value: 'title' },
  { key: 'id', heading: 'IDENTIFIER', value: 'id' },
  { key: 'parent', heading: 'PARENT', value: 'parent' },
  { key: 'depends', heading: 'DEPENDS', value: 'depends' },
  { key: 'applies', heading: 'APPLIES', value: 'applies' },
  { key: 'location', heading: 'LOCATION', value: 'location' },
  { key: 'actions', heading: 'ACTIONS', value: 'actions' },
  { key: 'attributes', heading: 'ATTRIBUTES', value: attributeLines },
]

function attributeLines({ data }: OutputRecord): readonly string[] {
  const attributes = data['attributes']
  if (typeof attributes !== 'object' || attributes === null) return []
  return Object.entries(attributes).map(([name, definition]) => `${name}: ${definitionText(definition)}`)
}

/** The definition on one line: "integer, default 1, read-only". */
export function definitionText(definition: unknown): string {
  const {
    type,
    mutable,
    required,
    default: defaultValue,
    description,
  } = definition as Record<string, unknown>
  const words = [
    typeof type === 'string' ? type : undefined,
    required === true ? 'required' : undefined,
    mutable === false ? 'read-only' : undefined,
    defaultValue === null || defaultValue === undefined
      ? undefined
      : `default ${JSON.stringify(defaultValue)}`,
    typeof description === 'string' ? description : undefined,
  ]
  return words.filter((word) => word !== undefined).join(', ') || 'any value'
}
