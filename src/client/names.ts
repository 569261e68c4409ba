/** Names of entities at providers that do not store them in occi.core.title, and ids that are derived from names. */
import { type Attributes, type AttributeValue, type Entity, type TypeId, termOf } from '../model/index.js'
import type { Provider } from './provider.js'
import type { NameStorage } from './quirks/types.js'

/** Where the provider stores the names of this kind; undefined for occi.core.title. */
function nameStorageOf({ effects }: Pick<Provider, 'effects'>, kind: TypeId): NameStorage | undefined {
  const term = termOf(kind)
  return Object.hasOwn(effects.nameStorage, term) ? effects.nameStorage[term] : undefined
}

/**
 * Returns the title that the provider will show: unchanged, or converted for the attribute that stores the name. If
 * `attributes` contain that attribute, its value is the name. Undefined if the provider stores no name.
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
  const explicitName = attributes.get(nameStorage.attribute)
  const storedName = explicitName === undefined ? hostNameOf(title) : String(explicitName)
  return storedName === '' ? undefined : storedName
}

/** Adds the attribute in which the provider stores the name, unless `attributes` contain it. */
export function withNameAttribute(
  provider: Pick<Provider, 'effects'>,
  kind: TypeId,
  title: string | undefined,
  attributes: Attributes,
): Attributes {
  const nameStorage = nameStorageOf(provider, kind)
  if (title === undefined || nameStorage === undefined || nameStorage === 'nowhere') return attributes
  const storedName = titleAsStored(provider, kind, title, attributes)
  if (storedName === undefined || attributes.has(nameStorage.attribute)) return attributes
  return new Map<string, AttributeValue>([...attributes, [nameStorage.attribute, storedName]])
}

/** Returns the title of an entity that was read, or else the name from the attribute that stores it. */
export function shownTitle(
  provider: Pick<Provider, 'effects'>,
  entity: Pick<Entity, 'kind' | 'title' | 'attributes'>,
): string | undefined {
  if (entity.title !== undefined) return entity.title
  const nameStorage = nameStorageOf(provider, entity.kind)
  if (nameStorage === undefined || nameStorage === 'nowhere') return undefined
  const storedName = entity.attributes.get(nameStorage.attribute)
  return storedName === undefined || storedName === '' ? undefined : String(storedName)
}

/** Whether a typed title matches this entity. `My VM` also matches the host name `my-vm`, as which it may be stored. */
export function isTitled(
  { title, attributes }: Pick<Entity, 'title' | 'attributes'>,
  typedTitle: string,
): boolean {
  if (title === undefined) return false
  if (title === typedTitle) return true
  return title === attributes.get('occi.compute.hostname') && title === hostNameOf(typedTitle)
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

/** The namespace ID for URLs (RFC 9562 §6.6). */
const urlNamespaceId = '6ba7b8119dad11d180b400c04fd430c8'

/**
 * Returns a version 5 UUID (RFC 9562 §5.5) that is derived from endpoint, kind and name. Two programs that create the
 * same entity at the same time thus choose the same id, and create only one.
 */
export async function derivedId(endpoint: string, kind: TypeId, name: string): Promise<string> {
  const { createHash } = await import('node:crypto')
  const bytes = createHash('sha1')
    .update(Buffer.from(urlNamespaceId, 'hex'))
    .update(`${endpoint}\n${kind}\n${name}`)
    .digest()
    .subarray(0, 16)
  // The version 5 and the variant 10 (RFC 9562 §5.5).
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x50, 6)
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8)
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}
