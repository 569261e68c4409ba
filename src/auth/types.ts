/**
 * The plugin contract. A plugin turns options and secrets into Credentials; Credentials sign requests.
 * How options are read (flags, environment, contexts) is config's business, not a plugin's.
 */
import type { Purpose } from '../files/index.js'
import type { Sensitivity } from '../settings/trust.js'
import type { HeaderPair, HttpRequest, HttpResponse, TlsMaterial, Transport } from '../transport/index.js'

export interface AuthOption {
  /** Kebab case without dashes in front, e.g. `user-domain`; also the flag and OCCI_USER_DOMAIN. */
  readonly name: string
  readonly description: string
  /** Who may set it, and where it may go; a `secret` is never printed. */
  readonly sensitivity: Sensitivity
  /** Its value is the path of a file or folder. */
  readonly path?: boolean
  /** A switch: `true` when given. */
  readonly flag?: boolean
  /** Other environment variables that carry it, in order of preference, e.g. OS_USER_DOMAIN_NAME. */
  readonly env?: readonly string[]
}

export interface AuthContext {
  /** The OCCI endpoint; credentials must not go to another origin unless the plugin itself chose that. */
  readonly endpoint: URL | undefined
  /** An option's value; for a secret one, when it is known without asking. */
  option(name: string): string | undefined
  /** A secret by option name; may prompt when a terminal is there. Undefined when there is none to be had. */
  secret(name: string, prompt: string): Promise<string | undefined>
  /** A transport for the plugin's own requests (Keystone, an OIDC issuer), with the given client certificate. */
  transport(tls?: TlsMaterial): Transport
  /**
   * When `auto` finds out what the server asks for: `now` by a request of its own (default), or from the first
   * 401 that the client gets, which saves that request.
   */
  readonly negotiate?: 'now' | 'at-first-refusal'
  /** The 401 that led here, if there was one. */
  readonly challenge?: HttpResponse
  /** Default `use`. */
  readonly purpose?: LoginPurpose
  /** Asks the user to choose; rejects with AuthError where nobody can answer. */
  choose(
    question: string,
    choices: readonly { readonly value: string; readonly label: string }[],
  ): Promise<string>
  /** Tells the user what must be seen (where to confirm a login). Absent where nobody looks. */
  readonly show?: (message: string) => void
  readonly cache: AuthCache
  /** Environment and files as functions, so that plugins can be tried without a machine. */
  readonly env: (name: string) => string | undefined
  readonly readFile: (path: string, purpose: Purpose) => Promise<Uint8Array>
  readonly now: () => Date
  /** What was tried, for `occi auth explain` and -v. No secrets. */
  readonly trail: (step: string) => void
  /** The rest of the machine: randomness, directories, commands, sockets. */
  readonly machine: Machine
}

/**
 * `use`: whatever lets the user in, what is kept first. `login`: the user asked for a new login, so that nothing
 * kept is used. `forget`: only what is kept is wanted, to revoke it; nothing is obtained.
 */
export type LoginPurpose = 'use' | 'login' | 'forget'

/** What a method may need of the computer it runs on. `nodeMachine()` is the real one. */
export interface Machine {
  /** Numeric user id, for /tmp/x509up_uUID. Undefined on Windows. */
  readonly uid: number | undefined
  readonly home: string | undefined
  readonly random: (bytes: number) => Uint8Array
  readonly sleep: (milliseconds: number) => Promise<void>
  /** Names in a directory; rejects when there is none. */
  readonly readDirectory: (path: string) => Promise<readonly string[]>
  /** Permission bits of a file, undefined where they mean nothing (Windows). */
  readonly mode: (path: string) => Promise<number | undefined>
  /** Runs a command line by the shell and answers its standard output; rejects when it fails. */
  readonly run: (command: string) => Promise<string>
  /** One JSON request to a UNIX socket, and the text that came back until the other side closed. */
  readonly askSocket: (path: string, message: string) => Promise<string>
}

export interface AuthCache {
  get(key: string): Promise<string | undefined>
  set(key: string, value: string, expires: Date): Promise<void>
  delete(key: string): Promise<void>
  /** Runs `work` while nobody else who shares this cache runs theirs under the same key. Absent: nobody shares it. */
  alone?<T>(key: string, work: () => Promise<T>): Promise<T>
}

export interface SentCertificate {
  readonly file: string
  /** What named it; the file itself where nothing did. */
  readonly because: string
}

export interface Credentials {
  /** Header pairs to add to this request. Called once per attempt. */
  sign(request: HttpRequest): Promise<readonly HeaderPair[]>
  /** Client certificate and CA for connections to the endpoint. */
  readonly tls?: TlsMaterial
  /** Where the client certificate came from, for messages. */
  readonly certificate?: SentCertificate
  readonly expires?: Date
  /**
   * Called with a 401 answer. True: something changed, send the request once more (a new token,
   * a digest nonce). False: give up. `attempt` counts from 1 within one request.
   */
  renew?(response: HttpResponse, attempt: number): Promise<boolean>
  /** What a failed connection means where it was the server's way to ask for credentials; else undefined. */
  refused?(request: HttpRequest, error: unknown): Promise<Error | undefined>
  /** How often `renew` may be called for one request. Default 1; digest needs 2 (first nonce, then a stale one). */
  readonly renewals?: number
  /** Stable text naming who this is (never a secret): part of cache keys. */
  readonly identity: string
  /** Header names whose values are secret, besides the well-known ones; for the transport's trace. */
  readonly secretHeaders?: readonly string[]
  /** Where the OCCI endpoint is, when the method found out (Keystone's catalogue). */
  readonly endpoint?: string
  /** The secret that is sent, for `occi auth token`; undefined where there is none. */
  token?(): Promise<string | undefined>
  /** Forgets what is cached and, where the server can, revokes it: `occi auth logout`. */
  forget?(): Promise<void>
  describe(): CredentialsDescription
}

export interface CredentialsDescription {
  readonly method: string
  readonly subject?: string
  readonly project?: string
  readonly issuer?: string
  readonly expires?: Date
  readonly details?: Readonly<Record<string, string>>
}

export interface AuthPlugin {
  readonly name: string
  readonly description: string
  readonly options: readonly AuthOption[]
  /** Throws AuthError with a hint. */
  authenticate(context: AuthContext): Promise<Credentials>
}
