/** Creates resources and links. */
import { omitUndefined } from '../../basics/objects.js'
import {
  type Attributes,
  type AttributeValue,
  COMPUTE,
  IP_RESERVATION,
  LINK,
  type Link,
  NETWORK_INTERFACE,
  OS_TEMPLATE,
  RESOURCE_TEMPLATE,
  type TypeId,
  termOf,
} from '../../model/index.js'
import type { Catalog } from '../catalog/catalog.js'
import { Fault } from '../fault.js'
import { type StateMachine, stateMachineOf } from '../lifecycle/state-machines.js'
import { type Timeline, timelineFrom } from '../lifecycle/timeline.js'
import type { EntityRecord } from '../state/record.js'
import { acceptAttributes, checkRequired } from './attributes.js'
import type { Context } from './context.js'
import { type LinkEnds, linkAttributes, linkMixins, resolveEnds } from './linking.js'
import { applicableMixin, checkOneTemplateOfEach, defaultsOf, familyOf, withAddedMixins } from './mixins.js'
import { checkEntityPath, lastSegmentOf, segmentOf } from './paths.js'
import type { Draft } from './payload.js'

/** Creates an entity at the requested path or at a new one. Throws Fault 400, 403, 404 or 409. */
export function createEntity(context: Context, draft: Draft, requestedPath?: string): EntityRecord {
  const kind = creatableKind(context, draft.kind)
  // The mixin of a reservation's pool is not stored.
  const requestedMixins =
    kind === IP_RESERVATION ? draft.mixins.filter((id) => !isPool(context.catalog, id)) : draft.mixins
  for (const id of requestedMixins) applicableMixin(context, id, kind)
  checkOneTemplateOfEach(context, requestedMixins)
  checkProviderRules(context, kind, draft)
  if (kind === COMPUTE) checkQuota(context)
  const isLink = context.catalog.descendsFrom(kind, LINK)
  const { id, path } = identify(context, kind, draft, requestedPath)
  const ends = isLink ? withReservedTarget(context, resolveEnds(context, kind, draft), draft) : undefined
  const { addsNothing = false } = context.behaviour
  const providerMixins = addsNothing ? [] : linkMixins(context, kind, ends?.target)
  const mixins = withAddedMixins(context, [], [...new Set([...requestedMixins, ...providerMixins])])
  const title = titleOf(context, kind, draft)
  const attributes = initialAttributes(context, draft, { kind, mixins, path, title, ends })
  const machine = addsNothing ? undefined : stateMachineOf(kind)
  if (machine !== undefined) attributes.delete(machine.attribute)
  const record: EntityRecord = {
    path,
    type: isLink ? 'link' : 'resource',
    kind,
    mixins,
    id,
    ...omitUndefined({ title }),
    ...(draft.summary === undefined || isLink ? {} : { summary: draft.summary }),
    attributes: [...attributes],
    ...(ends === undefined ? {} : { source: ends.source, target: ends.target }),
    timeline: machine === undefined ? [] : initialTimeline(context, machine),
    created: context.now,
  }
  context.cloud.put(record)
  for (const link of draft.links) createInline(context, record, link)
  linkToDefaultNetwork(context, record, draft)
  return record
}

function titleOf({ behaviour, catalog }: Context, kind: TypeId, draft: Draft): string | undefined {
  if (kind === IP_RESERVATION) return poolNameOf(catalog, draft)
  if (behaviour.untitledKinds?.includes(kind) === true) return undefined
  return draft.title ?? behaviour.defaultTitles?.[termOf(kind)]
}

/** The parts of a new entity from which its attributes follow. */
interface NewEntity {
  readonly kind: TypeId
  readonly mixins: readonly TypeId[]
  readonly path: string
  readonly title: string | undefined
  /** Undefined for a resource. */
  readonly ends: LinkEnds | undefined
}

