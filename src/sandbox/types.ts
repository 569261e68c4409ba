/** What the embedded provider takes and gives: HTTP messages without sockets, and what it needs from outside. */
import type { HeaderPair } from '../rendering/index.js'

export interface SandboxRequest {
  readonly method: string
  /** Path and query as on the request line. */
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
  /** Deviations below HTTP's grammar, which only a socket can show. */
  readonly wire?: WireDeviations
}

export interface WireDeviations {
  /** Send Content-Length twice, as pyssf does on each error. */
  readonly duplicateContentLength?: boolean
  /** Answer as HTTP/1.0 and close the connection. */
  readonly http10?: boolean
}

/** Milliseconds since the epoch. */
export type Clock = () => number

/** Makes a random UUID (version 4). */
export type MakeUuid = () => string

export type SandboxAuth =
  | { readonly method: 'none' }
  | { readonly method: 'basic'; readonly username: string; readonly password: string }
  /** A Keystone-like token in X-Auth-Token; any token but an empty one when `token` is absent. */
  | { readonly method: 'token'; readonly token?: string; readonly keystone: string }

export interface Sandbox {
  /** Answers one request. Never rejects: what goes wrong becomes a response. */
  handle(request: SandboxRequest): Promise<SandboxResponse>
  close(): Promise<void>
}
