/** Converts a text response to rOCCI's record of an entity, without the library's normalization. */
import { omitUndefined } from '../../basics/objects.js'
import { type Model, parseIdentifier, type TypeId, typeId } from '../../model/index.js'
import type { RawAttributes, RawCategory, RawLink, TextMessage } from '../../rendering/index.js'
import {
  inRocciOrder,
  type PositionedAttribute,
  type RocciEntity,
  type RocciLink,
  type RocciMixin,
  type RocciScalar,
  rocciNumber,
  wireForm,
} from './record.js'

const coreResource = typeId('http://schemas.ogf.org/occi/core#', 'resource')
const coreLink = typeId('http://schemas.ogf.org/occi/core#', 'link')
const infrastructure = 'http://schemas.ogf.org/occi/infrastructure#'

/**
 * The order of attributes in rOCCI-core, whatever their order in the response: those of every resource and
 * link, then those of its five built-in kinds.
 */
const attributeOrder: Readonly<Record<string, readonly string[]>> = {
  [coreResource]: ['occi.core.id', 'occi.core.title', 'occi.core.summary'],
  [coreLink]: ['occi.core.id', 'occi.core.title', 'occi.core.target', 'occi.core.source'],
  [`${infrastructure}compute`]: ['architecture', 'cores', 'hostname', 'memory', 'speed', 'state'].map(
    (name) => `occi.compute.${name}`,
  ),
  [`${infrastructure}network`]: ['vlan', 'label', 'state'].map((name) => `occi.network.${name}`),
  [`${infrastructure}storage`]: ['size', 'state'].map((name) => `occi.storage.${name}`),
  [`${infrastructure}networkinterface`]: ['interface', 'mac', 'state'].map(
    (name) => `occi.networkinterface.${name}`,
  ),
  [`${infrastructure}storagelink`]: ['deviceid', 'mountpoint', 'state'].map(
    (name) => `occi.storagelink.${name}`,
  ),
}

/** Locations of rOCCI-core's built-in link kinds. All other kinds have `/<term>/`. */
const kindLocations: Readonly<Record<string, string>> = {
  [`${infrastructure}networkinterface`]: '/link/networkinterface/',
  [`${infrastructure}storagelink`]: '/link/storagelink/',
}

/**
 * Returns the entity in a message; undefined if there is none. With `sorted`, categories, attributes and links are
 * sorted by their lines, as rOCCI sorted the header lines of text/occi.
 */
export function receivedEntity(
  message: TextMessage,
  model: Model,
  { sorted }: { readonly sorted: boolean },
): RocciEntity | undefined {
  const raw = message.categories.filter((category) => category.class === 'kind').at(-1)
  if (raw === undefined && !message.attributes.values.has('occi.core.id')) return undefined
  const kind = raw === undefined ? coreResource : idOf(raw)
  const isLink = raw !== undefined && (raw.rel?.includes(coreLink) || model.isA(kind, coreLink))
  const mixins = sortedIf(
    message.categories.filter((category) => category.class === 'mixin'),
    sorted,
    (mixin) => mixin.term,
  )
  const attributes = inRocciOrder([
    ...[...(attributeOrder[isLink ? coreLink : coreResource] ?? []), ...(attributeOrder[kind] ?? [])].map(
      positionOnly,
    ),
    ...mixins.flatMap((mixin) => [...(mixin.attributes?.keys() ?? [])].map(positionOnly)),
    ...sortedIf([...scalars(message.attributes)], sorted, ([name]) => `${name}=`),
  ])
  const location = locationOf(attributes, raw?.location ?? `/${termOf(kind)}/`)
  const shared = { kind, mixins: uniqueMixins(mixins.map(mixinOf)), attributes, location }
  if (isLink) {
    const ends = { rel: coreLink, ...endsOf(attributes) }
    return { ...shared, actions: [], link: ends }
  }
  const rawLinks = sortedIf([...message.links], sorted, (link) => `<${link.target}>;${link.self ?? ''}`)
  return {
    ...shared,
    actions: [...new Set(rawLinks.flatMap((link) => (isAction(link) ? link.rel.slice(0, 1) : [])))],
    links: rawLinks.filter((link) => !isAction(link)).map((link) => inlineLink(link, location)),
  }
}

