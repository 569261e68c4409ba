/** Types of the client. See OcciClient for the operations. */
import type { Credentials } from '../auth/index.js'
import type { Attributes, AttributeValue, Entity, Kind, Mixin, TypeId } from '../model/index.js'
import type { Deviation, RenderingName } from '../rendering/index.js'
import type { Clock, Transport } from '../transport/index.js'

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

export type { Clock }

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
  /** Page size to request; all pages are followed. Default: the provider decides. */
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
