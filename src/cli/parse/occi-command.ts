/**
 * A command of commander whose options are declarations, and whose values are kept by the options' names.
 *
 * Commander reads the words, and checks unknown options, missing values, the number of arguments and conflicts.
 * What its options could do and is done elsewhere, with the reason:
 * - env: commander reads one variable for an option. A setting has several (OCCI_USERNAME, OS_USERNAME), and
 *   between a variable and a default come the project file, the context and clouds.yaml, each with an origin
 *   that decides whether the value is trusted (config/settings.ts).
 * - default: for the same reason it is applied when all sources are known. Commander gets it for help only.
 * - choices: commander compares a value when it reads the word. An `-o json` after the wrong word would not be
 *   known yet, and the error would not be JSON. parse.ts compares when all words are read, with the same list.
 * - implies: no option sets another one.
 */
import { Command, Option } from 'commander'
import type { ArgumentDeclaration } from '../command.js'
import type { OptionDeclaration } from '../options/declaration.js'
import { writtenOut } from './words.js'

/** Values by option name. Commander's own store forgets repetitions, and takes --no-header for --header. */
export type GivenValues = Map<string, string[]>

/** Ends the reading of a command line that names none of a command's sub-commands. */
export class NoCommandNamed extends Error {
  constructor(readonly command: OcciCommand) {
    super(`No command of ${command.name()} is named`)
    this.name = 'NoCommandNamed'
  }
}

export class OcciCommand extends Command {
  readonly #given: GivenValues
  readonly #declarations: OptionDeclaration[] = []

  /** `given` is shared by all commands of a command line, since options may stand before and after their names. */
  constructor(name: string, given: GivenValues) {
    super(name)
    this.#given = given
    this.exitOverride().configureOutput({ writeErr: () => {} })
    this.helpOption(false).helpCommand(false).allowExcessArguments(false).enablePositionalOptions()
  }

  /** Adds the options whose names are free; a letter that is taken stays with the option that has it. */
  declare(options: readonly OptionDeclaration[]): this {
    const names = new Set(this.#declarations.map(({ name }) => name))
    const letters = new Set(this.#declarations.map(({ short }) => short))
    for (const option of options) {
      if (names.has(option.name)) continue
      names.add(option.name)
      const { short, ...rest } = option
      const free = short !== undefined && !letters.has(short)
      if (free) letters.add(short)
      const declared = free ? option : rest
      this.#declarations.push(declared)
      this.addOption(
        commanderOption(declared).argParser((value: string | undefined) =>
          this.#keep(option, value ?? 'true'),
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

  /** Lets what stood before the verb take part in checks of options that cannot be combined. */
  takeGiven(): this {
    for (const [name, texts] of this.#given) {
      if (!name.startsWith('no-')) this.setOptionValueWithSource(attributeName(name), texts.at(-1), 'cli')
    }
    return this
  }

  get declarations(): readonly OptionDeclaration[] {
    return this.#declarations
  }

  override parseOptions(words: string[]) {
    const begins = (word: string) => this.commands.some((command) => command.name() === word)
    return super.parseOptions(writtenOut(words, this.#declarations, begins))
  }

  /** Commander shows help where no sub-command is named; what is shown here depends on the options. */
  override help(): never {
    throw new NoCommandNamed(this)
  }

  #keep({ name, repeatable, refusesSecond }: OptionDeclaration, text: string): string {
    const before = this.#given.get(name)
    if (before === undefined || (repeatable !== true && refusesSecond !== true)) this.#given.set(name, [text])
    else before.push(text)
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

/** Commander's key of an option: `no-header` is what `--header` is not. */
function attributeName(name: string): string {
  return new Option(`--${name}`).attributeName()
}
