/** The interface to both versions of Keystone's API, so that the login works in the same way with each. */
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
   * Authenticates. If the scope requires a list of projects first, the token is unscoped, or scoped to the user's
   * default project.
   */
  login(scope: Scope): Promise<KeystoneToken>
  /** Exchanges a token for one with the scope of a project. */
  rescope(token: string, project: Project): Promise<KeystoneToken>
  /** Resolves with the properties of a token; undefined if the server does not return them. */
  inspect(token: string): Promise<KeystoneToken | undefined>
  /** Resolves with the user's enabled projects, in the server's order. */
  projects(token: KeystoneToken): Promise<readonly Project[]>
  /**
   * Revokes the token if the server supports it. Throws AuthError if the server refuses, so that the token stays valid.
   */
  revoke(token: KeystoneToken): Promise<void>
}

/** Returns a GET request with a token. */
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
