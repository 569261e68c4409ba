/** Selects the operation for a method and a path. */
import type { Catalog } from '../catalog/catalog.js'
import { Fault } from '../fault.js'
import type { Cloud } from '../state/cloud.js'
import type { OperationName } from './behaviour.js'

type PathType = 'query' | 'root' | 'kind' | 'mixin' | 'path' | 'entity' | 'free'

interface RouteRequest {
  readonly method: string
  readonly path: string
  readonly action: string | undefined
  readonly queryPaths: readonly string[]
  /** Whether the message has a kind. If so, POST on a mixin's collection creates an entity instead of adding members. */
  readonly kindNamed: () => boolean
  /** The refusal for a path without an entity. */
  readonly absent: () => Fault
}

/**
 * Throws Fault 404 or 410 for a path without an entity, and 405 for a method that the path does not support.
 */
export function route(request: RouteRequest, catalog: Catalog, cloud: Cloud): OperationName {
  const type = pathType(request, catalog, cloud)
  const method = request.method === 'HEAD' ? 'GET' : request.method
  const table = methods[type]
  const name = request.action !== undefined && method === 'POST' ? triggers[type] : table[method]
  if (name === undefined) {
    if (type === 'free') throw request.absent()
    throw new Fault(405, `${request.method} is not possible at ${request.path}`, [
      ['Allow', allowedMethods(type)],
    ])
  }
  // POST on a mixin's collection adds members, unless the message describes a new entity.
  return type === 'mixin' && name === 'associate' && request.kindNamed() ? 'create' : name
}

export function pathType(
  request: Pick<RouteRequest, 'path' | 'queryPaths'>,
  catalog: Catalog,
  cloud: Cloud,
): PathType {
  if (request.queryPaths.includes(request.path)) return 'query'
  const bound = catalog.at(request.path)
  if (bound !== undefined) return bound.class
  if (request.path === '/') return 'root'
  if (request.path.endsWith('/')) return 'path'
  return cloud.entity(request.path) === undefined ? 'free' : 'entity'
}

export function allowedMethods(type: PathType): string {
  const names = Object.keys(methods[type])
  return [...names, ...(names.includes('GET') ? ['HEAD'] : []), 'OPTIONS'].join(', ')
}

const methods: Readonly<Record<PathType, Readonly<Record<string, OperationName>>>> = {
  query: { GET: 'query', POST: 'add-mixin', DELETE: 'remove-mixin' },
  root: { GET: 'root', POST: 'create', DELETE: 'delete-all' },
  kind: { GET: 'list', POST: 'create', DELETE: 'delete-all' },
  mixin: { GET: 'list', POST: 'associate', PUT: 'set-members', DELETE: 'dissociate' },
  path: { GET: 'list', POST: 'create', DELETE: 'delete-all' },
  entity: { GET: 'retrieve', POST: 'update', PUT: 'replace', DELETE: 'delete' },
  free: { PUT: 'create-at' },
}

const triggers: Readonly<Partial<Record<PathType, OperationName>>> = {
  root: 'trigger-all',
  kind: 'trigger-all',
  mixin: 'trigger-all',
  path: 'trigger-all',
  entity: 'trigger',
}
