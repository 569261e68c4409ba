/** Prepares entities for sending: resolves names and applies the provider's quirks. */

import { createHash } from 'node:crypto'
import { omitUndefined } from '../basics/objects.js'
import { UsageError } from '../errors/errors.js'
import {
  type Attributes,
  type AttributeValue,
  attributesFrom,
  type Entity,
  type Kind,
  LINK,
  type Link,
  type LinkEnd,
  type TypeId,
  termOf,
} from '../model/index.js'
import { deriveLinkKind } from './link-kind.js'
import { isUrl, memberLocation, pathOf, resolveUserLocation } from './locations.js'
import { titleAsStored, withNameAttribute } from './names.js'
import { kindAt, type Provider } from './provider.js'
import { kindIn, mixinIn } from './resolve.js'
import type { Session } from './session.js'
import type { MixinRef, NewEntity, NewLink } from './types.js'

/** An entity as it will be sent. */
export interface PreparedEntity {
  readonly kind: Kind
  /** With the names, units, title and links that this provider reads. */
  readonly entity: Entity
  /** Links that this provider does not accept inside the resource: they are created after it. */
  readonly separateLinks: readonly NewLink[]
  /** The requested title; `entity` has the form that the provider stores. */
  readonly title?: string
}

interface PreparationOptions {
  readonly id?: string | undefined
  /** Kinds of link targets, by target, for providers whose locations do not show them (erocci). */
  readonly targetKinds?: ReadonlyMap<string, TypeId> | undefined
}

/**
 * Builds the entity to send. Throws NotFoundError for unknown names, AmbiguousError for ambiguous ones, and UsageError
 * for a link that has links itself.
 */
export function prepareEntity(
  session: Session,
  provider: Provider,
  newEntity: NewEntity,
  { id, targetKinds = new Map() }: PreparationOptions = {},
): PreparedEntity {
  const { model, effects } = provider
  const kind = kindIn(provider, newEntity.kind)
  const mixins = mixinsOf(session, provider, kind.id, newEntity.mixins)
  const { values, core } = toProviderForm(provider, kind.id, newEntity.attributes)
  const sentId = id ?? core.id ?? (effects.createId === 'client' ? session.uuid() : undefined)
  const requestedTitle = newEntity.title ?? core.title
  const title =
    requestedTitle === undefined ? undefined : titleAsStored(provider, kind.id, requestedTitle, values)
  const commonMembers = {
    kind: kind.id,
    mixins,
    ...omitUndefined({ id: sentId, title }),
    attributes: withNameAttribute(provider, kind.id, title, values),
    actions: [],
  }
  if (model.isA(kind.id, LINK) || core.target !== undefined) {
    if (newEntity.links !== undefined && newEntity.links.length > 0) {
      throw new UsageError(`A ${kind.term} is a link itself and cannot have links.`)
    }
    const source = core.source === undefined ? undefined : linkEndFor(session, provider, core.source)
    const target = core.target === undefined ? undefined : linkEndFor(session, provider, core.target)
    const entity: Link = {
      type: 'link',
      ...commonMembers,
      ...omitUndefined({ source, target }),
    }
    return { kind, entity, separateLinks: [], ...omitUndefined({ title: requestedTitle }) }
  }
  const summary = newEntity.summary ?? core.summary
  const links = newEntity.links ?? []
  const isSeparate = ({ target }: NewLink) =>
    effects.inlineLinks === 'separate' || needsSeparateLink(session, effects.linkedAfterwards, target)
  const owner = { kind: kind.id, ...omitUndefined({ id: sentId }), collection: kind.location }
  return {
    kind,
    entity: {
      type: 'resource',
      ...commonMembers,
      ...omitUndefined({ summary }),
      links: links
        .filter((link) => !isSeparate(link))
        .map((link) => inlineLink(session, provider, owner, link, targetKinds.get(link.target))),
    },
    separateLinks: links.filter(isSeparate),
    ...omitUndefined({ title: requestedTitle }),
  }
}

/** Whether the provider refuses inline links to this target, by the paths in `linkedAfterwards`. */
function needsSeparateLink(session: Session, paths: readonly string[], target: string): boolean {
  if (paths.length === 0 || (isUrl(target) && !isAtEndpoint(session, target))) return false
  const path = pathOf(resolveUserLocation(session.endpoint, target))
  // A part that ends in a slash may occur anywhere in the path, any other only at its end.
  return paths.some((part) => (part.endsWith('/') ? path.includes(part) : path.endsWith(part)))
}

/** Resolves references to mixins for an entity of this kind, without repetitions. */
export function mixinsOf(
  session: Session,
  provider: Provider,
  kind: TypeId,
  names: readonly MixinRef[] = [],
): readonly TypeId[] {
  return [...new Set(names.map((name) => mixinIn(provider, name, kind, session)))]
}

