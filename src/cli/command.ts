/**
 * The declaration of a command: plain data and one function. The parser, --help, the manual pages, shell
 * completion and the checks of the README are all derived from it.
 */
import type { Setting } from '../config/types.js'
import type { CommandContext, Invocation } from './context.js'
import type { Completion, OptionDeclaration } from './options/declaration.js'
import type { Output, OutputFormat } from './output/types.js'

export interface CommandDeclaration {
  /** The words that name the command: `['compute', 'create']`. */
  readonly path: readonly string[]
  /** One line without a full stop, imperative: "Create a compute resource". */
  readonly summary: string
  /** Paragraphs for --help and the manual page. */
  readonly description?: string
  readonly arguments: readonly ArgumentDeclaration[]
  readonly options: readonly OptionDeclaration[]
  /** At least one example; --help shows the first three. */
  readonly examples: readonly Example[]
  /** Runs the command. The result is printed in the format that the user chose; commands do not format. */
  readonly run: (context: CommandContext) => Promise<Output | undefined>
  /** Runs the command at the first of several sites that accepts it (`--any-of`). */
  readonly anyOf?: {
    /** Returns the setting that names the sites; undefined if the command runs as usual. Throws UsageError. */
    readonly sites: (invocation: Invocation) => Promise<Setting | undefined>
    /** Runs the command. The records of its output name their sites. */
    readonly run: (context: CommandContext, sites: readonly TriedSite[]) => Promise<Output>
  }
  /** The formats that -o accepts, if they differ from the common ones. */
  readonly formats?: readonly OutputFormat[]
  /** The command exists, but help does not list it. */
  readonly hidden?: boolean
  /**
   * The command runs without a current context, and takes no settings from one: it edits contexts (so `--context NAME`
   * may name one that does not exist yet), or needs nothing from them.
   */
  readonly contextless?: boolean
  /** How the command runs when several contexts are named; if absent, several contexts are refused. */
  readonly atSites?: AtSites | ((invocation: Invocation) => AtSites | undefined)
}

/**
 * How a command runs at several sites. All modes run it at each site and merge the outputs. `reads` limits each
 * site to --site-timeout; `waits` applies only the command's own timeout. `writes` is like `waits`, but the user
 * confirms once for all sites.
 */
export type AtSites = 'reads' | 'waits' | 'writes'

/** One of several sites that are tried one after the other. */
export interface TriedSite {
  readonly name: string
  /** Opens the command's context at this site; later calls return the same one. */
  open(): Promise<CommandContext>
}

export interface Example {
  /** What the example shows or does, without a full stop. */
  readonly title: string
  readonly command: string
}

export interface ArgumentDeclaration {
  /** Upper case, as help shows it: `NAME`. */
  readonly name: string
  readonly description: string
  /** Default true. */
  readonly required?: boolean
  /** Takes all remaining words. Only the last argument may be variadic. */
  readonly variadic?: boolean
  /** Besides names, the argument accepts attributes (NAME=VALUE). */
  readonly acceptsAttributes?: boolean
  /** The words are passed to another program, so that options among them must follow `--`. */
  readonly passThrough?: boolean
  readonly completion?: Completion
}

/** A noun with its verbs: `occi compute …`. */
export interface CommandGroup {
  readonly name: string
  readonly summary: string
  readonly description?: string
  readonly commands: readonly CommandDeclaration[]
  /** The command that runs when no verb is given: `occi model` is `occi model list`. */
  readonly fallback?: string
  /** Looks up verbs that only the provider's model defines (a kind's own actions). */
  readonly discover?: (verb: string, context: CommandContext) => Promise<CommandDeclaration | undefined>
}

/** An entry of the registry of commands: what `occi --help` shows. `load` returns the full declaration. */
export interface CommandEntry {
  readonly name: string
  readonly summary: string
  /** Heading in `occi --help`. */
  readonly section: string
  /** The command exists, but help does not list it. */
  readonly hidden?: boolean
  /** The command sends nothing to a provider, so there is nothing to preview or record. */
  readonly local?: boolean
  readonly load: () => Promise<CommandGroup | CommandDeclaration>
}

export function isGroup(loaded: CommandGroup | CommandDeclaration): loaded is CommandGroup {
  return 'commands' in loaded
}

/** Returns the argument as usage lines show it: `NAME…`, `[MIXIN]`. */
export function argumentLabel(argument: ArgumentDeclaration): string {
  const label = argument.variadic === true ? `${argument.name}…` : argument.name
  return argument.required === false ? `[${label}]` : label
}
