/** The values of arguments and options, by name. */
import { environmentName } from '../../settings/names.js'
import { isOn, switchWord } from '../../settings/switch.js'
import type { OptionDeclaration } from './declaration.js'

export interface ParsedWords {
  readonly arguments: ReadonlyMap<string, readonly string[]>
  readonly options: OptionValues
}

/**
 * The options of one invocation: from the command line, else from OCCI_NAME. Reading an undeclared option
 * throws an Error, since it is a programming mistake.
 */
export class OptionValues {
  private readonly declarations: ReadonlyMap<string, OptionDeclaration>
  private readonly commandLineValues: ReadonlyMap<string, readonly string[]>
  private readonly environment: (name: string) => string | undefined

  constructor(
    declarations: readonly OptionDeclaration[],
    commandLineValues: ReadonlyMap<string, readonly string[]>,
    environment: (name: string) => string | undefined,
  ) {
    this.declarations = new Map(declarations.map((option) => [option.name, option]))
    this.commandLineValues = commandLineValues
    this.environment = environment
  }

  /** The value of an option; the last one if it was given repeatedly. */
  text(name: string): string | undefined {
    return this.all(name).at(-1)
  }

  /** All values of an option, in the order in which they were given; empty if there are none. */
  all(name: string): readonly string[] {
    const option = this.declarations.get(name)
    if (option === undefined) throw new Error(`The option --${name} is not declared`)
    const values = this.commandLineValues.get(name)
    if (values !== undefined) return values
    const value = option.env === 'none' ? undefined : this.environment(environmentName(name))
    return value === undefined || value === '' ? [] : [value]
  }

  /**
   * Whether a switch, or an option with an optional value, is set. Throws UsageError if the value of a switch
   * is neither true nor false.
   */
  isSet(name: string): boolean {
    const value = this.text(name)
    if (value === undefined) return false
    if (this.declarations.get(name)?.value !== undefined) return switchWord(value) !== false
    return isOn(value, this.commandLineValues.has(name) ? `--${name}` : environmentName(name))
  }

  /** The options of the command line, without those from the environment. */
  commandLine(): ReadonlyMap<string, readonly string[]> {
    return this.commandLineValues
  }

  /** The options of the command line as settings. */
  asSettings(): Readonly<Record<string, string>> {
    return asSettings(this.commandLineValues)
  }

  /** A copy with additional options. */
  withValues(additional: ReadonlyMap<string, readonly string[]>): OptionValues {
    return new OptionValues(
      [...this.declarations.values()],
      new Map([...this.commandLineValues, ...additional]),
      this.environment,
    )
  }

  /** Whether the option is declared. */
  has(name: string): boolean {
    return this.declarations.has(name)
  }
}

/** The values of options as settings: the last value of a repeated option, but all values of --context. */
export function asSettings(
  options: ReadonlyMap<string, readonly string[]>,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    [...options].flatMap(([name, values]) => {
      const value = name === 'context' ? values.filter((each) => each !== '').join(',') : values.at(-1)
      return value === undefined ? [] : [[name, value]]
    }),
  )
}
