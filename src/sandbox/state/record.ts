/** The records of the sandbox, and changes of them, which are encoded as JSON. */
import type { AttributeValue, TypeId } from '../../model/index.js'
import type { Timeline } from '../lifecycle/timeline.js'

export interface EntityRecord {
  /** Path below the provider's root, without a trailing slash. It identifies the record. */
  readonly path: string
  readonly type: 'resource' | 'link'
  readonly kind: TypeId
  readonly mixins: readonly TypeId[]
  /** `occi.core.id`; empty if neither the client nor the provider set one. */
  readonly id: string
  readonly title?: string
  readonly summary?: string
  readonly attributes: readonly (readonly [name: string, value: AttributeValue])[]
  /** Ends of a link. A target may be a URL of another provider. */
  readonly source?: string
  readonly target?: string
  /** States over time. Empty for links, whose state follows from their ends. */
  readonly timeline: Timeline
  /** Milliseconds since the epoch. */
  readonly created: number
}

/** A user-defined mixin. */
export interface MixinRecord {
  readonly scheme: string
  readonly term: string
  readonly title?: string
  readonly location: string
  readonly depends: readonly TypeId[]
  readonly applies: readonly TypeId[]
}

/** A record that is written, or the path or identifier of one that is deleted (`-`). */
export type Change =
  | readonly ['entity', EntityRecord]
  | readonly ['-entity', string]
  | readonly ['mixin', MixinRecord]
  | readonly ['-mixin', string]

/** Encodes changes as one line of JSON. Integers beyond 2^53 are tagged, since JSON cannot represent them. */
export function encodeChanges(changes: readonly Change[]): string {
  return JSON.stringify(changes, (_, value: unknown) =>
    typeof value === 'bigint' ? { $bigint: value.toString() } : value,
  )
}

/** Decodes a line of JSON. Throws SyntaxError when it is not a list of changes. */
export function decodeChanges(text: string): readonly Change[] {
  const changes: unknown = JSON.parse(text, (_, value: unknown) => {
    if (value === null || typeof value !== 'object') return value
    const digits = (value as { $bigint?: unknown }).$bigint
    return typeof digits === 'string' && /^-?\d{1,400}$/.test(digits) ? BigInt(digits) : value
  })
  if (!Array.isArray(changes) || !changes.every(isChange)) throw new SyntaxError('not a list of changes')
  return changes
}

function isChange(value: unknown): value is Change {
  if (!Array.isArray(value) || value.length !== 2) return false
  const type: unknown = value[0]
  const subject: unknown = value[1]
  if (type === '-entity' || type === '-mixin') return typeof subject === 'string'
  if (subject === null || typeof subject !== 'object') return false
  if (type === 'entity') return typeof (subject as { path?: unknown }).path === 'string'
  return type === 'mixin' && typeof (subject as { term?: unknown }).term === 'string'
}
