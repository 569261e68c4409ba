/** The program's interface to the operating system: runtime/node.ts implements it, and tests use fakes. */
import type { Clock } from '../client/index.js'
import type { Contexts, ContextsSnapshot, TrustedFiles } from '../config/index.js'
import type { ContextChoice, Folders, SettingDefinition, Settings } from '../config/types.js'
import type { Purpose } from '../files/index.js'
import type { TraceEvent } from '../transport/index.js'
import type { PrintOutput } from './output/types.js'
import type { Probe } from './probe.js'
import type { Progress } from './progress.js'
import type { Prompts } from './prompts.js'
import type { StreamPreferences, Streams } from './streams.js'

/** What the launcher passes to the bundle. */
export interface Installation {
  readonly version: string
  /** The command that starts this program: Node and the launcher, or the single executable. */
  readonly command: readonly string[]
  /** import() of a file URL; code from a code cache cannot call import() itself. */
  readonly importModule: (url: string) => Promise<unknown>
}

export interface Runtime {
  readonly version: string
  /** The command that starts this program. */
  readonly command: readonly string[]
  readonly pid: number
  readonly environment: (name: string) => string | undefined
  /** Inexpensive, so it may be called again when the options are known. */
  readonly streams: (preferences: StreamPreferences) => Streams
  readonly clock: Clock
  readonly signal: AbortSignal
  /** Runs work that the first Ctrl-C does not interrupt for some seconds; a second Ctrl-C does. */
  readonly uninterrupted: <T>(work: () => Promise<T>) => Promise<T>
  readonly readFile: (path: string, purpose: Purpose) => Promise<Buffer>
  /** Whether a port accepts connections. Makes one attempt of at most a few seconds and never rejects. */
  readonly reach: (host: string, port: number, signal?: AbortSignal) => Promise<boolean>
  /** Opens the functions with which `occi doctor` inspects the machine and the network. */
  readonly probe: () => Promise<Probe>
  /** Permission bits; undefined for a missing file and on systems without them (Windows). */
  readonly fileMode: (path: string) => Promise<number | undefined>
  /** Runs a command of the user in a shell in the folder and returns its output. Throws ConfigError. */
  readonly secretFromCommand: (command: string, folder: string | undefined) => Promise<string>
  /** The user's home folder, which need not exist. */
  readonly home: string
  /** The environment of commands that print a token; by default that of this process. */
  readonly childEnvironment?: NodeJS.ProcessEnv
  /** Throws ConfigError if the system has no keyring. */
  readonly keyring: () => Promise<Keyring>
  /**
   * Runs another program with the terminal of this one, without a shell. Resolves with its exit status. Throws
   * UsageError with the hint if the program is not installed.
   */
  readonly spawn: (program: string, args: readonly string[], hint: string) => Promise<number>
  readonly plugins: () => Promise<Plugins>
  readonly folders: Folders
  /**
   * The folders that are searched for authentication plugins from npm: the configuration folder, then the
   * working folder.
   */
  readonly pluginFolders: readonly string[]
  /** import() of a file URL, for plugins in `pluginFolders`; code from a code cache cannot call import() itself. */
  readonly importModule?: (url: string) => Promise<unknown>
  readonly settings: (request: SettingsRequest) => Promise<Settings>
  /** The contexts in the configuration; the definitions show which settings are secret. */
  readonly contexts: (definitions: readonly SettingDefinition[]) => Contexts
  /** The files in working folders that the user trusts. */
  readonly trustedFiles: TrustedFiles
  /** Resolves a path against the working folder. */
  readonly resolvePath: (path: string) => string
  /** The project file that applies in a folder. */
  readonly projectFile: (folder: string) => string | undefined
  readonly prompts: (streams: Streams) => Prompts
  readonly progress: (streams: Streams) => Progress
  readonly print: PrintOutput
  /** Saves the details of an unexpected error and returns the file's name, or undefined if that failed. */
  readonly saveCrash: (details: string) => string | undefined
  /** Masks secrets in output; set while a command runs (withSecretsMasked in runtime/secret-redactor.ts). */
  readonly redactor?: SecretRedactor
}

/** The programs named `occi-NAME` on the PATH. */
export interface Plugins {
  /** The file of a plugin; undefined if there is none. Throws ConfigError if other users can write to the file. */
  find(name: string): string | undefined
  /** The names of all plugins, sorted. */
  names(): readonly string[]
  /**
   * Runs a plugin with the terminal of this program and resolves with its exit status. Its environment is that of
   * this process and `extraEnvironment`, without variables that hold secrets unless `passSecrets` is true.
   */
  run(
    file: string,
    words: readonly string[],
    options: { readonly passSecrets: boolean; readonly extraEnvironment: Readonly<Record<string, string>> },
  ): Promise<number>
}

export interface SettingsRequest {
  readonly definitions: readonly SettingDefinition[]
  /** The command line's settings by name. */
  readonly flags: Readonly<Record<string, string>>
  readonly choice?: ContextChoice | undefined
  /** The contexts, if they have been read already, so that several sites share one read. */
  readonly contexts?: ContextsSnapshot | undefined
}

export interface Keyring {
  get(account: string): string | undefined
  set(account: string, secret: string): void
  /** Returns whether a password was stored. */
  delete(account: string): boolean
}

export interface SecretRedactor {
  add(secret: string | undefined): void
  mask(text: string): string
}

/** Sees each exchange of a command. */
export type Observer = (event: TraceEvent) => void
