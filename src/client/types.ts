/** What the client takes and gives. See OcciClient for the operations. */
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
  /** Default: a transport of its own, with the certificate of the credentials. */
  readonly transport?: Transport
  /** Default: none. */
  readonly credentials?: Credentials
  /** Fixes the rendering for reading and writing; default: negotiated and remembered. */
  readonly mediaType?: RenderingName | undefined
  /** Fixes the provider quirks by name; default: recognised by fingerprint. */
  readonly provider?: string | undefined
  /** Keeps the model and what was learnt of the provider between processes. Default: nothing kept. */
  readonly memory?: ProviderMemory
  /**
   * Parallel requests when many entities are described or changed. Default 10. A transport of your own needs
   * one connection more (`connectionsFor`): a listing is read while its members are described.
   */
  readonly concurrency?: number
  /** Header pairs added to every request (`--header`). */
  readonly headers?: readonly (readonly [string, string])[]
  /** Each tolerance, once per message: what had to be forgiven, for -v. */
  readonly onDeviation?: (deviation: Deviation, where: { method: string; url: string }) => void
  /** Whether entities and actions are checked against the model before sending. Default true. */
  readonly validate?: boolean
  /** Clock and sleep, for tests. */
  readonly clock?: Clock
  /** Makes ids for client-chosen locations. Default: random UUID. */
  readonly uuid?: () => string
}

export interface Clock {
  now(): number
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>
}

/** One entry per endpoint and identity; the client reads it once and writes when something changed. */
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
  /** Path of the query interface below the endpoint, and the rendering that it was read in. */
  readonly queryPath?: string
  readonly model?: RenderingName
  readonly server?: string
  readonly versions?: readonly string[]
}

/** A collection: a kind or mixin, by object, identifier, term or title, or a path below the endpoint ending in `/`. */
export type CollectionRef = Kind | Mixin | string

/** An instance: its URL or path, or something that has one. The kind of an entity spares asking for it. */
export type EntityRef = string | { readonly location?: string } | Entity

export interface RequestOptions {
  readonly signal?: AbortSignal
}

export interface TriggerOptions extends RequestOptions {
  /** Told of what the action made, by the locations in its answer: a saved image (ooi). */
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
  /** Asks for pages of so many members and follows them; default: whatever the provider does unasked. */
  readonly pageSize?: number
}

export interface NewLink {
  readonly target: string
  /** Kind of the target where the caller knows it: it is not asked for then. */
  readonly targetKind?: TypeId
  readonly kind?: string
  readonly mixins?: readonly string[]
  readonly attributes?: Attributes | Readonly<Record<string, AttributeValue>>
}

/** Kind and mixins by object, identifier, term or title; resolved through the model. */
export interface NewEntity {
  readonly kind: CollectionRef
  readonly mixins?: readonly string[]
  readonly title?: string
  readonly summary?: string
  readonly attributes?: Attributes | Readonly<Record<string, AttributeValue>>
  /** Inline links (resources only). */
  readonly links?: readonly NewLink[]
  /** A client-chosen id or path: sent by PUT. */
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
  /** Mixins to put on. A second os_tpl or resource_tpl replaces the first. */
  readonly mixins?: readonly string[]
}

/** A mixin of the user's own, a tag. */
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
  /** Milliseconds before the first re-read; doubles up to 15 s. Default 500. */
  readonly interval?: number
  /** The entity where it was read a moment ago: the first look at it is spared. */
  readonly known?: Entity
  readonly onPoll?: (state: string | undefined, elapsed: number) => void
}

/** The operations that a command line or a script needs. Implemented by OcciClient. */
export interface Client {
  readonly endpoint: string
  /** GET /-/, once; from memory when it is fresh. */
  model(options?: RequestOptions & { readonly refresh?: boolean }): Promise<Model>
  /** Categories straight from the provider, filtered there when it can, else here. */
  discover(options?: RequestOptions & { readonly filter?: readonly TypeId[] }): Promise<readonly Category[]>

  /** Absolute URLs of a collection's members, as they arrive; `batches()` gives a piece of the answer at a time. */
  locations(collection: CollectionRef, options?: ListOptions): Batched<string>
  /** Members described: one request when the server renders whole collections, else in parallel. */
  list(collection: CollectionRef, options?: ListOptions): AsyncIterable<Entity>
  describe(ref: EntityRef, options?: RequestOptions): Promise<Entity>
  /**
   * Turns what a user typed (id, unique id prefix, title, path, URL) into an instance.
   * `where`: the collections that may hold it; default all. Throws NotFoundError or AmbiguousError
   * (facts.candidates). Costs no request for URLs and paths.
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
   * An id that follows from the kind and title at this endpoint; undefined where the provider does not keep ids that
   * clients choose. Two programs that create the same thing under it at the same time create one.
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
  /** `action` by identifier or term. Answers the entity re-read afterwards when it still exists. */
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
  /** Deletes the link(s) from source to target, or one link by its own location. Answers their locations. */
  unlink(source: EntityRef, target?: EntityRef, options?: RequestOptions): Promise<readonly string[]>

  defineMixin(mixin: NewMixin, options?: RequestOptions): Promise<Mixin>
  undefineMixin(mixin: string, options?: RequestOptions): Promise<void>
  attachMixin(mixin: string, entities: readonly EntityRef[], options?: RequestOptions): Promise<void>
  detachMixin(mixin: string, entities: readonly EntityRef[], options?: RequestOptions): Promise<void>
  setMixinMembers(mixin: string, entities: readonly EntityRef[], options?: RequestOptions): Promise<void>

  /**
   * True where a refusal may rest on a remembered model: it has been fetched anew then, and what was refused may be
   * tried again. False when the model was fetched by this client, or something has been changed already.
   */
  recheck(options?: RequestOptions): Promise<boolean>
  /** Polls until the condition holds. TimeoutError, WaitFailedError (state `error`), NotFoundError. */
  wait(ref: EntityRef, condition: WaitCondition, options?: WaitOptions): Promise<Entity | undefined>

  /** Any request below the endpoint, signed; the answer as it is. */
  raw(request: RawRequest, options?: RequestOptions): Promise<HttpResponse>

  /** How this provider is spoken to: recognised quirks, renderings, where the model came from. */
  provider(): Promise<ProviderReport>
  close(): Promise<void>
}

export interface ProviderReport {
  /** As for `--provider`. */
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
