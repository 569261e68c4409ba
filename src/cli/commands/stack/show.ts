/** Plans as output, and the columns of the resources of a stack. */

import { plainText } from '../../../basics/words.js'
import { hasChanges, type Plan, type PlanAction, type PlanEntry } from '../../../stack/index.js'
import type { Column, Output, OutputRecord } from '../../output/types.js'

/** The sign of each action in the output. */
const signs: Readonly<Record<PlanAction, string>> = {
  create: '+',
  update: '~',
  replace: '±',
  delete: '-',
  keep: '=',
  existing: '=',
}

export function planOutput({ entries }: Plan): Output {
  return {
    shape: 'list',
    records: entries.filter(isShown).map(planRecord),
    columns: planColumns,
    empty: 'Nothing would change.',
  }
}

function isShown({ action, adopt }: PlanEntry): boolean {
  return adopt === true || (action !== 'keep' && action !== 'existing')
}

const planColumns: readonly Column[] = [
  { key: 'sign', heading: '', value: 'sign' },
  { key: 'resource', heading: 'RESOURCE', value: 'resource', style: 'name' },
  { key: 'kind', heading: 'KIND', value: 'kind' },
  { key: 'action', heading: 'ACTION', value: 'action', wide: true },
  { key: 'changes', heading: 'CHANGES', value: ({ data }) => changesText(data) },
  { key: 'url', heading: 'URL', value: 'url', wide: true },
]

function planRecord(entry: PlanEntry): OutputRecord {
  const { address, action, word, title, site, changes, url, adopt, interrupted, lost } = entry
  return {
    name: address,
    ...(url === undefined ? {} : { url }),
    data: {
      resource: address,
      kind: word,
      title,
      context: site === '' ? null : site,
      action,
      sign: signs[action],
      url: url ?? null,
      adopt: adopt === true,
      note: noteOf({ interrupted: interrupted === true, lost: lost === true, adopt: adopt === true }) ?? null,
      changes: changes.map(({ name, from, to, reason }) => ({
        name,
        from: from ?? null,
        to: to ?? null,
        why: reason ?? null,
      })),
    },
  }
}

function noteOf({ interrupted, lost, adopt }: Readonly<Record<'interrupted' | 'lost' | 'adopt', boolean>>) {
  if (adopt) return 'exists, but not in the state'
  if (interrupted) return 'an earlier apply was interrupted here; it is looked up again'
  return lost ? 'existed before, but was deleted' : undefined
}

type Members = Readonly<Record<string, unknown>>

function changesText(data: Members): string {
  const changes = (data['changes'] as readonly Members[]).map((change) =>
    change['why'] === null ? valuesText(change) : `${valuesText(change)} (${change['why']})`,
  )
  return [...(data['note'] === null ? [] : [String(data['note'])]), ...changes].join('; ')
}

function valuesText({ name, from, to }: Members): string {
  if (from === null) return `${name} ${to}`
  return to === null ? `${name} ${from} removed` : `${name}: ${from} → ${to}`
}

/** The lines of the plan that are printed on standard error before the confirmation. */
export function planLines(plan: Plan): readonly string[] {
  const shownEntries = plan.entries.filter(isShown)
  return shownEntries.map((entry) => {
    const { data } = planRecord(entry)
    const text = changesText(data)
    return `  ${signs[entry.action]} ${entry.address} (${entry.word})${text === '' ? '' : `: ${plainText(text)}`}`
  })
}

/** The counts of the plan for messages: `2 to create, 1 to change`. */
export function countsOf(plan: Plan): string {
  const phrases: readonly (readonly [PlanAction, string])[] = [
    ['create', 'to create'],
    ['update', 'to change'],
    ['replace', 'to replace'],
    ['delete', 'to delete'],
  ]
  const counts = phrases.flatMap(([action, phrase]) => {
    const count = plan.entries.filter((entry) => entry.action === action).length
    return count === 0 ? [] : [`${count} ${phrase}`]
  })
  const adoptedCount = plan.entries.filter(({ adopt }) => adopt === true).length
  if (adoptedCount > 0) counts.push(`${adoptedCount} to adopt`)
  return hasChanges(plan) ? counts.join(', ') : 'nothing would change'
}

export const resourceColumns: readonly Column[] = [
  { key: 'resource', heading: 'RESOURCE', value: 'resource', style: 'name' },
  { key: 'kind', heading: 'KIND', value: 'kind' },
  { key: 'title', heading: 'TITLE', value: 'title' },
  { key: 'state', heading: 'STATE', value: 'state', style: 'state' },
  { key: 'drift', heading: 'DRIFT', value: ({ data }) => (data['drift'] as readonly string[]).join(', ') },
  { key: 'context', heading: 'CONTEXT', value: 'context', wide: true },
  { key: 'url', heading: 'URL', value: 'url' },
]
