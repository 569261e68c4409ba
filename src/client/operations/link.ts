/** Creates and deletes links (GFD.223 §5.5). */
import { omitUndefined } from '../../basics/objects.js'
import { NotFoundError, OcciError, UsageError } from '../../errors/errors.js'
import { type Link, type Model, type TypeId, throwProblems, validateCreate } from '../../model/index.js'
import { compareWithRequest } from '../differences.js'
import { sameEntity } from '../entities.js'
import { deriveLinkKind, linkKinds } from '../link-kind.js'
import { isUrl, resolveUserLocation, sameLocation } from '../locations.js'
import { linkEndFor, mixinsOf, toProviderForm } from '../prepare-entity.js'
import { kindAt, type Provider } from '../provider.js'
import { entityOfRef, kindIn, locationOfRef, withModel } from '../resolve.js'
import type { Session } from '../session.js'
import type { Created, EntityRef, NewLink, RequestOptions } from '../types.js'
import { describeAt } from './describe.js'
import { list } from './list.js'
import { remove } from './remove.js'
import { sendNew } from './send-new.js'

/** Creates a link from the source to `newLink.target`. See OcciClient.link. */
export async function link(
  session: Session,
  sourceRef: EntityRef,
  newLink: NewLink,
  options: RequestOptions = {},
): Promise<Created> {
  const source = locationOfRef(session, sourceRef)
  const initial = await session.provider.get(options.signal)
  const sourceKind = entityOfRef(sourceRef)?.kind ?? (await kindAtUrl(session, initial, source, options))
  const targetKind =
    newLink.targetKind ??
    (newLink.kind === undefined ? await kindAtUrl(session, initial, newLink.target, options) : undefined)
  const { provider, result } = await withModel(session, options.signal, async (current) => {
    const kind =
      newLink.kind === undefined
        ? deriveLinkKind(current.model, targetKind, newLink.target)
        : kindIn(current, newLink.kind)
    if (kind.location === undefined) {
      throw new NotFoundError(`The kind ${kind.id} has no location: no such link can be created.`, {
        basedOn: 'model',
      })
    }
    const mixins = mixinsOf(session, current, kind.id, newLink.mixins)
    const { values, core } = toProviderForm(current, kind.id, newLink.attributes)
    const id = core.id ?? (current.effects.createId === 'client' ? session.uuid() : undefined)
    const entity: Link = {
      type: 'link',
      kind: kind.id,
      mixins,
      ...omitUndefined({ id, title: core.title }),
      attributes: values,
      actions: [],
      source: linkEndFor(session, current, source, sourceKind),
      target: linkEndFor(session, current, newLink.target, targetKind),
    }
    if (session.validate) throwProblems(await validateCreate(current.model, entity))
    return { kind, entity, url: kind.location }
  })
  const { kind, entity, url } = result
  const created = await sendNew(session, provider, { entity, kind, method: 'POST', url }, options)
  return created.entity === undefined && entity.attributes.size > 0
    ? readAgain(session, created, options)
    : created
}

/** Reads a new entity to learn values that the response does not show. Returns `created` unchanged if that fails. */
export async function readAgain(
  session: Session,
  created: Created,
  options: RequestOptions,
): Promise<Created> {
  try {
    const entity = await describeAt(session, created.location, options.signal)
    compareWithRequest(session, await session.provider.get(options.signal), created.location, entity)
    return { ...created, entity }
  } catch (error) {
    if (error instanceof OcciError) return created
    throw error
  }
}

/** Returns the kind of an entity: by its location, or by reading it. Undefined for a location at another server. */
export async function kindAtUrl(
  session: Session,
  provider: Provider,
  location: string,
  { signal }: RequestOptions,
): Promise<TypeId | undefined> {
  let url: string
  try {
    url = resolveUserLocation(session.endpoint, location)
  } catch (error) {
    if (isUrl(location)) return undefined
    throw error
  }
  return kindAt(provider, url)?.id ?? (await describeAt(session, url, signal)).kind
}

/**
 * Deletes the links from source to target or, without a target, the link at `sourceRef`. Returns their locations.
 * Throws NotFoundError if there is none, and UsageError if `sourceRef` alone is not a link.
 */
export async function unlink(
  session: Session,
  sourceRef: EntityRef,
  targetRef?: EntityRef,
  options: RequestOptions = {},
): Promise<readonly string[]> {
  const source = locationOfRef(session, sourceRef)
  if (targetRef === undefined) {
    const provider = await session.provider.get(options.signal)
    await checkIsLink(session, provider, source, options)
    await remove(session, source, options)
    return [source]
  }
  const target = locationOfRef(session, targetRef)
  const links = await linksBetween(session, source, target, options)
  if (links.length === 0) {
    throw new NotFoundError(`There is no link from ${source} to ${target}.`, {
      hint: 'Describe the source to see its links.',
    })
  }
  for (const location of links) await remove(session, location, options)
  return links
}

/** Throws UsageError unless the entity is a link, because `unlink` with a machine must not delete the machine. */
async function checkIsLink(
  session: Session,
  provider: Provider,
  location: string,
  { signal }: RequestOptions,
): Promise<void> {
  const kind = kindAt(provider, location)?.id ?? (await describeAt(session, location, signal)).kind
  if (isLinkKind(provider.model, kind)) return
  throw new UsageError(`${location} is not a link but a ${kind}; name the target as well.`)
}

function isLinkKind(model: Model, kind: TypeId): boolean {
  return linkKinds(model).some(({ id }) => id === kind)
}

/** Returns the locations of the links from source to target, as shown by the source or by the collections of links. */
export async function linksBetween(
  session: Session,
  sourceRef: EntityRef,
  targetRef: EntityRef,
  options: RequestOptions = {},
): Promise<readonly string[]> {
  const source = locationOfRef(session, sourceRef)
  const target = locationOfRef(session, targetRef)
  const entity = await describeAt(session, source, options.signal)
  const shownLinks = entity.type === 'resource' ? entity.links : []
  const shownBySource = shownLinks
    .filter((linkEntity) => sameEntity(linkEntity.target?.location, target))
    .flatMap((linkEntity) => linkEntity.location ?? [])
  if (shownBySource.length > 0) return shownBySource
  // Some providers show links only in the collections of links (MartServer in text, M14; ooi at first).
  const { model } = await session.provider.get(options.signal)
  const linkLocations: string[] = []
  for (const kind of linkKinds(model)) {
    if (kind.location === undefined) continue
    try {
      for await (const linkEntity of list(session, kind, options)) {
        const { location } = linkEntity
        if (linkEntity.type !== 'link' || location === undefined) continue
        const matchesEnds =
          sameEntity(linkEntity.target?.location, target) && sameEntity(linkEntity.source?.location, source)
        const isNew = !linkLocations.some((added) => sameLocation(added, location))
        if (matchesEnds && isNew) linkLocations.push(location)
      }
    } catch (error) {
      // rOCCI-server answers 404 to the collections of links.
      if (!(error instanceof NotFoundError)) throw error
    }
  }
  return linkLocations
}
