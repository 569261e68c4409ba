/**
 * The shape of a command: plain data and one function. One declaration feeds the parser, --help, the
 * manual pages, shell completion and the README's checks; nothing about a command is written twice.
 */
import type { Sensitivity } from '../settings/trust.js'
import type { CommandContext } from './context.js'
import type { Output } from './output/types.js'

export interface CommandDeclaration {
  /** Words that name it: `['compute', 'create']`. */
  readonly path: readonly string[]
  /** One line without a full stop, imperative: "Create a compute resource". */
  readonly summary: string
  /** Paragraphs for --help and the manual page. */
  readonly description?: string
  readonly arguments: readonly ArgumentDeclaration[]
  readonly options: readonly OptionDeclaration[]
  /** At least one; --help shows the first three. */
  readonly examples: readonly Example[]
  /** What it answers is printed in the format the user asked for; a command itself never formats. */
  readonly run: (context: CommandContext) => Promise<Output | undefined>
  /** Found by name, but not listed in help. */
  readonly hidden?: boolean
  /** Works on contexts themselves, so none is in force: one that is named but missing can still be added. */
  readonly contextless?: boolean
}

export interface Example {
  /** What it does, as a sentence without a full stop. */
  readonly say: string
  readonly command: string
}

export interface ArgumentDeclaration {
  /** Upper case, as help shows it: `NAME`. */
  readonly name: string
  readonly description: string
  /** Default true. */
  readonly required?: boolean
  /** Takes the rest of the words. Only the last argument may. */
  readonly variadic?: boolean
  /** Words of another program: what looks like options among them comes after `--`. */
  readonly foreign?: boolean
  readonly completion?: Completion
}

export interface OptionDeclaration {
  /** Kebab case without dashes: `ssh-key`. A name that begins with `no-` is a switch of its own. */
  readonly name: string
  /** One letter. Only for common options. */
  readonly short?: string
  /** Name of its value as help shows it. Absent: a switch. */
  readonly value?: string
  /** The value may be left out; it is given after `=` only: `--wait`, `--wait=active`. This is its meaning then. */
  readonly bare?: string
  /** One line without a full stop. */
  readonly description: string
  readonly repeatable?: boolean
  readonly choices?: readonly string[]
  /** An empty value means something: a title that is taken away. */
  readonly mayBeEmpty?: boolean
  /** As help shows it; the code that reads the option decides. */
  readonly default?: string
  /** Which other variables are read after OCCI_NAME (which follows by rule), or `none`. */
  readonly env?: readonly string[] | 'none'
  /** Heading in help. Default `Options`. */
  readonly group?: string
  readonly completion?: Completion
  readonly hidden?: boolean
}

/** An option that is a setting: it may also stand in a variable, a context, a project file. */
export interface SettingOption extends OptionDeclaration {
  /** Its value is the path of a file or folder. */
  readonly path?: boolean
  /** Who may set it, and where it may go. */
  readonly sensitivity: Sensitivity
}

/** What the shell may offer in a place; values come from the caches. */
export type Completion =
  | { readonly of: 'entity'; readonly kind?: string }
  | { readonly of: 'mixin'; readonly depends?: 'os_tpl' | 'resource_tpl' }
  | { readonly of: 'kind' }
  | { readonly of: 'category' }
  | { readonly of: 'action'; readonly kind: string }
  | { readonly of: 'attribute'; readonly kind: string }
  | { readonly of: 'state'; readonly kind: string }
  | { readonly of: 'words'; readonly words: readonly string[] }
  | { readonly of: 'command' }
  | { readonly of: 'context' }
  | { readonly of: 'file' }
  | { readonly of: 'folder' }

/** A noun with its verbs: `occi compute …`. */
export interface CommandGroup {
  readonly name: string
  readonly summary: string
  readonly description?: string
  readonly commands: readonly CommandDeclaration[]
  /** Name of the command that runs when no verb is given: `occi model` is `occi model list`. */
  readonly fallback?: string
  /** Verbs that only the provider's model knows (a kind's own actions). */
  readonly learn?: (verb: string, context: CommandContext) => Promise<CommandDeclaration | undefined>
}

/** What stands in the registry: enough for `occi --help`, the rest is loaded when it is named. */
export interface Entry {
  readonly name: string
  readonly summary: string
  /** Heading in `occi --help`. */
  readonly section: string
  readonly load: () => Promise<CommandGroup | CommandDeclaration>
}

export function isGroup(loaded: CommandGroup | CommandDeclaration): loaded is CommandGroup {
  return 'commands' in loaded
}

/** Names of a command's arguments and options in use: `NAME…`, `[MIXIN]`. */
export function argumentLabel(argument: ArgumentDeclaration): string {
  const label = argument.variadic === true ? `${argument.name}…` : argument.name
  return argument.required === false ? `[${label}]` : label
}

export function optionLabel(option: OptionDeclaration): string {
  const name = `--${option.name}`
  if (option.value === undefined) return name
  return option.bare === undefined ? `${name} ${option.value}` : `${name}[=${option.value}]`
}

/** `--foo-bar` ⇔ OCCI_FOO_BAR. */
export function environmentName(option: string): string {
  return `OCCI_${option.replaceAll('-', '_').toUpperCase()}`
}
