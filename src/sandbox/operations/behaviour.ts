/** How the operations of a provider differ from the standard. */
import type { TypeId } from '../../model/index.js'

/** How attributes that a client must not set are treated: immutable ones, and those that the model does not define. */
export interface AttributeRules {
  readonly immutable: 'refuse' | 'accept' | 'drop'
  readonly unknown: 'refuse' | 'keep' | 'drop'
}

/** The error that answers a request. */
interface Refusal {
  readonly status: number
  readonly message: string
}

/** What the operations of one provider do. The defaults of optional members are the behaviour of the standard. */
export interface Behaviour {
  /** Prefix of all paths that clients see: '' or '/occi1.1'. */
  readonly basePath: string
  /** How attributes are checked at creation. `required`: whether required ones must be present. */
  readonly atCreate: AttributeRules & { readonly required: 'check' | 'ignore' }
  /** How attributes are checked in updates. */
  readonly atUpdate: AttributeRules
  /** Whether the id and path that a client sends for a new entity are used. */
  readonly clientIds: 'honour' | 'ignore'
  /** Returns `occi.core.id` of a new entity, from the last segment of its path (by default a UUID) and its path. */
  readonly identifier: (segment: string, path: string) => string
  /** Status when a mixin does not apply to the kind. */
  readonly mixinNotApplicableStatus: 400 | 403
  /** Whether an added template replaces the existing one of its family. */
  readonly templates: 'replace' | 'keep-both'
  /** Status when an action exists but is not applicable now. */
  readonly actionNotApplicableStatus: 400 | 409
  /** What happens to links in a full update. */
  readonly putWithLinks: 'refuse' | 'ignore'
  /** Whether `?page` and `?number` are supported. */
  readonly paging: 'on' | 'ignored'
  /** What the query interface lists for a Category filter: only that category, or also all related ones. */
  readonly queryFilter: 'exact' | 'related'
  /** What DELETE on a mixin's collection does without X-OCCI-Location: detach the mixin, or delete all its entities. */
  readonly dissociateAll: 'detach' | 'delete-all'
  /** Last segments of new paths: UUIDs by default, or consecutive numbers. */
  readonly newPathSegments?: 'consecutive-numbers'
  /** The refusal of a compute without an image. Default: it is accepted. */
  readonly missingImage?: Refusal
  /** The refusal of a compute without a size. Default: it is accepted. */
  readonly missingSize?: Refusal
  /** Kinds whose title is not stored. */
  readonly untitledKinds?: readonly TypeId[]
  /** New entities stay in their initial state until an action is triggered, and actions take no time. */
  readonly noAutostart?: true
  /** Attributes whose values are truncated to whole numbers. */
  readonly truncatedAttributes?: readonly string[]
  /** Changes of titles are not stored. Whether at least the response to the update shows them (`answered-only`). */
  readonly titleUpdates?: 'answered-only' | 'ignored'
  /** The refusal of a compute without a title. Default: it is accepted. */
  readonly missingTitle?: Refusal
  /** Attributes of a compute that clients must not set at creation. */
  readonly refusedAtCreate?: readonly string[]
  /** Path of the network to which a new compute is linked if the request names no network. */
  readonly defaultNetwork?: string
  /** Entities show all their actions, not only those that are applicable now. */
  readonly showsAllActions?: true
  /** Names that are shown in place of states. The key `building` is for a compute that has not been active yet. */
  readonly shownStates?: ReadonlyMap<string, string>
  /** Unknown paths that end in a slash are empty collections (Q22). Default: they are answered with 404. */
  readonly unknownPaths?: 'empty'
  /** Requests for deleted entities are answered with 410 instead of 404. */
  readonly remembersDeleted?: true
  /** A user-defined mixin may depend on an unknown one, as in the example of GFD.185 §3.4.1. */
  readonly acceptsUnknownParents?: true
  /** Links cannot be deleted, and remain when their ends are deleted (E12). */
  readonly links?: 'permanent'
  /** New entities are created below this path instead of the kind's location. */
  readonly newEntitiesAt?: string
  /** Creation at an existing path or id overwrites the entity. */
  readonly overwrites?: true
  /** Unsupported media types are refused only after the write (E5). */
  readonly writesBeforeRefusing?: true
  /** User-defined mixins are located below this path; the location in the request is ignored. */
  readonly userMixinsAt?: string
  /**
   * What DELETE on a mixin's collection does with X-OCCI-Location. Default: detach the mixin from the named entities.
   * `delete-all` deletes all entities of the mixin, including others.
   */
  readonly dissociateNamed?: 'delete-all'
  /** Whether the collection of a kind includes entities of its descendants. Default: true. */
  readonly listsDescendants?: false
  /**
   * Entities have only what clients sent and the default values of attributes (E25). The provider adds no attributes,
   * mixins or ids, and states change neither with time nor by actions.
   */
  readonly addsNothing?: true
  /** Resources also show the links of which they are the target (E26). */
  readonly linksShown?: 'at-both-ends'
  /** The kind of a new entity is that of the collection; the kind in the message is ignored (E7). */
  readonly kindFrom?: 'collection'
  /** The kinds of the ends of a link are not checked. */
  readonly acceptsAnyLinkEnds?: true
  /** Any known action can be triggered on any entity. */
  readonly acceptsAnyAction?: true
  /** A partial update must have attributes, and its mixins are ignored (E18). */
  readonly updates?: 'attributes-only'
  /** PUT on a mixin's collection adds members but removes none (E19). */
  readonly putKeepsMembers?: true
  /** The query interface can be read as a list of URIs. Default: that is refused. */
  readonly queryAsUris?: true
  /** Attributes that are accepted at creation and ignored. */
  readonly ignoredAttributes?: readonly string[]
  /** Attributes whose value is always the empty string. */
  readonly blankAttributes?: readonly string[]
  /** Names of mixins and attributes that are stored but never shown. */
  readonly hiddenNames?: ReadonlySet<string>
  /** PUT on an entity is a partial update that adds mixins. */
  readonly putIsPartial?: true
  /** Accepts parameters of actions that the model does not define. */
  readonly acceptsAnyParameters?: true
  /** The category names the action even if the query names another one. Default: a difference is refused. */
  readonly actionFrom?: 'category'
  /** Path of the external network. A link to it reserves an address, which becomes the target of the link. */
  readonly externalNetwork?: string
  /** Titles of new resources for which the client sent none, by the term of their kind. */
  readonly defaultTitles?: Readonly<Record<string, string>>
  /** Operations that this provider always answers with an error. */
  readonly refusedOperations: ReadonlyMap<OperationName, Refusal>
}

/** The operations of the HTTP protocol (GFD.223 §5). `root` is the listing of `/`. */
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
