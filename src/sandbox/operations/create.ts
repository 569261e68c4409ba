/** Creates resources and links. */
import { omitUndefined } from '../../basics/objects.js'
import {
  type Attributes,
  type AttributeValue,
  IP_RESERVATION,
  type Link,
  type TypeId,
  termOf,
  typeId,
} from '../../model/index.js'
import { computeKind, osTpl, resourceTpl } from '../catalog/templates.js'
import { Fault } from '../fault.js'
import { type StateMachine, stateMachineOf } from '../lifecycle/state-machines.js'
import { type Timeline, timelineFrom } from '../lifecycle/timeline.js'
import type { EntityRecord } from '../state/record.js'
import { acceptAttributes, requireAll } from './attributes.js'
import type { Context } from './context.js'
import { type LinkEnds, linkAttributes, linkMixins, networkInterface, resolveEnds } from './linking.js'
import { applicableMixin, checkOneTemplateOfEach, defaultsOf, familyOf, withAddedMixins } from './mixins.js'
import { checkEntityPath, segmentOf } from './paths.js'
import type { Draft } from './payload.js'

const coreLink = typeId('http://schemas.ogf.org/occi/core#', 'link')

/** Creates an entity at `path`, or at a path that the provider chooses. Throws Fault 400, 403, 404 or 409. */
export function createEntity(context: Context, draft: Draft, path?: string): EntityRecord {
  const kind = creatableKind(context, draft.kind)
  // The mixin of a reservation's pool is not stored.
  const requestedMixins =
    kind === IP_RESERVATION ? draft.mixins.filter((id) => !isPool(context, id)) : draft.mixins
  for (const id of requestedMixins) applicableMixin(context, id, kind)
  checkOneTemplateOfEach(context, requestedMixins)
  checkProviderRules(context, kind, draft)
  if (kind === computeKind) checkQuota(context)
  const isLink = context.catalog.descends(kind, coreLink)
  const identity = identify(context, kind, draft, path)
  const ends = isLink ? withReservedTarget(context, resolveEnds(context, kind, draft), draft) : undefined
  const { addsNothing = false } = context.behaviour
  const providerMixins = addsNothing ? [] : linkMixins(context, kind, ends?.target)
  const mixins = withAddedMixins(context, [], [...new Set([...requestedMixins, ...providerMixins])])

  const titleOrDefault = draft.title ?? context.behaviour.defaultTitles?.[termOf(kind)]
  const title =
    kind === IP_RESERVATION
      ? poolOf(context, draft)
      : context.behaviour.untitledKinds?.includes(kind) === true
        ? undefined
        : titleOrDefault
  const definitions = context.catalog.definitions(kind, mixins)
  const { immutable, unknown } = context.behaviour.atCreate
  const clientAttributes = truncateValues(
    context,
    acceptAttributes(draft.attributes, definitions, { immutable, unknown }),
  )
  for (const name of context.behaviour.ignoredAttributes ?? []) clientAttributes.delete(name)
  const defaults = defaultsOf(context, kind, mixins)
  const merged = new Map([...defaults.soft, ...clientAttributes, ...defaults.hard])
  const provided = isLink
    ? linkAttributes(context, kind, mixins, identity.path, merged, ends)
    : resourceAttributes(kind, title, identity.path, merged)
  if (!addsNothing) for (const [name, value] of provided) merged.set(name, value)
  if (kind === IP_RESERVATION) merged.set('occi.ipreservation.address', freeReservationAddress(context))
  for (const name of context.behaviour.emptiedAttributes ?? [])
    if (definitions.has(name)) merged.set(name, '')
  if (context.behaviour.atCreate.required === 'check') requireAll(merged, definitions)

  const machine = addsNothing ? undefined : stateMachineOf(kind)
  if (machine !== undefined) merged.delete(machine.attribute)
  const record: EntityRecord = {
    path: identity.path,
    type: isLink ? 'link' : 'resource',
    kind,
    mixins,
    id: identity.id,
    ...omitUndefined({ title }),
    ...(draft.summary === undefined || isLink ? {} : { summary: draft.summary }),
    attributes: [...merged],
    ...(ends === undefined ? {} : { source: ends.source, target: ends.target }),
    timeline: machine === undefined ? [] : initialTimeline(context, machine),
    created: context.now,
  }
  context.cloud.put(record)
  for (const link of draft.links) createInline(context, record, link)
  linkToDefaultNetwork(context, record, draft)
  return record
}

/** Reserves an address for a link to the external network, and makes it the target of the link, as OpenStack does. */
function withReservedTarget(context: Context, ends: LinkEnds, draft: Draft): LinkEnds {
  if (ends.target !== context.behaviour.externalNetwork) return ends
  const mixins = draft.mixins.filter((id) => isPool(context, id))
  const reservation = createEntity(context, {
    kind: IP_RESERVATION,
    mixins,
    attributes: new Map(),
    links: [],
  })
  return { ...ends, target: reservation.path }
}

function isPool(context: Context, id: TypeId): boolean {
  return context.catalog.mixin(id)?.depends.some((parent) => termOf(parent) === 'floatingippool') === true
}

