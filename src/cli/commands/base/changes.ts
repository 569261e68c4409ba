/** The differences between an entity before and after an update, as text and as data. */
import type { Changes } from '../../../client/index.js'
import { type AttributeValue, type Entity, type Model, type TypeId, termOf } from '../../../model/index.js'
import { isSecretName, mask } from '../../../transport/redact.js'
import type { Column, OutputRecord } from '../../output/types.js'

/**
 * One value before and after an update. `from` or `to` is null if there is no value. The change of `mixins` lists only
 * those that were removed (`from`) and added (`to`).
 */
export interface ValueChange {
  /** Name of the attribute, or `title`, `summary`, `mixins`. */
  readonly name: string
  readonly from: AttributeValue | null
  readonly to: AttributeValue | null
}

/** The values that differ. States are omitted, since they also change without an update. */
export function changesBetween(before: Entity, after: Entity): readonly ValueChange[] {
  const names = new Set([...before.attributes.keys(), ...after.attributes.keys()])
  const values: readonly {
    readonly name: string
    readonly from: AttributeValue | undefined
    readonly to: AttributeValue | undefined
  }[] = [
    { name: 'title', from: before.title, to: after.title },
    { name: 'summary', from: summaryOf(before), to: summaryOf(after) },
    {
      name: 'mixins',
      from: mixinsMissingIn(after, before.mixins),
      to: mixinsMissingIn(before, after.mixins),
    },
    ...[...names]
      .filter((name) => !/\.state(\.message)?$/.test(name))
      .map((name) => ({ name, from: before.attributes.get(name), to: after.attributes.get(name) })),
  ]
  return values
    .filter(({ from, to }) => comparableText(from) !== comparableText(to))
    .map(({ name, from = null, to = null }) => ({ name, from, to }))
}

/** The entity after an update with these changes. A new image or size replaces the old one. */
export function withChanges(before: Entity, changes: Changes, model: Model): Entity {
  const attributes = new Map(changes.attributes instanceof Map ? changes.attributes : [])
  const title = changes.title ?? attributes.get('occi.core.title')
  const summary = changes.summary ?? attributes.get('occi.core.summary')
  // An entity has a title and a summary besides its attributes.
  attributes.delete('occi.core.title')
  attributes.delete('occi.core.summary')
  const addedMixins = (changes.mixins ?? []).map(
    (mixin) => (typeof mixin === 'string' ? mixin : mixin.id) as TypeId,
  )
  const templateFamilies = (['os_tpl', 'resource_tpl'] as const).map((family) =>
    model.templates(family).map(({ id }) => id),
  )
  const replacedMixins = templateFamilies
    .filter((family) => addedMixins.some((id) => family.includes(id)))
    .flat()
  return {
    ...before,
    ...(title === undefined ? {} : { title: String(title) }),
    ...(summary === undefined ? {} : { summary: String(summary) }),
    attributes: new Map([...before.attributes, ...attributes]),
    mixins: [...new Set([...before.mixins.filter((id) => !replacedMixins.includes(id)), ...addedMixins])],
  }
}

function summaryOf(entity: Entity): string | undefined {
  return entity.type === 'resource' ? entity.summary : undefined
}

/** The mixins in `mixins` that the entity does not have; undefined if it has all. */
function mixinsMissingIn(entity: Entity, mixins: readonly TypeId[]): readonly TypeId[] | undefined {
  const missing = mixins.filter((id) => !entity.mixins.includes(id))
  return missing.length === 0 ? undefined : missing
}

/** The value as a text to compare. A number equals its text, since some providers send numbers as strings. */
function comparableText(value: AttributeValue | undefined): string | undefined {
  return value === undefined || typeof value === 'object' ? JSON.stringify(value) : String(value)
}

/** The changes for a message: `cores 1 → 4, memory 2 → 8`. */
export function changesText(changes: readonly ValueChange[]): string {
  return changes.map(changeText).join(', ')
}

/** The additional column of the output of an update. */
export const changesColumn: Column = {
  key: 'changes',
  heading: 'CHANGES',
  value: ({ data }) => changesIn(data).map(changeText),
}

function changesIn(data: OutputRecord['data']): readonly ValueChange[] {
  return (data['changes'] ?? []) as readonly ValueChange[]
}

function changeText({ name, from, to }: ValueChange): string {
  const valueText = (value: AttributeValue | null) => {
    if (value === null) return 'none'
    if (isSecretName(name)) return mask
    if (name === 'mixins') return (value as readonly string[]).map(termOf).join(' ')
    const text = comparableText(value) ?? ''
    if (text === '') return '""'
    return text.length > maxValueLength ? `${text.slice(0, maxValueLength)}…` : text
  }
  if (name === 'mixins' && to === null) return `without ${valueText(from)}`
  if (name === 'mixins' && from === null) return `with ${valueText(to)}`
  const shortName = name.slice(name.lastIndexOf('.') + 1)
  return `${shortName} ${valueText(from)} → ${valueText(to)}`
}

/** The number of characters of a value after which a message cuts it. */
const maxValueLength = 60
