/** The client for one provider. Each operation is in a file of its own. */

import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { signedTransport } from '../auth/index.js'
import { isReading } from '../basics/http.js'
import { present } from '../basics/objects.js'
import { CancelledError, UsageError } from '../errors/errors.js'
import type { Category, Entity, Mixin, Model, TypeId } from '../model/index.js'
import { type Around, type HttpResponse, type Transport, wrapTransport } from '../transport/index.js'
import { type Found, find } from './addressing.js'
import type { Batched } from './batches.js'
import { usualConcurrency } from './concurrency.js'
import { ownTransport } from './default-transport.js'
import { endpointOf } from './locations.js'
import { create, titleKept } from './operations/create.js'
import { describe } from './operations/describe.js'
import { discover } from './operations/discover.js'
import { link, unlink } from './operations/link.js'
import { list, locations } from './operations/list.js'
import { attachMixin, defineMixin, detachMixin, setMixinMembers, undefineMixin } from './operations/mixins.js'
import { raw } from './operations/raw.js'
import { remove, removeAll } from './operations/remove.js'
import { trigger, triggerAll } from './operations/trigger.js'
import { replace, update } from './operations/update.js'
import { wait } from './operations/wait.js'
import { providerSource } from './provider.js'
import { checkedOnce, kindIn } from './resolve.js'
import type { Session } from './session.js'
import type {
  Changes,
  Client,
  ClientSettings,
  Clock,
  CollectionRef,
  Created,
  EntityRef,
  ListOptions,
  NewEntity,
  NewLink,
  NewMixin,
  ProviderReport,
  RawRequest,
  RequestOptions,
  TriggerOptions,
  WaitCondition,
  WaitOptions,
} from './types.js'

/** Throws UsageError for an endpoint that is not an http(s) URL. Nothing is sent before the first operation. */
export class OcciClient implements Client {
  readonly endpoint: string
  readonly #session: Session

  constructor(settings: ClientSettings) {
    this.#session = sessionOf(settings)
    this.endpoint = this.#session.endpoint.url
  }

  async model(options: RequestOptions & { readonly refresh?: boolean } = {}): Promise<Model> {
    const { provider } = this.#session
    const found = await (options.refresh ? provider.refresh(options.signal) : provider.get(options.signal))
    return found.model
  }

