/**
 * What a command may use, split into parts so that a function declares only what it needs. Everything is
 * passed in, so tests can run commands in-process.
 */
import type { Credentials, LoginPurpose } from '../auth/index.js'
import type { Client, Clock } from '../client/index.js'
import type { SettingDefinition, Settings } from '../config/types.js'
import type { OcciError } from '../errors/errors.js'
import type { Purpose } from '../files/index.js'
import type { OptionValues } from './options/values.js'
import type { Column, Output, OutputRecord } from './output/types.js'
import type { Preview } from './preview.js'
import type { Progress } from './progress.js'
import type { Prompts } from './prompts.js'
import type { Observer, Runtime } from './runtime.js'
import type { Streams } from './streams.js'

/** The user's input: arguments, options, and the settings from all sources. */
export interface Invocation {
  /** The words that name the command: `compute create`. */
  readonly command: string
  /** The words of an argument; empty when it was not given. */
  words(argument: string): readonly string[]
  /** The value of an argument that takes a single word. */
  word(argument: string): string | undefined
  readonly options: OptionValues
  readonly settings: Settings
  /**
   * Settings for other definitions than those of the global options, for example the options of an
   * authentication method.
   */
  settingsFor(definitions: readonly SettingDefinition[]): Promise<Settings>
}

/** Interaction with the user while the command runs. */
export interface Dialogue {
  readonly streams: Streams
  readonly prompts: Prompts
  readonly progress: Progress
  /**
   * Reads standard input. `reader` names the option that reads it: `--ssh-key -`. Throws UsageError if another
   * option has read it already.
   */
  stdin(reader: string, purpose: Purpose): Promise<Buffer>
  /** Prints a warning on standard error immediately. */
  warn(text: string): Promise<void>
}

/** The environment of the command: the machine, time, and the mode in which it runs. */
export interface Surroundings {
  readonly runtime: Runtime
  readonly clock: Clock
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal
  /** Sees each exchange, in addition to --verbose and --trace. */
  readonly observer: Observer | undefined
  /** With --dry-run and --curl: records requests instead of sending them. Commands then do not prompt or wait. */
  readonly preview: Preview | undefined
}

/** Access to the provider. */
export interface ProviderAccess {
  /** Connects at the first call. Throws UsageError if no endpoint is set, AuthError, … */
  client(): Promise<Client>
  /**
   * Logs in, for `occi auth`, with the command's own settings or those of `at`. `log` is called with each
   * step, without secrets. Throws the same errors as client().
   */
  login(log: (step: string) => void, options?: LoginOptions, at?: ConnectionContext): Promise<Login>
  /** Connects with other settings than the command's own. The caller closes the connection. */
  connect(context: ConnectionContext): Promise<Connection>
}

/** Output that is printed before the command ends. */
export interface Printing {
  /** Prints immediately. Not needed for the output that a command returns. */
  print(output: Output): Promise<void>
  /**
   * Throws UsageError if --columns, --sort or --template name a column that the output will not have. Call it before
   * changes.
   */
  checkNames(columns: readonly Column[], sample: OutputRecord): Promise<void>
  /**
   * Prints the result of `load`, then the changes at each repetition, until Ctrl-C. The interval is in
   * milliseconds.
   */
  watch(load: () => Promise<Output>, interval: number): Promise<void>
}

/** What is reported when the command ends, and its exit status. */
export interface Reports {
  /** Adds a message for terminals, printed after the result: what changed, what to do next. */
  inform(text: string): void
  /**
   * Registers an entity that exists already, to be reported when the command is interrupted or its output cannot be
   * printed; `remove` is the command that deletes it.
   */
  noteCreated(url: string, remove: string): void
  /** Removes an entity that noteCreated registered, because the command has deleted it. */
  noteDeleted(url: string): void
  /** Records a partial failure: the output is printed, then this error decides the exit status. */
  fail(error: OcciError): void
  /** Records a part of a response that could not be read. It is reported after the output. */
  reportUnreadable(part: UnreadablePart): void
  /** Declares what the output is made from: if a part of it was unreadable, the command ends with PartialError. */
  declareOutputSource(of: 'entities' | 'model'): void
  /** Ends the command with the exit status of another program that did the work. */
  endWithStatus(status: number): void
}

export interface CommandContext
  extends Invocation,
    Dialogue,
    Surroundings,
    ProviderAccess,
    Printing,
    Reports {}

/** What is needed to connect to a provider or to log in. */
export interface ConnectionContext
  extends Invocation,
    Dialogue,
    Surroundings,
    Pick<Reports, 'reportUnreadable'> {}

/** Opens connections and logs in. */
export interface Connector {
  connect(context: ConnectionContext): Promise<Connection>
  login(context: ConnectionContext, log: (step: string) => void, options?: LoginOptions): Promise<Login>
}

export interface LoginOptions {
  /** Default `use`. With `forget`, nothing is sent and no prompt is shown unless cached credentials exist. */
  readonly purpose?: LoginPurpose
  /** Whether the user may be asked to confirm the login in a browser; by default on a terminal. */
  readonly confirm?: boolean
  /** Secrets by the name of their option, which take precedence over the settings. */
  readonly secrets?: Readonly<Record<string, string>>
}

export interface Login {
  readonly credentials: Credentials
  readonly endpoint: string
  /** A client with these credentials; undefined without an endpoint. */
  readonly client: Client | undefined
  /**
   * Requests the provider's query interface with the credentials. Throws AuthError, ForbiddenError,
   * NetworkError, …
   */
  verify(): Promise<void>
  close(): Promise<void>
}

export interface Connection {
  readonly client: Client
  close(): Promise<void>
}

export interface UnreadablePart {
  /** What the part belongs to. `look-up`: a listing in which the command found the entity it looked for. */
  readonly of: 'entities' | 'model' | 'look-up'
  /** The URL at which the part was read. */
  readonly target: string
  readonly error: OcciError
}
