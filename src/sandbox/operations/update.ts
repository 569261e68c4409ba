/** Updates and replaces entities, and attaches and detaches mixins. */
import { omitUndefined } from '../../basics/objects.js'
import type { AttributeValue, TypeId } from '../../model/index.js'
import { Fault } from '../fault.js'
import { stateMachineOf } from '../lifecycle/state-machines.js'
import { timelineFrom } from '../lifecycle/timeline.js'
import type { EntityRecord } from '../state/record.js'
import { acceptAttributes, checkRequired } from './attributes.js'
import type { Context } from './context.js'
import { createInline } from './create.js'
import { resolveEnds } from './linking.js'
import { applicableMixin, checkOneTemplateOfEach, defaultsOf, familyOf, withAddedMixins } from './mixins.js'
import { segmentOf } from './paths.js'
import type { Draft } from './payload.js'
import { attributesNow, currentState } from './view.js'

/** Attributes that cannot be changed after creation (GFD.224 §3.5.3). */
const fixedAtCreation: ReadonlySet<string> = new Set(['occi.compute.userdata'])

/** Changes what the draft contains (partial update). Throws Fault 400, 403 or 404. */
export function updateEntity(context: Context, record: EntityRecord, draft: Draft): EntityRecord {
  checkIdentity(record, draft)
  if (context.behaviour.updates === 'attributes-only') return updateAttributes(context, record, draft)
  for (const id of draft.mixins) applicableMixin(context, id, record.kind)
  const added = draft.mixins.filter((id) => !record.mixins.includes(id))
  checkOneTemplateOfEach(context, added)
  const changed = withMixins(context, record, withAddedMixins(context, record.mixins, added))
  const definitions = context.catalog.definitions(record.kind, changed.mixins)
  const newAttributes = acceptAttributes(draft.attributes, definitions, context.behaviour.atUpdate)
  checkFixedAttributes(record, newAttributes)
  const attributes = new Map([...changed.attributes, ...newAttributes])
  if (context.behaviour.atCreate.required === 'check' && !sameMixins(record, changed)) {
    checkRequired(attributes, definitions)
  }
  const updated = {
    ...withNewEnds(context, changed, draft),
    ...omitUndefined({ title: draft.title }),
    ...(draft.summary === undefined || record.type === 'link' ? {} : { summary: draft.summary }),
    attributes: [...attributes],
  }
  const { titleUpdates } = context.behaviour
  const stored = titleUpdates === undefined ? updated : withTitleOf(record, updated)
  context.cloud.put(stored)
  for (const link of draft.links)
    if (!linkExists(context, link.location ?? link.id)) createInline(context, updated, link)
  return titleUpdates === 'ignored' ? stored : updated
}

/** Changes attributes, title and summary only; mixins and links of the draft are ignored. */
function updateAttributes(context: Context, record: EntityRecord, draft: Draft): EntityRecord {
  const { title, summary } = draft
  // The message is erocci's (E18).
  if (draft.attributes.size === 0 && title === undefined && summary === undefined)
    throw new Fault(400, '{badkey,attributes}')
  const definitions = context.catalog.definitions(record.kind, record.mixins)
  const newAttributes = acceptAttributes(draft.attributes, definitions, context.behaviour.atUpdate)
  const updated = {
    ...record,
    ...omitUndefined({ title, summary }),
    attributes: [...new Map([...record.attributes, ...newAttributes])],
  }
  context.cloud.put(updated)
  return updated
}

/** The updated record with the title of the old one. */
function withTitleOf(old: EntityRecord, updated: EntityRecord): EntityRecord {
  const { title: _, ...withoutTitle } = updated
  return { ...withoutTitle, ...omitUndefined({ title: old.title }) }
}

/**
 * Replaces an entity, but not its links (full update). Attributes that the draft lacks are removed or reset to their
 * defaults.
 */
export function replaceEntity(context: Context, record: EntityRecord, draft: Draft): EntityRecord {
  checkIdentity(record, draft)
  if (draft.links.length > 0 && context.behaviour.putWithLinks === 'refuse') {
    throw new Fault(400, 'Links cannot be given in a full update')
  }
  for (const id of draft.mixins) applicableMixin(context, id, record.kind)
  checkOneTemplateOfEach(context, draft.mixins)
  const changed = withMixins(context, record, [...new Set(draft.mixins)])
  const definitions = context.catalog.definitions(record.kind, changed.mixins)
  const newAttributes = acceptAttributes(draft.attributes, definitions, {
    ...context.behaviour.atUpdate,
    current: attributesNow(context, record),
  })
  checkFixedAttributes(record, newAttributes)
  const isPreserved = (name: string) =>
    definitions.get(name)?.mutable === false || fixedAtCreation.has(name) || assignedByProvider.has(name)
  const preserved = changed.attributes.filter(([name]) => isPreserved(name))
  const defaults = defaultsOf(context, record.kind, changed.mixins)
  const attributes = new Map<string, AttributeValue>([
    ...defaults.overridable,
    ...preserved,
    ...newAttributes,
    ...defaults.binding,
  ])
  checkRequired(attributes, definitions)
  const { title: _title, summary: _summary, ...preservedMembers } = withNewEnds(context, changed, draft)
  const replaced = {
    ...preservedMembers,
    ...omitUndefined({ title: draft.title }),
    ...(draft.summary === undefined || record.type === 'link' ? {} : { summary: draft.summary }),
    attributes: [...attributes],
  }
  context.cloud.put(replaced)
  return replaced
}

