/** Triggers actions on one entity or a whole collection (GFD.223 §5.4.6, §5.3.5). */

import { headerValues } from '../../basics/http.js'
import { alternatives } from '../../basics/nearest.js'
import { omitUndefined } from '../../basics/objects.js'
import { type NotFoundError, OcciError, ValidationError } from '../../errors/errors.js'
import {
  type ActionReference,
  type Attributes,
  attributesFrom,
  type Entity,
  type LocatedEntity,
  suggest,
  type TypeId,
  termOf,
  throwProblems,
  validateAction,
} from '../../model/index.js'
import { ParseError } from '../../rendering/index.js'
import type { HttpResponse } from '../../transport/index.js'
import { contentOf } from '../codec.js'
import { type ClientRequest, read } from '../exchange.js'
import { encodeForUrl, resolveLocation, sameLocation } from '../locations.js'
import { acceptFor, kindAt, type Provider } from '../provider.js'
import { collectionIn, entityOfRef, locationOfRef, withModel } from '../resolve.js'
import type { Session } from '../session.js'
import type {
  ActionRef,
  CollectionRef,
  EntityRef,
  NewEntity,
  RequestOptions,
  TriggerOptions,
} from '../types.js'
import { lookUp, outcomeUnknownError, readAfterWrite, sendWrite } from '../uncertain.js'
import { describeAt, describeIfExists } from './describe.js'

/**
 * Triggers an action on one entity. Returns the entity as read afterwards, since the response may show the state before
 * the action (Q37); undefined if it no longer exists, or with `readBack: false`.
 */
export async function trigger(
  session: Session,
  ref: EntityRef,
  actionRef: ActionRef,
  attributes?: NewEntity['attributes'],
  options: TriggerOptions = {},
): Promise<LocatedEntity | undefined> {
  const location = locationOfRef(session, ref)
  const action = nameOfAction(actionRef)
  const { provider, result: resolved } = await withModel(session, options.signal, async (current) => {
    const subject = { location, entity: entityOfRef(ref) }
    const target = await findAction(session, current, subject, action, options)
    const request = await actionRequest(session, current, location, target, attributes, options)
    return { term: termOf(target.action), request }
  })
  const { term, request } = resolved
  const result = await sendWrite(session, request)
  if (result.state === 'uncertain') {
    const observed = await lookUp(() => describeAt(session, location))
    const state = typeof observed === 'object' ? stateOfEntity(provider, observed.entity) : undefined
    const stateNote = state === undefined ? '' : `; it is ${String(state).slice(0, 80)} now`
    throw outcomeUnknownError(
      result.error,
      `whether ${term} was carried out is unknown${stateNote}`,
      typeof observed === 'object' ? { state } : {},
    )
  }
  const created = createdLocations(session, request, result.response, location)
  if (created.length > 0) {
    // The action may have created a template, which the model does not contain yet.
    await session.provider.forget()
    options.onCreated?.(created)
  }
  if (options.readBack === false) return undefined
  return readAfterWrite(`${term} was accepted`, { done: term }, () =>
    describeIfExists(session, location, options.signal),
  )
}

function nameOfAction(ref: ActionRef): string {
  return typeof ref === 'string' ? ref : ref.id
}

/**
 * Returns the locations of what an action created: those in the response, except those of the entity and its actions.
 */
function createdLocations(
  session: Session,
  request: ClientRequest,
  response: HttpResponse,
  entity: string,
): readonly string[] {
  const returnedLocations = [
    ...headerValues(response.headers, 'location'),
    ...locationsIn(session, request, response),
  ]
  const created = new Set<string>()
  for (const location of returnedLocations) {
    const url = resolveLocation(session.endpoint, location)?.url
    if (url !== undefined && !url.includes('?') && !sameLocation(url, entity)) created.add(url)
  }
  return [...created]
}

/**
 * Returns the locations in a response. An unreadable response has none, since the action was carried out nevertheless.
 */
function locationsIn(session: Session, request: ClientRequest, response: HttpResponse): readonly string[] {
  try {
    const { locations, categories } = read(session, request, response, 'any')
    return [
      ...locations,
      ...categories.flatMap((category) => (category.class === 'mixin' ? (category.location ?? []) : [])),
    ]
  } catch (error) {
    if (error instanceof OcciError || error instanceof ParseError) return []
    throw error
  }
}

/**
 * Triggers an action on all members of a collection, with one request. The standard requires that the action affects
 * all or none, but servers stop at the first member that refuses.
 */
export async function triggerAll(
  session: Session,
  ref: CollectionRef,
  actionRef: ActionRef,
  attributes?: NewEntity['attributes'],
  options: RequestOptions = {},
): Promise<void> {
  const action = nameOfAction(actionRef)
  const { result: resolved } = await withModel(session, options.signal, async (current) => {
    const { category, url } = collectionIn(session, current, ref)
    const offered = category === undefined ? [] : category.actions
    const id =
      offeredAction(current, offered, action) ?? current.model.resolve(action, { class: 'action' }).id
    const target: ActionTarget = {
      action: id,
      kind: category?.class === 'kind' ? category.id : undefined,
      mixins: [],
    }
    return { id, url, request: await actionRequest(session, current, url, target, attributes, options) }
  })
  const { id, url, request } = resolved
  const result = await sendWrite(session, request)
  if (result.state === 'uncertain') {
    throw outcomeUnknownError(result.error, `on which of ${url} ${termOf(id)} was carried out is unknown`)
  }
}

