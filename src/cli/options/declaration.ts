/** The declaration of an option: plain data, from which parser, help, manual pages and completion are derived. */
import type { Sensitivity } from '../../settings/trust.js'

export interface OptionDeclaration {
  /**
   * The name in kebab case, without leading dashes: `ssh-key`. A name that begins with `no-` is an option of its
   * own, not the negation of another.
   */
  readonly name: string
  /** One letter, for common options only. */
  readonly short?: string
  /** The name of the value, as help shows it. Absent for a switch. */
  readonly value?: string
  /**
   * The value of the option if it is used without one (`--wait`). It makes the value optional, so that a value must
   * follow `=` (`--wait=active`).
   */
  readonly bare?: string
  /** One line without a full stop. */
  readonly description: string
  readonly repeatable?: boolean
  /** The command itself rejects a second value. For other non-repeatable options the last value counts. */
  readonly rejectsRepetition?: boolean
  readonly choices?: readonly string[]
  /** Names of options that cannot be used together with this one. */
  readonly conflicts?: readonly string[]
  /** Whether an empty value is allowed, for example to remove a title. */
  readonly allowsEmpty?: boolean
  /** The default, as help shows it; the code that reads the option applies it. */
  readonly default?: string
  /** Other environment variables that are read after OCCI_NAME (which is derived), or `none`. */
  readonly env?: readonly string[] | 'none'
  /** Heading in help. Default `Options`. */
  readonly group?: string
  readonly completion?: Completion
  readonly hidden?: boolean
}

/** An option that is also a setting, which variables, contexts and project files may set. */
export interface SettingOption extends OptionDeclaration {
  /** Whether the value is the path of a file or folder. */
  readonly path?: boolean
  /** Which sources may set it, and which servers may receive it. */
  readonly sensitivity: Sensitivity
}

/** Which values shell completion offers. Most come from caches. */
export type Completion =
  /**
   * Entities. With `action`, only those that offer the action; with `{ argument: true }`, the action is the
   * preceding argument of the command line.
   */
  | {
      readonly of: 'entity'
      readonly kind?: string
      readonly action?: string | { readonly argument: true }
    }
  | { readonly of: 'mixin'; readonly family?: 'os_tpl' | 'resource_tpl' }
  /** Networks and their aliases. */
  | { readonly of: 'network' }
  | { readonly of: 'kind' }
  | { readonly of: 'category' }
  /** Categories, aliases of images and sizes, and attributes (`compute.cores`). */
  | { readonly of: 'explainable' }
  | { readonly of: 'action'; readonly kind: string }
  | { readonly of: 'attribute'; readonly kind: string }
  | { readonly of: 'state'; readonly kind: string }
  /** A condition of --where. */
  | { readonly of: 'condition'; readonly kind: string }
  /** Keys of columns, separated by commas. */
  | { readonly of: 'columns' }
  | { readonly of: 'words'; readonly words: readonly string[] }
  | { readonly of: 'command' }
  | { readonly of: 'context' }
  | { readonly of: 'group' }
  /** Contexts and groups, separated by commas. */
  | { readonly of: 'sites' }
  | { readonly of: 'file' }
  | { readonly of: 'folder' }

/** Returns the option as help shows it: `--wait[=STATE]`. */
export function optionLabel(option: OptionDeclaration): string {
  const name = `--${option.name}`
  if (option.value === undefined) return name
  return option.bare === undefined ? `${name} ${option.value}` : `${name}[=${option.value}]`
}
