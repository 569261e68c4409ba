/** What an update changed: old and new values, for people and as data. */
import { type AttributeValue, type Entity, termOf } from '../../../model/index.js'
import { isSecretName, mask } from '../../../transport/redact.js'
import type { Column, OutputRecord } from '../../output/types.js'

/** `from` or `to` is null where there is no value. Of mixins only those that came and went are listed. */
export interface ValueChange {
  /** Name of the attribute, or `title`, `summary`, `mixins`. */
  readonly name: string
  readonly from: AttributeValue | null
  readonly to: AttributeValue | null
}

/** States are left out: they change by themselves. */
export function changesBetween(before: Entity, after: Entity): readonly ValueChange[] {
  const names = new Set([...before.attributes.keys(), ...after.attributes.keys()])
  const pairs: readonly (readonly [string, AttributeValue | undefined, AttributeValue | undefined])[] = [
    ['title', before.title, after.title],
    ['summary', summaryOf(before), summaryOf(after)],
    ['mixins', ...only(before.mixins, after.mixins)],
    ...[...names]
      .filter((name) => !/\.state(\.message)?$/.test(name))
      .map((name) => [name, before.attributes.get(name), after.attributes.get(name)] as const),
  ]
  return pairs
    .filter(([, from, to]) => textOf(from) !== textOf(to))
    .map(([name, from, to]) => ({ name, from: from ?? null, to: to ?? null }))
}

function summaryOf(entity: Entity): string | undefined {
  return entity.type === 'resource' ? entity.summary : undefined
}

function only(before: readonly string[], after: readonly string[]) {
  const gone = before.filter((id) => !after.includes(id))
  const fresh = after.filter((id) => !before.includes(id))
  return [gone.length === 0 ? undefined : gone, fresh.length === 0 ? undefined : fresh] as const
}

/** Numbers are equal to their text, as some providers write them. */
function textOf(value: AttributeValue | undefined): string | undefined {
  return value === undefined || typeof value === 'object' ? JSON.stringify(value) : String(value)
}

/** `cores 1 → 4, memory 2 → 8`. */
export function changesText(changes: readonly ValueChange[]): string {
  return changes.map(changeText).join(', ')
}

/** With a table, beside what every change prints. */
export const changesColumn: Column = {
  key: 'changes',
  heading: 'CHANGES',
  value: ({ data }) => changesIn(data).map(changeText),
}

function changesIn(data: OutputRecord['data']): readonly ValueChange[] {
  return (data['changes'] ?? []) as readonly ValueChange[]
}

function changeText({ name, from, to }: ValueChange): string {
  const shown = (value: AttributeValue | null) => {
    if (value === null) return 'none'
    if (isSecretName(name)) return mask
    if (name === 'mixins') return (value as readonly string[]).map(termOf).join(' ')
    const text = textOf(value) ?? ''
    return text === '' ? '""' : text.length > longest ? `${text.slice(0, longest)}…` : text
  }
  const short = name.slice(name.lastIndexOf('.') + 1)
  return to === null && name === 'mixins'
    ? `without ${shown(from)}`
    : from === null && name === 'mixins'
      ? `with ${shown(to)}`
      : `${short} ${shown(from)} → ${shown(to)}`
}

const longest = 60
