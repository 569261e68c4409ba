/** Links as entities of their own: made, and taken away (GFD.223 §5.5). */
import { NotFoundError, OcciError, UsageError } from '../../errors/errors.js'
import { LINK, type Link, type Model, type TypeId, throwProblems, validateCreate } from '../../model/index.js'
import { endOf, mixinsOf, sendable } from '../draft.js'
import { sameEntity } from '../entities.js'
import { deriveLinkKind, linkKinds } from '../link-kind.js'
import { isUrl, resolveUserLocation, sameLocation } from '../locations.js'
import { kindAt, type Provider } from '../provider.js'
import { locationOfRef, lookUp } from '../resolve.js'
import { providerOf, type Session } from '../session.js'
import type { Created, EntityRef, NewLink, RequestOptions } from '../types.js'
import { sendNew } from './create.js'
import { describe, describeAt } from './describe.js'
import { list } from './list.js'
import { remove } from './remove.js'

export async function link(
  session: Session,
  sourceRef: EntityRef,
  wanted: NewLink,
  options: RequestOptions = {},
): Promise<Created> {
  const source = locationOfRef(session, sourceRef)
  const first = await providerOf(session, options.signal)
  const sourceKind = await kindOfPlace(session, first, source, options)
  const targetKind =
    wanted.kind === undefined ? await kindOfPlace(session, first, wanted.target, options) : undefined
  const { provider, found } = await lookUp(session, options.signal, (known) => {
    const kind =
      wanted.kind === undefined
        ? deriveLinkKind(known.model, sourceKind ?? LINK, targetKind, wanted.target)
        : known.model.resolve(wanted.kind, { class: 'kind' })
    return { kind, mixins: mixinsOf(session, known, kind.id, wanted.mixins) }
  })
  const { kind, mixins } = found
  const { values, core } = sendable(provider, kind.id, wanted.attributes)
  const id = core.id ?? (provider.effects.createId === 'client' ? session.uuid() : undefined)
  const entity: Link = {
    type: 'link',
    kind: kind.id,
    mixins,
    ...(id === undefined ? {} : { id }),
    ...(core.title === undefined ? {} : { title: core.title }),
    attributes: values,
    actions: [],
    source: endOf(session, provider, source, sourceKind),
    target: endOf(session, provider, wanted.target, targetKind),
  }
  if (session.validate) throwProblems(await validateCreate(provider.model, entity))
  if (kind.location === undefined) {
    throw new NotFoundError(`The kind ${kind.id} has no location: no such link can be created.`)
  }
  const made = await sendNew(session, provider, { entity, kind, method: 'POST', url: kind.location }, options)
  return made.entity === undefined && values.size > 0 ? readAgain(session, made, options) : made
}

/** Whether a volume is where it was to be only a description says; that the link is there is known without. */
export async function readAgain(session: Session, made: Created, options: RequestOptions): Promise<Created> {
  try {
    return { ...made, entity: await describe(session, made.location, options) }
  } catch (error) {
    if (error instanceof OcciError) return made
    throw error
  }
}

/** By its location, or by asking it; a target at another server has none that we know. */
export async function kindOfPlace(
  session: Session,
  provider: Provider,
  place: string,
  { signal }: RequestOptions,
): Promise<TypeId | undefined> {
  let url: string
  try {
    url = resolveUserLocation(session.endpoint, place)
  } catch (error) {
    if (isUrl(place)) return undefined
    throw error
  }
  return kindAt(provider, url)?.id ?? (await describeAt(session, url, signal)).kind
}

/** Locations of the links that were deleted. Throws NotFoundError when there is none. */
export async function unlink(
  session: Session,
  sourceRef: EntityRef,
  targetRef?: EntityRef,
  options: RequestOptions = {},
): Promise<readonly string[]> {
  const source = locationOfRef(session, sourceRef)
  if (targetRef === undefined) {
    const provider = await providerOf(session, options.signal)
    await mustBeLink(session, provider, source, options)
    await remove(session, source, options)
    return [source]
  }
  const target = locationOfRef(session, targetRef)
  const found = await linksBetween(session, source, target, options)
  if (found.length === 0) {
    throw new NotFoundError(`There is no link from ${source} to ${target}.`, {
      hint: 'Describe the source to see its links.',
    })
  }
  for (const location of found) await remove(session, location, options)
  return found
}

/** Unlinking a machine must not delete the machine. */
async function mustBeLink(
  session: Session,
  provider: Provider,
  location: string,
  { signal }: RequestOptions,
): Promise<void> {
  const kind = kindAt(provider, location)?.id ?? (await describeAt(session, location, signal)).kind
  if (isLinkKind(provider.model, kind)) return
  throw new UsageError(`${location} is no link but a ${kind}; name the target as well.`)
}

function isLinkKind(model: Model, kind: TypeId): boolean {
  return linkKinds(model).some(({ id }) => id === kind)
}

async function linksBetween(
  session: Session,
  source: string,
  target: string,
  options: RequestOptions,
): Promise<readonly string[]> {
  const entity = await describeAt(session, source, options.signal)
  const inline = entity.type === 'resource' ? entity.links : []
  const found = inline
    .filter((one) => sameEntity(one.target?.location, target))
    .flatMap((one) => one.location ?? [])
  if (found.length > 0) return found
  // Some show links nowhere but in their own collections (MartServer's text, ooi for a while).
  const { model } = await providerOf(session, options.signal)
  const listed: string[] = []
  for (const kind of linkKinds(model)) {
    if (kind.location === undefined) continue
    try {
      for await (const one of list(session, kind, options)) {
        if (one.type !== 'link' || one.location === undefined) continue
        const leads = sameEntity(one.target?.location, target) && sameEntity(one.source?.location, source)
        if (leads && !listed.some((known) => sameLocation(known, one.location ?? '')))
          listed.push(one.location)
      }
    } catch (error) {
      // rOCCI-server has no collections of links at all (404).
      if (!(error instanceof NotFoundError)) throw error
    }
  }
  return listed
}
