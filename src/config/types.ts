/** Settings with their origin. Reading argv is not config's business; the CLI hands in the flags. */
import type { Address, Giver, Sensitivity, Verdict } from '../settings/trust.js'

export interface Setting extends Giver {
  readonly value: string
  /** `--endpoint`, `OCCI_ENDPOINT`, `/home/me/.config/occi/config.json (context cesnet)`. */
  readonly source: string
}

/** A setting that was given and does not count, with the reason (see settings/trust.ts). */
export interface Withheld extends Setting {
  readonly name: string
  readonly verdict: Extract<Verdict, { counts: false }>
}

/** A cloud of clouds.yaml. */
export interface Cloud {
  readonly name: string
  readonly options: Readonly<Record<string, CloudValue>>
}

/** Each value with the file that it is from; one of the working folder is a stranger's until it is trusted. */
export interface CloudValue {
  readonly value: string
  readonly source: string
  readonly origin: 'cloud' | 'folder'
  readonly trusted: boolean
}

/** One place of declaration per setting: flag, environment variable and context key follow by rule. */
export interface SettingDefinition {
  /** Kebab case: `endpoint`; flag `--endpoint`, variable OCCI_ENDPOINT, context key `endpoint`. */
  readonly name: string
  readonly description: string
  /** Other environment variables read after OCCI_…, e.g. OS_AUTH_URL. */
  readonly env?: readonly string[]
  /** Who may set it, and where it may go. */
  readonly sensitivity: Sensitivity
  readonly default?: string
  /** Its value is the path of a file or folder. */
  readonly path?: boolean
  /** Not to be kept in contexts (e.g. `yes`, `trace`). */
  readonly transient?: boolean
}

/** Looks settings up by precedence: flag > environment > project file > context > clouds.yaml > default. */
export interface Settings {
  get(name: string): string | undefined
  setting(name: string): Setting | undefined
  /** Whether a switch is on. Throws UsageError for a word that is neither true nor false. */
  on(name: string): boolean
  /** All with a value, for `occi config explain`; secrets are masked. */
  explain(): readonly (Setting & { readonly name: string })[]
  /** Name of the context in force, if any. */
  readonly context: string | undefined
  /** What was given, comes before what counts, and does not count. */
  readonly withheld: readonly Withheld[]
  /** Addresses in force that came with the working folder, and that the user has not said to trust. */
  readonly strangers: readonly Address[]
  /** The same with a cloud below everything else that was given. */
  withCloud(cloud: Cloud): Settings
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
