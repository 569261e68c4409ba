/**
 * Parses command lines like Ruby's OptionParser: options in any order, combined short options (`-dalist`),
 * `--opt=value`, unique prefixes of long options and enumerated values.
 */
import { type RocciOption, rocciOptions } from './options.js'

export interface Parsed {
  /** The last value of each given option by long name. Flags are 'true'. */
  readonly values: ReadonlyMap<string, string>
  readonly lists: ReadonlyMap<string, readonly string[]>
  /** Words that are not part of an option; rOCCI-cli ignores them. */
  readonly words: readonly string[]
  /** `help`, `version` or `examples` if given; parsing stops there. */
  readonly informational?: string
}

/** An error with Ruby's message: `invalid option: --foo`. */
export class OptionError extends Error {}

/** Checks a value as soon as it is parsed. Throws OptionError. */
type ValueCheck = (option: RocciOption, value: string) => void

/** Parses a command line of rOCCI-cli. Throws OptionError. */
export function parseOptions(argv: readonly string[], check: ValueCheck = () => {}): Parsed {
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
      const value = convertValue(token.option, token.shown, token.value)
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
      readonly shown: (value: string) => string
      readonly value: string
      /** Indexes of the word that names the option, and of its last word. */
      readonly at: number
      readonly last: number
    }
  /** `rest` marks words after `--`. */
  | { readonly type: 'word'; readonly text: string; readonly at: number; readonly rest?: true }
  | { readonly type: 'fault'; readonly message: string; readonly at: number }

/** Yields the options of a command line. Continues after errors, since recognition needs all options. */
export function* tokens(argv: readonly string[]): Generator<RocciToken> {
  for (let at = 0; at < argv.length; at++) {
    const word = argv[at] ?? ''
    if (word === '--') {
      for (let rest = at + 1; rest < argv.length; rest++)
        yield { type: 'word', text: argv[rest] ?? '', at: rest, rest: true }
      return
    }
    if (word.startsWith('--')) {
      const token = longToken(argv, at)
      yield token
      if (token.type === 'option') at = token.last
    } else if (word.startsWith('-') && word.length > 1) {
      let last = at
      for (const token of shortTokens(argv, at)) {
        yield token
        if (token.type === 'option') last = token.last
      }
      at = last
    } else {
      yield { type: 'word', text: word, at }
    }
  }
}

function longToken(argv: readonly string[], at: number): RocciToken {
  const word = argv[at] ?? ''
  const equals = word.indexOf('=')
  const name = equals < 0 ? word.slice(2) : word.slice(2, equals)
  const attached = equals < 0 ? undefined : word.slice(equals + 1)
  const option = longOption(name)
  if (typeof option === 'string') return { type: 'fault', message: `${option} option: ${word}`, at }
  if (option.kind === 'flag') {
    if (attached !== undefined) return { type: 'fault', message: `needless argument: ${word}`, at }
    return { type: 'option', option, shown: () => word, value: '', at, last: at }
  }
  if (attached !== undefined)
    return { type: 'option', option, shown: () => word, value: attached, at, last: at }
  const next = argv[at + 1]
  if (next === undefined) return { type: 'fault', message: `missing argument: ${word}`, at }
  return { type: 'option', option, shown: (value) => `${word} ${value}`, value: next, at, last: at + 1 }
}

/** `-dalist`: flags, then at most one option with the rest of the word or the next word as its value. */
function* shortTokens(argv: readonly string[], at: number): Generator<RocciToken> {
  const word = argv[at] ?? ''
  for (let i = 1; i < word.length; i++) {
    const letter = word.charAt(i)
    const option = rocciOptions.find(({ short }) => short === letter)
    if (option === undefined) {
      yield { type: 'fault', message: `invalid option: -${word.slice(i)}`, at }
      return
    }
    if (option.kind === 'flag') {
      if (word.charAt(i + 1) === '=') {
        yield { type: 'fault', message: `needless argument: -${word.slice(i)}`, at }
        return
      }
      yield { type: 'option', option, shown: () => `-${letter}`, value: '', at, last: at }
      continue
    }
    const rest = word.slice(i + 1)
    const next = argv[at + 1]
    if (rest !== '') {
      yield { type: 'option', option, shown: (value) => `-${letter}${value}`, value: rest, at, last: at }
    } else if (next === undefined) {
      yield { type: 'fault', message: `missing argument: -${letter}`, at }
    } else {
      yield { type: 'option', option, shown: (value) => `-${letter} ${value}`, value: next, at, last: at + 1 }
    }
    return
  }
}

/** Finds an option by its exact name or unique prefix. Case is ignored, and `_` equals `-`. */
function longOption(name: string): RocciOption | 'invalid' | 'ambiguous' {
  const normalized = name.replaceAll('_', '-')
  const found = completeWord(
    normalized,
    rocciOptions.map(({ long }) => long),
    'i',
  )
  if (found === undefined || found === 'ambiguous') return found ?? 'invalid'
  return rocciOptions.find(({ long }) => long === found.word) ?? 'invalid'
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
  const found = candidates
    .filter((candidate) => prefixPattern.test(candidate))
    .sort((a, b) => a.length - b.length)
  const [shortest] = found
  if (shortest === undefined) return undefined
  return found.every((candidate) => candidate.startsWith(shortest)) ? { word: shortest } : 'ambiguous'
}

function convertValue(option: RocciOption, shown: (value: string) => string, value: string): string {
  if (option.kind === 'integer') {
    const number = integer(value)
    if (number === undefined) throw new OptionError(`invalid argument: ${shown(value)}`)
    return String(number)
  }
  if (option.choices === undefined) {
    if (value === '') throw new OptionError(`invalid argument: ${shown(value)}`)
    return value
  }
  const found = completeWord(value, option.choices, '')
  if (found !== undefined && found !== 'ambiguous') return found.word
  throw new OptionError(`${found ?? 'invalid'} argument: ${shown(value)}`)
}

/** Ruby's integers: `10`, `0x10`, `010`, `0b11`, `1_000`. */
function integer(text: string): number | undefined {
  const match =
    /^([-+]?)(0x[\da-f]+(?:_[\da-f]+)*|0b[01]+(?:_[01]+)*|0[0-7]+(?:_[0-7]+)*|\d+(?:_\d+)*)$/i.exec(text)
  if (match === null) return undefined
  const digits = (match[2] ?? '').replaceAll('_', '').replace(/^0(?=[0-7]+$)/, '0o')
  const number = Number(digits)
  return Number.isNaN(number) ? undefined : match[1] === '-' ? -number : number
}
