/** The values that the user gave, by name. */
import { environmentName } from '../../settings/names.js'
import { isOn, switchWord } from '../../settings/switch.js'
import type { OptionDeclaration } from './declaration.js'

export interface ParsedWords {
  readonly arguments: ReadonlyMap<string, readonly string[]>
  readonly options: OptionValues
}

/**
 * The options of one call: from the command line, else from OCCI_NAME. Reading an undeclared option is a
 * programming error.
 */
export class OptionValues {
  private readonly declared: ReadonlyMap<string, OptionDeclaration>
  private readonly given: ReadonlyMap<string, readonly string[]>
  private readonly environment: (name: string) => string | undefined

  constructor(
    declared: readonly OptionDeclaration[],
    given: ReadonlyMap<string, readonly string[]>,
    environment: (name: string) => string | undefined,
  ) {
    this.declared = new Map(declared.map((option) => [option.name, option]))
    this.given = given
    this.environment = environment
  }

  /** The value of an option; the last one if it was repeated. */
  text(name: string): string | undefined {
    return this.all(name).at(-1)
  }

  all(name: string): readonly string[] {
    const option = this.declared.get(name)
    if (option === undefined) throw new Error(`The option --${name} is not declared`)
    const given = this.given.get(name)
    if (given !== undefined) return given
    const value = option.env === 'none' ? undefined : this.environment(environmentName(name))
    return value === undefined || value === '' ? [] : [value]
  }

  /**
   * Whether a switch, or an option with an optional value, is set. Throws UsageError for a word that is not a
   * valid switch.
   */
  isSet(name: string): boolean {
    const value = this.text(name)
    if (value === undefined) return false
    if (this.declared.get(name)?.value !== undefined) return switchWord(value) !== false
    return isOn(value, this.given.has(name) ? `--${name}` : environmentName(name))
  }

  /** The options of the command line, without those of the environment. */
  commandLine(): ReadonlyMap<string, readonly string[]> {
    return this.given
  }

  /** The command line's settings by name; of a repeated option the last counts, but each --context names a site. */
  asSettings(): Readonly<Record<string, string>> {
    return Object.fromEntries(
      [...this.given].flatMap(([name, values]) => {
        const value = name === 'context' ? values.join(',') : values.at(-1)
        return value === undefined ? [] : [[name, value]]
      }),
    )
  }

  /** These, with some options given besides. */
  with(more: ReadonlyMap<string, readonly string[]>): OptionValues {
    return new OptionValues([...this.declared.values()], new Map([...this.given, ...more]), this.environment)
  }

  has(name: string): boolean {
    return this.declared.has(name)
  }
}
