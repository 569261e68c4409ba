/** The parts of a text message as read, before they are converted to the model. */
import type { AttributeDefinitions, AttributeValue, CategoryClass } from '../../model/index.js'

/** The fields of one entity, collection or model, as read. */
export interface TextMessage {
  readonly categories: RawCategory[]
  readonly links: RawLink[]
  readonly attributes: RawAttributes
  readonly locations: string[]
  /** The text of X-OCCI-Error, or of MartServer's `message:`. */
  error: string | undefined
  /** The next entity, if the server renders a collection with whole entities (MartServer). */
  next: TextMessage | undefined
}

/** A category as read. It is filled while its parameters are read, so that a large model needs one object for each. */
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

/** A value of the Link field: a link, or an action that the entity offers. */
export interface RawLink {
  readonly target: string
  readonly rel: readonly string[]
  readonly self: string | undefined
  readonly category: readonly string[] | undefined
  readonly attributes: RawAttributes
  /** For an action: its term, which the target has after `?action=`. */
  readonly action: string | undefined
}

/** Attribute values as read, by name. */
export interface RawAttributes {
  readonly values: Map<string, AttributeValue>
  /** Numbers as the server wrote them, if JavaScript would print them differently. */
  readonly lexemes: Map<string, string>
  /** The text between the quotes, for strings that contain escapes. */
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
