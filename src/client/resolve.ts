/** Resolves names that a caller gives to categories and locations of the provider. */
import { isBasedOnModel, NotFoundError, OcciError } from '../errors/errors.js'
import type { Entity, Kind, Mixin, TypeId } from '../model/index.js'
import { isUrl, resolveUserLocation } from './locations.js'
import type { Provider } from './provider.js'
import type { Session } from './session.js'
import type { CollectionRef, EntityRef, MixinRef, RequestOptions } from './types.js'

export interface Collection {
  readonly url: string
  /** Absent for a path without a category. */
  readonly category?: Kind | Mixin
}

/**
 * Runs `decide` with the model. If it throws because of a cached model, fetches the model and runs `decide` once
 * more.
 */
export async function withModel<T>(
  session: Session,
  signal: AbortSignal | undefined,
  decide: (provider: Provider) => T | Promise<T>,
): Promise<{ readonly provider: Provider; readonly found: T }> {
  const provider = await session.provider.get(signal)
  try {
    return { provider, found: await decide(provider) }
  } catch (error) {
    if (!provider.remembered || !isBasedOnModel(error)) throw error
    const fresh = await session.provider.refresh(signal)
    return { provider: fresh, found: await decide(fresh) }
  }
}

/**
 * Repeats a refused request once if its location or rendering came from a remembered model and the query
 * interface has changed.
 */
export async function withCurrentModel<T>(
  session: Session,
  { signal }: RequestOptions = {},
  run: () => Promise<T>,
): Promise<T> {
  const accepted = session.acceptedWrites()
  const used = await session.provider.get(signal)
  try {
    return await run()
  } catch (error) {
    // A request of several parts is not repeated when one of them was carried out.
    if (session.acceptedWrites() > accepted || !mayBeOutdated(error)) throw error
    if (!(await isOutdated(session, used, signal))) throw error
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
 * Fetches the model if `used` came from the cache, and compares them. If the fetch fails, answers false, so that the
 * caller reports the original refusal.
 */
export async function isOutdated(session: Session, used: Provider, signal?: AbortSignal): Promise<boolean> {
  try {
    return await session.provider.renewIfRemembered(used, signal)
  } catch {
    return false
  }
}

export async function collectionOf(
  session: Session,
  ref: CollectionRef,
  signal?: AbortSignal,
): Promise<{ readonly provider: Provider; readonly collection: Collection }> {
  const { provider, found } = await withModel(session, signal, (known) => collectionIn(session, known, ref))
  return { provider, collection: found }
}

export function collectionIn(session: Session, provider: Provider, ref: CollectionRef): Collection {
  if (typeof ref !== 'string') return collectionAt(provider, ref)
  const { model } = provider
  const known = model.get(ref)
  if (known !== undefined && known.class !== 'action') return collectionAt(provider, known)
  if (ref.startsWith('/') || (isUrl(ref) && !ref.includes('#'))) {
    const url = resolveUserLocation(session.endpoint, ref)
    const category = model.byLocation(url)
    return category === undefined || category.class === 'action' ? { url } : { url, category }
  }
  return collectionAt(provider, categoryNamed(provider, ref))
}

export function categoryNamed({ model }: Provider, name: string): Kind | Mixin {
  // A kind and a mixin may share a term; the kind takes precedence.
  const [kind, ...others] = model.find(name, { class: 'kind' })
  if (kind?.class === 'kind' && others.length === 0) return kind
  if (kind !== undefined) return model.resolve(name, { class: 'kind' })
  if (model.find(name, { class: 'mixin' }).length > 0) return model.resolve(name, { class: 'mixin' })
  return model.resolve(name, { class: 'kind' })
}

function collectionAt(provider: Provider, category: Kind | Mixin): Collection {
  // The caller's category may come from an older model.
  const location = provider.model.get(category.id)?.['location' as keyof object] ?? category.location
  if (typeof location === 'string') return { url: location, category }
  throw new NotFoundError(`The ${category.class} ${category.id} has no collection at this provider.`, {
    hint: `${category.term} is listed in the query interface without a location.`,
    basedOn: 'model',
  })
}

export function kindIn({ model }: Provider, ref: CollectionRef): Kind {
  if (typeof ref === 'string') return model.resolve(ref, { class: 'kind' })
  // The caller's kind may come from an older model.
  if (ref.class === 'kind') return model.kind(ref.id) ?? ref
  throw new NotFoundError(`${ref.id} is a mixin; give the kind of the entity.`)
}

/** Without validation, identifiers that the model does not have are accepted (mixins of Roboconf). */
export function mixinIn({ model }: Provider, ref: MixinRef, kind: TypeId, checked: boolean): TypeId {
  const name = identifierOrName(ref)
  const known = model.mixin(name)
  if (known !== undefined) return known.id
  if (!checked && name.includes('#')) return name as TypeId
  return model.resolve(
    name,
    model.find(name, { class: 'mixin', appliesTo: kind }).length > 0
      ? { class: 'mixin', appliesTo: kind }
      : { class: 'mixin' },
  ).id
}

/** The identifier of an object, since the caller's may come from an older model; otherwise the name. */
export function identifierOrName(ref: Kind | MixinRef): string {
  return typeof ref === 'string' ? ref : ref.id
}

/** The entity in a reference, if it has one. */
export function entityOfRef(ref: EntityRef): Entity | undefined {
  return typeof ref === 'object' && 'kind' in ref && 'actions' in ref ? ref : undefined
}

/** Throws UsageError for a URL of another server. */
export function locationOfRef(session: Session, ref: EntityRef): string {
  const location = typeof ref === 'string' ? ref : ref.location
  if (location === undefined || location === '') {
    throw new NotFoundError('The entity has no location.', { hint: 'List its collection to find it.' })
  }
  return resolveUserLocation(session.endpoint, location)
}
