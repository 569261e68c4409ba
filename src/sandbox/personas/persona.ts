/** How a provider differs from the standard: its categories, behaviour and responses. */
import type { Category, TypeId } from '../../model/index.js'
import type { HeaderPair, RenderingName } from '../../rendering/index.js'
import type { Context, Outcome } from '../operations/context.js'
import type { Payload } from '../operations/payload.js'
import type { Change, EntityRecord } from '../state/record.js'
import type { SandboxResponse } from '../types.js'

/** The behaviour of operations. */
export interface Behaviour {
  /** Prefix of all paths that clients see: '' or '/occi1.1'. */
  readonly basePath: string
  readonly atCreate: {
    readonly immutable: 'refuse' | 'accept' | 'drop'
    readonly unknown: 'refuse' | 'keep' | 'drop'
    readonly required: 'check' | 'ignore'
  }
  readonly atUpdate: {
    readonly immutable: 'refuse' | 'accept' | 'drop'
    readonly unknown: 'refuse' | 'keep' | 'drop'
  }
  /** Whether a client may choose id and path. */
  readonly chosenIds: 'honour' | 'ignore'
  /** `occi.core.id` of a new entity, from its UUID (or last path segment) and its path. */
  readonly identifier: (segment: string, path: string) => string
  /** Status when a mixin does not apply to the kind. */
  readonly mixinMisfit: 400 | 403
  /** Whether a second template replaces the first. */
  readonly templates: 'replace' | 'pile-up'
  /** Status when an action exists but is not applicable now. */
  readonly inapplicable: 400 | 409
  readonly putWithLinks: 'refuse' | 'ignore'
  readonly paging: 'on' | 'ignored'
  /** What the query interface lists for a Category: only that one (1.1), or all related ones (Q2). */
  readonly queryFilter: 'exact' | 'related'
  /** DELETE on a mixin's collection without members: detaches the mixin, or destroys the entities. */
  readonly emptyDissociate: 'detach-all' | 'destroy'
  /** Last segments of new paths: UUIDs by default, or consecutive numbers. */
  readonly segments?: 'numbers'
  /** The refusal of a compute without an image. */
  readonly needsImage?: { readonly status: number; readonly message: string }
  /** The refusal of a compute without a size. */
  readonly needsSize?: { readonly status: number; readonly message: string }
  /** Kinds whose title is not kept. */
  readonly untitled?: readonly TypeId[]
  /** New entities stay in their first state until an action is triggered, and actions are immediate. */
  readonly startsNothing?: true
  /** Attributes whose fraction is dropped. */
  readonly truncated?: readonly string[]
  /** Later changes of titles are not kept; they are shown in the response only, or nowhere. */
  readonly titleUpdates?: 'answered-only' | 'ignored'
  readonly needsTitle?: { readonly status: number; readonly message: string }
  /** Attributes that clients must not give at creation. */
  readonly frozenAtCreate?: readonly string[]
  /** Network to which each new compute is linked by default. */
  readonly defaultNetwork?: string
  /** Shows all actions at any time, not only applicable ones. */
  readonly showsAllActions?: true
  /** Names of states that are shown instead; `building` is a compute that has not been active yet. */
  readonly shownStates?: ReadonlyMap<string, string>
  /** Unknown paths that end in a slash are empty collections rather than 404 (Q22). */
  readonly unknownPaths?: 'empty'
  /** Deleted entities are answered with 410 instead of 404. */
  readonly remembersDeleted?: true
  /** User-defined mixins may depend on unknown ones, as in the example of GFD.185 §3.4.1. */
  readonly takesUnknownParents?: true
  /** Links cannot be deleted, and remain after their ends are deleted (E12). */
  readonly links?: 'permanent'
  /** New entities are created below this path instead of the kind's location. */
  readonly newEntitiesAt?: string
  /** Creation at an existing path or id overwrites the entity. */
  readonly overwrites?: true
  /** Refusals of media types come after the write (E5). */
  readonly writesBeforeRefusing?: true
  /** User-defined mixins are located below this path, whatever location they request. */
  readonly userMixinsAt?: string
  /** DELETE on a mixin's collection with members. Default: detaches the mixin from them. */
  readonly namedDissociate?: 'destroy'
  /** Whether the collection of a kind includes entities of its descendants. Default: true. */
  readonly listsDescendants?: false
  /** Attributes that are accepted at creation and ignored. */
  readonly ignores?: readonly string[]
  /** Attributes that are shown empty, whatever was sent. */
  readonly emptied?: readonly string[]
  /** Mixins and attributes that are kept but never shown. */
  readonly hides?: ReadonlySet<string>
  /** PUT on an entity is a partial update. */
  readonly putUpdates?: true
  /** Accepts parameters of actions that the model does not define. */
  readonly anyParameters?: true
  /** What names an action where the query and the category differ. Default: that is refused. */
  readonly actionBy?: 'category'
  /** A link to this network reserves an address, which becomes its target. */
  readonly externalNetwork?: string
  /** Titles of new resources without one, by term of the kind. */
  readonly titles?: Readonly<Record<string, string>>
  /** Operations that this provider answers with an error, by name. */
  readonly refused: ReadonlyMap<OperationName, { readonly status: number; readonly message: string }>
}

