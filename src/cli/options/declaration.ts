/** The shape of an option: plain data, from which the parser, help, manual pages and completion are made. */
import type { Sensitivity } from '../../settings/trust.js'

export interface OptionDeclaration {
  /**
   * The name in kebab case, without leading dashes: `ssh-key`. A name that begins with `no-` is a separate
   * switch.
   */
  readonly name: string
  /** One letter, for common options only. */
  readonly short?: string
  /** The name of the value, as help shows it. Absent for a switch. */
  readonly value?: string
  /**
   * The value is optional and is given after `=` only (`--wait`, `--wait=active`). This is the value of the
   * bare option.
   */
  readonly bare?: string
  /** One line without a full stop. */
  readonly description: string
  readonly repeatable?: boolean
  /** The command refuses a second value itself; of other options that are not repeatable the last one counts. */
  readonly refusesSecond?: boolean
  readonly choices?: readonly string[]
  /** Names of options that cannot be given beside it. */
  readonly conflicts?: readonly string[]
  /** An empty value has a meaning: the title is removed. */
  readonly mayBeEmpty?: boolean
  /** The default, as help shows it; the code that reads the option applies it. */
  readonly default?: string
  /** Other environment variables that are read after OCCI_NAME (which is derived), or `none`. */
  readonly env?: readonly string[] | 'none'
  /** Heading in help. Default `Options`. */
  readonly group?: string
  readonly completion?: Completion
  readonly hidden?: boolean
}

/** An option that is a setting: it may also stand in a variable, a context, a project file. */
export interface SettingOption extends OptionDeclaration {
  /** The value is the path of a file or folder. */
  readonly path?: boolean
  /** Which sources may set it, and which servers may receive it. */
  readonly sensitivity: Sensitivity
}

/** The values that shell completion offers; they come from caches. */
export type Completion =
  | { readonly of: 'entity'; readonly kind?: string }
  | { readonly of: 'mixin'; readonly depends?: 'os_tpl' | 'resource_tpl' }
  /** A network or an alias of one. */
  | { readonly of: 'network' }
  | { readonly of: 'kind' }
  | { readonly of: 'category' }
  /** A category or an alias of an image or size. */
  | { readonly of: 'explainable' }
  | { readonly of: 'action'; readonly kind: string }
  | { readonly of: 'attribute'; readonly kind: string }
  | { readonly of: 'state'; readonly kind: string }
  | { readonly of: 'words'; readonly words: readonly string[] }
  | { readonly of: 'command' }
  | { readonly of: 'context' }
  | { readonly of: 'group' }
  /** Contexts, groups of them, and several with commas between. */
  | { readonly of: 'sites' }
  | { readonly of: 'file' }
  | { readonly of: 'folder' }

/** An option in use: `--wait[=STATE]`. */
export function optionLabel(option: OptionDeclaration): string {
  const name = `--${option.name}`
  if (option.value === undefined) return name
  return option.bare === undefined ? `${name} ${option.value}` : `${name}[=${option.value}]`
}
