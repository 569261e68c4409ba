/** How the operations of one provider differ from the standard. */
import type { TypeId } from '../../model/index.js'

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
  /**
   * Nothing but what clients and the definitions of attributes give: no state follows from time or from an
   * action, and no attribute, mixin or id is provided (E25).
   */
  readonly keepsOnly?: true
  /** A resource shows the links that lead to it as well (E26). */
  readonly linksShown?: 'at-both-ends'
  /** The kind of a new entity is that of the collection, whatever the message names (E7). */
  readonly kindBy?: 'collection'
  /** The kinds of both ends of a link, and of what a mixin is attached to, are not looked at. */
  readonly anyEnds?: true
  /** Any known action is taken, by whatever entity. */
  readonly anyAction?: true
  /** A partial update cannot do without attributes, and takes no mixins (E18). */
  readonly updates?: 'attributes-only'
  /** PUT on a mixin's collection adds members and takes none off (E19). */
  readonly setKeepsMembers?: true
  /** The query interface as a list of URIs. Default: refused. */
  readonly queryAsUris?: true
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
