/**
 * Command lines as Ruby's OptionParser reads them: options in any order, combined short options
 * (`-dalist`), `--opt=value`, unique beginnings of long options and of enumerated values.
 */
import { longOption, type RocciOption, shortOption } from './options.js'

export interface Parsed {
  /** Last value of each given option, by long name; lists collect. Flags are 'true'. */
  readonly values: ReadonlyMap<string, string>
  readonly lists: ReadonlyMap<string, readonly string[]>
  /** Words that belong to no option; rOCCI ignores them, for us they mean "not rOCCI's form". */
  readonly words: readonly string[]
}

/** In Ruby's words, as scripts may have seen them: `invalid option: --foo`. */
export class OptionFault extends Error {}

/** Throws OptionFault. */
export function parseOptions(argv: readonly string[]): Parsed {
  const values = new Map<string, string>()
  const lists = new Map<string, string[]>()
  const words: string[] = []

  const take = (option: RocciOption, shown: string, value: string): void => {
    if (option.kind === 'list') {
      lists.set(option.long, [...(lists.get(option.long) ?? []), value])
    } else {
      values.set(option.long, checked(option, shown, value))
    }
  }

  for (let at = 0; at < argv.length; at++) {
    const word = argv[at] ?? ''
    if (word === '--') {
      words.push(...argv.slice(at + 1))
      break
    }
    if (word.startsWith('--')) {
      const { name, value } = splitLong(word)
      const option = oneLong(name, word)
      if (option.kind === 'flag') {
        if (value !== undefined) throw new OptionFault(`needless argument: ${word}`)
        values.set(option.long, 'true')
      } else {
        const next = value ?? argv[++at]
        if (next === undefined) throw new OptionFault(`missing argument: --${name}`)
        take(option, `--${name}`, next)
      }
    } else if (word.startsWith('-') && word.length > 1) {
      at = shortGroup(argv, at, values, take)
    } else {
      words.push(word)
    }
  }
  return { values, lists, words }
}

/** Reads `-dalist` at `at`; answers the index of the last word used. */
function shortGroup(
  argv: readonly string[],
  at: number,
  values: Map<string, string>,
  take: (option: RocciOption, shown: string, value: string) => void,
): number {
  const word = argv[at] ?? ''
  for (let i = 1; i < word.length; i++) {
    const letter = word.charAt(i)
    const option = shortOption(letter)
    if (option === undefined) throw new OptionFault(`invalid option: ${i === 1 ? word : `-${letter}`}`)
    if (option.kind === 'flag') {
      values.set(option.long, 'true')
      continue
    }
    const rest = word.slice(i + 1)
    const value = rest !== '' ? rest : argv[at + 1]
    if (value === undefined) throw new OptionFault(`missing argument: -${letter}`)
    take(option, `-${letter}`, value)
    return rest !== '' ? at : at + 1
  }
  return at
}

function splitLong(word: string): { name: string; value: string | undefined } {
  const equals = word.indexOf('=')
  return equals < 0
    ? { name: word.slice(2), value: undefined }
    : { name: word.slice(2, equals), value: word.slice(equals + 1) }
}

function oneLong(name: string, word: string): RocciOption {
  const found = longOption(name)
  if (!isList(found)) return found
  throw new OptionFault(`${found.length === 0 ? 'invalid' : 'ambiguous'} option: ${word}`)
}

function isList(found: RocciOption | readonly RocciOption[]): found is readonly RocciOption[] {
  return Array.isArray(found)
}

function checked(option: RocciOption, shown: string, value: string): string {
  if (option.kind === 'integer') {
    if (!/^[+-]?\d+$/.test(value)) throw new OptionFault(`invalid argument: ${shown} ${value}`)
    return value
  }
  if (option.choices === undefined || option.choices.includes(value)) return value
  const found = option.choices.filter((choice) => choice.startsWith(value))
  if (found.length === 1 && found[0] !== undefined) return found[0]
  throw new OptionFault(`${found.length === 0 ? 'invalid' : 'ambiguous'} argument: ${shown} ${value}`)
}
