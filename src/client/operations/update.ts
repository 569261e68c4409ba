/** Updates parts of an entity, or replaces it (GFD.223 §5.4). */

import { omitUndefined } from '../../basics/objects.js'
import { NotFoundError, OcciError, ServerError, withHint } from '../../errors/errors.js'
import {
  type Attributes,
  type Entity,
  type LocatedEntity,
  type Problem,
  type TypeId,
  throwProblems,
  validateCreate,
  validateUpdate,
} from '../../model/index.js'
import type { Printable } from '../../rendering/index.js'
import { contentOf } from '../codec.js'
import { differences } from '../differences.js'
import { normalizeEntity } from '../entities.js'
import { type ClientRequest, read } from '../exchange.js'
import { lastSegment } from '../locations.js'
import { entityContent } from '../outgoing-entity.js'
import { mixinsOf, prepareEntity, toProviderForm } from '../prepare-entity.js'
import { acceptFor, kindAt, type Provider, sendsChosenId } from '../provider.js'
import { locationOfRef, withModel } from '../resolve.js'
import type { Session } from '../session.js'
import type { Changes, EntityRef, NewEntity, RequestOptions } from '../types.js'
import {
  carriedOutError,
  lookUp,
  noEffectError,
  outcomeUnknownError,
  readAfterWrite,
  reportCarriedOut,
  sendWrite,
  withoutFullStop,
} from '../uncertain.js'
import { describeAt, normalizationContext } from './describe.js'
import { attachMixin, detachMixin } from './mixins.js'

/**
 * Updates an entity and returns it as it is afterwards. An os_tpl or resource_tpl among the mixins replaces the present
 * one.
 */
export async function update(
  session: Session,
  ref: EntityRef,
  changes: Changes,
  options: RequestOptions = {},
): Promise<LocatedEntity> {
  const url = locationOfRef(session, ref)
  const initialProvider = await session.provider.get(options.signal)
  const { kind, mixins: currentMixins } = await subjectOf(session, initialProvider, ref, changes, options)
  const { provider, result } = await withModel(session, options.signal, async (current) => {
    const mixins = mixinsOf(session, current, kind, changes.mixins)
    const { values: attributes, core } = toProviderForm(current, kind, changes.attributes)
    const title = changes.title ?? core.title
    const summary = changes.summary ?? core.summary
    const members = omitUndefined({ title, summary })
    if (session.validate) {
      const subject = { kind, ...omitUndefined({ mixins: currentMixins }) }
      throwProblems(await validateUpdate(current.model, subject, { attributes, mixins, ...members }))
      throwProblems(problemsOfChange(current, attributes, members))
    }
    return { mixins, attributes, members }
  })
  const change: Change = { kind, ...result }
  const remaining =
    provider.effects.mixinUpdates === 'by-collection'
      ? await changeMixinsByCollection(session, provider, url, change, {
          ...options,
          current: currentMixins,
        })
      : change
  if (remaining !== change && !hasChanges(remaining))
    return readChanged(session, provider, url, change, options)
  let entity: LocatedEntity | undefined
  for (const part of splitChange(provider, remaining)) {
    entity = await sendChange(session, provider, url, part, options)
  }
  return entity ?? describeAt(session, url, options.signal)
}

/** Returns the kind of the updated entity, and also its mixins if the entity had to be read. */
async function subjectOf(
  session: Session,
  provider: Provider,
  ref: EntityRef,
  changes: Changes,
  { signal }: RequestOptions,
): Promise<{ readonly kind: TypeId; readonly mixins?: readonly TypeId[] }> {
  const url = locationOfRef(session, ref)
  const kind = kindAt(provider, url)?.id
  const changesTemplates =
    provider.effects.mixinUpdates === 'by-collection' && (changes.mixins ?? []).length > 0
  if (kind !== undefined && !changesTemplates) return { kind }
  return describeAt(session, url, signal)
}

/** The changes of an update in the provider's form. */
interface Change {
  readonly kind: TypeId
  readonly mixins: readonly TypeId[]
  readonly attributes: Attributes
  readonly members: { readonly title?: string; readonly summary?: string }
}

