/** Names of entities at providers that store them outside occi.core.title, and ids derived from names. */
import { type Attributes, type AttributeValue, type Entity, type TypeId, termOf } from '../model/index.js'
import type { Provider } from './provider.js'
import type { NameStorage } from './quirks/types.js'

function nameStorageOf({ effects }: Pick<Provider, 'effects'>, kind: TypeId): NameStorage | undefined {
  const term = termOf(kind)
  return Object.hasOwn(effects.names, term) ? effects.names[term] : undefined
}

/**
 * The title that this provider will return: unchanged, or converted for the attribute that stores the name. If the
 * caller sets that attribute, its value is the name. Undefined if no name is stored.
 */
export function titleAsStored(
  provider: Pick<Provider, 'effects'>,
  kind: TypeId,
  title: string,
  attributes: Attributes = new Map(),
): string | undefined {
  const nameStorage = nameStorageOf(provider, kind)
  if (nameStorage === undefined) return title
  if (nameStorage === 'nowhere') return undefined
  const own = attributes.get(nameStorage.attribute)
  const stored = own === undefined ? hostNameOf(title) : String(own)
  return stored === '' ? undefined : stored
}

/** Adds the attribute in which the provider stores the name, unless the caller sets it. */
export function withName(
  provider: Pick<Provider, 'effects'>,
  kind: TypeId,
  title: string | undefined,
  attributes: Attributes,
): Attributes {
  const nameStorage = nameStorageOf(provider, kind)
  if (title === undefined || nameStorage === undefined || nameStorage === 'nowhere') return attributes
  const stored = titleAsStored(provider, kind, title, attributes)
  if (stored === undefined || attributes.has(nameStorage.attribute)) return attributes
  return new Map<string, AttributeValue>([...attributes, [nameStorage.attribute, stored]])
}

/** The title of an entity that was read, or the name that the provider stores instead. */
export function shownTitle(
  provider: Pick<Provider, 'effects'>,
  entity: Pick<Entity, 'kind' | 'title' | 'attributes'>,
): string | undefined {
  if (entity.title !== undefined) return entity.title
  const nameStorage = nameStorageOf(provider, entity.kind)
  if (nameStorage === undefined || nameStorage === 'nowhere') return undefined
  const stored = entity.attributes.get(nameStorage.attribute)
  return stored === undefined || stored === '' ? undefined : String(stored)
}

/** Whether a typed title matches this entity, even if it is stored as a host name: `My VM`, `my-vm`. */
export function isTitled(
  { title, attributes }: Pick<Entity, 'title' | 'attributes'>,
  typed: string,
): boolean {
  if (title === undefined) return false
  if (title === typed) return true
  return title === attributes.get('occi.compute.hostname') && title === hostNameOf(typed)
}

/** Converts a name to a host name as nova does (nova/utils.py, sanitize_hostname). */
function hostNameOf(title: string): string {
  return title
    .replace(/[ _]/g, '-')
    .replace(/[^A-Za-z0-9.-]+/g, '')
    .toLowerCase()
    .replace(/^[.-]+/, '')
    .replace(/[.-]+$/, '')
}

/** RFC 9562, appendix A. */
const urlNamespace = '6ba7b8119dad11d180b400c04fd430c8'

/**
 * A UUID of version 5 (RFC 9562 §5.5) of the endpoint, the kind and the name, so that two programs that create the
 * same entity at the same time create only one.
 */
export async function derivedId(endpoint: string, kind: TypeId, name: string): Promise<string> {
  const { createHash } = await import('node:crypto')
  const bytes = createHash('sha1')
    .update(Buffer.from(urlNamespace, 'hex'))
    .update(`${endpoint}\n${kind}\n${name}`)
    .digest()
    .subarray(0, 16)
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x50, 6)
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8)
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}
