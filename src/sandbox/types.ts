/** The interface of the sandbox: HTTP messages without sockets, and its settings. */
import type { HeaderPair } from '../basics/http.js'
import type { ConfigError } from '../errors/errors.js'

export interface SandboxRequest {
  readonly method: string
  /** Default `http`. */
  readonly scheme?: 'http' | 'https'
  /** Path and query of the request line. */
  readonly target: string
  /** Raw pairs, decoded as UTF-8. */
  readonly headers: readonly HeaderPair[]
  readonly body: string
}

export interface SandboxResponse {
  readonly status: number
  readonly reason: string
  readonly headers: readonly HeaderPair[]
  readonly body: string
  /** Deviations in the HTTP framing, which only the socket server can produce. */
  readonly wire?: WireDeviations
  /** The error of an unusable state file. A transport in the same process throws it instead of answering. */
  readonly cause?: ConfigError
}

/** How the bytes of a response differ from what node:http sends. */
export interface WireDeviations {
  /** Sends Content-Length twice, as pyssf and occi-os do with each error (Q1). */
  readonly duplicateContentLength?: boolean
  /** Answers as HTTP/1.0 and closes the connection. */
  readonly http10?: boolean
}

/** Milliseconds since the epoch. */
export type Clock = () => number

/** Generates a random UUID (version 4). */
export type MakeUuid = () => string

/** How clients must authenticate: not at all, with a user name and password (Basic), or with a token. */
export type SandboxAuth =
  | { readonly method: 'none' }
  | { readonly method: 'basic'; readonly username: string; readonly password: string }
  /**
   * A token in X-Auth-Token or as a bearer token. Without `token`, any non-empty token is accepted. `keystone` is the
   * URL that the challenge names as the source of tokens.
   */
  | { readonly method: 'token'; readonly token?: string; readonly keystone?: string }
  /** A token from the sandbox's own Keystone v3, which is served below /identity. */
  | { readonly method: 'keystone'; readonly username: string; readonly password: string }

export interface Sandbox {
  /** Answers one request. Never rejects: errors become responses. */
  handle(request: SandboxRequest): Promise<SandboxResponse>
  close(): Promise<void>
}
