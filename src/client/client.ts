/** The client for one provider. Each operation is in a file of its own. */

import { randomUUID } from 'node:crypto'
import { signedTransport } from '../auth/index.js'
import type { Batched } from '../basics/batched.js'
import { isSafeMethod } from '../basics/http.js'
import { omitUndefined } from '../basics/objects.js'
import { OcciError, UsageError } from '../errors/errors.js'
import { interrupted } from '../errors/interruption.js'
import type { Category, Entity, LocatedEntity, Mixin, Model, Problem } from '../model/index.js'
import {
  type Around,
  type HttpResponse,
  systemClock,
  type Transport,
  wrapTransport,
} from '../transport/index.js'
import { type Found, find } from './addressing.js'
import { defaultConcurrency } from './concurrency.js'
import { defaultTransport } from './default-transport.js'
import { withOcciErrors } from './given-transport.js'
import { endpointOf } from './locations.js'
import { derivedId } from './names.js'
import { create, storedTitle } from './operations/create.js'
import { describe } from './operations/describe.js'
import { discover } from './operations/discover.js'
import { changeProblems, expect } from './operations/expect.js'
import { link, linksBetween, unlink } from './operations/link.js'
import { list, locations } from './operations/list.js'
import { rendersWhole } from './operations/members.js'
import { attachMixin, defineMixin, detachMixin, setMixinMembers, undefineMixin } from './operations/mixins.js'
import { raw } from './operations/raw.js'
import { rawPages } from './operations/raw-pages.js'
import { remove, removeAll } from './operations/remove.js'
import { trigger, triggerAll } from './operations/trigger.js'
import { replace, update } from './operations/update.js'
import { wait } from './operations/wait.js'
import { providerSource } from './provider.js'
import { kindIn, withCurrentModel } from './resolve.js'
import type { Session } from './session.js'
import type {
  ActionRef,
  Changes,
  ClientSettings,
  Clock,
  CollectionRef,
  Created,
  EntityRef,
  ListOptions,
  MixinRef,
  NewEntity,
  NewLink,
  NewMixin,
  ProviderReport,
  RawRequest,
  RequestOptions,
  TriggerOptions,
  WaitCondition,
  WaitOptions,
  WaitResult,
} from './types.js'

/**
 * The operations on one provider.
 *
 * Every operation may throw: NetworkError, TimeoutError and ProtocolError (no answer, or none that makes sense),
 * AuthError (401), ForbiddenError (403, quota), ServerError (the provider failed), CancelledError (its signal was
 * aborted), UsageError (an argument makes no sense; the client is closed). Operations that name something also
 * throw NotFoundError and AmbiguousError; those that change something ConflictError (the state does not allow
 * it), ValidationError (it does not fit the model: nothing was sent) and OutcomeUnknownError: the answer was lost
 * and looking at the provider did not settle it. No write is sent twice.
 */
export class OcciClient {
  /** The endpoint's URL, which ends in a slash. */
  readonly endpoint: string
  readonly #session: Session

  /** Throws UsageError for an endpoint that is not an http(s) URL. Nothing is sent before the first operation. */
  constructor(settings: ClientSettings) {
    this.#session = sessionOf(settings)
    this.endpoint = this.#session.endpoint.url
  }

  /** Returns the model: by one GET of /-/, or from memory while it is fresh. */
  async model(options: RequestOptions & { readonly refresh?: boolean | undefined } = {}): Promise<Model> {
    const { provider } = this.#session
    const found = await (options.refresh ? provider.refresh(options.signal) : provider.get(options.signal))
    return found.model
  }

