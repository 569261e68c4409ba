/**
 * The plugin contract. A plugin turns options and secrets into Credentials, and Credentials sign requests.
 * Plugins do not know where options come from (flags, environment, contexts).
 */
import type { HeaderPair } from '../basics/http.js'
import type { Purpose } from '../files/index.js'
import type { Sensitivity } from '../settings/trust.js'
import type { HttpRequest, HttpResponse, TlsMaterial, Transport } from '../transport/index.js'

/** An option of a method: a value that users set by flag, variable, context or `authOptions`. */
export interface AuthOption {
  /**
   * The option's name in kebab case, without leading dashes: `user-domain` is the flag --user-domain and the
   * variable OCCI_USER_DOMAIN.
   */
  readonly name: string
  /** The placeholder for the option's value in help texts: `URL`. Default: `VALUE`. */
  readonly value?: string
  readonly description: string
  /** Which sources may set the option, and whether it is secret: secrets are never printed. */
  readonly sensitivity: Sensitivity
  /** Whether the value is the path of a file or folder. */
  readonly path?: boolean
  /** Whether the option is a switch without a value on the command line: `true` when set. */
  readonly flag?: boolean
  /** Further environment variables that set the option, the preferred first: OS_USER_DOMAIN_NAME. */
  readonly env?: readonly string[]
}

/** The context of a login, passed to a plugin. `authContext` creates one. */
export interface AuthContext {
  /** The OCCI endpoint. Credentials must not be sent to another origin unless the plugin chose that origin. */
  readonly endpoint: URL | undefined
  /** Returns the value of an option; that of a secret option only if it is known without a prompt. */
  option(name: string): string | undefined
  /** Returns the secret of an option; prompts for it if there is a terminal. Undefined when it cannot be obtained. */
  secret(name: string, prompt: string): Promise<string | undefined>
  /**
   * Prompts for an option that is not secret and has no value; `option` returns the answer afterwards. Undefined
   * when there is no terminal.
   */
  ask(name: string, prompt: string): Promise<string | undefined>
  /** Returns a transport for the plugin's requests (to Keystone, an OIDC issuer), with a client certificate if any. */
  transport(tls?: TlsMaterial): Transport
  /**
   * When `auto` determines the server's method: `now`, by a separate request (default), or `at-first-refusal`, from
   * the first 401 that the client receives, which saves the separate request.
   */
  readonly negotiate?: 'now' | 'at-first-refusal'
  /** The 401 answer that made `auto` choose this method, if any. */
  readonly challenge?: HttpResponse
  /** What the credentials are needed for. Default: `use`. */
  readonly purpose?: LoginPurpose
  /** Asks the user to choose. Rejects with AuthError when there is no terminal. */
  choose(
    question: string,
    choices: readonly { readonly value: string; readonly label: string }[],
  ): Promise<string>
  /** Shows the user an important message (where to confirm a login). Absent without a terminal. */
  readonly show?: (message: string) => void
  readonly cache: AuthCache
  /** Environment and files as functions, so that tests need no real machine. */
  readonly env: (name: string) => string | undefined
  readonly readFile: (path: string, purpose: Purpose) => Promise<Uint8Array>
  readonly now: () => Date
  /** Records a step of the login, for `occi auth explain` and -v. No secrets. */
  readonly log: (step: string) => void
  /** Warns the user of a danger or a likely failure. Repeated messages are shown once. No secrets. */
  readonly warn: (message: string) => void
  /** Runs work that an interruption should not cut off, because its result would be lost. */
  finish<T>(work: () => Promise<T>): Promise<T>
  /** Other functions of the operating system: randomness, directories, commands, sockets. */
  readonly machine: Platform
}

/**
 * `use`: any valid credentials, cached ones first. `login`: the user asked for a new login, so cached
 * credentials are ignored. `forget`: only cached credentials are needed, to revoke them; no new login is made.
 */
export type LoginPurpose = 'use' | 'login' | 'forget'

