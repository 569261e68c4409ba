/** Settings with their origin. Reading argv is not config's business; the CLI hands in the flags. */

export type Origin = 'flag' | 'environment' | 'project' | 'context' | 'file' | 'default'

export interface Setting<T = string> {
  readonly value: T
  readonly origin: Origin
  /** `--endpoint`, `OCCI_ENDPOINT`, `/home/me/.config/occi/config.json (context cesnet)`. */
  readonly source: string
}

/** One place of declaration per setting: flag, environment variable and context key follow by rule. */
export interface SettingDefinition {
  /** Kebab case: `endpoint`; flag `--endpoint`, variable OCCI_ENDPOINT, context key `endpoint`. */
  readonly name: string
  readonly description: string
  /** Other environment variables read after OCCI_…, e.g. OS_AUTH_URL. */
  readonly env?: readonly string[]
  readonly secret?: boolean
  readonly default?: string
  /** Not to be kept in contexts (e.g. `yes`, `trace`). */
  readonly transient?: boolean
}

/** Looks settings up by precedence: flag > environment > project file > context > default. */
export interface Settings {
  get(name: string): string | undefined
  setting(name: string): Setting | undefined
  /** Whether a switch is on. Throws UsageError for a word that is neither true nor false. */
  on(name: string): boolean
  /** All with a value, for `occi config explain`; secrets are masked. */
  explain(): readonly (Setting & { readonly name: string })[]
  /** Name of the context in force, if any. */
  readonly context: string | undefined
  /**
   * Secrets of the context that are not used, because a project file names another server than the
   * context does: a file that came with a checkout must not have a password sent to its author.
   */
  readonly withheld?: readonly string[]
}

/** The environment, handed in by the CLI. */
export type Environment = Readonly<Record<string, string | undefined>>

export interface Context {
  readonly name: string
  readonly settings: Readonly<Record<string, string>>
}

/** Folders by the XDG rules (APPDATA etc. on Windows). */
export interface Folders {
  readonly config: string
  readonly cache: string
  readonly state: string
}

/**
 * Which context counts, when the usual rule (flag, variable, project file, the one in use) is not meant:
 * none at all, or a named one whose settings come before environment and project file.
 */
export type ContextChoice =
  | { readonly context: 'none' }
  | { readonly context: 'first'; readonly name: string }