/** An action and what it is triggered on. */
interface ActionTarget {
  /** The identifier of the action. */
  readonly action: TypeId
  /** Undefined for everything below a path. */
  readonly kind: TypeId | undefined
  readonly mixins: readonly TypeId[]
  /** The actions that the entity offered when it was read. */
  readonly actions?: readonly ActionReference[]
  /** The URL at which the entity offered this action. */
  readonly href?: string
}

/**
 * Finds the action among those of the kind, without a request, or else among those of the entity, which may be read.
 */
async function findAction(
  session: Session,
  provider: Provider,
  { location, entity: current }: { readonly location: string; readonly entity: Entity | undefined },
  action: string,
  { signal }: RequestOptions,
): Promise<ActionTarget> {
  const { model } = provider
  const kind = kindAt(provider, location)
  if (kind !== undefined) {
    const id = offeredAction(provider, model.actionsOf(kind.id), action)
    if (id !== undefined) return { action: id, kind: kind.id, mixins: [] }
  }
  const entity = current ?? (await describeAt(session, location, signal))
  const offeredByEntity = entity.actions.map(({ id }) => id)
  const offered = [...new Set([...offeredByEntity, ...model.actionsOf(entity.kind, entity.mixins)])]
  const id = offeredAction(provider, offered, action) ?? uncheckedAction(session, action)
  if (id === undefined) throw notOfferedError(entity, offered, action)
  const href = entity.actions.find((reference) => reference.id === id)?.href
  return {
    action: id,
    kind: entity.kind,
    mixins: entity.mixins,
    actions: entity.actions,
    ...omitUndefined({ href }),
  }
}

/** Returns the identifier of the action that is named by identifier or term; undefined if it is not offered. */
function offeredAction({ model }: Provider, offered: readonly TypeId[], action: string): TypeId | undefined {
  if (action.includes('#')) return offered.find((id) => id === action) ?? model.action(action)?.id
  return (
    offered.find((id) => termOf(id) === action) ?? offered.find((id) => termOf(id) === action.toLowerCase())
  )
}

/** Returns an action that is named by its identifier if validation is off, since the model need not contain it then. */
function uncheckedAction({ validate }: Session, action: string): TypeId | undefined {
  return !validate && action.includes('#') ? (action as TypeId) : undefined
}

function notOfferedError(
  entity: Entity,
  offered: readonly TypeId[],
  action: string,
): ValidationError | NotFoundError {
  const terms = offered.map((id) => termOf(id))
  const similar = suggest(action, terms)
  const offerText = terms.length === 0 ? 'It offers none.' : `It offers ${terms.join(', ')}.`
  return new ValidationError(`This ${termOf(entity.kind)} has no action "${action.slice(0, 80)}".`, {
    hint: similar.length === 0 ? offerText : `Did you mean ${alternatives(similar)}? ${offerText}`,
    at: action.slice(0, 80),
    facts: { offered: terms, problems: [{ at: action.slice(0, 80), message: offerText }] },
    basedOn: 'model',
  })
}

/** Builds the request that triggers an action. Throws ValidationError unless the model allows it. */
async function actionRequest(
  session: Session,
  provider: Provider,
  location: string,
  { action, kind, mixins, actions, href }: ActionTarget,
  parameters: NewEntity['attributes'],
  { signal }: RequestOptions,
): Promise<ClientRequest> {
  const attributes = withDefaultParameters(provider, action, attributesFrom(parameters))
  if (session.validate && kind !== undefined) {
    const subject = { kind, mixins, ...omitUndefined({ actions }) }
    throwProblems(await validateAction(provider.model, subject, action, attributes))
  }
  return {
    method: 'POST',
    // The term in the query must match the Category (GFD.223; ooi and rOCCI-server compare them).
    url: href ?? `${location}?action=${encodeForUrl(termOf(action))}`,
    accept: acceptFor(provider),
    content: contentOf(
      provider.write,
      { what: 'action', invocation: { action, attributes } },
      provider.model,
    ),
    signal,
  }
}

/** Adds the parameters that this provider requires (Q50). */
function withDefaultParameters({ effects }: Provider, action: TypeId, parameters: Attributes): Attributes {
  const defaults = effects.actionDefaults[termOf(action)]
  if (defaults === undefined) return parameters
  return new Map([...Object.entries(defaults), ...parameters])
}

function stateOfEntity({ model }: Provider, entity: Entity): unknown {
  const attributeName = model.stateAttribute(entity.kind)
  return attributeName === undefined ? undefined : entity.attributes.get(attributeName)
}
