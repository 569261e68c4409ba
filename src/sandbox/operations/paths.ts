/** Converts references in requests (URLs, paths, identifiers) to paths in the sandbox. */
import { Fault } from '../fault.js'
import type { EntityRecord } from '../state/record.js'
import type { Context } from './context.js'

/** The entity with this location or identifier. Throws Fault 404 or 410. */
export function entityNamed(context: Context, name: string): EntityRecord {
  const path = toPath(name, context.behaviour.basePath)
  const record = context.cloud.entity(path) ?? entityById(context, name)
  if (record === undefined) throw absentFault(context, path, name)
  return record
}

/** The Fault for a path without an entity. */
export function absentFault(context: Context, path: string, name: string = path): Fault {
  const isGone = context.answersGone && context.cloud.wasDeleted(path)
  return isGone ? new Fault(410, `${name} was deleted`) : new Fault(404, `Nothing exists at ${name}`)
}

/** The path below the provider's root. Its percent-encoding is preserved. */
function toPath(name: string, basePath: string): string {
  let path = name.trim()
  const scheme = path.indexOf('://')
  if (scheme > 0) {
    const slash = path.indexOf('/', scheme + 3)
    path = slash < 0 ? '/' : path.slice(slash)
  }
  if (basePath !== '' && path.startsWith(`${basePath}/`)) path = path.slice(basePath.length)
  return path
}

/** Makes a path segment from an identifier: without `urn:uuid:`, and with safe characters only. */
export function segmentOf(id: string): string {
  const withoutPrefix = id.replace(/^urn:uuid:/i, '')
  return lastSegmentOf(withoutPrefix)
    .replace(/[^A-Za-z0-9._~-]/g, '_')
    .replace(/^\.+$/, '_')
}

export function lastSegmentOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}

/** Throws Fault 400 for a path at which no entity can exist. */
export function checkEntityPath(path: string): void {
  if (path.endsWith('/') || path.startsWith('/-/') || path === '/-' || path.startsWith('/.well-known/')) {
    throw new Fault(400, `An entity cannot be at ${path}`)
  }
}

function entityById(context: Context, name: string): EntityRecord | undefined {
  for (const record of context.cloud.entities()) if (record.id === name) return record
  return undefined
}
