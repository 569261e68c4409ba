/** Builds the output of `occi explain`: the model's definition of a category or an attribute. */
import {
  type AttributeDefinition,
  type Category,
  type Kind,
  type Mixin,
  type Model,
  termOf,
} from '../../model/index.js'
import type { Column, Output, OutputRecord } from '../output/types.js'
import { categoryRecord, definitionData, definitionText } from './category.js'

export function explainCategory(model: Model, category: Category): Output {
  const record = categoryRecord(category)
  const data = { ...record.data, ...detailsOf(model, category) }
  return { shape: 'one', records: [{ ...record, data }], columns: categoryColumns }
}

export function explainAttribute(model: Model, category: Category, definition: AttributeDefinition): Output {
  const data = {
    name: definition.name,
    of: category.id,
    ...definitionData(definition),
    definedBy: definingCategories(model, category, definition.name),
  }
  const record: OutputRecord = { data, name: definition.name, id: definition.name, url: category.id }
  return { shape: 'one', records: [record], columns: attributeColumns }
}

const categoryColumns: readonly Column[] = [
  { key: 'term', heading: 'TERM', value: 'term', style: 'name' },
  { key: 'class', heading: 'CLASS', value: 'class' },
  { key: 'title', heading: 'TITLE', value: 'title' },
  { key: 'id', heading: 'IDENTIFIER', value: 'id' },
  { key: 'ancestors', heading: 'DESCENDS FROM', value: 'ancestors' },
  { key: 'depends', heading: 'DEPENDS ON', value: 'depends' },
  { key: 'applies', heading: 'APPLIES TO', value: 'applies' },
  { key: 'of', heading: 'OF', value: 'of' },
  { key: 'location', heading: 'LOCATION', value: 'location' },
  { key: 'attributes', heading: 'ATTRIBUTES', value: ({ data }) => definitionLines(data['attributes']) },
  { key: 'mixins', heading: 'MIXINS ADD', value: mixinLines },
  { key: 'actions', heading: 'ACTIONS', value: actionLines },
]

const attributeColumns: readonly Column[] = [
  { key: 'name', heading: 'ATTRIBUTE', value: 'name', style: 'name' },
  { key: 'of', heading: 'OF', value: 'of' },
  { key: 'description', heading: 'MEANING', value: 'description' },
  { key: 'type', heading: 'TYPE', value: ({ data }) => data['type'] ?? 'unspecified' },
  { key: 'required', heading: 'REQUIRED', value: ({ data }) => yesNo(data['required']) },
  { key: 'mutable', heading: 'CAN BE SET', value: ({ data }) => yesNo(data['mutable']) },
  { key: 'default', heading: 'DEFAULT', value: 'default' },
  { key: 'pattern', heading: 'PATTERN', value: 'pattern' },
  { key: 'definedBy', heading: 'DEFINED BY', value: 'definedBy' },
]

function detailsOf(model: Model, category: Category): Readonly<Record<string, unknown>> {
  switch (category.class) {
    case 'action':
      return { of: categoriesWithAction(model, category.id) }
    case 'mixin':
      return { actions: actionsData(model, category.actions) }
    case 'kind': {
      const attributes = model.attributesOf(category.id)
      return {
        ancestors: model.ancestors(category.id),
        attributes: Object.fromEntries(
          [...attributes].map(([name, definition]) => [name, definitionData(definition)]),
        ),
        mixins: mixinsWithAttributes(model, category).map((mixin) => ({
          id: mixin.id,
          term: mixin.term,
          attributes: Object.fromEntries(
            [...mixin.attributes].map(([name, definition]) => [name, definitionData(definition)]),
          ),
        })),
        actions: actionsData(model, model.actionsOf(category.id)),
      }
    }
  }
}

/** Mixins that apply to the kind and define attributes. */
function mixinsWithAttributes(model: Model, kind: Kind): readonly Mixin[] {
  return model.mixins.filter((mixin) => mixin.attributes.size > 0 && model.applies(mixin, kind.id))
}

function actionsData(model: Model, ids: readonly string[]): readonly unknown[] {
  return ids.map((id) => {
    const action = model.action(id)
    return {
      id,
      term: termOf(id),
      title: action?.title ?? null,
      parameters: Object.fromEntries(
        [...(action?.attributes ?? [])].map(([name, definition]) => [name, definitionData(definition)]),
      ),
    }
  })
}

/** Kinds and mixins that have the action. */
function categoriesWithAction(model: Model, action: string): readonly string[] {
  return model.categories
    .filter((definition) => definition.class !== 'action' && definition.actions.some((id) => id === action))
    .map(({ id }) => id)
}

/** The categories that define the attribute: of a kind, also its ancestors and the mixins that apply to it. */
function definingCategories(model: Model, category: Category, name: string): readonly string[] {
  if (category.class !== 'kind') return [category.id]
  const kinds = [category.id, ...model.ancestors(category.id)].filter((id) =>
    model.get(id)?.attributes.has(name),
  )
  return [
    ...kinds,
    ...mixinsWithAttributes(model, category)
      .filter((definition) => definition.attributes.has(name))
      .map(({ id }) => id),
  ]
}

function definitionLines(attributes: unknown): readonly string[] {
  if (typeof attributes !== 'object' || attributes === null) return []
  return Object.entries(attributes).map(([name, definition]) => `${name}: ${definitionText(definition)}`)
}

function mixinLines({ data }: OutputRecord): readonly string[] {
  const mixins = data['mixins']
  if (!Array.isArray(mixins)) return []
  return mixins.map(
    (mixin: { term: string; attributes: object }) =>
      `${mixin.term}: ${Object.keys(mixin.attributes).join(', ')}`,
  )
}

function actionLines({ data }: OutputRecord): readonly string[] {
  const actions = data['actions']
  if (!Array.isArray(actions)) return []
  return actions.map((action: { term: string; parameters: object }) => {
    const parameters = Object.entries(action.parameters).map(
      ([name, definition]) => `${name} (${definitionText(definition)})`,
    )
    return parameters.length === 0 ? action.term : `${action.term}: ${parameters.join(', ')}`
  })
}

function yesNo(value: unknown): string {
  return value === true ? 'yes' : 'no'
}