/** The functions of the operating system that methods use. `nodePlatform()` implements them. */
export interface Platform {
  /** Numeric user id, for /tmp/x509up_uUID. Undefined on Windows. */
  readonly uid: number | undefined
  readonly home: string | undefined
  readonly random: (bytes: number) => Uint8Array
  readonly sleep: (milliseconds: number) => Promise<void>
  /** Resolves with the names in a directory; rejects when the directory is missing. */
  readonly readDirectory: (path: string) => Promise<readonly string[]>
  /** Resolves with the permission bits of a file; undefined on Windows, which has none. */
  readonly mode: (path: string) => Promise<number | undefined>
  /** Runs a command line in the shell and resolves with its standard output; rejects when it fails. */
  readonly run: (command: string) => Promise<string>
  /** Sends one JSON request to a UNIX socket and resolves with the answer. */
  readonly askSocket: (path: string, message: string) => Promise<string>
}

/** Stores tokens between logins. Values are secret. */
export interface AuthCache {
  get(key: string): Promise<string | undefined>
  /** Resolves to false when the value is lost at the end of the process. */
  set(key: string, value: string, expires: Date): Promise<boolean>
  delete(key: string): Promise<void>
  /** Runs `work` under an exclusive lock for the key. Absent when the cache is not shared. */
  withLock?<T>(key: string, work: () => Promise<T>): Promise<T>
}

/** The client certificate that is sent, for messages about refusals. */
export interface SentCertificate {
  readonly file: string
  /** The option or variable that names the file; the file's path if none does. */
  readonly source: string
  /** Why a server may not trust it, in sentences: it is a proxy, its chain is incomplete. */
  readonly mayBeDistrusted?: string
  /** Why a server that trusts it may still refuse the request, in sentences: its VOMS attributes have expired. */
  readonly mayLackRights?: string
}

/**
 * The result of a login: adds headers to each request, and renews itself. One object serves all requests of
 * a client, also concurrent ones. `sign` and `renew` throw AuthError and the errors of a transport.
 */
export interface Credentials {
  /** Returns the header pairs to add to this request. Called once per attempt. */
  sign(request: HttpRequest): Promise<readonly HeaderPair[]>
  /** The client certificate and the CAs for connections to the endpoint. */
  readonly tls?: TlsMaterial
  /** The client certificate that is sent, for messages. */
  readonly certificate?: SentCertificate
  readonly expires?: Date
  /**
   * Called with a 401 answer. Returns true when the credentials changed (a new token) and the request should be sent
   * once more, false to give up. `attempt` counts from 1 within one request. Concurrent requests share a renewal.
   */
  renew?(response: HttpResponse, attempt: number): Promise<boolean>
  /**
   * Called before `renew`, with each answer and the request object that was passed to `sign`. Returns true when the
   * request should be sent once more with data from the answer that only this request may use (a Digest nonce); the
   * credentials limit the repetitions. Throws AuthError when the answer proves not to come from the server.
   */
  answered?(request: HttpRequest, response: Pick<HttpResponse, 'status' | 'headers' | 'url'>): boolean
  /** Explains a connection that the server closed because credentials are missing; undefined for other failures. */
  refused?(request: HttpRequest, error: unknown): Promise<Error | undefined>
  /** How often `renew` may be called for one request. Default 1. */
  readonly renewals?: number
  /** A stable text that identifies the user (never a secret): part of cache keys. */
  readonly identity: string
  /** The names of further headers with secret values, which the trace masks like the well-known ones. */
  readonly secretHeaders?: readonly string[]
  /** The OCCI endpoint, if the method found it (in Keystone's catalogue). */
  readonly endpoint?: string
  /** Why the method chose none of the endpoints that it found. */
  readonly noEndpoint?: Error
  /** The token that is sent, for `occi auth token`; undefined when there is none. */
  token?(): Promise<string | undefined>
  /** Deletes cached credentials and revokes them if the server supports it: `occi auth logout`. */
  forget?(): Promise<void>
  describe(): CredentialsDescription
}

/** Describes a login to the user, without secrets. */
export interface CredentialsDescription {
  readonly method: string
  readonly subject?: string
  readonly project?: string
  readonly issuer?: string
  readonly expires?: Date
  readonly details?: Readonly<Record<string, string>>
}

/**
 * A method of authentication. A package exports one as `plugin` (or as its default), and `connect({ auth:
 * 'npm:PACKAGE' })` uses it.
 */
export interface AuthPlugin {
  readonly name: string
  readonly description: string
  readonly options: readonly AuthOption[]
  /** Logs in. Throws AuthError with a hint. */
  authenticate(context: AuthContext): Promise<Credentials>
}
