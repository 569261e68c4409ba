/** The client for one provider. Its operations are in the folder operations. */

import { randomUUID } from 'node:crypto'
import { signedTransport } from '../auth/index.js'
import type { Batched } from '../basics/batched.js'
import { isSafeMethod } from '../basics/http.js'
import { omitUndefined } from '../basics/objects.js'
import { OcciError, UsageError } from '../errors/errors.js'
import { interruptionError } from '../errors/interruption.js'
import type { Category, Entity, LocatedEntity, Mixin, Model, Problem } from '../model/index.js'
import {
  type HttpResponse,
  type RequestHandler,
  systemClock,
  type Transport,
  wrapTransport,
} from '../transport/index.js'
import { withOcciErrors } from './caller-transport.js'
import { defaultConcurrency } from './concurrency.js'
import { defaultTransport } from './default-transport.js'
import { endpointOf } from './locations.js'
import { derivedId } from './names.js'
import { create, storedTitle } from './operations/create.js'
import { describe } from './operations/describe.js'
import { discover } from './operations/discover.js'
import { changeProblems, expect } from './operations/expect.js'
import { type Found, find } from './operations/find.js'
import { link, linksBetween, unlink } from './operations/link.js'
import { list, locations } from './operations/list.js'
import { rendersWholeEntities } from './operations/list-members.js'
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
 * Every operation may throw: NetworkError, TimeoutError and ProtocolError (no response, or an unusable one),
 * AuthError (401), ForbiddenError (403, quota), ServerError (the provider failed), CancelledError (its signal was
 * aborted), UsageError (an invalid argument; the client is closed). Operations with names or references also throw
 * NotFoundError and AmbiguousError. Writes also throw ConflictError (the state does not allow it), ValidationError
 * (it does not fit the model, or the provider refuses a value; nothing was changed) and OutcomeUnknownError (the
 * response was lost, and the provider's state does not show the outcome). The client does not repeat a write that may
 * have been carried out. A transport with retries repeats one only by PUT or DELETE, and never a creation.
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

  /** Returns the model: from the provider's query interface (GET /-/), or from memory while it is fresh. */
  async model(options: RequestOptions & { readonly refresh?: boolean | undefined } = {}): Promise<Model> {
    const source = this.#session.provider
    const provider = await (options.refresh ? source.refresh(options.signal) : source.get(options.signal))
    return provider.model
  }

  /** Reads categories from the provider. The provider applies the filter; if it cannot, the client does. */
  discover(
    options?: RequestOptions & { readonly filter?: readonly CollectionRef[] | undefined },
  ): Promise<readonly Category[]> {
    return discover(this.#session, options)
  }

  /**
   * Yields absolute URLs of a collection's members while they arrive; `batches()` yields several at a time.
   */
  locations(collection: CollectionRef, options?: ListOptions): Batched<string> {
    return locations(this.#session, collection, options)
  }

  /**
   * Yields the entities of a collection: with one request if the provider renders whole collections, otherwise with
   * parallel requests, one for each entity. Throws PartialError at the end if some could not be read.
   */
  list(collection: CollectionRef, options?: ListOptions): AsyncIterable<LocatedEntity> {
    return list(this.#session, collection, options)
  }

  /** Reads one entity. Throws NotFoundError if it does not exist. */
  describe(ref: EntityRef, options?: RequestOptions): Promise<LocatedEntity> {
    return describe(this.#session, ref, options)
  }

  /**
   * Finds the entity to which a reference refers: an id, unique id prefix, title, path or URL. `scope` restricts the
   * search to some collections; default all. Throws NotFoundError or AmbiguousError (facts.candidates). URLs and paths
   * need no request.
   */
  find(
    name: string,
    scope?: CollectionRef | readonly CollectionRef[],
    options?: RequestOptions,
  ): Promise<Found> {
    return find(this.#session, name, scope, options)
  }

  /**
   * Returns an id that is derived from the endpoint, kind and title; undefined if the provider does not keep ids that
   * clients choose. Two programs that create an entity with this id at the same time create only one.
   */
  async idFor({ kind, title }: NewEntity, { signal }: RequestOptions = {}): Promise<string | undefined> {
    const provider = await this.#session.provider.get(signal)
    if (provider.effects.chosenIds !== 'kept' || title === undefined) return undefined
    return derivedId(this.endpoint, kindIn(provider, kind).id, title)
  }

  /**
   * Returns the title that the provider will store for this entity: unchanged, or converted (OCCI-OS: a host name).
   * Undefined if the entity has no title, or if the provider stores none.
   */
  async storedTitle(entity: NewEntity, options: RequestOptions = {}): Promise<string | undefined> {
    return storedTitle(this.#session, entity, options)
  }

  /**
   * Returns the entity that `create` would send, in standard units and without its links. Requests only the model.
   * Throws the errors of `create` for an entity that does not fit the model.
   */
  expect(entity: NewEntity, options?: RequestOptions): Promise<Entity> {
    return expect(this.#session, entity, options)
  }

  /** Returns the reasons why the model or the provider would refuse changes of an entity. Requests only the model. */
  changeProblems(shown: Entity, changes: Changes, options?: RequestOptions): Promise<readonly Problem[]> {
    return changeProblems(this.#session, shown, changes, options)
  }

  /**
   * Creates an entity: by POST to the collection of its kind, or by PUT if `id` is set. The entity may take a while
   * to become active; see `wait`. If the response is lost, the client searches for the entity by its id or title, and
   * throws OutcomeUnknownError with `facts.candidates` if the outcome stays unclear.
   *
   * ```ts
   * const { location } = await client.create({ kind: 'compute', title: 'web', mixins: ['debian-12', 'small'] })
   * ```
   */
  create(entity: NewEntity, options?: RequestOptions): Promise<Created> {
    return withCurrentModel(this.#session, options, () => create(this.#session, entity, options))
  }

  /** Changes some attributes, mixins, the title or the summary, and returns the resulting entity. */
  update(ref: EntityRef, changes: Changes, options?: RequestOptions): Promise<LocatedEntity> {
    return withCurrentModel(this.#session, options, () => update(this.#session, ref, changes, options))
  }

  /** Replaces the whole entity. Attributes that `entity` lacks are removed, if the provider supports that. */
  replace(ref: EntityRef, entity: NewEntity, options?: RequestOptions): Promise<LocatedEntity> {
    return withCurrentModel(this.#session, options, () => replace(this.#session, ref, entity, options))
  }

  /**
   * Deletes an entity. The provider may still list it for a while; to wait for the end, `wait` for `deleted`. Throws
   * NotFoundError if it does not exist.
   */
  delete(ref: EntityRef, options?: RequestOptions): Promise<void> {
    return remove(this.#session, ref, options)
  }

  /**
   * Deletes all entities in a collection or below a path. Throws UsageError for a mixin's collection unless `members`
   * is set.
   */
  deleteAll(
    collection: CollectionRef,
    options?: RequestOptions & { readonly members?: boolean | undefined },
  ): Promise<void> {
    return removeAll(this.#session, collection, options)
  }

  /**
   * Triggers an action by identifier or term. Returns the entity as read afterwards; undefined if it no longer exists,
   * or with `readBack: false`.
   */
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

  /** Triggers an action on all entities of a collection, with one request. */
  triggerAll(
    collection: CollectionRef,
    action: ActionRef,
    attributes?: NewEntity['attributes'],
    options?: RequestOptions,
  ): Promise<void> {
    return triggerAll(this.#session, collection, action, attributes, options)
  }

  /** Creates a link. If `newLink` has no kind, it is derived from the kind of the target. */
  link(source: EntityRef, newLink: NewLink, options?: RequestOptions): Promise<Created> {
    return withCurrentModel(this.#session, options, () => link(this.#session, source, newLink, options))
  }

  /**
   * Returns the locations of the links from source to target, as shown by the source or by the collections of links.
   */
  linksBetween(source: EntityRef, target: EntityRef, options?: RequestOptions): Promise<readonly string[]> {
    return linksBetween(this.#session, source, target, options)
  }

  /** Deletes the links from source to target or, without `target`, the link at `source`. Returns their locations. */
  unlink(source: EntityRef, target?: EntityRef, options?: RequestOptions): Promise<readonly string[]> {
    return unlink(this.#session, source, target, options)
  }

  /** Defines a mixin (a tag) at the provider and returns the provider's definition. Few providers support it. */
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

  /** Detaches a mixin from entities. Throws ConflictError if the provider would delete them. */
  detachMixin(mixin: MixinRef, entities: readonly EntityRef[], options?: RequestOptions): Promise<void> {
    return detachMixin(this.#session, mixin, entities, options)
  }

  /** Attaches a mixin to exactly these entities, and detaches it from all others. */
  setMixinMembers(mixin: MixinRef, entities: readonly EntityRef[], options?: RequestOptions): Promise<void> {
    return setMixinMembers(this.#session, mixin, entities, options)
  }

  /**
   * Fetches the model again if an outdated one may have caused an error. Returns true if the operation should be
   * repeated; false if the model was not from memory, or if this client has already sent a write.
   */
  async recheck({ signal }: RequestOptions = {}): Promise<boolean> {
    return !this.#session.hasWritten() && this.#session.provider.recheck(signal)
  }

  /**
   * Reads the entity until the condition holds, with pauses from half a second to 15 s. Returns the entity, or
   * undefined for the condition `deleted`. Throws TimeoutError (`facts.timeout` is `wait`), WaitFailedError (the entity
   * is in a state that it does not leave by itself, such as `error`) or NotFoundError.
   */
  wait<C extends WaitCondition>(ref: EntityRef, condition: C, options?: WaitOptions): Promise<WaitResult<C>> {
    return wait(this.#session, ref, condition, options)
  }

  /** Sends any request below the endpoint with credentials and returns the response unchanged. */
  raw(request: RawRequest, options?: RequestOptions): Promise<HttpResponse> {
    return raw(this.#session, request, options)
  }

  /**
   * Sends a GET of a collection, page after page, and yields the responses unchanged, up to and including the first
   * that is not a success. `?number=50` in the path requests pages of 50 members.
   */
  rawPages(request: RawRequest, options?: RequestOptions): AsyncGenerator<HttpResponse, void, undefined> {
    return rawPages(this.#session, request, options)
  }

  /**
   * Returns how the client communicates with this provider: its recognised software and quirks, and the renderings that
   * are used.
   */
  async provider(): Promise<ProviderReport> {
    const provider = await this.#session.provider.get()
    const { profile, recognisedBy, read, write, queryUrl, server, versions } = provider
    return {
      name: profile.name,
      title: profile.title,
      recognisedBy,
      read,
      write,
      listings: rendersWholeEntities(provider) ? 'entities' : 'locations',
      queryUrl,
      ...omitUndefined({ server }),
      versions,
      quirks: profile.quirks.map(({ name, why }) => ({ name, why })),
    }
  }

  /**
   * Closes the connections, and aborts pending waits and requests. Afterwards every operation throws UsageError. May
   * be called twice. `await using` calls it at the end of a block.
   */
  async close(): Promise<void> {
    await this.#session.close()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }
}

/** The interface of OcciClient, for functions that also accept other implementations, such as test doubles. */
export type Client = Pick<OcciClient, keyof OcciClient>

function sessionOf(settings: ClientSettings): Session {
  const endpoint = endpointOf(settings.endpoint)
  const { credentials } = settings
  const closing = new AbortController()
  const baseTransport =
    settings.transport === undefined
      ? defaultTransport(settings.concurrency, omitUndefined({ tls: credentials?.tls }))
      : withOcciErrors(settings.transport)
  const { transport, hasWritten, acceptedWrites } = countingWrites(
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
    throw new UsageError(`The number of parallel requests is not a positive whole number: ${concurrency}`)
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
    acceptedWrites,
    creationTimes: new Map(),
    unreadCreations: new Map(),
    concurrency,
    validate: settings.validate ?? true,
    // A function, because a reference to randomUUID would load node:crypto at once.
    uuid: settings.uuid ?? (() => randomUUID()),
    provider: providerSource(connection, settings),
  }
}

/** Wraps a transport and counts its writes: the requests that may change something. */
function countingWrites(inner: Transport): {
  readonly transport: Transport
  readonly hasWritten: () => boolean
  readonly acceptedWrites: () => number
} {
  let sent = 0
  let refused = 0
  const countWrites: RequestHandler = async (request, send) => {
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
    acceptedWrites: () => sent - refused,
  }
}

/** Wraps a transport so that it throws UsageError once `closing` is aborted. */
function refusingAfterClose(inner: Transport, closing: AbortSignal): Transport {
  const checkOpen: RequestHandler = async (request, send) => {
    if (closing.aborted) throw closedError()
    return send(request)
  }
  return wrapTransport(inner, checkOpen)
}

function closedError(): UsageError {
  return new UsageError('The client is closed.', { facts: { sent: 'no' } })
}

/** Wraps a clock so that an interrupted sleep throws an OcciError. */
function clockWithOcciErrors(clock: Clock): Clock {
  return {
    now: () => clock.now(),
    async sleep(milliseconds, signal) {
      try {
        await clock.sleep(milliseconds, signal)
      } catch (error) {
        throw error instanceof OcciError
          ? error
          : interruptionError(signal?.aborted ? signal.reason : error, 'Waiting')
      }
    },
  }
}
