/** Routes a method and a path to an operation. */
import type { Catalog } from '../catalog/catalog.js'
import { Fault } from '../fault.js'
import type { Cloud } from '../state/cloud.js'
import type { OperationName } from './behaviour.js'

export type Place = 'query' | 'root' | 'kind' | 'mixin' | 'path' | 'entity' | 'free'

interface RouteRequest {
  readonly method: string
  readonly path: string
  readonly action: string | undefined
  readonly queryPaths: readonly string[]
  /** Whether the message has a kind, which distinguishes a new entity from members (POST on a mixin's collection). */
  readonly kindNamed: () => boolean
  /** The refusal for a path without an entity. */
  readonly absent: () => Fault
}

/**
 * Throws Fault 404 or 410 for a path without an entity, and 405 for a method that the path does not support.
 */
export function route(asked: RouteRequest, catalog: Catalog, cloud: Cloud): OperationName {
  const place = placeOf(asked, catalog, cloud)
  const method = asked.method === 'HEAD' ? 'GET' : asked.method
  const table = methods[place]
  const name = asked.action !== undefined && method === 'POST' ? triggers[place] : table[method]
  if (name === undefined) {
    if (place === 'free') throw asked.absent()
    throw new Fault(405, `${asked.method} is not possible at ${asked.path}`, [['Allow', allowed(place)]])
  }
  // POST on a mixin's collection adds members, unless the message is a new entity.
  return place === 'mixin' && name === 'associate' && asked.kindNamed() ? 'create' : name
}

export function placeOf(
  asked: Pick<RouteRequest, 'path' | 'queryPaths'>,
  catalog: Catalog,
  cloud: Cloud,
): Place {
  if (asked.queryPaths.includes(asked.path)) return 'query'
  const bound = catalog.at(asked.path)
  if (bound !== undefined) return bound.class
  if (asked.path === '/') return 'root'
  if (asked.path.endsWith('/')) return 'path'
  return cloud.entity(asked.path) === undefined ? 'free' : 'entity'
}

export function allowed(place: Place): string {
  const names = Object.keys(methods[place])
  return [...names, ...(names.includes('GET') ? ['HEAD'] : []), 'OPTIONS'].join(', ')
}

const methods: Readonly<Record<Place, Readonly<Record<string, OperationName>>>> = {
  query: { GET: 'query', POST: 'add-mixin', DELETE: 'remove-mixin' },
  root: { GET: 'root', POST: 'create', DELETE: 'delete-all' },
  kind: { GET: 'list', POST: 'create', DELETE: 'delete-all' },
  mixin: { GET: 'list', POST: 'associate', PUT: 'set-members', DELETE: 'dissociate' },
  path: { GET: 'list', POST: 'create', DELETE: 'delete-all' },
  entity: { GET: 'retrieve', POST: 'update', PUT: 'replace', DELETE: 'delete' },
  free: { PUT: 'create-at' },
}

const triggers: Readonly<Partial<Record<Place, OperationName>>> = {
  root: 'trigger-all',
  kind: 'trigger-all',
  mixin: 'trigger-all',
  path: 'trigger-all',
  entity: 'trigger',
}