/** The name of the pool of a reservation. */
function poolOf(context: Context, draft: Draft): string | undefined {
  const named = draft.mixins.find((id) => isPool(context, id))
  const pools = context.catalog.categories.filter(({ id }) => isPool(context, id))
  return named === undefined ? pools[0]?.term : termOf(named)
}

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

/** Truncates values to whole numbers, as nova does with sizes in GiB. */
function truncateValues(
  { behaviour }: Context,
  given: Map<string, AttributeValue>,
): Map<string, AttributeValue> {
  for (const name of behaviour.truncatedAttributes ?? []) {
    const value = given.get(name)
    if (typeof value === 'number') given.set(name, Math.trunc(value))
  }
  return given
}

function initialTimeline({ behaviour, now, speed }: Context, { initial, creation }: StateMachine): Timeline {
  return behaviour.noAutostart ? [{ at: now, state: initial }] : timelineFrom(initial, creation, now, speed)
}

/** Checks what this provider requires or forbids beyond its model. Throws Fault. */
function checkProviderRules(context: Context, kind: TypeId, draft: Draft): void {
  if (kind !== computeKind) return
  const { needsImage, needsSize, needsTitle, refusedAtCreate = [] } = context.behaviour
  const lacks = (family: TypeId) => !draft.mixins.some((id) => familyOf(context, id) === family)
  if (needsTitle !== undefined && draft.title === undefined)
    throw new Fault(needsTitle.status, needsTitle.message)
  if (needsImage !== undefined && lacks(osTpl)) throw new Fault(needsImage.status, needsImage.message)
  if (needsSize !== undefined && lacks(resourceTpl)) throw new Fault(needsSize.status, needsSize.message)
  for (const name of refusedAtCreate) {
    if (draft.attributes.has(name))
      throw new Fault(400, `The attribute ${name} cannot be set, use a template`)
  }
}

/** Throws Fault 403 when the number of machines has reached its limit. */
function checkQuota({ cloud, machineLimit }: Context): void {
  let count = 0
  if (machineLimit < Number.POSITIVE_INFINITY) {
    for (const record of cloud.entities()) if (record.kind === computeKind) count += 1
  }
  if (count >= machineLimit)
    throw new Fault(403, `Quota exceeded: at most ${machineLimit} machine${machineLimit === 1 ? '' : 's'}`)
}

function linkToDefaultNetwork(context: Context, record: EntityRecord, draft: Draft): void {
  const target = context.behaviour.defaultNetwork
  if (target === undefined || record.kind !== computeKind || context.cloud.entity(target) === undefined)
    return
  if (draft.links.some((link) => link.kind === networkInterface)) return
  createEntity(context, {
    kind: networkInterface,
    mixins: [],
    source: record.path,
    target,
    attributes: new Map(),
    links: [],
  })
}

/** The next number for a path. All kinds share one sequence, as in Synnefo. */
function nextNumber(context: Context): string {
  let highest = 4200
  for (const record of context.cloud.entities()) {
    const number = Number(record.path.slice(record.path.lastIndexOf('/') + 1))
    if (Number.isSafeInteger(number)) highest = Math.max(highest, number)
  }
  return String(highest + 1)
}

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
  if (kind === undefined) throw new Fault(400, `Kind ${id} is not known to this provider`)
  if (kind.location === undefined) throw new Fault(400, `Kind ${id} has no instances of its own`)
  return kind.id
}

/** The identifier and path of a new entity: those that the client chose, or new ones. */
function identify(context: Context, kind: TypeId, draft: Draft, path: string | undefined) {
  const location = context.behaviour.newEntitiesAt ?? context.catalog.kind(kind)?.location ?? '/'
  const { chosenIds, identifier } = context.behaviour
  const newSegment =
    context.behaviour.newPathSegments === 'consecutive-numbers' ? nextNumber(context) : context.uuid()
  const chosen = chosenIds === 'honour' ? draft.id : undefined
  const at = chosenIds === 'honour' ? path : undefined
  const segment = chosen === undefined ? newSegment : segmentOf(chosen)
  const entityPath = at ?? `${location}${segment}`
  checkEntityPath(entityPath)
  if (segment === '') throw new Fault(400, 'occi.core.id is empty')
  if (context.behaviour.overwrites !== true && context.cloud.entity(entityPath) !== undefined)
    throw new Fault(409, `An entity exists at ${entityPath} already`)
  const last = entityPath.slice(entityPath.lastIndexOf('/') + 1)
  return { path: entityPath, id: chosen ?? identifier(at === undefined ? newSegment : last, entityPath) }
}

/** Attributes that the provider sets on a new resource if the client did not. */
function resourceAttributes(
  kind: TypeId,
  title: string | undefined,
  path: string,
  existing: Attributes,
): ReadonlyMap<string, AttributeValue> {
  const added = new Map<string, AttributeValue>()
  if (kind !== computeKind) return added
  const setDefault = (name: string, value: AttributeValue) => {
    if (!existing.has(name)) added.set(name, value)
  }
  setDefault('occi.compute.architecture', 'x64')
  setDefault('occi.compute.cores', 1)
  setDefault('occi.compute.memory', 1)
  setDefault('occi.compute.hostname', hostname(title ?? path.slice(path.lastIndexOf('/') + 1)))
  return added
}

function hostname(name: string): string {
  const label = name
    .slice(0, 63)
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
  return label === '' ? 'vm' : label
}
