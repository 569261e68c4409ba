/** The differences between an entity before and after an update, as text and as data. */
import type { Changes } from '../../../client/index.js'
import { type AttributeValue, type Entity, type Model, type TypeId, termOf } from '../../../model/index.js'
import { isSecretName, mask } from '../../../transport/redact.js'
import type { Column, OutputRecord } from '../../output/types.js'

/** `from` or `to` is null if there is no value. For mixins, they list only what was removed and added. */
export interface ValueChange {
  /** Name of the attribute, or `title`, `summary`, `mixins`. */
  readonly name: string
  readonly from: AttributeValue | null
  readonly to: AttributeValue | null
}

/** Omits states, which change without an update. */
export function changesBetween(before: Entity, after: Entity): readonly ValueChange[] {
  const names = new Set([...before.attributes.keys(), ...after.attributes.keys()])
  const pairs: readonly (readonly [string, AttributeValue | undefined, AttributeValue | undefined])[] = [
    ['title', before.title, after.title],
    ['summary', summaryOf(before), summaryOf(after)],
    ['mixins', ...removedAndAdded(before.mixins, after.mixins)],
    ...[...names]
      .filter((name) => !/\.state(\.message)?$/.test(name))
      .map((name) => [name, before.attributes.get(name), after.attributes.get(name)] as const),
  ]
  return pairs
    .filter(([, from, to]) => comparable(from) !== comparable(to))
    .map(([name, from, to]) => ({ name, from: from ?? null, to: to ?? null }))
}

/** The entity as an update with these changes should make it: a new image or size replaces the old one. */
export function withChanges(before: Entity, changes: Changes, model: Model): Entity {
  const attributes = new Map(changes.attributes instanceof Map ? changes.attributes : [])
  const member = (name: 'title' | 'summary') => {
    const attribute = `occi.core.${name}`
    const value = changes[name] ?? attributes.get(attribute)
    attributes.delete(attribute)
    return value === undefined ? {} : { [name]: String(value) }
  }
  const added = (changes.mixins ?? []).map(
    (mixin) => (typeof mixin === 'string' ? mixin : mixin.id) as TypeId,
  )
  const templates = (['os_tpl', 'resource_tpl'] as const).map((family) =>
    model.templates(family).map(({ id }) => id),
  )
  const replaced = templates.filter((family) => added.some((id) => family.includes(id))).flat()
  return {
    ...before,
    ...member('title'),
    ...member('summary'),
    attributes: new Map([...before.attributes, ...attributes]),
    mixins: [...new Set([...before.mixins.filter((id) => !replaced.includes(id)), ...added])],
  }
}

function summaryOf(entity: Entity): string | undefined {
  return entity.type === 'resource' ? entity.summary : undefined
}

function removedAndAdded(before: readonly string[], after: readonly string[]) {
  const removed = before.filter((id) => !after.includes(id))
  const added = after.filter((id) => !before.includes(id))
  return [removed.length === 0 ? undefined : removed, added.length === 0 ? undefined : added] as const
}

/** A number and its text are equal, since some providers send numbers as strings. */
function comparable(value: AttributeValue | undefined): string | undefined {
  return value === undefined || typeof value === 'object' ? JSON.stringify(value) : String(value)
}

/** `cores 1 → 4, memory 2 → 8`. */
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
    const text = comparable(value) ?? ''
    return text === '' ? '""' : text.length > maxLength ? `${text.slice(0, maxLength)}…` : text
  }
  const short = name.slice(name.lastIndexOf('.') + 1)
  return to === null && name === 'mixins'
    ? `without ${valueText(from)}`
    : from === null && name === 'mixins'
      ? `with ${valueText(to)}`
      : `${short} ${valueText(from)} → ${valueText(to)}`
}

/** Characters of a value in a message. */
const maxLength = 60
