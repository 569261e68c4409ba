/** Deleting entities (O7, O14, O19) with what hangs on them. */
import { Fault } from '../fault.js'
import type { EntityRecord } from '../state/record.js'
import type { Context } from './context.js'

/** A resource takes its links along, those that lead to it too. */
export function removeEntities(context: Context, records: readonly EntityRecord[]): void {
  const isPermanent = context.behaviour.links === 'permanent'
  for (const record of records) {
    if (record.type === 'link' && isPermanent)
      throw new Fault(500, '{aborted,{bad_type,erocci_backend_mnesia_links}}')
    if (record.type === 'resource' && !isPermanent) {
      for (const link of context.cloud.linksAt(record.path)) context.cloud.drop(link.path)
    }
    context.cloud.drop(record.path)
  }
}