/**
 * A rule by which the imitated server refuses requests. A persona's rules are in `rules/NAME.ts`. They are
 * applied in order, after routing and before the operation.
 */
export interface Rule {
  /** Operations to which the rule applies. Default: all. */
  readonly at?: readonly OperationName[]
  /** Whether a request breaks the rule. A string is passed to `message`. */
  readonly when: (asked: Asked) => boolean | string
  readonly status: number
  readonly message: string | ((what: string) => string)
  /** File and line in the server's source, or `recording: exchange`. */
  readonly source: string
}

/** A request, for rules. */
export interface Asked {
  readonly operation: OperationName
  readonly read: ReadRequest
  readonly accept: string | undefined
  /** The message. Access throws a Fault when it cannot be read. */
  readonly payload: Payload
  /** The body parsed as JSON, whatever its media type; undefined when it is not JSON. */
  readonly json: unknown
  /** The target entity of the request. */
  readonly record: EntityRecord | undefined
  readonly context: Context
}

export type OperationName =
  | 'query'
  | 'add-mixin'
  | 'remove-mixin'
  | 'list'
  | 'create'
  | 'create-at'
  | 'associate'
  | 'set-members'
  | 'dissociate'
  | 'delete-all'
  | 'retrieve'
  | 'update'
  | 'replace'
  | 'delete'
  | 'trigger'
  | 'trigger-all'
  | 'root'

/** Media types of requests and responses, and how they are negotiated. */
export interface MediaHabits {
  /** In order of preference; the first one is the default. */
  readonly answers: readonly { readonly type: string; readonly rendering: RenderingName }[]
  readonly reads: readonly { readonly type: string; readonly rendering: RenderingName }[]
  /**
   * How Accept is read: with q-values, by the first known type, by one exact type, or by one exact type or
   * the default.
   */
  readonly matching: 'q-values' | 'first-known' | 'exact' | 'exact-or-default'
  /** Status for a Content-Type that is not supported. */
  readonly unreadable: 406 | 415 | 400 | 500
}

export interface Persona {
  readonly name: string
  readonly title: string
  readonly behaviour: Behaviour
  readonly rules?: readonly Rule[]
  /** Supported OCCI versions, highest first. */
  readonly versions: readonly string[]
  readonly server: readonly HeaderPair[]
  /** Paths of the query interface. */
  readonly queryPaths: readonly string[]
  readonly categories: readonly Category[]
  readonly seed: (now: number) => readonly Change[]
  readonly media: MediaHabits
  readonly statuses: Readonly<Partial<Record<Outcome['what'], number>>>
  /** Converts a standard response to the one that this server sends. */
  readonly deviate?: (answer: Answer) => SandboxResponse
  /** Changes a request to what this server reads, before anything else. */
  readonly misread?: (request: ReadRequest) => ReadRequest
}

export interface ReadRequest {
  readonly method: string
  readonly path: string
  readonly query: ReadonlyMap<string, string>
  readonly headers: readonly HeaderPair[]
  readonly body: string
  readonly contentType?: string
}

export interface Answer {
  readonly method: string
  readonly path: string
  /** `http://host:port` as the client addressed the server. */
  readonly origin: string
  readonly accept: string | undefined
  readonly rendering: RenderingName
  readonly outcome: Outcome | { readonly what: 'error'; readonly status: number; readonly message: string }
  readonly response: SandboxResponse
  readonly describe: (id: string) => Category | undefined
}