/** The values of core attributes (`occi.core.*`). */
interface CoreValues {
  readonly id?: string
  readonly title?: string
  readonly summary?: string
  readonly source?: string
  readonly target?: string
}

/** Separates the core attributes (`core`) from the others, which are converted to this provider's names and units. */
export function toProviderForm(
  { effects }: Provider,
  kind: TypeId,
  attributes: NewEntity['attributes'],
): { readonly values: Attributes; readonly core: CoreValues } {
  const core: Record<string, string> = {}
  const values = new Map<string, AttributeValue>()
  for (const [name, value] of attributesFrom(attributes)) {
    const member = coreMembers[name]
    if (member !== undefined) core[member] = String(value)
    else values.set(effects.attributeNames[name] ?? name, inProviderUnits(effects.memoryUnit, name, value))
  }
  const key = values.get(publicKeyAttribute)
  if (effects.keyPairName === 'fingerprint' && typeof key === 'string' && !values.has(keyNameAttribute))
    values.set(keyNameAttribute, keyPairName(key))
  for (const rule of effects.attributeDefaults) {
    if (rule.kind !== termOf(kind) || values.has(rule.name)) continue
    const value = (rule.from === undefined ? undefined : values.get(rule.from)) ?? rule.value
    if (value !== undefined) values.set(rule.name, value)
  }
  return { values, core }
}

const publicKeyAttribute = 'org.openstack.credentials.publickey.data'
const keyNameAttribute = 'org.openstack.credentials.publickey.name'

/** Returns a name that is derived from the key. A name that already exists with another key would be refused (409). */
function keyPairName(publicKey: string): string {
  const [, blob = publicKey] = publicKey.trim().split(/\s+/)
  return `occi-${createHash('sha256').update(blob).digest('hex').slice(0, 16)}`
}

const coreMembers: Readonly<Record<string, keyof CoreValues>> = {
  'occi.core.id': 'id',
  'occi.core.title': 'title',
  'occi.core.summary': 'summary',
  'occi.core.source': 'source',
  'occi.core.target': 'target',
}

/** Converts a value from the units of the standard to those of the provider. */
function inProviderUnits(unit: 'GiB' | 'MiB', name: string, value: AttributeValue): AttributeValue {
  const converts = unit === 'MiB' && name === 'occi.compute.memory'
  return converts && typeof value === 'number' ? value * 1024 : value
}

/** Converts a value from the units of the provider to those of the standard. */
export function inStandardUnits(
  { effects }: Pick<Provider, 'effects'>,
  name: string,
  value: AttributeValue,
): AttributeValue {
  const converts = effects.memoryUnit === 'MiB' && name === 'occi.compute.memory'
  return converts && typeof value === 'number' ? value / 1024 : value
}

/**
 * Returns the end of a link in the form to send: a path, because the server may use another host name for itself than
 * the endpoint's (Q30). A target at another server (GFD.221 §4.8) remains a URL.
 */
export function linkEndFor(
  session: Session,
  provider: Provider,
  location: string,
  knownKind?: TypeId,
): LinkEnd {
  if (isUrl(location) && !isAtEndpoint(session, location))
    return { location, ...omitUndefined({ kind: knownKind }) }
  const url = resolveUserLocation(session.endpoint, location)
  const kind = knownKind ?? kindAt(provider, url)?.id
  return { location: pathOf(url), ...omitUndefined({ kind }) }
}

function isAtEndpoint(session: Session, url: string): boolean {
  try {
    resolveUserLocation(session.endpoint, url)
    return true
  } catch {
    return false
  }
}

/** The resource that contains an inline link. */
interface LinkOwner {
  readonly kind: TypeId
  readonly id?: string
  readonly collection: string | undefined
}

/** Builds an inline link of a resource. */
function inlineLink(
  session: Session,
  provider: Provider,
  owner: LinkOwner,
  newLink: NewLink,
  targetKind: TypeId | undefined,
): Link {
  const { model, effects } = provider
  const target = linkEndFor(session, provider, newLink.target, targetKind)
  const kind =
    newLink.kind === undefined
      ? deriveLinkKind(model, target.kind, newLink.target)
      : kindIn(provider, newLink.kind)
  const { values } = toProviderForm(provider, kind.id, newLink.attributes)
  const link: Link = {
    type: 'link',
    kind: kind.id,
    mixins: mixinsOf(session, provider, kind.id, newLink.mixins),
    attributes: values,
    actions: [],
    target,
  }
  if (effects.inlineLinks !== 'complete') return link
  const id = session.uuid()
  const source =
    owner.id === undefined || owner.collection === undefined
      ? undefined
      : memberLocation(owner.collection, owner.id)
  return {
    ...link,
    id,
    ...(kind.location === undefined ? {} : { location: pathOf(memberLocation(kind.location, id)) }),
    ...(source === undefined ? {} : { source: { location: pathOf(source), kind: owner.kind } }),
  }
}
