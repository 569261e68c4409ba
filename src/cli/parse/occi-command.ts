/**
 * A command of commander that takes its options from declarations and stores their values by name.
 *
 * Commander parses the words, and checks unknown options, missing values, the number of arguments and conflicts.
 * These features of commander are not used:
 * - env: commander supports one variable for an option. A setting has several (OCCI_USERNAME, OS_USERNAME), and
 *   project file, context and clouds.yaml take precedence over its default; the origin of a value decides whether
 *   it is trusted (config/settings.ts).
 * - default: applied once all these sources have been read. Commander uses it for help only.
 * - choices: commander checks a value as soon as it reads it. A later `-o json` would not be known yet, so the
 *   error would not be JSON. parse.ts checks the values after all words have been read.
 * - implies: not needed.
 */
import { Command, Option } from 'commander'
import type { ArgumentDeclaration } from '../command.js'
import type { OptionDeclaration } from '../options/declaration.js'
import { withDefaultValues } from './words.js'

/** Values by option name. Commander's own store keeps only the last value and treats --no-header as --header. */
export type ValuesByOption = Map<string, string[]>

/** Thrown if a command line names no sub-command of a command that has some. */
export class NoCommandNamed extends Error {
  constructor(readonly command: OcciCommand) {
    super(`No sub-command of ${command.name()} was named`)
    this.name = 'NoCommandNamed'
  }
}

export class OcciCommand extends Command {
  readonly #values: ValuesByOption
  readonly #declarations: OptionDeclaration[] = []

  /** `values` is shared by all commands of a command line, since options may precede or follow the command. */
  constructor(name: string, values: ValuesByOption) {
    super(name)
    this.#values = values
    this.exitOverride().configureOutput({ writeErr: () => {} })
    this.helpOption(false).helpCommand(false).allowExcessArguments(false).enablePositionalOptions()
  }

  /** Adds options, except those whose name is taken. An option whose letter is taken is added without the letter. */
  declare(options: readonly OptionDeclaration[]): this {
    const names = new Set(this.#declarations.map(({ name }) => name))
    const letters = new Set(this.#declarations.map(({ short }) => short))
    for (const option of options) {
      if (names.has(option.name)) continue
      names.add(option.name)
      const { short, ...withoutLetter } = option
      const hasOwnLetter = short !== undefined && !letters.has(short)
      if (hasOwnLetter) letters.add(short)
      const declared = hasOwnLetter ? option : withoutLetter
      this.#declarations.push(declared)
      this.addOption(
        commanderOption(declared).argParser((value: string | undefined) =>
          this.#addValue(option, value ?? 'true'),
        ),
      )
    }
    return this
  }

  declareArguments(declarations: readonly ArgumentDeclaration[]): this {
    for (const { name, description, variadic, required } of declarations) {
      const label = variadic === true ? `${name}...` : name
      this.argument(required === false ? `[${label}]` : `<${label}>`, description)
    }
    return this
  }

  /** Passes options that precede the verb to commander, so that it checks them for conflicts. */
  passValuesToCommander(): this {
    for (const [name, texts] of this.#values) {
      if (!name.startsWith('no-')) this.setOptionValueWithSource(attributeName(name), texts.at(-1), 'cli')
    }
    return this
  }

  get declarations(): readonly OptionDeclaration[] {
    return this.#declarations
  }

  override parseOptions(words: string[]) {
    const isCommand = (word: string) => this.commands.some((command) => command.name() === word)
    return super.parseOptions(withDefaultValues(words, this.#declarations, isCommand))
  }

  /** Commander calls this if no sub-command is named. CommandLine decides what to show, which depends on options. */
  override help(): never {
    throw new NoCommandNamed(this)
  }

  #addValue({ name, repeatable, rejectsRepetition }: OptionDeclaration, text: string): string {
    const values = this.#values.get(name)
    if (values === undefined || (repeatable !== true && rejectsRepetition !== true))
      this.#values.set(name, [text])
    else values.push(text)
    return text
  }
}

function commanderOption({
  name,
  short,
  value,
  bare,
  description,
  choices,
  ...rest
}: OptionDeclaration): Option {
  const letter = short === undefined ? '' : `-${short}, `
  const parameter = value === undefined ? '' : bare === undefined ? ` <${value}>` : ` [${value}]`
  const option = new Option(`${letter}--${name}${parameter}`, description)
  // Not choices(), which would also replace the parser of the value.
  if (choices !== undefined) option.argChoices = [...choices]
  if (rest.default !== undefined) option.defaultValueDescription = rest.default
  if (rest.conflicts !== undefined) option.conflicts(rest.conflicts.map(attributeName))
  return option.hideHelp(rest.hidden === true).helpGroup(`${rest.group ?? 'Options'}:`)
}

/** Commander's key for an option: camel case, without the `no-` of negated options. */
function attributeName(name: string): string {
  return new Option(`--${name}`).attributeName()
}
