/** Types of the client. See OcciClient for the operations. */
import type { Credentials } from '../auth/index.js'
import type {
  ActionReference,
  Attributes,
  AttributeValue,
  Entity,
  Kind,
  LocatedEntity,
  Mixin,
  State,
  TypeId,
} from '../model/index.js'
import type { Deviation, RenderingName } from '../rendering/index.js'
import type { Clock, Transport } from '../transport/index.js'

/** Settings of OcciClient. `connect` accepts most of them, and creates transport and credentials. */
export interface ClientSettings {
  /** Absolute http(s) URL, optionally with a base path (`https://h:8787/occi1.1/`). */
  readonly endpoint: string
  /** Sends the requests. Default: a new transport with the client certificate of the credentials. */
  readonly transport?: Transport | undefined
  /** Signs the requests. Default: none. */
  readonly credentials?: Credentials | undefined
  /** The rendering for reading and writing. Default: chosen for the provider. */
  readonly mediaType?: RenderingName | undefined
  /** The name of the provider profile. Default: the provider is recognised by its responses. */
  readonly provider?: string | undefined
  /** Keeps the model and other facts about the provider between processes. Default: none. */
  readonly memory?: ProviderMemory | undefined
  /**
   * The number of parallel requests when many entities are described or changed. Default 10. A transport of the caller
   * needs one connection more than that, since a listing is read while its members are described.
   */
  readonly concurrency?: number | undefined
  /** Header pairs added to every request (`--header`). */
  readonly headers?: readonly (readonly [string, string])[] | undefined
  /** Called for each tolerated deviation, with the request whose response contains it. */
  readonly onDeviation?: ((deviation: Deviation, where: { method: string; url: string }) => void) | undefined
  /** Whether entities and actions are checked against the model before sending. Default true. */
  readonly validate?: boolean | undefined
  /** Clock and sleep, for tests. */
  readonly clock?: Clock | undefined
  /** Generates ids for client-chosen locations. Default: random UUIDs. */
  readonly uuid?: (() => string) | undefined
}

export type { Clock }

/** Storage for facts about the provider, for one endpoint and identity. Its errors are ignored. */
export interface ProviderMemory {
  /** Returns the notes that were saved; undefined if there are none. */
  load(): Promise<ProviderNotes | undefined>
  save(notes: ProviderNotes): Promise<void>
}

/** The cached facts about a provider, as plain JSON. */
export interface ProviderNotes {
  /** The version of this format. */
  readonly version: 1
  /** The model as JSON. */
  readonly categories?: readonly unknown[]
  /** The ETag of the query interface. */
  readonly etag?: string
  /** When the model was fetched, in milliseconds since the epoch. */
  readonly fetched?: number
  /** The rendering in which entities are read. */
  readonly read?: RenderingName
  /** The rendering in which entities, updates and actions are written. */
  readonly write?: RenderingName
  /** The name of the provider profile. */
  readonly provider?: string
  /** The sign by which the profile was recognised, such as `Server: pyssf OCCI/1.1`. */
  readonly recognisedBy?: string
  /** The path of the query interface, relative to the endpoint. */
  readonly queryPath?: string
  /** The rendering in which the query interface was read. */
  readonly model?: RenderingName
  /** The value of the `Server` header. */
  readonly server?: string
  /** The OCCI versions that the `Server` header names. */
  readonly versions?: readonly string[]
}

/**
 * A collection: that of a kind or mixin, which is named by object, identifier, term or title; or everything below a
 * path that ends in `/`.
 */
export type CollectionRef = Kind | Mixin | string

/** A mixin, by object, identifier, term or title. */
export type MixinRef = Mixin | string

/** An action: its term, its identifier, or an object with the identifier, such as one of `entity.actions`. */
export type ActionRef = CommonAction | Pick<ActionReference, 'id'>

/** Terms of the actions of OCCI infrastructure (GFD.224). Any other string is a term or identifier of the provider. */
export type CommonAction =
  | 'start'
  | 'stop'
  | 'restart'
  | 'suspend'
  | 'save'
  | 'up'
  | 'down'
  | 'online'
  | 'offline'
  | (string & {})

/** Values by the flat names of attributes (`occi.compute.cores`), as an object or a Map. */
export type GivenAttributes = Attributes | Readonly<Record<string, AttributeValue | undefined>>

/** A reference to an entity: its URL or path, or an object with a location. A whole entity may save a request. */
export type EntityRef = string | { readonly location?: string | undefined } | Entity

/** Options of every operation. */
export interface RequestOptions {
  /** Interrupts the operation, which then throws CancelledError. */
  readonly signal?: AbortSignal | undefined
}

/** Options of `trigger`. */
export interface TriggerOptions extends RequestOptions {
  /** Called with the locations of what the action created, such as an image of the machine (ooi). */
  readonly onCreated?: ((locations: readonly string[]) => void) | undefined
  /** Whether the entity is read afterwards, which costs a request. Default true. */
  readonly readBack?: boolean | undefined
}

