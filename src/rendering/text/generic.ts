/** The parts of a text message before they are converted to the model. */
import type { AttributeDefinitions, AttributeValue, CategoryClass } from '../../model/index.js'

export interface TextMessage {
  readonly categories: RawCategory[]
  readonly links: RawLink[]
  readonly attributes: RawAttributes
  readonly locations: string[]
  /** MartServer's `message:`, `X-OCCI-Error`. */
  error: string | undefined
  /** The next entity, if a collection is rendered with whole entities. */
  next: TextMessage | undefined
}

/** Mutable, because allocating one object for each category makes reading a large model fast. */
export interface RawCategory {
  readonly term: string
  scheme: string | undefined
  class: CategoryClass | undefined
  title: string | undefined
  rel: readonly string[] | undefined
  location: string | undefined
  attributes: AttributeDefinitions | undefined
  actions: readonly string[] | undefined
}

export interface RawLink {
  readonly target: string
  readonly rel: readonly string[]
  readonly self: string | undefined
  readonly category: readonly string[] | undefined
  readonly attributes: RawAttributes
  /** The action's term, after `?action=` in the target. */
  readonly action: string | undefined
}

export interface RawAttributes {
  readonly values: Map<string, AttributeValue>
  /** Numbers as written, if JavaScript would print them differently. */
  readonly lexemes: Map<string, string>
  /** Strings as written between the quotes, if unescaping changed them. */
  readonly escaped: Map<string, string>
}

export function emptyAttributes(): RawAttributes {
  return { values: new Map(), lexemes: new Map(), escaped: new Map() }
}

export function emptyMessage(): TextMessage {
  return {
    categories: [],
    links: [],
    attributes: emptyAttributes(),
    locations: [],
    error: undefined,
    next: undefined,
  }
}
