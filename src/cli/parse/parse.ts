/** Parses words by a declaration. The only module that uses commander. */
import { Command, CommanderError, Option } from 'commander'
import { UsageError } from '../../errors/errors.js'
import { argumentLabel, type CommandDeclaration } from '../command.js'
import type { OptionDeclaration } from '../options/declaration.js'
import { authGroup } from '../options/global.js'
import { OptionValues, type ParsedWords } from '../options/values.js'

/** Throws UsageError. `globals` are accepted besides the command's own options, which take precedence. */
export function parseWords(
  declaration: CommandDeclaration,
  globals: readonly OptionDeclaration[],
  words: readonly string[],
  environment: (name: string) => string | undefined,
): ParsedWords {
  const options = merged(declaration.options, globals)
  const command = commanderFor(declaration, options)
  const given = new Map<string, string[]>()
  command.on('option', () => {})
  for (const option of options) collectInto(command, option, given)
  try {
    command.parse(words, { from: 'user' })
  } catch (error) {
    if (error instanceof CommanderError) throw inOurWords(error, declaration, options, words)
    throw error
  }
  const values = new OptionValues(options, given, environment)
  // A variable that is not a valid switch is an error even if nothing would read it.
  for (const option of options) if (option.value === undefined) values.isSet(option.name)
  return {
    arguments: new Map(
      declaration.arguments.map((argument, index) => [argument.name, texts(command.processedArgs[index])]),
    ),
    options: values,
  }
}

function merged(
  own: readonly OptionDeclaration[],
  globals: readonly OptionDeclaration[],
): readonly OptionDeclaration[] {
  const names = new Set(own.map((option) => option.name))
  const letters = new Set(own.map((option) => option.short))
  return [
    ...own,
    ...globals
      .filter((option) => !names.has(option.name))
      .map((option) => {
        if (option.short === undefined || !letters.has(option.short)) return option
        const { short: _, ...rest } = option
        return rest
      }),
  ]
}

function commanderFor(declaration: CommandDeclaration, options: readonly OptionDeclaration[]): Command {
  const command = new Command(declaration.path.join(' '))
    .exitOverride()
    .configureOutput({ writeErr: () => {}, writeOut: () => {} })
    .helpOption(false)
    .allowExcessArguments(false)
    .action(() => {})
  for (const argument of declaration.arguments) {
    const name = argument.variadic === true ? `${argument.name}...` : argument.name
    command.argument(argument.required === false ? `[${name}]` : `<${name}>`, argument.description)
  }
  for (const option of options) command.addOption(commanderOption(option))
  return command
}

function commanderOption(option: OptionDeclaration): Option {
  const short = option.short === undefined ? '' : `-${option.short}, `
  const value =
    option.value === undefined ? '' : option.bare === undefined ? ` <${option.value}>` : ` [${option.value}]`
  return new Option(`${short}--${option.name}${value}`, option.description)
}

/** Commander's store does not tell how often an option was given; its events do. */
function collectInto(command: Command, option: OptionDeclaration, given: Map<string, string[]>): void {
  command.on(`option:${option.name}`, (value: unknown) => {
    const text =
      typeof value === 'string' && value !== ''
        ? value
        : typeof value === 'string' && option.bare === undefined
          ? value
          : (option.bare ?? 'true')
    if (text === '' && mustHaveText(option)) throw empty(option)
    if (option.choices !== undefined && option.value !== undefined && !option.choices.includes(text)) {
      throw new UsageError(`--${option.name} cannot be "${text}"`, {
        hint: `Use one of ${option.choices.join(', ')}.`,
        at: `--${option.name}`,
        facts: { choices: option.choices },
      })
    }
    const before = given.get(option.name)
    if (before === undefined || option.repeatable !== true) given.set(option.name, [text])
    else before.push(text)
  })
}

/**
 * Whether an empty value is an error, such as `--os "$IMAGE"` with an unset variable. Options with an
 * optional value may be empty, and so may secrets.
 */
function mustHaveText({ value, bare, mayBeEmpty, group }: OptionDeclaration): boolean {
  return value !== undefined && bare === undefined && mayBeEmpty !== true && group !== authGroup
}

function empty({ name }: OptionDeclaration): UsageError {
  return new UsageError(`--${name} is empty`, {
    hint: 'Give it a value, or leave it out. A shell variable that is not set?',
    at: `--${name}`,
  })
}

