/** The input and the outcome of operations, independent of media types and statuses. */
import type { Category, Entity } from '../../model/index.js'
import type { Catalog } from '../catalog/catalog.js'
import type { Cloud } from '../state/cloud.js'
import type { EntityRecord } from '../state/record.js'
import type { MakeUuid } from '../types.js'
import type { Behaviour } from './behaviour.js'

/** What an operation works with. */
export interface Context {
  readonly cloud: Cloud
  readonly catalog: Catalog
  /** The time of the request in milliseconds since the epoch. */
  readonly now: number
  /** The factor for the durations of state changes. 0 makes them immediate. */
  readonly durationFactor: number
  /** Highest number of machines; Infinity for no limit. */
  readonly machineLimit: number
  readonly uuid: MakeUuid
  readonly behaviour: Behaviour
  /** Whether deleted entities are answered with 410 rather than 404. */
  readonly answersGone: boolean
}

/** What an operation did or found. */
export type Outcome =
  | { readonly what: 'model'; readonly categories: readonly Category[] }
  | { readonly what: 'entity'; readonly path: string; readonly entity: Entity }
  /** Created entities; more than one only for a JSON collection. */
  | { readonly what: 'created'; readonly entities: readonly Entity[]; readonly paths: readonly string[] }
  | { readonly what: 'updated'; readonly path: string; readonly entity: Entity }
  | {
      readonly what: 'list'
      readonly records: readonly EntityRecord[]
      readonly entities: () => readonly Entity[]
    }
  /** The entities, collections and sub-paths directly below a path. */
  | { readonly what: 'nodes'; readonly paths: readonly string[] }
  /** The entities on which an action was triggered, and the OS template that the action `save` created. */
  | { readonly what: 'triggered'; readonly entities: readonly Entity[]; readonly template?: Category }
  | { readonly what: 'mixin-added'; readonly mixins: readonly Category[] }
  | { readonly what: 'mixin-removed' }
  | { readonly what: 'membership'; readonly entities: readonly Entity[] }
  | { readonly what: 'deleted' }
