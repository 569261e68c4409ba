/** Entity instances: resources and links (GFD.221 §4.6–§4.8). */
import type { Attributes } from './attribute.js'
import type { TypeId } from './identifier.js'

interface EntityBase {
  readonly kind: TypeId
  readonly mixins: readonly TypeId[]
  /** `occi.core.id`: opaque, often a URN, a bare UUID, an integer, or a path. */
  readonly id?: string
  /** `occi.core.title`. */
  readonly title?: string
  /**
   * The state as the client interpreted it, if the provider expresses it in a non-standard attribute (`stateOf`).
   */
  readonly state?: State
  /**
   * URL of the entity. Parsers keep it as received; the client makes it absolute.
   */
  readonly location?: string
  /**
   * All attributes except occi.core.id, .title, .summary, .source and .target, which are members of the
   * entity.
   */
  readonly attributes: Attributes
  /** Numbers as the provider wrote them (`2.0`), if JavaScript would print them differently. */
  readonly lexemes?: ReadonlyMap<string, string>
  /** Actions that the provider says are applicable now. */
  readonly actions: readonly ActionReference[]
}

/** An action that an entity offers now. */
export interface ActionReference {
  readonly id: TypeId
  /** The URL to POST to, if the provider gave one: `…?action=stop`. */
  readonly href?: string
}

/** A machine, a network, a volume …: an entity that is not a link. */
export interface Resource extends EntityBase {
  readonly type: 'resource'
  /** `occi.core.summary`. */
  readonly summary?: string
  readonly links: readonly Link[]
}

/** The source or target of a link. */
export interface LinkEnd {
  readonly location: string
  readonly kind?: TypeId
  /** Title of the linked resource, if the client knows it. No rendering carries it. */
  readonly title?: string
}

/** A connection between two resources, such as a network interface or an attached volume. */
export interface Link extends EntityBase {
  readonly type: 'link'
  readonly source?: LinkEnd
  readonly target?: LinkEnd
  /** `rel` of a text rendering, if it is `core#link` instead of the target's kind (rOCCI-server). */
  readonly rel?: TypeId
}

/** An instance of a kind: a resource or a link, as `type` says. */
export type Entity = Resource | Link

/** An entity with a location, which every entity from the client has. */
export type LocatedEntity = Entity & { readonly location: string }

/** Common states: those of OCCI infrastructure (GFD.184, GFD.224), and some that servers or the client add. */
export type State =
  | 'active'
  | 'inactive'
  | 'suspended'
  | 'waiting'
  | 'online'
  | 'offline'
  | 'degraded'
  | 'error'
  | 'deleted'
  | (string & {})

/** An action to be triggered, with its parameters. */
export interface ActionInvocation {
  readonly action: TypeId
  readonly attributes: Attributes
}
