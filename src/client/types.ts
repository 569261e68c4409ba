/** Types of the client. See OcciClient for the operations. */
import type { Credentials } from '../auth/index.js'
import type {
  Attributes,
  AttributeValue,
  Category,
  Entity,
  Kind,
  Mixin,
  Model,
  TypeId,
} from '../model/index.js'
import type { Deviation, RenderingName } from '../rendering/index.js'
import type { HttpResponse, Transport } from '../transport/index.js'
import type { Batched } from './batches.js'

export interface ClientSettings {
  /** Absolute http(s) URL; may have a base path (`https://h:8787/occi1.1/`). */
  readonly endpoint: string
  /** Default: a new transport with the client certificate of the credentials. */
  readonly transport?: Transport
  /** No credentials by default. */
  readonly credentials?: Credentials
  /** Sets the rendering for reading and writing. Default: negotiated and remembered. */
  readonly mediaType?: RenderingName | undefined
  /** Sets the provider profile by name. Default: recognised by its responses. */
  readonly provider?: string | undefined
  /** Keeps the model and what was learned about the provider between processes. Default: none. */
  readonly memory?: ProviderMemory
  /**
   * Parallel requests when many entities are described or changed. Default 10. A transport of your own needs
   * one connection more (`connectionsFor`): a listing is read while its members are described.
   */
  readonly concurrency?: number
  /** Header pairs added to every request (`--header`). */
  readonly headers?: readonly (readonly [string, string])[]
  /** Called for each tolerated deviation, once per message. */
  readonly onDeviation?: (deviation: Deviation, where: { method: string; url: string }) => void
  /** Whether entities and actions are checked against the model before sending. Default true. */
  readonly validate?: boolean
  /** Clock and sleep, for tests. */
  readonly clock?: Clock
  /** Generates ids for client-chosen locations. Default: random UUIDs. */
  readonly uuid?: () => string
}

export interface Clock {
  now(): number
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>
}

/** Storage for one endpoint and identity. The client reads it once and writes it after changes. */
export interface ProviderMemory {
  load(): Promise<ProviderNotes | undefined>
  save(notes: ProviderNotes): Promise<void>
}

/** Plain JSON. */
export interface ProviderNotes {
  readonly version: 1
  readonly categories?: readonly unknown[]
  readonly etag?: string
  /** Milliseconds since the epoch. */
  readonly fetched?: number
  readonly read?: RenderingName
  readonly write?: RenderingName
  readonly provider?: string
  /** Name of the provider profile, and the sign by which it was recognised. */
  readonly recognisedBy?: string
  /** Path of the query interface below the endpoint, and the rendering in which it was read. */
  readonly queryPath?: string
  readonly model?: RenderingName
  readonly server?: string
  readonly versions?: readonly string[]
}

/** A collection: a kind or mixin, by object, identifier, term or title, or a path below the endpoint ending in `/`. */
export type CollectionRef = Kind | Mixin | string

/** An instance: its URL or path, or an object with a location. An entity with its kind saves a request. */
export type EntityRef = string | { readonly location?: string } | Entity

export interface RequestOptions {
  readonly signal?: AbortSignal
}

export interface TriggerOptions extends RequestOptions {
  /** Called with the locations of what the action created, such as a saved image (ooi). */
  readonly onMade?: (locations: readonly string[]) => void
  /** Whether the entity is read afterwards, which costs a request. Default true. */
  readonly readBack?: boolean
}

export interface Filter {
  readonly categories?: readonly TypeId[]
  readonly attributes?: Attributes
}

export interface ListOptions extends RequestOptions {
  readonly filter?: Filter
  /** Page size to request; all pages are followed. Default: as the provider does by itself. */
  readonly pageSize?: number
}

export interface NewLink {
  readonly target: string
  /** Kind of the target, if the caller knows it; it saves a request. */
  readonly targetKind?: TypeId
  readonly kind?: string
  readonly mixins?: readonly string[]
  readonly attributes?: Attributes | Readonly<Record<string, AttributeValue>>
}

/** Kind and mixins are given by object, identifier, term or title, and resolved by the model. */
export interface NewEntity {
  readonly kind: CollectionRef
  readonly mixins?: readonly string[]
  readonly title?: string
  readonly summary?: string
  readonly attributes?: Attributes | Readonly<Record<string, AttributeValue>>
  /** Inline links (resources only). */
  readonly links?: readonly NewLink[]
  /** An id or path that the client chooses; sent by PUT. */
  readonly id?: string
}

export interface Created {
  /** Absolute URL. */
  readonly location: string
  /** Present when the server rendered it. */
  readonly entity?: Entity
  readonly deviations: readonly Deviation[]
}

export interface Changes {
  readonly title?: string
  readonly summary?: string
  readonly attributes?: Attributes | Readonly<Record<string, AttributeValue>>
  /** Mixins to attach. A second os_tpl or resource_tpl replaces the first one. */
  readonly mixins?: readonly string[]
}

/** A user-defined mixin (tag). */
export interface NewMixin {
  readonly scheme: string
  readonly term: string
  readonly title?: string
  /** Path that ends in a slash; default `/<term>/`. The provider may choose another. */
  readonly location?: string
  readonly depends?: readonly string[]
}

export interface RawRequest {
  readonly method: string
  /** Path below the endpoint, or a URL there. */
  readonly path: string
  readonly headers?: readonly (readonly [string, string])[]
  readonly body?: string
}

export type WaitCondition =
  /** The kind's state attribute (`occi.compute.state`) equals this. */
  | { readonly for: 'state'; readonly state: string }
  | { readonly for: 'attribute'; readonly name: string; readonly value: string }
  | { readonly for: 'deleted' }
  | { readonly for: 'exists' }
  | { readonly for: 'ip' }

