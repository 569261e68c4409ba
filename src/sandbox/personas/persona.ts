/** How the practice cloud imitates one server: its categories, its behaviour, what it refuses, and its responses. */
import type { HeaderPair } from '../../basics/http.js'
import type { Category } from '../../model/index.js'
import type { RenderingName } from '../../rendering/index.js'
import type { Behaviour, OperationName } from '../operations/behaviour.js'
import type { Context, Outcome } from '../operations/context.js'
import type { Payload } from '../operations/payload.js'
import type { Change, EntityRecord } from '../state/record.js'
import type { SandboxResponse } from '../types.js'

/**
 * A rule by which the server refuses requests. The rules of a persona are in `rules/NAME.ts`. They are applied in
 * order, after routing and before the operation.
 */
export interface Rule {
  /** Operations to which the rule applies. Default: all. */
  readonly operations?: readonly OperationName[]
  /** Whether to refuse a request. A string also refuses it, and is passed to `message`. */
  readonly when: (request: RuleRequest) => boolean | string
  readonly status: number
  readonly message: string | ((detail: string) => string)
  /** Where the rule was observed: file and line of the server's source, or a recorded exchange. */
  readonly source: string
}

/** The request that a rule examines. */
export interface RuleRequest {
  readonly operation: OperationName
  readonly http: HttpRequest
  readonly accept: string | undefined
  /** The parsed message. Reading this property throws Fault when the message cannot be parsed. */
  readonly payload: Payload
  /** The body parsed as JSON, regardless of its media type; undefined if it is not JSON. */
  readonly json: unknown
  /** The entity at the path of the request. */
  readonly record: EntityRecord | undefined
  readonly context: Context
}

/** The media types of a server, and how they are negotiated. */
export interface MediaSupport {
  /** Media types of responses in order of preference; the first one is the default. */
  readonly produces: readonly { readonly type: string; readonly rendering: RenderingName }[]
  readonly consumes: readonly { readonly type: string; readonly rendering: RenderingName }[]
  /**
   * How Accept is interpreted: by q-values; as a list of which the first known type wins; as one exact type; or as
   * one exact type and otherwise the default.
   */
  readonly matching: 'q-values' | 'first-known' | 'exact' | 'exact-or-default'
  /** Status for a Content-Type that is not supported. */
  readonly unsupportedStatus: 406 | 415 | 400 | 500
}

export interface Persona {
  readonly name: string
  readonly title: string
  readonly behaviour: Behaviour
  readonly rules?: readonly Rule[]
  /** Supported OCCI versions, highest first. */
  readonly versions: readonly string[]
  readonly serverHeaders: readonly HeaderPair[]
  /** Paths of the query interface. */
  readonly queryPaths: readonly string[]
  readonly categories: readonly Category[]
  readonly seed: (now: number) => readonly Change[]
  readonly media: MediaSupport
  readonly statusByOutcome: Readonly<Partial<Record<Outcome['what'], number>>>
  /** Converts the standard response to the one that this server sends. */
  readonly rewriteResponse?: (exchange: Exchange) => SandboxResponse
  /** Converts a request to what this server understands of it, or throws Fault. Runs before anything else. */
  readonly rewriteRequest?: (request: HttpRequest) => HttpRequest
}

/** A request whose target is split, and whose message is not parsed yet. */
export interface HttpRequest {
  readonly method: string
  readonly path: string
  readonly query: ReadonlyMap<string, string>
  readonly headers: readonly HeaderPair[]
  readonly body: string
  readonly contentType?: string
}

/** A request, its outcome, and the response that the standard defines. */
export interface Exchange {
  readonly method: string
  readonly path: string
  /** The path with its query. */
  readonly target: string
  /** Scheme and host that the client used: `http://host:port`. */
  readonly origin: string
  readonly accept: string | undefined
  readonly rendering: RenderingName
  /** The negotiated media type; undefined if the negotiation failed. */
  readonly type?: string
  readonly outcome: Outcome | { readonly what: 'error'; readonly status: number; readonly message: string }
  readonly response: SandboxResponse
  readonly describe: (id: string) => Category | undefined
}
