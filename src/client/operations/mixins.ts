/** Defines and removes mixins, and changes which entities have them (GFD.223 §5.2, §5.3). */
import { headerValue } from '../../basics/http.js'
import { omitUndefined } from '../../basics/objects.js'
import { ConflictError, NotFoundError, OcciError, UsageError, withHint } from '../../errors/errors.js'
import { type Mixin, type TypeId, typeId } from '../../model/index.js'
import type { RenderingName } from '../../rendering/index.js'
import { contentOf } from '../codec.js'
import { forEachBounded } from '../concurrency.js'
import type { ClientRequest } from '../exchange.js'
import { pathOf, resolveLocation, sameLocation } from '../locations.js'
import { acceptFor, kindAt, type Provider } from '../provider.js'
import { identifierOrName, locationOfRef, withModel } from '../resolve.js'
import type { Session } from '../session.js'
import type { EntityRef, MixinRef, NewMixin, RequestOptions } from '../types.js'
import {
  noEffectError,
  outcomeUnknownError,
  readAfterWrite,
  reportCarriedOut,
  sendWrite,
  type WriteResult,
} from '../uncertain.js'
import { describeAt } from './describe.js'
import { locations } from './list.js'

/** Defines a mixin and returns the provider's definition: the provider may choose another location (E19). */
export async function defineMixin(
  session: Session,
  newMixin: NewMixin,
  options: RequestOptions = {},
): Promise<Mixin> {
  const provider = await session.provider.get(options.signal)
  const id = typeId(newMixin.scheme, newMixin.term)
  const location = newMixin.location ?? `/${newMixin.term}/`
  if (!location.endsWith('/')) {
    throw new UsageError(`The location of a mixin must end in a slash: ${location}`, { at: 'location' })
  }
  if (provider.model.get(id) !== undefined) {
    throw new ConflictError(`${id} exists already.`, { hint: 'Choose another term or scheme.' })
  }
  const mixin: Mixin = {
    class: 'mixin',
    scheme: newMixin.scheme,
    term: newMixin.term,
    id,
    ...omitUndefined({ title: newMixin.title }),
    attributes: new Map(),
    depends: (newMixin.depends ?? []).map(
      (ref) => provider.model.resolve(identifierOrName(ref), { class: 'mixin' }).id,
    ),
    applies: [],
    actions: [],
    location: pathOf(location),
  }
  const request: ClientRequest = {
    method: 'POST',
    url: provider.queryUrl,
    // erocci answers 500 to a definition for which JSON is requested, although it stores the mixin (E19).
    accept: provider.effects.definitionRendering ?? acceptFor(provider),
    content: contentOf(definitionRendering(provider), { what: 'model', categories: [mixin] }),
    signal: options.signal,
  }
  const result = await sendWrite(session, request).catch(explainRefusal)
  const refreshed = await refreshModel(session, result, `${id} was defined`, options)
  const defined = refreshed.model.mixin(id)
  if (result.state === 'uncertain') {
    if (defined === undefined) throw noEffectError(result, `${id} does not exist, but may still be created`)
    reportCarriedOut(session, request, result.error)
    return defined
  }
  if (defined !== undefined) return defined
  const locationHeader = headerValue(result.response.headers, 'location')
  const url = resolveLocation(session.endpoint, locationHeader ?? location)?.url
  return url === undefined ? mixin : { ...mixin, location: url }
}

/**
 * Rethrows an error with a hint: ooi, snf-occi of 2017 and rOCCI-server refuse user-defined mixins without a reason.
 */
function explainRefusal(error: unknown): never {
  const isRefusal = error instanceof OcciError && [400, 404, 405, 501].includes(error.http?.status ?? 0)
  if (!isRefusal || error.hint !== undefined) throw error
  throw withHint(
    error,
    'This provider seems to support no user-defined mixins; only its own can be attached.',
  )
}

