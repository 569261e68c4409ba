/** Deleting entities (O7, O14, O19) with what hangs on them. */
import type { EntityRecord } from '../state/record.js'
import type { Context } from './context.js'

/** A resource takes its links along, those that lead to it too. */
export function removeEntities(context: Context, records: readonly EntityRecord[]): void {
  for (const record of records) {
    if (record.type === 'resource')
      for (const link of context.cloud.linksAt(record.path)) context.cloud.drop(link.path)
    context.cloud.drop(record.path)
  }
}
