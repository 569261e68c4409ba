/** Deletes entities. */
import { Fault } from '../fault.js'
import type { EntityRecord } from '../state/record.js'
import type { Context } from './context.js'

/** Deletes entities, and all links from and to them unless links are permanent. */
export function removeEntities(context: Context, records: readonly EntityRecord[]): void {
  const isPermanent = context.behaviour.links === 'permanent'
  for (const record of records) {
    if (record.type === 'link' && isPermanent)
      // erocci's message (E12).
      throw new Fault(500, '{aborted,{bad_type,erocci_backend_mnesia_links}}')
    if (record.type === 'resource' && !isPermanent) {
      for (const link of context.cloud.linksAt(record.path)) context.cloud.drop(link.path)
    }
    context.cloud.drop(record.path)
  }
}
