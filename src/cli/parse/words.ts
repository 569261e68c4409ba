/**
 * Finds options among the words of a command line, and adds the values of options that were used without their
 * optional value (`--wait`). Such a value must follow `=` (`--wait=active`), which commander cannot express.
 */
import type { OptionDeclaration } from '../options/declaration.js'

interface OptionOccurrence {
  readonly option: OptionDeclaration
  readonly value: string | undefined
  readonly index: number
  /** The index of the word after the option and its value. */
  readonly next: number
}

/** Finds the occurrences of options among words, up to `--` or to the first word that names a command. */
export function* optionsIn(
  words: readonly string[],
  options: readonly OptionDeclaration[],
  isCommand: (word: string) => boolean = () => false,
): Generator<OptionOccurrence> {
  const optionsByFlag = new Map<string, OptionDeclaration>()
  for (const option of options) {
    optionsByFlag.set(`--${option.name}`, option)
    if (option.short !== undefined) optionsByFlag.set(`-${option.short}`, option)
  }
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index] ?? ''
    if (word === '--' || isCommand(word)) return
    const [, name = '', value] = /^(--[^=]+)(?:=(.*))?$/s.exec(word) ?? []
    const option = optionsByFlag.get(name)
    if (option !== undefined) {
      const takesNext = value === undefined && needsValue(option)
      const next = index + (takesNext ? 2 : 1)
      yield { option, value: takesNext ? words[index + 1] : value, index, next }
      index = next - 1
    } else if (/^-[^-]/.test(word)) {
      for (let position = 1; position < word.length; position += 1) {
        const shortOption = optionsByFlag.get(`-${word[position]}`)
        if (shortOption === undefined) break
        const attachedValue = needsValue(shortOption) ? word.slice(position + 1) : undefined
        const next = index + (attachedValue === '' ? 2 : 1)
        yield {
          option: shortOption,
          value: attachedValue === '' ? words[index + 1] : attachedValue,
          index,
          next,
        }
        index = next - 1
        if (attachedValue !== undefined) break
      }
    }
  }
}

/** Adds `bare` to options without their optional value: `--wait web` becomes `--wait=active web`. */
export function withDefaultValues(
  words: readonly string[],
  options: readonly OptionDeclaration[],
  isCommand?: (word: string) => boolean,
): string[] {
  const result = [...words]
  for (const { option, value, index } of optionsIn(words, options, isCommand)) {
    if (option.bare !== undefined && !value) result[index] = `--${option.name}=${option.bare}`
  }
  return result
}

function needsValue({ value, bare }: OptionDeclaration): boolean {
  return value !== undefined && bare === undefined
}
