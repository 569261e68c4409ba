/** Deletes one entity, a collection, or everything below a path (GFD.223 §5.3, §5.4). */
import { omitUndefined } from '../../basics/objects.js'
import {
  NotFoundError,
  OcciError,
  PartialError,
  ServerError,
  UsageError,
  withHint,
} from '../../errors/errors.js'
import { termOf } from '../../model/index.js'
import { forEachBounded } from '../concurrency.js'
import { statusOf } from '../errors.js'
import type { ClientRequest } from '../exchange.js'
import { acceptFor, kindAt, type Provider } from '../provider.js'
import { collectionOf, locationOfRef } from '../resolve.js'
import type { Session } from '../session.js'
import { noteDeleted } from '../settling.js'
import type { CollectionRef, EntityRef, RequestOptions } from '../types.js'
import {
  type LookUpResult,
  lookUp,
  noEffectError,
  outcomeUnknownError,
  reportCarriedOut,
  sendWrite,
  type UncertainOutcome,
  withoutFullStop,
} from '../uncertain.js'
import { describeAt } from './describe.js'
import { locations } from './list.js'

/**
 * Deletes an entity. If the provider answers 404, reads the entity, and throws ServerError instead of NotFoundError if
 * it still exists (Q17).
 */
export async function remove(session: Session, ref: EntityRef, options: RequestOptions = {}): Promise<void> {
  const url = locationOfRef(session, ref)
  const provider = await session.provider.get(options.signal)
  const request: ClientRequest = {
    method: 'DELETE',
    url,
    accept: acceptFor(provider),
    signal: options.signal,
  }
  noteDeleted(session, url)
  let uncertain: UncertainOutcome
  try {
    const result = await sendWrite(session, request)
    if (result.state === 'done') return
    uncertain = result
  } catch (error) {
    if (!(error instanceof OcciError)) throw error
    const observed = error instanceof NotFoundError ? await lookUp(() => describeAt(session, url)) : undefined
    const stillExists = typeof observed === 'object'
    throw withUnlinkHint(provider, stillExists ? notDeletedError(error, url) : error, url, observed)
  }
  const observed = await lookUp(() => describeAt(session, url))
  if (observed === 'unknown')
    throw outcomeUnknownError(uncertain.error, `whether ${url} was deleted is unknown`)
  if (observed !== 'absent')
    throw withUnlinkHint(
      provider,
      noEffectError(uncertain, `${url} still exists, but may still be deleted`),
      url,
      observed,
    )
  reportCarriedOut(session, request, uncertain.error)
}

/** Adds a hint to the error of a refused deletion: what to do instead at this provider. */
function withUnlinkHint(
  provider: Provider,
  error: OcciError,
  url: string,
  observed: LookUpResult | undefined,
): OcciError {
  if (error.http?.status === undefined) return error
  const hints = new Map(Object.entries(provider.effects.unlinkHints))
  // At erocci, the location does not show the kind (E24).
  const kind =
    kindAt(provider, url)?.term ?? (typeof observed === 'object' ? termOf(observed.entity.kind) : undefined)
  const hint = kind === undefined ? undefined : hints.get(kind)
  return hint === undefined ? error : withHint(error, hint)
}

function notDeletedError(failure: OcciError, url: string): ServerError {
  return new ServerError(`${withoutFullStop(failure.message)} — but ${url} still exists`, {
    hint: 'The provider could not delete it, although it answers that it does not exist.',
    cause: failure,
    ...omitUndefined({ http: failure.http }),
  })
}

/**
 * Deletes all members of a kind's collection, or everything below a path. The members of a mixin's collection are
 * deleted only with `options.members`, because callers may mean to detach the mixin (a DELETE that destroys the members
 * on some servers: Q9, M7).
 */
export async function removeAll(
  session: Session,
  ref: CollectionRef,
  options: RequestOptions & { readonly members?: boolean | undefined } = {},
): Promise<void> {
  const { provider, collection } = await collectionOf(session, ref, options.signal)
  const { category, url } = collection
  if (!url.endsWith('/') && category === undefined) {
    throw new UsageError(`${url} is not a collection: its path does not end in a slash.`, {
      hint: 'Delete a single entity with `delete()`.',
    })
  }
  if (category?.class === 'mixin') {
    if (options.members !== true) {
      throw new UsageError(
        `${category.term} is a mixin: deleting its collection would delete all entities that have it.`,
        {
          hint: 'To detach the mixin, use `detachMixin()`; to delete the entities themselves, give `members`.',
          at: category.id,
        },
      )
    }
    await removeEach(session, ref, options)
    return
  }
  if (provider.effects.collectionDelete === 'fails') {
    await removeEach(session, ref, options)
    return
  }
  const request: ClientRequest = {
    method: 'DELETE',
    url,
    accept: acceptFor(provider),
    signal: options.signal,
  }
  let uncertain: UncertainOutcome | undefined
  try {
    const result = await sendWrite(session, request)
    if (result.state === 'done') return
    uncertain = result
  } catch (error) {
    if (!cannotDeleteCollections(error)) throw error
  }
  // The provider may have deleted nothing or only a part. The remaining members are deleted one by one.
  try {
    await removeEach(session, ref, options)
  } catch (error) {
    if (uncertain === undefined) throw error
    throw outcomeUnknownError(uncertain.error, `what was deleted of ${url} is unknown`)
  }
}

/** Deletes the members of a collection one by one. */
async function removeEach(session: Session, ref: CollectionRef, options: RequestOptions): Promise<void> {
  const members = await membersOf(session, ref, options)
  const absent = new Map<string, NotFoundError>()
  await forEachBounded(
    members,
    session.concurrency,
    (location) => location,
    async (location) => {
      try {
        await remove(session, location, options)
      } catch (error) {
        // Deleting a resource also deletes its links, which are listed below the path as well.
        if (!(error instanceof NotFoundError)) throw error
        absent.set(location, error)
      }
    },
  )
  if (absent.size > 0) await throwIfStillListed(session, ref, absent, options)
}

/** Returns the locations of all entities in a collection or below a path; a final slash marks a collection. */
async function membersOf(
  session: Session,
  ref: CollectionRef,
  options: RequestOptions,
): Promise<readonly string[]> {
  const members: string[] = []
  for await (const location of locations(session, ref, options)) {
    if (!location.endsWith('/')) members.push(location)
  }
  return members
}

/** Throws PartialError for entities that are still listed although the provider answers that they do not exist (E1). */
async function throwIfStillListed(
  session: Session,
  ref: CollectionRef,
  absent: ReadonlyMap<string, NotFoundError>,
  options: RequestOptions,
): Promise<void> {
  const listed = await membersOf(session, ref, options)
  const remaining = [...absent].flatMap(([target, error]) =>
    listed.includes(target) ? [{ target, error }] : [],
  )
  const [first] = remaining
  if (first === undefined) return
  throw new PartialError(
    `${remaining.length} ${remaining.length === 1 ? 'is' : 'are'} still listed: ${withoutFullStop(first.error.message)}`,
    remaining,
    {
      hint: 'The provider lists entities and then answers that they do not exist; none of them was deleted.',
    },
  )
}

function cannotDeleteCollections(error: unknown): boolean {
  return [400, 404, 405, 406, 501].includes(statusOf(error) ?? 0)
}
