/** The declarations of the whole program as plain data, for manual pages and completion scripts. */
import { argumentLabel, type CommandDeclaration, type CommandGroup, isGroup } from '../command.js'
import type { OptionDeclaration } from '../options/declaration.js'

export interface Documentation {
  readonly version: string
  readonly nouns: readonly Noun[]
  /** The options of every command, including those of all authentication methods. */
  readonly globals: readonly OptionDeclaration[]
  readonly topics: readonly Topic[]
  /** Exit statuses with their meanings. */
  readonly exitStatuses: readonly (readonly [status: number, meaning: string])[]
}

export interface Noun {
  readonly name: string
  readonly summary: string
  /** The heading under which `occi --help` lists the noun. */
  readonly section: string
  readonly declaration: CommandGroup | CommandDeclaration
}

/** Precedes each heading in the text of a topic. */
export const headingMark = '\u0001'

/** A page of `occi help`: paragraphs, indented blocks, and headings. */
export interface Topic {
  readonly name: string
  readonly summary: string
  readonly text: string
}

/** The commands of a noun that are not hidden. */
export function commandsOf(noun: Noun): readonly CommandDeclaration[] {
  const { declaration } = noun
  const commands = isGroup(declaration) ? declaration.commands : [declaration]
  return commands.filter((command) => command.hidden !== true)
}

export function visible(options: readonly OptionDeclaration[]): readonly OptionDeclaration[] {
  return options.filter((option) => option.hidden !== true)
}

/** `occi compute create NAME [options]`. */
export function usage(command: CommandDeclaration): string {
  return ['occi', ...command.path, ...command.arguments.map(argumentLabel), '[options]'].join(' ')
}
