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
import { type Machine, machineOf } from '../machine/machines.js'
import { type Timeline, timelineFrom } from '../machine/timeline.js'
import type { EntityRecord } from '../state/record.js'
import { accepted, requireAll } from './attributes.js'
import type { Context } from './context.js'
import { type Ends, linkAttributes, linkMixins, networkInterface, wire } from './linking.js'
import { applicableMixin, checkOneTemplateOfEach, defaultsOf, familyOf, joined } from './mixins.js'
import { checkEntityPath, segmentOf } from './paths.js'
import type { Draft } from './payload.js'

const coreLink = typeId('http://schemas.ogf.org/occi/core#', 'link')

/**
 * Creates one entity, at a given path or at one that the provider chooses. Throws Fault 400, 403, 404 or 409.
 */
export function createEntity(context: Context, draft: Draft, path?: string): EntityRecord {
  const kind = creatableKind(context, draft.kind)
  // A reservation is created from a pool but does not keep the pool's mixin.
  const asked = kind === IP_RESERVATION ? draft.mixins.filter((id) => !isPool(context, id)) : draft.mixins
  for (const id of asked) applicableMixin(context, id, kind)
  checkOneTemplateOfEach(context, asked)
  checkHabits(context, kind, draft)
  if (kind === computeKind) checkRoom(context)
  const isLink = context.catalog.descends(kind, coreLink)
  const identity = identify(context, kind, draft, path)
  const ends = isLink ? reserved(context, wire(context, kind, draft), draft) : undefined
  const { keepsOnly = false } = context.behaviour
  const own = keepsOnly ? [] : linkMixins(context, kind, ends?.target)
  const mixins = joined(context, [], [...new Set([...asked, ...own])])

  const wanted = draft.title ?? context.behaviour.titles?.[termOf(kind)]
  const title =
    kind === IP_RESERVATION
      ? poolOf(context, draft)
      : context.behaviour.untitled?.includes(kind) === true
        ? undefined
        : wanted
  const definitions = context.catalog.definitions(kind, mixins)
  const { immutable, unknown } = context.behaviour.atCreate
  const given = truncated(context, accepted(draft.attributes, definitions, { immutable, unknown }))
  for (const name of context.behaviour.ignores ?? []) given.delete(name)
  const defaults = defaultsOf(context, kind, mixins)
  const merged = new Map([...defaults.soft, ...given, ...defaults.hard])
  const provided = isLink
    ? linkAttributes(context, kind, mixins, identity.path, merged, ends)
    : resourceAttributes(kind, title, identity.path, merged)
  if (!keepsOnly) for (const [name, value] of provided) merged.set(name, value)
  if (kind === IP_RESERVATION) merged.set('occi.ipreservation.address', reservedAddress(context))
  for (const name of context.behaviour.emptied ?? []) if (definitions.has(name)) merged.set(name, '')
  if (context.behaviour.atCreate.required === 'check') requireAll(merged, definitions)

  const machine = keepsOnly ? undefined : machineOf(kind)
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
  linkToDefault(context, record, draft)
  return record
}

/**
 * Replaces the external network as a target by an address that is reserved for the link, as OpenStack does.
 */
function reserved(context: Context, ends: Ends, draft: Draft): Ends {
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

/** The name of a reservation's pool. */
function poolOf(context: Context, draft: Draft): string | undefined {
  const named = draft.mixins.find((id) => isPool(context, id))
  const pools = context.catalog.categories.filter(({ id }) => isPool(context, id))
  return named === undefined ? pools[0]?.term : termOf(named)
}

function reservedAddress(context: Context): string {
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

/** Drops fractions: nova has whole gibibytes. */
function truncated({ behaviour }: Context, given: Map<string, AttributeValue>): Map<string, AttributeValue> {
  for (const name of behaviour.truncated ?? []) {
    const value = given.get(name)
    if (typeof value === 'number') given.set(name, Math.trunc(value))
  }
  return given
}

function initialTimeline({ behaviour, now, speed }: Context, { initial, creation }: Machine): Timeline {
  return behaviour.startsNothing ? [{ at: now, state: initial }] : timelineFrom(initial, creation, now, speed)
}

/** Checks what this provider requires or forbids beyond its model. Throws Fault. */
function checkHabits(context: Context, kind: TypeId, draft: Draft): void {
  if (kind !== computeKind) return
  const { needsImage, needsSize, needsTitle, frozenAtCreate = [] } = context.behaviour
  const lacks = (family: TypeId) => !draft.mixins.some((id) => familyOf(context, id) === family)
  if (needsTitle !== undefined && draft.title === undefined)
    throw new Fault(needsTitle.status, needsTitle.message)
  if (needsImage !== undefined && lacks(osTpl)) throw new Fault(needsImage.status, needsImage.message)
  if (needsSize !== undefined && lacks(resourceTpl)) throw new Fault(needsSize.status, needsSize.message)
  for (const name of frozenAtCreate) {
    if (draft.attributes.has(name))
      throw new Fault(400, `The attribute ${name} cannot be set, use a template`)
  }
}

/** Throws Fault. */
function checkRoom({ cloud, machines }: Context): void {
  let count = 0
  if (machines < Number.POSITIVE_INFINITY) {
    for (const record of cloud.entities()) if (record.kind === computeKind) count += 1
  }
  if (count >= machines)
    throw new Fault(403, `Quota exceeded: there is room for ${machines} machine${machines === 1 ? '' : 's'}`)
}

function linkToDefault(context: Context, record: EntityRecord, draft: Draft): void {
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

/** The next free number, in one series for all kinds, as at Synnefo. */
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

/** Identifier and path of a new entity: those of the client, or new ones. */
function identify(context: Context, kind: TypeId, draft: Draft, path: string | undefined) {
  const location = context.behaviour.newEntitiesAt ?? context.catalog.kind(kind)?.location ?? '/'
  const { chosenIds, identifier } = context.behaviour
  const uuid = context.behaviour.segments === 'numbers' ? nextNumber(context) : context.uuid()
  const chosen = chosenIds === 'honour' ? draft.id : undefined
  const at = chosenIds === 'honour' ? path : undefined
  const segment = chosen === undefined ? uuid : segmentOf(chosen)
  const place = at ?? `${location}${segment}`
  checkEntityPath(place)
  if (segment === '') throw new Fault(400, 'occi.core.id is empty')
  if (context.behaviour.overwrites !== true && context.cloud.entity(place) !== undefined)
    throw new Fault(409, `There is an entity at ${place} already`)
  const last = place.slice(place.lastIndexOf('/') + 1)
  return { path: place, id: chosen ?? identifier(at === undefined ? uuid : last, place) }
}

/** Adds attributes of the provider whose names are not there yet. */
function resourceAttributes(
  kind: TypeId,
  title: string | undefined,
  path: string,
  has: Attributes,
): ReadonlyMap<string, AttributeValue> {
  const added = new Map<string, AttributeValue>()
  if (kind !== computeKind) return added
  const offer = (name: string, value: AttributeValue) => {
    if (!has.has(name)) added.set(name, value)
  }
  offer('occi.compute.architecture', 'x64')
  offer('occi.compute.cores', 1)
  offer('occi.compute.memory', 1)
  offer('occi.compute.hostname', hostname(title ?? path.slice(path.lastIndexOf('/') + 1)))
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
