/**
 * The declaration of a command: plain data and one function. The parser, --help, the manual pages, shell
 * completion and the README's checks all use it, so nothing about a command is written twice.
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
  /** How it runs at the first of several sites that accepts (`--any-of`). */
  readonly anyOf?: {
    /** The words that name the sites; undefined where the command is to run as usual. Throws UsageError. */
    readonly sites: (invocation: Invocation) => Promise<Setting | undefined>
    /** The records of the output say their sites. */
    readonly run: (context: CommandContext, sites: readonly TriedSite[]) => Promise<Output>
  }
  /** What -o can choose, where it is not the same as for every command; its output has them, too. */
  readonly formats?: readonly OutputFormat[]
  /** The command exists, but help does not list it. */
  readonly hidden?: boolean
  /**
   * No context is in force, and the configuration is not read for it: the command edits contexts (so that a named
   * one that is missing can still be added), or takes nothing from them.
   */
  readonly contextless?: boolean
  /** How the command runs where several contexts are named; without it, it refuses them. */
  readonly atSites?: AtSites | ((invocation: Invocation) => AtSites | undefined)
}

/**
 * `reads`: at each site, for the time that a site has; what came is put together. `waits`: the same, but for
 * as long as the command itself waits. `writes`: as `waits`, and the user is asked once for all sites.
 */
export type AtSites = 'reads' | 'waits' | 'writes'

/** One of several sites that are tried one after the other. */
export interface TriedSite {
  readonly name: string
  /** The context of the command there, opened once. */
  open(): Promise<CommandContext>
}

export interface Example {
  /** What the example does, as a sentence without a full stop. */
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
  /** Words with "=" are attributes, beside names. */
  readonly assigns?: boolean
  /** The words belong to another program: those that look like options must follow `--`. */
  readonly foreign?: boolean
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
  readonly learn?: (verb: string, context: CommandContext) => Promise<CommandDeclaration | undefined>
}

/** An entry of the registry: enough for `occi --help`. The rest is loaded when the noun is used. */
export interface Entry {
  readonly name: string
  readonly summary: string
  /** Heading in `occi --help`. */
  readonly section: string
  /** The command exists, but help does not list it. */
  readonly hidden?: boolean
  /** Sends nothing to a provider, so that there is nothing to preview. */
  readonly local?: boolean
  readonly load: () => Promise<CommandGroup | CommandDeclaration>
}

export function isGroup(loaded: CommandGroup | CommandDeclaration): loaded is CommandGroup {
  return 'commands' in loaded
}

/** An argument as usage lines show it: `NAME…`, `[MIXIN]`. */
export function argumentLabel(argument: ArgumentDeclaration): string {
  const label = argument.variadic === true ? `${argument.name}…` : argument.name
  return argument.required === false ? `[${label}]` : label
}
