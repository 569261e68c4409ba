/** Lists the entities of a collection or a path, filtered and in pages (GFD.223 §4.3.2). */
import type { Kind, Mixin, TypeId } from '../../model/index.js'
import { Fault } from '../fault.js'
import type { EntityRecord } from '../state/record.js'
import { sameValue } from './attributes.js'
import type { Context } from './context.js'
import type { Payload } from './payload.js'
import { attributesNow } from './view.js'

/** The members of a collection: entities of the kind or its descendants, or of the mixin or its dependents. */
export function membersOf(context: Context, category: Kind | Mixin): readonly EntityRecord[] {
  return [...context.cloud.entities()].filter((record) => isMember(context, record, category.id))
}

export function entitiesBelow(context: Context, path: string): readonly EntityRecord[] {
  return [...context.cloud.entities()].filter((record) => record.path.startsWith(path))
}

/** The records that have all categories and attribute values of a filter. Throws Fault 400 for unknown categories. */
export function filterRecords(
  context: Context,
  records: readonly EntityRecord[],
  filter: Payload,
): readonly EntityRecord[] {
  for (const id of filter.categoryIds) {
    if (context.catalog.get(id) === undefined)
      throw new Fault(400, `Category ${id} is not known to this provider`, {
        code: 'unknown-category',
        subject: id,
      })
  }
  if (filter.categoryIds.length === 0 && filter.attributes.size === 0) return records
  return records.filter(
    (record) =>
      filter.categoryIds.every((id) => isMember(context, record, id)) &&
      hasAttributes(context, record, filter),
  )
}

/** Highest number of items on a page. A request for a larger page is refused with 413. */
const maxPageSize = 10_000
const defaultPageSize = 100

/** The requested page, counted from 1, or all records if the query requests no page. Throws Fault 400 or 413. */
export function pageOf(
  context: Context,
  records: readonly EntityRecord[],
  query: ReadonlyMap<string, string>,
): readonly EntityRecord[] {
  if (context.behaviour.paging === 'ignored' || (!query.has('page') && !query.has('number'))) return records
  const page = positiveInteger(query, 'page', 1)
  const pageSize = positiveInteger(query, 'number', defaultPageSize)
  if (pageSize > maxPageSize) throw new Fault(413, `At most ${maxPageSize} items fit on a page`)
  return records.slice((page - 1) * pageSize, page * pageSize)
}

/** Entities, collections and sub-paths directly below a path. */
export function nodesBelow(context: Context, path: string): readonly string[] {
  const nodes = new Set<string>()
  const paths = [
    ...context.catalog.locations(),
    ...[...context.cloud.entities()].map((record) => record.path),
  ]
  for (const fullPath of paths) {
    if (!fullPath.startsWith(path) || fullPath === path) continue
    const slash = fullPath.indexOf('/', path.length)
    nodes.add(slash < 0 ? fullPath : fullPath.slice(0, slash + 1))
  }
  return [...nodes]
}

function isMember(context: Context, record: EntityRecord, id: TypeId): boolean {
  if (record.kind === id || record.mixins.includes(id)) return true
  if (context.catalog.kind(id) !== undefined)
    return context.behaviour.listsDescendants !== false && context.catalog.descendsFrom(record.kind, id)
  return record.mixins.some((mixin) => context.catalog.dependsOn(mixin, id))
}

function hasAttributes(context: Context, record: EntityRecord, filter: Payload): boolean {
  if (filter.attributes.size === 0) return true
  const attributes = new Map<string, unknown>(attributesNow(context, record))
  attributes.set('occi.core.id', record.id)
  attributes.set('occi.core.title', record.title)
  attributes.set('occi.core.summary', record.summary)
  attributes.set('occi.core.source', record.source)
  attributes.set('occi.core.target', record.target)
  for (const [name, value] of filter.attributes) {
    const current = attributes.get(name)
    if (current === undefined || !sameValue(current as never, value)) return false
  }
  return true
}

function positiveInteger(query: ReadonlyMap<string, string>, name: string, fallback: number): number {
  const text = query.get(name)
  if (text === undefined) return fallback
  if (!/^\d{1,15}$/.test(text) || Number(text) < 1)
    throw new Fault(400, `${name} must be an integer of at least 1`)
  return Number(text)
}
