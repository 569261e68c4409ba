/** Selects the operation for a method and a path. */
import type { Catalog } from '../catalog/catalog.js'
import { Fault } from '../fault.js'
import type { Cloud } from '../state/cloud.js'
import type { OperationName } from './behaviour.js'

/**
 * What is at a path. `path`: any other path that ends in a slash; `free`: nothing, so that an entity can be created.
 */
type PathType = 'query' | 'root' | 'kind' | 'mixin' | 'path' | 'entity' | 'free'

/** What the choice of the operation depends on. */
export interface RouteRequest {
  readonly method: string
  readonly path: string
  /** The action that the query of the URL names. */
  readonly action: string | undefined
  /** Paths of the query interface. */
  readonly queryPaths: readonly string[]
  /** Whether the message has the kind of a new entity. */
  readonly hasKind: () => boolean
  /** The refusal for a path without an entity. */
  readonly absentFault: () => Fault
}

/**
 * The operation of a request. Throws Fault 404 or 410 for a path without an entity, and 405 for a method that the path
 * does not support.
 */
export function route(request: RouteRequest, catalog: Catalog, cloud: Cloud): OperationName {
  const type = pathType(request.path, request.queryPaths, catalog, cloud)
  const method = request.method === 'HEAD' ? 'GET' : request.method
  const isTrigger = method === 'POST' && request.action !== undefined
  const operation = isTrigger ? triggerOperations[type] : operationsByMethod[type][method]
  if (operation === undefined) {
    if (type === 'free') throw request.absentFault()
    throw new Fault(405, `${request.method} is not possible at ${request.path}`, {
      headers: [['Allow', allowedMethods(type)]],
    })
  }
  // POST on a mixin's collection adds members, unless the message describes a new entity.
  return operation === 'associate' && request.hasKind() ? 'create' : operation
}

export function pathType(
  path: string,
  queryPaths: readonly string[],
  catalog: Catalog,
  cloud: Cloud,
): PathType {
  if (queryPaths.includes(path)) return 'query'
  const category = catalog.byLocation(path)
  if (category !== undefined) return category.class
  if (path === '/') return 'root'
  if (path.endsWith('/')) return 'path'
  return cloud.entity(path) === undefined ? 'free' : 'entity'
}

/** The value of the Allow header. */
export function allowedMethods(type: PathType): string {
  const names = Object.keys(operationsByMethod[type])
  return [...names, ...(names.includes('GET') ? ['HEAD'] : []), 'OPTIONS'].join(', ')
}

const operationsByMethod: Readonly<Record<PathType, Readonly<Record<string, OperationName>>>> = {
  query: { GET: 'query', POST: 'add-mixin', DELETE: 'remove-mixin' },
  root: { GET: 'root', POST: 'create', DELETE: 'delete-all' },
  kind: { GET: 'list', POST: 'create', DELETE: 'delete-all' },
  mixin: { GET: 'list', POST: 'associate', PUT: 'set-members', DELETE: 'dissociate' },
  path: { GET: 'list', POST: 'create', DELETE: 'delete-all' },
  entity: { GET: 'retrieve', POST: 'update', PUT: 'replace', DELETE: 'delete' },
  free: { PUT: 'create-at' },
}

/** The operations of POST with `?action=`. */
const triggerOperations: Readonly<Partial<Record<PathType, OperationName>>> = {
  root: 'trigger-all',
  kind: 'trigger-all',
  mixin: 'trigger-all',
  path: 'trigger-all',
  entity: 'trigger',
}