/** Returns the problems of changes that this provider's partial update does not support (rocci2-7). */
export function problemsOfChange(
  { effects, profile }: Provider,
  attributes: Attributes,
  members: Change['members'],
): readonly Problem[] {
  if (effects.update !== 'mixins') return []
  const names = [...attributes.keys(), ...Object.keys(members).map((name) => `occi.core.${name}`)]
  return names.map((at) => ({
    at,
    message: `${profile.title} cannot change ${at}: it can update only mixins.`,
    hint: 'Change the size with `mixins`; anything else needs a new entity.',
  }))
}

/** Splits a change into the updates to send. OCCI-OS accepts one mixin and nothing else in each (resize, rebuild). */
function splitChange({ effects }: Provider, change: Change): readonly Change[] {
  const hasValues = change.attributes.size > 0 || Object.keys(change.members).length > 0
  if (effects.update !== 'one-mixin' || change.mixins.length + (hasValues ? 1 : 0) < 2) return [change]
  const noValues: Pick<Change, 'attributes' | 'members'> = { attributes: new Map(), members: {} }
  return [
    ...change.mixins.map((mixin) => ({ kind: change.kind, mixins: [mixin], ...noValues })),
    ...(hasValues ? [{ ...change, mixins: [] }] : []),
  ]
}

/**
 * Attaches the mixins of a change through their collections, and detaches the templates that they replace. Returns the
 * change without its mixins.
 */
async function changeMixinsByCollection(
  session: Session,
  { model }: Provider,
  url: string,
  change: Change,
  { current = [], ...options }: RequestOptions & { readonly current?: readonly TypeId[] | undefined },
): Promise<Change> {
  const added = change.mixins.filter((mixin) => !current.includes(mixin))
  for (const mixin of added) await attachMixin(session, mixin, [url], options)
  for (const term of ['os_tpl', 'resource_tpl'] as const) {
    const family = model.templates(term).map(({ id }) => id)
    if (!added.some((mixin) => family.includes(mixin))) continue
    const replaced = current.filter((mixin) => family.includes(mixin) && !change.mixins.includes(mixin))
    for (const mixin of replaced) await detachMixin(session, mixin, [url], options)
  }
  return { ...change, mixins: [] }
}

function hasChanges({ mixins, attributes, members }: Change): boolean {
  return mixins.length > 0 || attributes.size > 0 || Object.keys(members).length > 0
}

/** Reads the entity after a change whose responses did not contain it, and reports differences from the change. */
async function readChanged(
  session: Session,
  provider: Provider,
  url: string,
  { kind, mixins, attributes, members }: Change,
  { signal }: RequestOptions,
): Promise<LocatedEntity> {
  const entity = await readAfterWrite(`${url} was changed`, { changed: url }, () =>
    describeAt(session, url, signal),
  )
  for (const note of differences(provider, entityWithChange(kind, mixins, attributes, members), entity)) {
    session.onDeviation(note, { method: 'GET', url })
  }
  return entity
}

/** Sends one update and returns the entity as it is afterwards. */
async function sendChange(
  session: Session,
  provider: Provider,
  url: string,
  { kind, mixins, attributes, members }: Change,
  { signal }: RequestOptions,
): Promise<LocatedEntity> {
  const withoutKind = provider.effects.update === 'one-mixin' || provider.effects.update === 'mixins'
  const printable: Printable = {
    what: 'update',
    ...(withoutKind ? {} : { kind }),
    mixins,
    attributes,
    ...members,
  }
  const request: ClientRequest = {
    method: provider.effects.update === 'put' ? 'PUT' : 'POST',
    url,
    accept: acceptFor(provider),
    content: contentOf(provider.write, printable, provider.model),
    signal,
  }
  const requested = entityWithChange(kind, mixins, attributes, members)
  try {
    return await sendAndRead(session, provider, request, requested, signal)
  } catch (error) {
    throw error instanceof OcciError ? await explainRefusal(session, provider, url, error) : error
  }
}

/**
 * Adds a hint about what this provider can change. A 404 for an entity that exists is replaced: it means that the
 * provider cannot change it (Q62).
 */