export interface WaitOptions extends RequestOptions {
  /** Milliseconds; default 600,000. TimeoutError afterwards, naming the last state. */
  readonly timeout?: number
  /** Milliseconds before the first read after the initial one, doubled up to 15 s. Default 500. */
  readonly interval?: number
  /** The entity, if it was just read; it saves the first request. */
  readonly known?: Entity
  /** The term of the action that was just triggered and is to lead to the state. */
  readonly after?: string
  readonly onPoll?: (state: string | undefined, elapsed: number) => void
}

/** The operations that a command line or a script needs. Implemented by OcciClient. */
export interface Client {
  readonly endpoint: string
  /** Returns the model: by one GET of /-/, or from memory while it is fresh. */
  model(options?: RequestOptions & { readonly refresh?: boolean }): Promise<Model>
  /** Reads categories from the provider, filtered by the provider or else by the client. */
  discover(options?: RequestOptions & { readonly filter?: readonly TypeId[] }): Promise<readonly Category[]>

  /**
   * Yields absolute URLs of a collection's members while they arrive; `batches()` yields those of a chunk at
   * a time.
   */
  locations(collection: CollectionRef, options?: ListOptions): Batched<string>
  /**
   * Yields whole members: by one request when the server renders whole collections, else by parallel
   * requests.
   */
  list(collection: CollectionRef, options?: ListOptions): AsyncIterable<Entity>
  describe(ref: EntityRef, options?: RequestOptions): Promise<Entity>
  /**
   * Finds the instance that a user's text refers to: an id, unique id prefix, title, path or URL. `where`
   * gives the collections that may hold it; default all. Throws NotFoundError or AmbiguousError
   * (facts.candidates). URLs and paths need no request.
   */
  find(
    name: string,
    where?: CollectionRef | readonly CollectionRef[],
    options?: RequestOptions,
  ): Promise<{ location: string; entity?: Entity }>

  /**
   * The title under which an entity like this will be found: as given, or in the form in which the provider
   * keeps names (OCCI-OS: the host name). Undefined without a title, and where the provider keeps none.
   */
  keptTitle(entity: NewEntity, options?: RequestOptions): Promise<string | undefined>
  /**
   * An id derived from the kind and title at this endpoint; undefined where the provider does not keep ids
   * that clients choose. Two programs that create an entity under this id at the same time create only one.
   */
  idFor(entity: NewEntity, options?: RequestOptions): Promise<string | undefined>
  create(entity: NewEntity, options?: RequestOptions): Promise<Created>
  update(ref: EntityRef, changes: Changes, options?: RequestOptions): Promise<Entity>
  replace(ref: EntityRef, entity: NewEntity, options?: RequestOptions): Promise<Entity>
  delete(ref: EntityRef, options?: RequestOptions): Promise<void>
  /** Deletes every member of a collection or below a path. Refuses mixin collections unless `members`. */
  deleteAll(
    collection: CollectionRef,
    options?: RequestOptions & { readonly members?: boolean },
  ): Promise<void>
  /** Triggers an action by identifier or term. Returns the entity as read afterwards, if it still exists. */
  trigger(
    ref: EntityRef,
    action: string,
    attributes?: NewEntity['attributes'],
    options?: TriggerOptions,
  ): Promise<Entity | undefined>
  triggerAll(
    collection: CollectionRef,
    action: string,
    attributes?: NewEntity['attributes'],
    options?: RequestOptions,
  ): Promise<void>

  /** Creates a link entity. The link's kind is derived from source and target kinds unless given. */
  link(source: EntityRef, link: NewLink, options?: RequestOptions): Promise<Created>
  /** Deletes the links from source to target, or one link by its location. Returns their locations. */
  unlink(source: EntityRef, target?: EntityRef, options?: RequestOptions): Promise<readonly string[]>

  defineMixin(mixin: NewMixin, options?: RequestOptions): Promise<Mixin>
  undefineMixin(mixin: string, options?: RequestOptions): Promise<void>
  attachMixin(mixin: string, entities: readonly EntityRef[], options?: RequestOptions): Promise<void>
  detachMixin(mixin: string, entities: readonly EntityRef[], options?: RequestOptions): Promise<void>
  setMixinMembers(mixin: string, entities: readonly EntityRef[], options?: RequestOptions): Promise<void>

  /**
   * Fetches the model again if a remembered one may have caused a refusal. Returns true when the refused
   * operation may be tried again; false when this client had fetched the model, or has changed something
   * already.
   */
  recheck(options?: RequestOptions): Promise<boolean>
  /**
   * Polls until the condition holds. Throws TimeoutError, WaitFailedError (state `error`) or NotFoundError.
   */
  wait(ref: EntityRef, condition: WaitCondition, options?: WaitOptions): Promise<Entity | undefined>

  /** Sends any request below the endpoint with credentials and returns the response unchanged. */
  raw(request: RawRequest, options?: RequestOptions): Promise<HttpResponse>

  /**
   * How the client communicates with this provider: recognised quirks, renderings, and the origin of the
   * model.
   */
  provider(): Promise<ProviderReport>
  close(): Promise<void>
}

export interface ProviderReport {
  /** The name as for `--provider`. */
  readonly name: string
  readonly title: string
  readonly recognisedBy: string
  readonly read: RenderingName
  readonly write: RenderingName
  readonly queryUrl: string
  readonly server?: string
  readonly versions: readonly string[]
  readonly quirks: readonly { readonly name: string; readonly why: string }[]
}