function texts(value: unknown): readonly string[] {
  if (value === undefined) return []
  return Array.isArray(value) ? value.map(String) : [String(value)]
}

/** Rewrites commander's messages, which begin with "error:" and have the suggestion on a second line. */
function inOurWords(
  error: CommanderError,
  declaration: CommandDeclaration,
  options: readonly OptionDeclaration[],
  words: readonly string[],
): UsageError {
  const [first = '', second] = error.message.replace(/^error: /, '').split('\n')
  const suggestion = second?.replace(/^\(|\)$/g, '')
  const name = declaration.path.join(' ')
  const help = `See: occi ${name} --help`
  const hint = suggestion === undefined ? help : `${suggestion} ${help}`
  switch (error.code) {
    case 'commander.missingArgument': {
      const missing = /'([^']+)'/.exec(first)?.[1]?.replace(/\.\.\.$/, '') ?? 'argument'
      const usage = ['occi', ...declaration.path, ...declaration.arguments.map(argumentLabel)].join(' ')
      return new UsageError(`${missing} is missing: ${usage}`, {
        hint: exampleHint(declaration, help),
        at: missing,
      })
    }
    case 'commander.excessArguments': {
      const equals = forgottenEquals(words, options)
      return new UsageError(`Too many words for "occi ${name}"`, {
        hint: equals === undefined ? help : `Did you mean ${equals}?`,
      })
    }
    default:
      // The value is left out: a misspelled --password must not print the password.
      return new UsageError(withoutValue(first.charAt(0).toUpperCase() + first.slice(1)), {
        hint:
          calledHere(first, options, help) ??
          (suggestion === undefined ? foreignHint(error, declaration, help) : undefined) ??
          hint,
      })
  }
}

/** The hint for `occi ssh web ls -la`, where the option was meant for the other program. */
function foreignHint(
  { code }: CommanderError,
  declaration: CommandDeclaration,
  help: string,
): string | undefined {
  const last = declaration.arguments.at(-1)
  if (code !== 'commander.unknownOption' || last?.foreign !== true) return undefined
  const before = declaration.arguments.slice(0, -1).map(argumentLabel)
  const usage = ['occi', ...declaration.path, ...before, '--', last.name].join(' ')
  return `If it belongs to ${last.name}, put "--" before that: ${usage} … ${help}`
}

/** `Unknown option '--pasword=hunter2'` → `Unknown option '--pasword'`. */
function withoutValue(text: string): string {
  return text.replace(/^(Unknown option '-[^=']{0,100})=.*$/s, "$1'")
}

/** The hint for `--watch 5s`: an optional value is given after `=` only. */
function forgottenEquals(
  words: readonly string[],
  options: readonly OptionDeclaration[],
): string | undefined {
  for (const [index, word] of words.entries()) {
    const option = options.find(
      ({ name, bare }) =>
        bare !== undefined && [`--${name}`, `--${name}=`, `--${name}=${bare}`].includes(word),
    )
    const next = words[index + 1]
    if (option !== undefined && next !== undefined && !next.startsWith('-')) return `--${option.name}=${next}`
  }
  return undefined
}

function exampleHint(declaration: CommandDeclaration, help: string): string {
  const example = declaration.examples[0]
  return example === undefined ? help : `For example: ${example.command}`
}

/** Options of other command lines and their names in this one. */
const elsewhere: readonly (readonly [theirs: string, option: string, ours: string])[] = [
  ['json', 'output', '-o json'],
  ['yaml', 'output', '-o yaml'],
  ['csv', 'output', '-o csv'],
  ['plain', 'output', '-o tsv'],
  ['wide', 'output', '-o wide'],
  ['format', 'output', '-o FORMAT'],
  ['debug', 'verbose', '-v, and --trace for the whole exchange'],
  ['force', 'yes', '--yes'],
  ['profile', 'context', '--context'],
  ['url', 'endpoint', '--endpoint'],
  ['image', 'os', '--os'],
  ['flavor', 'size', '--size'],
  ['name', 'title', '--title, or the first word'],
  ['key-name', 'ssh-key', '--ssh-key FILE'],
]

function calledHere(
  message: string,
  options: readonly OptionDeclaration[],
  help: string,
): string | undefined {
  const [, name] = /^unknown option '--([a-z-]{1,30})['=]/.exec(message) ?? []
  const found = elsewhere.find(
    ([theirs, option]) => theirs === name && options.some((one) => one.name === option),
  )
  return found === undefined ? undefined : `Here it is ${found[2]}. ${help}`
}
