/**
 * Parses command lines like Ruby's OptionParser: options in any order, combined short options (`-dalist`),
 * `--opt=value`, unique prefixes of long options and enumerated values.
 */
import { type RocciOption, rocciOptions } from './options.js'

export interface ParsedOptions {
  /** The last value of each given option by long name. Flags are 'true'. */
  readonly values: ReadonlyMap<string, string>
  readonly lists: ReadonlyMap<string, readonly string[]>
  /** Words that are not part of an option; rOCCI-cli ignores them. */
  readonly words: readonly string[]
  /** `help`, `version` or `examples`, if the command line has one of them; parsing stops there. */
  readonly informational?: string
}

/** An error with Ruby's message: `invalid option: --foo`. */
export class OptionError extends Error {}

/** Checks a value as soon as it is parsed. Throws OptionError. */
type ValueCheck = (option: RocciOption, value: string) => void

/** Parses a command line of rOCCI-cli. Throws OptionError. */
export function parseOptions(argv: readonly string[], check: ValueCheck = () => {}): ParsedOptions {
  const values = new Map<string, string>()
  const lists = new Map<string, string[]>()
  const words: string[] = []
  for (const token of tokens(argv)) {
    if (token.type === 'word') {
      words.push(token.text)
    } else if (token.type === 'fault') {
      throw new OptionError(token.message)
    } else if (token.option.kind === 'list') {
      check(token.option, token.value)
      lists.set(token.option.long, [...(lists.get(token.option.long) ?? []), token.value])
    } else if (token.option.kind === 'flag') {
      if (informationalOptions.has(token.option.long))
        return { values, lists, words, informational: token.option.long }
      values.set(token.option.long, 'true')
    } else {
      const value = convertValue(token.option, token.label, token.value)
      check(token.option, value)
      values.set(token.option.long, value)
    }
  }
  return { values, lists, words }
}

const informationalOptions: ReadonlySet<string> = new Set(['help', 'version', 'examples'])

type RocciToken =
  | {
      readonly type: 'option'
      readonly option: RocciOption
      /** The option as error messages show it: `-k soon`, `--timeout=soon`. */
      readonly label: (value: string) => string
      readonly value: string
      /** Indexes of the word that names the option, and of its last word. */
      readonly index: number
      readonly lastIndex: number
    }
  | { readonly type: 'word'; readonly text: string; readonly index: number; readonly afterDashes?: true }
  | { readonly type: 'fault'; readonly message: string; readonly index: number }

/** Yields the options and words of a command line. Continues after errors, since isRocciForm needs all options. */
export function* tokens(argv: readonly string[]): Generator<RocciToken> {
  for (let index = 0; index < argv.length; index++) {
    const word = argv[index] ?? ''
    if (word === '--') {
      for (let wordIndex = index + 1; wordIndex < argv.length; wordIndex++)
        yield { type: 'word', text: argv[wordIndex] ?? '', index: wordIndex, afterDashes: true }
      return
    }
    if (word.startsWith('--')) {
      const token = longToken(argv, index)
      yield token
      if (token.type === 'option') index = token.lastIndex
    } else if (word.startsWith('-') && word.length > 1) {
      let lastIndex = index
      for (const token of shortTokens(argv, index)) {
        yield token
        if (token.type === 'option') lastIndex = token.lastIndex
      }
      index = lastIndex
    } else {
      yield { type: 'word', text: word, index }
    }
  }
}

function longToken(argv: readonly string[], index: number): RocciToken {
  const word = argv[index] ?? ''
  const equals = word.indexOf('=')
  const name = equals < 0 ? word.slice(2) : word.slice(2, equals)
  const attached = equals < 0 ? undefined : word.slice(equals + 1)
  const option = longOption(name)
  if (typeof option === 'string') return { type: 'fault', message: `${option} option: ${word}`, index }
  if (option.kind === 'flag') {
    if (attached !== undefined) return { type: 'fault', message: `needless argument: ${word}`, index }
    return { type: 'option', option, label: () => word, value: '', index, lastIndex: index }
  }
  if (attached !== undefined)
    return { type: 'option', option, label: () => word, value: attached, index, lastIndex: index }
  const next = argv[index + 1]
  if (next === undefined) return { type: 'fault', message: `missing argument: ${word}`, index }
  return {
    type: 'option',
    option,
    label: (value) => `${word} ${value}`,
    value: next,
    index,
    lastIndex: index + 1,
  }
}