/** The attributes of a new entity: those of the client, default values, and those that the provider sets. */
function initialAttributes(
  context: Context,
  draft: Draft,
  { kind, mixins, path, title, ends }: NewEntity,
): Map<string, AttributeValue> {
  const { atCreate, addsNothing, blankAttributes = [], ignoredAttributes = [] } = context.behaviour
  const definitions = context.catalog.definitions(kind, mixins)
  const clientAttributes = acceptAttributes(draft.attributes, definitions, atCreate)
  truncateValues(context, clientAttributes)
  for (const name of ignoredAttributes) clientAttributes.delete(name)
  const defaults = defaultsOf(context, kind, mixins)
  const attributes = new Map([...defaults.overridable, ...clientAttributes, ...defaults.binding])
  if (addsNothing !== true) {
    const providerAttributes =
      ends === undefined
        ? resourceAttributes(kind, title, path, attributes)
        : linkAttributes(context, kind, mixins, path, attributes, ends)
    for (const [name, value] of providerAttributes) attributes.set(name, value)
  }
  if (kind === IP_RESERVATION) attributes.set('occi.ipreservation.address', freeReservationAddress(context))
  for (const name of blankAttributes) if (definitions.has(name)) attributes.set(name, '')
  if (atCreate.required === 'check') checkRequired(attributes, definitions)
  return attributes
}

/** Reserves an address for a link to the external network, and makes it the target of the link, as OpenStack does. */
function withReservedTarget(context: Context, ends: LinkEnds, draft: Draft): LinkEnds {
  if (ends.target !== context.behaviour.externalNetwork) return ends
  const mixins = draft.mixins.filter((id) => isPool(context.catalog, id))
  const reservation = createEntity(context, {
    kind: IP_RESERVATION,
    mixins,
    attributes: new Map(),
    links: [],
  })
  return { ...ends, target: reservation.path }
}

function isPool(catalog: Catalog, id: TypeId): boolean {
  return catalog.mixin(id)?.depends.some((parent) => termOf(parent) === 'floatingippool') === true
}

/** The name of a reservation's pool: the requested one or, by default, the first one that the provider offers. */
function poolNameOf(catalog: Catalog, draft: Draft): string | undefined {
  const requestedPool = draft.mixins.find((id) => isPool(catalog, id))
  if (requestedPool !== undefined) return termOf(requestedPool)
  return catalog.categories.find(({ id }) => isPool(catalog, id))?.term
}

/** An address of 203.0.113.0/24 (RFC 5737) that no reservation has. */
function freeReservationAddress(context: Context): string {
  const taken = new Set(
    [...context.cloud.entities()].map(({ attributes }) =>
      new Map(attributes).get('occi.ipreservation.address'),
    ),
  )
  for (let host = 10; host < 255; host += 1) {
    if (!taken.has(`203.0.113.${host}`)) return `203.0.113.${host}`
  }
  throw new Fault(404, 'No more floating IPs available.')
}

/** Truncates values to whole numbers in place, as nova does with sizes in GiB. */
function truncateValues({ behaviour }: Context, attributes: Map<string, AttributeValue>): void {
  for (const name of behaviour.truncatedAttributes ?? []) {
    const value = attributes.get(name)
    if (typeof value === 'number') attributes.set(name, Math.trunc(value))
  }
}

function initialTimeline(
  { behaviour, now, durationFactor }: Context,
  { initial, creation }: StateMachine,
): Timeline {
  return behaviour.noAutostart
    ? [{ at: now, state: initial }]
    : timelineFrom(initial, creation, now, durationFactor)
}

/** Checks what the provider requires or forbids beyond its model. Throws Fault. */
function checkProviderRules(context: Context, kind: TypeId, draft: Draft): void {
  if (kind !== COMPUTE) return
  const { missingImage, missingSize, missingTitle, refusedAtCreate = [] } = context.behaviour
  const lacks = (family: TypeId) => !draft.mixins.some((id) => familyOf(context, id) === family)
  if (missingTitle !== undefined && draft.title === undefined)
    throw new Fault(missingTitle.status, missingTitle.message)
  if (missingImage !== undefined && lacks(OS_TEMPLATE))
    throw new Fault(missingImage.status, missingImage.message)
  if (missingSize !== undefined && lacks(RESOURCE_TEMPLATE))
    throw new Fault(missingSize.status, missingSize.message)
  for (const name of refusedAtCreate) {
    if (draft.attributes.has(name))
      throw new Fault(400, `The attribute ${name} cannot be set, use a template`)
  }
}