/** Removes a user-defined mixin. Throws ConflictError if the provider keeps it. */
export async function undefineMixin(
  session: Session,
  ref: MixinRef,
  options: RequestOptions = {},
): Promise<void> {
  const { provider, mixin } = await mixinNamed(session, ref, options)
  const request: ClientRequest = {
    method: 'DELETE',
    url: provider.queryUrl,
    accept: acceptFor(provider),
    // In headers, because intermediaries may drop the body of a DELETE, and DELETE /-/ alone does not name the mixin.
    content: contentOf('text/occi', {
      what: 'references',
      categories: [{ id: mixin.id, class: 'mixin' }],
      attributes: new Map(),
    }),
    signal: options.signal,
  }
  const result = await sendWrite(session, request)
  const refreshed = await refreshModel(session, result, `${mixin.id} was removed`, options)
  const stillExists = refreshed.model.mixin(mixin.id) !== undefined
  if (result.state === 'uncertain') {
    if (stillExists) throw noEffectError(result, `${mixin.id} still exists, but may still be removed`)
    reportCarriedOut(session, request, result.error)
    return
  }
  // snf-occi of 2017 answers 200 and removes nothing (Q54).
  if (stillExists) {
    throw new ConflictError(`${mixin.id} still exists: the provider did not remove it.`, {
      hint: 'Only mixins that users defined can be removed.',
    })
  }
}

/**
 * Fetches the model after a definition was sent or removed. If that fails, the error states whether `change` (`X was
 * defined`) took place.
 */
async function refreshModel(
  session: Session,
  result: WriteResult,
  change: string,
  { signal }: RequestOptions,
): Promise<Provider> {
  if (result.state === 'done')
    return readAfterWrite(change, { done: change }, () => session.provider.refresh(signal))
  try {
    return await session.provider.refresh(signal)
  } catch {
    throw outcomeUnknownError(result.error, `whether ${change} is unknown`)
  }
}

/** An operation that changes which entities have a mixin. */
type MembershipChange = (
  session: Session,
  ref: MixinRef,
  entities: readonly EntityRef[],
  options?: RequestOptions,
) => Promise<void>

/** Attaches a mixin to entities. */
export const attachMixin: MembershipChange = async (session, ref, entities, options = {}) => {
  const { provider, mixin } = await mixinNamed(session, ref, options)
  const members = membersOf(session, entities)
  if (provider.effects.membership === 'entity' || mixin.location === undefined) {
    await forEachBounded(
      members,
      session.concurrency,
      (member) => member,
      (member) => attachToEntity(session, provider, mixin.id, member, options),
    )
    return
  }
  await sendMembers(
    session,
    provider,
    { mixin, method: 'POST', url: mixin.location, rendering: membersRendering(provider) },
    members,
    options,
  )
}

/** Detaches a mixin from entities. Throws ConflictError at providers that would delete all members (M7). */
export const detachMixin: MembershipChange = async (session, ref, entities, options = {}) => {
  const { provider, mixin } = await mixinNamed(session, ref, options)
  const members = membersOf(session, entities)
  if (provider.effects.dissociate === 'destroys') {
    throw new ConflictError(
      `${provider.profile.title} deletes every entity with ${mixin.term} when it is detached from one: nothing was sent.`,
      { hint: 'Replace the entity without the mixin, or delete it.' },
    )
  }
  // In headers, because a DELETE that loses its body would delete the members (Q9).
  await sendMembers(
    session,
    provider,
    { mixin, method: 'DELETE', url: collectionUrl(mixin), rendering: 'text/occi' },
    members,
    options,
  )
}

/** Attaches a mixin to exactly these entities. Throws ConflictError if others still have it afterwards (E19). */
export const setMixinMembers: MembershipChange = async (session, ref, entities, options = {}) => {
  const { provider, mixin } = await mixinNamed(session, ref, options)
  const url = collectionUrl(mixin)
  const wantedMembers = membersOf(session, entities)
  await sendMembers(
    session,
    provider,
    { mixin, method: 'PUT', url, rendering: membersRendering(provider) },
    wantedMembers,
    options,
  )
  const remaining = await readAfterWrite(
    `the members of ${mixin.term} were set`,
    { changed: url },
    async () => {
      const formerMembers: string[] = []
      for await (const location of locations(session, mixin, options)) {
        if (!wantedMembers.some((member) => sameLocation(member, location))) formerMembers.push(location)
      }
      return formerMembers
    },
  )
  if (remaining.length === 0) return

  throw new ConflictError(
    `${remaining.length} former members still have ${mixin.term}: the provider did not detach it.`,
    {
      hint: 'Detach it with `detachMixin()`.',
      facts: { changed: url, left: remaining },
    },
  )
}

