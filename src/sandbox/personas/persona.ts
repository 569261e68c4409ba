/** How a provider differs from the standard: its categories, behaviour and responses. */
import type { HeaderPair } from '../../basics/http.js'
import type { Category } from '../../model/index.js'
import type { RenderingName } from '../../rendering/index.js'
import type { Behaviour, OperationName } from '../operations/behaviour.js'
import type { Context, Outcome } from '../operations/context.js'
import type { Payload } from '../operations/payload.js'
import type { Change, EntityRecord } from '../state/record.js'
import type { SandboxResponse } from '../types.js'

/**
 * A rule by which the imitated server refuses requests. A persona's rules are in `rules/NAME.ts`. They are
 * applied in order, after routing and before the operation.
 */
export interface Rule {
  /** Operations to which the rule applies. Default: all. */
  readonly at?: readonly OperationName[]
  /** Whether a request breaks the rule. A string is passed to `message`. */
  readonly when: (asked: RuleRequest) => boolean | string
  readonly status: number
  readonly message: string | ((what: string) => string)
  /** File and line in the server's source, or `recording: exchange`. */
  readonly source: string
}

/** The request that a rule examines. */
export interface RuleRequest {
  readonly operation: OperationName
  readonly read: ReadRequest
  readonly accept: string | undefined
  /** The message. Access throws a Fault when it cannot be read. */
  readonly payload: Payload
  /** The body parsed as JSON, whatever its media type; undefined when it is not JSON. */
  readonly json: unknown
  /** The target entity of the request. */
  readonly record: EntityRecord | undefined
  readonly context: Context
}

/** Media types of requests and responses, and how they are negotiated. */
export interface MediaHabits {
  /** In order of preference; the first one is the default. */
  readonly answers: readonly { readonly type: string; readonly rendering: RenderingName }[]
  readonly reads: readonly { readonly type: string; readonly rendering: RenderingName }[]
  /**
   * How Accept is read: with q-values, by the first known type, by one exact type, or by one exact type or
   * the default.
   */
  readonly matching: 'q-values' | 'first-known' | 'exact' | 'exact-or-default'
  /** Status for a Content-Type that is not supported. */
  readonly unreadable: 406 | 415 | 400 | 500
}

export interface Persona {
  readonly name: string
  readonly title: string
  readonly behaviour: Behaviour
  readonly rules?: readonly Rule[]
  /** Supported OCCI versions, highest first. */
  readonly versions: readonly string[]
  readonly server: readonly HeaderPair[]
  /** Paths of the query interface. */
  readonly queryPaths: readonly string[]
  readonly categories: readonly Category[]
  readonly seed: (now: number) => readonly Change[]
  readonly media: MediaHabits
  readonly statuses: Readonly<Partial<Record<Outcome['what'], number>>>
  /** Converts a standard response to the one that this server sends. */
  readonly deviate?: (answer: Answer) => SandboxResponse
  /** Changes a request to what this server reads, before anything else. */
  readonly misread?: (request: ReadRequest) => ReadRequest
}

export interface ReadRequest {
  readonly method: string
  readonly path: string
  readonly query: ReadonlyMap<string, string>
  readonly headers: readonly HeaderPair[]
  readonly body: string
  readonly contentType?: string
}

export interface Answer {
  readonly method: string
  readonly path: string
  /** The path with its query. */
  readonly target: string
  /** `http://host:port` as the client addressed the server. */
  readonly origin: string
  readonly accept: string | undefined
  readonly rendering: RenderingName
  /** The media type that was negotiated; undefined when that failed. */
  readonly type?: string
  readonly outcome: Outcome | { readonly what: 'error'; readonly status: number; readonly message: string }
  readonly response: SandboxResponse
  readonly describe: (id: string) => Category | undefined
}