/** A filter of a listing: members must meet all conditions. The provider applies it if it can, otherwise the client. */
export interface Filter {
  /** Kinds and mixins that a member must have. A kind or mixin that depends on one of them counts as that one. */
  readonly categories?: readonly CollectionRef[] | undefined
  /** Values that the attributes of a member must have. Numbers are compared as numbers, locations as locations. */
  readonly attributes?: GivenAttributes | undefined
}

/** Options of `list` and `locations`. */
export interface ListOptions extends RequestOptions {
  readonly filter?: Filter | undefined
  /** The number of members in each page; all pages are requested. Default: the provider decides. */
  readonly pageSize?: number | undefined
}

/** A link to create, with its source or later. Kind and mixins are named as in NewEntity. */
export interface NewLink {
  /** URL or path of the target. */
  readonly target: string
  /** The kind of the target, which may save a request. */
  readonly targetKind?: TypeId | undefined
  /** The kind of the link. Default: derived from the kind of the target. */
  readonly kind?: Kind | string | undefined
  readonly mixins?: readonly MixinRef[] | undefined
  readonly attributes?: GivenAttributes | undefined
}

/** An entity to create. Its kind and mixins are named by object, identifier, term or title. */
export interface NewEntity {
  readonly kind: CollectionRef
  readonly mixins?: readonly MixinRef[] | undefined
  readonly title?: string | undefined
  readonly summary?: string | undefined
  readonly attributes?: GivenAttributes | undefined
  /** Links to create with the entity, which must be a resource. */
  readonly links?: readonly NewLink[] | undefined
  /** An id or path that the caller chooses; the entity is then sent by PUT. */
  readonly id?: string | undefined
}

/** The result of `create` and `link`. */
export interface Created {
  /** Absolute URL. */
  readonly location: string
  /** Present if the response showed the entity, or if the client had to read it. */
  readonly entity?: LocatedEntity
  /** The deviations in the response. */
  readonly deviations: readonly Deviation[]
}

/** The changes to make by `update`. What is absent stays unchanged. */
export interface Changes {
  readonly title?: string | undefined
  readonly summary?: string | undefined
  readonly attributes?: GivenAttributes | undefined
  /** Mixins to attach. A second os_tpl or resource_tpl replaces the first one. */
  readonly mixins?: readonly MixinRef[] | undefined
}

/** A mixin (tag) to define at the provider. */
export interface NewMixin {
  readonly scheme: string
  readonly term: string
  readonly title?: string | undefined
  /** Path that ends in a slash; default `/<term>/`. The provider may choose another. */
  readonly location?: string | undefined
  readonly depends?: readonly MixinRef[] | undefined
}

/** A request for `raw`. */
export interface RawRequest {
  readonly method: string
  /** Path below the endpoint, or a URL there. */
  readonly path: string
  readonly headers?: readonly (readonly [string, string])[] | undefined
  readonly body?: string | undefined
}

/**
 * The condition that `wait` waits for. `state`: the kind's state attribute (`occi.compute.state`) has this value.
 * `attribute`: an attribute has this value. `deleted`, `exists`: the entity no longer exists, or exists. `ip`: it has
 * an IP address.
 */
export type WaitCondition =
  | { readonly for: 'state'; readonly state: State }
  | { readonly for: 'attribute'; readonly name: string; readonly value: string }
  | { readonly for: 'deleted' }
  | { readonly for: 'exists' }
  | { readonly for: 'ip' }

/** The result of `wait`: the entity, or undefined for the condition `deleted`. */
export type WaitResult<C extends WaitCondition> = C extends { readonly for: 'deleted' }
  ? undefined
  : LocatedEntity

/** Options of `wait`. */
export interface WaitOptions extends RequestOptions {
  /** Time limit in milliseconds, after which `wait` throws TimeoutError. Default 600,000. */
  readonly timeout?: number | undefined
  /** Milliseconds between the first two reads. Each later pause is twice as long, up to 15 s. Default 500. */
  readonly interval?: number | undefined
  /** The entity as it was just read, instead of the first read. */
  readonly known?: Entity | undefined
  /** The term of the action that was just triggered to reach the state. */
  readonly after?: string | undefined
  /** Called after each read that did not fail, with the state and the milliseconds since the start. */
  readonly onPoll?: (state: string | undefined, elapsed: number) => void
}

/** The result of `provider`: the software at the endpoint, and how the client communicates with it. */
export interface ProviderReport {
  /** The name of the provider profile, as in ClientSettings.provider. */
  readonly name: string
  /** The name of the software, for people. */
  readonly title: string
  /** The sign by which the profile was recognised, or `--provider` if the caller set it. */
  readonly recognisedBy: string
  /** The rendering in which entities are read. */
  readonly read: RenderingName
  /** The rendering in which entities, updates and actions are written. */
  readonly write: RenderingName
  /**
   * `entities`: one request lists whole members. `locations`: it lists locations, and each member is read separately.
   */
  readonly listings: 'entities' | 'locations'
  /** URL of the query interface. */
  readonly queryUrl: string
  /** The value of its `Server` header. */
  readonly server?: string
  /** The OCCI versions that its `Server` header names. */
  readonly versions: readonly string[]
  /** The known quirks of the software. `why` says in one sentence what it does and what the client does about it. */
  readonly quirks: readonly { readonly name: string; readonly why: string }[]
}
