/**
 * Creates entities by POST to the kind's collection, or by PUT to a path of the caller's choice (GFD.223 §5.3, §5.4).
 */
import {
  CancelledError,
  OcciError,
  PartialError,
  ProtocolError,
  ValidationError,
} from '../../errors/errors.js'
import {
  type Attributes,
  type Entity,
  RESOURCE_TEMPLATE,
  stateOf,
  type TypeId,
  throwProblems,
  validateCreate,
} from '../../model/index.js'
import { notAsRequested } from '../differences.js'
import { isUrl, memberLocation, resolveUserLocation } from '../locations.js'
import { titleAsStored } from '../names.js'
import { type PreparedEntity, prepareEntity, toProviderForm } from '../prepare-entity.js'
import { type Provider, sendsChosenId } from '../provider.js'
import { kindIn, withModel } from '../resolve.js'
import type { Session } from '../session.js'
import type { Created, NewEntity, NewLink, RequestOptions } from '../types.js'
import { describeAt } from './describe.js'
import { kindAtUrl, link, readAgain } from './link.js'
import { type CreateTarget, sendNew } from './send-new.js'
import { wait } from './wait.js'

/** Creates an entity and then the links that the provider does not accept inline. See OcciClient.create. */
export async function create(
  session: Session,
  newEntity: NewEntity,
  options: RequestOptions = {},
): Promise<Created> {
  const { links = [] } = newEntity
  const targetKinds = links.length === 0 ? undefined : await kindsOfTargets(session, links, options)
  const { provider, result } = await withModel(session, options.signal, async (current) => {
    const target = targetOf(session, current, newEntity)
    const prepared = prepareEntity(session, current, newEntity, { id: target.id, targetKinds })
    if (session.validate) {
      throwProblems(await validateCreate(current.model, prepared.entity))
      checkTitleCharacters(current, prepared.entity)
    }
    return { target, prepared }
  })
  const { target, prepared } = result
  const { created, separateLinks } = await sendWithLinks(session, provider, target, prepared, {
    links,
    options,
  })
  for (const name of prepared.entity.attributes.keys()) {
    const message = provider.effects.createNotes[name]
    if (message === undefined) continue
    session.onDeviation(
      { code: 'not-as-asked', message, place: { part: 'answer' } },
      { method: target.method, url: target.url },
    )
  }
  if (prepared.title !== undefined && prepared.title !== prepared.entity.title) {
    const note = notAsRequested('title', prepared.title, prepared.entity.title)
    session.onDeviation(note, { method: target.method, url: target.url })
  }
  const mayDiffer =
    losesFraction(provider, prepared.entity.attributes) || sizeMayOverride(provider, prepared.entity)
  const checked =
    created.entity === undefined && mayDiffer ? await readAgain(session, created, options) : created
  return separateLinks.length === 0 ? checked : createLinks(session, checked, separateLinks, options)
}

/**
 * Sends a resource with its links. If the provider refuses the links, sends it without them and returns them for later.
 */
async function sendWithLinks(
  session: Session,
  provider: Provider,
  target: CreateTarget,
  { entity, kind, separateLinks }: PreparedEntity,
  { links, options }: { readonly links: readonly NewLink[]; readonly options: RequestOptions },
): Promise<{ readonly created: Created; readonly separateLinks: readonly NewLink[] }> {
  const { refusedInline } = provider.effects
  try {
    return { created: await sendNew(session, provider, { entity, kind, ...target }, options), separateLinks }
  } catch (error) {
    const refusesLinks =
      refusedInline !== undefined &&
      entity.type === 'resource' &&
      entity.links.length > 0 &&
      error instanceof OcciError &&
      [400, 409].includes(error.http?.status ?? 0) &&
      refusedInline.test(error.http?.serverMessage ?? '')
    if (!refusesLinks) throw error
    const withoutLinks: Entity = { ...entity, links: [] }
    return {
      created: await sendNew(session, provider, { entity: withoutLinks, kind, ...target }, options),
      separateLinks: links,
    }
  }
}

/** Throws ValidationError for a title that makes the provider fail to list entities of that kind (Q65). */
function checkTitleCharacters({ effects, profile }: Provider, { title }: Entity): void {
  const character = effects.titleCharacters === 'ascii' ? title?.match(/[^\x00-\x7f]/u)?.[0] : undefined
  if (character === undefined) return
  throw new ValidationError(
    `${profile.title} accepts a title with "${character}", but then fails to list entities of this kind.`,
    { hint: 'Write the title in ASCII; `validate: false` sends it anyway.', at: 'occi.core.title' },
  )
}

/** Whether the provider will drop the fraction of a value (Q58). */
function losesFraction({ effects }: Provider, sent: Attributes): boolean {
  return effects.wholeNumbers.some((name) => sent.has(name) && !Number.isInteger(Number(sent.get(name))))
}