async function explainRefusal(
  session: Session,
  { effects }: Provider,
  url: string,
  error: OcciError,
): Promise<OcciError> {
  const { updateHint } = effects
  const status = error.http?.status ?? 0
  if (error instanceof NotFoundError && typeof (await lookUp(() => describeAt(session, url))) === 'object') {
    return new ServerError(
      `${withoutFullStop(error.message)} — but ${url} exists: the provider cannot change it`,
      { cause: error, ...omitUndefined({ hint: updateHint, http: error.http }) },
    )
  }
  // OCCI-OS of Essex answers 500 with a Python error to an update without a mixin.
  const hasPythonError = status === 500 && /^\w+Error: /.test(error.http?.serverMessage ?? '')
  const refused = hasPythonError || [400, 405, 501].includes(status)
  return updateHint !== undefined && refused ? withHint(error, updateHint) : error
}

/**
 * Replaces an entity by PUT (GFD.223 §5.4). Its links are kept. Mutable attributes that `newEntity` lacks are removed.
 */
export async function replace(
  session: Session,
  ref: EntityRef,
  newEntity: NewEntity,
  options: RequestOptions = {},
): Promise<LocatedEntity> {
  const url = locationOfRef(session, ref)
  const { provider, result: entity } = await withModel(session, options.signal, async (current) => {
    const sendsId = sendsChosenId(current)
    // Servers of OCCI 1.1 answer 400 to a Link in a PUT; a resource keeps its links anyway.
    const { links: _, ...withoutLinks } = newEntity
    const id = newEntity.id ?? (sendsId ? lastSegment(url) : undefined)
    const prepared = prepareEntity(session, current, withoutLinks, { id })
    if (session.validate) throwProblems(await validateCreate(current.model, prepared.entity))
    return prepared.entity
  })
  const request: ClientRequest = {
    method: 'PUT',
    url,
    accept: acceptFor(provider),
    content: entityContent(provider, entity),
    signal: options.signal,
  }
  const actual = await sendAndRead(session, provider, request, entity, options.signal)
  for (const id of actual.mixins) {
    if (entity.mixins.includes(id)) continue
    // pyssf keeps the old mixins in any case (Q31).
    session.onDeviation(
      { code: 'kept-mixin', message: `the provider kept the mixin ${id}`, place: { part: 'answer' } },
      request,
    )
  }
  return actual
}

/** Sends a change and returns the entity as it is afterwards, from the response or read again. */
async function sendAndRead(
  session: Session,
  provider: Provider,
  request: ClientRequest,
  requested: Entity,
  signal: AbortSignal | undefined,
): Promise<LocatedEntity> {
  const { url } = request
  const result = await sendWrite(session, request)
  if (result.state === 'uncertain') {
    const observed = await lookUp(() => describeAt(session, url))
    if (observed === 'absent') throw noEffectError(result, `${url} does not exist`)
    if (observed === 'unknown')
      throw outcomeUnknownError(result.error, `whether ${url} was changed is unknown`)
    if (differences(provider, requested, observed.entity).length > 0)
      throw noEffectError(result, `${url} does not have the requested values, but may still change`)
    if (result.answeredByProvider)
      throw carriedOutError(result.error, `${url} has the requested values`, { changed: url })
    reportCarriedOut(session, request, result.error)
    return observed.entity
  }
  const { response } = result
  const entity = await readAfterWrite(`${url} was changed`, { changed: url }, async () => {
    const [rendered] = read(session, request, response, 'any').entities
    const isStale = provider.effects.updateAnswer === 'stale'
    return isStale || rendered === undefined || rendered.kind !== requested.kind
      ? describeAt(session, url, signal)
      : normalizeEntity(rendered, normalizationContext(session, provider, request.method, url), url)
  })
  for (const note of differences(provider, requested, entity)) session.onDeviation(note, request)
  return entity
}

/** Returns the change as an entity, for comparing it with the provider's. */
function entityWithChange(
  kind: TypeId,
  mixins: readonly TypeId[],
  attributes: Attributes,
  members: Change['members'],
): Entity {
  return { type: 'resource', kind, mixins, attributes, actions: [], links: [], ...members }
}
