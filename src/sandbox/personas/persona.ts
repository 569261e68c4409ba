/** How one kind of provider differs from the standard: what it offers, how it behaves, how it answers. */
import type { Category, TypeId } from '../../model/index.js'
import type { HeaderPair, RenderingName } from '../../rendering/index.js'
import type { Context, Outcome } from '../operations/context.js'
import type { Payload } from '../operations/payload.js'
import type { Change, EntityRecord } from '../state/record.js'
import type { SandboxResponse } from '../types.js'

/** What operations ask of a persona. */
export interface Behaviour {
  /** Prefix of all paths as clients see them: '' or '/occi1.1'. */
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
  /** Status when a mixin does not fit the kind. */
  readonly mixinMisfit: 400 | 403
  /** Whether a second template replaces the first. */
  readonly templates: 'replace' | 'pile-up'
  /** Status when an action exists but is not applicable now. */
  readonly inapplicable: 400 | 409
  readonly putWithLinks: 'refuse' | 'ignore'
  readonly paging: 'on' | 'ignored'
  /** What GET with a Category lists at the query interface: that one only (1.1) or all that relate to it (Q2). */
  readonly queryFilter: 'exact' | 'related'
  /** DELETE on a mixin's collection without naming members: takes the mixin off, or destroys the entities. */
  readonly emptyDissociate: 'detach-all' | 'destroy'
  /** Segments of new paths: UUIDs, or numbers counted up. */
  readonly segments?: 'numbers'
  /** A compute must come with an image; else this is said. */
  readonly needsImage?: { readonly status: number; readonly message: string }
  /** A compute must come with a size; else this is said. */
  readonly needsSize?: { readonly status: number; readonly message: string }
  /** Kinds of which no title is kept. */
  readonly untitled?: readonly TypeId[]
  /** New entities stay in their first state until an action is triggered, and actions take effect at once. */
  readonly startsNothing?: true
  /** Attributes of which the whole part is kept. */
  readonly truncated?: readonly string[]
  /** Titles that are given later are not kept; they are shown in the answer, or not even there. */
  readonly titleUpdates?: 'answered-only' | 'ignored'
  readonly needsTitle?: { readonly status: number; readonly message: string }
  /** Attributes that clients may not give at creation. */
  readonly frozenAtCreate?: readonly string[]
  /** Network to which each new compute is linked unasked. */
  readonly defaultNetwork?: string
  /** All actions are shown at any time, not only those that are applicable. */
  readonly showsAllActions?: true
  /** States under other names; `building` stands for a compute that has not been active yet. */
  readonly shownStates?: ReadonlyMap<string, string>
  /** Paths at which nothing is: 404, or an empty collection when they end in a slash (Q22). */
  readonly unknownPaths?: 'empty'
  /** What was deleted is answered with 410 instead of 404. */
  readonly remembersDeleted?: true
  /** A user's mixin may depend on one that nobody knows here, as in the example of GFD.185 §3.4.1. */
  readonly takesUnknownParents?: true
  /** Links cannot be deleted, and survive their ends (E12). */
  readonly links?: 'permanent'
  /** New entities are put below this path instead of the kind's location. */
  readonly newEntitiesAt?: string
  /** A chosen path or id that is taken is overwritten. */
  readonly overwrites?: true
  /** A refusal for the sake of media types may come after the write has been done (E5). */
  readonly writesBeforeRefusing?: true
  /** Users' mixins are put below this path, whatever location they ask for. */
  readonly userMixinsAt?: string
  /** DELETE on a mixin's collection that names members. Default: takes the mixin off them. */
  readonly namedDissociate?: 'destroy'
  /** Whether the collection of a kind has the entities of its descendants. Default: it has. */
  readonly listsDescendants?: false
  /** Attributes that are taken at creation and count for nothing. */
  readonly ignores?: readonly string[]
  /** Mixins and attributes that are kept and never shown. */
  readonly hides?: ReadonlySet<string>
  /** PUT on an entity changes what it names, and nothing else. */
  readonly putUpdates?: true
  /** Parameters of actions that the model does not have are taken. */
  readonly anyParameters?: true
  /** A link to this network reserves an address, and leads to that. */
  readonly externalNetwork?: string
  /** A new resource without a title gets this, by term of its kind. */
  readonly titles?: Readonly<Record<string, string>>
  /** Operations that this provider answers with an error, by name. */
  readonly refused: ReadonlyMap<OperationName, { readonly status: number; readonly message: string }>
}

/**
 * One rule by which the imitated server refuses requests. A persona's rules stand in `rules/NAME.ts` and are
 * applied in their order, once the operation is known and before it is carried out.
 */
export interface Rule {
  /** Operations that the rule guards. Default: all. */
  readonly at?: readonly OperationName[]
  /** Whether a request breaks the rule; a string tells `message` what is wrong with it. */
  readonly when: (asked: Asked) => boolean | string
  readonly status: number
  readonly message: string | ((what: string) => string)
  /** The file and line in the server's source, or `recording: exchange`. */
  readonly source: string
}

/** A request as rules see it. */
export interface Asked {
  readonly operation: OperationName
  readonly read: ReadRequest
  readonly accept: string | undefined
  /** The message as the sandbox understands it. Reading it throws a Fault when it is unreadable. */
  readonly payload: Payload
  /** The body as JSON, whatever its media type; undefined when it is not JSON. */
  readonly json: unknown
  /** The entity at which the request is aimed. */
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

/** Which media types go in and out, and how they are chosen. */
export interface MediaHabits {
  /** In order of the server's preference; the first serves as default. */
  readonly answers: readonly { readonly type: string; readonly rendering: RenderingName }[]
  readonly reads: readonly { readonly type: string; readonly rendering: RenderingName }[]
  /** How Accept is read: with q-values, the first known type, one exact type, or one exact type or the default. */
  readonly matching: 'q-values' | 'first-known' | 'exact' | 'exact-or-default'
  /** Status for a Content-Type that it can not read. */
  readonly unreadable: 406 | 415 | 400 | 500
}

export interface Persona {
  readonly name: string
  readonly title: string
  readonly behaviour: Behaviour
  readonly rules?: readonly Rule[]
  /** OCCI versions that it speaks, highest first. */
  readonly versions: readonly string[]
  readonly server: readonly HeaderPair[]
  /** Paths of the query interface. */
  readonly queryPaths: readonly string[]
  readonly categories: readonly Category[]
  readonly seed: (now: number) => readonly Change[]
  readonly media: MediaHabits
  readonly statuses: Readonly<Partial<Record<Outcome['what'], number>>>
  /** Deviating answers: gets the standard answer, gives what this server sends instead. */
  readonly deviate?: (answer: Answer) => SandboxResponse
  /** Reads requests in this server's way, before anything else. */
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
  /** `http://host:port` as the client addressed us. */
  readonly origin: string
  readonly accept: string | undefined
  readonly rendering: RenderingName
  readonly outcome: Outcome | { readonly what: 'error'; readonly status: number; readonly message: string }
  readonly response: SandboxResponse
  readonly describe: (id: string) => Category | undefined
}