  discover(options?: RequestOptions & { readonly filter?: readonly TypeId[] }): Promise<readonly Category[]> {
    return discover(this.#session, options)
  }

  locations(collection: CollectionRef, options?: ListOptions): Batched<string> {
    return locations(this.#session, collection, options)
  }

  list(collection: CollectionRef, options?: ListOptions): AsyncIterable<Entity> {
    return list(this.#session, collection, options)
  }

  describe(ref: EntityRef, options?: RequestOptions): Promise<Entity> {
    return describe(this.#session, ref, options)
  }

  find(
    name: string,
    where?: CollectionRef | readonly CollectionRef[],
    options?: RequestOptions,
  ): Promise<Found> {
    return find(this.#session, name, where, options)
  }

  async idFor({ kind, title }: NewEntity, { signal }: RequestOptions = {}): Promise<string | undefined> {
    const provider = await this.#session.provider.get(signal)
    if (provider.effects.chosenIds !== 'kept' || title === undefined) return undefined
    const { derivedId } = await import('./derived-id.js')
    return derivedId(this.endpoint, kindIn(provider, kind).id, title)
  }

  async keptTitle(entity: NewEntity, options: RequestOptions = {}): Promise<string | undefined> {
    return titleKept(this.#session, entity, options)
  }

  create(entity: NewEntity, options?: RequestOptions): Promise<Created> {
    return checkedOnce(this.#session, options, () => create(this.#session, entity, options))
  }

  update(ref: EntityRef, changes: Changes, options?: RequestOptions): Promise<Entity> {
    return checkedOnce(this.#session, options, () => update(this.#session, ref, changes, options))
  }

  replace(ref: EntityRef, entity: NewEntity, options?: RequestOptions): Promise<Entity> {
    return checkedOnce(this.#session, options, () => replace(this.#session, ref, entity, options))
  }

  delete(ref: EntityRef, options?: RequestOptions): Promise<void> {
    return remove(this.#session, ref, options)
  }

  deleteAll(
    collection: CollectionRef,
    options?: RequestOptions & { readonly members?: boolean },
  ): Promise<void> {
    return removeAll(this.#session, collection, options)
  }

  trigger(
    ref: EntityRef,
    action: string,
    attributes?: NewEntity['attributes'],
    options?: TriggerOptions,
  ): Promise<Entity | undefined> {
    return checkedOnce(this.#session, options, () => trigger(this.#session, ref, action, attributes, options))
  }

  triggerAll(
    collection: CollectionRef,
    action: string,
    attributes?: NewEntity['attributes'],
    options?: RequestOptions,
  ): Promise<void> {
    return triggerAll(this.#session, collection, action, attributes, options)
  }

  link(source: EntityRef, wanted: NewLink, options?: RequestOptions): Promise<Created> {
    return checkedOnce(this.#session, options, () => link(this.#session, source, wanted, options))
  }

  unlink(source: EntityRef, target?: EntityRef, options?: RequestOptions): Promise<readonly string[]> {
    return unlink(this.#session, source, target, options)
  }

  defineMixin(mixin: NewMixin, options?: RequestOptions): Promise<Mixin> {
    return defineMixin(this.#session, mixin, options)
  }

  undefineMixin(mixin: string, options?: RequestOptions): Promise<void> {
    return undefineMixin(this.#session, mixin, options)
  }

  attachMixin(mixin: string, entities: readonly EntityRef[], options?: RequestOptions): Promise<void> {
    return attachMixin(this.#session, mixin, entities, options)
  }

  detachMixin(mixin: string, entities: readonly EntityRef[], options?: RequestOptions): Promise<void> {
    return detachMixin(this.#session, mixin, entities, options)
  }

  setMixinMembers(mixin: string, entities: readonly EntityRef[], options?: RequestOptions): Promise<void> {
    return setMixinMembers(this.#session, mixin, entities, options)
  }

  async recheck({ signal }: RequestOptions = {}): Promise<boolean> {
    return !this.#session.hasWritten() && this.#session.provider.recheck(signal)
  }

  wait(ref: EntityRef, condition: WaitCondition, options?: WaitOptions): Promise<Entity | undefined> {
    return wait(this.#session, ref, condition, options)
  }

  raw(request: RawRequest, options?: RequestOptions): Promise<HttpResponse> {
    return raw(this.#session, request, options)
  }

  async provider(): Promise<ProviderReport> {
    const found = await this.#session.provider.get()
    return {
      name: found.profile.name,
      title: found.profile.title,
      recognisedBy: found.recognisedBy,
      read: found.read,
      write: found.write,
      queryUrl: found.queryUrl,
      ...present({ server: found.server }),
      versions: found.versions,
      quirks: found.profile.quirks.map(({ name, why }) => ({ name, why })),
    }
  }

  close(): Promise<void> {
    return this.#session.transport.close()
  }
}

function sessionOf(settings: ClientSettings): Session {
  const endpoint = endpointOf(settings.endpoint)
  const { credentials } = settings
  const given = settings.transport ?? ownTransport(settings.concurrency, present({ tls: credentials?.tls }))
  const { transport, hasWritten, accepted } = notingWrites(given)
  const wire = {
    endpoint,
    transport: credentials === undefined ? transport : signedTransport(transport, credentials, endpoint.url),
    credentials,
    headers: settings.headers ?? [],
    clock: settings.clock ?? realClock,
    onDeviation: settings.onDeviation ?? (() => undefined),
  }
  const concurrency = settings.concurrency ?? usualConcurrency
  if (!Number.isInteger(concurrency) || concurrency < 1) {
    throw new UsageError(`The number of parallel requests is not a positive number: ${concurrency}`)
  }
  return {
    ...wire,
    hasWritten,
    accepted,
    created: new Map(),
    asked: new Map(),
    concurrency,
    validate: settings.validate ?? true,
    // A function, because a reference to randomUUID would load node:crypto at once.
    uuid: settings.uuid ?? (() => randomUUID()),
    provider: providerSource(wire, settings),
  }
}

function notingWrites(inner: Transport): {
  readonly transport: Transport
  readonly hasWritten: () => boolean
  readonly accepted: () => number
} {
  let sent = 0
  let refused = 0
  const noted: Around = async (request, send) => {
    const { method } = request
    if (isReading(method)) return send(request)
    sent += 1
    const response = await send(request)
    if (response.status >= 400 && response.status < 500) refused += 1
    return response
  }
  return {
    transport: wrapTransport(inner, noted),
    hasWritten: () => sent > 0,
    accepted: () => sent - refused,
  }
}

const realClock: Clock = {
  now: () => Date.now(),
  async sleep(milliseconds, signal) {
    try {
      await sleep(milliseconds, undefined, present({ signal }))
    } catch (error) {
      throw new CancelledError('Waiting was interrupted.', { cause: error })
    }
  },
}