/** `-dalist`: flags, then at most one option with the rest of the word or the next word as its value. */
function* shortTokens(argv: readonly string[], index: number): Generator<RocciToken> {
  const word = argv[index] ?? ''
  for (let position = 1; position < word.length; position++) {
    const letter = word.charAt(position)
    const option = rocciOptions.find(({ short }) => short === letter)
    if (option === undefined) {
      yield { type: 'fault', message: `invalid option: -${word.slice(position)}`, index }
      return
    }
    if (option.kind === 'flag') {
      if (word.charAt(position + 1) === '=') {
        yield { type: 'fault', message: `needless argument: -${word.slice(position)}`, index }
        return
      }
      yield { type: 'option', option, label: () => `-${letter}`, value: '', index, lastIndex: index }
      continue
    }
    const attached = word.slice(position + 1)
    const next = argv[index + 1]
    if (attached !== '') {
      yield {
        type: 'option',
        option,
        label: (value) => `-${letter}${value}`,
        value: attached,
        index,
        lastIndex: index,
      }
    } else if (next === undefined) {
      yield { type: 'fault', message: `missing argument: -${letter}`, index }
    } else {
      yield {
        type: 'option',
        option,
        label: (value) => `-${letter} ${value}`,
        value: next,
        index,
        lastIndex: index + 1,
      }
    }
    return
  }
}

/** Finds an option by its exact name or a unique prefix. Ignores case and treats `_` as `-`. */
function longOption(name: string): RocciOption | 'invalid' | 'ambiguous' {
  const normalized = name.replaceAll('_', '-')
  const match = completeWord(
    normalized,
    rocciOptions.map(({ long }) => long),
    'i',
  )
  if (match === undefined || match === 'ambiguous') return match ?? 'invalid'
  return rocciOptions.find(({ long }) => long === match.word) ?? 'invalid'
}

/**
 * Ruby's completion: each word of the key may be a prefix of a word of the candidate (`--u-c` is
 * `--user-cred`), and a candidate that is a prefix of all others wins (`-o j` is `json`).
 */
function completeWord(
  key: string,
  candidates: readonly string[],
  flags: '' | 'i',
): { readonly word: string } | 'ambiguous' | undefined {
  if (candidates.includes(key)) return { word: key }
  const pattern = key.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&').replace(/\w+\b/g, '$&\\w*')
  const prefixPattern = new RegExp(`^${pattern}`, flags)
  const matches = candidates
    .filter((candidate) => prefixPattern.test(candidate))
    .sort((a, b) => a.length - b.length)
  const [shortest] = matches
  if (shortest === undefined) return undefined
  return matches.every((candidate) => candidate.startsWith(shortest)) ? { word: shortest } : 'ambiguous'
}

function convertValue(option: RocciOption, label: (value: string) => string, value: string): string {
  if (option.kind === 'integer') {
    const number = integer(value)
    if (number === undefined) throw new OptionError(`invalid argument: ${label(value)}`)
    return String(number)
  }
  if (option.choices === undefined) {
    if (value === '') throw new OptionError(`invalid argument: ${label(value)}`)
    return value
  }
  const match = completeWord(value, option.choices, '')
  if (match !== undefined && match !== 'ambiguous') return match.word
  throw new OptionError(`${match ?? 'invalid'} argument: ${label(value)}`)
}

/** Ruby's integers: `10`, `0x10`, `010`, `0b11`, `1_000`. */
function integer(text: string): number | undefined {
  const match =
    /^([-+]?)(0x[\da-f]+(?:_[\da-f]+)*|0b[01]+(?:_[01]+)*|0[0-7]+(?:_[0-7]+)*|\d+(?:_\d+)*)$/i.exec(text)
  if (match === null) return undefined
  const digits = (match[2] ?? '').replaceAll('_', '').replace(/^0(?=[0-7]+$)/, '0o')
  const number = Number(digits)
  if (Number.isNaN(number)) return undefined
  return match[1] === '-' ? -number : number
}
