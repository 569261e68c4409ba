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
  /** What the provider means by the state that it shows, where another attribute tells it (`stateOf`). */
  readonly state?: string
  /** URL of the instance. As rendered until the client has resolved it; absolute in all that the client returns. */
  readonly location?: string
  /** All attributes but occi.core.id, .title, .summary, .source and .target, which are members. */
  readonly attributes: Attributes
  /** Numbers as they were written (`2.0`), where that differs from how JavaScript prints them. */
  readonly lexemes?: ReadonlyMap<string, string>
  /** Actions that the provider says are applicable now. */
  readonly actions: readonly ActionReference[]
}

export interface ActionReference {
  readonly id: TypeId
  /** Where to POST, when the provider gave it: `…?action=stop`. */
  readonly href?: string
}

export interface Resource extends EntityBase {
  readonly type: 'resource'
  /** `occi.core.summary`. */
  readonly summary?: string
  readonly links: readonly Link[]
}

export interface LinkEnd {
  readonly location: string
  readonly kind?: TypeId
  /** The title of what is there, where the reader happens to know it. No rendering carries it. */
  readonly title?: string
}

export interface Link extends EntityBase {
  readonly type: 'link'
  readonly source?: LinkEnd
  readonly target?: LinkEnd
  /** `rel` of a text rendering where it is `core#link` instead of the target's kind (rOCCI-server). */
  readonly rel?: TypeId
}

export type Entity = Resource | Link

/** An action to be triggered, with its parameters. */
export interface ActionInvocation {
  readonly action: TypeId
  readonly attributes: Attributes
}