const sizeAttributes = ['occi.compute.cores', 'occi.compute.memory', 'occi.compute.speed'] as const

/**
 * Whether the entity has both a size template and attributes that the template sets. Providers differ in which applies.
 */
function sizeMayOverride({ model }: Provider, { mixins, attributes }: Entity): boolean {
  return (
    sizeAttributes.some((name) => attributes.has(name)) &&
    mixins.some((id) => model.dependsOn(id, RESOURCE_TEMPLATE))
  )
}

/**
 * Returns the title that the provider will store for this entity; undefined if it has none or the provider stores none.
 */
export async function storedTitle(
  session: Session,
  newEntity: NewEntity,
  options: RequestOptions,
): Promise<string | undefined> {
  const { provider, result } = await withModel(session, options.signal, (current) => {
    const kind = kindIn(current, newEntity.kind)
    const { values, core } = toProviderForm(current, kind.id, newEntity.attributes)
    return { kind, values, title: newEntity.title ?? core.title }
  })
  const { kind, values, title } = result
  return title === undefined ? undefined : titleAsStored(provider, kind.id, title, values)
}

/** Returns the kinds of link targets. Reads those whose location does not show their kind (E24). */
async function kindsOfTargets(
  session: Session,
  links: readonly NewLink[],
  options: RequestOptions,
): Promise<ReadonlyMap<string, TypeId>> {
  const kindsByTarget = new Map<string, TypeId>()
  const provider = await session.provider.get(options.signal)
  for (const { target, kind, targetKind } of links) {
    // A link whose own kind is set does not need the kind of its target.
    const knownKind =
      targetKind ?? (kind === undefined ? await kindAtUrl(session, provider, target, options) : undefined)
    if (knownKind !== undefined) kindsByTarget.set(target, knownKind)
  }
  return kindsByTarget
}

/**
 * Returns where to send the new entity, and the id to send with it. Throws ProtocolError for a kind without a location.
 */
function targetOf(
  session: Session,
  provider: Provider,
  { kind: ref, id }: NewEntity,
): CreateTarget & { readonly id?: string } {
  const kind = kindIn(provider, ref)
  const collection = kind.location
  if (collection === undefined) {
    throw new ProtocolError(`The kind ${kind.id} has no location, so no entity of it can be created.`, {
      basedOn: 'model',
    })
  }
  if (id === undefined) return { method: 'POST', url: collection }
  if (id.startsWith('/') || isUrl(id))
    return { method: 'PUT', url: resolveUserLocation(session.endpoint, id) }
  const parent = provider.effects.chosenPath === 'term' ? `${session.endpoint.url}${kind.term}/` : collection
  const sendsId = sendsChosenId(provider)
  return { method: 'PUT', url: memberLocation(parent, id), ...(sendsId ? { id } : {}) }
}

/**
 * Creates links that a provider does not accept inline. If one fails, the resource is kept and named in the
 * error.
 */
async function createLinks(
  session: Session,
  created: Created,
  links: readonly NewLink[],
  options: RequestOptions,
): Promise<Created> {
  const errors: { target: string; error: OcciError }[] = []
  for (const newLink of links) {
    try {
      await linkWhenReady(session, created, newLink, options)
    } catch (error) {
      errors.push({ target: newLink.target, error: error as OcciError })
    }
  }
  const [first] = errors
  if (first === undefined) return created
  throw new PartialError(
    `${created.location} was created, but not all its links: ${first.error.message}`,
    errors,
    {
      hint: 'Link the rest with `link()`, or delete it.',
      facts: { created: created.location },
    },
  )
}

/**
 * Creates a link. A machine that is being built may refuse it (nova: 400 and 409); then waits for it and tries again.
 */
async function linkWhenReady(
  session: Session,
  { location, entity }: Created,
  newLink: NewLink,
  options: RequestOptions,
): Promise<void> {
  const source = entity === undefined ? location : { ...entity, location }
  try {
    await link(session, source, newLink, options)
  } catch (error) {
    const isRefused = error instanceof OcciError && [400, 409].includes(error.http?.status ?? 0)
    if (!isRefused || !(await waitUntilActive(session, location, options))) throw error
    await link(session, source, newLink, options)
  }
}

/** Longest wait for a new machine before it is linked, in milliseconds. */
const buildTimeout = 120_000

/** Waits for the state active. Returns false if the machine was active already, or does not become active. */
async function waitUntilActive(
  session: Session,
  location: string,
  options: RequestOptions,
): Promise<boolean> {
  try {
    const { model } = await session.provider.get(options.signal)
    if (stateOf(await describeAt(session, location, options.signal), model) === 'active') return false
    await wait(session, location, { for: 'state', state: 'active' }, { ...options, timeout: buildTimeout })
    return true
  } catch (error) {
    if (error instanceof CancelledError || !(error instanceof OcciError)) throw error
    return false
  }
}
