/** Entities: resources and links (GFD.221 §4.6–§4.8). */
import type { Attributes } from './attribute.js'
import type { TypeId } from './identifier.js'

/** The members of every entity. */
interface EntityBase {
  readonly kind: TypeId
  readonly mixins: readonly TypeId[]
  /** `occi.core.id`: a URN, a UUID, an integer or a path, depending on the provider. */
  readonly id?: string
  /** `occi.core.title`. */
  readonly title?: string
  /** The state as the client interpreted it, if the provider has a non-standard attribute for it. See `stateOf`. */
  readonly state?: State
  /** The URL. It is absolute in entities from the client, and as the provider wrote it in parsed entities. */
  readonly location?: string
  /** All attributes except `occi.core.*`, which are members of the entity. */
  readonly attributes: Attributes
  /** Numbers as the provider wrote them (`2.0`), if JavaScript would print them differently. */
  readonly lexemes?: ReadonlyMap<string, string>
  /** Actions that the provider says are applicable now. */
  readonly actions: readonly ActionReference[]
}

/** An action that is applicable to an entity now. */
export interface ActionReference {
  readonly id: TypeId
  /** The URL to POST to, if the provider gave one: `…?action=stop`. */
  readonly href?: string
}

/** An entity that is not a link: a machine, a network or a volume, for example. */
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
  /** The title of the resource, if the client knows it. No rendering contains it. */
  readonly title?: string
}

/** A connection between two resources, such as a network interface or an attached volume. */
export interface Link extends EntityBase {
  readonly type: 'link'
  readonly source?: LinkEnd
  readonly target?: LinkEnd
  /** The `rel` of a text rendering, if it is `core#link` instead of the target's kind (rOCCI-server). */
  readonly rel?: TypeId
}

/** An instance of a kind: a resource or a link, depending on `type`. */
export type Entity = Resource | Link

/** An entity with a location. Every entity from the client has one. */
export type LocatedEntity = Entity & { readonly location: string }

/** A state: one of OCCI Infrastructure (GFD.184, GFD.224), one that servers or the client add, or any other text. */
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