/** Throws Fault 403 when the number of machines has reached its limit. */
function checkQuota({ cloud, machineLimit }: Context): void {
  let count = 0
  if (machineLimit < Number.POSITIVE_INFINITY) {
    for (const record of cloud.entities()) if (record.kind === COMPUTE) count += 1
  }
  if (count >= machineLimit)
    throw new Fault(403, `Quota exceeded: at most ${machineLimit} machine${machineLimit === 1 ? '' : 's'}`)
}

/** Links a new compute to the default network, if there is one and the request has no link to a network. */
function linkToDefaultNetwork(context: Context, record: EntityRecord, draft: Draft): void {
  const target = context.behaviour.defaultNetwork
  if (target === undefined || record.kind !== COMPUTE || context.cloud.entity(target) === undefined) return
  if (draft.links.some((link) => link.kind === NETWORK_INTERFACE)) return
  createEntity(context, {
    kind: NETWORK_INTERFACE,
    mixins: [],
    source: record.path,
    target,
    attributes: new Map(),
    links: [],
  })
}

/** The next number for a path. All kinds share one sequence, as in Synnefo. It starts above `lowestNumber`. */
function nextNumber(context: Context): string {
  let highest = lowestNumber
  for (const record of context.cloud.entities()) {
    const number = Number(lastSegmentOf(record.path))
    if (Number.isSafeInteger(number)) highest = Math.max(highest, number)
  }
  return String(highest + 1)
}

const lowestNumber = 4200

/** Creates a link that was sent inline with its source. */
export function createInline(context: Context, source: EntityRecord, link: Link): EntityRecord {
  if (source.type === 'link') throw new Fault(400, 'A link cannot have links')
  const target = link.target?.location
  if (target === undefined) throw new Fault(400, 'An inline link needs a target')
  return createEntity(context, {
    kind: link.kind,
    mixins: link.mixins,
    ...omitUndefined({ id: link.id, title: link.title }),
    source: source.path,
    target,
    attributes: link.attributes,
    links: [],
  })
}

function creatableKind(context: Context, id: TypeId | undefined): TypeId {
  if (id === undefined) throw new Fault(400, 'The request names no kind')
  const kind = context.catalog.kind(id)
  if (kind === undefined)
    throw new Fault(400, `Kind ${id} is not known to this provider`, { code: 'unknown-kind', subject: id })
  if (kind.location === undefined) throw new Fault(400, `Kind ${id} has no instances of its own`)
  return kind.id
}

/** The identifier and path of a new entity: those that the client sent, or new ones. */
function identify(
  context: Context,
  kind: TypeId,
  draft: Draft,
  requestedPath: string | undefined,
): { readonly id: string; readonly path: string } {
  const { behaviour, catalog, cloud } = context
  const honoursClient = behaviour.clientIds === 'honour'
  const clientId = honoursClient ? draft.id : undefined
  const clientPath = honoursClient ? requestedPath : undefined
  const newSegment =
    behaviour.newPathSegments === 'consecutive-numbers' ? nextNumber(context) : context.uuid()
  const segment = clientId === undefined ? newSegment : segmentOf(clientId)
  const location = behaviour.newEntitiesAt ?? catalog.kind(kind)?.location ?? '/'
  const path = clientPath ?? `${location}${segment}`
  checkEntityPath(path)
  if (segment === '') throw new Fault(400, 'occi.core.id is empty')
  if (behaviour.overwrites !== true && cloud.entity(path) !== undefined)
    throw new Fault(409, `An entity exists at ${path} already`)
  return { path, id: clientId ?? behaviour.identifier(lastSegmentOf(path), path) }
}

/** Attributes that the provider sets on a new resource if the client did not. */
function resourceAttributes(
  kind: TypeId,
  title: string | undefined,
  path: string,
  existing: Attributes,
): ReadonlyMap<string, AttributeValue> {
  const added = new Map<string, AttributeValue>()
  if (kind !== COMPUTE) return added
  const setDefault = (name: string, value: AttributeValue) => {
    if (!existing.has(name)) added.set(name, value)
  }
  setDefault('occi.compute.architecture', 'x64')
  setDefault('occi.compute.cores', 1)
  setDefault('occi.compute.memory', 1)
  setDefault('occi.compute.hostname', hostname(title ?? lastSegmentOf(path)))
  return added
}

/** A host name of letters, digits and hyphens, made from a title. */
function hostname(name: string): string {
  const label = name
    .slice(0, 63)
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
  return label === '' ? 'vm' : label
}
