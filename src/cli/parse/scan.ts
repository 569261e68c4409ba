/**
 * Separates words, options and option values. Needed before the command is known (global options may precede
 * it), for --help anywhere, and for a rule that commander lacks: an optional value is given after `=` only.
 */
import type { OptionDeclaration } from '../options/declaration.js'

export type Token =
  | { readonly type: 'word'; readonly text: string; readonly index: number }
  | {
      readonly type: 'option'
      /** The name without dashes. */
      readonly name: string
      readonly option: OptionDeclaration | undefined
      readonly value: string | undefined
      readonly index: number
    }

/** Finds an option by its long name, or by its letter. */
export type Lookup = (name: string) => OptionDeclaration | undefined

export function lookupIn(...tables: readonly (readonly OptionDeclaration[])[]): Lookup {
  const known = new Map<string, OptionDeclaration>()
  // Earlier tables take precedence: a command's own option comes before a global of the same name.
  for (const option of tables.flat()) {
    if (!known.has(option.name)) known.set(option.name, option)
    if (option.short !== undefined && !known.has(option.short)) known.set(option.short, option)
  }
  return (name) => known.get(name)
}

/** One token per word or option; values belong to their option. Everything after `--` is a word. */
export function scan(argv: readonly string[], lookup: Lookup): readonly Token[] {
  const tokens: Token[] = []
  for (let index = 0; index < argv.length; index += 1) {
    const text = argv[index] ?? ''
    if (text === '--') {
      for (let rest = index + 1; rest < argv.length; rest += 1) {
        tokens.push({ type: 'word', text: argv[rest] ?? '', index: rest })
      }
      break
    }
    if (text.startsWith('--')) index = longOption(argv, index, lookup, tokens)
    else if (text.startsWith('-') && text.length > 1) index = shortOptions(argv, index, lookup, tokens)
    else tokens.push({ type: 'word', text, index })
  }
  return tokens
}

/**
 * Argv without the words at the given positions, and with the implied values of bare options, for commander.
 */
export function forCommander(
  argv: readonly string[],
  lookup: Lookup,
  without: ReadonlySet<number>,
): readonly string[] {
  const bare = new Set<number>()
  for (const token of scan(argv, lookup)) {
    if (token.type === 'option' && token.option?.bare !== undefined && token.value === undefined) {
      bare.add(token.index)
    }
  }
  return argv.flatMap((text, index) => {
    if (without.has(index)) return []
    return bare.has(index) && text.startsWith('--') ? [`${text}=`] : [text]
  })
}

function longOption(argv: readonly string[], index: number, lookup: Lookup, tokens: Token[]): number {
  const text = argv[index] ?? ''
  const equals = text.indexOf('=')
  const name = text.slice(2, equals < 0 ? undefined : equals)
  const option = lookup(name)
  if (equals >= 0) {
    tokens.push({ type: 'option', name, option, value: text.slice(equals + 1), index })
    return index
  }
  const takes = takesNext(option)
  tokens.push({ type: 'option', name, option, value: takes ? argv[index + 1] : undefined, index })
  return takes ? index + 1 : index
}

/** `-qv`, `-ojson`, `-o json`. */
function shortOptions(argv: readonly string[], index: number, lookup: Lookup, tokens: Token[]): number {
  const letters = argv[index] ?? ''
  for (let place = 1; place < letters.length; place += 1) {
    const name = letters[place] ?? ''
    const option = lookup(name)
    if (!takesNext(option)) {
      tokens.push({ type: 'option', name, option, value: undefined, index })
      continue
    }
    const rest = letters.slice(place + 1)
    tokens.push({ type: 'option', name, option, value: rest === '' ? argv[index + 1] : rest, index })
    return rest === '' ? index + 1 : index
  }
  return index
}

function takesNext(option: OptionDeclaration | undefined): boolean {
  return option?.value !== undefined && option.bare === undefined
}
