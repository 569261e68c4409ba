/**
 * What commander cannot express: an option whose value may be left out takes it after `=` only (`--wait`,
 * `--wait=active`). Such options are written out before commander reads the words.
 */
import type { OptionDeclaration } from '../options/declaration.js'

interface GivenOption {
  readonly option: OptionDeclaration
  readonly value: string | undefined
  readonly index: number
}

/** Finds the known options among words, up to `--` or to a word at which the words of a command begin. */
export function* optionsIn(
  words: readonly string[],
  options: readonly OptionDeclaration[],
  begins: (word: string) => boolean = () => false,
): Generator<GivenOption> {
  const known = new Map<string, OptionDeclaration>()
  for (const option of options) {
    known.set(`--${option.name}`, option)
    if (option.short !== undefined) known.set(`-${option.short}`, option)
  }
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index] ?? ''
    if (word === '--' || begins(word)) return
    const [, name = '', value] = /^(--[^=]+)(?:=(.*))?$/s.exec(word) ?? []
    const option = known.get(name)
    if (option !== undefined) {
      const takesNext = value === undefined && needsValue(option)
      yield { option, value: takesNext ? words[index + 1] : value, index }
      if (takesNext) index += 1
    } else if (/^-[^-]/.test(word)) {
      for (let place = 1; place < word.length; place += 1) {
        const letter = known.get(`-${word[place]}`)
        if (letter === undefined) break
        const rest = needsValue(letter) ? word.slice(place + 1) : undefined
        yield { option: letter, value: rest === '' ? words[index + 1] : rest, index }
        if (rest === '') index += 1
        if (rest !== undefined) break
      }
    }
  }
}

/** `--wait web` → `--wait= web`, with what `--wait` means alone; see optionsIn. */
export function writtenOut(
  words: readonly string[],
  options: readonly OptionDeclaration[],
  begins?: (word: string) => boolean,
): string[] {
  const written = [...words]
  for (const { option, value, index } of optionsIn(words, options, begins)) {
    if (option.bare !== undefined && !value) written[index] = `--${option.name}=${option.bare}`
  }
  return written
}

function needsValue({ value, bare }: OptionDeclaration): boolean {
  return value !== undefined && bare === undefined
}
