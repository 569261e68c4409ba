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
  /** Absolute http(s) URL; may have a base path (`https://h:8787/occi1.1/`). */
  readonly endpoint: string
  /** Default: a new transport with the client certificate of the credentials. */
  readonly transport?: Transport | undefined
  /** No credentials by default. */
  readonly credentials?: Credentials | undefined
  /** Sets the rendering for reading and writing. Default: negotiated and remembered. */
  readonly mediaType?: RenderingName | undefined
  /** Sets the provider profile by name. Default: recognised by its responses. */
  readonly provider?: string | undefined
  /** Keeps the model and what was learned about the provider between processes. Default: none. */
  readonly memory?: ProviderMemory | undefined
  /**
   * Parallel requests when many entities are described or changed. Default 10. A transport of your own needs
   * one connection more (`connectionsFor`): a listing is read while its members are described.
   */
  readonly concurrency?: number | undefined
  /** Header pairs added to every request (`--header`). */
  readonly headers?: readonly (readonly [string, string])[] | undefined
  /** Called for each tolerated deviation, once per message. */
  readonly onDeviation?: ((deviation: Deviation, where: { method: string; url: string }) => void) | undefined
  /** Whether entities and actions are checked against the model before sending. Default true. */
  readonly validate?: boolean | undefined
  /** Clock and sleep, for tests. */
  readonly clock?: Clock | undefined
  /** Generates ids for client-chosen locations. Default: random UUIDs. */
  readonly uuid?: (() => string) | undefined
}

export type { Clock }

/** Storage for one endpoint and identity. The client reads it once and writes it after changes. */
export interface ProviderMemory {
  load(): Promise<ProviderNotes | undefined>
  save(notes: ProviderNotes): Promise<void>
}

/** What is cached about a provider, as plain JSON. */
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

/** A mixin, by object, identifier, term or title. */
export type MixinRef = Mixin | string

/** An action, by its term, its identifier, or an object with it, such as one of `entity.actions` or `model.actions`. */
export type ActionRef = CommonAction | Pick<ActionReference, 'id'>

/** Terms of the actions of OCCI infrastructure (GFD.224); the provider's model has the rest. */
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

/** An instance: its URL or path, or an object with a location. An entity with its kind saves a request. */
export type EntityRef = string | { readonly location?: string | undefined } | Entity

/** Options of every operation. */
export interface RequestOptions {
  readonly signal?: AbortSignal | undefined
}

/** Options of `trigger`. */
export interface TriggerOptions extends RequestOptions {
  /** Called with the locations of what the action created, such as a saved image (ooi). */
  readonly onCreated?: ((locations: readonly string[]) => void) | undefined
  /** Whether the entity is read afterwards, which costs a request. Default true. */
  readonly readBack?: boolean | undefined
}

/** Conditions that members must all meet. The provider applies them if it can, and the client otherwise. */
export interface Filter {
  /** Kinds and mixins, including those that depend on them. */
  readonly categories?: readonly CollectionRef[] | undefined
  /** Values by name. Numbers are compared as numbers, locations as locations. */
  readonly attributes?: GivenAttributes | undefined
}

/** Options of `list` and `locations`. */
export interface ListOptions extends RequestOptions {
  readonly filter?: Filter | undefined
  /** Page size to request; all pages are followed. Default: the provider decides. */
  readonly pageSize?: number | undefined
}

/** A link to be created, by itself or with its source. Kind and mixins are resolved as those of an entity. */
export interface NewLink {
  readonly target: string
  /** Kind of the target, if the caller knows it; it saves a request. */
  readonly targetKind?: TypeId | undefined
  /** Kind of the link; default: derived from source and target. */
  readonly kind?: Kind | string | undefined
  readonly mixins?: readonly MixinRef[] | undefined
  readonly attributes?: GivenAttributes | undefined
}

/** An entity to be created. Its kind and mixins are given by object, identifier, term or title, and resolved by the model. */
export interface NewEntity {
  readonly kind: CollectionRef
  readonly mixins?: readonly MixinRef[] | undefined
  readonly title?: string | undefined
  readonly summary?: string | undefined
  readonly attributes?: GivenAttributes | undefined
  /** Inline links (resources only). */
  readonly links?: readonly NewLink[] | undefined
  /** An id or path that the client chooses; sent by PUT. */
  readonly id?: string | undefined
}

/** The result of `create` and `link`. */
export interface Created {
  /** Absolute URL. */
  readonly location: string
  /** Present when the server rendered it. */
  readonly entity?: LocatedEntity
  readonly deviations: readonly Deviation[]
}

/** The changes of `update`; absent members are not changed. */
export interface Changes {
  readonly title?: string | undefined
  readonly summary?: string | undefined
  readonly attributes?: GivenAttributes | undefined
  /** Mixins to attach. A second os_tpl or resource_tpl replaces the first one. */
  readonly mixins?: readonly MixinRef[] | undefined
}

/** A user-defined mixin (tag). */
export interface NewMixin {
  readonly scheme: string
  readonly term: string
  readonly title?: string | undefined
  /** Path that ends in a slash; default `/<term>/`. The provider may choose another. */
  readonly location?: string | undefined
  readonly depends?: readonly MixinRef[] | undefined
}

/** A request of `raw`. */
export interface RawRequest {
  readonly method: string
  /** Path below the endpoint, or a URL there. */
  readonly path: string
  readonly headers?: readonly (readonly [string, string])[] | undefined
  readonly body?: string | undefined
}

/** The condition that `wait` waits for. */
export type WaitCondition =
  /** The kind's state attribute (`occi.compute.state`) equals this. */
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
  /** Milliseconds; default 600,000. TimeoutError afterwards, naming the last state. */
  readonly timeout?: number | undefined
  /** Milliseconds before the first read after the initial one, doubled up to 15 s. Default 500. */
  readonly interval?: number | undefined
  /** The entity, if it was just read; it saves the first request. */
  readonly known?: Entity | undefined
  /** The term of the action that was just triggered and is to lead to the state. */
  readonly after?: string | undefined
  readonly onPoll?: (state: string | undefined, elapsed: number) => void
}

/** The result of `provider`: the software at the endpoint, and how the client communicates with it. */
export interface ProviderReport {
  /** The name as for `--provider`. */
  readonly name: string
  readonly title: string
  readonly recognisedBy: string
  readonly read: RenderingName
  readonly write: RenderingName
  /** Whether one request lists the members of a collection whole, or each is described by a request of its own. */
  readonly listings: 'entities' | 'locations'
  readonly queryUrl: string
  readonly server?: string
  readonly versions: readonly string[]
  readonly quirks: readonly { readonly name: string; readonly why: string }[]
}
