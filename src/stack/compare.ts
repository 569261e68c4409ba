/** Compares a wanted entity with the provider's, and ignores differences in notation. */
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

interface Difference {
  readonly of: 'title' | 'summary' | 'attribute' | 'mixin'
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
 * may still store them; additional attributes of the provider are ignored.
 */
export function compare(wanted: Entity, shown: Entity, model: Model): readonly Difference[] {
  const found: Difference[] = []
  const { title } = wanted
  if (title !== undefined && shown.title !== undefined && shown.title !== title) {
    found.push({ of: 'title', name: 'title', from: shown.title, to: title })
  }
  if (wanted.type === 'resource' && shown.type === 'resource' && wanted.summary !== undefined) {
    const { summary } = shown
    if (summary !== undefined && summary !== wanted.summary) {
      found.push({ of: 'summary', name: 'summary', from: summary, to: wanted.summary })
    }
  }
  for (const [name, value] of wanted.attributes) {
    const current = shown.attributes.get(name)
    // Some providers render an empty text for a value that they do not store.
    if (current === undefined || current === '' || isSame(name, value, current)) continue
    const hidden = isLong(name)
    found.push({
      of: 'attribute',
      name,
      from: hidden ? '(set)' : shownText(current),
      to: hidden ? '(another)' : shownText(value),
    })
  }
  found.push(...mixinDifferences(wanted, shown, model))
  return found
}

/** Compares values. The case of standard attributes is ignored, since providers change it; the user's texts are compared exactly. */
function isSame(name: string, one: AttributeValue, other: AttributeValue): boolean {
  if (sameValue(one, other)) return true
  if (isLong(name)) return withoutSpace(one) === withoutSpace(other)
  return name.startsWith('occi.') && !name.endsWith('.label') && lower(one) === lower(other)
}

function lower(value: AttributeValue): string {
  return String(value).trim().toLowerCase()
}

function withoutSpace(value: AttributeValue): string {
  return String(value).replaceAll(/\s+/g, '')
}

/** Whether the attribute is user data or a key, which is too long and too sensitive to show. */
function isLong(name: string): boolean {
  return /user_?data|publickey/.test(name)
}

function shownText(value: AttributeValue): string {
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

function mixinDifferences(wanted: Entity, shown: Entity, model: Model): readonly Difference[] {
  return wanted.mixins
    .filter((id) => !shown.mixins.includes(id))
    .flatMap((id): readonly Difference[] => {
      const family = model.mixin(id)?.depends ?? []
      const replaced = shown.mixins.find((other) =>
        (model.mixin(other)?.depends ?? []).some((each) => family.includes(each)),
      )
      const [first] = family
      if (replaced === undefined || first === undefined) {
        return [{ of: 'mixin', name: 'mixin', from: undefined, to: nameOf(id, model), mixin: id }]
      }
      const image = family.some((each) => termOf(each) === termOf(OS_TEMPLATE))
      return [
        {
          of: 'mixin',
          name: termOf(first),
          from: nameOf(replaced, model),
          to: nameOf(id, model),
          mixin: id,
          ...(image ? { fixed: 'the image of a machine cannot be changed' } : {}),
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
  const has = (of: Difference['of']) => differences.some((each) => each.of === of)
  const attributes = new Map(
    differences.flatMap(({ of, name }): [string, AttributeValue][] => {
      const value = of === 'attribute' ? wanted.attributes.get(name) : undefined
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
