/** Deletes entities with their links. */
import { Fault } from '../fault.js'
import type { EntityRecord } from '../state/record.js'
import type { Context } from './context.js'

/** Deletes a resource with all links from and to it. */
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
