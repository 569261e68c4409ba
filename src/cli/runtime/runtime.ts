/** The machine as the program sees it: one real one (node.ts), and fakes in tests. */
import type { Credentials, LoginPurpose } from '../../auth/index.js'
import type { Client, Clock } from '../../client/index.js'
import type { Contexts, TrustedFiles } from '../../config/index.js'
import type { ContextChoice, Folders, SettingDefinition, Settings } from '../../config/types.js'
import type { Purpose } from '../../files/index.js'
import type { CommandContext } from '../context.js'
import type { PrintOutput } from '../output/types.js'
import type { Progress } from '../progress.js'
import type { Prompts } from '../prompts.js'
import type { StreamPreferences, Streams } from '../streams.js'
import type { Keyring } from './keyring.js'
import type { SecretRedactor } from './secret-redactor.js'

export interface Runtime {
  readonly version: string
  readonly pid: number
  readonly environment: (name: string) => string | undefined
  /** Cheap; called again when the options are known. */
  readonly streams: (preferences: StreamPreferences) => Streams
  readonly clock: Clock
  readonly signal: AbortSignal
  readonly readFile: (path: string, purpose: Purpose) => Promise<Buffer>
  /** Whether somebody answers at a port: one attempt, a few seconds at most. Never rejects. */
  readonly reach: (host: string, port: number, signal?: AbortSignal) => Promise<boolean>
  /** Permission bits; undefined where there is no such file, or where they mean nothing (Windows). */
  readonly fileMode: (path: string) => Promise<number | undefined>
  /** What a command of the user's prints, run by the shell in a folder. Throws ConfigError. */
  readonly secretFromCommand: (command: string, folder: string | undefined) => Promise<string>
  /** The user's home folder, which need not exist. */
  readonly home: string
  /** Of commands that print a token; default that of this process. */
  readonly childEnvironment?: NodeJS.ProcessEnv
  /** Throws ConfigError where there is none. */
  readonly keyring: () => Promise<Keyring>
  /** Runs another program in the place of this one, without a shell. Answers its exit status. */
  readonly spawn: (program: string, args: readonly string[]) => Promise<number>
  readonly folders: Folders
  /** Where authentication plugins from npm are looked for: the configuration's, then the working folder. */
  readonly pluginFolders: readonly string[]
  /** import() of a file URL, for those plugins: the bundle itself cannot. */
  readonly importModule?: (url: string) => Promise<unknown>
  readonly settings: (request: SettingsRequest) => Promise<Settings>
  /** The contexts kept in the configuration; the definitions say what is secret. */
  readonly contexts: (definitions: readonly SettingDefinition[]) => Contexts
  /** Files of working folders that the user has said to believe. */
  readonly trustedFiles: TrustedFiles
  /** An absolute path, from the working folder. */
  readonly resolvePath: (path: string) => string
  /** The project file that counts in a folder. */
  readonly projectFile: (folder: string) => string | undefined
  readonly connect: (context: CommandContext) => Promise<Connection>
  /** `trail` is told each step of the login, without secrets. */
  readonly login: (
    context: CommandContext,
    trail: (step: string) => void,
    manner?: LoginManner,
  ) => Promise<Login>
  readonly prompts: (streams: Streams) => Prompts
  readonly progress: (streams: Streams) => Progress
  readonly print: PrintOutput
  /** Keeps the details of an unexpected error; answers the file's name, or undefined when that failed. */
  readonly saveCrash: (details: string) => string | undefined
  /** Secrets that came up; set for the time of a command (see guarded). */
  readonly kept?: SecretRedactor
}

export interface LoginManner {
  /** Default `use`, as any command does. `forget`: nothing is sent, and nobody asked, unless something is kept. */
  readonly purpose?: LoginPurpose
  /** Whether somebody may be asked to confirm the login in a browser; by default on a terminal. */
  readonly confirm?: boolean
  /** Counts before what the settings say. */
  readonly password?: string
}

export interface Login {
  readonly credentials: Credentials
  readonly endpoint: string
  /** Asks the provider for its query interface with them. Throws AuthError, ForbiddenError, NetworkError, … */
  verify(): Promise<void>
  close(): Promise<void>
}

export interface Connection {
  readonly client: Client
  close(): Promise<void>
}

export interface SettingsRequest {
  readonly definitions: readonly SettingDefinition[]
  /** By setting name, from the command line. */
  readonly flags: Readonly<Record<string, string>>
  readonly choice?: ContextChoice | undefined
}
