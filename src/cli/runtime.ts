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
  /** import() of a file URL, which code from a code cache cannot do. */
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
  /** For `occi doctor`, which inspects more of the machine than other commands. */
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
  /** Programs named `occi-NAME` on the PATH. */
  readonly plugins: () => Promise<Plugins>
  readonly folders: Folders
  /**
   * The folders that are searched for authentication plugins from npm: the configuration folder, then the
   * working folder.
   */
  readonly pluginFolders: readonly string[]
  /** import() of a file URL, for those plugins; code from a code cache cannot call it. */
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
  /** Secrets that must be masked; set while a command runs (see guarded). */
  readonly redactor?: SecretRedactor
}

export interface Plugins {
  /** The file of a plugin, undefined without one. Throws ConfigError where others can write it. */
  find(name: string): string | undefined
  /** The names of all, in order. */
  names(): readonly string[]
  /**
   * Runs one in place of this program and resolves with its exit status. It gets the environment of this process and
   * `extraEnvironment`; variables that hold secrets only with `passSecrets`.
   */
  run(
    file: string,
    words: readonly string[],
    given: { readonly passSecrets: boolean; readonly extraEnvironment: Readonly<Record<string, string>> },
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
