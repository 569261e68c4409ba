/** Converts a record to an Entity with its current state, applicable actions and links. */
import { omitUndefined } from '../../basics/objects.js'
import type {
  ActionReference,
  AttributeValue,
  Entity,
  Link,
  LinkEnd,
  Resource,
  TypeId,
} from '../../model/index.js'
import { IP_RESERVATION, termOf } from '../../model/index.js'
import { failureOf } from '../catalog/failures.js'
import { linkStateAttribute, stateMachineOf } from '../lifecycle/state-machines.js'
import { type CurrentState, stateAt } from '../lifecycle/timeline.js'
import type { EntityRecord } from '../state/record.js'
import type { Context } from './context.js'

export function viewOf(context: Context, record: EntityRecord): Entity {
  return record.type === 'link' ? linkView(context, record) : resourceView(context, record)
}

function resourceView(context: Context, record: EntityRecord): Resource {
  const links = context.cloud
    .linksAt(record.path)
    .filter((link) => context.behaviour.linksShown === 'at-both-ends' || link.source === record.path)
    .map((link) => linkView(context, link))
  return {
    type: 'resource',
    ...commonMembers(context, record),
    ...omitUndefined({ summary: record.summary }),
    attributes: attributesNow(context, record),
    actions: applicableActions(context, record).map((id) => actionReference(record, id)),
    links,
  }
}

function linkView(context: Context, record: EntityRecord): Link {
  return {
    type: 'link',
    ...commonMembers(context, record),
    attributes: attributesNow(context, record),
    actions: [],
    ...(record.source === undefined ? {} : { source: linkEnd(context, record.source) }),
    ...(record.target === undefined ? {} : { target: linkEnd(context, record.target) }),
  }
}

/** The current state; undefined for an entity without a state machine. */
export function currentState(context: Context, { timeline, mixins }: EntityRecord): CurrentState | undefined {
  const current = stateAt(timeline, context.now)
  if (current === undefined || current.busy) return current
  const state = failureOf(mixins, current.state)
  return state === undefined ? current : { ...current, state, message: `it has the mixin ${state}` }
}

/** Actions that would succeed now. */
function applicableActions(context: Context, record: EntityRecord): readonly TypeId[] {
  const all = context.catalog.actions(record.kind, record.mixins)
  if (context.behaviour.addsNothing === true) return all
  const current = currentState(context, record)
  const machine = stateMachineOf(record.kind)
  if (current === undefined || machine === undefined) return []
  if (context.behaviour.showsAllActions === true) return all
  if (current.busy) return []
  return all.filter((id) => machine.actions[termOf(id)]?.from.includes(current.state) === true)
}

/** The attributes to show, including the current state. */
export function attributesNow(context: Context, record: EntityRecord): ReadonlyMap<string, AttributeValue> {
  const attributes = new Map(record.attributes)
  const machine = stateMachineOf(record.kind)
  const current = currentState(context, record)
  if (machine !== undefined && current !== undefined) {
    const { shownStates } = context.behaviour
    const isBuilding = current.message?.startsWith('waiting') === true
    const shownState = shownStates?.get(isBuilding ? 'building' : current.state) ?? current.state
    attributes.set(machine.attribute, shownState)
    const messageName = `${machine.attribute}.message`
    // OCCI 1.1 has no state messages.
    const hasMessages = context.catalog.kind(record.kind)?.attributes.has(messageName) === true
    if (current.message !== undefined && hasMessages) attributes.set(messageName, current.message)
  }
  const linkState = linkStateAttribute(record.kind)
  if (linkState !== undefined && context.behaviour.addsNothing !== true) {
    attributes.set(linkState, isLinkActive(context, record) ? 'active' : 'inactive')
    if (!hasBooted(context, record)) attributes.delete('occi.networkinterface.address')
  }
  if (record.kind === IP_RESERVATION) {
    attributes.set('occi.ipreservation.used', context.cloud.linksAt(record.path).length > 0)
  }
  for (const name of context.behaviour.hiddenNames ?? []) attributes.delete(name)
  return attributes
}

function commonMembers({ behaviour }: Context, record: EntityRecord) {
  return {
    kind: record.kind,
    mixins: record.mixins.filter((id) => behaviour.hiddenNames?.has(id) !== true),
    ...(record.id === '' ? {} : { id: record.id }),
    location: record.path,
    ...omitUndefined({ title: record.title }),
  }
}

function actionReference(record: EntityRecord, id: TypeId): ActionReference {
  return { id, href: `${record.path}?action=${termOf(id)}` }
}

function linkEnd(context: Context, path: string): LinkEnd {
  const record = context.cloud.entity(path)
  return record === undefined ? { location: path } : { location: path, kind: record.kind }
}

/** Whether a link is active: while both of its ends are ready. */
function isLinkActive(context: Context, link: EntityRecord): boolean {
  return [link.source, link.target].every((path) => path !== undefined && isReady(context, path))
}

function isReady(context: Context, path: string): boolean {
  const record = context.cloud.entity(path)
  if (record === undefined) return false
  const machine = stateMachineOf(record.kind)
  const current = currentState(context, record)
  return machine === undefined || (current !== undefined && machine.ready.includes(current.state))
}

/** Whether the machine of a link has booted. Before, its address is not known, because DHCP assigns it. */
function hasBooted(context: Context, link: EntityRecord): boolean {
  const source = link.source === undefined ? undefined : context.cloud.entity(link.source)
  if (source === undefined) return false
  const machine = stateMachineOf(source.kind)
  if (machine === undefined) return true
  const current = stateAt(source.timeline, context.now)
  return current?.message?.startsWith('waiting') !== true
}
