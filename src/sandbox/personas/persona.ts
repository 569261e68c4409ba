/** The types of a persona: how the practice cloud imitates one server. */
import type { HeaderPair } from '../../basics/http.js'
import type { Category } from '../../model/index.js'
import type { RenderingName } from '../../rendering/index.js'
import type { Fault } from '../fault.js'
import type { Behaviour, OperationName } from '../operations/behaviour.js'
import type { Context, Outcome } from '../operations/context.js'
import type { Payload } from '../operations/payload.js'
import type { Change, EntityRecord } from '../state/record.js'
import type { SandboxResponse } from '../types.js'

/**
 * A rule by which a server refuses requests. The rules of a persona are in `rules/NAME.ts`. They are applied in order,
 * after routing and before the operation.
 */
export interface Rule {
  /** Operations to which the rule applies. Default: all. */
  readonly operations?: readonly OperationName[]
  /** Whether the server refuses a request. A string means that it does, and is passed to `message`. */
  readonly when: (request: RuleRequest) => boolean | string
  readonly status: number
  readonly message: string | ((detail: string) => string)
  /** The evidence for the rule: file and line of the server's source, or a recorded exchange. */
  readonly source: string
}

/** The request that a rule examines. */
export interface RuleRequest {
  readonly operation: OperationName
  readonly http: HttpRequest
  readonly accept: string | undefined
  /**
   * The parsed message. Reading this property throws Fault, which becomes an error response, when the message cannot be
   * parsed.
   */
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
  /** Media types of requests. */
  readonly consumes: readonly { readonly type: string; readonly rendering: RenderingName }[]
  /**
   * How Accept is interpreted: by its q-values (`q-values`), as a list whose first known type is used (`first-known`),
   * as exactly one type (`exact`), or as exactly one type with a default for everything else (`exact-or-default`).
   */
  readonly matching: 'q-values' | 'first-known' | 'exact' | 'exact-or-default'
  /** Status for a Content-Type that is not supported. */
  readonly unsupportedStatus: 406 | 415 | 400 | 500
}

/** The imitation of one server. */
export interface Persona {
  /** The value of `--as`. */
  readonly name: string
  /** The name and the OCCI version of the server, for help. */
  readonly title: string
  readonly behaviour: Behaviour
  readonly rules?: readonly Rule[]
  /** Supported OCCI versions, highest first. */
  readonly versions: readonly string[]
  /** Headers of every response. */
  readonly serverHeaders: readonly HeaderPair[]
  /** Paths of the query interface. */
  readonly queryPaths: readonly string[]
  readonly categories: readonly Category[]
  /** The entities of a new practice cloud. */
  readonly seed: (now: number) => readonly Change[]
  readonly media: MediaSupport
  /** Converts the standard response to the one that this server sends. */
  readonly rewriteResponse?: (exchange: Exchange) => SandboxResponse
  /**
   * Converts a request to what this server understands of it, or throws Fault, which becomes an error response. Runs
   * before all checks.
   */
  readonly rewriteRequest?: (request: HttpRequest) => HttpRequest
}

/** A request with its target split into path and query, before parsing. */
export interface HttpRequest {
  readonly method: string
  readonly path: string
  readonly query: ReadonlyMap<string, string>
  readonly headers: readonly HeaderPair[]
  readonly body: string
  readonly contentType?: string
}

/** A refusal, or a failure of the sandbox. */
export interface ErrorOutcome extends Pick<Fault, 'status' | 'message' | 'code' | 'subject'> {
  readonly what: 'error'
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
  readonly outcome: Outcome | ErrorOutcome
  readonly response: SandboxResponse
  /** Returns the category with this id; undefined if the server has none. */
  readonly describe: (id: string) => Category | undefined
}
