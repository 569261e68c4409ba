/** The interface that Keystone v2.0 and v3 share, so that one flow serves both. */
import type { HttpRequest } from '../../transport/index.js'
import type { Scope } from './scope.js'
import type { KeystoneToken } from './token.js'

export interface Project {
  readonly id: string
  readonly name: string
  readonly domain?: string
}

export interface Dialect {
  /**
   * Authenticates. If the scope has to be looked up first, the token is unscoped, or scoped to the user's default
   * project.
   */
  login(scope: Scope): Promise<KeystoneToken>
  rescope(token: string, project: Project): Promise<KeystoneToken>
  /** The properties of a token; undefined if the server does not return them. */
  inspect(token: string): Promise<KeystoneToken | undefined>
  /** The enabled projects, in the server's order. */
  projects(token: KeystoneToken): Promise<readonly Project[]>
  /** Revokes the token if the server supports it. Throws AuthError if the server refuses, which leaves the token valid. */
  revoke(token: KeystoneToken): Promise<void>
}

/** A GET with a token. */
export function requestWithToken(url: string, token: string): HttpRequest {
  return {
    method: 'GET',
    url,
    headers: [
      ['Accept', 'application/json'],
      ['X-Auth-Token', token],
    ],
  }
}
