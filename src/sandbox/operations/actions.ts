/** Triggers actions on one entity or on a whole collection (GFD.223 §5). */
import type { Action, Category, Entity, TypeId } from '../../model/index.js'
import { COMPUTE, OS_TEMPLATE, termOf, typeId } from '../../model/index.js'
import { toMixin } from '../catalog/catalog.js'
import { Fault } from '../fault.js'
import { stateMachineOf } from '../lifecycle/state-machines.js'
import { timelineFrom } from '../lifecycle/timeline.js'
import type { EntityRecord } from '../state/record.js'
import { acceptAttributes, checkRequired } from './attributes.js'
import type { Context } from './context.js'
import { segmentOf } from './paths.js'
import type { Payload } from './payload.js'
import { currentState, viewOf } from './view.js'

interface TriggerResult {
  readonly entities: readonly Entity[]
  /** The OS template that the action `save` created. */
  readonly template?: Category
}

/**
 * Triggers an action on all entities or, if one refuses it, on none. `term` is the action in the query of the URL, or
 * the empty string. The message may also contain the action.
 */
export function trigger(
  context: Context,
  records: readonly EntityRecord[],
  term: string,
  payload: Payload,
): TriggerResult {
  const actionId = namedAction(context, payload)
  const ignoresQuery = context.behaviour.actionFrom === 'category'
  if (!ignoresQuery && actionId !== undefined && term !== '' && termOf(actionId) !== term) {
    throw new Fault(400, `The query asks for ${term}, the message for ${termOf(actionId)}`)
  }
  let template: Category | undefined
  const entities = records.map((record) => {
    const action = offeredAction(context, record, actionId, term)
    const attributes = payload.action?.attributes ?? payload.attributes
    const parameters = acceptAttributes(attributes, action.attributes, {
      immutable: 'refuse',
      unknown: context.behaviour.acceptsAnyParameters ? 'keep' : 'refuse',
    })
    checkRequired(parameters, action.attributes)
    const changed = withTransition(context, record, action)
    context.cloud.put(changed)
    if (action.id === saveAction) template = saveAsTemplate(context, record, parameters.get('name'))
    return viewOf(context, changed)
  })
  return template === undefined ? { entities } : { entities, template }
}

const saveAction = typeId('http://schemas.ogf.org/occi/infrastructure/compute/action#', 'save')

/** The action that the message names, if any. Throws Fault 400 if it names more than one. */
function namedAction(context: Context, payload: Payload): TypeId | undefined {
  if (payload.action !== undefined) return payload.action.action
  const actions = payload.categoryIds.filter((id) => context.catalog.get(id)?.class !== 'kind')
  if (actions.length > 1) throw new Fault(400, 'The message names more than one action')
  return actions[0]
}

/** The action of this identifier or, without one, of this term. Throws Fault 400 or 409 if the entity lacks it. */
function offeredAction(
  context: Context,
  record: EntityRecord,
  actionId: TypeId | undefined,
  term: string,
): Action {
  const offered = context.catalog.actions(record.kind, record.mixins)
  const candidates = actionId === undefined ? offered.filter((id) => termOf(id) === term) : [actionId]
  const [id, second] = candidates
  if (second !== undefined)
    throw new Fault(409, `More than one action is called ${term}: send the category of one`)
  const isAccepted = id !== undefined && (context.behaviour.acceptsAnyAction === true || offered.includes(id))
  const action = isAccepted ? context.catalog.get(id) : undefined
  if (action?.class !== 'action') {
    throw new Fault(400, `${record.path} has no action ${actionId === undefined ? term : termOf(actionId)}`)
  }
  return action
}

/** The record with the transition of the action. Throws Fault 400 or 409 when the action is not applicable now. */
function withTransition(context: Context, record: EntityRecord, action: Action): EntityRecord {
  if (context.behaviour.addsNothing === true) return record
  const machine = stateMachineOf(record.kind)
  const transition = machine?.actions[action.term]
  const current = currentState(context, record)
  if (transition === undefined || current === undefined) {
    throw new Fault(501, `Action ${action.term} is not implemented`)
  }
  if (current.busy) {
    const activity = current.message ?? current.state
    throw new Fault(
      context.behaviour.actionNotApplicableStatus,
      `${record.path} is busy (${activity}), try again in a moment`,
      { code: 'busy' },
    )
  }
  if (!transition.from.includes(current.state)) {
    throw new Fault(
      context.behaviour.actionNotApplicableStatus,
      `Action ${action.term} is not applicable: ${record.path} is ${current.state}`,
      { code: 'action-not-applicable' },
    )
  }
  const durationFactor = context.behaviour.noAutostart ? 0 : context.durationFactor
  return {
    ...record,
    timeline: timelineFrom(current.state, transition.steps, context.now, durationFactor),
  }
}

/** Creates an OS template from a machine. The response must contain it (GFD.224 §3.1). */
function saveAsTemplate(context: Context, record: EntityRecord, name: unknown): Category {
  const title = typeof name === 'string' && name !== '' ? name : `${record.title ?? 'image'}-${context.now}`
  const parent = context.catalog.mixin(OS_TEMPLATE)
  const existingImage = context.catalog.categories.find(
    (category) => category.class === 'mixin' && category.depends.includes(OS_TEMPLATE),
  )
  const scheme = existingImage?.scheme ?? parent?.scheme ?? 'http://sandbox.example.org/occi/os_tpl#'
  const term = freeTerm(context, scheme, title)
  const mixin = {
    scheme,
    term,
    title,
    location: `/os_tpl/${encodeURIComponent(term)}/`,
    depends: [OS_TEMPLATE],
    applies: [COMPUTE],
  }
  context.cloud.putMixin(mixin)
  return toMixin(mixin)
}

/** A term for an image with this title, with a number if the term without one is taken. */
function freeTerm(context: Context, scheme: string, title: string): string {
  const lettersFirst = segmentOf(title)
    .toLowerCase()
    .replace(/^[^a-z0-9]+/, '')
  const base = (lettersFirst || 'image').slice(0, 200)
  let term = base
  for (let number = 2; context.catalog.get(typeId(scheme, term)) !== undefined; number += 1) {
    term = `${base}-${number}`
  }
  return term
}