  /** Reads categories from the provider, filtered by the provider or else by the client. */
  discover(
    options?: RequestOptions & { readonly filter?: readonly CollectionRef[] | undefined },
  ): Promise<readonly Category[]> {
    return discover(this.#session, options)
  }

  /**
   * Yields absolute URLs of a collection's members while they arrive; `batches()` yields those of a chunk at
   * a time.
   */
  locations(collection: CollectionRef, options?: ListOptions): Batched<string> {
    return locations(this.#session, collection, options)
  }

  /**
   * Yields whole members: by one request when the server renders whole collections, else by parallel
   * requests.
   */
  list(collection: CollectionRef, options?: ListOptions): AsyncIterable<LocatedEntity> {
    return list(this.#session, collection, options)
  }

  /** Reads one entity. Throws NotFoundError. */
  describe(ref: EntityRef, options?: RequestOptions): Promise<LocatedEntity> {
    return describe(this.#session, ref, options)
  }

  /**
   * Finds the instance that a user's text refers to: an id, unique id prefix, title, path or URL. `where`
   * gives the collections that may hold it; default all. Throws NotFoundError or AmbiguousError
   * (facts.candidates). URLs and paths need no request.
   */
  find(
    name: string,
    where?: CollectionRef | readonly CollectionRef[],
    options?: RequestOptions,
  ): Promise<Found> {
    return find(this.#session, name, where, options)
  }

  /**
   * An id derived from the kind and title at this endpoint; undefined where the provider does not keep ids
   * that clients choose. Two programs that create an entity under this id at the same time create only one.
   */
  async idFor({ kind, title }: NewEntity, { signal }: RequestOptions = {}): Promise<string | undefined> {
    const provider = await this.#session.provider.get(signal)
    if (provider.effects.chosenIds !== 'kept' || title === undefined) return undefined
    return derivedId(this.endpoint, kindIn(provider, kind).id, title)
  }

  /**
   * The title under which an entity like this will be found: as given, or in the form in which the provider
   * keeps names (OCCI-OS: the host name). Undefined without a title, and where the provider keeps none.
   */
  async keptTitle(entity: NewEntity, options: RequestOptions = {}): Promise<string | undefined> {
    return storedTitle(this.#session, entity, options)
  }

  /**
   * The entity as `create` would send it, in the units of the standard and without its links; nothing is sent but for
   * the model. Throws as `create` does for what does not fit the model.
   */
  expect(entity: NewEntity, options?: RequestOptions): Promise<Entity> {
    return expect(this.#session, entity, options)
  }

  /** What the model and the provider have against changes of an entity that was read; nothing is sent. */
  changeProblems(shown: Entity, changes: Changes, options?: RequestOptions): Promise<readonly Problem[]> {
    return changeProblems(this.#session, shown, changes, options)
  }

  /**
   * Creates an entity: by POST to the collection of its kind, by PUT where `id` is given. It may take a while
   * until the entity has the state that it is to have; see `wait`. When the answer is lost, the client looks for
   * the entity by its id or title, and throws OutcomeUnknownError with `facts.candidates`.
   *
   * ```ts
   * const { location } = await client.create({ kind: 'compute', title: 'web', mixins: ['debian-12', 'small'] })
   * ```
   */
  create(entity: NewEntity, options?: RequestOptions): Promise<Created> {
    return withCurrentModel(this.#session, options, () => create(this.#session, entity, options))
  }

  /** Changes some values, mixins or the title, and returns the entity as it is afterwards. */
  update(ref: EntityRef, changes: Changes, options?: RequestOptions): Promise<LocatedEntity> {
    return withCurrentModel(this.#session, options, () => update(this.#session, ref, changes, options))
  }

  /** Writes the entity as a whole: values that are not given are removed where the provider does that. */
  replace(ref: EntityRef, entity: NewEntity, options?: RequestOptions): Promise<LocatedEntity> {
    return withCurrentModel(this.#session, options, () => replace(this.#session, ref, entity, options))
  }

  /**
   * Deletes an entity. The provider may still show it for a while: `wait` for `deleted`. Throws NotFoundError when
   * it does not exist.
   */
  delete(ref: EntityRef, options?: RequestOptions): Promise<void> {
    return remove(this.#session, ref, options)
  }

  /** Deletes every member of a collection or below a path. Refuses mixin collections unless `members`. */
  deleteAll(
    collection: CollectionRef,
    options?: RequestOptions & { readonly members?: boolean | undefined },
  ): Promise<void> {
    return removeAll(this.#session, collection, options)
  }

  /** Triggers an action by identifier or term. Returns the entity as read afterwards, if it still exists. */
  trigger(
    ref: EntityRef,
    action: ActionRef,
    attributes?: NewEntity['attributes'],
    options?: TriggerOptions,
  ): Promise<LocatedEntity | undefined> {
    return withCurrentModel(this.#session, options, () =>
      trigger(this.#session, ref, action, attributes, options),
    )
  }

  /** Triggers an action on every member of a collection, by one request. */
  triggerAll(
    collection: CollectionRef,
    action: ActionRef,
    attributes?: NewEntity['attributes'],
    options?: RequestOptions,
  ): Promise<void> {
    return triggerAll(this.#session, collection, action, attributes, options)
  }

  /** Creates a link entity. The link's kind is derived from source and target kinds unless given. */
  link(source: EntityRef, wanted: NewLink, options?: RequestOptions): Promise<Created> {
    return withCurrentModel(this.#session, options, () => link(this.#session, source, wanted, options))
  }

  /** The locations of the links from source to target, also where only the collections of links show them. */
  linksBetween(source: EntityRef, target: EntityRef, options?: RequestOptions): Promise<readonly string[]> {
    return linksBetween(this.#session, source, target, options)
  }

  /** Deletes the links from source to target, or one link by its location. Returns their locations. */
  unlink(source: EntityRef, target?: EntityRef, options?: RequestOptions): Promise<readonly string[]> {
    return unlink(this.#session, source, target, options)
  }

  /** Defines a mixin (a tag) at the provider and returns it is there. Few providers allow it. */
  defineMixin(mixin: NewMixin, options?: RequestOptions): Promise<Mixin> {
    return defineMixin(this.#session, mixin, options)
  }

  /** Removes a mixin that a user defined. */
  undefineMixin(mixin: MixinRef, options?: RequestOptions): Promise<void> {
    return undefineMixin(this.#session, mixin, options)
  }

  /** Attaches a mixin to entities. */
  attachMixin(mixin: MixinRef, entities: readonly EntityRef[], options?: RequestOptions): Promise<void> {
    return attachMixin(this.#session, mixin, entities, options)
  }

  /** Takes a mixin off entities. Refused where the provider would delete them. */
  detachMixin(mixin: MixinRef, entities: readonly EntityRef[], options?: RequestOptions): Promise<void> {
    return detachMixin(this.#session, mixin, entities, options)
  }

  /** Attaches a mixin to these entities, and takes it off all others. */
  setMixinMembers(mixin: MixinRef, entities: readonly EntityRef[], options?: RequestOptions): Promise<void> {
    return setMixinMembers(this.#session, mixin, entities, options)
  }

  /**
   * Fetches the model again if a remembered one may have caused a refusal. Returns true when the refused
   * operation may be tried again; false when this client had fetched the model, or has changed something
   * already.
   */
  async recheck({ signal }: RequestOptions = {}): Promise<boolean> {
    return !this.#session.hasWritten() && this.#session.provider.recheck(signal)
  }

  /**
   * Reads the entity again and again until the condition holds, first after half a second, then less often, up to
   * every 15 s. Gives the entity; nothing where it was to be deleted. Throws TimeoutError (`facts.timeout` is
   * `wait`), WaitFailedError (it is in a state that does not end by itself, such as `error`) or NotFoundError.
   */
  wait<C extends WaitCondition>(ref: EntityRef, condition: C, options?: WaitOptions): Promise<WaitResult<C>> {
    return wait(this.#session, ref, condition, options)
  }

  /** Sends any request below the endpoint with credentials and returns the response unchanged. */
  raw(request: RawRequest, options?: RequestOptions): Promise<HttpResponse> {
    return raw(this.#session, request, options)
  }

  /**
   * Sends a GET of a collection, page after page, and yields the responses unchanged, up to the first that is no
   * success. `?number=50` in the path asks for pages of 50 members.
   */
  rawPages(request: RawRequest, options?: RequestOptions): AsyncGenerator<HttpResponse, void, undefined> {
    return rawPages(this.#session, request, options)
  }

  /**
   * How the client communicates with this provider: recognised quirks, renderings, and the origin of the
   * model.
   */
  async provider(): Promise<ProviderReport> {
    const found = await this.#session.provider.get()
    return {
      name: found.profile.name,
      title: found.profile.title,
      recognisedBy: found.recognisedBy,
      read: found.read,
      write: found.write,
      listings: rendersWhole(found) ? 'entities' : 'locations',
      queryUrl: found.queryUrl,
      ...omitUndefined({ server: found.server }),
      versions: found.versions,
      quirks: found.profile.quirks.map(({ name, why }) => ({ name, why })),
    }
  }

  /**
   * Ends the connections, and waits and requests that are under way. Afterwards each operation throws
   * UsageError. May be called twice. `await using` calls it at the end of a block.
   */
  async close(): Promise<void> {
    await this.#session.close()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }
}

/** What OcciClient offers: for functions that also take another implementation, such as a test's. */
export type Client = Pick<OcciClient, keyof OcciClient>

function sessionOf(settings: ClientSettings): Session {
  const endpoint = endpointOf(settings.endpoint)
  const { credentials } = settings
  const closing = new AbortController()
  const baseTransport =
    settings.transport === undefined
      ? defaultTransport(settings.concurrency, omitUndefined({ tls: credentials?.tls }))
      : withOcciErrors(settings.transport)
  const { transport, hasWritten, accepted } = countingWrites(
    refusingAfterClose(baseTransport, closing.signal),
  )
  const connection = {
    endpoint,
    transport: credentials === undefined ? transport : signedTransport(transport, credentials, endpoint.url),
    credentials,
    headers: settings.headers ?? [],
    closing: closing.signal,
    clock: clockWithOcciErrors(settings.clock ?? systemClock),
    onDeviation: settings.onDeviation ?? (() => undefined),
  }
  const concurrency = settings.concurrency ?? defaultConcurrency
  if (!Number.isInteger(concurrency) || concurrency < 1) {
    throw new UsageError(`The number of parallel requests is not a positive number: ${concurrency}`)
  }
  let closed: Promise<void> | undefined
  return {
    ...connection,
    close: () => {
      closing.abort(closedError())
      closed ??= baseTransport.close()
      return closed
    },
    hasWritten,
    accepted,
    created: new Map(),
    createdUnread: new Map(),
    concurrency,
    validate: settings.validate ?? true,
    // A function, because a reference to randomUUID would load node:crypto at once.
    uuid: settings.uuid ?? (() => randomUUID()),
    provider: providerSource(connection, settings),
  }
}

function countingWrites(inner: Transport): {
  readonly transport: Transport
  readonly hasWritten: () => boolean
  readonly accepted: () => number
} {
  let sent = 0
  let refused = 0
  const countWrites: Around = async (request, send) => {
    const { method } = request
    if (isSafeMethod(method)) return send(request)
    sent += 1
    const response = await send(request)
    if (response.status >= 400 && response.status < 500) refused += 1
    return response
  }
  return {
    transport: wrapTransport(inner, countWrites),
    hasWritten: () => sent > 0,
    accepted: () => sent - refused,
  }
}

function refusingAfterClose(inner: Transport, closing: AbortSignal): Transport {
  const checkOpen: Around = async (request, send) => {
    if (closing.aborted) throw closedError()
    return send(request)
  }
  return wrapTransport(inner, checkOpen)
}

function closedError(): UsageError {
  return new UsageError('The client is closed.', { facts: { sent: 'no' } })
}

/** A clock whose sleep, when it is interrupted, throws an error of the family. */
function clockWithOcciErrors(clock: Clock): Clock {
  return {
    now: () => clock.now(),
    async sleep(milliseconds, signal) {
      try {
        await clock.sleep(milliseconds, signal)
      } catch (error) {
        throw error instanceof OcciError
          ? error
          : interrupted(signal?.aborted ? signal.reason : error, 'Waiting')
      }
    },
  }
}
