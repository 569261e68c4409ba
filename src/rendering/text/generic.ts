/** What the text grammar yields before it is lifted into the model: the notation of the test vectors. */
import type { AttributeValue, CategoryClass } from '../../model/index.js'

export interface TextMessage {
  readonly categories: RawCategory[]
  readonly links: RawLink[]
  readonly attributes: RawAttributes
  readonly locations: string[]
  /** MartServer's `message:`, `X-OCCI-Error`. */
  error: string | undefined
}

export interface RawCategory {
  readonly term: string
  readonly scheme: string
  readonly class: CategoryClass | undefined
  readonly title: string | undefined
  readonly rel: readonly string[] | undefined
  readonly location: string | undefined
  readonly attributes: readonly RawDefinition[] | undefined
  readonly actions: readonly string[] | undefined
}

export interface RawDefinition {
  readonly name: string
  readonly required: boolean
  readonly immutable: boolean
}

export interface RawLink {
  readonly target: string
  readonly rel: readonly string[]
  readonly self: string | undefined
  readonly category: readonly string[] | undefined
  readonly attributes: RawAttributes
  /** The term after `?action=` in the target. */
  readonly action: string | undefined
}

export interface RawAttributes {
  readonly values: Map<string, AttributeValue>
  /** Numbers as they were written, where that differs. */
  readonly lexemes: Map<string, string>
}

export function emptyAttributes(): RawAttributes {
  return { values: new Map(), lexemes: new Map() }
}

export function emptyMessage(): TextMessage {
  return { categories: [], links: [], attributes: emptyAttributes(), locations: [], error: undefined }
}