/** A request that changes which entities have a mixin. */
interface MembersRequest {
  readonly mixin: Mixin
  readonly method: 'POST' | 'PUT' | 'DELETE'
  readonly url: string
  readonly rendering: RenderingName
}

/** Sends the locations of members to the collection of a mixin. */
async function sendMembers(
  session: Session,
  provider: Provider,
  { mixin, method, url, rendering }: MembersRequest,
  members: readonly string[],
  { signal }: RequestOptions,
): Promise<void> {
  const content = contentOf(rendering, { what: 'locations', locations: members })
  const request: ClientRequest = { method, url, accept: acceptFor(provider), content, signal }
  const result = await sendWrite(session, request)
  if (result.state === 'done') return
  let actual: readonly string[]
  try {
    actual = await readMembers(session, mixin)
  } catch {
    throw outcomeUnknownError(result.error, `which members ${mixin.term} has now is unknown`)
  }
  const isMember = (entity: string) => actual.some((location) => sameLocation(location, entity))
  const isCarriedOut = {
    POST: members.every(isMember),
    DELETE: !members.some(isMember),
    PUT: members.every(isMember) && actual.length === members.length,
  }
  if (!isCarriedOut[method])
    throw noEffectError(
      result,
      `${mixin.term} does not have the requested members, but that may still change`,
    )
  reportCarriedOut(session, request, result.error)
}

async function readMembers(session: Session, mixin: Mixin): Promise<readonly string[]> {
  const members: string[] = []
  for await (const location of locations(session, mixin, {})) members.push(location)
  return members
}

/** Attaches a mixin by sending its Category to the entity, as MartServer requires (M8). */
async function attachToEntity(
  session: Session,
  provider: Provider,
  mixin: TypeId,
  url: string,
  { signal }: RequestOptions,
): Promise<void> {
  const kind = kindAt(provider, url)?.id ?? (await describeAt(session, url, signal)).kind
  const printable = { what: 'update', kind, mixins: [mixin], attributes: new Map() } as const
  const content = contentOf(provider.write, printable, provider.model)
  const result = await sendWrite(session, {
    method: 'POST',
    url,
    accept: acceptFor(provider),
    content,
    signal,
  })
  if (result.state === 'uncertain') {
    throw outcomeUnknownError(result.error, `whether ${url} has the mixin now is unknown`)
  }
}

/** Resolves a reference to a mixin. */
async function mixinNamed(session: Session, ref: MixinRef, { signal }: RequestOptions) {
  const { provider, result } = await withModel(session, signal, ({ model }) =>
    model.resolve(identifierOrName(ref), { class: 'mixin' }),
  )
  return { provider, mixin: result }
}

function collectionUrl(mixin: Mixin): string {
  if (mixin.location !== undefined) return mixin.location
  throw new NotFoundError(`The mixin ${mixin.id} has no collection at this provider.`)
}

/** Returns the locations of the entities, without repetitions. Throws UsageError if there are none. */
function membersOf(session: Session, entities: readonly EntityRef[]): readonly string[] {
  const members = [...new Set(entities.map((entity) => locationOfRef(session, entity)))]
  if (members.length > 0) return members
  throw new UsageError('No entity is named.', {
    hint: 'Without one, several servers would change or delete all members.',
  })
}

/**
 * Returns the rendering for the locations of members. All servers that have collections of mixins understand text, but
 * few understand locations in JSON (erocci and MartServer answer 400).
 */
function membersRendering({ write }: Provider): RenderingName {
  return write === 'text/occi' ? 'text/occi' : 'text/plain'
}

/** Returns the rendering for the definition of a mixin, for which rOCCI's JSON has no form. */
function definitionRendering({ write, effects }: Provider): RenderingName {
  if (effects.definitionRendering !== undefined) return effects.definitionRendering
  return write === 'json-1.1' ? 'text/plain' : write
}