/** Attaches a mixin to an entity. */
export function attach(context: Context, record: EntityRecord, mixin: TypeId): EntityRecord {
  applicableMixin(context, mixin, record.kind)
  const changed = withMixins(context, record, withAddedMixins(context, record.mixins, [mixin]))
  context.cloud.put(changed)
  return changed
}

/** Detaches a mixin, and removes the attributes that only this mixin defines. */
export function detach(context: Context, record: EntityRecord, mixin: TypeId): EntityRecord {
  const remaining = record.mixins.filter((id) => id !== mixin)
  if (remaining.length === record.mixins.length) return record
  const changed = withMixins(context, record, remaining)
  context.cloud.put(changed)
  return changed
}

/** The record with these mixins: default values of the added ones are set, attributes of the removed ones removed. */
function withMixins(context: Context, record: EntityRecord, mixins: readonly TypeId[]): EntityRecord {
  const added = mixins.filter((id) => !record.mixins.includes(id))
  const removed = record.mixins.filter((id) => !mixins.includes(id))
  if (added.length === 0 && removed.length === 0) return record
  const definitions = context.catalog.definitions(record.kind, mixins)
  const oldDefinitions = context.catalog.definitions(record.kind, record.mixins)
  const attributes = new Map(
    record.attributes.filter(([name]) => definitions.has(name) || !oldDefinitions.has(name)),
  )
  const defaults = defaultsOf(context, record.kind, added)
  for (const [name, value] of defaults.overridable) if (!attributes.has(name)) attributes.set(name, value)
  for (const [name, value] of defaults.binding) attributes.set(name, value)
  const needsRebuild = added.some((id) => familyOf(context, id) !== undefined)
  return {
    ...record,
    mixins,
    attributes: [...attributes],
    timeline: needsRebuild ? rebuildTimeline(context, record) : record.timeline,
  }
}

/** The timeline of a machine whose size or image changes. An active one becomes inactive for a short time. */
function rebuildTimeline(context: Context, record: EntityRecord): EntityRecord['timeline'] {
  const machine = stateMachineOf(record.kind)
  const current = currentState(context, record)
  if (machine?.rebuild === undefined || current === undefined) return record.timeline
  if (current.state !== 'active') return record.timeline
  if (current.busy)
    throw new Fault(409, `The resource is busy (${current.message ?? current.state})`, { code: 'busy' })
  return timelineFrom(current.state, machine.rebuild, context.now, context.durationFactor)
}

function checkIdentity(record: EntityRecord, draft: Draft): void {
  if (draft.kind !== undefined && draft.kind !== record.kind) {
    throw new Fault(400, `The kind of an entity cannot change (it is ${record.kind})`)
  }
  if (draft.id === undefined || draft.id === record.id || segmentOf(draft.id) === segmentOf(record.id)) return
  throw new Fault(403, 'Attribute occi.core.id is set by the provider only')
}

function checkFixedAttributes(record: EntityRecord, attributes: ReadonlyMap<string, AttributeValue>): void {
  const stored = new Map(record.attributes)
  for (const name of fixedAtCreation) {
    if (attributes.has(name) && stored.has(name) && attributes.get(name) !== stored.get(name)) {
      throw new Fault(403, `Attribute ${name} can only be set at creation`)
    }
  }
}

/** Mutable attributes that the provider sets if the client omits them. A full update does not remove them. */
const assignedByProvider: ReadonlySet<string> = new Set([
  'occi.networkinterface.mac',
  'occi.networkinterface.address',
  'occi.networkinterface.gateway',
  'occi.networkinterface.allocation',
  'occi.storagelink.deviceid',
])

/** The link with the source and target of the draft, if it has any. */
function withNewEnds(context: Context, record: EntityRecord, draft: Draft): EntityRecord {
  if (record.type !== 'link' || (draft.source === undefined && draft.target === undefined)) return record
  const source = draft.source ?? record.source
  const target = draft.target ?? record.target
  const ends = resolveEnds(context, record.kind, {
    ...draft,
    ...omitUndefined({ source, target }),
  })
  return { ...record, ...ends }
}

/** Whether a link with this location or identifier exists. */
function linkExists(context: Context, reference: string | undefined): boolean {
  if (reference === undefined) return false
  if (context.cloud.entity(reference) !== undefined) return true
  return [...context.cloud.entities()].some(({ type, id }) => type === 'link' && id === reference)
}

function sameMixins(a: EntityRecord, b: EntityRecord): boolean {
  return a.mixins.length === b.mixins.length && a.mixins.every((id) => b.mixins.includes(id))
}
