/** Compares a wanted entity with the actual one, and ignores differences in notation. */
import { type Changes, sameValue } from '../client/index.js'
import {
  type AttributeValue,
  type Entity,
  type Model,
  OS_TEMPLATE,
  readableName,
  type TypeId,
  termOf,
} from '../model/index.js'

/** One value of an entity that differs from the wanted one. */
interface Difference {
  readonly type: 'title' | 'summary' | 'attribute' | 'mixin'
  /** The name of the attribute, or `os_tpl`, `resource_tpl`, `mixin`. */
  readonly name: string
  /** Undefined if there is no value yet. */
  readonly from: string | undefined
  readonly to: string
  /** The identifier, for a mixin. */
  readonly mixin?: TypeId
  /** Why no provider can change it. */
  readonly fixed?: string
}

/**
 * The differences that an update would remove. Attributes that the provider does not render are not compared, since it
 * may store them nevertheless. Attributes that only the provider has are ignored.
 */
export function compare(wanted: Entity, actual: Entity, model: Model): readonly Difference[] {
  const differences: Difference[] = []
  const { title } = wanted
  if (title !== undefined && actual.title !== undefined && actual.title !== title) {
    differences.push({ type: 'title', name: 'title', from: actual.title, to: title })
  }
  if (wanted.type === 'resource' && actual.type === 'resource' && wanted.summary !== undefined) {
    const { summary } = actual
    if (summary !== undefined && summary !== wanted.summary) {
      differences.push({ type: 'summary', name: 'summary', from: summary, to: wanted.summary })
    }
  }
  for (const [name, value] of wanted.attributes) {
    const current = actual.attributes.get(name)
    // Some providers render an empty text for a value that they do not store.
    if (current === undefined || current === '' || isSame(name, value, current)) continue
    const isHidden = isUserDataOrKey(name)
    differences.push({
      type: 'attribute',
      name,
      from: isHidden ? '(set)' : textOf(current),
      to: isHidden ? '(another)' : textOf(value),
    })
  }
  differences.push(...mixinDifferences(wanted, actual, model))
  return differences
}

/**
 * Whether two values are equal. The case is ignored in attributes of the standard, since providers change it, except
 * labels.
 */
function isSame(name: string, first: AttributeValue, second: AttributeValue): boolean {
  if (sameValue(first, second)) return true
  if (isUserDataOrKey(name)) return withoutSpace(first) === withoutSpace(second)
  const ignoresCase = name.startsWith('occi.') && !name.endsWith('.label')
  return ignoresCase && lowerCase(first) === lowerCase(second)
}

function lowerCase(value: AttributeValue): string {
  return String(value).trim().toLowerCase()
}

function withoutSpace(value: AttributeValue): string {
  return String(value).replaceAll(/\s+/g, '')
}

/** Whether the attribute is user data or a key, whose value is too long and too sensitive to show. */
function isUserDataOrKey(name: string): boolean {
  return /user_?data|publickey/.test(name)
}

function textOf(value: AttributeValue): string {
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

function mixinDifferences(wanted: Entity, actual: Entity, model: Model): readonly Difference[] {
  return wanted.mixins
    .filter((id) => !actual.mixins.includes(id))
    .flatMap((id): readonly Difference[] => {
      const family = model.mixin(id)?.depends ?? []
      const replacedMixin = actual.mixins.find((actualMixin) =>
        (model.mixin(actualMixin)?.depends ?? []).some((each) => family.includes(each)),
      )
      const [first] = family
      if (replacedMixin === undefined || first === undefined) {
        return [{ type: 'mixin', name: 'mixin', from: undefined, to: nameOf(id, model), mixin: id }]
      }
      const isImage = family.some((each) => termOf(each) === termOf(OS_TEMPLATE))
      return [
        {
          type: 'mixin',
          name: termOf(first),
          from: nameOf(replacedMixin, model),
          to: nameOf(id, model),
          mixin: id,
          ...(isImage ? { fixed: 'the image of a machine cannot be changed' } : {}),
        },
      ]
    })
}

function nameOf(id: TypeId, model: Model): string {
  const mixin = model.mixin(id)
  return mixin === undefined ? termOf(id) : readableName(mixin)
}

/** The update that removes the differences. */
export function changesFor(differences: readonly Difference[], wanted: Entity): Changes {
  const has = (type: Difference['type']) => differences.some((each) => each.type === type)
  const attributes = new Map(
    differences.flatMap(({ type, name }): [string, AttributeValue][] => {
      const value = type === 'attribute' ? wanted.attributes.get(name) : undefined
      return value === undefined ? [] : [[name, value]]
    }),
  )
  const mixins = differences.flatMap(({ mixin }) => mixin ?? [])
  return {
    ...(has('title') && wanted.title !== undefined ? { title: wanted.title } : {}),
    ...(has('summary') && wanted.type === 'resource' && wanted.summary !== undefined
      ? { summary: wanted.summary }
      : {}),
    ...(attributes.size === 0 ? {} : { attributes }),
    ...(mixins.length === 0 ? {} : { mixins }),
  }
}