function inlineLink(raw: RawLink, source: string): RocciLink {
  const [kind = coreLink, ...mixins] = raw.category ?? []
  const attributes = inRocciOrder([...scalars(raw.attributes)])
  const rel = raw.rel[0]
  return {
    kind,
    mixins: uniqueMixins(mixins.map(bareMixin)),
    actions: [],
    attributes,
    location:
      raw.self === undefined
        ? locationOf(attributes, kindLocations[kind] ?? `/${termOf(kind)}/`)
        : pathOf(raw.self),
    link: { ...omitUndefined({ rel }), source, target: raw.target },
  }
}

/** rOCCI recognises actions by the target of a link. */
function isAction({ target }: RawLink): boolean {
  return target.includes('?action=')
}

function* scalars({ values, lexemes, escaped }: RawAttributes): Generator<readonly [string, RocciScalar]> {
  for (const [name, value] of values) {
    if (typeof value === 'string') yield [name, escaped.get(name) ?? value]
    else if (typeof value === 'number' || typeof value === 'bigint')
      yield [name, rocciNumber(lexemes.get(name) ?? String(value))]
    else yield [name, typeof value === 'boolean' ? value : { json: value }]
  }
}

/** Reserves a place in the order for an attribute that has no value yet. */
function positionOnly(name: string): PositionedAttribute {
  return [name, undefined]
}

/** Builds the location from kind and id, as rOCCI does. The id may already be a path below that of the kind. */
function locationOf(attributes: RocciEntity['attributes'], kindLocation: string): string {
  const id = textOf(attributes, 'occi.core.id')?.replaceAll('urn:uuid:', '')
  if (id === undefined) return ''
  const basePath = pathOf(kindLocation)
  return id.startsWith(basePath) ? id : `${basePath}${id}`.replace(/\/+/g, '/')
}

function endsOf(attributes: RocciEntity['attributes']) {
  const source = textOf(attributes, 'occi.core.source')
  const target = textOf(attributes, 'occi.core.target')
  return omitUndefined({ source, target })
}

function textOf(attributes: RocciEntity['attributes'], attribute: string): string | undefined {
  const value = attributes.find(([name]) => name === attribute)?.[1]
  if (value === undefined || value === '') return undefined
  if (typeof value !== 'object') return String(value)
  return 'number' in value ? value.number : undefined
}

/** rOCCI converts terms to lower case. */
function idOf({ scheme = '', term }: RawCategory): TypeId {
  return typeId(scheme.endsWith('#') ? scheme : `${scheme}#`, term.toLowerCase())
}

function termOf(id: string): string {
  return parseIdentifier(id)?.term ?? id.slice(id.lastIndexOf('#') + 1)
}

function pathOf(location: string): string {
  return URL.canParse(location) ? new URL(location).pathname : location.replace(/[?#].*$/, '')
}

function mixinOf(raw: RawCategory): RocciMixin {
  const id = idOf(raw)
  const term = raw.term.toLowerCase()
  const { title, location } = raw
  return {
    id,
    term,
    ...(title === undefined ? {} : { title: wireForm(title) }),
    location: location === undefined ? `/mixin/${term}/` : pathOf(location),
  }
}

/** A mixin whose title and location are unknown; rOCCI generates a location. */
export function bareMixin(id: string): RocciMixin {
  const term = id.slice(id.lastIndexOf('#') + 1)
  return { id, term, location: `/mixin/${term}/` }
}

function uniqueMixins(mixins: readonly RocciMixin[]): readonly RocciMixin[] {
  const mixinsById = new Map<string, RocciMixin>()
  for (const mixin of mixins) if (!mixinsById.has(mixin.id)) mixinsById.set(mixin.id, mixin)
  return [...mixinsById.values()]
}

function sortedIf<T>(items: readonly T[], sorted: boolean, key: (item: T) => string): readonly T[] {
  return sorted ? [...items].sort((a, b) => compareTexts(key(a), key(b))) : items
}

function compareTexts(a: string, b: string): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}
