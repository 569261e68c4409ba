/** Resolves the caller's names and references to categories and locations of the provider. */
import { isBasedOnModel, NotFoundError, OcciError } from '../errors/errors.js'
import type { Entity, Kind, Mixin, TypeId } from '../model/index.js'
import { isUrl, resolveUserLocation } from './locations.js'
import type { Provider } from './provider.js'
import type { Session } from './session.js'
import type { CollectionRef, EntityRef, MixinRef, RequestOptions } from './types.js'

/** A collection at the provider, or everything below a path. */
export interface Collection {
  readonly url: string
  /** Absent for a path without a category. */
  readonly category?: Kind | Mixin
}

/**
 * Runs `decide` with the provider. If it throws an error that is based on a remembered model, fetches the model and
 * runs `decide` again.
 */
export async function withModel<T>(
  session: Session,
  signal: AbortSignal | undefined,
  decide: (provider: Provider) => T | Promise<T>,
): Promise<{ readonly provider: Provider; readonly result: T }> {
  const provider = await session.provider.get(signal)
  try {
    return { provider, result: await decide(provider) }
  } catch (error) {
    if (!provider.remembered || !isBasedOnModel(error)) throw error
    const fresh = await session.provider.refresh(signal)
    return { provider: fresh, result: await decide(fresh) }
  }
}

/**
 * Runs an operation. If the provider refuses it, and if the refused location or rendering came from a remembered model
 * that has changed, runs it again.
 */
export async function withCurrentModel<T>(
  session: Session,
  { signal }: RequestOptions = {},
  run: () => Promise<T>,
): Promise<T> {
  const acceptedBefore = session.acceptedWrites()
  const provider = await session.provider.get(signal)
  try {
    return await run()
  } catch (error) {
    // An operation of several writes is not repeated if one of them was carried out.
    if (session.acceptedWrites() > acceptedBefore || !mayBeOutdated(error)) throw error
    if (!(await isOutdated(session, provider, signal))) throw error
    return run()
  }
}

/** Whether a wrong location or rendering may have caused the refusal. */
export function mayBeOutdated(error: unknown): boolean {
  return (
    error instanceof OcciError &&
    error.code !== 'outcome-unknown' &&
    error.facts?.['created'] === undefined &&
    [400, 404, 405, 406, 410, 415].includes(error.http?.status ?? 0)
  )
}

/**
 * Whether the model that `provider` was built from is outdated: if it came from memory, fetches the model and compares
 * them. Returns false if the fetch fails, so that the caller reports the original refusal.
 */
export async function isOutdated(
  session: Session,
  provider: Provider,
  signal?: AbortSignal,
): Promise<boolean> {
  try {
    return await session.provider.renewIfRemembered(provider, signal)
  } catch {
    return false
  }
}

/** Resolves a reference to a collection, with a new model if a remembered one lacks it. */
export async function collectionOf(
  session: Session,
  ref: CollectionRef,
  signal?: AbortSignal,
): Promise<{ readonly provider: Provider; readonly collection: Collection }> {
  const { provider, result } = await withModel(session, signal, (current) =>
    collectionIn(session, current, ref),
  )
  return { provider, collection: result }
}

/** Resolves a reference to a collection of this provider. Throws NotFoundError or AmbiguousError. */
export function collectionIn(session: Session, provider: Provider, ref: CollectionRef): Collection {
  if (typeof ref !== 'string') return collectionOfCategory(provider, ref)
  const { model } = provider
  const named = model.get(ref)
  if (named !== undefined && named.class !== 'action') return collectionOfCategory(provider, named)
  if (ref.startsWith('/') || (isUrl(ref) && !ref.includes('#'))) {
    const url = resolveUserLocation(session.endpoint, ref)
    const category = model.byLocation(url)
    return category === undefined || category.class === 'action' ? { url } : { url, category }
  }
  return collectionOfCategory(provider, categoryNamed(provider, ref))
}

/**
 * Returns the kind or mixin of this name. If both exist, the kind takes precedence. Throws NotFoundError or
 * AmbiguousError.
 */
export function categoryNamed({ model }: Provider, name: string): Kind | Mixin {
  const isKind = model.find(name, { class: 'kind' }).length > 0
  if (!isKind && model.find(name, { class: 'mixin' }).length > 0)
    return model.resolve(name, { class: 'mixin' })
  return model.resolve(name, { class: 'kind' })
}

function collectionOfCategory(provider: Provider, category: Kind | Mixin): Collection {
  // The caller's category may come from an older model.
  const location = provider.model.get(category.id)?.['location' as keyof object] ?? category.location
  if (typeof location === 'string') return { url: location, category }
  throw new NotFoundError(`The ${category.class} ${category.id} has no collection at this provider.`, {
    hint: `${category.term} is listed in the query interface without a location.`,
    basedOn: 'model',
  })
}

/** Resolves a reference to a kind of this provider. Throws NotFoundError for a mixin. */
export function kindIn({ model }: Provider, ref: CollectionRef): Kind {
  if (typeof ref === 'string') return model.resolve(ref, { class: 'kind' })
  // The caller's kind may come from an older model.
  if (ref.class === 'kind') return model.kind(ref.id) ?? ref
  throw new NotFoundError(`${ref.id} is a mixin; give the kind of the entity.`)
}

/**
 * Resolves a reference to a mixin for an entity of this kind. Mixins that apply to the kind take precedence. Without
 * validation, identifiers that are not in the model are accepted (mixins of Roboconf).
 */
export function mixinIn(
  { model }: Provider,
  ref: MixinRef,
  kind: TypeId,
  { validate }: Pick<Session, 'validate'>,
): TypeId {
  const name = identifierOrName(ref)
  const mixin = model.mixin(name)
  if (mixin !== undefined) return mixin.id
  if (!validate && name.includes('#')) return name as TypeId
  const applicable = { class: 'mixin', appliesTo: kind } as const
  const isApplicable = model.find(name, applicable).length > 0
  return model.resolve(name, isApplicable ? applicable : { class: 'mixin' }).id
}

/**
 * Returns a name for the model: the name itself, or the identifier of an object, which may come from an older model.
 */
export function identifierOrName(ref: Kind | MixinRef): string {
  return typeof ref === 'string' ? ref : ref.id
}

/** Returns the entity if the reference is one. */
export function entityOfRef(ref: EntityRef): Entity | undefined {
  return typeof ref === 'object' && 'kind' in ref && 'actions' in ref ? ref : undefined
}

/**
 * Returns the absolute URL of a reference. Throws UsageError for a URL of another server, and NotFoundError without a
 * URL.
 */
export function locationOfRef(session: Session, ref: EntityRef): string {
  const location = typeof ref === 'string' ? ref : ref.location
  if (location === undefined || location === '') {
    throw new NotFoundError('The entity has no location.', { hint: 'List its collection to find it.' })
  }
  return resolveUserLocation(session.endpoint, location)
}
