/** What the two versions of Keystone have in common, for the flow that is the same in both. */
import type { Scope } from './scope.js'
import type { KeystoneToken } from './token.js'

export interface Project {
  readonly id: string
  readonly name: string
  readonly domain?: string
}

export interface Dialect {
  /** The first authentication. A scope that needs a look-up ends in an unscoped token (or a default project's). */
  login(scope: Scope): Promise<KeystoneToken>
  rescope(token: string, project: Project): Promise<KeystoneToken>
  /** What a token says of itself; undefined when the server does not tell. */
  inspect(token: string): Promise<KeystoneToken | undefined>
  /** Those that are enabled, in the server's order. */
  projects(token: KeystoneToken): Promise<readonly Project[]>
  /** Makes the token worthless, where the server can. */
  revoke(token: string): Promise<void>
}
