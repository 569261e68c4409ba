/** Settings with their origin. The CLI parses argv and passes the flags in. */
import type { Address, Provenance, Sensitivity, Verdict } from '../settings/trust.js'

export interface Setting extends Provenance {
  readonly value: string
  /** `--endpoint`, `OCCI_ENDPOINT`, `/home/me/.config/occi/config.json (context cesnet)`. */
  readonly source: string
}

/** A setting that was given but is ignored, with the reason (see settings/trust.ts). */
export interface WithheldSetting extends Setting {
  readonly name: string
  readonly verdict: Extract<Verdict, { usable: false }>
}

/** A cloud of clouds.yaml. */
export interface Cloud {
  readonly name: string
  readonly options: Readonly<Record<string, CloudValue>>
}

/** Each value with its file; a file of the working folder is untrusted until the user trusts it. */
export interface CloudValue {
  readonly value: string
  readonly source: string
  readonly origin: 'cloud' | 'folder'
  readonly trusted: boolean
}

/** The single declaration of a setting; flag, environment variable and context key are derived from it. */
export interface SettingDefinition {
  /** Kebab case: `endpoint`; flag `--endpoint`, variable OCCI_ENDPOINT, context key `endpoint`. */
  readonly name: string
  readonly description: string
  /** Other environment variables read after OCCI_…, e.g. OS_AUTH_URL. */
  readonly env?: readonly string[]
  /** Which sources may set it, and which servers may receive it. */
  readonly sensitivity: Sensitivity
  readonly default?: string
  /** The value is the path of a file or folder. */
  readonly path?: boolean
  /** Cannot be stored in contexts (e.g. `yes`, `trace`). */
  readonly transient?: boolean
}

/** Looks settings up by precedence: flag > environment > project file > context > clouds.yaml > default. */
export interface Settings {
  get(name: string): string | undefined
  setting(name: string): Setting | undefined
  /** Whether a boolean setting is on. Throws UsageError for a word that is neither true nor false. */
  isOn(name: string): boolean
  /** All settings that have a value, for `occi config explain`; secrets are masked. */
  explain(): readonly (Setting & { readonly name: string })[]
  /** Name of the effective context, if any. */
  readonly context: string | undefined
  /** The setting that names several contexts, in which case no single context is effective. See contextsNamed. */
  readonly contextList: Setting | undefined
  /** Settings that were given with a higher precedence than the effective value, but are ignored. */
  readonly withheld: readonly WithheldSetting[]
  /** The aliases of the effective context; none if requests go to another endpoint than the context's. */
  readonly aliases: Aliases
  /** Effective addresses from the working folder that the user does not trust. */
  readonly untrustedAddresses: readonly Address[]
  /** The same settings with a cloud at the lowest precedence. */
  withCloud(cloud: Cloud): Settings
}

/** Environment variables, passed in by the CLI. */
export type Environment = Readonly<Record<string, string | undefined>>

export interface Context {
  readonly name: string
  readonly settings: Readonly<Record<string, string>>
  readonly aliases?: Aliases
}

/** The families of aliases: images, sizes, networks. */
export type AliasFamily = 'os' | 'size' | 'network'

/** The provider's names by the user's alias, for each family. */
export type Aliases = { readonly [family in AliasFamily]?: Readonly<Record<string, string>> }

/** The user's folders by the XDG specification (APPDATA etc. on Windows). */
export interface Folders {
  readonly config: string
  readonly cache: string
  readonly state: string
}

/**
 * Overrides how the context is chosen (flag, variable, project file, the current one): no context, or a named one
 * whose settings take precedence over environment and project file.
 */
export type ContextChoice =
  | { readonly context: 'none' }
  | {
      readonly context: 'named'
      readonly name: string
      /** The setting that named it together with other contexts. Then the endpoint comes only from the context. */
      readonly by?: Setting
    }
