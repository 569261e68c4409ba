/** Types of settings with their origin, contexts and folders. */
import type { Address, Provenance, Sensitivity, Verdict } from '../settings/trust.js'

/** A value of a setting, with its origin. */
export interface Setting extends Provenance {
  readonly value: string
  /** The flag, variable or file, for messages: `--endpoint`, `/home/me/.config/occi/config.json (context cesnet)`. */
  readonly source: string
}

/** A value that is ignored because its source is not trusted (see settings/trust.ts). */
export interface WithheldSetting extends Setting {
  readonly name: string
  readonly verdict: Extract<Verdict, { usable: false }>
}

/** A cloud of clouds.yaml. */
export interface Cloud {
  readonly name: string
  readonly options: Readonly<Record<string, CloudValue>>
}

/** A value in clouds.yaml. */
export interface CloudValue {
  readonly value: string
  /** The path of the file. */
  readonly source: string
  /** `folder` if the file is in the working folder. */
  readonly origin: 'cloud' | 'folder'
  /** Whether the user trusts the file. A file in the working folder is untrusted by default. */
  readonly trusted: boolean
}

/** The declaration of a setting, from which its flag, environment variable and context key are derived. */
export interface SettingDefinition {
  /** The name in kebab case: `user-domain` is the flag `--user-domain` and the variable OCCI_USER_DOMAIN. */
  readonly name: string
  readonly description: string
  /** Further environment variables that set it; OCCI_… takes precedence. */
  readonly env?: readonly string[]
  /** Which sources may set it, and which servers may receive it. */
  readonly sensitivity: Sensitivity
  readonly default?: string
  /** Whether the value is the path of a file or folder. */
  readonly path?: boolean
  /** Whether the setting is only for one command, such as `yes`: contexts and project files cannot contain it. */
  readonly transient?: boolean
}

/** Looks settings up by precedence: flag > environment > project file > context > clouds.yaml > default. */
export interface Settings {
  get(name: string): string | undefined
  setting(name: string): Setting | undefined
  /** Whether a boolean setting is on. Throws UsageError for a word that is neither true nor false. */
  isOn(name: string): boolean
  /** Returns all settings that have a value, for `occi config explain`. Secrets are masked. */
  explain(): readonly (Setting & { readonly name: string })[]
  /** The name of the effective context, if any. */
  readonly context: string | undefined
  /** The setting that names several contexts, if any. Then no single context is effective. See contextsNamed. */
  readonly contextList: Setting | undefined
  /** The ignored values that would otherwise take precedence over the effective ones. */
  readonly withheld: readonly WithheldSetting[]
  /** The aliases of the effective context; none if requests go to another endpoint than the context's. */
  readonly aliases: Aliases
  /** Effective addresses from the working folder that the user does not trust. */
  readonly untrustedAddresses: readonly Address[]
  /** Returns the same settings, and those of a cloud with a lower precedence. */
  withCloud(cloud: Cloud): Settings
}

/** Environment variables, which the CLI passes. */
export type Environment = Readonly<Record<string, string | undefined>>

/** A named set of settings in the configuration file. */
export interface Context {
  readonly name: string
  readonly settings: Readonly<Record<string, string>>
  readonly aliases?: Aliases
}

/** The families of aliases: images, sizes, networks. */
export type AliasFamily = 'os' | 'size' | 'network'

/** The names that the provider uses, by the user's alias, for each family. */
export type Aliases = { readonly [family in AliasFamily]?: Readonly<Record<string, string>> }

/** The user's folders by the XDG specification (APPDATA etc. on Windows). */
export interface Folders {
  readonly config: string
  readonly cache: string
  readonly state: string
}

/**
 * Overrides the usual choice of the context (by flag, variable, project file, or the current one): no context, or a
 * named one, whose settings take precedence over environment and project file.
 */
export type ContextChoice =
  | { readonly context: 'none' }
  | {
      readonly context: 'named'
      readonly name: string
      /**
       * The setting that names it together with other contexts, if any. Then the endpoint comes only from the context.
       */
      readonly namedBy?: Setting
    }
